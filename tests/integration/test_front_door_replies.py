"""Replies that do not fit: each gets an answer with how things stand, over the door it came in by."""

from typing import Any

import pytest

from tests.world import COMPLETE, Agencies, Seen, question, reply


@pytest.fixture(scope="module")
async def offer(agencies: Agencies) -> Seen:
    """An offer to the SVB, received and accepted: at version 3."""
    asked = question()
    await agencies.send("belastingdienst", asked)
    offered = await agencies.offered(asked)
    for action, state in (("receive", "received"), ("accept", "accepted")):
        await agencies.send("svb", reply("svb", (await last(agencies, offered)).data, action))
        await agencies.ear.wait("handoff.changed", "gvd.out.svb", handoff=offered.data["handoff"], state=state)
    return await last(agencies, offered)


@pytest.fixture(scope="module")
async def closed(agencies: Agencies) -> Seen:
    """An offer the SVB declined."""
    asked = question()
    await agencies.send("belastingdienst", asked)
    offered = await agencies.offered(asked)
    await agencies.send("svb", reply("svb", offered.data, "decline", reason="not-competent"))
    return await agencies.ear.wait("handoff.changed", "gvd.out.svb", handoff=offered.data["handoff"], state="declined")


async def last(agencies: Agencies, offered: Seen) -> Seen:
    changes = agencies.ear.find("handoff.changed", "gvd.out.svb", handoff=offered.data["handoff"])
    return changes[-1] if changes else offered


REFUSALS: dict[str, tuple[str, dict[str, Any], str, int]] = {
    "unknown-handoff": ("svb", {"handoff": "00000000-0000-4000-8000-000000000000"}, "unknown-handoff", 404),
    "stale": ("svb", {"version": 1}, "stale-version", 409),
    "from-the-future": ("svb", {"version": 7}, "stale-version", 409),
    "a-stranger": ("duo", {}, "not-yours", 403),
    "the-follower": ("belastingdienst", {}, "not-yours", 403),
}


@pytest.mark.parametrize(("by", "data", "reason", "status"), REFUSALS.values(), ids=REFUSALS)
async def test_a_reply_that_does_not_fit_is_refused_over_both_doors(
    agencies: Agencies, offer: Seen, by: str, data: dict[str, Any], reason: str, status: int
) -> None:
    sent = reply(by, offer.data, "complete", **COMPLETE, data=data)
    answer = await agencies.post(by, "/replies", {**sent, "id": sent["id"] + "-http"})
    assert (answer.status_code, answer.json()["reason"]) == (status, reason)
    assert answer.headers["content-type"].startswith("application/problem+json")
    before = len(agencies.ear.find("reply.refused", f"gvd.out.{by}"))
    await agencies.send(by, sent)
    told = await nth(agencies, by, before + 1)
    assert (told.data["reason"], told.data["by"], told.data["action"]) == (reason, by, "complete")


async def nth(agencies: Agencies, by: str, count: int) -> Seen:
    from tests.world import until

    found: list[Seen] = await until(lambda: _enough(agencies.ear.find("reply.refused", f"gvd.out.{by}"), count))
    return found[-1]


def _enough(found: list[Seen], count: int) -> list[Seen]:
    return found if len(found) >= count else []


async def test_the_loser_sees_the_present_state(agencies: Agencies, offer: Seen) -> None:
    answer = await agencies.post("svb", "/replies", reply("svb", {**offer.data, "version": 1}, "start", contact="made"))
    assert answer.status_code == 409
    [handoff] = answer.json()["question"]["handoffs"]
    assert (handoff["state"], handoff["version"]) == ("accepted", offer.data["version"])


async def test_a_reply_in_the_trace_of_the_offer_is_answered_for_itself(agencies: Agencies, offer: Seen) -> None:
    """W3C Trace Context asks to continue the trace: then all that happened to the question has the same one."""
    same = {"traceparent": offer.event["traceparent"]}
    late = reply("svb", offer.data, "start", contact="made", data={"version": 1}, attributes=same)
    stale = await agencies.post("svb", "/replies", late)
    assert (stale.status_code, stale.json()["reason"]) == (409, "stale-version")


async def test_who_has_no_part_in_a_question_is_told_nothing_of_it(agencies: Agencies, offer: Seen) -> None:
    """Requirements R-43: a stranger who has the id of a question learns nothing by replying to it."""
    over_http = [
        await agencies.post("duo", "/replies", reply("duo", offer.data, "accept"), prefer=f"wait={seconds}")
        for seconds in (0, 5)
    ]
    for answer in over_http:
        assert "question" not in answer.json()
        assert "holder" not in answer.text
        assert offer.data["receiver"] not in answer.text
    told = agencies.ear.find("reply.refused", "gvd.out.duo")[-1]
    assert not told.data.keys() & {"state", "holder", "version", "question_version", "outcome"}


async def test_a_closed_handoff_stays_closed(agencies: Agencies, closed: Seen) -> None:
    late = reply("svb", closed.data, "accept")
    answer = await agencies.post("svb", "/replies", late)
    assert (answer.status_code, answer.json()["reason"]) == (409, "closed")
    told = await agencies.ear.wait("reply.refused", "gvd.out.svb", handoff=closed.data["handoff"])
    assert (told.data["reason"], told.data["state"]) == ("closed", "declined")


async def test_the_same_reply_five_times_is_one_change(agencies: Agencies) -> None:
    asked = question()
    await agencies.send("belastingdienst", asked)
    offered = await agencies.offered(asked)
    sent = reply("svb", offered.data, "receive")
    for _ in range(4):
        await agencies.send("svb", sent)
    await agencies.ear.wait("handoff.changed", "gvd.out.svb", handoff=offered.data["handoff"])
    answer = await agencies.post("svb", "/replies", sent)
    assert answer.status_code == 200
    assert answer.json()["handoffs"][0]["state"] == "received"
    await agencies.settled()
    assert len(agencies.ear.find("reply.accepted", question=offered.data["question"])) == 1
    assert len(agencies.ear.find("handoff.changed", "gvd.out.svb", question=offered.data["question"])) == 1
    assert not agencies.ear.find("reply.refused", question=offered.data["question"])
