"""Gaps: asking for a missing event again, answering such a request, and replaying a stretch by hand."""

import asyncio
from collections.abc import Sequence
from datetime import UTC, datetime

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError
from pydantic import ValidationError

from contracts.events import REPAIRS, RepairRequestedEvent
from contracts.repairs import RepairRequested
from services.platform import ids, metrics
from services.platform.consumer import Records
from services.platform.database import TRANSIENT, Pool
from services.platform.events import CONTENT_TYPE, Emit, outgoing
from services.platform.logging import error_name, log
from services.platform.relay import publish

_ASK_AGAIN_SECONDS = 2.0


class Repair:
    """One service's part: it asks for what it misses and publishes again what others miss."""

    def __init__(self, service: str, source: str, pool: Pool, producer: AIOKafkaProducer) -> None:
        self._service, self._source, self._pool, self._producer = service, source, pool, producer

    async def ask_for_missing(self) -> None:
        """Runs until cancelled; asks again while a gap lasts, and once for what was set aside: it may be mended."""
        mended = True
        while True:
            await asyncio.sleep(_ASK_AGAIN_SECONDS)
            try:
                gaps = await self._pool.fetch(_GAPS, mended)
                metrics.PARKED.labels(self._service).set(sum(gap["parked"] for gap in gaps))
                for gap in gaps:
                    missing = {name: gap[name] for name in ("topic", "key", "first", "last")}
                    await self._ask(RepairRequested.model_validate(missing))
                mended = False
            except (*TRANSIENT, KafkaError) as error:
                log.warning("repair.interrupted", cause=error_name(error))

    async def _ask(self, missing: RepairRequested) -> None:
        now = datetime.now(UTC)
        entry = outgoing(self._source, Emit(REPAIRS, missing), ids.time_ordered(now), 1, now, None)
        await self._producer.send_and_wait(REPAIRS, entry.value, headers=list(CONTENT_TYPE))
        metrics.REPAIRS.labels(self._service).inc()
        log.warning("repair.asked", first=missing.first, last=missing.last)

    async def answer(self, records: Records) -> None:
        """Publish again what our journal has of each request; what is not ours is for another service."""
        for record in records:
            try:
                request = RepairRequestedEvent.model_validate_json(record.value or b"", extra="ignore").data
            except ValidationError:
                continue
            rows = await self._pool.fetch(
                "select number, topic, key, value from journal "
                "where key = $1 and topic = $2 and sequence between $3 and $4 order by number",
                request.key,
                request.topic,
                request.first,
                request.last,
            )
            await publish(self._producer, rows, again=True)


async def replay(pool: Pool, producer: AIOKafkaProducer, *, first: int, last: int, topics: Sequence[str] = ()) -> int:
    """Publish journal entries `first`..`last` again; consumers absorb them. Gives how many.

    Only what was published before: the rest is the relay's, which would not know of it.
    """
    count = 0
    while first <= last:
        rows = await pool.fetch(
            "select number, topic, key, value from journal where number between $1 and $2 "
            "and number <= (select number from relay_cursor) "
            "and number < all (select w.number from relay_waiting w where w.topic = journal.topic) "
            "and (cardinality($3::text[]) = 0 or topic = any($3)) order by number limit 2000",
            first,
            last,
            list(topics),
        )
        if not rows:
            break
        await publish(producer, rows, again=True)
        count += len(rows)
        first = rows[-1]["number"] + 1
    return count


# What was set aside is parked at its own number: there the gap is empty.
_GAPS = """
with gaps as (
  select p.topic, p.key, min(p.sequence) - 1 as last, count(*) as parked,
         coalesce((select (q.seen ->> p.topic)::int from keyed q where q.key = p.key), 0) + 1 as first
    from parked p group by p.topic, p.key
)
select topic, key, first, greatest(first, last) as last, parked
  from gaps where first <= last or ($1 and first = last + 1) order by key limit 200
"""
