"""The relay: publishes the journal to Kafka in order, one active relay per service.

Journal numbers have no gaps and are in commit order (`keyed.py`), so a cursor misses nothing. A relay that
takes over first looks at what its predecessor already published after the cursor, so that a kill between
sending and moving it gives no copy on the wire. Consumers of ours would drop one anyway; agencies might not.
"""

import asyncio
from collections.abc import Coroutine, Mapping, Sequence
from typing import Any, TypeVar

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError
from aiokafka.producer.message_accumulator import BatchBuilder

from services.platform import metrics
from services.platform.database import TRANSIENT, connect
from services.platform.events import CONTENT_TYPE
from services.platform.logging import error_name, log
from services.platform.lookback import AGAIN, NUMBER, Sent, sent_since
from services.platform.settings import Settings
from services.platform.vitals import alive_while
from services.platform.waiting import Waiting, lacking

_BATCH = 2_000
_IDLE_SECONDS, _LONGEST_IDLE_SECONDS = 0.02, 0.1
_RETRY_SECONDS = 0.5

T = TypeVar("T")


class Relay:
    """Runs until cancelled; stands by while another process of the same service is the active relay."""

    def __init__(self, settings: Settings, schema: str) -> None:
        self._settings, self._schema = settings, schema
        self._more = asyncio.Event()
        self.active = False

    def wake(self) -> None:
        """Something was committed: do not wait for the next poll."""
        self._more.set()

    async def run(self) -> None:
        while True:
            try:
                await self._stand_by()
            except (*TRANSIENT, KafkaError) as error:
                self.active = False
                metrics.RELAY_ERRORS.labels(self._schema).inc()
                log.warning("relay.interrupted", cause=error_name(error))
                await asyncio.sleep(_RETRY_SECONDS)

    async def _stand_by(self) -> None:
        connection = await connect(self._settings, self._schema)
        try:
            while not await connection.fetchval(  # noqa: ASYNC110 - the holder is another process
                "select pg_try_advisory_lock(hashtext($1))", self._lock
            ):
                await asyncio.sleep(_RETRY_SECONDS)
            producer = new_producer(self._settings)
            await self._not_silent(connection, producer.start())
            self.active = True
            try:
                await alive_while(self._publish_all(connection, producer), producer)
            finally:
                self.active = False
                await producer.stop()
        finally:
            connection.terminate()

    @property
    def _lock(self) -> str:
        return f"gvd-relay-{self._schema}"

    async def _not_silent(self, connection: asyncpg.Connection, work: Coroutine[Any, Any, T]) -> T:
        """What the work on Kafka gives, however long it takes. Only a frozen process is silent, and loses the lock."""
        working = asyncio.ensure_future(work)
        try:
            while not (await asyncio.wait([working], timeout=self._settings.session_timeout_ms / 3_000))[0]:
                await connection.fetchval("select number from relay_cursor")
            return working.result()
        finally:
            working.cancel()
            await asyncio.gather(working, return_exceptions=True)

    async def _publish_all(self, connection: asyncpg.Connection, producer: AIOKafkaProducer) -> None:
        waiting = Waiting(connection, self._schema)
        try:
            await self._follow_journal(connection, producer, waiting)
        finally:
            waiting.forget()

    async def _follow_journal(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer, waiting: Waiting
    ) -> None:
        cursor = await connection.fetchval("select number from relay_cursor")
        topics = await connection.fetch("select distinct topic from journal where number > $1", cursor)
        before = {row["topic"]: cursor for row in topics} | await waiting.read()
        sent = await self._not_silent(connection, self._already_published(before))
        log.info("relay.active", number=cursor)
        idle = _IDLE_SECONDS
        while True:
            self._more.clear()
            if waiting.due():
                await self._catch_up(connection, producer, waiting, cursor, sent)
            rows = await connection.fetch(_NEXT, cursor, _BATCH)
            if not rows:
                await self._wait(idle)
                idle = min(idle * 1.2, _LONGEST_IDLE_SECONDS)
                continue
            idle = _IDLE_SECONDS
            wanted = {row["topic"] for row in rows} - waiting.topics
            await waiting.begin(rows, await self._not_silent(connection, lacking(producer, wanted)))
            ready = [row for row in rows if row["topic"] not in waiting.topics]
            await self._not_silent(connection, publish(producer, ready, sent))
            moved = await connection.execute(
                "update relay_cursor set number = $2 where number = $1", cursor, rows[-1]["number"]
            )
            if moved != "UPDATE 1":
                raise asyncpg.exceptions.SerializationError("another relay moved the cursor")
            cursor = rows[-1]["number"]
            metrics.RELAYED.labels(self._schema).inc(len(ready))

    async def _catch_up(
        self, connection: asyncpg.Connection, producer: AIOKafkaProducer, waiting: Waiting, cursor: int, sent: Sent
    ) -> None:
        """A page for each topic that is there by now; the others go on in between."""
        there = waiting.topics - await self._not_silent(connection, lacking(producer, waiting.topics))
        for topic in sorted(there):
            rows = await waiting.page(topic, cursor)
            await self._not_silent(connection, publish(producer, rows, sent))
            await waiting.published(topic, rows)
            metrics.RELAYED.labels(self._schema).inc(len(rows))
        waiting.looked(more=bool(there & waiting.topics))

    async def _wait(self, seconds: float) -> None:
        """Less and less often when nothing is said: only another process of this service cannot wake us."""
        try:
            await asyncio.wait_for(self._more.wait(), seconds)
        except TimeoutError:
            return

    async def _already_published(self, before: Mapping[str, int]) -> Sent:
        """What is on the wire of each topic after a number."""
        if not before:
            return Sent({})
        consumer = AIOKafkaConsumer(bootstrap_servers=self._settings.kafka_bootstrap_servers, enable_auto_commit=False)
        await consumer.start()
        try:
            return await sent_since(consumer, before)
        finally:
            await consumer.stop()


def new_producer(settings: Settings) -> AIOKafkaProducer:
    """aiokafka's defaults (acks=1, no idempotence, 16 KiB batches) lose or double events."""
    return AIOKafkaProducer(
        bootstrap_servers=settings.kafka_bootstrap_servers,
        acks="all",
        enable_idempotence=True,
        linger_ms=2,
        max_batch_size=262_144,
        request_timeout_ms=20_000,
    )


async def publish(
    producer: AIOKafkaProducer, rows: Sequence[asyncpg.Record], sent: Sent | None = None, *, again: bool = False
) -> None:
    """Send journal entries in order and wait until Kafka has them all. `again`: not in the relay's own order.

    Of each partition one batch is under way at a time. With several, the client can give up on the first for want
    of a leader and still bring the next: disorder, which no reader can mend.
    """
    more = [(AGAIN, b"1")] if again else []
    batches: dict[TopicPartition, BatchBuilder] = {}
    for row in rows:
        topic, number = row["topic"], row["number"]
        place = TopicPartition(topic, partition_of(row["key"].int, len(await producer.partitions_for(topic))))
        if sent is not None and sent.has(place, number):
            continue
        headers = [*CONTENT_TYPE, (NUMBER, b"%d" % number), *more]
        if not _added(producer, batches, place, row, headers):
            await _bring(producer, batches)
            batches = {}
            _added(producer, batches, place, row, headers)
    await _bring(producer, batches)


def _added(
    producer: AIOKafkaProducer,
    batches: dict[TopicPartition, BatchBuilder],
    place: TopicPartition,
    row: asyncpg.Record,
    headers: Sequence[tuple[str, bytes]],
) -> bool:
    """False when the batch is full; an empty one takes anything."""
    batch = batches.get(place) or batches.setdefault(place, producer.create_batch())
    return batch.append(timestamp=None, key=str(row["key"]).encode(), value=row["value"], headers=headers) is not None


async def _bring(producer: AIOKafkaProducer, batches: Mapping[TopicPartition, BatchBuilder]) -> None:
    arrived = []
    for place, batch in batches.items():
        batch.close()  # else it lingers
        arrived.append(await producer.send_batch(batch, place.topic, partition=place.partition))
    await asyncio.gather(*arrived)


def partition_of(key: int, partitions: int) -> int:
    """By the id's low, random bits: as even as Kafka's murmur2 and without its cost in pure Python."""
    return key % partitions


_NEXT = "select number, topic, key, value from journal where number > $1 order by number limit $2"
