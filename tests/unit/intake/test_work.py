"""Whose list a question is on, and what may be done: total over all states, and what the life of a hand-off allows."""

from datetime import timedelta
from itertools import product
from typing import Any, get_args

import pytest

from contracts.handoffs import HandoffState, ReplyRefused
from contracts.replies import Action
from services.intake.possible import FOLLOWER_MAY, RECEIVER_MAY
from services.intake.work import Wanted, WorkItem, WorkState, items, listed
from tests.unit.handoff.play import FOLLOWER, START, Play, offered, working

ACTIONS = {model.model_fields["action"].annotation.__args__[0]: model for model in get_args(get_args(Action)[0])}
FIELDS: dict[str, dict[str, Any]] = {
    "start": {"contact": "made"},
    "complete": {"outcome": "helped", "person_informed": True},
    "decline": {"reason": "other"},
    "hold": {"reason": "waiting-for-person"},
    "fail": {"reason": "impossible"},
    "withdraw": {"reason": "wrong-destination"},
    "request-cancellation": {"reason": "solved-otherwise"},
    "refuse-cancellation": {"reason": "nearly-done"},
    "involve": {"organisation": "bravo", "reason": "needed"},
    "end": {"outcome": "withdrawn-by-citizen"},
    "place": {"organisation": "alfa", "reason": "known-here"},
    "return": {"reason": "nobody-responsible"},
    "answer": {"ask": "welke", "answer": "een"},
    "reopen": {"reason": "came-back"},
    "correct": {"facts": {"topic": "recht", "channel": "phone"}},
    "merge": {"into": "01900000-0000-7000-8000-000000000002"},
    "name-contact-person": {
        "person": {
            "organisation": "alfa",
            "reference": "ROL-1",
            "reachable_at": {"phone": "088 000 00 00"},
            "since": START.isoformat(),
        }
    },
}
ON_HANDOFF = sorted({name for names in (*RECEIVER_MAY.values(), *FOLLOWER_MAY.values()) for name in names})
ON_QUESTION = ["answer", "correct", "end", "merge", "name-contact-person", "place", "reopen", "return"]


def _received() -> Play:
    play = offered()
    play.receiver("receive")
    return play


def _accepted() -> Play:
    play = offered()
    play.receiver("accept")
    return play


def _declined() -> Play:
    play = offered()
    play.receiver("decline", reason="other")
    return play


def _helped() -> Play:
    play = working()
    play.receiver("complete", outcome="helped", person_informed=True)
    return play


def _on_hold() -> Play:
    play = working()
    play.receiver("hold", reason="waiting-for-person")
    return play


def _cancelling() -> Play:
    play = working()
    play.reply(FOLLOWER, "request-cancellation", play.lead.handoff, reason="solved-otherwise")
    return play


def _returned() -> Play:
    play = Play("gevaar").settle()
    play.reply(play.state.holder, "return", reason="nobody-responsible")
    return play


PLAYS = {
    "requested": offered,
    "received": _received,
    "accepted": _accepted,
    "in-progress": working,
    "on-hold": _on_hold,
    "cancellation-requested": _cancelling,
    "returned": _returned,
    "deciding": _declined,
    "ended": _helped,
    "asking": lambda: Play("vraag").settle(),
    "triage": lambda: Play("gevaar").settle(),
}


def work(play: Play, agency: str) -> list[WorkItem]:
    assert play.view.state is not None
    return list(items(play.view.state, agency, play.now))


def may(play: Play, agency: str) -> set[tuple[str, str | None]]:
    return {(a.action, a.handoff and str(a.handoff)) for one in work(play, agency) for a in one.actions}


def test_what_may_be_done_is_said_of_every_state_and_nothing_of_what_ended():
    known = set(RECEIVER_MAY)
    assert set(FOLLOWER_MAY) <= known
    assert {state.value for state in set(HandoffState) - known} == {
        "completed",
        "declined",
        "expired",
        "not-selected",
        "withdrawn",
        "failed",
        "entered-in-error",
    }
    assert {state.value for state in known} <= {state.value for state in WorkState}


def test_only_actions_that_exist_are_offered():
    assert set(ON_HANDOFF) | {"involve"} <= ACTIONS.keys()


@pytest.mark.parametrize(("name", "by"), list(product(PLAYS, ["alfa", FOLLOWER])))
def test_what_is_offered_is_what_the_life_of_a_hand_off_allows(name: str, by: str):
    """Each action tried for real from each state: not refused if it is offered, refused if it is not."""
    at = PLAYS[name]()
    subjects = [h.handoff for h in at.state.handoffs]
    tries = [(action, handoff) for action in ON_HANDOFF for handoff in subjects]
    tries += [(action, None) for action in ON_QUESTION]
    for action, handoff in tries:
        play = PLAYS[name]()
        heard = play.reply(by, action, handoff, **FIELDS.get(action, {}))
        refused = any(isinstance(one, ReplyRefused) for one in heard)
        if (name, by, action) == ("ended", "alfa", "name-contact-person"):
            continue  # possible, and no reason to keep it on a list
        possible = (action, handoff and str(handoff)) in may(at, by)
        assert possible != refused, f"{action} by {by} while {name}"


@pytest.mark.parametrize("name", PLAYS)
def test_an_open_question_is_on_the_list_of_who_must_act_and_of_who_follows(name: str):
    play = PLAYS[name]()
    places = listed(play.view.state)
    if name == "ended":
        assert places == {}
        return
    agencies = {agency for agency, _ in places}
    assert {play.state.holder, FOLLOWER} <= agencies <= {"alfa", FOLLOWER}
    to_do = {agency for (agency, _), (what, _, _) in places.items() if what is Wanted.TO_DO}
    assert to_do == ({play.state.holder} if name not in ("deciding", "on-hold") else set())


def test_who_has_to_do_with_it_does_not_follow_it_as_well():
    play = Play("gevaar").settle()
    [one] = work(play, play.state.holder)
    assert (one.what, one.state) == (Wanted.TO_DO, WorkState.TRIAGE)
    assert len(listed(play.view.state)) == 1


def test_a_norm_that_has_passed_is_overdue():
    play = offered()
    [one] = work(play, "alfa")
    assert (one.overdue, one.due_at) == (False, play.clock.due_at)
    play.wait(days=9)
    [one] = work(play, "alfa")
    assert one.overdue
    [followed] = [one for one in work(play, FOLLOWER) if one.handoff is None]
    assert (followed.what, followed.due_at) == (Wanted.FOLLOWING, one.due_at)


def test_receipt_leaves_the_norm_and_another_contact_leaves_since():
    play = offered()
    due = play.clock.due_at
    play.wait(minutes=5).receiver("receive")
    [one] = work(play, "alfa")
    assert (one.due_at, one.since) == (due, START + timedelta(minutes=5))
    play.wait(minutes=5).receiver("start", contact="planned")
    play.wait(minutes=5).receiver("start", contact="made")
    [one] = work(play, "alfa")
    assert one.since == START + timedelta(minutes=10)


def test_a_reminder_tells_the_norm_of_a_stage():
    play = _accepted()
    play.wait(days=9).ring(play.clock)
    [one] = work(play, "alfa")
    assert one.due_at == play.clock.due_at


def test_what_was_given_back_is_counted():
    play = _declined()
    [one] = [one for one in work(play, FOLLOWER) if one.handoff is None]
    assert (one.bounced, one.state) == (1, WorkState.DECIDING)


def test_a_stranger_has_no_work_in_it():
    for make in PLAYS.values():
        assert work(make(), "echo") == []


def test_the_first_door_acts_for_an_organisation_that_is_not_connected():
    play = working()
    view = play.view.state
    assert view is not None
    apart = tuple(h.model_copy(update={"connected": False}) for h in view.handoffs)
    play.view.state = view.model_copy(update={"handoffs": apart})
    assert {agency for agency, _ in listed(play.view.state)} == {FOLLOWER}
    [one] = [one for one in work(play, FOLLOWER) if one.handoff is not None]
    assert (one.on_behalf, one.what, one.receiver) == (True, Wanted.TO_DO, "alfa")
    assert {"start", "complete", "request-cancellation"} <= {a.action for a in one.actions}
