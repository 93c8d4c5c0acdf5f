"""What each event on the agency's out-topic means for its tasks in Open Klant; pure.

Both tables are total: `STATES` over every state of a hand-off, `EVENTS` over every event of the out-topic.
"""

from collections.abc import Callable
from datetime import datetime
from enum import StrEnum
from functools import reduce
from operator import or_
from typing import Annotated, Any

from pydantic import Field

from contracts.base import Contract
from contracts.events import (
    CapacityInquiredEvent,
    CapacityKnownEvent,
    ClockBreachedEvent,
    ClockRemindedEvent,
    ContactPersonNamedEvent,
    Envelope,
    HandoffChangedEvent,
    HandoffRequestedEvent,
    InputQuarantinedEvent,
    NoticeToTellEvent,
    NoticeUndeliverableEvent,
    OverviewMadeEvent,
    QuestionAskingEvent,
    QuestionEndedEvent,
    QuestionHandedOverEvent,
    QuestionMergedEvent,
    QuestionReopenedEvent,
    QuestionRepeatedEvent,
    QuestionReturnedEvent,
    QuestionTriagedEvent,
    ReplyRefusedEvent,
)
from contracts.following import ContactPersonNamed, QuestionHandedOver, QuestionRepeated
from contracts.handoffs import (
    ClockBreached,
    ClockReminded,
    HandoffChanged,
    HandoffRequested,
    HandoffState,
    ReplyRefused,
)
from contracts.quarantine import InputQuarantined
from services.klantinteracties.conventions import FAULT_LINES, Fault
from services.klantinteracties.model import Bridge, Task
from services.klantinteracties.wording import fault_line, note_line
from services.platform.batch import Change


class TaskStatus(StrEnum):
    """The two statuses Klantinteracties has."""

    TO_DO = "te_verwerken"
    DONE = "verwerkt"


class Projected(Contract):
    """How a state of a hand-off looks in Open Klant. The note is for who did not cause it."""

    status: TaskStatus
    note: str


_TO_DO, _DONE = TaskStatus.TO_DO, TaskStatus.DONE

STATES: dict[HandoffState, Projected] = {
    HandoffState.REQUESTED: Projected(status=_TO_DO, note="De overdracht is aangeboden."),
    HandoffState.RECEIVED: Projected(status=_TO_DO, note="De overdracht is ontvangen."),
    HandoffState.ACCEPTED: Projected(status=_TO_DO, note="De overdracht is aangenomen."),
    HandoffState.IN_PROGRESS: Projected(status=_TO_DO, note="Er wordt aan gewerkt."),
    HandoffState.ON_HOLD: Projected(status=_TO_DO, note="De overdracht wacht."),
    HandoffState.CANCELLATION_REQUESTED: Projected(
        status=_TO_DO, note="De verwijzer vraagt om te stoppen. Kies: gestopt, bijna-klaar of persoon-wil-door."
    ),
    HandoffState.COMPLETED: Projected(status=_DONE, note="De overdracht is afgerond."),
    HandoffState.DECLINED: Projected(status=_DONE, note="De overdracht is geweigerd."),
    HandoffState.EXPIRED: Projected(status=_DONE, note="Er kwam niet op tijd een reactie. De vraag gaat naar anderen."),
    HandoffState.NOT_SELECTED: Projected(status=_DONE, note="Een andere organisatie helpt. U hoeft niets te doen."),
    HandoffState.WITHDRAWN: Projected(status=_DONE, note="De overdracht is ingetrokken. U hoeft niets meer te doen."),
    HandoffState.FAILED: Projected(status=_DONE, note="Het is hier niet gelukt. De vraag gaat naar anderen."),
    HandoffState.ENTERED_IN_ERROR: Projected(status=_DONE, note="Dit was een vergissing. U hoeft niets te doen."),
}
"""Refused, expired and withdrawn have no status of their own in Klantinteracties: the note tells them apart."""

EVENTS: dict[type[Envelope], str] = {
    HandoffRequestedEvent: "a klantcontact and an interne taak, if it is offered to this agency",
    HandoffChangedEvent: "status of the interne taak, and a note",
    ClockRemindedEvent: "a note on the interne taak",
    ClockBreachedEvent: "a note on the interne taak",
    QuestionRepeatedEvent: "a note on the interne taak",
    QuestionHandedOverEvent: "a note on the interne taak",
    ReplyRefusedEvent: "a fault on the interne taak; what was stale is said again",
    InputQuarantinedEvent: "a fault on the interne taak our reply was about",
    QuestionTriagedEvent: "nothing: for a triage desk and for who asked",
    QuestionAskingEvent: "nothing: for who asked",
    QuestionReturnedEvent: "nothing: for who asked",
    QuestionEndedEvent: "nothing: for who asked; the hand-off itself closes the task",
    QuestionReopenedEvent: "nothing: a new hand-off follows, which becomes a new task",
    QuestionMergedEvent: "nothing: for who asked; the hand-off itself closes the task",
    ContactPersonNamedEvent: "a note on the interne taak",
    NoticeToTellEvent: "nothing: for who asked",
    NoticeUndeliverableEvent: "nothing: for who asked",
    OverviewMadeEvent: "nothing: what is open is in Open Klant",
    CapacityInquiredEvent: "nothing: it is about nobody; answered over HTTP",
    CapacityKnownEvent: "nothing: for who asked",
}
"""Per event what is done with it, or why nothing. Questions of the agency itself do not run through Open Klant."""

OUT_EVENT: Any = Annotated[reduce(or_, EVENTS), Field(discriminator="type")]
"""How the out-topic is read: exactly the events of the table above."""

_AGAIN = frozenset({"stale-version", "not-yet"})
_OVER = frozenset({"closed"})
CLOSING = frozenset({"complete", "decline", "fail", "confirm-cancellation"})

Fold = Callable[[Bridge | None, Envelope, datetime], Change[Bridge] | None]


def projected(task: Task) -> Projected:
    return STATES[task.state]


def is_closed(task: Task) -> bool:
    return projected(task).status is TaskStatus.DONE


def fold_for(agency: str) -> Fold:
    """The fold over `gvd.out.<agency>`. It says nothing itself: replies come of what Open Klant shows."""

    def fold(state: Bridge | None, event: Envelope, _: datetime) -> Change[Bridge] | None:
        data: Contract = event.data  # type: ignore[attr-defined]  # every event class has it
        if isinstance(data, InputQuarantined):
            return Change(Bridge(question=data.quarantine, refused_event=data.event_id)) if data.event_id else None
        if isinstance(data, HandoffRequested):
            return _offered(state, data) if data.receiver == agency else None
        if state is None:
            return None
        after = state
        for task in _concerned(state, data):
            after = after.having(_after(task, data, agency))
        return Change(after) if after != state else None

    return fold


def _offered(state: Bridge | None, offer: HandoffRequested) -> Change[Bridge] | None:
    state = state or Bridge(question=offer.question)
    if state.find(offer.handoff) is not None:
        return None
    return Change(state.having(Task(offer=offer, version=offer.version, state=HandoffState.REQUESTED)))


def _concerned(state: Bridge, data: Contract) -> list[Task]:
    """One hand-off, or, for what is about the question, all that are open here."""
    if isinstance(data, QuestionRepeated | QuestionHandedOver | ContactPersonNamed):
        return [task for task in state.tasks if not is_closed(task)]
    task = state.find(getattr(data, "handoff", None))
    return [task] if task else []


def _after(task: Task, data: Contract, agency: str) -> Task:
    match data:
        case HandoffChanged():
            return _moved(task, data, agency)
        case ClockReminded() | ClockBreached() if data.holder == agency:
            return _noted(task, _clock_line(data))
        case QuestionRepeated():
            return _noted(task, note_line(data.at, "De persoon kwam opnieuw met deze vraag."))
        case QuestionHandedOver():
            return _noted(task, note_line(data.at, f"Verwijzer is nu {data.follower}, kenmerk {data.reference}."))
        case ContactPersonNamed():
            known = f"{data.person.organisation}, {data.person.reference}"
            return _noted(task, note_line(data.at, f"Vaste contactpersoon is nu {known}."))
        case ReplyRefused() if data.by == agency:
            return _refused(task, data)
        case _:
            return task


def _moved(task: Task, change: HandoffChanged, agency: str) -> Task:
    if change.version <= task.version:
        return task
    ours = task.said is not None and change.by == agency and change.version == task.said.version + 1
    heard = task.heard if ours or task.said is None else _unsaid(task)  # ours on the road is stale now
    update = {"version": change.version, "state": change.state, "changed_at": change.at, "said": None, "heard": heard}
    after = task.model_copy(update=update)
    return after if ours else _noted(after, note_line(change.at, STATES[change.state].note))


def _unsaid(task: Task) -> tuple[str, ...]:
    """What was heard, without what our last reply was about: it is to be said again."""
    return tuple(one for one in task.heard if task.said is None or one != task.said.about)


def _clock_line(data: ClockReminded | ClockBreached) -> str:
    if isinstance(data, ClockBreached):
        return note_line(data.due_at, "De termijn is verstreken.")
    return note_line(data.due_at, "Dit is de termijn; hij loopt af." if data.step != "next-step" else "Veel te laat.")


def _refused(task: Task, refusal: ReplyRefused) -> Task:
    said = task.said
    if said is None or said.event_id != refusal.event_id or refusal.reason in _OVER:
        return task
    if refusal.reason in _AGAIN:
        return task.model_copy(update={"said": None, "heard": _unsaid(task)})
    line = fault_line(f"{FAULT_LINES[Fault.REFUSED]} ({refusal.reason}).")
    after = task.model_copy(update={"said": None, "reopen": task.reopen or said.action in CLOSING})
    return _noted(after, line)


def _noted(task: Task, line: str) -> Task:
    return task if line in task.notes else task.model_copy(update={"notes": (*task.notes, line)})
