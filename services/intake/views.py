"""What the parties of a question see of it."""

from uuid import UUID

from pydantic import Field

from contracts.base import Code, Contract, Kind, OrganisationId, Reference, Text, Timestamp, TopicCode
from contracts.contact import ContactPerson, Warmth
from contracts.decisions import Ask, ContactRoute, Pointer
from contracts.handoffs import HandoffState, QuestionOutcome, ReplyRefused, Role
from contracts.notices import NoticeKind, Told, Words
from contracts.questions import Dataref, QuestionAccepted
from services.intake.steps import Step, What


class HandoffView(Contract):
    """One hand-off as both parties see it."""

    handoff: UUID
    role: Role
    receiver: OrganisationId
    receiver_name: str
    contact: ContactRoute
    connected: bool
    state: HandoffState
    version: int
    receiver_reference: Reference | None = None
    parent: UUID | None = None
    task: Code | None = None
    reopens: UUID | None = None
    until: Timestamp | None = None
    warmth: Warmth | None = None
    since: Timestamp | None = None
    due_at: Timestamp | None = None


class ToTell(Contract):
    """What the first door has to say to the person, or to who speaks for them, and since when."""

    notice: UUID
    kind: NoticeKind
    to: Told
    why: Code = Field(description="Why no message did: no-channel, by-phone, or why it did not arrive.")
    words: Words
    since: Timestamp


class QuestionView(Contract):
    """Where a question is and who holds it. Until the first decision the follower does."""

    question: UUID
    follower: OrganisationId
    holder: OrganisationId
    reference: Reference
    first_received_at: Timestamp
    accepted_at: Timestamp
    status: str = "accepted"
    version: int = 0
    tell: Text | None = None
    instruction: Text | None = None
    pointers: tuple[Pointer, ...] = ()
    ask: Ask | None = None
    outcome: QuestionOutcome | None = None
    contact_person: ContactPerson | None = None
    contact: Reference | None = None
    split_from: UUID | None = Field(default=None, description="The question in which this one was found.")
    parts: tuple[UUID, ...] = Field(default=(), description="What was found in this one and goes its own way.")
    merging: str | None = Field(default=None, description="The reply that asks to merge it, while it is on its way.")
    merged_into: UUID | None = Field(default=None, description="The question it goes on as.")
    times_repeated: int = 0
    handoffs: tuple[HandoffView, ...] = ()
    dataref: Dataref | None = None
    topic: TopicCode | None = None
    kind: Kind | None = Field(default=None, description="Empty: taken in before this was kept here.")
    urgent: bool = False
    since: Timestamp | None = Field(default=None, description="Since when it is with this holder, with this status.")
    due_at: Timestamp | None = Field(default=None, description="When the norm for the holder passes, if one runs.")
    telling: tuple[ToTell, ...] = Field(default=(), description="What the first door still has to say to the person.")
    steps: int = Field(default=0, description="How long its history is.")
    news: tuple[Step, ...] = Field(default=(), exclude=True, description="Steps that are not in the history yet.")
    flows: tuple[str, ...] = Field(default=(), description="The questions and replies that set off what was last said.")
    refused: tuple[ReplyRefused, ...] = ()

    @property
    def open(self) -> bool:
        """Somebody still has to do something for this question."""
        return self.status not in ("ended", "merged")

    @property
    def merged(self) -> bool:
        """It goes on as another one, or is about to."""
        return self.status == "merged" or self.merging is not None

    def parties(self) -> frozenset[str]:
        """Follower, holder, and receivers of open hand-offs: who may look (requirements R-43)."""
        receivers = (h.receiver for h in self.handoffs if h.state not in CLOSED)
        return frozenset({self.follower, self.holder, *receivers})


CLOSED = frozenset(
    {
        HandoffState.DECLINED,
        HandoffState.EXPIRED,
        HandoffState.NOT_SELECTED,
        HandoffState.WITHDRAWN,
        HandoffState.FAILED,
        HandoffState.ENTERED_IN_ERROR,
    }
)


def first_view(accepted: QuestionAccepted) -> QuestionView:
    """Of a question that was just taken in."""
    asked = Step(at=accepted.accepted_at, what=What.ASKED, holder=accepted.follower, by=accepted.follower)
    return QuestionView(
        question=accepted.question,
        follower=accepted.follower,
        holder=accepted.follower,
        reference=accepted.reference,
        first_received_at=accepted.first_received_at,
        accepted_at=accepted.accepted_at,
        dataref=accepted.dataref,
        contact=accepted.contact,
        split_from=accepted.split_from,
        topic=accepted.facts.topic,
        kind=accepted.facts.kind,
        since=accepted.accepted_at,
        steps=1,
        news=(asked,),
    )
