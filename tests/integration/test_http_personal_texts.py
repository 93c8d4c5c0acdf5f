"""The claim check: who may read the person's own words, what is written down of it, and forgetting."""

import json
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import pytest

from tests.bad_input import a_bsn, a_marker
from tests.world import Agencies, Seen, question, reply


async def leave(agencies: Agencies, by: str = "belastingdienst", **words: str) -> str:
    given = {"text": "Mijn AOW klopt niet.", **words}
    answer = await agencies.post(by, "/personal-texts", given, content_type="application/json")
    assert answer.status_code == 201, answer.text
    dataref: str = answer.json()["dataref"]
    return dataref


def path_of(dataref: str) -> str:
    return urlsplit(dataref).path.removeprefix("/v1")


async def ledger(agencies: Agencies, dataref: str) -> list[Any]:
    text = UUID(path_of(dataref).rsplit("/", 1)[-1])
    return await agencies.sql("select * from intake.disclosure where text = $1 order by at", text)


async def asked_with(agencies: Agencies, dataref: str) -> Seen:
    asked = question(dataref=dataref)
    await agencies.send("belastingdienst", asked)
    offered = await agencies.offered(asked)
    await agencies.settled()
    return offered


async def test_only_follower_and_holder_read_and_each_reading_is_a_line(agencies: Agencies) -> None:
    words = {"name": a_marker(), "phone": "06-" + a_marker(), "text": a_marker()}
    dataref = await leave(agencies, **words)
    assert (await agencies.get("belastingdienst", path_of(dataref))).status_code == 404, "not yet part of a question"
    offered = await asked_with(agencies, dataref)
    assert offered.data["dataref"] == dataref
    for stranger in ("duo", "toeslagen"):
        assert (await agencies.get(stranger, path_of(dataref))).status_code == 404
    assert await ledger(agencies, dataref) == []
    for reader in ("belastingdienst", "svb"):
        answer = await agencies.get(reader, path_of(dataref))
        assert (answer.status_code, answer.json()) == (200, words)
    lines = await ledger(agencies, dataref)
    assert [line["recipient"] for line in lines] == ["belastingdienst", "svb"]
    for line in lines:
        assert line["fields"] == ["name", "phone", "text"]
        assert str(line["question"]) == offered.data["question"]
        assert line["purpose"]
        assert line["legal_basis"]


async def test_who_declined_reads_no_more(agencies: Agencies) -> None:
    dataref = await leave(agencies)
    offered = await asked_with(agencies, dataref)
    assert (await agencies.get("svb", path_of(dataref))).status_code == 200
    await agencies.send("svb", reply("svb", offered.data, "decline", reason="not-competent"))
    await agencies.ear.wait("question.triaged", question=offered.data["question"])
    await agencies.settled()
    assert (await agencies.get("svb", path_of(dataref))).status_code == 404
    assert (await agencies.get("triage", path_of(dataref))).status_code == 200


async def test_forgotten_is_gone_for_everybody(agencies: Agencies, place: Any) -> None:
    marker = a_marker()
    dataref = await leave(agencies, text=marker)
    await asked_with(agencies, dataref)
    headers = {"authorization": f"Bearer {await agencies.token('svb')}"}
    assert (await agencies.http.delete(path_of(dataref), headers=headers)).status_code == 404, "not yours to forget"
    headers = {"authorization": f"Bearer {await agencies.token('belastingdienst')}"}
    done = await agencies.http.delete(path_of(dataref), headers=headers)
    assert (done.status_code, done.content) == (204, b"")
    for reader in ("belastingdienst", "svb"):
        assert (await agencies.get(reader, path_of(dataref))).status_code == 410
    assert (await agencies.get("duo", path_of(dataref))).status_code == 404
    assert (await agencies.http.delete(path_of(dataref), headers=headers)).status_code == 404, "forgotten before"
    [row] = await agencies.sql(
        "select * from intake.personal_text where text = $1", UUID(path_of(dataref).rsplit("/", 1)[-1])
    )
    assert row["key"] is None
    assert row["forgotten_at"] is not None
    assert marker.encode() not in row["content"], "what is left cannot be read without the key"
    assert await ledger(agencies, dataref) == []


async def test_who_follows_now_may_forget_what_the_first_door_left(agencies: Agencies) -> None:
    """An organisation can end: then its successor follows, and a person's wish to be forgotten is still heard."""
    dataref = await leave(agencies)
    offered = await asked_with(agencies, dataref)
    successor = "update intake.keyed set state = jsonb_set(state, '{follower}', '\"duo\"') where key = $1"
    headers = {"authorization": f"Bearer {await agencies.token('duo')}"}
    assert (await agencies.http.delete(path_of(dataref), headers=headers)).status_code == 404
    await agencies.sql(successor, UUID(offered.data["question"]))
    assert (await agencies.http.delete(path_of(dataref), headers=headers)).status_code == 204
    assert (await agencies.get("svb", path_of(dataref))).status_code == 410


async def test_each_text_has_a_key_of_its_own(agencies: Agencies) -> None:
    first, second = await leave(agencies), await leave(agencies)
    ids = [UUID(path_of(dataref).rsplit("/", 1)[-1]) for dataref in (first, second)]
    rows = await agencies.sql("select key, nonce, content from intake.personal_text where text = any($1)", ids)
    assert len({row["key"] for row in rows}) == len({row["content"] for row in rows}) == 2


@pytest.mark.parametrize("whose", ["another's", "used before", "no id", "unknown", "forgotten"])
async def test_a_text_is_tied_to_one_question_of_who_left_it(agencies: Agencies, whose: str) -> None:
    dataref = await leave(agencies, "duo" if whose == "another's" else "belastingdienst")
    base = dataref.rsplit("/", 1)[0]
    if whose == "used before":
        await asked_with(agencies, dataref)
    elif whose == "no id":
        dataref = f"{base}/mijn-tekst"
    elif whose == "unknown":
        dataref = f"{base}/01890000-0000-7000-8000-000000000000"
    elif whose == "forgotten":
        headers = {"authorization": f"Bearer {await agencies.token('belastingdienst')}"}
        assert (await agencies.http.delete(path_of(dataref), headers=headers)).status_code == 204
    answer = await agencies.post("belastingdienst", "/questions", question(dataref=dataref))
    assert answer.status_code == 400
    assert [(f["code"], f["where"]) for f in answer.json()["errors"]] == [("unknown-dataref", "/data/dataref")]


async def test_two_questions_in_one_batch_cannot_share_a_text(agencies: Agencies) -> None:
    dataref = await leave(agencies)
    pair = [question(dataref=dataref), question(dataref=dataref)]
    kind = [("content-type", b"application/cloudevents+json")]
    places = await agencies.send_batch("belastingdienst", [(asked, kind) for asked in pair])
    offered = await agencies.offered(pair[0])
    told = await agencies.ear.wait(
        "input.quarantined", "gvd.out.belastingdienst", topic=places[1][0], partition=0, offset=places[1][2]
    )
    assert [fault["code"] for fault in told.data["faults"]] == ["unknown-dataref"]
    await agencies.settled()
    assert (await agencies.get("svb", path_of(dataref))).status_code == 200
    assert offered.data["dataref"] == dataref


async def test_the_person_may_say_anything_the_fields_may_not(agencies: Agencies) -> None:
    said = f"Mijn BSN is {a_bsn()}, ik ben hier geboren.\n\tGroet"
    dataref = await leave(agencies, text=said)
    await asked_with(agencies, dataref)
    assert (await agencies.get("svb", path_of(dataref))).json()["text"] == said
    wrong = {"text": "ja", "nationaliteit": a_marker(), "bsn": a_bsn()}
    answer = await agencies.post("belastingdienst", "/personal-texts", wrong, content_type="application/json")
    assert answer.status_code == 400
    assert {fault["code"] for fault in answer.json()["errors"]} >= {"denied-attribute"}
    assert {fault["where"] for fault in answer.json()["errors"]} == {"/nationaliteit", "/bsn"}
    assert wrong["bsn"] not in answer.text


@pytest.mark.parametrize("body", [b"[]", b"", b"{", b'{"text": 1}', b'{"text": "\\ud800"}', b'"tekst"', b"null"])
async def test_what_is_no_text_is_refused(agencies: Agencies, body: bytes) -> None:
    answer = await agencies.post("belastingdienst", "/personal-texts", body, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json()["errors"]


async def test_a_question_by_http_may_carry_a_text_too(agencies: Agencies) -> None:
    dataref = await leave(agencies)
    answer = await agencies.post("belastingdienst", "/questions", question(dataref=dataref), prefer="wait=10")
    assert answer.status_code == 201
    assert json.dumps(answer.json()).count("Mijn AOW") == 0
    assert (await agencies.get("svb", path_of(dataref))).status_code == 200
