"""Brings hand-offs into Open Klant and its answers back: visit, then remember and reply in one transaction."""

import asyncio
from datetime import UTC, datetime, timedelta

from contracts.replies import ReplyGiven
from services.klantinteracties.client import Gone, OpenKlantError
from services.klantinteracties.desk import Desk, Visit
from services.klantinteracties.model import Bridge, Said, Task, in_topic, reply_id
from services.klantinteracties.projection import is_closed
from services.klantinteracties.settings import OpenKlant
from services.klantinteracties.store import Due, claim_due, forget_task, put_back, remember_reply
from services.platform import metrics
from services.platform.database import TRANSIENT
from services.platform.events import Emit
from services.platform.keyed import Conflict, KeyedStore, Row
from services.platform.logging import error_name, log
from services.platform.process import Context

_IDLE_SECONDS = 0.25
_AT_ONCE = 10
_LONGEST_WAIT = 300.0
_LONGEST_VISIT_SECONDS = 40
_QUIETEST = 16


def settled(task: Task, visit: Visit) -> Task:
    """The hand-off as it stands now, with what the visit brought. Heard meanwhile stays heard; pure."""
    before = visit.task
    said = None if visit.reading.refused and task.said == before.said else task.said
    notes = tuple(line for line in task.notes if line not in before.notes)
    unchanged = task.version == before.version
    return task.model_copy(
        update={
            "made": visit.made,
            "said": said,
            "notes": notes if visit.made is not None or is_closed(task) else task.notes,
            "reopen": task.reopen and not before.reopen,
            "done": is_closed(task) and unchanged and not notes,
        }
    )


def may_reply(task: Task, visit: Visit) -> bool:
    """A reply names the version we saw: another one by now means look again."""
    return visit.reading.reply is not None and task.version == visit.task.version and not task.waits


class Bridging:
    """Several processes may do this at once: a lease keeps one off what the other visits."""

    def __init__(self, context: Context, store: KeyedStore[Bridge], desk: Desk, settings: OpenKlant) -> None:
        self._pool, self._relay, self._source = context.pool, context.relay, context.source
        self._store, self._desk, self._instance = store, desk, context.settings.instance
        self._agency, self._poll = settings.agency, timedelta(seconds=settings.poll_seconds)

    async def run(self) -> None:
        while True:
            try:
                due = await claim_due(self._pool, _AT_ONCE, self._instance)
            except TRANSIENT as error:
                log.warning("klantinteracties.interrupted", cause=error_name(error))
                due = []
            await asyncio.gather(*map(self._attend, due))
            if not due:
                await asyncio.sleep(_IDLE_SECONDS)

    async def _attend(self, due: Due) -> None:
        """What fails is tried again, and stops no other hand-off. Without a database its lease brings it back."""
        try:
            failure = await self._visit(due)
            if failure is not None:
                metrics.KLANTINTERACTIES.labels("failed").inc()
                log.warning("klantinteracties.failed", agency=self._agency, status=failure.status, cause=failure.cause)
                await put_back(self._pool, due, timedelta(seconds=min(2.0**due.visits, _LONGEST_WAIT)))
        except (*TRANSIENT, Conflict) as error:
            log.warning("klantinteracties.interrupted", cause=error_name(error))

    async def _visit(self, due: Due) -> OpenKlantError | None:
        bridge = await self._known(due)
        task = bridge.find(due.handoff) if bridge else None
        if task is None:
            await forget_task(self._pool, due.handoff)
            return None
        try:
            async with asyncio.timeout(_LONGEST_VISIT_SECONDS):
                visit = await self._desk.visit(task, refused=due.refused)
        except OpenKlantError as failure:
            return failure
        except TimeoutError:
            return OpenKlantError(None, "too-slow")
        except Gone:
            log.warning("klantinteracties.gone", agency=self._agency)
            visit = Visit(task=task, made=None)
        await self._settle(due, visit)
        return None

    async def _known(self, due: Due) -> Bridge | None:
        async with self._pool.acquire() as connection:
            return await self._store.read(connection, due.question)

    async def _settle(self, due: Due, visit: Visit) -> None:
        now = datetime.now(UTC)
        async with self._pool.acquire() as connection, connection.transaction():
            row = (await self._store.lock(connection, [due.question]))[due.question]
            task = row.state.find(due.handoff) if row.state else None
            if row.state is None or task is None:
                return
            after = settled(task, visit)
            event_id = self._say(row, row.state, after, visit, now)
            if event_id is None and after != task:
                row.change(row.state.having(after), (), self._source, now, None)
            await self._store.write(connection, [row])
            if event_id is not None or visit.reading.refused:
                await remember_reply(connection, due.handoff, event_id)
            if after.done:
                await forget_task(connection, due.handoff)
            elif visit.made is None or after != task or event_id is not None:
                await put_back(connection, due, self._poll, news=True)
            else:
                await put_back(connection, due, self._poll * min(2**due.visits, _QUIETEST))
        self._relay.wake()

    def _say(self, row: Row[Bridge], state: Bridge, task: Task, visit: Visit, now: datetime) -> str | None:
        """Put the reply in the journal. Its number is its id, so a repeat is the same event."""
        reply = visit.reading.reply
        if reply is None or not may_reply(task, visit):
            return None
        number = state.replies + 1
        event_id = reply_id(self._agency, state.question, number)
        about = visit.reading.about
        after = task.model_copy(
            update={
                "said": Said(event_id=event_id, version=task.version, action=reply.action, about=about),
                "heard": (*task.heard, about) if about else task.heard,
            }
        )
        given = ReplyGiven(question=state.question, handoff=task.handoff, version=task.version, reply=reply)
        changed = state.having(after).model_copy(update={"replies": number})
        row.change(changed, [Emit(in_topic(self._agency), given)], self._source, now, None)
        metrics.KLANTINTERACTIES.labels("replied").inc()
        return event_id
