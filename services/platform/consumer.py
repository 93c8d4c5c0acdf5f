"""FastStream at the edge: one batch at a time from Kafka, offsets committed only after the database.

What FastStream would do by default here loses events (acknowledge first, commit past a failure, drop a batch
for one bad header), so: our own parser, `AckPolicy.MANUAL`, explicit offsets, and a handler that never raises
for a record's sake. While a batch runs, a rebalance waits for it.
"""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from itertools import chain
from typing import Any

from aiokafka import ConsumerRebalanceListener, ConsumerRecord, TopicPartition
from aiokafka.coordinator.assignors.range import RangePartitionAssignor
from aiokafka.errors import CommitFailedError, IllegalStateError, KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage

from services.platform import metrics
from services.platform.database import TRANSIENT
from services.platform.keyed import Conflict
from services.platform.logging import error_name, log
from services.platform.settings import Settings
from services.platform.vitals import until_dead

Records = Sequence[ConsumerRecord]
Handle = Callable[[Records], Awaitable[None]]
"""Handles one batch in one transaction. Raises only what a later try may cure."""

_COMMIT_SECONDS, _LONGEST_POLL_MS = 15, 500
_NEW_TOPIC_MS = 10_000  # how long a newly connected agency waits for its door
_BACKOFF_SECONDS = (0.05, 0.1, 0.2, 0.5, 1, 2, 5)


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]  # aiokafka has no type hints
    """One subscription of one service."""

    def __init__(
        self,
        settings: Settings,
        service: str,
        handle: Handle,
        *,
        topics: Sequence[str] = (),
        pattern: str | None = None,
    ) -> None:
        self._settings, self._service, self._handle = settings, service, handle
        self._one_batch = asyncio.Lock()
        self._stopping = self._joined = False
        self.assigned: set[TopicPartition] = set()
        self.busy_since: float | None = None
        self.broker = KafkaBroker(
            settings.kafka_bootstrap_servers,
            logger=None,
            allow_auto_create_topics=False,
            metadata_max_age_ms=_NEW_TOPIC_MS if pattern else 300_000,
            apply_types=False,
            graceful_timeout=30,
        )
        self._subscriber = self.broker.subscriber(
            *topics,
            pattern=pattern,
            group_id=f"gvd.{service}",
            group_instance_id=f"{service}-{settings.instance}",
            batch=True,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.MANUAL,
            listener=self,
            parser=self._parse,
            decoder=_raw,
            partition_assignment_strategy=(RangePartitionAssignor,),
            session_timeout_ms=settings.session_timeout_ms,
            heartbeat_interval_ms=settings.session_timeout_ms // 3,
            rebalance_timeout_ms=60_000,
            fetch_max_wait_ms=100,
            max_partition_fetch_bytes=4 * 1024 * 1024,
        )
        # FastStream's own sleeps after an empty poll: to be quick it would have to poll without end.
        self._subscriber.get_msg = self._next  # type: ignore[method-assign]
        self._subscriber(self._on_batch)

    async def start(self) -> None:
        await self.broker.start()

    async def stop(self) -> None:
        """Let the running batch finish; take no other."""
        self._stopping = True
        await self.broker.stop()

    async def watch(self) -> None:
        """Runs as long as the client lives. One that died would keep its partitions and read nothing."""
        await until_dead(self._kafka)

    @property
    def _kafka(self) -> Any:
        return self._subscriber.consumer

    @property
    def ready(self) -> bool:
        """In the group. A stand-by without partitions is ready too: it takes over when asked."""
        return self._joined

    def alive(self, now: float, limit: float) -> bool:
        """False when a batch does not end, or Kafka is no longer polled; seconds of the monotonic clock."""
        if self.busy_since is not None:
            return now - self.busy_since < limit
        polled = [self._kafka.last_poll_timestamp(place) for place in self.assigned]
        wall = time.time() * 1000
        return all(not at or wall - at < limit * 1000 for at in polled)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        async with self._one_batch:
            self.assigned -= set(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        self.assigned = set(assigned)
        self._joined = True
        log.info("consumer.assigned", records=len(assigned))

    async def _next(self, consumer: Any) -> tuple[ConsumerRecord, ...]:
        """Returns as soon as there is a record, or empty-handed after a while."""
        found = await consumer.getmany(timeout_ms=_LONGEST_POLL_MS, max_records=self._settings.batch_size)
        return tuple(chain.from_iterable(found.values()))

    async def _parse(self, records: tuple[ConsumerRecord, ...]) -> KafkaMessage:
        # FastStream's own parser decodes headers and drops the whole batch when one is not UTF-8.
        return KafkaMessage(raw_message=records, body=b"", consumer=self._kafka)

    async def _on_batch(self, records: Records) -> None:
        async with self._one_batch:
            mine = [r for r in records if TopicPartition(r.topic, r.partition) in self.assigned]
            if mine and await self._until_done(mine):
                await self._commit(mine)

    async def _until_done(self, records: Records) -> bool:
        """Try the batch until it is done: giving up would let a later commit pass over it."""
        self.busy_since = time.monotonic()
        attempt = 0
        while not self._stopping:
            try:
                with metrics.BATCH_SECONDS.labels(self._service).time():
                    await self._handle(records)
            except (*TRANSIENT, Conflict, KafkaError) as error:
                metrics.BATCH_RETRIES.labels(self._service, type(error).__name__).inc()
                log.warning("batch.retry", cause=error_name(error), attempt=attempt)
                await asyncio.sleep(_BACKOFF_SECONDS[min(attempt, len(_BACKOFF_SECONDS) - 1)])
                attempt += 1
            except Exception as error:  # noqa: BLE001 - a bug must stop the partition, not lose the batch
                log.error("batch.failed", cause=error_name(error), attempt=attempt)
                await asyncio.sleep(_BACKOFF_SECONDS[-1])
                attempt += 1
            else:
                self.busy_since = None
                return True
        return False

    async def _commit(self, records: Records) -> None:
        offsets: dict[TopicPartition, int] = {}
        for record in records:
            offsets[TopicPartition(record.topic, record.partition)] = record.offset + 1
        try:
            async with asyncio.timeout(_COMMIT_SECONDS):
                await self._kafka.commit(offsets)
        except (CommitFailedError, IllegalStateError, KafkaError, TimeoutError) as error:
            # The partition moved or the broker is away: the repeat will be recognised.
            log.warning("commit.failed", cause=error_name(error))


async def _raw(message: KafkaMessage) -> Any:
    return message.raw_message
