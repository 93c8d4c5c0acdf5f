"""Whose work a question is: what waits for whom, what is looked after by whom; pure.

Every open question is on the list of its follower and of everybody who must act, and on nobody else's.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from pydantic import Field

from contracts.base import Code, Contract, OrganisationId, Reference, Timestamp, TopicCode
from contracts.handoffs import HandoffState, Role
from services.intake.possible import ENDED, RECEIVER_MAY, Possible, acts_for, on_handoff, on_question
from services.intake.views import HandoffView, QuestionView, ToTell

_BOUNCED = frozenset({HandoffState.DECLINED, HandoffState.EXPIRED, HandoffState.FAILED})
_OPEN = frozenset(RECEIVER_MAY)


class Wanted(StrEnum):
    """Why something is on a list."""

    TO_DO = "to-do"
    WAITING = "waiting"
    FOLLOWING = "following"
    TO_TELL = "to-tell"


class WorkState(StrEnum):
    """How it stands with a hand-off, or with a question that is with nobody else yet."""

    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    CANCELLATION_REQUESTED = "cancellation-requested"
    DECIDING = "deciding"
    OFFERED = "offered"
    WORKING = "working"
    ASKING = "asking"
    TRIAGE = "triage"
    RETURNED = "returned"
    ENDED = "ended"
    MERGED = "merged"


class WorkItem(Contract):
    """One piece of work for one organisation: a hand-off, or a question as a whole. No personal text."""

    question: UUID
    handoff: UUID | None = None
    what: Wanted
    state: WorkState
    reference: Reference = Field(description="Number of the question at its first door.")
    receiver_reference: Reference | None = None
    topic: TopicCode | None = None
    urgent: bool = False
    follower: OrganisationId
    holder: OrganisationId
    receiver: OrganisationId | None = None
    role: Role | None = None
    task: Code | None = None
    on_behalf: bool = Field(default=False, description="The receiver is not connected: you do this for it.")
    first_received_at: Timestamp
    since: Timestamp
    due_at: Timestamp | None = Field(default=None, description="When the norm passes, if one runs.")
    overdue: bool = False
    until: Timestamp | None = Field(default=None, description="On hold: when the wait ends by itself.")
    bounced: int = Field(default=0, description="How many organisations gave the question back, or never answered.")
    repeated: int = Field(default=0, description="How often the person had to come back.")
    tell: ToTell | None = Field(default=None, description="What to say to the person, in which words.")
    actions: tuple[Possible, ...] = ()


_STATES = {state.value: state for state in WorkState} | {"accepted": WorkState.DECIDING}

Place = tuple[str, UUID]
"""An organisation, and the hand-off, question or notice that is its work."""


def listed(view: QuestionView | None) -> dict[Place, tuple[Wanted, WorkState, datetime | None]]:
    """What stands on whose list. Who has something to do with a question need not follow it beside that."""
    if view is None or view.status in ENDED:
        return {}
    found: dict[Place, tuple[Wanted, WorkState, datetime | None]] = {}
    for handoff in view.handoffs:
        if handoff.state in _OPEN:
            place = (acts_for(view, handoff), handoff.handoff)
            found[place] = (_why(handoff), WorkState(handoff.state.value), handoff.due_at)
    busy = {agency for agency, _ in found}
    state, due = _state(view), view.due_at
    if state is WorkState.TRIAGE:
        found[(view.holder, view.question)] = (Wanted.TO_DO, state, due)
    elif state in (WorkState.ASKING, WorkState.RETURNED):
        found[(view.follower, view.question)] = (Wanted.TO_DO, state, due)
    if view.follower not in busy:
        found.setdefault((view.follower, view.question), (Wanted.FOLLOWING, state, _soonest(view)))
    for one in view.telling:  # no norm runs: since when, so that who waits longest comes first
        found[(view.follower, one.notice)] = (Wanted.TO_TELL, state, one.since)
    return found


def items(view: QuestionView, agency: str, now: datetime) -> Iterator[WorkItem]:
    """All that concerns this organisation, and what it may do, also when it need not do anything."""
    places = listed(view)
    for handoff in view.handoffs:
        actions = tuple(on_handoff(view, handoff, agency))
        if (what := places.get((agency, handoff.handoff))) or actions:
            yield _of_handoff(view, handoff, what[0] if what else Wanted.FOLLOWING, actions, now)
    actions = tuple(on_question(view, agency))
    if (what := places.get((agency, view.question))) or actions or agency == view.follower:
        chosen = what or (Wanted.FOLLOWING, _state(view), _soonest(view))
        yield _item(view, now, what=chosen[0], state=chosen[1], due_at=chosen[2], since=_since(view), actions=actions)


def item(view: QuestionView, agency: str, subject: UUID, now: datetime) -> WorkItem | None:
    """One of them, by the hand-off, question or notice it is about."""
    for one in view.telling if agency == view.follower else ():
        if one.notice == subject:
            return _item(view, now, what=Wanted.TO_TELL, state=_state(view), since=one.since, due_at=None, tell=one)
    return next((one for one in items(view, agency, now) if (one.handoff or one.question) == subject), None)


def _why(handoff: HandoffView) -> Wanted:
    return Wanted.WAITING if handoff.state is HandoffState.ON_HOLD else Wanted.TO_DO


def _state(view: QuestionView) -> WorkState:
    """Of the question; before the first decision it is being decided on."""
    return _STATES.get(view.status, WorkState.DECIDING)


def _soonest(view: QuestionView) -> datetime | None:
    """The norm that passes first is what the first door looks after."""
    dues = [handoff.due_at for handoff in view.handoffs if handoff.state in _OPEN]
    return min((due for due in (view.due_at, *dues) if due is not None), default=None)


def _since(view: QuestionView) -> datetime:
    return view.since or view.accepted_at


def _of_handoff(
    view: QuestionView, handoff: HandoffView, what: Wanted, actions: tuple[Possible, ...], now: datetime
) -> WorkItem:
    return _item(
        view,
        now,
        handoff=handoff.handoff,
        what=what,
        state=WorkState(handoff.state.value),
        receiver_reference=handoff.receiver_reference,
        receiver=handoff.receiver,
        role=handoff.role,
        task=handoff.task,
        on_behalf=not handoff.connected,
        since=handoff.since or _since(view),
        due_at=handoff.due_at,
        until=handoff.until,
        actions=actions,
    )


def _item(view: QuestionView, now: datetime, due_at: datetime | None, **more: Any) -> WorkItem:
    bounced = sum(h.role is not Role.PARTNER and h.state in _BOUNCED for h in view.handoffs)
    return WorkItem(
        question=view.question,
        reference=view.reference,
        topic=view.topic,
        urgent=view.urgent,
        follower=view.follower,
        holder=view.holder,
        first_received_at=view.first_received_at,
        due_at=due_at,
        overdue=due_at is not None and due_at < now,
        bounced=bounced,
        repeated=view.times_repeated,
        **more,
    )
