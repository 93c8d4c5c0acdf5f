"""Who is to be told of what; pure."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.base import Contract
from contracts.capacity import CapacityInquired, CapacityKnown
from contracts.events import OUT_PREFIX, Envelope
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
from contracts.notices import NoticeToTell, NoticeUndeliverable, OverviewMade
from contracts.quarantine import InputQuarantined
from services.platform.batch import Change
from services.platform.events import Emit


class Delivered(Contract):
    """What delivery remembers of one question: nothing but that it exists. The numbering is kept beside it."""

    question: UUID


#: Which attributes name the organisations an event concerns, receiver first. Who is, or was, the fixed contact person
#: must know it: the citizen calls them (R-29).
_CONCERNED: dict[type[Contract], tuple[str, ...]] = {
    HandoffRequested: ("receiver", "follower"),
    HandoffChanged: ("receiver", "follower"),
    QuestionTriaged: ("holder", "follower"),
    QuestionAsking: ("follower",),
    QuestionReturned: ("follower",),
    QuestionEnded: ("follower", "desk"),
    QuestionReopened: ("follower", "by"),
    QuestionMerged: ("follower",),
    QuestionRepeated: ("holder", "follower"),
    QuestionHandedOver: ("follower", "previous", "holder"),
    ContactPersonNamed: ("person.organisation", "previous.organisation", "holder", "follower", "by"),
    ReplyRefused: ("by",),
    ClockBreached: ("holder", "follower"),
    ClockReminded: ("holder", "follower", "desk"),
    NoticeToTell: ("follower",),
    NoticeUndeliverable: ("follower",),
    OverviewMade: ("agency",),
    CapacityInquired: ("organisation", "by"),
    CapacityKnown: ("by",),
    InputQuarantined: ("agency",),
}


def recipients(data: Contract) -> list[str]:
    """The organisations an event concerns. Total over everything on the inner topics."""
    named = (_at(data, attribute) for attribute in _CONCERNED.get(type(data), ()))
    return list(dict.fromkeys(agency for agency in named if agency))


def _at(data: Any, path: str) -> Any:
    """Empty where nothing is on the way there."""
    for name in path.split("."):
        data = None if data is None else getattr(data, name)
    return data


def fold_for(
    connected: Callable[[str], bool],
) -> Callable[[Delivered | None, Envelope, datetime], Change[Delivered] | None]:
    """The fold over what concerns agencies; only connected organisations have an out-topic."""

    def fold(state: Delivered | None, event: Envelope, _: datetime) -> Change[Delivered] | None:
        data: Contract = event.data  # type: ignore[attr-defined]  # every event class has it
        emits = tuple(Emit(out_topic(agency), data) for agency in _reachable(recipients(data), connected))
        if not emits:
            return None
        return Change(state or Delivered(question=UUID(event.subject)), emits)

    return fold


def out_topic(agency: str) -> str:
    return f"{OUT_PREFIX}{agency}"


def _reachable(agencies: Iterable[str], connected: Callable[[str], bool]) -> list[str]:
    return [agency for agency in agencies if connected(agency)]
