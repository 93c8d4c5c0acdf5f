"""Replies about the question as a whole, by the first door, the triage desk or who meets the person again. Pure."""

from contracts.contact import ContactPerson
from contracts.decisions import DecisionReason
from contracts.following import ContactPersonNamed, QuestionMerged, QuestionReopened, QuestionRepeated
from contracts.handoffs import HandoffState, QuestionOutcome, Role
from contracts.replies import (
    AnswerAsked,
    Correct,
    End,
    Merge,
    NameContactPerson,
    Place,
    Reopen,
    Repeat,
    ReplyAccepted,
    Return,
)
from services.handoff.decided import returned
from services.handoff.guards import Unfit
from services.handoff.model import OVER, WORKING, Handoff, QuestionState, Status
from services.handoff.moves import again, all_moved, ended, offers, said, versioned, with_
from services.handoff.terms import At
from services.platform.batch import Change

_NOT_FOR_US = "De overheid gaat hier niet over. De medewerker vertelt u wie u wel kan helpen."


def answered(state: QuestionState, event: ReplyAccepted, reply: AnswerAsked, at: At) -> Change[QuestionState]:
    """The person's answer to the one question the table asked."""
    _spoken(state, event, state.follower, Status.ASKING)
    if state.ask is None or reply.ask != state.ask.code:
        raise Unfit("not-asked", "This is not the question that was asked.")
    return again(Change(versioned(state)), DecisionReason.ANSWERED, at, answers={reply.ask: reply.answer})


def placed(state: QuestionState, event: ReplyAccepted, reply: Place, at: At) -> Change[QuestionState]:
    """A person at the desk decides where it goes (R-08, R-27)."""
    _spoken(state, event, _desk(state), Status.TRIAGE)
    return again(
        Change(versioned(state)),
        DecisionReason.PLACED,
        at,
        organisation=reply.organisation,
        candidates=reply.candidates,
        by=event.by,
        because=reply.reason,
    )


def sent_back(state: QuestionState, event: ReplyAccepted, reply: Return, at: At) -> Change[QuestionState]:
    """The desk sees that no public body is responsible; never of an objection or appeal (Awb 6:15)."""
    _spoken(state, event, _desk(state), Status.TRIAGE)
    if state.facts.kind in ("objection", "appeal"):
        raise Unfit("always-forwarded", "An objection or appeal is always forwarded to who decides on it.")
    return returned(versioned(state), reply.reason, at, tell=_NOT_FOR_US)


def ends(state: QuestionState, event: ReplyAccepted, reply: End, at: At) -> Change[QuestionState]:
    """What only the first door can see: it helped itself, or the person does not want to go on."""
    _spoken(state, event, state.follower)
    return ended(state, QuestionOutcome(reply.outcome), event.by, at, lead_reason=reply.outcome)


def corrected(state: QuestionState, event: ReplyAccepted, reply: Correct, at: At) -> Change[QuestionState]:
    """Other facts, another decision. What was offered on the wrong ones was entered in error (T20)."""
    _spoken(state, event, state.follower)
    if any(h.state in WORKING for h in state.handoffs if h.role is not Role.PARTNER):
        raise Unfit("work-began", "Somebody works on it: ask for cancellation first.")
    change = all_moved(
        Change(versioned(state)), offers(state), HandoffState.ENTERED_IN_ERROR, event.by, at, reason="corrected"
    )
    return again(change, DecisionReason.CORRECTED, at, facts=reply.facts)


def reopened(state: QuestionState, event: ReplyAccepted, reply: Reopen, at: At) -> Change[QuestionState]:
    """Terminal hand-offs stay as they are: a new one takes the question up, with all its hops before it."""
    if event.by != state.follower:
        raise Unfit("not-yours", "Only the organisation that follows may reopen the question.")
    if event.version != state.version:
        raise Unfit("stale-version", f"The question is at version {state.version}; look again.")
    if state.status is not Status.ENDED:
        raise Unfit("not-ended", "The question is still open.")
    last = next(
        (h for h in reversed(state.handoffs) if h.state is HandoffState.COMPLETED and h.role is Role.LEAD), None
    )
    state = versioned(state, outcome=None, hops=0, holder=state.follower, reopens=last.handoff if last else None)
    opened = QuestionReopened(
        question=state.question,
        question_version=state.version,
        follower=state.follower,
        holder=state.holder,
        reference=state.reference,
        first_received_at=state.first_received_at,
        reopens=state.reopens,
        reason=reply.reason,
        by=event.by,
        at=at.now,
    )
    change = said(state, opened)
    if last is None or last.receiver in state.declined:
        return again(change, DecisionReason.REOPENED, at)
    if reply.elsewhere:
        return again(change, DecisionReason.REOPENED, at, declined=last.receiver)
    return again(change, DecisionReason.REOPENED, at, organisation=last.receiver, by=event.by, because=reply.reason)


def repeated(state: QuestionState, event: ReplyAccepted, reply: Repeat, at: At) -> Change[QuestionState]:
    """The person came again, at any desk. Who holds the question hears of it; nothing else changes."""
    if state.status is Status.ENDED and event.asked_again:
        back = Reopen(action="reopen", reason="came-back")
        return reopened(state, event.model_copy(update={"version": state.version}), back, at)
    if state.status in OVER:
        raise Unfit("closed", "The question is over: the first door can reopen it.")
    state = with_(state, repeats=state.repeats + 1)
    again_here = QuestionRepeated(
        question=state.question,
        question_version=state.version,
        follower=state.follower,
        holder=state.holder,
        by=event.by,
        reference=reply.reference,
        channel=reply.channel,
        dataref=reply.dataref,
        times=state.repeats,
        at=at.now,
    )
    return said(state, again_here)


def merged(state: QuestionState, event: ReplyAccepted, reply: Merge, at: At) -> Change[QuestionState]:
    """The other question goes on for both; the door saw to it that it is there and not merged itself."""
    _spoken(state, event, state.follower)
    if reply.into == state.question:
        raise Unfit("same-question", "A question cannot be merged into itself.")
    if any(h.state in WORKING for h in state.handoffs):
        raise Unfit("work-began", "Somebody works on this one: both questions go on.")
    change = all_moved(Change(state), offers(state), HandoffState.WITHDRAWN, event.by, at, reason="merged")
    state = versioned(
        change.state, status=Status.MERGED, holder=state.follower, merged_into=reply.into, clocks=(), ask=None
    )
    event_said = QuestionMerged(
        question=state.question,
        question_version=state.version,
        follower=state.follower,
        holder=state.holder,
        reference=state.reference,
        into=reply.into,
        by=event.by,
        at=at.now,
    )
    last = said(state, event_said)
    return Change(last.state, (*change.emits, *last.emits))


def contact_named(
    state: QuestionState, event: ReplyAccepted, reply: NameContactPerson, at: At
) -> Change[QuestionState]:
    """A fixed contact person, by who works for the person; also after the end (R-29, 000:145)."""
    if event.by not in _close_to(state):
        raise Unfit("not-yours", "Only who follows or helps the person may name the contact person.")
    if state.status is Status.MERGED:
        raise Unfit("closed", "The question was merged into another.")
    if event.version != state.version:
        raise Unfit("stale-version", f"The question is at version {state.version}; look again.")
    if not (reply.person.reachable_at.phone or reply.person.reachable_at.desk):
        raise Unfit("not-reachable", "A contact person can be called or visited (R-21).")
    previous = state.contact_person
    if previous is not None and not _same(previous, reply.person) and not (reply.reason and reply.note):
        raise Unfit("no-hand-over", "Another contact person needs a reason and a hand-over note.")
    state = versioned(state, contact_person=reply.person)
    named = ContactPersonNamed(
        question=state.question,
        question_version=state.version,
        follower=state.follower,
        holder=state.holder,
        person=reply.person,
        previous=previous,
        reason=reply.reason,
        note=reply.note,
        by=event.by,
        at=at.now,
    )
    return said(state, named)


def _close_to(state: QuestionState) -> set[str]:
    helping: list[Handoff] = [h for h in state.handoffs if h.state in WORKING or h.state is HandoffState.COMPLETED]
    known = {state.contact_person.organisation} if state.contact_person else set()
    return {state.follower, state.holder, *known, *(h.receiver for h in helping)}


def _same(one: ContactPerson, other: ContactPerson) -> bool:
    return (one.organisation, one.reference) == (other.organisation, other.reference)


def _desk(state: QuestionState) -> str:
    """Who decides, or did last: of two people at one desk the second one is stale, not a stranger."""
    return state.holder if state.status is Status.TRIAGE else state.desk or state.holder


def _spoken(state: QuestionState, event: ReplyAccepted, speaker: str, *statuses: Status) -> None:
    if event.by != speaker:
        raise Unfit("not-yours", "Another organisation decides this.")
    if state.status in OVER:
        raise Unfit("closed", f"The question is {state.status.value}.")
    if event.version != state.version:
        raise Unfit("stale-version", f"The question is at version {state.version}; look again.")
    if statuses and state.status not in statuses:
        raise Unfit("not-now", f"While the question is {state.status.value} this is not possible.")
