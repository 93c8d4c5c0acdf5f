"""Works the queue: fetches the address, sends, and says that it was sent.

Killed between sending and marking, the same notice goes out again under the same key, and the port recognises it.
Sent, refused for good, or tried too long: the line leaves the queue in the transaction that says what became of it.
"""

import asyncio
import random
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from contracts.events import NOTICES
from contracts.notices import NoticeChannel, NoticeSent, NoticeUndeliverable
from services.notices.addresses import Addresses, NoAddress, NotNow
from services.notices.model import Followed, Notice, Status
from services.notices.ports import Message, Port, Undeliverable
from services.notices.words import Texts
from services.platform import metrics
from services.platform.database import TRANSIENT, Pool
from services.platform.events import Emit
from services.platform.keyed import Conflict, KeyedStore
from services.platform.logging import error_name, log
from services.platform.relay import Relay

_IDLE_SECONDS = 0.25
_AT_ONCE = 20
_LEASE = timedelta(seconds=120)
_LONGEST_SEND_SECONDS = 60
_FIRST_WAIT, _LONGEST_WAIT = 1.0, 900.0
MOST_TRIES = 14
"""A little over an hour; then the desk tells them, because waiting longer helps the person less (Awb 2:11)."""


@dataclass(frozen=True, slots=True)
class Due:
    """One line of the queue."""

    position: int
    notice: UUID
    question: UUID
    attempts: int


class Sender:
    """Sends until cancelled. A lease keeps a second process off what this one is sending."""

    def __init__(
        self,
        pool: Pool,
        store: KeyedStore[Followed],
        relay: Relay,
        source: str,
        texts: Texts,
        addresses: Addresses,
        ports: Mapping[NoticeChannel, Port],
    ) -> None:
        self._pool, self._store, self._relay, self._source = pool, store, relay, source
        self._texts, self._addresses, self._ports = texts, addresses, ports

    async def run(self) -> None:
        while True:
            try:
                sent = await self.work()
            except TRANSIENT as error:
                log.warning("notices.interrupted", cause=error_name(error))
                sent = 0
            if not sent:
                await asyncio.sleep(_IDLE_SECONDS)

    async def work(self) -> int:
        """One round; how many lines were taken in hand."""
        due = [Due(**dict(row)) for row in await self._pool.fetch(_CLAIM, _LEASE, _AT_ONCE)]
        await asyncio.gather(*(self._take(one) for one in due))
        return len(due)

    async def _take(self, due: Due) -> None:
        try:
            await self._bring(due)
        except (*TRANSIENT, Conflict) as error:  # what came of it is not known: when the lease is over it is sent again
            log.warning("notices.interrupted", cause=error_name(error))
        except Exception as error:  # noqa: BLE001 - whatever it is, the others are told; the lease brings this one back
            log.error("notice.failed", cause=error_name(error), attempt=due.attempts)

    async def _bring(self, due: Due) -> None:
        state = await self._store.read(self._pool, due.question)
        notice = state.find(due.notice) if state else None
        if state is None or notice is None or notice.status is not Status.QUEUED:
            await self._pool.execute("delete from queue where position = $1", due.position)
            return
        try:
            async with asyncio.timeout(_LONGEST_SEND_SECONDS):
                await self._send(state, notice)
        except (NoAddress, Undeliverable) as error:
            await self._settle(due, error.reason)
        except Exception as error:  # noqa: BLE001 - NotNow, the network, or a fault of ours: later, and in the end the desk
            await self._later(due, error)
        else:
            await self._settle(due, None)

    async def _send(self, state: Followed, notice: Notice) -> None:
        channel = state.channel
        port = self._ports.get(channel) if channel else None
        if port is None or channel is None:
            raise Undeliverable("no-port")
        if state.text is None:
            raise NoAddress("no-address")
        address = await self._addresses.find(state.text, state.question, channel, notice.to)
        template = self._texts.of(notice.kind)
        await port.send(
            Message(
                key=notice.notice,
                channel=channel,
                kind=notice.kind,
                address=address,
                subject=template.subject(notice.fields),
                text=template.text(notice.fields),
                short=template.short(notice.fields),
                fields=notice.fields,
                at=notice.at,
            )
        )

    async def _later(self, due: Due, error: Exception) -> None:
        cause = error.cause if isinstance(error, NotNow) else error_name(error)
        log.warning("notice.later", cause=cause, attempt=due.attempts)
        metrics.NOTICES.labels("later").inc()
        if due.attempts + 1 >= MOST_TRIES:
            await self._settle(due, "not-working")
            return
        await self._pool.execute(
            "update queue set attempts = attempts + 1, due_at = $2 where position = $1",
            due.position,
            datetime.now(UTC) + timedelta(seconds=wait_before(due.attempts)),
        )

    async def _settle(self, due: Due, reason: str | None) -> None:
        """What became of it, said once: another process may have been quicker."""
        now = datetime.now(UTC)
        async with self._pool.acquire() as connection, connection.transaction():
            row = (await self._store.lock(connection, [due.question]))[due.question]
            notice = row.state.find(due.notice) if row.state else None
            if row.state is not None and notice is not None and notice.status is Status.QUEUED:
                status = Status.SENT if reason is None else Status.UNDELIVERABLE
                emit = Emit(NOTICES, self._outcome(row.state, notice, reason, now))
                row.change(settled(row.state, notice, status), [emit], self._source, now, None)
                await self._store.write(connection, [row])
            await connection.execute("delete from queue where position = $1", due.position)
        metrics.NOTICES.labels("sent" if reason is None else "undeliverable").inc()
        self._relay.wake()

    def _outcome(
        self, state: Followed, notice: Notice, reason: str | None, now: datetime
    ) -> NoticeSent | NoticeUndeliverable:
        common = {
            "notice": notice.notice,
            "question": state.question,
            "kind": notice.kind,
            "channel": state.channel,
            "to": notice.to,
            "at": now,
        }
        if reason is None:
            return NoticeSent(**common)
        return NoticeUndeliverable(
            **common,
            follower=state.follower,
            reference=state.reference,
            reason=reason,
            words=self._texts.of(notice.kind).text(notice.fields),
        )


def settled(state: Followed, notice: Notice, status: Status) -> Followed:
    """The fields are kept no longer than it takes to say them."""
    after = notice.model_copy(update={"status": status, "fields": {}})
    return state.model_copy(update={"told": tuple(after if one is notice else one for one in state.told)})


def wait_before(attempt: int) -> float:
    """Seconds until the next try: doubling, capped, with jitter."""
    return min(_FIRST_WAIT * 2.0**attempt, _LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter


# Per question only the oldest, so that what happened first is told first.
_CLAIM = """
with head as (
  select distinct on (question) position, due_at from queue order by question, position
), due as (
  select q.position from queue q join head h using (position)
   where q.due_at <= now() order by q.due_at limit $2 for update of q skip locked
)
update queue q set due_at = now() + $1 from due where q.position = due.position
returning q.position, q.notice, q.question, q.attempts
"""
