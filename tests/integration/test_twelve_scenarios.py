"""Twelve things that go wrong between organisations: what we promise, through the real doors (`docs/compared.md`)."""

import asyncio
import itertools
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

import httpx
import pytest

from services.platform import tokens
from tests.world import COMPLETE, Agencies, Seen, World, question, reply, until

OWNERS = ("svb", "uwv")


async def ask(agencies: Agencies, by: str = "belastingdienst", topic: str = "aow", **more: Any) -> dict[str, Any]:
    answer = await agencies.post(by, "/questions", question(by, topic, **more), prefer="wait=10")
    assert answer.status_code in (201, 202), answer.text
    path = f"/questions/{answer.json()['question']}"

    async def decided() -> Any:
        found = (await agencies.get(by, path)).json()
        return found if found["status"] != "accepted" else None

    view: dict[str, Any] = await until(decided, what="a first decision")
    return view


async def look(agencies: Agencies, by: str, view: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = (await agencies.get(by, f"/questions/{view['question']}")).json()
    return found


def about(view: dict[str, Any]) -> dict[str, Any]:
    """The last hand-off of the question, in the version it has now."""
    return {"question": view["question"], **view["handoffs"][-1]}


def whole(view: dict[str, Any]) -> dict[str, Any]:
    return {"question": view["question"], "handoff": None, "version": view["version"]}


async def say(agencies: Agencies, by: str, what: dict[str, Any], action: str, **more: Any) -> httpx.Response:
    return await agencies.post(by, "/replies", reply(by, what, action, **more), prefer="wait=10")


async def done(agencies: Agencies, by: str, what: dict[str, Any], action: str, **more: Any) -> dict[str, Any]:
    answer = await say(agencies, by, what, action, **more)
    assert answer.status_code == 200, answer.text
    view: dict[str, Any] = answer.json()
    return view


async def later(agencies: Agencies, question_id: str) -> None:
    """As if the question had lain there for a month: every moment of its clocks, and of what waits on a list."""
    for statement in _A_MONTH_AGO:
        await agencies.sql(statement, UUID(question_id))


_A_MONTH_AGO = (
    """
    with moved as (
      update handoff.keyed set state = jsonb_set(state, '{clocks}', (
        select jsonb_agg(c || jsonb_build_object(
                 'started_at', (c ->> 'started_at')::timestamptz - interval '30 days',
                 'due_at', (c ->> 'due_at')::timestamptz - interval '30 days',
                 'next_at', (c ->> 'next_at')::timestamptz - interval '30 days'))
          from jsonb_array_elements(state -> 'clocks') c))
       where key = $1)
    update handoff.clock set due_at = due_at - interval '30 days', next_at = next_at - interval '30 days'
     where question = $1
    """,
    """
    update intake.keyed set state = jsonb_set(state, '{handoffs}', (
      select jsonb_agg(h || case when h ? 'due_at' then jsonb_build_object(
               'due_at', (h ->> 'due_at')::timestamptz - interval '30 days') else '{}' end)
        from jsonb_array_elements(state -> 'handoffs') h))
     where key = $1
    """,
    "update intake.work set due_at = due_at - interval '30 days' where question = $1 and due_at < 'infinity'",
)


class Router:
    """The door of the stewards of the routing table."""

    def __init__(self, agencies: Agencies, url: str, token: str) -> None:
        self.agencies, self.url, self.token = agencies, url, token

    async def ask(self, method: str, path: str, body: Any = None) -> httpx.Response:
        headers = {"authorization": f"Bearer {self.token}"}
        async with httpx.AsyncClient(base_url=self.url, timeout=60) as client:
            return await client.request(method, path, json=body, headers=headers)

    async def get(self, path: str) -> Any:
        answer = await self.ask("GET", path)
        assert answer.status_code == 200, answer.text
        return answer.json()


@pytest.fixture(scope="module")
async def router(agencies: Agencies, place: World) -> Router:
    token = tokens.fresh()
    may = ["propose", "approve", "publish"]
    statement = "insert into router.steward (role, may, token_sha256) values ('twaalf', $1, $2)"
    await agencies.sql(statement, may, tokens.digest(token))
    return Router(agencies, f"{place.processes['router'].url}/v1", token)


@pytest.fixture(scope="module")
async def broken(router: Router) -> list[dict[str, Any]]:
    """What the stewards hear of a candidate full of faults."""
    before = await router.get("/tables")
    files: dict[str, str] = (await router.get(f"/tables/{before['in_force']}"))["files"]
    text = files["rules/inkomen.yaml"]
    assert "- id: aow\n" in text
    head, _, tail = text.partition("- id: aow\n")
    text = f"{head}- id: aow\n  wanneer: altijd\n{tail.replace('  to: svb', '  to: ministerie-ingang', 1)}"
    changes = {"rules/inkomen.yaml": f"{text}\n- id: aow\n  to: nergens\n", "rules/nieuw.yaml": "- ["}
    answer = await router.ask("POST", "/proposals", {"why": "Een proef.", "changes": changes})
    assert answer.status_code == 400, answer.text
    after = await router.get("/tables")
    assert (after["in_force"], after["coming"]) == (before["in_force"], before["coming"])
    faults: list[dict[str, Any]] = answer.json()["errors"]
    return faults


async def test_scenario_01_parallel_hand_offs_of_one_item_to_two_owners(agencies: Agencies) -> None:
    """Of eight at once exactly one counts. Seven hear 409 and how things stand; there is one owner, never two."""
    view = await ask(agencies, topic="nergens")
    chosen = [OWNERS[number % 2] for number in range(8)]
    placing = [say(agencies, "triage", whole(view), "place", organisation=to, reason="gebeld") for to in chosen]
    answers = await asyncio.gather(*placing)
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7], [a.text for a in answers]
    [winner] = [to for to, answer in zip(chosen, answers, strict=True) if answer.status_code == 200]
    assert {answer.json()["reason"] for answer in answers if answer.status_code == 409} == {"stale-version"}

    async def offered() -> bool:
        return (await look(agencies, "belastingdienst", view))["status"] == "offered"

    await until(offered, what="the offer of the one that won")
    view = await look(agencies, "belastingdienst", view)
    assert [(one["receiver"], one["state"]) for one in view["handoffs"]] == [(winner, "requested")]
    answers = await asyncio.gather(*(say(agencies, winner, about(view), "accept") for _ in range(8)))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    for refused in (answer.json() for answer in answers if answer.status_code == 409):
        assert (refused["reason"], refused["question"]["holder"]) == ("stale-version", winner)
        assert [one["state"] for one in refused["question"]["handoffs"]] == ["accepted"]
    assert await _changes(agencies, view) == ["accepted"]


async def test_scenario_01_two_owners_who_take_it_at_the_same_moment(agencies: Agencies) -> None:
    """Offered to both at once, on purpose: the first that accepts has it, the other is told so without blame."""
    view = await ask(agencies, topic="nergens")
    await done(agencies, "triage", whole(view), "place", organisation="svb", candidates=["uwv"], reason="gebeld")

    async def offered() -> Any:
        found = await look(agencies, "belastingdienst", view)
        return found if len(found["handoffs"]) == 2 else None

    view = await until(offered, what="both offers")
    assert view["holder"] == "belastingdienst", "nobody has it yet: the first door holds"
    pairs = [(one["receiver"], {"question": view["question"], **one}) for one in view["handoffs"]] * 4
    answers = await asyncio.gather(*(say(agencies, by, what, "accept") for by, what in pairs))
    assert sorted(answer.status_code for answer in answers) == [200, *[409] * 7]
    assert {answer.json()["reason"] for answer in answers if answer.status_code == 409} == {"stale-version", "closed"}
    [winner] = [by for (by, _), answer in zip(pairs, answers, strict=True) if answer.status_code == 200]
    after = await look(agencies, "belastingdienst", view)
    assert after["holder"] == winner
    assert sorted(one["state"] for one in after["handoffs"]) == ["accepted", "not-selected"]
    assert sorted(await _changes(agencies, view)) == ["accepted", "not-selected"]


async def _changes(agencies: Agencies, view: dict[str, Any]) -> list[str]:
    """Every state a hand-off of the question went to."""
    rows = await agencies.sql(
        "select convert_from(value, 'UTF8')::json #>> '{data,state}' as state from handoff.journal "
        "where key = $1 and type like '%.handoff.changed.v1'",
        UUID(view["question"]),
    )
    return [row["state"] for row in rows]


async def test_scenario_02_the_same_event_delivered_twice(agencies: Agencies) -> None:
    """One question and one hand-off, whichever door the second one comes by; the same holds for a reply."""
    asked = question()
    await agencies.send("belastingdienst", asked)
    offer = (await agencies.offered(asked)).data
    await agencies.send("belastingdienst", asked)
    again = await agencies.post("belastingdienst", "/questions", asked)
    assert (again.status_code, again.json()["question"]) == (200, offer["question"])
    accept = reply("svb", offer, "accept")
    first = await agencies.post("svb", "/replies", accept, prefer="wait=10")
    await agencies.send("svb", accept)
    second = await agencies.post("svb", "/replies", accept, prefer="wait=10")
    assert [answer.status_code for answer in (first, second)] == [200, 200]
    assert first.json() == second.json()
    await agencies.settled(60)
    assert len(agencies.ear.find("handoff.requested", "gvd.out.svb", reference=asked["data"]["reference"])) == 1
    assert len(agencies.ear.find("handoff.changed", "gvd.out.svb", handoff=offer["handoff"])) == 1
    rows = await agencies.sql("select 1 from intake.journal where key = $1", UUID(offer["question"]))
    assert len(rows) == 2, "one question and one reply"


async def test_scenario_03_the_receiver_refuses_with_a_reason(agencies: Agencies) -> None:
    """A refusal has a reason and may name who it should have been. The question goes on; the first door holds on."""
    asked = question()
    await agencies.send("belastingdienst", asked)
    offer = (await agencies.offered(asked)).data
    await agencies.send("svb", reply("svb", offer, "decline", reason="not-competent", suggested="uwv"))
    told = await agencies.ear.wait("handoff.changed", "gvd.out.belastingdienst", handoff=offer["handoff"])
    assert (told.data["state"], told.data["reason"], told.data["suggested"]) == ("declined", "not-competent", "uwv")
    triaged = await agencies.ear.wait("question.triaged", "gvd.out.triage", question=offer["question"])
    assert (triaged.data["declined"], triaged.data["holder"]) == (["svb"], "triage")
    assert triaged.data["follower"] == "belastingdienst"
    without = await say(agencies, "svb", offer, "decline")
    assert without.status_code == 400, "no reason, no refusal"


async def test_scenario_04_the_receiver_is_silent_until_the_term_passes(agencies: Agencies) -> None:
    """Reminded, warned, told of the breach; then the offer expires and the next organisation gets it, by itself."""
    view = await ask(agencies, "uwv", "blauwe-envelop", facts={"answers": {"brief-over": "belasting"}})
    [silent] = view["handoffs"]
    assert (silent["receiver"], view["holder"]) == ("belastingdienst", "belastingdienst")
    await later(agencies, view["question"])
    await agencies.ear.wait("clock.breached", "gvd.out.uwv", handoff=silent["handoff"], within=60)
    await later(agencies, view["question"])  # who was told late has half a norm left to answer
    expired = await agencies.ear.wait(
        "handoff.changed", "gvd.out.uwv", handoff=silent["handoff"], state="expired", within=60
    )
    assert (expired.data["reason"], expired.data["by"]) == ("no-answer", "geen-verkeerde-deur")
    offer = await agencies.ear.wait("handoff.requested", "gvd.out.toeslagen", question=view["question"], within=60)
    steps = [one.data.get("step", "breach") for one in _clocks(agencies, silent["handoff"])]
    assert steps == ["reminder", "warning", "breach", "next-step"], "each once, in order"
    assert offer.data["holder"] == "toeslagen"
    late = await say(agencies, "belastingdienst", {"question": view["question"], **silent}, "accept")
    assert (late.status_code, late.json()["reason"]) == (409, "closed")


def _clocks(agencies: Agencies, handoff: str) -> list[Seen]:
    heard = [one for one in agencies.ear.heard if one.topic == "gvd.out.uwv" and one.kind.startswith("clock.")]
    return [one for one in heard if one.data.get("handoff") == handoff]


async def test_scenario_05_a_hand_off_to_an_inactive_receiver(agencies: Agencies, broken: list[dict[str, Any]]) -> None:
    """Nothing leads to who is not there: not a human's choice, not a rule. The question stays with people."""
    view = await ask(agencies, topic="nergens")
    refused = await say(agencies, "triage", whole(view), "place", organisation="ministerie-ingang", reason="gebeld")
    assert refused.status_code == 400
    faults = [(fault["code"], fault["where"]) for fault in refused.json()["errors"]]
    assert faults == [("unknown-organisation", "/data/reply/organisation")]
    assert (await look(agencies, "triage", view))["holder"] == "triage"
    assert "not-in-service" in {fault["code"] for fault in broken}


async def test_scenario_06_hand_over_after_closing(agencies: Agencies) -> None:
    """What is over stays over. Who is not helped after all is taken up again, as a new hand-off that names the old."""
    view = await ask(agencies)
    view = await done(agencies, "svb", about(view), "accept")
    ended = await done(agencies, "svb", about(view), "complete", **COMPLETE)
    assert (ended["status"], ended["outcome"]) == ("ended", "helped")
    tries: list[tuple[str, dict[str, Any], str, dict[str, Any]]] = [
        ("svb", about(ended), "decline", {"reason": "not-competent"}),
        ("svb", about(ended), "involve", {"organisation": "uwv", "reason": "samen"}),
        ("belastingdienst", about(ended), "withdraw", {"reason": "wrong-destination"}),
        ("belastingdienst", whole(ended), "end", {"outcome": "withdrawn-by-citizen"}),
    ]
    for by, what, action, more in tries:
        answer = await say(agencies, by, what, action, **more)
        assert (answer.status_code, answer.json()["reason"]) == (409, "closed"), action
        assert answer.json()["question"]["status"] == "ended"
    assert (await look(agencies, "belastingdienst", ended))["handoffs"] == ended["handoffs"]
    await done(agencies, "belastingdienst", whole(ended), "reopen", reason="not-helped")
    offers = await until(lambda: _offers(agencies, ended, 2), what="a second offer")
    old, new = (offer.data for offer in offers)
    assert (new["receiver"], new["reopens"]) == ("svb", old["handoff"])
    assert new["handoff"] != old["handoff"]

    async def both() -> bool:
        after = await look(agencies, "belastingdienst", ended)
        return [one["state"] for one in after["handoffs"]] == ["completed", "requested"]

    await until(both, what="both hand-offs to be seen")


def _offers(agencies: Agencies, view: dict[str, Any], count: int) -> list[Seen]:
    found = agencies.ear.find("handoff.requested", "gvd.out.svb", question=view["question"])
    return found if len(found) >= count else []


async def test_scenario_07_who_held_it_and_since_when(agencies: Agencies) -> None:
    """Every holder with the moment it began and ended, without a gap, for whoever has a part in the question."""
    view = await ask(agencies)
    view = await done(agencies, "svb", about(view), "accept")
    await done(agencies, "svb", about(view), "decline", reason="not-competent")
    await agencies.ear.wait("question.triaged", "gvd.out.triage", question=view["question"])
    found = await until(lambda: _history(agencies, view, "triage"), what="the history up to the triage desk")
    assert [held["holder"] for held in found] == ["belastingdienst", "svb", "belastingdienst", "triage"]
    for before, after in itertools.pairwise(found):
        assert before["since"] <= before["until"] == after["since"]
    assert "until" not in found[-1]
    strange = await agencies.get("duo", f"/questions/{view['question']}/history")
    assert strange.status_code == 404


async def _history(agencies: Agencies, view: dict[str, Any], last: str) -> list[dict[str, Any]]:
    answer = await agencies.get("belastingdienst", f"/questions/{view['question']}/history")
    holders: list[dict[str, Any]] = answer.json()["holders"]
    return holders if holders[-1]["holder"] == last else []


async def test_scenario_08_which_rule_decided(agencies: Agencies, router: Router) -> None:
    """The rule, the version of the table, what it looked at and what was not chosen; and it comes out the same."""
    view = await ask(agencies)
    await done(agencies, "svb", about(view), "decline", reason="not-competent")
    await agencies.ear.wait("question.triaged", question=view["question"])
    version = (await router.get("/tables"))["in_force"]
    first, second = (await router.get(f"/decisions/{view['question']}"))["decisions"]
    assert (first["decision"]["rule"], second["decision"]["rule"]) == ("aow", "triage-all-declined")
    assert {one["decision"]["table_version"] for one in (first, second)} == {version}
    assert first["decision"]["inputs"]["topic"] == "aow"
    assert second["refusal"] == {"by": "svb", "reason": "not-competent", "rule": "aow", "table_version": version}
    assert [one["organisation"] for one in second["decision"]["alternatives"] if one["rule"] == "aow"] == ["svb"]
    assert all(one["replays"] for one in (first, second))


async def test_scenario_09_a_broken_rule_in_the_table(agencies: Agencies, broken: list[dict[str, Any]]) -> None:
    """Refused, with file, line and reason of every fault; nothing changes and nothing is skipped in silence."""
    codes = {fault["code"] for fault in broken}
    assert {"unknown-field", "unknown-destination", "duplicate-id", "not-in-service", "unreadable"} <= codes
    places = [fault["where"].partition(":") for fault in broken]
    assert {name for name, _, _ in places} == {"rules/inkomen.yaml", "rules/nieuw.yaml"}
    assert all(int(line) > 0 for _, _, line in places)
    assert (await ask(agencies))["handoffs"][0]["receiver"] == "svb"


async def test_scenario_10_three_related_problems_in_one_contact(agencies: Agencies) -> None:
    """Three questions with three owners, and one view of the whole contact for the first door, which follows all."""
    contact = f"KC-{question()['id'][:8]}"
    topics = {"aow": "svb", "ww": "uwv", "zorgtoeslag": "toeslagen"}
    views = [await ask(agencies, topic=topic, contact=contact) for topic in topics]
    assert [view["holder"] for view in views] == list(topics.values())
    found = (await agencies.get("belastingdienst", f"/contacts/{contact}")).json()
    assert {one["question"]: one["holder"] for one in found["questions"]} == {
        view["question"]: view["holder"] for view in views
    }
    assert found["status"] == "offered"
    await done(agencies, "svb", about(views[0]), "accept")
    await done(agencies, "svb", about(await look(agencies, "svb", views[0])), "complete", **COMPLETE)
    found = (await agencies.get("belastingdienst", f"/contacts/{contact}")).json()
    assert found["status"] == "offered", "one is helped, the others are not"
    assert (await agencies.get("svb", f"/contacts/{contact}")).status_code == 404, "the number is the first door's"


async def test_scenario_11_the_contact_is_deleted(agencies: Agencies) -> None:
    """The person's words are gone for everybody (410). The hand-off lives on and is brought to its end."""
    left = await agencies.post(
        "belastingdienst", "/personal-texts", {"text": "Mijn AOW klopt niet."}, content_type="application/json"
    )
    dataref = left.json()["dataref"]
    path = urlsplit(dataref).path.removeprefix("/v1")
    view = await ask(agencies, dataref=dataref)
    assert (await agencies.get("svb", path)).status_code == 200
    headers = {"authorization": f"Bearer {await agencies.token('belastingdienst')}"}
    assert (await agencies.http.delete(path, headers=headers)).status_code == 204
    for by in ("svb", "belastingdienst"):
        assert (await agencies.get(by, path)).status_code == 410
    still = await look(agencies, "belastingdienst", view)
    assert (still["holder"], still["status"]) == ("svb", "offered")
    assert (await agencies.http.delete(f"/questions/{view['question']}", headers=headers)).status_code == 405
    view = await done(agencies, "svb", about(view), "accept")
    ended = await done(agencies, "svb", about(view), "complete", **COMPLETE)
    assert ended["outcome"] == "helped"


async def test_scenario_12_the_overdue_list(agencies: Agencies) -> None:
    """What is past its norm, for who must act and for who follows, the longest past first; what is in time is not."""
    late, in_time = await ask(agencies, "uwv"), await ask(agencies, "uwv")
    view = await done(agencies, "svb", about(late), "accept")
    await later(agencies, late["question"])
    for agency, what in (("svb", "to-do"), ("uwv", "following")):
        answer = await agencies.get(agency, f"/work?what={what}&overdue=true&limit=200")
        items = {item["question"]: item for item in answer.json()["items"]}
        assert in_time["question"] not in items
        assert items[view["question"]]["overdue"] is True
        dues = [item["due_at"] for item in answer.json()["items"]]
        assert dues == sorted(dues)
