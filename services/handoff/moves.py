"""The steps every change is made of: a hand-off moves, the router is asked again, the question ends. Pure.

Whatever happens, an open question has one follower and one holder, and every open stage one clock (invariants 1, 5).
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from contracts.base import Contract
from contracts.contact import ContactAttempt, Warmth
from contracts.decisions import DecisionReason, DecisionRequested
from contracts.events import DECISION_REQUESTS, HANDOFFS
from contracts.following import QuestionEnded
from contracts.handoffs import HandoffChanged, HandoffState, QuestionOutcome, Role
from services.handoff.model import OFFERED, SYSTEM, WORKING, Handoff, QuestionState, Stage, Status
from services.handoff.stages import clocks_after, open_clock, partner_clocks, who_acts
from services.handoff.terms import At
from services.platform.batch import Change
from services.platform.events import Emit


def moved(
    state: QuestionState,
    handoff: Handoff,
    to: HandoffState,
    by: str,
    at: At,
    *,
    reason: str | None = None,
    suggested: str | None = None,
    receiver_reference: str | None = None,
    contact: ContactAttempt | None = None,
    planned_for: datetime | None = None,
    until: datetime | None = None,
    warmth: Warmth | None = None,
) -> Change[QuestionState]:
    """One hand-off to another state, with the holder and the clocks that go with it.

    A candidate that takes the question on becomes the lead; the others are not selected (T19).
    """
    rivals: tuple[Handoff, ...] = ()
    role = handoff.role
    if role is Role.CANDIDATE and to in WORKING:
        role, rivals = Role.LEAD, tuple(h for h in state.candidates if h.handoff != handoff.handoff)
    clocks, paused = clocks_after(state, handoff, to, at, until)
    after = handoff.model_copy(
        update={
            "role": role,
            "state": to,
            "version": handoff.version + 1,
            "receiver_reference": receiver_reference or handoff.receiver_reference,
            "attempts": handoff.attempts + (contact is not None),
            "warmth": warmth or handoff.warmth,
            "paused": paused,
        }
    )
    state = with_(state, version=state.version + 1, handoffs=_replaced(state, after), clocks=clocks)
    state = _question_moved(state, after)
    clock = next((clock for clock in clocks if clock.subject == after.handoff), None)
    event = HandoffChanged(
        question=state.question,
        handoff=after.handoff,
        version=after.version,
        question_version=state.version,
        role=after.role,
        receiver=after.receiver,
        follower=state.follower,
        holder=state.holder,
        state=to,
        previous=handoff.state,
        by=by,
        at=at.now,
        reason=reason,
        suggested=suggested,
        receiver_reference=after.receiver_reference,
        contact=contact,
        planned_for=planned_for,
        until=clock.due_at if clock is not None and to is HandoffState.ON_HOLD else None,
        warmth=warmth,
        act_by=clock.due_at if clock is not None else None,
    )
    change = said(state, event)
    return all_moved(change, rivals, HandoffState.NOT_SELECTED, SYSTEM, at, reason="another-accepted")


def all_moved(
    change: Change[QuestionState], handoffs: Iterable[Handoff], to: HandoffState, by: str, at: At, *, reason: str
) -> Change[QuestionState]:
    """Several hand-offs to the same end."""
    for handoff in handoffs:
        step = moved(change.state, handoff, to, by, at, reason=reason)
        change = Change(step.state, (*change.emits, *step.emits))
    return change


def _replaced(state: QuestionState, after: Handoff) -> tuple[Handoff, ...]:
    return tuple(after if h.handoff == after.handoff else h for h in state.handoffs)


def _question_moved(state: QuestionState, after: Handoff) -> QuestionState:
    """Where the question is, after its lead, or one of its candidates, moved."""
    if after.role is Role.PARTNER or after.state is HandoffState.NOT_SELECTED:
        return state
    if after.state in WORKING:
        return with_(state, status=Status.WORKING, holder=after.receiver)
    if after.open:
        return with_(state, holder=offer_holder(state))
    if state.candidates:
        return state
    return with_(state, status=Status.DECIDING, holder=state.follower)


def offer_holder(state: QuestionState) -> str:
    """Who holds while the question is offered: of several candidates none does yet, so the follower."""
    lead = state.lead
    return who_acts(state, lead) if lead is not None else state.follower


def remembered(state: QuestionState, declined: str) -> tuple[str, ...]:
    """Who declined, each once: a human may offer it again and be declined again."""
    return state.declined if declined in state.declined else (*state.declined, declined)


def given_back(
    change: Change[QuestionState],
    handoff: Handoff,
    why: DecisionReason,
    at: At,
    *,
    hops: int = 1,
    **asks: Any,
) -> Change[QuestionState]:
    """After a hand-off ended without help: the router chooses again, unless others can still take the question on.

    The organisation is not chosen by itself again (invariant 7).
    """
    if handoff.role is Role.PARTNER or change.state.candidates:
        known = remembered(change.state, handoff.receiver)
        return Change(with_(change.state, declined=known), change.emits)
    return again(change, why, at, declined=handoff.receiver, hops=hops, **asks)


def again(
    change: Change[QuestionState],
    why: DecisionReason,
    at: At,
    *,
    declined: str | None = None,
    hops: int = 0,
    **asks: Any,
) -> Change[QuestionState]:
    """Ask the router to choose again. Until it answers the follower holds, on a clock of its own."""
    state = with_(change.state, asked=change.state.asked + 1)
    known = state.declined if declined is None else remembered(state, declined)
    if why is not DecisionReason.INVOLVED:
        clock = open_clock(state, state.question, Stage.DECISION, state.follower, at)
        state = with_(
            state,
            status=Status.DECIDING,
            holder=state.follower,
            awaited=state.asked,
            hops=state.hops + hops,
            declined=known,
            clocks=(*partner_clocks(state), clock),
            ask=None,
        )
    request = DecisionRequested(
        question=state.question, why=why, declined=known, hops=state.hops, follower=state.follower, **asks
    )
    return Change(state, (*change.emits, Emit(DECISION_REQUESTS, request)))


def ended(
    state: QuestionState, outcome: QuestionOutcome, by: str, at: At, *, lead_reason: str
) -> Change[QuestionState]:
    """The question ends; hand-offs still open are withdrawn, neutrally, and a triage desk can put it away."""
    desk = state.holder if state.status is Status.TRIAGE else None
    still_open = [handoff for handoff in state.handoffs if handoff.open]
    change = all_moved(Change(state), still_open, HandoffState.WITHDRAWN, by, at, reason=lead_reason)
    state = with_(
        change.state,
        version=change.state.version + 1,
        status=Status.ENDED,
        holder=state.follower,
        outcome=outcome,
        clocks=(),
        ask=None,
    )
    event = QuestionEnded(
        question=state.question,
        question_version=state.version,
        follower=state.follower,
        desk=desk,
        reference=state.reference,
        kind=state.facts.kind,
        outcome=outcome,
        by=by,
        at=at.now,
        hops=state.hops,
    )
    return Change(state, (*change.emits, Emit(HANDOFFS, event)))


def offers(state: QuestionState) -> list[Handoff]:
    """The hand-offs nobody has taken on yet."""
    return [handoff for handoff in state.handoffs if handoff.state in OFFERED]


def versioned(state: QuestionState, **update: Any) -> QuestionState:
    """The next version of the question."""
    return with_(state, version=state.version + 1, **update)


def with_(state: QuestionState, **update: Any) -> QuestionState:
    return state.model_copy(update=update)


def said(state: QuestionState, *events: Contract) -> Change[QuestionState]:
    return Change(state, tuple(Emit(HANDOFFS, event) for event in events))
