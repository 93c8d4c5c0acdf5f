"""Questions that have to do with each other, on the door's own database: repeats, parts, merges, two doors at once."""

import asyncio
import itertools
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

import routing
from contracts.cloudevents import check_structured
from services.intake.admission import Admission
from services.intake.contacts import look_up
from services.intake.door import Door
from services.intake.inputs import Input
from services.intake.views import QuestionView
from services.platform.database import Pool, open_pool
from services.platform.keyed import KeyedStore
from services.platform.migrate import migrate
from services.platform.settings import Settings

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
STORE = KeyedStore(QuestionView)
_numbers = itertools.count(1)


@pytest.fixture(scope="module")
async def pool(module_database: str) -> AsyncIterator[Pool]:
    settings = Settings.model_validate({"database_url": module_database})
    await asyncio.to_thread(migrate, settings, ["intake"])
    made = await open_pool(settings, "intake")
    yield made
    await made.close()


class Desk:
    """One agency at the HTTP door; each batch is one transaction."""

    def __init__(self, pool: Pool) -> None:
        self.pool = pool
        self.door = Door(STORE, Admission(routing.load()), "urn:nld:oin:0:systeem:t", "http://localhost")

    async def admit(self, *events: tuple[str, dict[str, Any]], agency: str = "svb") -> list[Input]:
        given = [_input(agency, kind, data) for kind, data in events]
        await self.door.admit(self.pool, given, NOW, quarantine=False)
        return given

    async def ask(self, **more: Any) -> Input:
        [given] = await self.admit(asked(**more))
        return given

    async def reply(self, question: Any, agency: str = "svb", **reply: Any) -> Input:
        [given] = await self.admit(replied(question, **reply), agency=agency)
        return given

    async def view(self, question: Any) -> QuestionView:
        found = await STORE.read(self.pool, question)
        assert found is not None
        return found

    async def now(self, question: Any, **update: Any) -> None:
        """As the handoff service would have it by now."""
        async with self.pool.acquire() as connection, connection.transaction():
            row = (await STORE.lock(connection, [question]))[question]
            assert row.state is not None
            row.change(row.state.model_copy(update=update), (), "", NOW, None)
            await STORE.write(connection, [row])

    async def said(self, question: Any) -> list[dict[str, Any]]:
        rows = await self.pool.fetch("select type, value from journal where key = $1 order by number", question)
        return [{"type": row["type"].split(".", 2)[2], **orjson.loads(row["value"])["data"]} for row in rows]


@pytest.fixture
def desk(pool: Pool) -> Desk:
    return Desk(pool)


def asked(reference: str | None = None, topic: str | None = "aow", **more: Any) -> tuple[str, dict[str, Any]]:
    facts = {"topic": topic, "channel": "desk", **more.pop("facts", {})}
    received = more.pop("received", NOW - timedelta(hours=1)).isoformat()
    return "question.asked", {
        "reference": reference or f"S-{next(_numbers)}",
        "first_received_at": received,
        "facts": {name: value for name, value in facts.items() if value is not None},
        **{name: str(value) for name, value in more.items()},
    }


def replied(question: Any, **reply: Any) -> tuple[str, dict[str, Any]]:
    return "reply.given", {"question": str(question), "version": 1, "reply": reply}


def _input(agency: str, kind: str, data: dict[str, Any]) -> Input:
    event = {
        "specversion": "1.0",
        "id": f"e-{next(_numbers)}",
        "source": f"urn:nld:gvd:{agency}:systeem:test",
        "type": f"nl.geenverkeerdedeur.{kind}.v1",
        "time": "2026-11-20T08:00:00Z",
        "data": data,
    }
    checked = check_structured(orjson.dumps(event))
    assert not checked.faults
    return Input(agency, f"http:{agency}", 0, 0, 0, checked.event, [], checked.event_id, checked.event_source)  # type: ignore[arg-type]


def faults(given: Input) -> list[tuple[str, str]]:
    return [(fault.code, fault.where) for fault in given.faults]


async def test_who_comes_back_about_a_running_question_gets_no_second_one(desk: Desk) -> None:
    first = await desk.ask(reference="R-1")
    again = await desk.ask(reference="R-1", facts={"channel": "phone"})
    assert (again.question, again.repeat, again.faults) == (first.question, True, [])
    _, told = await desk.said(first.question)
    assert told["reply"] == {"action": "repeat", "channel": "phone", "reference": "R-1"}
    assert (told["by"], told["asked_again"], told["event_id"]) == ("svb", True, again.event_id)


@pytest.mark.parametrize(
    "other",
    [
        {"topic": "kinderbijslag"},
        {"facts": {"kind": "complaint"}},
        {"topic": None, "facts": {"agency_topic": "aow"}},
        {"reference": "another"},
        {"facts": {"danger": True}},
    ],
    ids=["topic", "kind", "the agency's own code", "reference", "danger"],
)
async def test_when_in_doubt_it_is_a_question_of_its_own(desk: Desk, other: dict[str, Any]) -> None:
    first = await desk.ask()
    reference = (await desk.view(first.question)).reference
    assert (await desk.ask(**{"reference": reference, **other})).question != first.question
    assert len(await desk.said(first.question)) == 1


async def test_without_a_topic_nobody_can_tell(desk: Desk) -> None:
    one, two = await desk.admit(asked("R-3", None), asked("R-3", None))
    assert one.question != two.question


async def test_the_number_of_another_agency_is_another_number(desk: Desk) -> None:
    first = await desk.ask(reference="R-4")
    [other] = await desk.admit(asked("R-4"), agency="uwv")
    assert other.question != first.question


@pytest.mark.parametrize("over", [{"status": "ended"}, {"status": "merged"}, {"follower": "uwv"}], ids=str)
async def test_what_no_longer_runs_for_this_agency_is_asked_anew(desk: Desk, over: dict[str, Any]) -> None:
    first = await desk.ask(reference=f"R-5-{next(iter(over.values()))}")
    reference = (await desk.view(first.question)).reference
    await desk.now(first.question, **over)
    second = await desk.ask(reference=reference)
    assert second.question != first.question
    assert (await desk.ask(reference=reference)).question == second.question


async def test_twice_in_one_batch_is_one_question(desk: Desk) -> None:
    one, two, three = await desk.admit(asked("R-6"), asked("R-6"), asked("R-6"))
    assert one.question == two.question == three.question
    assert [given.repeat for given in (one, two, three)] == [False, True, True]
    assert len(await desk.said(one.question)) == 3


async def test_a_first_one_that_is_refused_leaves_the_number_to_the_next(desk: Desk) -> None:
    text = "http://localhost/v1/personal-texts/00000000-0000-7000-8000-000000000001"
    bad, good = await desk.admit(asked("R-7", dataref=text), asked("R-7"))
    assert faults(bad) == [("unknown-dataref", "/data/dataref")]
    assert (good.faults, good.repeat) == ([], False)
    assert (await desk.view(good.question)).status == "accepted"


async def test_two_doors_at_once_make_one_question(desk: Desk) -> None:
    """Each with numbers in its own order: they wait for each other, never both."""
    references = [f"R-8-{number}" for number in range(6)]
    orders = [references, references[::-1], references[3:] + references[:3], references[::2] + references[1::2]]
    batches = await asyncio.gather(*(desk.admit(*(asked(one) for one in order)) for order in orders))
    found: dict[str, set[Any]] = {}
    for order, batch in zip(orders, batches, strict=True):
        for reference, given in zip(order, batch, strict=True):
            found.setdefault(reference, set()).add(given.question)
    assert all(len(questions) == 1 for questions in found.values())
    repeats = [given.repeat for batch in batches for given in batch]
    assert repeats.count(False) == len(references)


async def test_a_part_keeps_the_first_date_and_is_known_to_both(desk: Desk) -> None:
    whole = await desk.ask(received=NOW - timedelta(days=3), contact="C-1")
    late = await desk.ask(topic="kinderbijslag", split_from=whole.question, contact="C-1")
    early = await desk.ask(split_from=whole.question, received=NOW - timedelta(days=5))
    assert (await desk.view(whole.question)).parts == (late.question, early.question)
    view = await desk.view(late.question)
    assert (view.split_from, view.first_received_at) == (whole.question, NOW - timedelta(days=3))
    assert (await desk.view(early.question)).first_received_at == NOW - timedelta(days=5)
    [told] = await desk.said(late.question)
    assert told["split_from"] == str(whole.question)
    assert len(await desk.said(whole.question)) == 1


async def test_a_part_is_never_taken_for_a_repeat_of_its_whole(desk: Desk) -> None:
    whole = await desk.ask(reference="R-9")
    part = await desk.ask(reference="R-9", split_from=whole.question)
    assert part.question != whole.question
    again = await desk.ask(reference="R-9", split_from=whole.question)
    assert (again.question, again.repeat) == (part.question, True)
    assert (await desk.view(whole.question)).parts == (part.question,)


async def test_only_of_ones_own_question_and_not_of_one_that_went_on_as_another(desk: Desk) -> None:
    whole = await desk.ask()
    [strange] = await desk.admit(asked(split_from=whole.question), agency="uwv")
    unknown = await desk.ask(split_from=UUID(int=5))
    assert strange.faults == unknown.faults, "a stranger learns nothing"
    assert faults(unknown) == [("unknown-question", "/data/split_from")]
    await desk.now(whole.question, status="ended")
    assert not (await desk.ask(split_from=whole.question)).faults
    await desk.now(whole.question, status="merged")
    assert faults(await desk.ask(split_from=whole.question)) == [("merged", "/data/split_from")]


async def test_two_questions_cannot_be_merged_into_each_other(desk: Desk) -> None:
    for _ in range(5):
        one, two = await desk.admit(asked(), asked())
        both = await asyncio.gather(
            desk.reply(one.question, action="merge", into=str(two.question)),
            desk.reply(two.question, action="merge", into=str(one.question)),
        )
        assert sorted(map(faults, both)) == [[], [("merged", "/data/reply/into")]]


async def test_a_circle_of_three_stays_open(desk: Desk) -> None:
    one, two, three = await desk.admit(asked(), asked(), asked())
    pairs = ((one, two), (two, three), (three, one))
    merges = await desk.admit(*(replied(a.question, action="merge", into=str(b.question)) for a, b in pairs))
    assert [bool(given.faults) for given in merges] == [False, False, True]


@pytest.mark.parametrize(
    ("into", "code"),
    [({"status": "ended"}, "closed"), ({"status": "merged"}, "merged"), ({"follower": "uwv"}, "unknown-question")],
)
async def test_into_an_open_question_of_the_same_follower_only(desk: Desk, into: dict[str, Any], code: str) -> None:
    one, two = await desk.admit(asked(), asked())
    await desk.now(two.question, **into)
    refused = await desk.reply(one.question, action="merge", into=str(two.question))
    assert faults(refused) == [(code, "/data/reply/into")]
    assert (await desk.view(one.question)).merging is None


async def test_who_does_not_follow_it_marks_nothing_and_learns_nothing(desk: Desk) -> None:
    one, two = await desk.admit(asked(), asked())
    given = [
        await desk.reply(one.question, agency="uwv", action="merge", into=str(into))
        for into in (two.question, UUID(int=5))
    ]
    assert [faults(one) for one in given] == [[], []], "the handoff service says: not yours"
    assert (await desk.view(one.question)).merging is None


async def test_while_it_is_being_merged_it_cannot_go_elsewhere(desk: Desk) -> None:
    one, two, three = await desk.admit(asked(), asked(), asked())
    await desk.reply(one.question, action="merge", into=str(two.question))
    second = await desk.reply(one.question, action="merge", into=str(three.question))
    assert faults(second) == [("merging", "/data/reply/into")]


async def test_a_contact_is_one_view_of_its_questions_for_who_follows_them(desk: Desk) -> None:
    one, two, three = await desk.admit(*(asked(contact="C-2", topic=t) for t in ("aow", "kinderbijslag", "anw")))
    await desk.now(one.question, status="ended")
    await desk.now(two.question, status="merged", merged_into=three.question)
    await desk.now(three.question, status="asking")
    found = await look_up(desk.pool, STORE, "svb", "C-2")
    assert found is not None
    assert (found.status, {view.question for view in found.questions}) == ("asking", {one.question, three.question})
    assert await look_up(desk.pool, STORE, "uwv", "C-2") is None
    await desk.now(three.question, follower="uwv")
    still = await look_up(desk.pool, STORE, "svb", "C-2")
    assert still is not None
    assert (still.status, len(still.questions)) == ("ended", 1)
