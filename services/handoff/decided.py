"""What the router's answer does to a question. Pure."""

from contracts.decisions import DecisionMade, DecisionOutcome, DecisionReason, Destination, Pointer
from contracts.following import QuestionAsking, QuestionReturned, QuestionTriaged
from contracts.handoffs import HandoffRequested, Role
from services.handoff.model import OVER, Clock, Handoff, QuestionState, Stage, Status
from services.handoff.moves import again, offer_holder, said, versioned, with_
from services.handoff.stages import open_clock, partner_clocks, who_acts
from services.handoff.terms import At
from services.platform import ids
from services.platform.batch import Change

_OFFERS = (DecisionOutcome.RESPONSIBLE, DecisionOutcome.MAATWERK)


def decided(state: QuestionState | None, event: DecisionMade, at: At) -> Change[QuestionState] | None:
    """The router's answer. None when it comes too late to matter."""
    if state is None:
        state = _opened(event)
    elif state.status in OVER:
        return None
    elif event.why is DecisionReason.INVOLVED:
        return _partner_joins(state, event, at)
    elif state.status is not Status.DECIDING or event.number < state.awaited:
        return None
    elif _declined_meanwhile(state, event):
        return again(Change(state), event.why, at)
    return _applied(state, event, at)


def _declined_meanwhile(state: QuestionState, event: DecisionMade) -> bool:
    """The chosen organisation said no as a partner while the router was choosing it (invariant 7)."""
    decision = event.decision
    if decision.human or decision.lead is None or decision.outcome not in _OFFERS:
        return False
    return decision.lead.organisation in state.declined


def _opened(event: DecisionMade) -> QuestionState:
    return QuestionState(
        question=event.question,
        version=0,
        status=Status.DECIDING,
        follower=event.follower,
        holder=event.follower,
        reference=event.reference,
        first_received_at=event.first_received_at,
        dataref=event.dataref,
        facts=event.facts,
        norm=event.norm,
        tell=event.decision.tell,
    )


def _applied(state: QuestionState, event: DecisionMade, at: At) -> Change[QuestionState]:
    decision = event.decision
    state = versioned(
        state,
        decisions=event.number,
        hops=event.hops,
        facts=event.facts,
        norm=event.norm,
        tell=decision.tell,
        ask=decision.ask,
    )
    if decision.outcome is DecisionOutcome.ASK:
        return _asking(state, event, at)
    if decision.outcome is DecisionOutcome.RETURN:
        return returned(state, event.decision.reason, at, tell=decision.tell, pointers=decision.pointers)
    if decision.lead is None or decision.outcome not in _OFFERS:
        return _triaged(state, event, at)
    return _offered(state, event, decision.lead, at)


def _asking(state: QuestionState, event: DecisionMade, at: At) -> Change[QuestionState]:
    clock = open_clock(state, state.question, Stage.ANSWER, state.follower, at)
    state = with_(state, status=Status.ASKING, holder=state.follower, clocks=(*partner_clocks(state), clock))
    asking = QuestionAsking(
        question=state.question,
        question_version=state.version,
        follower=state.follower,
        holder=state.holder,
        reference=state.reference,
        ask=event.decision.ask,
        tell=state.tell,
        answer_by=clock.due_at,
    )
    return said(state, asking)


def returned(
    state: QuestionState, reason: str, at: At, *, tell: str, pointers: tuple[Pointer, ...] = ()
) -> Change[QuestionState]:
    """No public body is responsible (Awb 2:3 lid 2): the first door tells the person, on a clock."""
    clock = open_clock(state, state.question, Stage.RETURN, state.follower, at)
    state = with_(
        state,
        status=Status.RETURNED,
        holder=state.follower,
        tell=tell,
        ask=None,
        clocks=(*partner_clocks(state), clock),
    )
    event = QuestionReturned(
        question=state.question,
        question_version=state.version,
        follower=state.follower,
        holder=state.holder,
        reference=state.reference,
        reason=reason,
        pointers=pointers,
        tell=tell,
        tell_by=clock.due_at,
    )
    return said(state, event)


def _triaged(state: QuestionState, event: DecisionMade, at: At) -> Change[QuestionState]:
    desk = event.decision.lead
    if desk is None:
        raise ValueError("a triage decision names its desk")
    holder = desk.organisation if desk.connected else state.follower
    clock = open_clock(state, state.question, Stage.TRIAGE, desk.organisation, at)
    clocks = (*partner_clocks(state), clock)
    general = desk.organisation == at.triage
    state = with_(state, status=Status.TRIAGE, holder=holder, desk=holder, general=general, clocks=clocks)
    triaged = QuestionTriaged(
        question=state.question,
        question_version=state.version,
        follower=state.follower,
        holder=state.holder,
        desk_contact=desk.contact,
        reference=state.reference,
        first_received_at=state.first_received_at,
        facts=state.facts,
        dataref=state.dataref,
        reason=event.decision.reason,
        instruction=event.decision.instruction,
        pointers=event.decision.pointers,
        tell=state.tell,
        declined=state.declined,
        urgent=event.decision.urgent,
        decide_by=clock.due_at,
    )
    return said(state, triaged)


def _offered(state: QuestionState, event: DecisionMade, lead: Destination, at: At) -> Change[QuestionState]:
    """To the lead, or to several candidates at once; and to the partners beside it."""
    busy = {handoff.receiver for handoff in state.handoffs if handoff.open}
    declined = () if event.decision.human else state.declined
    rivals = [one for one in event.decision.candidates if one.organisation not in {lead.organisation, *declined}]
    first = Role.CANDIDATE if rivals else Role.LEAD
    named = {one.organisation for one in (lead, *rivals)} | busy | {*state.declined}
    partners = [one for one in event.decision.partners if one.organisation not in named]
    offers = [(lead, first), *((one, Role.CANDIDATE) for one in rivals), *((one, Role.PARTNER) for one in partners)]
    new = [_handoff(state, to, role, offset) for offset, (to, role) in enumerate(offers)]
    clocks = tuple(_acceptance(state, handoff, at) for handoff in new)
    reopens = state.reopens
    state = with_(
        state,
        status=Status.OFFERED,
        handoffs=(*state.handoffs, *new),
        clocks=(*partner_clocks(state), *clocks),
        reopens=None,
    )
    state = with_(state, holder=offer_holder(state))
    requested = [_requested(state, event, handoff, clock) for handoff, clock in zip(new, clocks, strict=True)]
    return said(state, requested[0].model_copy(update={"reopens": reopens}), *requested[1:])


def _partner_joins(state: QuestionState, event: DecisionMade, at: At) -> Change[QuestionState] | None:
    """Who was asked for, or stands in. When neither is there the router names another, who was not asked for."""
    destination = event.decision.lead
    if destination is None or not event.decision.human or event.decision.outcome not in _OFFERS:
        return None
    if any(h.open and h.receiver == destination.organisation for h in state.handoffs):
        return None
    state = versioned(state, decisions=event.number)
    parent = state.lead.handoff if state.lead is not None and event.task is not None else None
    handoff = _handoff(state, destination, Role.PARTNER, 0).model_copy(update={"parent": parent, "task": event.task})
    clock = _acceptance(state, handoff, at)
    state = with_(state, handoffs=(*state.handoffs, handoff), clocks=(*state.clocks, clock))
    return said(state, _requested(state, event, handoff, clock))


def _acceptance(state: QuestionState, handoff: Handoff, at: At) -> Clock:
    return open_clock(state, handoff.handoff, Stage.ACCEPTANCE, who_acts(state, handoff), at)


def _handoff(state: QuestionState, destination: Destination, role: Role, offset: int) -> Handoff:
    return Handoff(
        handoff=ids.derived("handoff", state.question, len(state.handoffs) + offset),
        role=role,
        receiver=destination.organisation,
        receiver_name=destination.name,
        contact=destination.contact,
        connected=destination.connected,
    )


def _requested(state: QuestionState, event: DecisionMade, handoff: Handoff, clock: Clock) -> HandoffRequested:
    decision = event.decision
    return HandoffRequested(
        question=state.question,
        handoff=handoff.handoff,
        version=handoff.version,
        question_version=state.version,
        role=handoff.role,
        receiver=handoff.receiver,
        receiver_name=handoff.receiver_name,
        receiver_contact=handoff.contact,
        connected=handoff.connected,
        follower=state.follower,
        holder=state.holder,
        reference=state.reference,
        first_received_at=state.first_received_at,
        facts=state.facts,
        dataref=state.dataref,
        tell=decision.tell,
        instruction=decision.instruction,
        pointers=decision.pointers,
        urgent=decision.urgent,
        rule=decision.rule,
        table_version=decision.table_version,
        accept_by=clock.due_at,
        parent=handoff.parent,
        task=handoff.task,
        contact_person=state.contact_person,
    )
