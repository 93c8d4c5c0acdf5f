"""What came to the door, and what one transaction of the door gathers before it writes."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import TypeVar
from uuid import UUID

from contracts.quarantine import Fault
from services.intake.admission import AgencyEvent
from services.intake.capacity import Inquiry
from services.intake.store import InboxEntry
from services.intake.views import QuestionView
from services.platform import ids
from services.platform.keyed import Row
from services.platform.quarantine import Refused

T = TypeVar("T")


@dataclass(slots=True)
class Input:
    """One thing that came to the door, and what became of it.

    `stamp`: the record's time, in ms. `twin_of`: the same event, earlier in this batch.
    """

    agency: str
    door: str
    partition: int
    offset: int
    stamp: int
    event: AgencyEvent | None
    faults: list[Fault]
    event_id: str | None = None
    event_source: str | None = None
    question: UUID | None = None
    reply_id: str | None = None
    duplicate: bool = False
    twin_of: "Input | None" = None
    repeat: bool = False
    late: bool = False
    digest: bytes = b""

    @property
    def new(self) -> bool:
        """Nothing is wrong with it and it was not here before."""
        return self.event is not None and not self.faults and not self.duplicate

    @property
    def id(self) -> tuple[str, str]:
        """What a repeat is known by."""
        return sure(self.event).source, sure(self.event).id

    @property
    def place(self) -> UUID:
        """Where it was refused. The record's own time tells a place from the same one in a topic made anew."""
        return ids.derived(self.door, self.partition, self.offset, self.stamp)


@dataclass(slots=True)
class Work:
    """What one transaction gathers before it writes."""

    now: datetime
    rows: dict[UUID, Row[QuestionView]] = field(default_factory=dict)
    inbox: dict[tuple[str, str], InboxEntry] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    inquiries: dict[UUID, Inquiry] = field(default_factory=dict)
    contacts: set[tuple[str, str, UUID]] = field(default_factory=set)

    def view(self, question: UUID) -> QuestionView | None:
        """The question as it stands, with what this transaction did to it so far."""
        row = self.rows.get(question)
        return None if row is None else row.state


def sure(there: T | None) -> T:
    if there is None:
        raise ValueError("is there by now")
    return there
