"""An organisation is no more, or not there for a while: who takes its open questions over. Pure.

Nobody is left with an organisation that cannot act: another follows, and what it had not ended is offered anew.
"""

from contracts.decisions import DecisionReason
from contracts.following import QuestionHandedOver
from contracts.handoffs import HandoffState, Role
from services.handoff.model import OFFERED, OVER, SYSTEM, Handoff, QuestionState, Status
from services.handoff.moves import again, moved, said, versioned
from services.handoff.stages import moved_to
from services.handoff.terms import At
from services.platform.batch import Change


def handed_over(state: QuestionState, at: At) -> Change[QuestionState] | None:
    """What the organisations that are not there leave behind. None when all are there."""
    if state.status in OVER:
        return None
    change = _followed_on(state, at)
    for handoff in change.state.handoffs:
        if handoff.open and not at.there(handoff.receiver):
            change = _taken_over(change, handoff, at)
    if _desk_is_gone(change.state, at):
        change = again(change, DecisionReason.HANDED_OVER, at)
    return change if change.emits else None


def _desk_is_gone(state: QuestionState, at: At) -> bool:
    """It waits to be placed by who places nothing any more: the router brings it to the desk of today."""
    if state.status is not Status.TRIAGE:
        return False
    desk = next((clock.whose for clock in state.clocks if clock.subject == state.question), None) or state.holder
    if state.general and desk != at.triage:
        return True
    return not at.there(desk) and (at.ended(desk) or at.takes_over(desk) is not None)


def _followed_on(state: QuestionState, at: At) -> Change[QuestionState]:
    """Who is back soon and has nobody in its place keeps what it follows; its clocks tell the desk."""
    previous, successor = state.follower, at.takes_over(state.follower)
    if successor is None and at.ended(previous):
        successor = at.triage
    if at.there(previous) or successor is None or successor == previous:
        return Change(state)
    holder = successor if state.holder == previous else state.holder
    state = versioned(state, follower=successor, holder=holder)
    clocks = tuple(moved_to(one, successor, state, at) if one.whose == previous else one for one in state.clocks)
    state = state.model_copy(update={"clocks": clocks})
    event = QuestionHandedOver(
        question=state.question,
        question_version=state.version,
        previous=previous,
        follower=successor,
        holder=state.holder,
        reference=state.reference,
        reason=_why(previous, at),
        at=at.now,
    )
    return said(state, event)


def _taken_over(change: Change[QuestionState], handoff: Handoff, at: At) -> Change[QuestionState]:
    """Who only is away keeps what it works on, unless somebody stands in for it."""
    successor = at.takes_over(handoff.receiver)
    if handoff.state not in OFFERED and successor is None and not at.ended(handoff.receiver):
        return change
    why = _why(handoff.receiver, at)
    step = moved(change.state, handoff, HandoffState.WITHDRAWN, SYSTEM, at, reason=why)
    change = Change(step.state, (*change.emits, *step.emits))
    if handoff.role is not Role.PARTNER:
        if change.state.candidates:
            return change
        return again(change, DecisionReason.HANDED_OVER, at, hops=1)
    if successor is None or any(h.open and h.receiver == successor for h in change.state.handoffs):
        return change
    return again(change, DecisionReason.INVOLVED, at, organisation=successor, by=SYSTEM, because=why, task=handoff.task)


def _why(organisation: str, at: At) -> str:
    return "organisation-ended" if at.ended(organisation) else "organisation-absent"
