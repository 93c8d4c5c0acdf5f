"""Writes the history of a question from what `gvd.handoffs` says; pure."""

from typing import Any

from contracts.base import Contract
from contracts.events import Envelope
from contracts.following import (
    ContactPersonNamed,
    QuestionAsking,
    QuestionEnded,
    QuestionHandedOver,
    QuestionMerged,
    QuestionReopened,
    QuestionRepeated,
    QuestionReturned,
    QuestionTriaged,
)
from contracts.handoffs import ClockBreached, ClockReminded, HandoffChanged, HandoffRequested, HandoffState
from services.intake.moments import at_of
from services.intake.steps import Step, What
from services.intake.views import QuestionView

_WHAT: dict[type[Contract], What] = {
    HandoffRequested: What.OFFERED,
    HandoffChanged: What.CHANGED,
    QuestionAsking: What.ASKING,
    QuestionTriaged: What.TRIAGE,
    QuestionReturned: What.RETURNED,
    QuestionRepeated: What.REPEATED,
    QuestionReopened: What.REOPENED,
    QuestionMerged: What.MERGED,
    QuestionHandedOver: What.HANDED_OVER,
    ContactPersonNamed: What.CONTACT_PERSON,
    ClockReminded: What.REMINDED,
    ClockBreached: What.BREACHED,
    QuestionEnded: What.ENDED,
}
"""A refused reply changed nothing, so it is not here."""


def told(view: QuestionView, event: Envelope) -> QuestionView:
    """The view with one step more in its news, when something happened."""
    data: Contract = event.data  # type: ignore[attr-defined]  # every event class has it
    what = _WHAT.get(type(data))
    if what is None:
        return view
    step = Step(at=at_of(event), what=what, holder=view.holder, **_codes(data))
    return view.model_copy(update={"steps": view.steps + 1, "news": (*view.news, step)})


def _codes(data: Contract) -> dict[str, Any]:
    """What the event says in codes; `reason` of triage and return is a sentence and stays out."""
    found = {name: getattr(data, name, None) for name in ("by", "handoff", "receiver", "state", "rule", "stage")}
    match data:
        case HandoffRequested():
            found["state"] = HandoffState.REQUESTED
        case HandoffChanged() | QuestionReopened() | QuestionHandedOver() | ContactPersonNamed():
            found["reason"] = data.reason
        case ClockReminded():
            found["reason"] = data.step
        case QuestionEnded():
            found["reason"] = data.outcome.value
    return found
