"""The one list of event types and topics: what the schemas, the AsyncAPI document and docs/events.md are made of.

The NL GOV profile demands that consumers can look up what a type means; this is where that is written.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, get_args

from contracts import events
from contracts.events import Envelope

VERSION: Final = "0.1.0"
"""Version of the contracts as a whole; the copy under contracts/released/ carries it."""

AGENCY_IN: Final = events.IN_PREFIX + "{agency}"
AGENCY_OUT: Final = events.OUT_PREFIX + "{agency}"


class Direction(StrEnum):
    """Who speaks to whom."""

    FROM_AGENCY = "agency in"
    INNER = "inner"
    TO_AGENCY = "agency out"


@dataclass(frozen=True, slots=True)
class Topic:
    """One Kafka topic, or one for each agency. Only `writers` may write it and only `readers` read it."""

    address: str
    direction: Direction
    writers: tuple[str, ...]
    readers: tuple[str, ...]
    key: str
    about: str


@dataclass(frozen=True, slots=True)
class EventType:
    """One type of event and the topics it travels on."""

    model: type[Envelope]
    topics: tuple[str, ...]
    about: str

    @property
    def type(self) -> str:
        """The CloudEvents `type`, as the model has it."""
        return str(get_args(self.model.model_fields["type"].annotation)[0])

    @property
    def directions(self) -> tuple[Direction, ...]:
        return tuple(TOPICS[address].direction for address in self.topics)


def _by_address(topics: Iterable[Topic]) -> dict[str, Topic]:
    return {topic.address: topic for topic in topics}


TOPICS: Final = _by_address(
    [
        Topic(
            AGENCY_IN,
            Direction.FROM_AGENCY,
            ("the agency itself",),
            ("intake",),
            "the agency's choice; not a BSN",
            "What one agency says: its questions and its replies. No other agency can write here.",
        ),
        Topic(
            events.QUESTIONS,
            Direction.INNER,
            ("intake",),
            ("notices", "router"),
            "question",
            "Questions that passed the front door. From here on somebody holds them.",
        ),
        Topic(
            events.REPLIES,
            Direction.INNER,
            ("intake",),
            ("handoff",),
            "question",
            "Replies that passed the front door.",
        ),
        Topic(
            events.DECISIONS,
            Direction.INNER,
            ("router",),
            ("handoff",),
            "question",
            "Where a question goes, and why.",
        ),
        Topic(
            events.DECISION_REQUESTS,
            Direction.INNER,
            ("handoff",),
            ("router",),
            "question",
            "Requests to choose again, with what is now known.",
        ),
        Topic(
            events.HANDOFFS,
            Direction.INNER,
            ("handoff",),
            ("delivery", "intake", "notices"),
            "question",
            "All that happens to a question after the decision.",
        ),
        Topic(
            events.NOTICES,
            Direction.INNER,
            ("notices",),
            ("delivery", "intake"),
            "question",
            "What the person was told, or is to be told by the desk that follows; and what an agency holds today.",
        ),
        Topic(
            events.CAPACITY,
            Direction.INNER,
            ("intake",),
            ("delivery",),
            "inquiry",
            "Whether an organisation can take a question about a topic now: asked and answered, about nobody.",
        ),
        Topic(
            events.QUARANTINE,
            Direction.INNER,
            ("intake",),
            ("delivery",),
            "refused input",
            "Input that could not be let in: place and reason, never content.",
        ),
        Topic(
            events.REPAIRS,
            Direction.INNER,
            ("every service",),
            ("every service",),
            "none",
            "Requests to publish missing events again.",
        ),
        Topic(
            events.ROUTING_TABLE,
            Direction.INNER,
            ("router",),
            ("delivery", "handoff", "intake", "notices", "router"),
            "table version",
            "Every published version of the routing table, compacted: the last publication of each.",
        ),
        Topic(
            AGENCY_OUT,
            Direction.TO_AGENCY,
            ("delivery",),
            ("the agency itself",),
            "question",
            "What concerns one agency: offers, status, refusals. No other agency can read here.",
        ),
    ]
)

_OUTWARD = (events.HANDOFFS, AGENCY_OUT)

CATALOGUE: Final = (
    EventType(
        events.QuestionAskedEvent,
        (AGENCY_IN,),
        "A desk cannot help a person and passes the question on.",
    ),
    EventType(
        events.ReplyGivenEvent,
        (AGENCY_IN,),
        "An agency replies to a hand-off or to a question put to it: accept, decline, complete, and so on.",
    ),
    EventType(
        events.QuestionAcceptedEvent,
        (events.QUESTIONS,),
        "The front door took a question in; the first desk is its follower until the person is helped.",
    ),
    EventType(
        events.ReplyAcceptedEvent,
        (events.REPLIES,),
        "The front door let a reply in; whether it still fits is for the hand-off service to say.",
    ),
    EventType(
        events.DecisionMadeEvent,
        (events.DECISIONS,),
        "The routing table was applied: organisation, one more question, maatwerk, crisis, triage or return.",
    ),
    EventType(
        events.DecisionRequestedEvent,
        (events.DECISION_REQUESTS,),
        "A new decision is needed: declined, failed, expired, answered, corrected, placed, and so on.",
    ),
    EventType(
        events.HandoffRequestedEvent,
        _OUTWARD,
        "A warm hand-off is offered; the follower gets the same event as answer to its question.",
    ),
    EventType(events.HandoffChangedEvent, _OUTWARD, "A hand-off went to another state."),
    EventType(
        events.QuestionTriagedEvent,
        _OUTWARD,
        "No rule places the question: named people decide, with a clock.",
    ),
    EventType(
        events.QuestionAskingEvent,
        _OUTWARD,
        "The follower is asked to put one more question to the person.",
    ),
    EventType(events.QuestionEndedEvent, _OUTWARD, "The question ended in one of the three outcomes there are."),
    EventType(
        events.QuestionReturnedEvent,
        _OUTWARD,
        "No public body is responsible: the first door tells the person so, and where help is.",
    ),
    EventType(events.QuestionReopenedEvent, _OUTWARD, "The question had ended, but the person was not helped."),
    EventType(events.QuestionMergedEvent, _OUTWARD, "It is the same question as another, which goes on for both."),
    EventType(events.QuestionRepeatedEvent, _OUTWARD, "The person came again about a running question."),
    EventType(events.QuestionHandedOverEvent, _OUTWARD, "Another organisation follows from here on."),
    EventType(events.ContactPersonNamedEvent, _OUTWARD, "The person's fixed contact person, or a new one."),
    EventType(
        events.ReplyRefusedEvent,
        _OUTWARD,
        "A reply came too late or does not fit; with the reason and how things stand now.",
    ),
    EventType(
        events.ClockRemindedEvent,
        _OUTWARD,
        "A clock's reminder, warning or next step: half, three quarters, one and a half of the norm.",
    ),
    EventType(events.ClockBreachedEvent, _OUTWARD, "The norm of a stage has passed."),
    EventType(
        events.NoticeSentEvent,
        (events.NOTICES,),
        "The person was told over the channel they agreed to; without the text and the address.",
    ),
    EventType(
        events.NoticeToTellEvent,
        (events.NOTICES, AGENCY_OUT),
        "The person agreed to no channel: the follower's desk is asked to tell them, with the words to say.",
    ),
    EventType(
        events.NoticeUndeliverableEvent,
        (events.NOTICES, AGENCY_OUT),
        "A notice did not reach the person: the follower's desk is asked to tell them another way.",
    ),
    EventType(
        events.OverviewMadeEvent,
        (events.NOTICES, AGENCY_OUT),
        "What an agency holds at the start of its working day, the longest waiting first.",
    ),
    EventType(
        events.CapacityAskedEvent,
        (AGENCY_IN,),
        "An agency asks whether an organisation can take a question about a topic now; without saying for whom.",
    ),
    EventType(
        events.CapacityAnsweredEvent,
        (AGENCY_IN,),
        "The organisation that was asked answers what it can take on.",
    ),
    EventType(
        events.CapacityInquiredEvent,
        (events.CAPACITY, AGENCY_OUT),
        "The inquiry, to the organisation that is asked; and as receipt to who asks.",
    ),
    EventType(events.CapacityKnownEvent, (events.CAPACITY, AGENCY_OUT), "The answer, to who asked."),
    EventType(
        events.InputQuarantinedEvent,
        (events.QUARANTINE, AGENCY_OUT),
        "Input was refused; the sender is told what is wrong and where, without the content.",
    ),
    EventType(
        events.RepairRequestedEvent,
        (events.REPAIRS,),
        "A consumer noticed a gap in the numbering and asks for the missing events.",
    ),
    EventType(
        events.TablePublishedEvent,
        (events.ROUTING_TABLE,),
        "A version of the routing table, approved by a second person, comes into force at its moment.",
    ),
)


def on_topic(address: str) -> tuple[EventType, ...]:
    """The types that travel on one topic."""
    return tuple(entry for entry in CATALOGUE if address in entry.topics)
