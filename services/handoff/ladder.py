"""What happens when a clock comes to a step of its ladder; pure."""

from uuid import UUID

from contracts.base import Contract
from contracts.decisions import DecisionReason
from contracts.events import HANDOFFS
from contracts.handoffs import ClockBreached, ClockReminded, HandoffState, Role
from services.handoff.model import OFFERED, SYSTEM, Clock, Handoff, QuestionState, Stage
from services.handoff.moves import given_back, moved
from services.handoff.stages import Step, rescheduled, stepped, taken, who_acts
from services.handoff.terms import At
from services.platform.batch import Change
from services.platform.events import Emit


def rang(state: QuestionState, subject: UUID, stage: str, at: At) -> Change[QuestionState] | None:
    """The next step of a clock. None when it no longer runs, or its moment has not come.

    Each step comes once; only the last comes again, counted, for as long as the stage lasts.
    """
    clock = next((c for c in state.clocks if c.subject == subject and c.stage == stage), None)
    if clock is None or clock.next_at is None or clock.next_at > at.now:
        return None
    step, again = taken(clock)
    after = stepped(clock, state, at)
    state = state.model_copy(update={"clocks": tuple(after if c is clock else c for c in state.clocks)})
    handoff = state.find(subject)
    told = Change(state, (Emit(HANDOFFS, _told(state, clock, step, again, handoff, at)),))
    if handoff is None:
        return told
    if step is Step.BREACH and clock.stage is Stage.HOLD:
        return _then(told, moved(told.state, handoff, HandoffState.IN_PROGRESS, SYSTEM, at, reason="hold-over"))
    if step is Step.NEXT_STEP and _silent(handoff, clock):
        return _expired(told, handoff, at)
    if step is Step.NEXT_STEP and clock.stage is Stage.CANCELLATION:
        return _cancelled(told, handoff, at)
    return told


def under_new_terms(state: QuestionState, at: At) -> QuestionState:
    """The open clocks by the opening hours and norms of the table now in force."""
    state = state.model_copy(update={"norm": at.norm(state.norm)})
    return state.model_copy(update={"clocks": tuple(rescheduled(clock, state, at) for clock in state.clocks)})


def _told(state: QuestionState, clock: Clock, step: Step, again: int, handoff: Handoff | None, at: At) -> Contract:
    common = {
        "question": state.question,
        "handoff": handoff.handoff if handoff else None,
        "question_version": state.version,
        "stage": clock.stage.value,
        "started_at": clock.started_at,
        "due_at": clock.due_at,
        "holder": _who_is_late(state, handoff),
        "follower": state.follower,
    }
    if step is Step.BREACH:
        return ClockBreached(**common)
    desk = at.triage if step is Step.NEXT_STEP else None
    return ClockReminded(**common, step=step.value, again=again or None, desk=desk)


def _who_is_late(state: QuestionState, handoff: Handoff | None) -> str:
    if handoff is None or handoff.role is Role.LEAD:
        return state.holder
    return who_acts(state, handoff)


def _silent(handoff: Handoff, clock: Clock) -> bool:
    """Never answered the offer, and could have: an organisation that is not connected is brought the person."""
    return clock.stage is Stage.ACCEPTANCE and handoff.state in OFFERED and handoff.connected


def _expired(told: Change[QuestionState], handoff: Handoff, at: At) -> Change[QuestionState]:
    """T18: the offer lapses. The lead's makes the router choose again; the silent one is not chosen by itself."""
    change = _then(told, moved(told.state, handoff, HandoffState.EXPIRED, SYSTEM, at, reason="no-answer"))
    return given_back(change, handoff, DecisionReason.EXPIRED, at)


def _cancelled(told: Change[QuestionState], handoff: Handoff, at: At) -> Change[QuestionState]:
    """T14: the follower asked for the question back and nobody answers. Silence keeps nobody's question."""
    change = _then(told, moved(told.state, handoff, HandoffState.WITHDRAWN, SYSTEM, at, reason="no-answer"))
    return given_back(change, handoff, DecisionReason.CANCELLED, at)


def _then(told: Change[QuestionState], change: Change[QuestionState]) -> Change[QuestionState]:
    return Change(change.state, (*told.emits, *change.emits))
