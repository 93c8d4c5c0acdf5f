"""One visit to Open Klant for one hand-off: make what is not there, look, write what is to be seen there.

Every step may be done twice: what is made is found again by a number derived from the hand-off, and a line is written
once. So a crash at any point is repaired by the next visit.
"""

from collections.abc import Sequence
from uuid import UUID

from contracts.base import Contract
from services.klantinteracties.client import Client, OpenKlantError, TaskFound
from services.klantinteracties.conventions import Fault, read_codes
from services.klantinteracties.model import Made, Task
from services.klantinteracties.projection import CLOSING, TaskStatus, is_closed
from services.klantinteracties.reading import ActorKind, Contact, Observed, Reading, read
from services.klantinteracties.wording import (
    instant,
    interne_taak,
    is_fault,
    klantcontact,
    line_of,
    number_of,
    with_lines,
)
from services.platform import metrics
from services.platform.logging import log

_NUMBERS = 8
_ACTORS_REMEMBERED = 10_000


class Visit(Contract):
    """What came of it. `task` is how the hand-off stood when we went."""

    task: Task
    made: Made | None
    reading: Reading = Reading()


class Desk:
    """The agency's side: holds nothing but which actors are people."""

    def __init__(self, client: Client, actor: UUID, agency: str) -> None:
        self._client, self._actor, self._agency = client, actor, agency
        self._kinds: dict[UUID, ActorKind] = {}

    async def visit(self, task: Task, *, refused: bool) -> Visit:
        """Raises OpenKlantError, and Gone when the task was deleted there."""
        made = task.made or await self._make(task)
        if made is None:
            return Visit(task=task, made=None)
        found = await self._client.task(made.internetaak)
        reading = read(task, await self._observe(task, found, made), made.number) if not is_closed(task) else Reading()
        if refused and task.said is not None:
            faults = (*reading.faults, Fault.REFUSED_AT_THE_DOOR)
            reopen = reading.reopen or task.said.action in CLOSING
            reading = reading.model_copy(update={"faults": faults, "reopen": reopen, "refused": True})
        await self._write(task, found, reading)
        return Visit(task=task, made=made, reading=reading)

    async def _make(self, task: Task) -> Made | None:
        """Find before create. A hand-off that is over already is only found: nobody needs a new task for it."""
        contact = await self._contact(task)
        if contact is None:
            return None
        for number in _numbers(task):
            found = await self._client.task_numbered(number)
            if found is None and is_closed(task):
                return None
            if found is None:
                body = interne_taak(task.offer, number, contact, self._actor)
                made = await self._client.create_task(body)
                metrics.KLANTINTERACTIES.labels("created").inc()
                return Made(klantcontact=contact, internetaak=made, number=number)
            if found.aanleidinggevend_klantcontact.uuid == contact:
                metrics.KLANTINTERACTIES.labels("found").inc()
                return Made(klantcontact=contact, internetaak=found.uuid, number=number)
        raise OpenKlantError(None, "no-number-left")

    async def _contact(self, task: Task) -> UUID | None:
        for number in _numbers(task):
            found = await self._client.contact_numbered(number)
            if found is None:
                return None if is_closed(task) else await self._client.create_contact(klantcontact(task.offer, number))
            if found.is_of(task.handoff):
                return found.uuid
        raise OpenKlantError(None, "no-number-left")

    async def _observe(self, task: Task, found: TaskFound, made: Made) -> Observed:
        assigned = [await self._kind(link.uuid) for link in found.toegewezen_aan_actoren if link.uuid != self._actor]
        contacts = await self._client.contacts_about(made.klantcontact, task.heard)
        return Observed(
            status=found.status,
            assigned=tuple(assigned),
            written=read_codes(found.toelichting),
            contacts=tuple(Contact(uuid=one.uuid, reached=one.indicatie_contact_gelukt) for one in contacts),
        )

    async def _kind(self, actor: UUID) -> ActorKind:
        """An actor does not change its kind."""
        if actor not in self._kinds:
            if len(self._kinds) >= _ACTORS_REMEMBERED:
                self._kinds.clear()
            self._kinds[actor] = await self._client.actor_kind(actor)
        return self._kinds[actor]

    async def _write(self, task: Task, found: TaskFound, reading: Reading) -> None:
        """Only what differs. Open Klant knows no version: what somebody typed since we looked would be lost."""
        body: dict[str, object] = {}
        text = with_lines(found.toelichting, (*task.notes, *map(line_of, reading.faults)))
        if text is not None:
            body["toelichting"] = text
            refused = (Fault.REFUSED,) if any(is_fault(line) for line in task.notes) else ()
            self._report(found, (*reading.faults, *refused))
        if is_closed(task) and found.status is not TaskStatus.DONE:
            body["status"] = TaskStatus.DONE.value
            if task.changed_at is not None:
                body["afgehandeldOp"] = instant(task.changed_at)
        elif (reading.reopen or task.reopen) and not is_closed(task) and found.status is TaskStatus.DONE:
            body["status"] = TaskStatus.TO_DO.value
        if body:
            await self._client.change_task(found.uuid, body)

    def _report(self, found: TaskFound, faults: Sequence[Fault]) -> None:
        for fault in faults:
            if line_of(fault) not in found.toelichting.splitlines():
                metrics.KLANTINTERACTIES.labels("not-understood").inc()
                log.warning("klantinteracties.not_understood", agency=self._agency, cause=fault.value)


def _numbers(task: Task) -> list[str]:
    """More than one, since others number their tasks too."""
    return [number_of(task.handoff, attempt) for attempt in range(_NUMBERS)]
