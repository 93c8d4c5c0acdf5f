"""What only the first door can do: correct, reopen, merge, return; and the person who comes again."""

from typing import Any

import pytest

from contracts.decisions import DecisionReason
from contracts.events import DECISION_REQUESTS, REPLIES
from contracts.following import QuestionMerged, QuestionReopened, QuestionRepeated, QuestionReturned
from contracts.handoffs import HandoffRequested
from contracts.replies import ReplyAccepted
from services.handoff.model import Stage
from tests.unit.handoff.play import FOLLOWER, QUESTION, Play, offered, refusal, working

HELPED = {"outcome": "helped", "person_informed": True}
OTHER = {"facts": {"topic": "telefoon", "channel": "phone"}}
INTO = "01900000-0000-7000-8000-000000000099"
PERSON = {
    "organisation": "alfa",
    "reference": "ADVISEUR-1",
    "reachable_at": {"phone": "088 100"},
    "since": "2026-11-23T09:00:00Z",
}


def helped() -> Play:
    play = working()
    play.receiver("complete", **HELPED)
    return play


def test_t20_what_was_offered_on_wrong_facts_was_an_error_and_no_refusal():
    play = offered()
    (heard,) = play.follower("correct", **OTHER)
    assert (heard.state, heard.reason, play.state.status) == ("entered-in-error", "corrected", "deciding")
    assert (play.state.declined, play.state.hops) == ((), 0)
    request = play.waiting[-1]
    assert request.topic == DECISION_REQUESTS
    play.settle()
    assert (play.state.facts.topic, play.lead.receiver) == ("telefoon", "foxtrot")


def test_partners_that_were_offered_it_are_an_error_too_and_who_works_goes_on():
    play = offered("samen")
    play.reply("bravo", "accept", play.partner("bravo").handoff)
    heard = play.follower("correct", **OTHER)
    assert sorted((h.receiver, h.state) for h in heard) == [
        (who, "entered-in-error") for who in ("alfa", "charlie", "foxtrot")
    ]
    assert play.partner("bravo").state == "accepted"


def test_once_somebody_works_the_first_door_asks_first():
    assert refusal(working().follower("correct", **OTHER)) == "work-began"


def test_reopening_is_a_new_hand_off_to_who_seemed_to_have_helped():
    play = helped()
    old = play.state.handoffs[-1]
    (heard,) = play.wait(days=3).follower("reopen", reason="not-helped")
    assert isinstance(heard, QuestionReopened)
    assert (heard.reopens, heard.first_received_at) == (old.handoff, play.state.first_received_at)
    play.settle()
    offer = play.said[-1]
    assert isinstance(offer, HandoffRequested)
    assert (offer.receiver, offer.reopens) == ("alfa", old.handoff)
    assert offer.handoff != old.handoff
    assert play.state.find(old.handoff) == old, "terminal is final: its times are not wiped"
    assert (play.state.outcome, play.state.reopens, play.clock.stage) == (None, None, Stage.ACCEPTANCE)


def test_reopening_elsewhere_goes_by_the_table_without_who_had_it():
    play = helped()
    play.follower("reopen", reason="not-helped", elsewhere=True)
    play.settle()
    assert (play.lead.receiver, play.state.declined) == ("bravo", ("alfa",))


def test_what_ended_at_the_first_door_is_decided_on_by_the_table():
    play = offered()
    play.follower("end", outcome="helped-at-first-door")
    play.follower("reopen", reason="came-back")
    play.settle()
    assert play.lead.receiver == "alfa"


def test_only_what_ended_can_be_reopened_and_only_by_who_follows():
    play = offered()
    assert refusal(play.follower("reopen", reason="came-back")) == "not-ended"
    play = helped()
    assert refusal(play.reply("alfa", "reopen", reason="came-back")) == "not-yours"


def test_it_can_end_again_after_it_was_reopened():
    play = helped()
    play.follower("reopen", reason="not-helped")
    play.settle()
    play.receiver("accept")
    *_, ended = play.receiver("complete", **HELPED)
    assert (ended.outcome, play.state.status, play.state.clocks) == ("helped", "ended", ())


@pytest.mark.parametrize("by", [FOLLOWER, "echo"])
def test_who_comes_again_is_told_of_to_the_holder_and_starts_nothing(by):
    play = working()
    before = play.state
    (heard,) = play.reply(by, "repeat", channel="desk", reference="E-9")
    assert isinstance(heard, QuestionRepeated)
    assert (heard.by, heard.holder, heard.times) == (by, "alfa", 1)
    (heard,) = play.reply(by, "repeat", channel="phone")
    assert heard.times == 2
    assert (play.state.handoffs, play.state.clocks, play.state.version) == (
        before.handoffs,
        before.clocks,
        before.version,
    )


def test_a_stale_version_does_not_matter_for_who_comes_again():
    play = working()
    (heard,) = play.reply("echo", "repeat", version=77, channel="desk")
    assert isinstance(heard, QuestionRepeated)


def test_after_the_end_the_first_door_reopens_it():
    assert refusal(helped().reply("echo", "repeat", channel="desk")) == "closed"


def test_a_question_that_ended_while_it_was_asked_again_is_reopened():
    """The door took it for a repeat of a running one: the person is not lost between the two."""
    play = helped()
    again = {"question": QUESTION, "version": 1, "by": FOLLOWER, "received_at": play.now, "asked_again": True}
    reply = ReplyAccepted.model_validate({**again, "reply": {"action": "repeat", "channel": "desk"}})
    (heard,) = play._take(play._send(REPLIES, reply))
    assert isinstance(heard, QuestionReopened)
    assert heard.reason == "came-back"
    play.settle()
    assert (play.state.status, play.lead.receiver) == ("offered", "alfa")


def test_a_merged_question_goes_on_as_the_other():
    play = offered("samen")
    heard = play.follower("merge", into=INTO)
    assert [h.state for h in heard[:-1]] == ["withdrawn"] * 4
    assert isinstance(heard[-1], QuestionMerged)
    assert (play.state.status, play.state.holder, play.state.clocks) == ("merged", FOLLOWER, ())
    assert str(play.state.merged_into) == INTO
    assert play.state.outcome is None, "it did not end: the other goes on"
    assert refusal(play.follower("end", outcome="withdrawn-by-citizen")) == "closed"


def test_who_is_being_helped_is_not_merged_away():
    assert refusal(working().follower("merge", into=INTO)) == "work-began"


def test_a_decision_after_the_merge_is_ignored():
    play = Play()
    play.deliver()
    play.deliver()
    play.receiver("decline", reason="other")
    play.follower("merge", into=INTO)
    before = play.state
    play.settle()
    assert play.state == before


def test_the_desk_returns_it_to_the_first_door_which_tells_the_person_on_a_clock():
    play = Play(None).settle()
    (heard,) = play.reply("triage", "return", reason="private-matter")
    assert isinstance(heard, QuestionReturned)
    assert (play.state.status, play.state.holder, play.clock.stage) == ("returned", FOLLOWER, Stage.RETURN)
    assert heard.tell_by == play.clock.due_at
    (ended,) = play.follower("end", outcome="helped-at-first-door")
    assert ended.outcome == "helped-at-first-door"


def test_the_first_door_may_know_better_than_the_desk():
    play = Play(None).settle()
    play.reply("triage", "return", reason="private-matter")
    play.follower("correct", **OTHER)
    play.settle()
    assert play.lead.receiver == "foxtrot"


@pytest.mark.parametrize("kind", ["objection", "appeal"])
def test_an_objection_is_never_returned(kind):
    play = Play(None, kind=kind).settle()
    assert play.state.status == "triage"
    assert refusal(play.reply("triage", "return", reason="private-matter")) == "always-forwarded"


def test_only_the_desk_returns():
    play = offered()
    assert refusal(play.reply("alfa", "return", reason="private-matter")) == "not-now"


def test_a_fixed_contact_person_stays_through_hops_and_after_the_end():
    play = working()
    (named,) = play.reply("alfa", "name-contact-person", person=PERSON)
    assert (named.person.reference, named.previous) == ("ADVISEUR-1", None)
    play.receiver("fail", reason="other")
    play.settle()
    assert play.said[-1].contact_person == named.person
    play.receiver("accept")
    play.receiver("complete", **HELPED)
    assert play.state.contact_person == named.person
    later = {**PERSON, "reference": "ADVISEUR-2"}
    assert refusal(play.reply("alfa", "name-contact-person", person=later)) == "no-hand-over"
    (heard,) = play.reply("alfa", "name-contact-person", person=later, reason="other-team", note="NOTE-1")
    assert (heard.previous, heard.note) == (named.person, "NOTE-1")
    assert play.view.state.contact_person == heard.person


def test_a_contact_person_can_be_called_and_is_named_by_who_is_near():
    play = working()
    nowhere: dict[str, Any] = {**PERSON, "reachable_at": {}}
    assert refusal(play.reply("alfa", "name-contact-person", person=nowhere)) == "not-reachable"
    assert refusal(play.reply("echo", "name-contact-person", person=PERSON)) == "not-yours"


def test_what_the_router_is_told_when_it_is_asked_again():
    reasons = []
    play = helped()
    play.follower("reopen", reason="new-information")
    reasons.append(play.waiting[-1])
    play.settle()
    play.follower("correct", **OTHER)
    reasons.append(play.waiting[-1])
    assert all(one.topic == DECISION_REQUESTS for one in reasons)
    assert DecisionReason.REOPENED.encode() in reasons[0].value
    assert DecisionReason.CORRECTED.encode() in reasons[1].value
