"""Every event type, its topic and who may see it: the one list the rest is generated from.

Inner events are structured-mode CloudEvents 1.0 in the NL GOV profile, numbered per topic and key
(`sequence`, from 1, without gaps) so that a consumer notices a repeat or a loss at once.
"""

from typing import Annotated, Literal

from pydantic import Field

from contracts.base import Contract, Timestamp
from contracts.capacity import CapacityAnswered, CapacityAsked, CapacityInquired, CapacityKnown
from contracts.decisions import DecisionMade, DecisionRequested
from contracts.following import (
    ContactPersonNamed,
    QuestionAsking,
    QuestionEnded,
    QuestionHandedOver,
    QuestionMerged,
    QuestionReopened,
    QuestionRepeated,
    QuestionReturned,
    QuestionTriaged,
)
from contracts.handoffs import ClockBreached, ClockReminded, HandoffChanged, HandoffRequested, ReplyRefused
from contracts.notices import NoticeSent, NoticeToTell, NoticeUndeliverable, OverviewMade
from contracts.quarantine import InputQuarantined
from contracts.questions import QuestionAccepted, QuestionAsked
from contracts.repairs import RepairRequested
from contracts.replies import ReplyAccepted, ReplyGiven
from contracts.tables import TablePublished


class Envelope(Contract):
    """CloudEvents 1.0 context attributes as this system writes them (NL GOV profile 1.1)."""

    specversion: Literal["1.0"] = "1.0"
    id: str = Field(min_length=1, max_length=100, description="Stable over retries: a repeat is the same event.")
    source: str = Field(min_length=1, max_length=200, description="urn:nld:oin:<OIN>:systeem:<name>")
    subject: str | None = Field(default=None, max_length=100, description="Our id of the question.")
    time: Timestamp = Field(description="When the producer logged the event, not when it happened.")
    datacontenttype: Literal["application/json"] = "application/json"
    dataschema: str | None = Field(default=None, max_length=300)
    sequence: str | None = Field(default=None, pattern=r"^[0-9]{1,10}$")
    sequencetype: Literal["Integer", "integer"] | None = None
    traceparent: str | None = Field(default=None, pattern=r"^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$")
    tracestate: str | None = Field(default=None, max_length=512)
    correlationid: str | None = Field(
        default=None,
        pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$",
        description="The accepted question or reply that set this off (CloudEvents correlation extension). "
        "Written by us; from an agency it says nothing.",
    )


class QuestionAskedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.asked.v1"]
    data: QuestionAsked


class ReplyGivenEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.reply.given.v1"]
    data: ReplyGiven


class QuestionAcceptedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.accepted.v1"]
    data: QuestionAccepted


class DecisionMadeEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.decision.made.v1"]
    data: DecisionMade


class ReplyAcceptedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.reply.accepted.v1"]
    data: ReplyAccepted


class DecisionRequestedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.decision.requested.v1"]
    data: DecisionRequested


class CapacityAskedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.capacity.asked.v1"]
    data: CapacityAsked


class CapacityAnsweredEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.capacity.answered.v1"]
    data: CapacityAnswered


class CapacityInquiredEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.capacity.inquired.v1"]
    data: CapacityInquired


class CapacityKnownEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.capacity.known.v1"]
    data: CapacityKnown


class HandoffRequestedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.handoff.requested.v1"]
    data: HandoffRequested


class HandoffChangedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.handoff.changed.v1"]
    data: HandoffChanged


class QuestionTriagedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.triaged.v1"]
    data: QuestionTriaged


class QuestionAskingEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.asking.v1"]
    data: QuestionAsking


class QuestionEndedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.ended.v1"]
    data: QuestionEnded


class QuestionReturnedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.returned.v1"]
    data: QuestionReturned


class QuestionReopenedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.reopened.v1"]
    data: QuestionReopened


class QuestionMergedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.merged.v1"]
    data: QuestionMerged


class QuestionRepeatedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.repeated.v1"]
    data: QuestionRepeated


class QuestionHandedOverEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.question.handed-over.v1"]
    data: QuestionHandedOver


class ContactPersonNamedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.contact-person.named.v1"]
    data: ContactPersonNamed


class ReplyRefusedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.reply.refused.v1"]
    data: ReplyRefused


class ClockBreachedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.clock.breached.v1"]
    data: ClockBreached


class ClockRemindedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.clock.reminded.v1"]
    data: ClockReminded


class NoticeSentEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.notice.sent.v1"]
    data: NoticeSent


class NoticeToTellEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.notice.to-tell.v1"]
    data: NoticeToTell


class NoticeUndeliverableEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.notice.undeliverable.v1"]
    data: NoticeUndeliverable


class OverviewMadeEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.overview.made.v1"]
    data: OverviewMade


class InputQuarantinedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.input.quarantined.v1"]
    data: InputQuarantined


class RepairRequestedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.repair.requested.v1"]
    data: RepairRequested


class TablePublishedEvent(Envelope):
    type: Literal["nl.geenverkeerdedeur.table.published.v1"]
    data: TablePublished


AgencyEvent = Annotated[
    QuestionAskedEvent | ReplyGivenEvent | CapacityAskedEvent | CapacityAnsweredEvent, Field(discriminator="type")
]
"""What agencies may publish on `gvd.in.<agency>` or post over HTTP."""

CapacityEvent = Annotated[CapacityInquiredEvent | CapacityKnownEvent, Field(discriminator="type")]
"""Inquiries about capacity and their answers, on `gvd.capacity`."""

HandoffsEvent = Annotated[
    HandoffRequestedEvent
    | HandoffChangedEvent
    | QuestionTriagedEvent
    | QuestionAskingEvent
    | QuestionEndedEvent
    | QuestionReturnedEvent
    | QuestionReopenedEvent
    | QuestionMergedEvent
    | QuestionRepeatedEvent
    | QuestionHandedOverEvent
    | ContactPersonNamedEvent
    | ReplyRefusedEvent
    | ClockBreachedEvent
    | ClockRemindedEvent,
    Field(discriminator="type"),
]
"""All that the handoff service says, on `gvd.handoffs`."""

NoticesEvent = Annotated[
    NoticeToTellEvent | NoticeUndeliverableEvent | OverviewMadeEvent,
    Field(discriminator="type"),
]
"""What delivery brings on from `gvd.notices`; that a notice was sent is for the record only."""

AnyEvent = Annotated[
    QuestionAskedEvent
    | ReplyGivenEvent
    | QuestionAcceptedEvent
    | DecisionMadeEvent
    | ReplyAcceptedEvent
    | DecisionRequestedEvent
    | HandoffRequestedEvent
    | HandoffChangedEvent
    | QuestionTriagedEvent
    | QuestionAskingEvent
    | QuestionEndedEvent
    | QuestionReturnedEvent
    | QuestionReopenedEvent
    | QuestionMergedEvent
    | QuestionRepeatedEvent
    | QuestionHandedOverEvent
    | ContactPersonNamedEvent
    | ReplyRefusedEvent
    | ClockBreachedEvent
    | ClockRemindedEvent
    | NoticeSentEvent
    | NoticeToTellEvent
    | NoticeUndeliverableEvent
    | OverviewMadeEvent
    | CapacityAskedEvent
    | CapacityAnsweredEvent
    | CapacityInquiredEvent
    | CapacityKnownEvent
    | InputQuarantinedEvent
    | RepairRequestedEvent
    | TablePublishedEvent,
    Field(discriminator="type"),
]

QUESTIONS = "gvd.questions"
DECISIONS = "gvd.decisions"
DECISION_REQUESTS = "gvd.decision-requests"
REPLIES = "gvd.replies"
HANDOFFS = "gvd.handoffs"
NOTICES = "gvd.notices"
CAPACITY = "gvd.capacity"
QUARANTINE = "gvd.quarantine"
REPAIRS = "gvd.repairs"
ROUTING_TABLE = "gvd.routing-table"
IN_PREFIX = "gvd.in."
OUT_PREFIX = "gvd.out."
