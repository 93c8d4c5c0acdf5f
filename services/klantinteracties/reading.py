"""What an interne taak says back, as the one reply that comes next; pure.

One reply at a time: each names the version it saw, and the next waits until the answer to it is in.
"""

from enum import StrEnum
from uuid import UUID

from contracts.base import Contract, Kind
from contracts.contact import ContactAttempt
from contracts.handoffs import HandoffState, Role
from contracts.replies import Accept, Action, Complete, Decline, Receive, Resume, Start
from services.klantinteracties.conventions import Fault, Outcome, Written
from services.klantinteracties.model import Task
from services.klantinteracties.projection import TaskStatus, is_closed

_OFFERED = frozenset({HandoffState.REQUESTED, HandoffState.RECEIVED})
_WORK = Start | Complete | Decline


class ActorKind(StrEnum):
    """Soort actor in Klantinteracties."""

    EMPLOYEE = "medewerker"
    AUTOMATED = "geautomatiseerde_actor"
    UNIT = "organisatorische_eenheid"


class Contact(Contract):
    """A later klantcontact about ours; of it we look at nothing else."""

    uuid: UUID
    reached: bool | None


class Observed(Contract):
    """How the interne taak stands in Open Klant now."""

    status: TaskStatus
    assigned: tuple[ActorKind, ...] = ()
    written: Written = Written()
    contacts: tuple[Contact, ...] = ()


class Reading(Contract):
    """What comes of looking once: at most one reply, and what could not be understood."""

    reply: Action | None = None
    about: str | None = None
    faults: tuple[Fault, ...] = ()
    reopen: bool = False
    refused: bool = False


def read(task: Task, seen: Observed, number: str) -> Reading:
    """Total: whatever stands there, it is a reply, a visible fault, or nothing new."""
    if is_closed(task):
        return Reading()
    outcome, fault = _outcome(task, seen)
    unclear = _unclear(seen)
    faults = (*unclear, fault) if fault is not None and fault not in unclear else unclear
    reply, about = (None, None) if task.waits else _step(task, seen, number, outcome)
    return Reading(reply=reply, about=about, faults=faults, reopen=fault is not None)


def _step(task: Task, seen: Observed, number: str, outcome: Outcome | None) -> tuple[Action | None, str | None]:
    """The next reply, with what must come before it: helping is accepting, and who works no longer waits."""
    reply, about = _news(task, seen, number) or (outcome, None)
    if isinstance(reply, Complete) and task.state in _OFFERED:
        reply, about = Accept(action="accept", receiver_reference=number), "accept"
    elif isinstance(reply, _WORK) and task.state is HandoffState.ON_HOLD:
        reply, about = Resume(action="resume"), f"resume/{task.version}"
    return (None, None) if about in task.heard else (reply, about)


def _news(task: Task, seen: Observed, number: str) -> tuple[Action, str] | None:
    """In the order in which it happened at the desk. What was said before is not said again, also when refused."""
    if task.state is HandoffState.REQUESTED and "receive" not in task.heard:
        return Receive(action="receive", receiver_reference=number), "receive"
    if task.state in _OFFERED and ActorKind.EMPLOYEE in seen.assigned and "accept" not in task.heard:
        return Accept(action="accept", receiver_reference=number), "accept"
    for marked in seen.written.progress:
        if marked.key not in task.heard:
            return marked.reply, marked.key
    for contact in seen.contacts:
        if contact.reached is not None and str(contact.uuid) not in task.heard:
            attempt = ContactAttempt.MADE if contact.reached else ContactAttempt.NOT_REACHED
            return Start(action="start", contact=attempt), str(contact.uuid)
    return None


def _unclear(seen: Observed) -> tuple[Fault, ...]:
    unknown = (Fault.UNKNOWN_CODE,) if seen.written.unknown else ()
    contact = (Fault.CONTACT_UNCLEAR,) if any(one.reached is None for one in seen.contacts) else ()
    return (*unknown, *contact)


def _outcome(task: Task, seen: Observed) -> tuple[Outcome | None, Fault | None]:
    """What a task that is done came to. Until it is `verwerkt`, an outcome that stands there is a draft."""
    if seen.status is not TaskStatus.DONE or task.reopen:
        return None, None
    if seen.written.unknown:
        return None, Fault.UNKNOWN_CODE
    if len(seen.written.outcomes) != 1:
        return None, Fault.SEVERAL_CODES if seen.written.outcomes else Fault.NO_CODE
    outcome = seen.written.outcomes[0]
    if isinstance(outcome, Complete) and _must_be_repaired(task) and not outcome.consequences_repaired:
        return None, Fault.NOT_REPAIRED
    return outcome, None


def _must_be_repaired(task: Task) -> bool:
    """Wrong data is done when the consequences are repaired too (001:622-624)."""
    return task.offer.facts.kind is Kind.WRONG_DATA and task.offer.role is Role.LEAD
