"""What may be done now, by whom: a total function over the states of a hand-off and a question; pure.

It offers; whether a reply still fits is the handoff service's to say (docs/hand-off.md).
"""

from collections.abc import Iterator
from uuid import UUID

from pydantic import Field

from contracts.base import Code, Contract
from contracts.handoffs import HandoffState, Role
from services.intake.views import HandoffView, QuestionView

_REQUESTED, _RECEIVED, _ACCEPTED = HandoffState.REQUESTED, HandoffState.RECEIVED, HandoffState.ACCEPTED
_IN_PROGRESS, _ON_HOLD = HandoffState.IN_PROGRESS, HandoffState.ON_HOLD
_CANCELLING = HandoffState.CANCELLATION_REQUESTED

RECEIVER_MAY: dict[HandoffState, tuple[str, ...]] = {
    _REQUESTED: ("receive", "accept", "start", "decline"),
    _RECEIVED: ("accept", "start", "decline"),
    _ACCEPTED: ("start", "complete", "decline"),
    _IN_PROGRESS: ("start", "complete", "hold", "fail", "decline"),
    _ON_HOLD: ("resume", "fail"),
    _CANCELLING: ("confirm-cancellation", "refuse-cancellation", "complete"),
}
"""Who received the offer (T2 to T5, T8 to T12, T14 to T17). A hand-off in another state has ended: nothing."""

FOLLOWER_MAY: dict[HandoffState, tuple[str, ...]] = {
    _REQUESTED: ("withdraw",),
    _RECEIVED: ("withdraw",),
    _ACCEPTED: ("withdraw",),
    _IN_PROGRESS: ("request-cancellation",),
    _ON_HOLD: ("request-cancellation",),
}
"""The first door takes an offer back, or asks to stop what began (T6, T7, T13)."""

ENDED = frozenset({"ended", "merged"})
_WORKING = frozenset({_ACCEPTED, _IN_PROGRESS, _ON_HOLD, _CANCELLING})


class Possible(Contract):
    """One reply that fits now, with the version to send. Without `handoff` it is about the question."""

    action: Code
    handoff: UUID | None = None
    version: int = Field(ge=0)


def on_handoff(view: QuestionView, handoff: HandoffView, agency: str) -> Iterator[Possible]:
    """What this agency may say of one hand-off."""
    names: tuple[str, ...] = ()
    if view.status not in ENDED and agency in (handoff.receiver, acts_for(view, handoff)):
        names += RECEIVER_MAY.get(handoff.state, ())
        if handoff.role is Role.LEAD and handoff.state in _WORKING:
            names += ("involve",)
    if view.status not in ENDED and agency == view.follower:
        names += FOLLOWER_MAY.get(handoff.state, ())
    yield from (Possible(action=name, handoff=handoff.handoff, version=handoff.version) for name in names)
    helps = handoff.state in _WORKING or (handoff.state in RECEIVER_MAY and agency == view.holder)
    if agency == handoff.receiver != view.follower and helps:
        yield Possible(action="name-contact-person", version=view.version)


def on_question(view: QuestionView, agency: str) -> Iterator[Possible]:
    """What this agency may say of the question as a whole."""
    names: tuple[str, ...] = ()
    if view.version and view.status == "triage" and agency == view.holder:
        names += ("place", "return") if agency == view.follower else ("place", "return", "name-contact-person")
    if view.version and agency == view.follower:
        names += _follower(view)
    return (Possible(action=name, version=view.version) for name in names)


def _follower(view: QuestionView) -> tuple[str, ...]:
    if view.status == "ended":
        return ("reopen", "name-contact-person")
    if view.status in ENDED:
        return ()
    names: tuple[str, ...] = ("answer", "end") if view.status == "asking" else ("end",)
    working = [handoff for handoff in view.handoffs if handoff.state in _WORKING]
    if all(handoff.role is Role.PARTNER for handoff in working):
        names += ("correct",)
    return (*names, *(() if working else ("merge",)), "name-contact-person")


def acts_for(view: QuestionView, handoff: HandoffView) -> str:
    """The first door acts for an organisation that is not connected: it brings the person over."""
    return handoff.receiver if handoff.connected else view.follower
