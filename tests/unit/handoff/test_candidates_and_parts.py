"""Several organisations: the first candidate that accepts has it, and a lead asks others for parts."""

import pytest

from contracts.handoffs import HandoffRequested
from services.handoff.model import SYSTEM, Stage
from tests.unit.handoff.play import FOLLOWER, Play, refusal

HELPED = {"outcome": "helped", "person_informed": True}
PARTS = {"correct-datum": "bravo", "repair-consequences": "charlie"}


def candidates(*others: str) -> Play:
    play = Play(None).settle()
    play.reply("triage", "place", organisation="alfa", candidates=others or ("bravo",), reason="any-of-them")
    return play.settle()


def of(play: Play, organisation: str):
    return next(h for h in play.state.candidates if h.receiver == organisation)


def test_while_nobody_accepted_the_first_door_holds_and_each_candidate_has_a_clock():
    play = candidates("bravo", "charlie")
    offers = [one for one in play.said if isinstance(one, HandoffRequested)]
    assert [(one.receiver, one.role, one.holder) for one in offers] == [
        (who, "candidate", FOLLOWER) for who in ("alfa", "bravo", "charlie")
    ]
    assert {clock.stage for clock in play.state.clocks} == {Stage.ACCEPTANCE}
    assert len(play.state.clocks) == 3
    assert (play.state.status, play.state.lead, play.view.state.status) == ("offered", None, "offered")


def test_who_starts_at_once_has_it_too():
    play = candidates()
    started, other = play.reply("bravo", "start", of(play, "bravo").handoff, contact="made")
    assert (started.role, started.state) == ("lead", "in-progress")
    assert (other.receiver, other.state, other.by, other.reason) == ("alfa", "not-selected", SYSTEM, "another-accepted")


def test_one_that_declines_leaves_it_to_the_others():
    play = candidates("bravo", "charlie")
    play.reply("alfa", "decline", of(play, "alfa").handoff, reason="no-capacity")
    assert (play.state.status, play.state.hops) == ("offered", 0)
    assert not play.waiting
    assert play.state.declined == ("alfa",)
    play.reply("charlie", "accept", of(play, "charlie").handoff)
    assert (play.lead.receiver, play.state.holder) == ("charlie", "charlie")


def test_when_all_decline_the_router_chooses_again():
    play = candidates()
    for who in ("alfa", "bravo"):
        play.reply(who, "decline", of(play, who).handoff, reason="no-capacity")
    assert (play.state.status, play.state.hops, play.state.declined) == ("deciding", 1, ("alfa", "bravo"))
    play.settle()
    assert play.state.status == "triage"


def test_a_silent_candidate_expires_and_the_other_can_still_take_it():
    play = candidates()
    silent = next(clock for clock in play.state.clocks if clock.subject == of(play, "alfa").handoff)
    for _ in range(4):
        clock = next(clock for clock in play.state.clocks if clock.subject == silent.subject)
        play.now = clock.next_at
        play.ring(clock)
    assert [h.receiver for h in play.state.candidates] == ["bravo"]
    play.reply("bravo", "accept", of(play, "bravo").handoff)
    assert play.lead.receiver == "bravo"


def test_the_first_door_ends_it_for_all_candidates():
    play = candidates("bravo", "charlie")
    heard = play.follower("end", outcome="helped-at-first-door")
    assert [one.state for one in heard[:-1]] == ["withdrawn"] * 3
    assert play.state.clocks == ()


def repairing() -> Play:
    """An organisation that leads the repair of a wrong datum asks two others for their part."""
    play = Play("recht", kind="wrong-data").settle()
    play.receiver("start", contact="made")
    for task, who in PARTS.items():
        play.receiver("involve", organisation=who, reason="holds-the-datum", task=task)
        play.settle()
    return play


def test_a_part_names_its_task_and_who_asked_for_it():
    play = repairing()
    assert {h.task: (h.receiver, h.parent) for h in play.state.handoffs if h.role == "partner"} == {
        task: (who, play.lead.handoff) for task, who in PARTS.items()
    }


@pytest.mark.parametrize("last", PARTS.values())
def test_done_when_corrected_and_consequences_repaired(last):
    play = repairing()
    assert refusal(play.receiver("complete", **HELPED)) == "not-repaired"
    for who in sorted(PARTS.values(), key=last.__eq__):
        assert refusal(play.receiver("complete", **HELPED)) == "not-repaired"
        part = play.partner(who).handoff
        play.reply(who, "accept", part)
        play.reply(who, "complete", part, **HELPED)
    *_, ended = play.receiver("complete", **HELPED)
    assert ended.outcome == "helped"


def test_what_another_did_not_do_the_lead_can_do_itself():
    play = repairing()
    play.reply("bravo", "decline", play.partner("bravo").handoff, reason="not-competent")
    part = play.partner("charlie").handoff
    play.reply("charlie", "accept", part)
    play.reply("charlie", "complete", part, **HELPED)
    assert refusal(play.receiver("complete", **HELPED)) == "not-repaired"
    *_, ended = play.receiver("complete", **HELPED, datum_corrected=True)
    assert ended.outcome == "helped"


def test_what_was_repaired_before_it_ended_does_not_count_for_what_is_wrong_now():
    """Taken up again because it is still wrong: another datum, or the same one once more."""
    play = repairing()
    for who in PARTS.values():
        part = play.partner(who).handoff
        play.reply(who, "accept", part)
        play.reply(who, "complete", part, **HELPED)
    play.receiver("complete", **HELPED)
    play.follower("reopen", reason="not-helped")
    play.settle()
    play.receiver("start", contact="made")
    assert refusal(play.receiver("complete", **HELPED)) == "not-repaired"
    *_, ended = play.receiver("complete", **HELPED, datum_corrected=True, consequences_repaired=True)
    assert ended.outcome == "helped"


def test_a_part_that_nobody_answered_yet_is_not_passed_over():
    play = repairing()
    claims = {"datum_corrected": True, "consequences_repaired": True}
    assert refusal(play.receiver("complete", **HELPED, **claims)) == "parts-open"
