"""What the handoff service remembers of one question."""

from enum import StrEnum
from uuid import UUID

from contracts.base import Code, Contract, OrganisationId, Reference, Text, Timestamp
from contracts.contact import ContactPerson, Warmth
from contracts.decisions import Ask, ContactRoute, Norm
from contracts.handoffs import HandoffState, QuestionOutcome, Role
from contracts.questions import Dataref, Facts


class Status(StrEnum):
    """Where the question is, seen from above its hand-offs."""

    DECIDING = "deciding"
    OFFERED = "offered"
    WORKING = "working"
    ASKING = "asking"
    TRIAGE = "triage"
    RETURNED = "returned"
    MERGED = "merged"
    ENDED = "ended"


class Stage(StrEnum):
    """What a clock measures."""

    DECISION = "decision"
    ACCEPTANCE = "acceptance"
    FIRST_CONTACT = "first-contact"
    RESOLUTION = "resolution"
    HOLD = "hold"
    CANCELLATION = "cancellation"
    TRIAGE = "triage"
    ANSWER = "answer"
    RETURN = "return"


SYSTEM = "geen-verkeerde-deur"
"""Who acts when nobody did: this system itself."""


class Clock(Contract):
    """The one open clock of a question or of one of its hand-offs, in working time of who must act.

    It counts from `since` (from `started_at` when it never paused), beside the seconds spent before.
    """

    subject: UUID
    stage: Stage
    whose: OrganisationId | None = None
    started_at: Timestamp | None = None
    since: Timestamp | None = None
    spent: int = 0
    minutes: int = 0
    limit: Timestamp | None = None
    due_at: Timestamp
    step: int = 0
    next_at: Timestamp | None = None


class Handoff(Contract):
    """One attempt to bring the question to one organisation."""

    handoff: UUID
    role: Role
    receiver: OrganisationId
    receiver_name: str
    contact: ContactRoute
    connected: bool
    state: HandoffState = HandoffState.REQUESTED
    version: int = 1
    receiver_reference: Reference | None = None
    parent: UUID | None = None
    task: Code | None = None
    attempts: int = 0
    warmth: Warmth | None = None
    paused: Clock | None = None

    @property
    def open(self) -> bool:
        return self.state not in TERMINAL


TERMINAL = frozenset(
    {
        HandoffState.COMPLETED,
        HandoffState.DECLINED,
        HandoffState.EXPIRED,
        HandoffState.NOT_SELECTED,
        HandoffState.WITHDRAWN,
        HandoffState.FAILED,
        HandoffState.ENTERED_IN_ERROR,
    }
)
OFFERED = frozenset({HandoffState.REQUESTED, HandoffState.RECEIVED})
WORKING = frozenset(
    {
        HandoffState.ACCEPTED,
        HandoffState.IN_PROGRESS,
        HandoffState.ON_HOLD,
        HandoffState.CANCELLATION_REQUESTED,
    }
)
OVER = frozenset({Status.ENDED, Status.MERGED})


class QuestionState(Contract):
    """One question with all its hand-offs; the last lead hand-off owns it.

    `asked`: how many decisions the router was asked for, the first included; it answers each, with its number.
    `awaited`: the number of the answer that counts. An earlier one was overtaken by what is known since.
    `desk`: who places it, or did last; `general`: that was the table's triage desk, not the one of a rule.
    """

    question: UUID
    version: int = 1
    status: Status
    follower: OrganisationId
    holder: OrganisationId
    reference: Reference
    first_received_at: Timestamp
    dataref: Dataref | None = None
    facts: Facts
    norm: Norm
    tell: Text
    hops: int = 0
    declined: tuple[OrganisationId, ...] = ()
    decisions: int = 0
    asked: int = 1
    awaited: int = 1
    handoffs: tuple[Handoff, ...] = ()
    clocks: tuple[Clock, ...] = ()
    ask: Ask | None = None
    outcome: QuestionOutcome | None = None
    reopens: UUID | None = None
    merged_into: UUID | None = None
    repeats: int = 0
    contact_person: ContactPerson | None = None
    desk: OrganisationId | None = None
    general: bool = False

    @property
    def lead(self) -> Handoff | None:
        """The owning hand-off: at most one lead is open at a time (invariant 4)."""
        return next((h for h in reversed(self.handoffs) if h.role is Role.LEAD and h.open), None)

    @property
    def candidates(self) -> tuple[Handoff, ...]:
        """Those that may still become the lead by accepting first."""
        return tuple(h for h in self.handoffs if h.role is Role.CANDIDATE and h.open)

    def find(self, handoff: UUID | None) -> Handoff | None:
        return next((h for h in self.handoffs if h.handoff == handoff), None)
