"""A service's inner topics: from Kafka records through the batch protocol."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from contracts.base import Contract
from services.platform import metrics
from services.platform.batch import Batch, Before, Extra, Fold, nothing_before, nothing_more
from services.platform.consumer import Records
from services.platform.events import Incoming, Reader
from services.platform.keyed import KeyedStore
from services.platform.logging import log
from services.platform.process import Context
from services.platform.quarantine import Refused, poison, store_refused

S = TypeVar("S", bound=Contract)


class Inner(Generic[S]):
    """Reads batches of inner events, folds them, wakes the relay, and logs one line."""

    def __init__(
        self,
        context: Context,
        store: KeyedStore[S],
        fold: Fold[S],
        wanted: Mapping[str, Any],
        extra: Extra[S] = nothing_more,
        before: Before = nothing_before,
    ) -> None:
        self._service, self._pool, self._relay = context.service, context.pool, context.relay
        self._readers = {topic: Reader(events) for topic, events in wanted.items()}
        self._batch = Batch(store, fold, self._read, context.source, extra, before)

    async def handle(self, records: Records) -> None:
        now = datetime.now(UTC)
        events, refused = self._sort(records, now)
        if refused:
            async with self._pool.acquire() as connection:
                await store_refused(connection, refused)
        tally = await self._batch.run(self._pool, events, now)
        self._relay.wake()
        self._count(records, tally.folded, tally.repeats, tally.parked, len(refused))
        log.info(
            "batch",
            records=len(records),
            folded=tally.folded,
            repeats=tally.repeats,
            parked=tally.parked,
            quarantined=len(refused),
            emitted=tally.emitted,
            milliseconds=round((datetime.now(UTC) - now).total_seconds() * 1000, 1),
        )

    def _read(self, topic: str, value: bytes) -> Incoming:
        return self._readers[topic].read(topic, value)

    def _sort(self, records: Records, now: datetime) -> tuple[list[Incoming], list[Refused]]:
        events: list[Incoming] = []
        refused: list[Refused] = []
        for record in records:
            try:
                events.append(self._read(record.topic, record.value or b""))
            except ValueError:
                refused.append(poison(record, now))
        return events, refused

    def _count(self, records: Records, folded: int, repeats: int, parked: int, poison: int) -> None:
        topic = records[0].topic
        for result, count in (
            ("folded", folded),
            ("repeat", repeats),
            ("parked", parked),
            ("quarantined", poison),
        ):
            if count:
                metrics.RECORDS.labels(self._service, topic, result).inc(count)
