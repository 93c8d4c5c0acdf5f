"""The one table of transitions: whole, without contradiction, and the drawing and the docs come from it."""

from itertools import combinations
from pathlib import Path
from typing import get_args

import pytest

from contracts.handoffs import HandoffState
from contracts.replies import Action, Correct, Withdraw
from services.handoff.lifedoc import PAGE, named, page
from services.handoff.model import OFFERED, TERMINAL, WORKING
from services.handoff.receiving import _EFFECTS
from services.handoff.replies import _ABOUT_QUESTION
from services.handoff.transitions import TRANSITIONS, Actor, legal, of
from services.intake.possible import FOLLOWER_MAY, RECEIVER_MAY

ACTIONS = set(get_args(get_args(Action)[0]))


def test_every_state_is_offered_worked_on_or_over():
    assert set(HandoffState) == OFFERED | WORKING | TERMINAL
    assert len(OFFERED) + len(WORKING) + len(TERMINAL) == len(HandoffState)


def test_every_state_can_be_reached_and_left_unless_it_is_the_end():
    assert {after for _, after in legal()} | {HandoffState.REQUESTED} == set(HandoffState)
    assert {before for before, _ in legal()} == OFFERED | WORKING


def test_every_reply_is_about_a_hand_off_or_about_the_question():
    assert set(_EFFECTS) | set(_ABOUT_QUESTION) == ACTIONS
    assert not set(_EFFECTS) & set(_ABOUT_QUESTION)
    assert {row.action for row in TRANSITIONS if isinstance(row.action, type)} == set(_EFFECTS)


def test_one_reply_in_one_state_is_one_row():
    replies = [Withdraw(action="withdraw", reason=reason) for reason in ("wrong-destination", "sent-in-error")]
    for action in _EFFECTS:
        for one, other in combinations(of(action), 2):
            both = one.before & other.before
            fits = [r for r in replies if all(row.when and row.when(r) for row in (one, other))]
            assert not both or (one.when and other.when and not fits), (one.number, other.number)
        assert len({row.actor for row in of(action)}) == 1


@pytest.mark.parametrize(("actor", "offers"), [(Actor.RECEIVER, RECEIVER_MAY), (Actor.FOLLOWER, FOLLOWER_MAY)])
def test_the_work_list_offers_what_the_table_allows(actor, offers):
    """The front door keeps its own list of what may be done now, since services do not read each other's code."""
    allowed: dict[str, set[str]] = {}
    for row in (row for row in TRANSITIONS if isinstance(row.action, type) and row.actor is actor):
        for before in row.before:
            allowed.setdefault(before, set()).add(named(row))
    assert {state: set(actions) for state, actions in offers.items()} == allowed


def test_who_corrects_is_no_row_of_its_own():
    assert of(Correct) == ()


def test_the_page_is_drawn_from_the_table():
    written = Path(PAGE).read_text(encoding="utf-8")
    assert written == page(), "run python -m services.handoff.lifedoc"
