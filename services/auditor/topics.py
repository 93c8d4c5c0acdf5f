"""Kafka, looked at from outside: no group of our own, nothing committed, up to where the log ended when we came."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager

from aiokafka import AIOKafkaConsumer, ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import GroupCoordinatorNotAvailableError, NotCoordinatorForGroupError

from services.platform.settings import Settings

PREFIX = "gvd."
_AT_ONCE = 5_000
_PATIENCE_SECONDS = 30.0

Bounds = dict[TopicPartition, tuple[int, int]]
"""Of each partition the first offset still there and the first one after our arrival."""

Committed = dict[TopicPartition, int]


class Topics:
    """All topics of this system."""

    def __init__(self, admin: AIOKafkaAdminClient, consumer: AIOKafkaConsumer) -> None:
        self._admin, self._consumer = admin, consumer

    async def bounds(self, prefix: str = PREFIX) -> Bounds:
        names = [name for name in await self._admin.list_topics() if name.startswith(prefix)]
        described = await self._admin.describe_topics(names) if names else []
        places = [TopicPartition(one["topic"], part["partition"]) for one in described for part in one["partitions"]]
        if not places:
            return {}
        self._consumer.assign(places)  # so that it asks once where they all are, not for each in turn
        first = await self._consumer.beginning_offsets(places)
        end = await self._consumer.end_offsets(places)
        return {place: (first[place], end[place]) for place in places}

    async def committed(self, group: str) -> Committed:
        """A cluster in which nobody ever committed first has to make the topic for it."""
        until = time.monotonic() + _PATIENCE_SECONDS
        while True:
            try:
                found = await self._admin.list_consumer_group_offsets(group)
            except (GroupCoordinatorNotAvailableError, NotCoordinatorForGroupError):
                if time.monotonic() > until:
                    raise
                await asyncio.sleep(0.1)
            else:
                return {place: one.offset for place, one in found.items()}

    async def read(self, bounds: Bounds) -> AsyncIterator[Sequence[ConsumerRecord]]:
        """Every record within the bounds, in the order of each partition."""
        left = {place: end for place, (first, end) in bounds.items() if first < end}
        if not left:
            return
        self._consumer.assign(list(left))
        for place in left:
            self._consumer.seek(place, bounds[place][0])
        while left:
            yield await self._next(left)
            for place in await self._done(left):
                del left[place]
                self._consumer.pause(place)

    async def _next(self, left: dict[TopicPartition, int]) -> list[ConsumerRecord]:
        batches = await asyncio.wait_for(
            self._consumer.getmany(*left, timeout_ms=500, max_records=_AT_ONCE), _PATIENCE_SECONDS
        )
        return [record for place, batch in batches.items() for record in batch if record.offset < left[place]]

    async def _done(self, left: dict[TopicPartition, int]) -> Iterable[TopicPartition]:
        return [place for place, end in left.items() if await self._consumer.position(place) >= end]


@asynccontextmanager
async def open_topics(settings: Settings) -> AsyncIterator[Topics]:
    servers = settings.kafka_bootstrap_servers
    admin = AIOKafkaAdminClient(bootstrap_servers=servers)
    consumer = AIOKafkaConsumer(
        bootstrap_servers=servers, group_id=None, enable_auto_commit=False, fetch_max_wait_ms=100, check_crcs=True
    )
    try:
        await admin.start()
        await consumer.start()
        yield Topics(admin, consumer)
    finally:
        await consumer.stop()
        await admin.close()
