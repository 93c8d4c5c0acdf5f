"""Replies about one hand-off: the row of the table, and what else follows from it. Pure."""

from collections.abc import Callable
from typing import Any

from contracts.base import Contract
from contracts.decisions import DecisionReason, Refusal
from contracts.handoffs import HandoffState, QuestionOutcome, Role
from contracts.replies import (
    Accept,
    Complete,
    ConfirmCancellation,
    Decline,
    Fail,
    Hold,
    Involve,
    Receive,
    RefuseCancellation,
    ReplyAccepted,
    RequestCancellation,
    Resume,
    Start,
    Withdraw,
)
from services.handoff.guards import Unfit
from services.handoff.model import WORKING, Handoff, QuestionState
from services.handoff.moves import again, ended, given_back, moved
from services.handoff.stages import who_acts
from services.handoff.terms import At
from services.handoff.transitions import Actor, Transition, of
from services.platform.batch import Change

S = HandoffState
Effect = Callable[[QuestionState, Handoff, HandoffState, ReplyAccepted, Any, At], Change[QuestionState]]


def about_handoff(state: QuestionState, event: ReplyAccepted, at: At) -> Change[QuestionState]:
    """Carry a transition out. Raises Unfit."""
    rows = of(type(event.reply))
    handoff = _spoken_of(state, event, rows[0].actor)
    row = _row(handoff, rows, event.reply)
    for guard in row.guards:
        guard(state, handoff, event.reply, at)
    return _EFFECTS[type(event.reply)](state, handoff, row.after, event, event.reply, at)


def involved(state: QuestionState, event: ReplyAccepted, reply: Involve, at: At) -> Change[QuestionState]:
    """The lead brings in another organisation, for a part of the work or all of it. Raises Unfit."""
    handoff = _spoken_of(state, event, Actor.RECEIVER)
    if handoff.role is not Role.LEAD:
        raise Unfit("not-yours", "Only the lead may involve another organisation.")
    if handoff.state not in WORKING:
        raise Unfit("not-now", f"From {handoff.state.value} this is not possible.")
    asked = at.takes_over(reply.organisation) or reply.organisation
    if any(h.open and h.receiver in (asked, reply.organisation) for h in state.handoffs):
        raise Unfit("already-involved", "This organisation already works on the question.")
    if asked == at.triage:
        raise Unfit("not-a-partner", "The triage desk places questions; it works on none.")
    if not at.there(asked):
        raise Unfit("not-there", "This organisation is not there now, and nobody stands in for it.")
    return again(
        Change(state),
        DecisionReason.INVOLVED,
        at,
        organisation=reply.organisation,
        by=event.by,
        because=reply.reason,
        task=reply.task,
    )


def _spoken_of(state: QuestionState, event: ReplyAccepted, actor: Actor) -> Handoff:
    """The open hand-off in the version that was seen, by who may speak of it."""
    handoff = state.find(event.handoff)
    if handoff is None:
        raise Unfit("unknown-handoff", "This question has no hand-off with that id.")
    if actor is Actor.FOLLOWER:
        if event.by != state.follower:
            raise Unfit("not-yours", "Only the organisation that follows may say this of the hand-off.")
    elif event.by not in (who_acts(state, handoff), handoff.receiver):
        raise Unfit("not-yours", "Only the receiving organisation may say this of the hand-off.")
    if not handoff.open:
        raise Unfit("closed", f"The hand-off is {handoff.state.value} and stays so.")
    if event.version != handoff.version:
        raise Unfit("stale-version", f"The hand-off is at version {handoff.version}; look again.")
    return handoff


def _row(handoff: Handoff, rows: tuple[Transition, ...], reply: Contract) -> Transition:
    for row in rows:
        if handoff.state in row.before and (row.when is None or row.when(reply)):
            return row
    raise Unfit("not-now", f"From {handoff.state.value} this is not possible.")


def _receive(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: Receive, at: At
) -> Change[QuestionState]:
    return moved(state, handoff, to, event.by, at, receiver_reference=reply.receiver_reference)


def _accept(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: Accept, at: At
) -> Change[QuestionState]:
    reference = reply.receiver_reference
    return moved(state, handoff, to, event.by, at, receiver_reference=reference, warmth=reply.warmth)


def _start(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: Start, at: At
) -> Change[QuestionState]:
    return moved(
        state,
        handoff,
        to,
        event.by,
        at,
        reason=f"contact-{reply.contact.value}",
        contact=reply.contact,
        planned_for=reply.planned_for,
        warmth=reply.warmth,
    )


def _hold(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: Hold, at: At
) -> Change[QuestionState]:
    return moved(state, handoff, to, event.by, at, reason=reply.reason.value, until=reply.until)


def _resume(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, _: Resume, at: At
) -> Change[QuestionState]:
    return moved(state, handoff, to, event.by, at, reason="resumed")


def _request_cancellation(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: RequestCancellation, at: At
) -> Change[QuestionState]:
    return moved(state, handoff, to, event.by, at, reason=reply.reason.value)


def _refuse_cancellation(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: RefuseCancellation, at: At
) -> Change[QuestionState]:
    return moved(state, handoff, to, event.by, at, reason=reply.reason)


def _confirm_cancellation(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, _: ConfirmCancellation, at: At
) -> Change[QuestionState]:
    change = moved(state, handoff, to, event.by, at, reason="cancelled")
    return given_back(change, handoff, DecisionReason.CANCELLED, at)


def _decline(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: Decline, at: At
) -> Change[QuestionState]:
    reason = reply.reason.value
    change = moved(state, handoff, to, event.by, at, reason=reason, suggested=reply.suggested)
    refusal = Refusal(by=handoff.receiver, reason=reason, suggested=reply.suggested)
    return given_back(change, handoff, DecisionReason.DECLINED, at, refusal=refusal)


def _fail(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: Fail, at: At
) -> Change[QuestionState]:
    change = moved(state, handoff, to, event.by, at, reason=reply.reason.value)
    refusal = Refusal(by=handoff.receiver, reason=reply.reason.value)
    return given_back(change, handoff, DecisionReason.FAILED, at, refusal=refusal)


def _withdraw(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: Withdraw, at: At
) -> Change[QuestionState]:
    change = moved(state, handoff, to, event.by, at, reason=reply.reason)
    return given_back(change, handoff, DecisionReason.WITHDRAWN, at)


def _complete(
    state: QuestionState, handoff: Handoff, to: HandoffState, event: ReplyAccepted, reply: Complete, at: At
) -> Change[QuestionState]:
    change = moved(state, handoff, to, event.by, at, reason=reply.outcome)
    if handoff.role is Role.PARTNER:
        return change
    end = ended(change.state, QuestionOutcome.HELPED, event.by, at, lead_reason="lead-completed")
    return Change(end.state, (*change.emits, *end.emits))


_EFFECTS: dict[type, Effect] = {
    Receive: _receive,
    Accept: _accept,
    Start: _start,
    Hold: _hold,
    Resume: _resume,
    RequestCancellation: _request_cancellation,
    ConfirmCancellation: _confirm_cancellation,
    RefuseCancellation: _refuse_cancellation,
    Decline: _decline,
    Fail: _fail,
    Withdraw: _withdraw,
    Complete: _complete,
}
