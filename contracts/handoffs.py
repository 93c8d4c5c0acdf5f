"""What happens to a question after the decision. English FHIR Task names; Dutch on screens."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.base import Code, Contract, OpenEnum, OrganisationId, Reference, Text, Timestamp
from contracts.contact import ContactAttempt, ContactPerson, Warmth
from contracts.decisions import ContactRoute, Pointer, TableVersion
from contracts.questions import Dataref, Facts


class HandoffState(OpenEnum):
    """The states of one hand-off, named after FHIR Task.status where FHIR has one."""

    REQUESTED = "requested"
    RECEIVED = "received"
    ACCEPTED = "accepted"
    IN_PROGRESS = "in-progress"
    ON_HOLD = "on-hold"
    CANCELLATION_REQUESTED = "cancellation-requested"
    COMPLETED = "completed"
    DECLINED = "declined"
    EXPIRED = "expired"
    NOT_SELECTED = "not-selected"
    WITHDRAWN = "withdrawn"
    FAILED = "failed"
    ENTERED_IN_ERROR = "entered-in-error"


class QuestionOutcome(StrEnum):
    """There is no other way for a question to end (requirements R-01)."""

    HELPED = "helped"
    HELPED_AT_FIRST_DOOR = "helped-at-first-door"
    WITHDRAWN_BY_CITIZEN = "withdrawn-by-citizen"


class Role(OpenEnum):
    """The lead owns the question; partners work beside it (R-10). Of candidates the first that accepts leads."""

    LEAD = "lead"
    PARTNER = "partner"
    CANDIDATE = "candidate"


class HandoffRequested(Contract):
    """The offer: to the receiver, and as routing answer to the follower (requirements R-06)."""

    question: UUID
    handoff: UUID
    version: int
    question_version: int
    role: Role
    receiver: OrganisationId
    receiver_name: str
    receiver_contact: ContactRoute
    connected: bool
    follower: OrganisationId
    holder: OrganisationId
    reference: Reference
    first_received_at: Timestamp
    facts: Facts
    dataref: Dataref | None = None
    tell: Text
    instruction: Text | None = None
    pointers: tuple[Pointer, ...] = ()
    urgent: bool = False
    rule: Code
    table_version: TableVersion
    accept_by: Timestamp
    parent: UUID | None = Field(default=None, description="The hand-off of the lead that asked for this part.")
    task: Code | None = Field(default=None, description="The part asked for: `correct-datum`, `repair-consequences`.")
    reopens: UUID | None = Field(default=None, description="The ended hand-off this one takes up again.")
    contact_person: ContactPerson | None = Field(default=None, description="Whom the person can keep calling (R-29).")


class HandoffChanged(Contract):
    """A hand-off went to another state."""

    question: UUID
    handoff: UUID
    version: int
    question_version: int
    role: Role
    receiver: OrganisationId
    follower: OrganisationId
    holder: OrganisationId
    state: HandoffState
    previous: HandoffState
    by: OrganisationId
    at: Timestamp
    reason: Code | None = None
    suggested: OrganisationId | None = None
    receiver_reference: Reference | None = None
    contact: ContactAttempt | None = None
    planned_for: Timestamp | None = Field(default=None, description="When the person is spoken to, if planned.")
    until: Timestamp | None = Field(default=None, description="On hold: when the wait ends by itself.")
    act_by: Timestamp | None = Field(default=None, description="When the norm of the stage it is in now passes.")
    warmth: Warmth | None = None


class ReplyRefused(Contract):
    """A late, stale or impossible reply gets an answer, with how things stand now."""

    question: UUID
    handoff: UUID | None = None
    reply_id: str = Field(description="Our id of the refused reply.")
    event_id: str | None = Field(default=None, max_length=100, description="The id the agency gave its event.")
    by: OrganisationId
    action: Code
    reason: Code
    detail: Text
    state: HandoffState | None = None
    version: int | None = None
    question_version: int | None = None
    holder: OrganisationId | None = None
    outcome: QuestionOutcome | None = None


class ClockBreached(Contract):
    """The norm of a stage has passed; holder and follower are told."""

    question: UUID
    handoff: UUID | None = None
    question_version: int
    stage: Code
    started_at: Timestamp | None = None
    due_at: Timestamp
    holder: OrganisationId
    follower: OrganisationId


class ClockReminded(Contract):
    """A step of a clock's ladder before or after its norm: who must act, the follower and the desk are told."""

    question: UUID
    handoff: UUID | None = None
    question_version: int
    stage: Code
    step: Code = Field(description="reminder (50 %), warning (75 %) or next-step (150 % of the norm).")
    again: int | None = Field(default=None, ge=1, description="How often the next step came before this time, if ever.")
    started_at: Timestamp
    due_at: Timestamp = Field(description="When the norm passes, or passed.")
    holder: OrganisationId
    follower: OrganisationId
    desk: OrganisationId | None = Field(default=None, description="The triage desk, when the next step is theirs.")
