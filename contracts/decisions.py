"""What the routing table says of one question, with everything needed to explain and replay it."""

from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Code, Contract, OpenEnum, OrganisationId, Reference, Text, Timestamp, TopicCode
from contracts.questions import Dataref, Facts

TableVersion = Annotated[str, StringConstraints(pattern=r"^[0-9]{4}\.[0-9]{2}\.[0-9]{2}-[0-9a-f]{12}$")]
"""Date of publication and the first 12 hex digits of the SHA-256 of the table's contents."""


class DecisionOutcome(StrEnum):
    RESPONSIBLE = "responsible"
    ASK = "ask"
    MAATWERK = "maatwerk"
    CRISIS = "crisis"
    TRIAGE = "triage"
    RETURN = "return"


class ContactRoute(Contract):
    """How a human of the organisation is reached; never digital only (requirements R-21)."""

    phone: str | None = Field(default=None, max_length=40)
    desk: Text | None = None
    website: str | None = Field(default=None, max_length=300)


class Destination(Contract):
    """An organisation, team or desk that is offered the question."""

    organisation: OrganisationId
    name: str = Field(max_length=200)
    tooi: str | None = None
    connected: bool = Field(
        description="Reachable over this system. If not, the follower brings the person over by phone."
    )
    contact: ContactRoute


class Pointer(Contract):
    """Support that rides along with a referral, such as the ADV with the College (R-58)."""

    organisation: OrganisationId
    name: str = Field(max_length=200)
    contact: ContactRoute
    why: Text


class Answer(Contract):
    code: Code
    text: Text


class Ask(Contract):
    """One more question to the person, when guessing would be wrong."""

    code: Code
    text: Text
    answers: tuple[Answer, ...] = Field(min_length=2)


class Alternative(Contract):
    """A rule or organisation that was considered and not chosen, and why."""

    rule: Code
    organisation: OrganisationId | None = None
    why: Text


class Finding(Contract):
    """A fact the decision rests on and where it came from; never a score (R-30)."""

    code: Code
    source: Text


class BundleItem(Contract):
    """One of the things a life event asks for, and who has it."""

    topic: TopicCode
    title: Text
    organisation: OrganisationId | None = Field(default=None, description="Empty: first one more question.")
    name: str | None = Field(default=None, max_length=200)
    why: Text


class Suggestion(Contract):
    """A topic that may be meant. It proposes; a human or a rule decides."""

    topic: TopicCode
    organisation: OrganisationId | None = None
    score: float = Field(ge=0, le=1)
    matched: tuple[str, ...] = Field(
        default=(), description="Words of ours or of the agency's code, never of a person."
    )


class Decision(Contract):
    """The outcome for one question. `lead` is empty when one more question is asked, or nobody public has it."""

    outcome: DecisionOutcome
    table_version: TableVersion
    rule: Code
    human: bool = Field(default=False, description="A person decided, with a reason (R-27).")
    reason: Text = Field(description="Why this outcome, in words an employee understands.")
    lead: Destination | None = None
    candidates: tuple[Destination, ...] = Field(
        default=(), description="Offered at the same time as to `lead`: the first that accepts has it."
    )
    partners: tuple[Destination, ...] = ()
    pointers: tuple[Pointer, ...] = ()
    ask: Ask | None = None
    instruction: Text | None = Field(default=None, description="To be told at once, before anything else.")
    tell: Text = Field(description="What to tell the person, in plain Dutch (R-06).")
    norm_class: Code
    urgent: bool = False
    inputs: dict[str, str] = Field(description="The facts the rule looked at, as text.")
    findings: tuple[Finding, ...] = ()
    alternatives: tuple[Alternative, ...] = ()
    bundle: tuple[BundleItem, ...] = Field(default=(), description="All that a life event asks for, in order.")
    suggestions: tuple[Suggestion, ...] = Field(
        default=(), description="For the triage desk, when an agency's own subject code is not mapped yet."
    )


class Norm(Contract):
    """Minutes of working time per stage. An assumption of ours: the policy documents give none (R-100)."""

    code: Code
    accept: int = Field(gt=0, description="From offer to acceptance.")
    first_contact: int = Field(gt=0, description="From acceptance to the first contact with the person.")
    resolve: int = Field(gt=0, description="From the first contact to helped.")
    decide: int = Field(gt=0, description="For a human to decide: triage, or one more question answered.")
    hold: int = Field(default=4800, gt=0, description="The longest wait for something from outside.")
    around_the_clock: bool = Field(default=False, description="Counts day and night, not in opening hours.")


class DecisionReason(OpenEnum):
    """Why a (new) decision was asked for."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    EXPIRED = "expired"
    WITHDRAWN = "withdrawn"
    ANSWERED = "answered"
    PLACED = "placed"
    INVOLVED = "involved"
    FAILED = "failed"
    CANCELLED = "cancelled"
    CORRECTED = "corrected"
    REOPENED = "reopened"
    HANDED_OVER = "handed-over"


class Refusal(Contract):
    """Who declined, why, and who it should have been: what the owner of the table learns from (R-27)."""

    by: OrganisationId
    reason: Code
    suggested: OrganisationId | None = None
    rule: Code | None = Field(default=None, description="The rule that had chosen `by`; the router fills it in.")
    table_version: TableVersion | None = None


class DecisionRequested(Contract):
    """The handoff service asks the router to choose again with what is now known."""

    question: UUID
    why: DecisionReason
    declined: tuple[OrganisationId, ...] = Field(
        default=(), description="Never chosen again automatically (invariant 7)."
    )
    hops: int = Field(ge=0)
    refusal: Refusal | None = None
    answers: dict[Code, Code] = Field(default_factory=dict)
    organisation: OrganisationId | None = Field(
        default=None, description="Chosen by a human: placed by triage or involved by the lead."
    )
    candidates: tuple[OrganisationId, ...] = Field(default=(), description="Chosen beside `organisation`.")
    task: Code | None = Field(default=None, description="The part the lead asks `organisation` for.")
    facts: Facts | None = Field(default=None, description="The facts as the first door corrected them.")
    follower: OrganisationId | None = Field(default=None, description="Who follows now: it can be another.")
    by: OrganisationId | None = None
    because: Code | None = Field(default=None, description="The human's reason code.")


class DecisionMade(Contract):
    """The router's answer, with what the handoff service needs of the question."""

    question: UUID
    number: int = Field(ge=1, description="1 for the first decision on this question, then 2, 3, ...")
    why: DecisionReason
    follower: OrganisationId
    reference: Reference
    first_received_at: Timestamp
    dataref: Dataref | None = None
    facts: Facts
    hops: int = Field(ge=0)
    declined: tuple[OrganisationId, ...] = ()
    refusal: Refusal | None = Field(default=None, description="The refusal this decision answers.")
    task: Code | None = Field(default=None, description="The part the lead asked for.")
    decision: Decision
    norm: Norm
