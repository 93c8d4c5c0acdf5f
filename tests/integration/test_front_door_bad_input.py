"""Bad input over both doors: every fault at once, nothing of it kept, and its neighbours go on."""

from collections.abc import Mapping
from typing import Any

import pytest

from tests.bad_input import AGENCY, Wrong, cases, good, in_binary
from tests.world import CONTENT_TYPE, NOT_IN_THE_TABLE, Agencies, Seen, World, question, until

CASES = cases()


class Judged:
    """All cases sent in a few batches with a good question beside each, and what came of them."""

    def __init__(self) -> None:
        self.places: dict[str, tuple[str, int, int]] = {}
        self.goods: list[dict[str, Any]] = []


@pytest.fixture(scope="module")
async def judged(place: World, agencies: Agencies) -> Judged:
    raise_limit(place, f"gvd.in.{AGENCY}", 5_000_000)
    result = Judged()
    for wrong in CASES:
        neighbour = good()
        result.goods.append(neighbour)
        await agencies.send(AGENCY, neighbour, partition=0)
        sent = await agencies.send(AGENCY, wrong.value, headers=wrong.headers, key=wrong.key, partition=0)
        result.places[wrong.name] = (sent.topic, sent.partition, sent.offset)
    return result


def raise_limit(place: World, topic: str, size: int) -> None:
    """By default the broker takes 1 MB; an installation may allow more and must then still stand."""
    from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType

    entry = ConfigEntry("max.message.bytes", str(size), incremental_operation=AlterConfigOpType.SET)
    client = AdminClient({"bootstrap.servers": place.kafka.bootstrap})
    resource = ConfigResource(ResourceType.TOPIC, topic, incremental_configs=[entry])
    for done in client.incremental_alter_configs([resource]).values():
        done.result(10)


@pytest.mark.parametrize("wrong", CASES, ids=lambda wrong: wrong.name)
async def test_on_kafka_the_agency_hears_every_fault(wrong: Wrong, judged: Judged, agencies: Agencies) -> None:
    topic, partition, offset = judged.places[wrong.name]
    told = await agencies.ear.wait(
        "input.quarantined", f"gvd.out.{AGENCY}", topic=topic, partition=partition, offset=offset
    )
    assert said(told.data["faults"]) == wrong.says
    [row] = await agencies.sql(
        'select * from intake.quarantine where topic = $1 and "partition" = $2 and "offset" = $3',
        topic,
        partition,
        offset,
    )
    assert str(row["quarantine"]) == told.data["quarantine"]
    assert row["agency"] == AGENCY


@pytest.mark.parametrize("wrong", [c for c in CASES if not c.kafka_only], ids=lambda wrong: wrong.name)
async def test_over_http_the_answer_lists_every_fault(wrong: Wrong, agencies: Agencies) -> None:
    path = "/replies" if wrong.name == "unknown-question" else "/questions"
    answer = await agencies.post(AGENCY, path, wrong.value)
    body = problem(answer, 413 if wrong.name in ("too-large", "huge") else wrong.status)
    if wrong.name != "huge":
        assert said(body["errors"]) == wrong.says
    assert wrong.planted not in answer.text


def said(faults: list[Mapping[str, str]]) -> set[tuple[str, str]]:
    return {(fault["code"], fault["where"]) for fault in faults}


def problem(answer: Any, status: int) -> dict[str, Any]:
    """The parts every refusal has (RFC 9457, API Design Rules)."""
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"].startswith("application/problem+json")
    assert answer.headers["api-version"] == "1.0.0"
    body: dict[str, Any] = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


async def test_the_good_neighbours_all_go_on(judged: Judged, agencies: Agencies) -> None:
    for neighbour in judged.goods:
        reference = neighbour["data"]["reference"]
        await agencies.ear.wait("handoff.requested", "gvd.out.svb", reference=reference)
        await agencies.ear.wait("question.accepted", reference=reference)
        assert len(agencies.ear.find("question.accepted", reference=reference)) == 1


async def test_in_one_batch_the_good_go_on_and_the_bad_do_not(agencies: Agencies) -> None:
    goods, bads = [good() for _ in CASES], [wrong for wrong in CASES if wrong.name not in ("huge", "unknown-question")]
    records = []
    for fine, wrong in zip(goods, bads, strict=False):
        records += [(fine, CONTENT_TYPE), (wrong.value, wrong.headers, wrong.key)]
    before = await tally(agencies)
    await agencies.send_batch(AGENCY, records)
    for fine in goods[: len(bads)]:
        await agencies.offered(fine)

    async def counted() -> bool:
        after = await tally(agencies)
        return after["received"] - before["received"] == len(records)

    await until(counted)
    after = await tally(agencies)
    assert after["accepted"] - before["accepted"] == len(bads)
    assert after["refused"] - before["refused"] == len(bads)


async def tally(agencies: Agencies, door: str = f"gvd.in.{AGENCY}") -> dict[str, int]:
    [row] = await agencies.sql(
        "select coalesce(sum(received), 0)::int as received, coalesce(sum(accepted), 0)::int as accepted, "
        "coalesce(sum(duplicates), 0)::int as duplicates, coalesce(sum(refused), 0)::int as refused "
        "from intake.tally where door = $1",
        door,
    )
    return dict(row)


async def test_binary_mode_is_taken(agencies: Agencies) -> None:
    asked = question()
    headers, value = in_binary(asked)
    await agencies.send(AGENCY, value, headers=headers)
    assert (await agencies.offered(asked)).data["receiver"] == "svb"


async def test_an_agency_the_table_does_not_know_is_refused_and_nobody_is_told(agencies: Agencies) -> None:
    sent = await agencies.send(NOT_IN_THE_TABLE, question(NOT_IN_THE_TABLE))
    told = await agencies.ear.wait("input.quarantined", "gvd.quarantine", topic=sent.topic, offset=sent.offset)
    assert ("unknown-agency", "/") in said(told.data["faults"])
    assert "agency" not in told.data
    await agencies.settled()
    assert not [seen for seen in agencies.ear.heard if seen.topic == f"gvd.out.{NOT_IN_THE_TABLE}"]


async def test_the_same_event_five_times_is_one_question(agencies: Agencies) -> None:
    asked, before = question(), await tally(agencies)
    await agencies.send_batch(AGENCY, [(asked, CONTENT_TYPE)] * 3)
    for _ in range(2):
        await agencies.send(AGENCY, asked, partition=1)

    async def all_in() -> bool:
        return (await tally(agencies))["received"] - before["received"] == 5

    await until(all_in)
    after = await tally(agencies)
    assert {name: after[name] - before[name] for name in after} == {
        "received": 5,
        "accepted": 1,
        "duplicates": 4,
        "refused": 0,
    }
    offer = await agencies.offered(asked)
    await agencies.settled()
    await agencies.ear.wait("question.accepted", reference=asked["data"]["reference"])
    assert len(agencies.ear.find("question.accepted", reference=asked["data"]["reference"])) == 1
    assert len(agencies.ear.find("handoff.requested", "gvd.out.svb", question=offer.data["question"])) == 1
    again = await agencies.post(AGENCY, "/questions", asked)
    assert (again.status_code, again.json()["question"]) == (200, offer.data["question"])


async def test_the_same_id_with_other_content_is_refused_not_swallowed(agencies: Agencies) -> None:
    asked = question()
    other = question(attributes={"id": asked["id"]})
    await agencies.send(AGENCY, asked)
    await agencies.offered(asked)
    sent = await agencies.send(AGENCY, other)
    told: Seen = await agencies.ear.wait(
        "input.quarantined", f"gvd.out.{AGENCY}", topic=sent.topic, partition=sent.partition, offset=sent.offset
    )
    assert said(told.data["faults"]) == {("id-reused", "/id")}
    assert (told.data["event_id"], told.data["event_source"]) == (asked["id"], asked["source"])
    body = problem(await agencies.post(AGENCY, "/questions", other), 400)
    assert said(body["errors"]) == {("id-reused", "/id")}
    assert not agencies.ear.find("question.accepted", reference=other["data"]["reference"])


async def test_a_reply_at_the_path_for_questions_is_sent_elsewhere(agencies: Agencies) -> None:
    wrong = next(case for case in CASES if case.name == "unknown-question")
    body = problem(await agencies.post(AGENCY, "/questions", wrong.value), 400)
    assert said(body["errors"]) == {("wrong-type", "/type")}
