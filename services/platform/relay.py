"""The relay: publishes the journal to Kafka in order, one active relay per service.

Journal numbers have no gaps and are in commit order (`keyed.py`), so a cursor misses nothing. A relay that
takes over first looks at what its predecessor already published after the cursor, so that a kill between
sending and moving it gives no copy on the wire. Consumers of ours would drop one anyway; agencies might not.
"""

import asyncio
from collections.abc import Container, Coroutine, Sequence
from typing import Any, TypeVar

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.errors import KafkaError

from services.platform import metrics
from services.platform.database import TRANSIENT, connect
from services.platform.events import CONTENT_TYPE
from services.platform.logging import error_name, log
from services.platform.settings import Settings
from services.platform.vitals import alive_while

_BATCH = 2_000
_IDLE_SECONDS, _LONGEST_IDLE_SECONDS = 0.02, 0.1
_RETRY_SECONDS = 0.5
_NUMBER, _AGAIN = "journal", "again"
_LOOK_BACK = 500

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
        cursor = await connection.fetchval("select number from relay_cursor")
        topics = await connection.fetch("select distinct topic from journal where number > $1", cursor)
        published = await self._not_silent(
            connection, self._already_published([row["topic"] for row in topics], cursor)
        )
        log.info("relay.active", number=cursor)
        idle = _IDLE_SECONDS
        while True:
            self._more.clear()
            rows = await connection.fetch(_NEXT, cursor, _BATCH)
            if not rows:
                await self._wait(idle)
                idle = min(idle * 1.2, _LONGEST_IDLE_SECONDS)
                continue
            idle = _IDLE_SECONDS
            await self._not_silent(connection, publish(producer, rows, published))
            moved = await connection.execute(
                "update relay_cursor set number = $2 where number = $1", cursor, rows[-1]["number"]
            )
            if moved != "UPDATE 1":
                raise asyncpg.exceptions.SerializationError("another relay moved the cursor")
            cursor = rows[-1]["number"]
            metrics.RELAYED.labels(self._schema).inc(len(rows))

    async def _wait(self, seconds: float) -> None:
        """Less and less often when nothing is said: only another process of this service cannot wake us."""
        try:
            await asyncio.wait_for(self._more.wait(), seconds)
        except TimeoutError:
            return

    async def _already_published(self, topics: Sequence[str], cursor: int) -> set[int]:
        """The journal numbers after the cursor that are on the wire. A set: a failed send may have left holes."""
        if not topics:
            return set()
        consumer = AIOKafkaConsumer(bootstrap_servers=self._settings.kafka_bootstrap_servers, enable_auto_commit=False)
        await consumer.start()
        try:
            return await _numbers_after(consumer, topics, cursor)
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
    producer: AIOKafkaProducer,
    rows: Sequence[asyncpg.Record],
    published: Container[int] = (),
    *,
    again: bool = False,
) -> None:
    """Send journal entries in order and wait until Kafka has them all. `again`: not in the relay's own order."""
    sent = []
    more = [(_AGAIN, b"1")] if again else []
    for row in rows:
        topic, number = row["topic"], row["number"]
        partition = partition_of(row["key"].int, len(await producer.partitions_for(topic)))
        if number in published:
            continue
        sent.append(
            await producer.send(
                topic,
                row["value"],
                key=str(row["key"]).encode(),
                partition=partition,
                headers=[*CONTENT_TYPE, (_NUMBER, b"%d" % number), *more],
            )
        )
    await asyncio.gather(*sent)


def partition_of(key: int, partitions: int) -> int:
    """By the id's low, random bits: as even as Kafka's murmur2 and without its cost in pure Python."""
    return key % partitions


async def _numbers_after(consumer: AIOKafkaConsumer, topics: Sequence[str], cursor: int) -> set[int]:
    found: set[int] = set()
    for topic in topics:
        for partition in await _partitions(consumer, topic):
            found |= await _tail(consumer, TopicPartition(topic, partition), cursor)
    return found


async def _tail(consumer: AIOKafkaConsumer, place: TopicPartition, cursor: int) -> set[int]:
    """Walks back from the end of a partition to an entry at or before the cursor that a relay sent in its turn.

    What was published again, for a repair or by hand, says nothing of how far the relay was.
    """
    consumer.assign([place])
    end, begin = (await consumer.end_offsets([place]))[place], (await consumer.beginning_offsets([place]))[place]
    found: set[int] = set()
    step = _LOOK_BACK
    while end > begin:
        start = max(begin, end - step)
        numbers = await _numbers(consumer, place, start, end)
        found.update(number for number, _ in numbers if number > cursor)
        if any(number <= cursor and not again for number, again in numbers):
            break
        end, step = start, step * 4
    return found


async def _numbers(consumer: AIOKafkaConsumer, place: TopicPartition, start: int, end: int) -> list[tuple[int, bool]]:
    """Journal number of each record in a stretch, and whether it was published again."""
    consumer.seek(place, start)
    found: list[tuple[int, bool]] = []
    while await consumer.position(place) < end:
        for record in (await consumer.getmany(place, timeout_ms=1_000)).get(place, ()):
            headers = dict(record.headers)
            if record.offset < end and _NUMBER in headers:
                found.append((int(headers[_NUMBER]), _AGAIN in headers))
    return found


async def _partitions(consumer: AIOKafkaConsumer, topic: str) -> set[int]:
    await consumer._client.add_topic(topic)  # noqa: SLF001 - the public call only knows subscribed topics
    return set(consumer.partitions_for_topic(topic) or ())


_NEXT = "select number, topic, key, value from journal where number > $1 order by number limit $2"
