"""The present state of a question as its parties may see it: a projection of `gvd.handoffs`, pure."""

from collections.abc import Callable
from datetime import datetime
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
from contracts.handoffs import HandoffChanged, HandoffRequested, HandoffState, ReplyRefused, Role
from services.intake.history import told
from services.intake.moments import dated
from services.intake.views import CLOSED, HandoffView, QuestionView
from services.platform.batch import Change

_REMEMBERED = 8


def project(state: QuestionView | None, event: Envelope, _: datetime) -> Change[QuestionView] | None:
    """Fold one event of `gvd.handoffs`. Intake made the question, so its view is always there."""
    if state is None:
        return None
    after = _seen(state, event.data)  # type: ignore[attr-defined]  # every event class has it
    after = told(dated(state, after, event), event)
    flow = event.correlationid
    return Change(after.model_copy(update={"flows": (*after.flows, flow)[-_REMEMBERED:]}) if flow else after)


def _seen(state: QuestionView, data: Contract) -> QuestionView:
    return _PROJECTIONS.get(type(data), _unchanged)(state, data)


def _unchanged(state: QuestionView, _: Contract) -> QuestionView:
    return state


def _triaged(state: QuestionView, data: QuestionTriaged) -> QuestionView:
    told = {"tell": data.tell, "instruction": data.instruction, "pointers": data.pointers}
    return _moved(state, data, status="triage", **told)


def _asking(state: QuestionView, data: QuestionAsking) -> QuestionView:
    return _moved(state, data, status="asking", tell=data.tell, ask=data.ask)


def _returned(state: QuestionView, data: QuestionReturned) -> QuestionView:
    return _moved(state, data, status="returned", tell=data.tell, pointers=data.pointers)


def _reopened(state: QuestionView, data: QuestionReopened) -> QuestionView:
    return _moved(state, data, status="deciding", outcome=None)


def _merged(state: QuestionView, data: QuestionMerged) -> QuestionView:
    return _moved(state, data, status="merged", merged_into=data.into, merging=None)


def _repeated(state: QuestionView, data: QuestionRepeated) -> QuestionView:
    return state.model_copy(update={"version": data.question_version, "times_repeated": data.times})


def _handed_over(state: QuestionView, data: QuestionHandedOver) -> QuestionView:
    update = {"version": data.question_version, "follower": data.follower, "holder": data.holder}
    return state.model_copy(update=update)


def _contact_named(state: QuestionView, data: ContactPersonNamed) -> QuestionView:
    return state.model_copy(update={"version": data.question_version, "contact_person": data.person})


def _refused(state: QuestionView, data: ReplyRefused) -> QuestionView:
    """A refused merge is over: another may be tried."""
    merging = None if state.merging == data.reply_id else state.merging
    return state.model_copy(update={"refused": (*state.refused, data)[-_REMEMBERED:], "merging": merging})


def _ended(state: QuestionView, data: QuestionEnded) -> QuestionView:
    """The desk that held it has no more business with it: the first door keeps it."""
    update = {"version": data.question_version, "status": "ended", "outcome": data.outcome, "holder": data.follower}
    return state.model_copy(update={**update, "ask": None})


_Moved = QuestionTriaged | QuestionAsking | QuestionReturned | QuestionReopened | QuestionMerged


def _moved(state: QuestionView, data: _Moved, **update: object) -> QuestionView:
    update.update(version=data.question_version, holder=data.holder)
    return state.model_copy(update={"ask": None, "instruction": None, **update})


def _requested(state: QuestionView, data: HandoffRequested) -> QuestionView:
    view = HandoffView(
        handoff=data.handoff,
        role=data.role,
        receiver=data.receiver,
        receiver_name=data.receiver_name,
        contact=data.receiver_contact,
        connected=data.connected,
        state=HandoffState.REQUESTED,
        version=data.version,
        parent=data.parent,
        task=data.task,
        reopens=data.reopens,
    )
    update: dict[str, object] = {
        "version": data.question_version,
        "holder": data.holder,
        "handoffs": (*state.handoffs, view),
    }
    if data.role is not Role.PARTNER:
        update.update(status="offered", tell=data.tell, instruction=data.instruction, pointers=data.pointers, ask=None)
    return state.model_copy(update=update)


def _changed(state: QuestionView, data: HandoffChanged) -> QuestionView:
    handoffs = tuple(_after(h, data) if h.handoff == data.handoff else h for h in state.handoffs)
    waiting = any(h.role is Role.CANDIDATE and h.state not in CLOSED for h in handoffs)
    status = state.status
    if data.role is Role.LEAD or (data.role is Role.CANDIDATE and not waiting):
        status = _STATUS.get(data.state, "deciding")
    return state.model_copy(
        update={
            "version": data.question_version,
            "holder": data.holder,
            "handoffs": handoffs,
            "status": status,
        }
    )


def _after(view: HandoffView, data: HandoffChanged) -> HandoffView:
    update = {name: getattr(data, name) for name in ("role", "state", "version", "receiver_reference", "until")}
    return view.model_copy(update={**update, "warmth": data.warmth or view.warmth})


_STATUS = {
    HandoffState.RECEIVED: "offered",
    HandoffState.ACCEPTED: "working",
    HandoffState.IN_PROGRESS: "working",
    HandoffState.ON_HOLD: "working",
    HandoffState.CANCELLATION_REQUESTED: "working",
    HandoffState.COMPLETED: "ended",
}

_PROJECTIONS: dict[type[Contract], Callable[[QuestionView, Any], QuestionView]] = {
    HandoffRequested: _requested,
    HandoffChanged: _changed,
    QuestionTriaged: _triaged,
    QuestionAsking: _asking,
    QuestionReturned: _returned,
    QuestionEnded: _ended,
    QuestionReopened: _reopened,
    QuestionMerged: _merged,
    QuestionRepeated: _repeated,
    QuestionHandedOver: _handed_over,
    ContactPersonNamed: _contact_named,
    ReplyRefused: _refused,
}
