"""What the notices service remembers of one question: whom to tell how, what was told, who works on it."""

from enum import StrEnum
from uuid import UUID

from pydantic import Field

from contracts.base import Code, Contract, Kind, OrganisationId, Reference, Timestamp
from contracts.handoffs import Role
from contracts.notices import NoticeChannel, NoticeKind, Told


class Status(StrEnum):
    """What became of a notice. Every one is told: over the channel, or else by the desk."""

    QUEUED = "queued"
    SENT = "sent"
    DESK = "desk"
    UNDELIVERABLE = "undeliverable"


class Notice(Contract):
    """One notice to one of the people concerned; `event` is the number of its event on gvd.handoffs."""

    notice: UUID
    event: int
    kind: NoticeKind
    to: Told
    status: Status
    at: Timestamp
    fields: dict[str, str] = Field(default_factory=dict)


class Offer(Contract):
    """An organisation that was asked to lead, as the person was told of it. Who is not connected, we bring it to."""

    handoff: UUID
    organisation: OrganisationId
    name: str
    route: str
    connected: bool = True


class Task(Contract):
    """What one organisation is to do now; `subject` is the hand-off, or the question itself."""

    subject: UUID
    agency: OrganisationId
    stage: Code
    since: Timestamp
    due_at: Timestamp | None = None
    role: Role | None = None
    stuck: bool = False


class Followed(Contract):
    """One question. Until intake's own event is in, what came before it waits in `early`."""

    question: UUID
    early: tuple[str, ...] = ()
    known: bool = False
    follower: OrganisationId = "-"
    reference: Reference = "-"
    kind: Kind = Kind.QUESTION
    received: Timestamp | None = None
    text: UUID | None = None
    channel: NoticeChannel | None = None
    to: tuple[Told, ...] = (Told.PERSON,)
    lead: Offer | None = None
    asked: tuple[Offer, ...] = ()
    silent: bool = False
    rounds: int = 0
    round_version: int = 0
    told: tuple[Notice, ...] = ()
    tasks: tuple[Task, ...] = ()
    reopened: bool = False
    helped_by: OrganisationId | None = None
    helped_at: Timestamp | None = None

    def find(self, notice: UUID) -> Notice | None:
        return next((one for one in self.told if one.notice == notice), None)

    def named(self, handoff: UUID) -> Offer | None:
        """The organisation of a hand-off that leads, led or may lead."""
        return next((one for one in (self.lead, *self.asked) if one is not None and one.handoff == handoff), None)
