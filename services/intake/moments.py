"""When a question and its hand-offs came where they are, and by when who must act is to have done so; pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.base import Contract
from contracts.events import Envelope
from contracts.following import QuestionAsking, QuestionReturned, QuestionTriaged
from contracts.handoffs import ClockBreached, ClockReminded, HandoffChanged, HandoffRequested, HandoffState
from services.intake.views import HandoffView, QuestionView

_OFFERED = frozenset({HandoffState.REQUESTED, HandoffState.RECEIVED})


def at_of(event: Envelope) -> datetime:
    """When it happened, or else when it was logged."""
    data: Contract = event.data  # type: ignore[attr-defined]  # every event class has it
    return getattr(data, "at", None) or event.time


def dated(before: QuestionView, after: QuestionView, event: Envelope) -> QuestionView:
    """The view after an event, with its moments."""
    data: Contract = event.data  # type: ignore[attr-defined]  # every event class has it
    at, update = at_of(event), dict[str, object]()
    if (before.status, before.holder) != (after.status, after.holder):
        update["since"] = at
    if before.status != after.status:
        update["due_at"] = None
    handoff = getattr(data, "handoff", None)
    if handoff is None:
        update.update(_of_question(data))
    else:
        due = _OF_HANDOFF.get(type(data), _unchanged)
        update["handoffs"] = tuple(due(h, data, at) if h.handoff == handoff else h for h in after.handoffs)
    if isinstance(data, HandoffRequested | QuestionTriaged):
        update.update(topic=data.facts.topic or after.topic, kind=data.facts.kind, urgent=data.urgent)
    return after.model_copy(update=update)


def _of_question(data: Contract) -> dict[str, object]:
    match data:
        case QuestionTriaged():
            return {"due_at": data.decide_by}
        case QuestionAsking():
            return {"due_at": data.answer_by}
        case QuestionReturned():
            return {"due_at": data.tell_by}
        case ClockReminded() | ClockBreached():
            return {"due_at": data.due_at}
    return {}


def _requested(view: HandoffView, data: HandoffRequested, at: datetime) -> HandoffView:
    return view.model_copy(update={"since": at, "due_at": data.accept_by})


def _changed(view: HandoffView, data: HandoffChanged, at: datetime) -> HandoffView:
    """Receipt, or another contact with the person, is no other stage: its norm goes on."""
    same = data.state == data.previous or {data.state, data.previous} <= _OFFERED
    due = data.act_by or (view.due_at if same else data.until)
    return view.model_copy(update={"due_at": due, "since": view.since if data.state == data.previous else at})


def _rang(view: HandoffView, data: ClockReminded | ClockBreached, _: datetime) -> HandoffView:
    return view.model_copy(update={"due_at": data.due_at})


def _unchanged(view: HandoffView, _: Contract, __: datetime) -> HandoffView:
    return view


_OF_HANDOFF: dict[type[Contract], Callable[[HandoffView, Any, datetime], HandoffView]] = {
    HandoffRequested: _requested,
    HandoffChanged: _changed,
    ClockReminded: _rang,
    ClockBreached: _rang,
}
