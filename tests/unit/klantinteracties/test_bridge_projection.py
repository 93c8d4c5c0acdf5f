"""What the out-topic says becomes a task, a status and notes: total over states and events."""

from typing import get_args

import pytest

from contracts.catalogue import AGENCY_OUT, on_topic
from contracts.following import ContactPersonNamed, QuestionHandedOver, QuestionRepeated
from contracts.handoffs import ClockBreached, ClockReminded, HandoffState
from contracts.quarantine import Fault, InputQuarantined
from contracts.replies import Action
from services.klantinteracties.projection import CLOSING, EVENTS, STATES, TaskStatus, is_closed
from tests.unit.klantinteracties.cases import (
    AGENCY,
    FOLLOWER,
    HANDOFF,
    NOW,
    QUESTION,
    bridge,
    changed,
    offer,
    refusal,
    said,
    task,
    told,
)

OVER = {"completed", "declined", "expired", "not-selected", "withdrawn", "failed", "entered-in-error"}


def test_every_state_and_every_event_has_its_line():
    assert set(STATES) == set(HandoffState)
    assert set(EVENTS) == {event.model for event in on_topic(AGENCY_OUT)}
    assert {state.value for state, one in STATES.items() if one.status is TaskStatus.DONE} == OVER


def test_replies_that_close_are_replies():
    actions = {get_args(one.model_fields["action"].annotation)[0] for one in get_args(get_args(Action)[0])}
    assert actions >= CLOSING


def test_an_offer_to_the_agency_becomes_a_task_and_one_to_another_does_not():
    (made,) = told(None, offer()).tasks
    assert (made.handoff, made.version, made.state) == (HANDOFF, 1, HandoffState.REQUESTED)
    assert told(None, offer(receiver="svb", follower=AGENCY)) is None


def test_an_offer_that_comes_again_changes_nothing():
    known = told(None, offer())
    assert told(known, offer()) is known


@pytest.mark.parametrize("state", HandoffState)
def test_a_change_by_another_is_noted_and_closes_what_is_over(state: HandoffState):
    (after,) = told(bridge(), changed(state)).tasks
    assert (after.version, after.state) == (2, state)
    assert after.notes == (f"GVD-melding 20-11-2026 11:00: {STATES[state].note}",)
    assert is_closed(after) == (state.value in OVER)


def test_a_change_that_our_reply_caused_needs_no_note():
    before = bridge(task(said=said("accept"), heard=("accept",)))
    (after,) = told(before, changed(HandoffState.ACCEPTED, by=AGENCY)).tasks
    assert (after.notes, after.said, after.heard) == ((), None, ("accept",))


def test_a_reply_that_was_overtaken_is_said_again():
    before = bridge(task(said=said("start", about="c-1"), heard=("accept", "c-1")))
    (after,) = told(before, changed(HandoffState.RECEIVED)).tasks
    assert (after.said, after.heard) == (None, ("accept",))


def test_an_old_change_is_no_news():
    before = bridge(task(HandoffState.ACCEPTED, version=3))
    assert told(before, changed(HandoffState.RECEIVED, version=2)) is before


@pytest.mark.parametrize(("action", "reopens"), [("complete", True), ("decline", True), ("hold", False)])
def test_a_refused_reply_is_shown_and_what_seemed_done_is_to_do_again(action: str, reopens: bool):  # noqa: FBT001
    before = bridge(task(HandoffState.IN_PROGRESS, said=said(action)))
    (after,) = told(before, refusal("e-1", "partners-working", action)).tasks
    assert (after.said, after.reopen) == (None, reopens)
    assert after.notes == ("GVD-fout: uw reactie past nu niet bij de overdracht (partners-working).",)


@pytest.mark.parametrize("reason", ["stale-version", "not-yet"])
def test_a_stale_reply_is_said_again(reason: str):
    before = bridge(task(HandoffState.IN_PROGRESS, said=said("start", about="c-1"), heard=("c-1",)))
    (after,) = told(before, refusal("e-1", reason, "start")).tasks
    assert (after.said, after.heard, after.notes) == (None, (), ())


@pytest.mark.parametrize(
    "stranger", [refusal("e-9", "not-now"), refusal("e-1", "not-now", by="svb"), refusal("e-1", "closed")]
)
def test_refusals_that_are_not_ours_or_come_after_the_end_change_nothing(stranger):
    before = bridge(task(said=said()))
    assert told(before, stranger) is before


def test_clocks_are_noted_for_who_must_act():
    common = {"question": QUESTION, "handoff": HANDOFF, "question_version": 2, "follower": FOLLOWER, "due_at": NOW}
    reminded = ClockReminded(stage="acceptance", step="warning", started_at=NOW, holder=AGENCY, **common)
    (after,) = told(bridge(), reminded).tasks
    assert after.notes == ("GVD-melding 20-11-2026 10:00: Dit is de termijn; hij loopt af.",)
    assert told(bridge(after), reminded) == bridge(after)
    (after,) = told(bridge(after), ClockBreached(stage="acceptance", holder=AGENCY, **common)).tasks
    assert after.notes[-1] == "GVD-melding 20-11-2026 10:00: De termijn is verstreken."
    theirs = ClockBreached(stage="acceptance", holder="svb", **common)
    assert told(bridge(after), theirs) == bridge(after)


def test_news_of_the_question_is_noted_on_open_tasks_only():
    common = {"question": QUESTION, "question_version": 2, "follower": "svb", "holder": AGENCY, "at": NOW}
    repeated = QuestionRepeated(by="svb", channel="desk", times=2, **common)
    over = QuestionHandedOver(previous=FOLLOWER, reference="SVB-1", reason="merged-organisation", **common)
    person = {"organisation": "svb", "reference": "ROL-1", "reachable_at": {"phone": "088 000 00 00"}, "since": NOW}
    named = ContactPersonNamed(person=person, by="svb", **common)
    closed = task(HandoffState.WITHDRAWN, offer=offer(handoff=QUESTION))
    state = told(told(told(bridge(task(), closed), repeated), over), named)
    assert [note.partition(": ")[2] for note in state.tasks[0].notes] == [
        "De persoon kwam opnieuw met deze vraag.",
        "Verwijzer is nu svb, kenmerk SVB-1.",
        "Vaste contactpersoon is nu svb, ROL-1.",
    ]
    assert state.tasks[1] == closed


def test_input_refused_at_the_door_is_remembered_by_the_id_of_our_event():
    refused = InputQuarantined(
        quarantine=QUESTION,
        topic="gvd.in.cak",
        partition=0,
        offset=1,
        agency=AGENCY,
        event_id="e-1",
        received_at=NOW,
        faults=(Fault(code="unknown-organisation", where="/data/reply/suggested", message="Not in the table."),),
    )
    assert told(None, refused).refused_event == "e-1"
    assert told(None, refused.model_copy(update={"event_id": None})) is None
