"""What is heard of a question as a whole, above its hand-offs."""

from uuid import UUID

from pydantic import Field

from contracts.base import Channel, Code, Contract, Kind, OrganisationId, Reference, Text, Timestamp
from contracts.contact import ContactPerson
from contracts.decisions import Ask, ContactRoute, Pointer
from contracts.handoffs import QuestionOutcome
from contracts.questions import Dataref, Facts


class QuestionTriaged(Contract):
    """No rule or no hop is left: named people decide (requirements R-08)."""

    question: UUID
    question_version: int
    follower: OrganisationId
    holder: OrganisationId
    desk_contact: ContactRoute
    reference: Reference
    first_received_at: Timestamp
    facts: Facts
    dataref: Dataref | None = None
    reason: Text
    instruction: Text | None = None
    pointers: tuple[Pointer, ...] = ()
    tell: Text
    declined: tuple[OrganisationId, ...] = ()
    urgent: bool = False
    decide_by: Timestamp


class QuestionAsking(Contract):
    """The follower is asked to put one more question to the person."""

    question: UUID
    question_version: int
    follower: OrganisationId
    holder: OrganisationId
    reference: Reference
    ask: Ask
    tell: Text
    answer_by: Timestamp


class QuestionEnded(Contract):
    """The question ended in one of its three outcomes."""

    question: UUID
    question_version: int
    follower: OrganisationId
    desk: OrganisationId | None = Field(default=None, description="The triage desk that had it until now.")
    reference: Reference
    kind: Kind
    outcome: QuestionOutcome
    by: OrganisationId
    at: Timestamp
    hops: int


class QuestionReturned(Contract):
    """No public body is responsible: the first door tells the person, and where help is (Awb 2:3 lid 2)."""

    question: UUID
    question_version: int
    follower: OrganisationId
    holder: OrganisationId
    reference: Reference
    reason: Text
    pointers: tuple[Pointer, ...] = ()
    tell: Text
    tell_by: Timestamp


class QuestionReopened(Contract):
    """It had ended, but the person was not helped. A new hand-off follows; the old ones stay as they were."""

    question: UUID
    question_version: int
    follower: OrganisationId
    holder: OrganisationId
    reference: Reference
    first_received_at: Timestamp
    reopens: UUID | None = Field(default=None, description="The hand-off that seemed to have helped.")
    reason: Code
    by: OrganisationId
    at: Timestamp


class QuestionMerged(Contract):
    """It is the same question as another one, which goes on for both. The person loses nothing."""

    question: UUID
    question_version: int
    follower: OrganisationId
    holder: OrganisationId
    reference: Reference
    into: UUID
    by: OrganisationId
    at: Timestamp


class QuestionRepeated(Contract):
    """The person came again about a running question. Whoever holds it is told; no second hand-off begins."""

    question: UUID
    question_version: int
    follower: OrganisationId
    holder: OrganisationId
    by: OrganisationId = Field(description="The desk at which the person came again.")
    reference: Reference | None = None
    channel: Channel
    dataref: Dataref | None = Field(default=None, description="What the person told this time.")
    times: int = Field(ge=1, description="How often the person had to come back by now.")
    at: Timestamp


class QuestionHandedOver(Contract):
    """The follower is no more, or not there: somebody else follows from here. Nobody is left without (R-02)."""

    question: UUID
    question_version: int
    previous: OrganisationId
    follower: OrganisationId
    holder: OrganisationId
    reference: Reference
    reason: Code
    at: Timestamp


class ContactPersonNamed(Contract):
    """The fixed contact person, or another one with the reason and a note that it was handed over (R-29)."""

    question: UUID
    question_version: int
    follower: OrganisationId
    holder: OrganisationId
    person: ContactPerson
    previous: ContactPerson | None = None
    reason: Code | None = None
    note: Reference | None = Field(default=None, description="Where the hand-over note is, in the file of `by`.")
    by: OrganisationId
    at: Timestamp
