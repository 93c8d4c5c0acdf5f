"""Every transition of a hand-off: from where, to where, who may, with what, and what stands in the way.

The one table. `replies.py` refuses by it, `docs/hand-off-states.md` is drawn from it (`lifedoc.py`), and a test walks
every pair of states. T-numbers are those of the domain model.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum

from contracts.handoffs import HandoffState
from contracts.replies import (
    Accept,
    Complete,
    ConfirmCancellation,
    Decline,
    Fail,
    Hold,
    Receive,
    RefuseCancellation,
    RequestCancellation,
    Resume,
    Start,
    Withdraw,
)
from services.handoff.guards import (
    Guard,
    data_repaired,
    nothing_left_to_others,
    until_ahead,
)
from services.handoff.model import OFFERED, WORKING

S = HandoffState


class Actor(StrEnum):
    """Who may make the transition."""

    RECEIVER = "receiver"
    FOLLOWER = "follower"
    ROUTER = "router"
    CLOCK = "clock"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Transition:
    """One row. `action` is a reply, or in words what happened when nobody replied."""

    number: str
    action: type | str
    actor: Actor
    before: frozenset[HandoffState]
    after: HandoffState
    needs: str = ""
    guards: tuple[Guard, ...] = ()
    then: str = ""
    when: Callable[[object], bool] | None = None


def _from(*states: HandoffState) -> frozenset[HandoffState]:
    return frozenset(states)


def _sent_in_error(reply: object) -> bool:
    return isinstance(reply, Withdraw) and reply.reason == "sent-in-error"


def _wrong_destination(reply: object) -> bool:
    return isinstance(reply, Withdraw) and reply.reason == "wrong-destination"


_NOT_STARTED = OFFERED | {S.ACCEPTED}
_AGAIN = "the router chooses again; the follower holds"

TRANSITIONS: tuple[Transition, ...] = (
    Transition(
        "T1",
        "a decision is made",
        Actor.ROUTER,
        frozenset(),
        S.REQUESTED,
        "rule, table version, what to tell the person, accept-by",
        then="receiver and follower are told; the person is told by notice (Awb 2:3)",
    ),
    Transition("T2", Receive, Actor.RECEIVER, _from(S.REQUESTED), S.RECEIVED, "the receiver's own reference, if any"),
    Transition(
        "T3",
        Accept,
        Actor.RECEIVER,
        OFFERED,
        S.ACCEPTED,
        "evidence of warmth, if there is any yet",
        then="the receiver holds; other candidates are not selected",
    ),
    Transition("T4", Decline, Actor.RECEIVER, OFFERED, S.DECLINED, "a reason; who it should have been", then=_AGAIN),
    Transition(
        "T5",
        Decline,
        Actor.RECEIVER,
        _from(S.ACCEPTED, S.IN_PROGRESS),
        S.DECLINED,
        "the same: a late refusal",
        then=_AGAIN,
    ),
    Transition(
        "T6",
        Withdraw,
        Actor.FOLLOWER,
        OFFERED,
        S.WITHDRAWN,
        "reason `wrong-destination`",
        then=_AGAIN,
        when=_wrong_destination,
    ),
    Transition(
        "T7",
        Withdraw,
        Actor.FOLLOWER,
        _from(S.ACCEPTED),
        S.WITHDRAWN,
        "the same",
        then=_AGAIN,
        when=_wrong_destination,
    ),
    Transition(
        "T8",
        Start,
        Actor.RECEIVER,
        _from(S.ACCEPTED),
        S.IN_PROGRESS,
        "a contact attempt: planned, made, not reached or cancelled",
    ),
    Transition(
        "T9",
        Start,
        Actor.RECEIVER,
        OFFERED,
        S.IN_PROGRESS,
        "the same: accepting and starting in one",
        then="the receiver holds; other candidates are not selected",
    ),
    Transition(
        "T10",
        Start,
        Actor.RECEIVER,
        _from(S.IN_PROGRESS),
        S.IN_PROGRESS,
        "the next contact attempt",
    ),
    Transition(
        "T11",
        Hold,
        Actor.RECEIVER,
        _from(S.IN_PROGRESS),
        S.ON_HOLD,
        "what is waited for; until when, if known",
        (until_ahead,),
        then="the clock pauses; another counts the longest wait",
    ),
    Transition("T12", Resume, Actor.RECEIVER, _from(S.ON_HOLD), S.IN_PROGRESS, then="the clock goes on"),
    Transition(
        "T12",
        "the longest wait is over",
        Actor.CLOCK,
        _from(S.ON_HOLD),
        S.IN_PROGRESS,
        then="reason `hold-over`; the clock goes on",
    ),
    Transition(
        "T13",
        RequestCancellation,
        Actor.FOLLOWER,
        _from(S.IN_PROGRESS, S.ON_HOLD),
        S.CANCELLATION_REQUESTED,
        "a reason",
        then="a request, no command: the receiver holds and answers",
    ),
    Transition("T14", ConfirmCancellation, Actor.RECEIVER, _from(S.CANCELLATION_REQUESTED), S.WITHDRAWN, then=_AGAIN),
    Transition(
        "T14",
        "nobody answered the request at one and a half times the norm",
        Actor.CLOCK,
        _from(S.CANCELLATION_REQUESTED),
        S.WITHDRAWN,
        then="reason `no-answer`, as if confirmed; " + _AGAIN,
    ),
    Transition(
        "T15",
        RefuseCancellation,
        Actor.RECEIVER,
        _from(S.CANCELLATION_REQUESTED),
        S.IN_PROGRESS,
        "a reason",
        then="the clock goes on",
    ),
    Transition(
        "T16",
        Complete,
        Actor.RECEIVER,
        _from(S.ACCEPTED, S.IN_PROGRESS, S.CANCELLATION_REQUESTED),
        S.COMPLETED,
        "that the person is helped and knows the answer",
        (data_repaired, nothing_left_to_others),
        then="of the lead: the question ends as helped",
    ),
    Transition(
        "T17",
        Fail,
        Actor.RECEIVER,
        _from(S.IN_PROGRESS, S.ON_HOLD),
        S.FAILED,
        "a reason",
        then=_AGAIN,
    ),
    Transition(
        "T18",
        "nobody answered at one and a half times the norm",
        Actor.CLOCK,
        OFFERED,
        S.EXPIRED,
        then="only of a connected receiver; " + _AGAIN,
    ),
    Transition(
        "T19",
        "another candidate accepted",
        Actor.SYSTEM,
        OFFERED,
        S.NOT_SELECTED,
        then="neutral: counts as no refusal anywhere",
    ),
    Transition(
        "T20",
        Withdraw,
        Actor.FOLLOWER,
        _NOT_STARTED,
        S.ENTERED_IN_ERROR,
        "reason `sent-in-error`",
        then=_AGAIN,
        when=_sent_in_error,
    ),
    Transition(
        "T20",
        "the first door corrects its facts",
        Actor.FOLLOWER,
        OFFERED,
        S.ENTERED_IN_ERROR,
        then="the router chooses again with the right facts",
    ),
    Transition(
        "E1",
        "the question ends, is merged or is handed over",
        Actor.SYSTEM,
        OFFERED | WORKING,
        S.WITHDRAWN,
        then="neutral",
    ),
)


def of(action: type) -> tuple[Transition, ...]:
    """The rows of one reply."""
    return _BY_ACTION.get(action, ())


def legal() -> Iterable[tuple[HandoffState, HandoffState]]:
    """Every pair of states there is a row for."""
    return sorted({(before, row.after) for row in TRANSITIONS for before in row.before})


_BY_ACTION: dict[type, tuple[Transition, ...]] = {}
for _row in TRANSITIONS:
    if isinstance(_row.action, type):
        _BY_ACTION[_row.action] = (*_BY_ACTION.get(_row.action, ()), _row)
