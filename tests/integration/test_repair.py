"""A record that never arrived: noticed, asked for, answered from the producer's journal, and drained."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from aiokafka import AIOKafkaProducer

from contracts.events import REPAIRS
from services.platform import metrics
from services.platform.batch import Change
from services.platform.consumer import Consumer
from services.platform.database import Pool
from services.platform.relay import new_producer, publish
from services.platform.repair import Repair, replay
from tests.engine import (
    SOURCE,
    Numbers,
    batch_of,
    folding,
    journal,
    keys,
    make_schema,
    pool_of,
    read,
    relaying,
    say,
    settings_of,
    taken,
)
from tests.integration.test_engine_room_consumer import inner_of, member
from tests.world import create_topics, until


@pytest.fixture
async def producing(database: str) -> AsyncIterator[Pool]:
    """The database of the service that says."""
    await make_schema(database)
    async with pool_of(database) as made:
        yield made


@pytest.fixture
async def consuming(postgres: str, database: str) -> AsyncIterator[tuple[str, Pool]]:
    """And of the one that listens."""
    name = f"test_{uuid4().hex}"
    connection = await asyncpg.connect(postgres)
    await connection.execute(f"create database {name}")
    url = database.rpartition("/")[0] + f"/{name}"
    await make_schema(url)
    async with pool_of(url) as made:
        yield url, made
    await connection.execute(f"drop database {name} with (force)")
    await connection.close()


@pytest.fixture
def topic(kafka: str, topic_name: str) -> str:
    create_topics(kafka, [topic_name], 2)
    create_topics(kafka, [REPAIRS], 1)
    return topic_name


@asynccontextmanager
async def new_producer_of(kafka: str, database: str) -> AsyncIterator[AIOKafkaProducer]:
    producer = new_producer(settings_of(kafka, database))
    await producer.start()
    try:
        yield producer
    finally:
        await producer.stop()


@asynccontextmanager
async def asking(repair: Repair) -> AsyncIterator[None]:
    task = asyncio.create_task(repair.ask_for_missing())
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def lose(kafka: str, database: str, pool: Pool, lost: set[int]) -> None:
    """Publish the journal as if some entries had been lost on the way."""
    async with new_producer_of(kafka, database) as producer:
        rows = await pool.fetch("select number, topic, key, value from journal order by number")
        await publish(producer, [row for row in rows if row["number"] not in lost])
    await pool.execute("update relay_cursor set number = (select last from journal_head)")


async def test_what_is_missing_comes_again_and_the_key_drains(
    kafka: str, database: str, producing: Pool, consuming: tuple[str, Pool], topic: str
) -> None:
    url, listener = consuming
    whole, first, middle = keys(3)
    for _ in range(5):
        await say(producing, topic, [whole, first, middle])
    numbers = {(row["key"], row["sequence"]): row["number"] for row in await journal(producing)}
    await lose(kafka, database, producing, {numbers[first, 1], numbers[middle, 3], numbers[middle, 4]})
    inner = inner_of(kafka, url, listener, topic)
    async with (
        member(kafka, topic, uuid4().hex, inner.handle),
        new_producer_of(kafka, url) as producer,
        new_producer_of(kafka, database) as answerer,
    ):
        await until(lambda: _parked_is(listener, 4 + 1))
        assert await taken(listener, whole) == (1, 2, 3, 4, 5)
        assert (await taken(listener, first), await taken(listener, middle)) == ((), (1, 2))
        answers = Repair("answers", SOURCE, producing, answerer)
        answering = Consumer(settings_of(kafka, database), uuid4().hex, answers.answer, topics=[REPAIRS])
        await answering.start()
        async with asking(Repair("asks", SOURCE, listener, producer)):
            await until(lambda: _parked_is(listener, 0), 30)
        await answering.stop()
    for key in (whole, first, middle):
        assert await taken(listener, key) == (1, 2, 3, 4, 5)


async def test_what_was_set_aside_comes_again_when_a_mended_service_starts(
    kafka: str, database: str, producing: Pool, consuming: tuple[str, Pool], topic: str
) -> None:
    """The domain fails on one event: its key waits, the others go on, also after a restart; then it is mended."""
    url, listener = consuming
    stuck, other = keys(2)
    for _ in range(3):
        await say(producing, topic, [stuck, other])
    await lose(kafka, database, producing, set())
    broken, whole = {(stuck, 2)}, folding(None)

    def fold(state: Numbers | None, event: Any, now: datetime) -> Change[Numbers]:
        if (event.data.key, event.data.first) in broken:
            raise OverflowError
        return whole(state, event, now)

    inner = inner_of(kafka, url, listener, topic, fold)
    async with (
        member(kafka, topic, uuid4().hex, inner.handle),
        new_producer_of(kafka, url) as producer,
        new_producer_of(kafka, database) as answerer,
    ):
        await until(lambda: _taken_is(listener, other, (1, 2, 3)))
        await until(lambda: _parked_is(listener, 2))
        answers = Repair("answers", SOURCE, producing, answerer)
        answering = Consumer(settings_of(kafka, database), uuid4().hex, answers.answer, topics=[REPAIRS])
        await answering.start()
        asked = metrics.REPAIRS.labels("hopes")
        for attempt in (1, 2):
            async with asking(Repair("hopes", SOURCE, listener, producer)):
                await until(lambda n=attempt: asked._value.get() >= n)
                await until(lambda n=attempt: _failed(topic) >= 1 + n)
            assert (await taken(listener, stuck), asked._value.get()) == ((1,), attempt)
        broken.clear()
        async with asking(Repair("hopes", SOURCE, listener, producer)):
            await until(lambda: _parked_is(listener, 0))
        await answering.stop()
    assert await taken(listener, stuck) == (1, 2, 3)


def _failed(topic: str) -> float:
    return float(metrics.SET_ASIDE.labels(topic)._value.get())


async def _taken_is(pool: Pool, key: UUID, numbers: tuple[int, ...]) -> bool:
    return await taken(pool, key) == numbers


async def _parked_is(pool: Pool, count: int) -> bool:
    return bool(await pool.fetchval("select count(*) = $1 from parked", count))


async def test_a_replay_of_the_whole_journal_changes_nothing(
    kafka: str, database: str, producing: Pool, consuming: tuple[str, Pool], topic: str
) -> None:
    url, listener = consuming
    wanted = keys(3)
    for _ in range(4):
        await say(producing, topic, wanted)
    async with relaying(settings_of(kafka, database)):
        await until(lambda: producing.fetchval("select h.last = c.number from journal_head h, relay_cursor c"))
    inner, seen = inner_of(kafka, url, listener, topic), 0

    async def handle(records: object) -> None:
        nonlocal seen
        await inner.handle(records)  # type: ignore[arg-type]  # records, whatever the consumer gives
        seen += len(records)  # type: ignore[arg-type]

    async with member(kafka, topic, uuid4().hex, handle), new_producer_of(kafka, database) as producer:
        await until(lambda: seen == 12)
        before = await state_of(listener)
        assert await replay(producing, producer, first=1, last=1000) == 12
        assert await replay(producing, producer, first=1, last=1000, topics=["another"]) == 0
        assert await replay(producing, producer, first=3, last=4, topics=[topic]) == 2
        await until(lambda: seen == 26)
    assert await state_of(listener) == before


async def state_of(pool: Pool) -> list[asyncpg.Record]:
    return list(await pool.fetch("select key, version, seen, said, state, updated_at from keyed order by key"))


async def test_garbage_on_the_topic_for_repairs_hurts_nobody(
    kafka: str, database: str, producing: Pool, topic: str
) -> None:
    from aiokafka import ConsumerRecord

    async with new_producer_of(kafka, database) as producer:
        repair = Repair("answers", SOURCE, producing, producer)
        values = [None, b"", b"{", b"\xff", b"[]", b'{"type": 5}', str(UUID(int=0)).encode()]
        await repair.answer(
            [ConsumerRecord(REPAIRS, 0, n, 0, 0, None, v, None, 0, 0, ()) for n, v in enumerate(values)]
        )


async def test_a_gap_of_the_first_event_is_noticed_too(producing: Pool, topic: str) -> None:
    from datetime import UTC, datetime

    from services.platform.repair import _GAPS
    from tests.engine import value_of

    [key] = keys(1)
    events = [read(topic, value_of(topic, key, sequence)) for sequence in (4, 6)]
    await batch_of().run(producing, events, datetime.now(UTC))
    set_aside_too = False
    [gap] = await producing.fetch(_GAPS, set_aside_too)
    assert (gap["key"], gap["topic"], gap["first"], gap["last"], gap["parked"]) == (key, topic, 1, 3, 2)
