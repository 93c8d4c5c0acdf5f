"""What a reply does, or why it is refused. Late or contradicting replies get an answer, never an exception."""

from collections.abc import Callable
from typing import Any

from contracts.events import HANDOFFS
from contracts.handoffs import ReplyRefused
from contracts.replies import (
    AnswerAsked,
    Correct,
    End,
    Involve,
    Merge,
    NameContactPerson,
    Place,
    Reopen,
    Repeat,
    ReplyAccepted,
    Return,
)
from services.handoff.asking import (
    answered,
    contact_named,
    corrected,
    ends,
    merged,
    placed,
    reopened,
    repeated,
    sent_back,
)
from services.handoff.guards import Unfit
from services.handoff.model import QuestionState
from services.handoff.receiving import about_handoff, involved
from services.handoff.terms import At
from services.platform.batch import Change
from services.platform.events import Emit


def replied(state: QuestionState, event: ReplyAccepted, reply_id: str, at: At) -> Change[QuestionState]:
    """Carry the reply out, or say why not and how things stand."""
    try:
        handler = _ABOUT_QUESTION.get(type(event.reply))
        return handler(state, event, event.reply, at) if handler else about_handoff(state, event, at)
    except Unfit as unfit:
        return Change(state, (Emit(HANDOFFS, _refused(state, event, reply_id, unfit)),))


def _refused(state: QuestionState, event: ReplyAccepted, reply_id: str, unfit: Unfit) -> ReplyRefused:
    """How things stand is only for who has, or had, a part in the question (requirements R-43)."""
    handoff = state.find(event.handoff)
    parties = {state.follower, state.holder, state.desk, *(h.receiver for h in state.handoffs)}
    present: dict[str, Any] = {"question_version": state.version, "holder": state.holder, "outcome": state.outcome}
    if handoff is not None:
        present.update(state=handoff.state, version=handoff.version)
    return ReplyRefused(
        question=state.question,
        handoff=event.handoff,
        reply_id=reply_id,
        event_id=event.event_id,
        by=event.by,
        action=event.reply.action,
        reason=unfit.reason,
        detail=unfit.detail,
        **(present if event.by in parties else {}),
    )


_ABOUT_QUESTION: dict[type, Callable[[QuestionState, ReplyAccepted, Any, At], Change[QuestionState]]] = {
    AnswerAsked: answered,
    Place: placed,
    Return: sent_back,
    End: ends,
    Correct: corrected,
    Reopen: reopened,
    Repeat: repeated,
    Merge: merged,
    NameContactPerson: contact_named,
    Involve: involved,
}
