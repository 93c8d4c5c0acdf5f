"""What agencies say back: one event type, one action at a time."""

from enum import StrEnum
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Channel, Code, Contract, OrganisationId, Reference, Timestamp
from contracts.contact import ContactAttempt, ContactPerson, Warmth
from contracts.questions import Dataref, Facts


class DeclineReason(StrEnum):
    NOT_COMPETENT = "not-competent"
    INCOMPLETE = "incomplete"
    NO_CAPACITY = "no-capacity"
    ALREADY_KNOWN = "already-known"
    OTHER = "other"


class HoldReason(StrEnum):
    """What a hand-off waits for."""

    WAITING_FOR_PERSON = "waiting-for-person"
    WAITING_FOR_INFORMATION = "waiting-for-information"
    WAITING_FOR_THIRD_PARTY = "waiting-for-third-party"


class FailReason(StrEnum):
    """Why work that began cannot help. The question goes on without this organisation."""

    PERSON_NOT_FOUND = "person-not-found"
    NOT_COMPETENT_AFTER_ALL = "not-competent-after-all"
    IMPOSSIBLE = "impossible"
    OTHER = "other"


class CancelReason(StrEnum):
    """Why the follower asks to stop work that began."""

    WRONG_DESTINATION = "wrong-destination"
    PERSON_CHANGED_MIND = "person-changed-mind"
    SOLVED_OTHERWISE = "solved-otherwise"


class Receive(Contract):
    """The receiver's system has it (T2). Receipt is not acceptance."""

    action: Literal["receive"]
    receiver_reference: Reference | None = None


class Accept(Contract):
    """The receiver takes the question on (T3)."""

    action: Literal["accept"]
    receiver_reference: Reference | None = None
    warmth: Warmth | None = None


class Start(Contract):
    """First contact, planned or made (T8, T9), and every one after it (T10)."""

    action: Literal["start"]
    contact: ContactAttempt
    planned_for: Timestamp | None = Field(default=None, description="When the person is spoken to, if planned.")
    warmth: Warmth | None = None


class Hold(Contract):
    """Nothing can be done until something comes (T11). The clock pauses, no longer than the norm allows."""

    action: Literal["hold"]
    reason: HoldReason
    until: Timestamp | None = Field(default=None, description="When the wait ends by itself; the norm's if later.")


class Resume(Contract):
    """It has come: the work and its clock go on (T12)."""

    action: Literal["resume"]


class RequestCancellation(Contract):
    """The follower asks to stop work that began: a request, no command (T13)."""

    action: Literal["request-cancellation"]
    reason: CancelReason


class ConfirmCancellation(Contract):
    """The receiver stops (T14). The router chooses again."""

    action: Literal["confirm-cancellation"]


class RefuseCancellation(Contract):
    """The receiver goes on (T15): stopping now would harm the person, or it is nearly done."""

    action: Literal["refuse-cancellation"]
    reason: Literal["nearly-done", "would-harm", "person-wants-it"]


class Fail(Contract):
    """Work that began cannot help (T17). Never an end: the router chooses again, without this organisation."""

    action: Literal["fail"]
    reason: FailReason


class Decline(Contract):
    """Not for us (T4, T5). The router chooses again; the follower stays."""

    action: Literal["decline"]
    reason: DeclineReason
    suggested: OrganisationId | None = Field(default=None, description="Who it should have been.")


class Complete(Contract):
    """The person has really been helped (T16). Nothing else ends a question at the receiver."""

    action: Literal["complete"]
    outcome: Literal["helped"]
    person_informed: Literal[True] = Field(description="The person knows the answer.")
    datum_corrected: bool | None = Field(default=None, description="Wrong data only (000:153).")
    consequences_repaired: bool | None = Field(default=None, description="Wrong data only (001:622-624).")


class Withdraw(Contract):
    """The follower takes the offer back before the work started: T6, T7, or T20 when it was sent in error."""

    action: Literal["withdraw"]
    reason: Literal["wrong-destination", "sent-in-error"]


class End(Contract):
    """The follower reports one of the two outcomes only the first door can see (R-01)."""

    action: Literal["end"]
    outcome: Literal["helped-at-first-door", "withdrawn-by-citizen"]


class AnswerAsked(Contract):
    """The person's answer to the one question the table asked."""

    action: Literal["answer"]
    ask: Code
    answer: Code


class Place(Contract):
    """The triage desk decides where it goes (R-08, R-27). With candidates, the first that accepts has it."""

    action: Literal["place"]
    organisation: OrganisationId
    reason: Code
    candidates: tuple[OrganisationId, ...] = Field(
        default=(), max_length=9, description="Offered to these at the same time as to `organisation`."
    )


class Return(Contract):
    """The triage desk sees that no public body is responsible (Awb 2:3 lid 2): the first door tells the person."""

    action: Literal["return"]
    reason: Code


class Involve(Contract):
    """The lead brings in another organisation, which works beside it."""

    action: Literal["involve"]
    organisation: OrganisationId
    reason: Code
    task: Code | None = Field(
        default=None, description="The part asked for. Wrong data: `correct-datum` or `repair-consequences`."
    )


class Correct(Contract):
    """The first door had it wrong: other facts, so another decision. What was offered was an error (T20)."""

    action: Literal["correct"]
    facts: Facts


class Reopen(Contract):
    """It ended, but the person is not helped. Back to who had it last, or `elsewhere` by the table."""

    action: Literal["reopen"]
    reason: Literal["not-helped", "came-back", "new-information"]
    elsewhere: bool = False


class Repeat(Contract):
    """The person came again about a running question, at any desk. Whoever holds it is told."""

    action: Literal["repeat"]
    channel: Channel
    reference: Reference | None = None
    dataref: Dataref | None = Field(default=None, description="What the person told this time, at the agency's.")


class Merge(Contract):
    """The same question as another of this follower, of the same kind and not received later: that goes on for both."""

    action: Literal["merge"]
    into: UUID


class NameContactPerson(Contract):
    """The fixed contact person. Another one than before needs a reason and a hand-over note (R-29)."""

    action: Literal["name-contact-person"]
    person: ContactPerson
    reason: Code | None = None
    note: Reference | None = None


Action = Annotated[
    Receive
    | Accept
    | Start
    | Hold
    | Resume
    | Decline
    | Complete
    | Fail
    | Withdraw
    | RequestCancellation
    | ConfirmCancellation
    | RefuseCancellation
    | End
    | AnswerAsked
    | Place
    | Return
    | Involve
    | Correct
    | Reopen
    | Repeat
    | Merge
    | NameContactPerson,
    Field(discriminator="action"),
]


class ReplyGiven(Contract):
    """An agency's reply, as it publishes it."""

    question: UUID
    handoff: UUID | None = Field(default=None, description="Which hand-off. Empty for what is about the question.")
    version: int = Field(
        ge=1,
        le=2**31 - 1,
        description="The version of the hand-off (or question) it saw; a stale one is refused.",
    )
    reply: Action


class ReplyAccepted(Contract):
    """A reply that passed the front door; whether it still fits is the handoff service's to say."""

    question: UUID
    handoff: UUID | None = None
    version: int = Field(ge=1)
    by: OrganisationId
    event_id: str | None = Field(default=None, max_length=100, description="The id the agency gave its event.")
    received_at: Timestamp
    asked_again: bool = Field(
        default=False,
        description="It came in as a question: when the running one ended meanwhile, that is reopened. Nobody is lost.",
    )
    reply: Action
