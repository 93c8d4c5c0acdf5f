"""The engine room without a domain: numbers that are added up per key, over topics of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from contracts.base import Contract
from contracts.events import RepairRequestedEvent
from contracts.repairs import RepairRequested
from services.platform.batch import Batch, Change
from services.platform.database import Pool, open_pool
from services.platform.events import CONTENT_TYPE, Emit, Incoming, Reader, outgoing
from services.platform.keyed import KeyedStore
from services.platform.migrate import migrate
from services.platform.relay import Relay
from services.platform.settings import Settings

SCHEMA = "router"  # a service with nothing but the tables of the engine room
SOURCE = "urn:nld:oin:00000099000000001000:systeem:gvd-test"


class Numbers(Contract):
    """The state of a key: what came in, in the order it was taken in."""

    taken: tuple[int, ...] = ()


def settings_of(kafka: str, database: str, instance: str = "test") -> Settings:
    return Settings.model_validate(
        {
            "KAFKA_BOOTSTRAP_SERVERS": kafka,
            "DATABASE_URL": database,
            "instance": instance,
            "session_timeout_ms": 6_000,
        }
    )


async def make_schema(database: str) -> None:
    """Migrations have an event loop of their own."""
    await asyncio.to_thread(migrate, settings_of("127.0.0.1:1", database), [SCHEMA])


@asynccontextmanager
async def pool_of(database: str, size: int = 6) -> AsyncIterator[Pool]:
    pool = await open_pool(settings_of("127.0.0.1:1", database), SCHEMA, size=size)
    try:
        yield pool
    finally:
        await asyncio.wait_for(pool.close(), 20)


def number(topic: str, key: UUID, first: int) -> RepairRequested:
    """Some event that carries a number; this contract happens to have one."""
    return RepairRequested(topic=topic, key=key, first=first, last=first)


def value_of(topic: str, key: UUID, sequence: int) -> bytes:
    """The wire form of event `sequence` of a key, which carries that number."""
    return outgoing(SOURCE, Emit(topic, number(topic, key, sequence)), key, sequence, datetime.now(UTC), None).value


def read(topic: str, value: bytes) -> Incoming:
    return Reader(RepairRequestedEvent).read(topic, value)


def incoming(topic: str, key: UUID, sequence: int) -> Incoming:
    return read(topic, value_of(topic, key, sequence))


def folding(out: str | None) -> Callable[[Numbers | None, Any, datetime], Change[Numbers]]:
    """Remembers each number and says it on."""

    def fold(state: Numbers | None, event: Any, _: datetime) -> Change[Numbers]:
        taken = (*(state.taken if state else ()), event.data.first)
        emits = (Emit(out, number(out, event.data.key, event.data.first)),) if out else ()
        return Change(Numbers(taken=taken), emits)

    return fold


def batch_of(out: str | None = None) -> Batch[Numbers]:
    return Batch(KeyedStore(Numbers), folding(out), read, SOURCE)


async def taken(pool: Pool, key: UUID) -> tuple[int, ...]:
    state = await KeyedStore(Numbers).read(pool, key)
    return state.taken if state else ()


async def journal(pool: Pool) -> list[asyncpg.Record]:
    return list(await pool.fetch("select number, topic, key, sequence, value from journal order by number"))


async def say(pool: Pool, topic: str, keys: Sequence[UUID]) -> None:
    """Write journal entries as a service does: one event per key given."""
    store = KeyedStore(Numbers)
    async with pool.acquire() as connection, connection.transaction():
        rows = await store.lock(connection, keys)
        for key in keys:
            sequence = rows[key].said.get(topic, 0) + 1
            rows[key].change(Numbers(), [Emit(topic, number(topic, key, sequence))], SOURCE, datetime.now(UTC), None)
        await store.write(connection, list(rows.values()))


@asynccontextmanager
async def relaying(settings: Settings) -> AsyncIterator[Relay]:
    """A relay that runs until the block ends, and is then stopped as a shutdown does."""
    relay = Relay(settings, SCHEMA)
    task = asyncio.create_task(relay.run())
    try:
        yield relay
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def publish_raw(kafka: str, topic: str, values: Sequence[bytes | None], headers: Any = CONTENT_TYPE) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True)
    await producer.start()
    try:
        for value in values:
            await producer.send_and_wait(topic, value, key=b"key", headers=list(headers), partition=0)
    finally:
        await producer.stop()


def keys(count: int) -> list[UUID]:
    return [uuid4() for _ in range(count)]
