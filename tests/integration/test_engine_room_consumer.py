"""The consumer on real Kafka: no batch in two hands, no offset before the database, no neighbour of poison lost."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import SimpleNamespace
from typing import Any
from uuid import uuid4

import orjson
import pytest
from aiokafka import ConsumerRecord, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient

from contracts.events import RepairRequestedEvent
from services.platform.batch import Fold
from services.platform.consumer import Consumer, Handle, Records
from services.platform.database import Pool
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.relay import Relay
from services.platform.vitals import ClientDied
from tests.engine import (
    SCHEMA,
    SOURCE,
    Numbers,
    folding,
    keys,
    make_schema,
    pool_of,
    publish_raw,
    settings_of,
    taken,
    value_of,
)
from tests.world import create_topics, until

BOTH = 2


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    await make_schema(database)
    async with pool_of(database) as made:
        yield made


@pytest.fixture
def topic(kafka: str, topic_name: str) -> str:
    create_topics(kafka, [topic_name], BOTH)
    return topic_name


@asynccontextmanager
async def member(kafka: str, topic: str, group: str, handle: Handle, instance: str = "a") -> AsyncIterator[Consumer]:
    consumer = Consumer(
        settings_of(kafka, "postgresql://nobody@127.0.0.1:1/none", instance), group, handle, topics=[topic]
    )
    await consumer.start()
    try:
        await until(lambda: consumer.ready)
        yield consumer
    finally:
        await consumer.stop()


def inner_of(kafka: str, database: str, pool: Pool, topic: str, fold: Fold[Numbers] | None = None) -> Inner[Numbers]:
    """The same path from records to tables as every service has."""
    relay = Relay(settings_of(kafka, database), SCHEMA)
    context: Any = SimpleNamespace(service=SCHEMA, pool=pool, relay=relay, source=SOURCE)
    return Inner(context, KeyedStore(Numbers), fold or folding(None), {topic: RepairRequestedEvent})


async def committed(kafka: str, group: str) -> dict[TopicPartition, int]:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        offsets = await admin.list_consumer_group_offsets(f"gvd.{group}")
    finally:
        await admin.close()
    return {place: found.offset for place, found in offsets.items()}


class Watcher:
    """Notes who handles which record from when to when."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.busy: dict[tuple[int, int], str] = {}
        self.twice: list[tuple[int, int]] = []
        self.handled: list[tuple[int, int]] = []

    def hands(self, name: str) -> Handle:
        async def handle(records: Records) -> None:
            mine = [(record.partition, record.offset) for record in records]
            self.twice += [place for place in mine if place in self.busy]
            self.busy.update(dict.fromkeys(mine, name))
            await asyncio.sleep(self.seconds)
            for place in mine:
                del self.busy[place]
            self.handled += mine

        return handle


async def test_a_batch_in_hand_is_finished_before_another_member_gets_its_partition(kafka: str, topic: str) -> None:
    group, watch = uuid4().hex, Watcher(1.0)
    values = [value_of(topic, key, 1) for key in keys(60)]
    async with member(kafka, topic, group, watch.hands("a"), "a"):
        await publish_raw(kafka, topic, values[:30])
        await until(lambda: watch.busy)
        async with member(kafka, topic, group, watch.hands("b"), "b"):
            await publish_raw(kafka, topic, values[30:])
            await until(lambda: len(watch.handled) >= 60 and not watch.busy)
    assert watch.twice == [], "handled by two members at the same time"
    assert sorted(set(watch.handled)) == [(0, offset) for offset in range(60)]
    assert len(watch.handled) == 60, "the offsets of the batch in hand were committed before the partition moved"


async def test_no_offset_is_committed_before_the_work_is_done(kafka: str, topic: str) -> None:
    group, allowed, started = uuid4().hex, asyncio.Event(), asyncio.Event()

    async def handle(_: Records) -> None:
        started.set()
        await allowed.wait()

    async with member(kafka, topic, group, handle):
        await publish_raw(kafka, topic, [value_of(topic, key, 1) for key in keys(5)])
        await asyncio.wait_for(started.wait(), 20)
        assert await committed(kafka, group) == {}
        allowed.set()
        await until(lambda: _committed_is(kafka, group, {TopicPartition(topic, 0): 5}))


async def _committed_is(kafka: str, group: str, wanted: dict[TopicPartition, int]) -> bool:
    return await committed(kafka, group) == wanted


async def test_killed_between_database_and_offsets_the_repeat_changes_nothing(
    kafka: str, database: str, pool: Pool, topic: str
) -> None:
    group, [key] = uuid4().hex, keys(1)
    inner = inner_of(kafka, database, pool, topic)
    first = Consumer(settings_of(kafka, database, "a"), group, inner.handle, topics=[topic])

    async def killed(_: Records) -> None:
        await asyncio.sleep(3600)

    first._commit = killed  # type: ignore[method-assign]  # as a process that dies right after the database
    await publish_raw(kafka, topic, [value_of(topic, key, n) for n in (1, 2, 3)])
    await first.start()
    await until(lambda: _taken_is(pool, key, (1, 2, 3)))
    assert await committed(kafka, group) == {}
    await first._kafka._client.close()
    async with member(kafka, topic, group, inner.handle, "a"):
        await publish_raw(kafka, topic, [value_of(topic, key, 4)])
        await until(lambda: _taken_is(pool, key, (1, 2, 3, 4)))
        await until(lambda: _committed_is(kafka, group, {TopicPartition(topic, 0): 4}))
    for task in first._subscriber.tasks:
        task.cancel()


async def _taken_is(pool: Pool, key: Any, wanted: tuple[int, ...]) -> bool:
    return await taken(pool, key) == wanted


async def test_a_batch_that_fails_is_tried_until_it_is_done_and_none_passes_it(kafka: str, topic: str) -> None:
    group, seen = uuid4().hex, []

    async def handle(records: Records) -> None:
        seen.append([record.offset for record in records])
        if len(seen) < 4:
            raise ConnectionError

    async with member(kafka, topic, group, handle):
        await publish_raw(kafka, topic, [value_of(topic, key, 1) for key in keys(3)])
        await until(lambda: _committed_is(kafka, group, {TopicPartition(topic, 0): 3}))
    assert seen[0] == seen[1] == seen[2] == seen[3]
    assert sorted({offset for batch in seen for offset in batch}) == [0, 1, 2]


def poison(topic: str) -> dict[str, bytes | None]:
    """What a broken producer, or a stranger inside, could put on an inner topic."""
    good = orjson.loads(value_of(topic, keys(1)[0], 1))

    def but(**changes: Any) -> bytes:
        return orjson.dumps({**good, **changes})

    return {
        "nothing": None,
        "empty": b"",
        "no JSON": b"{",
        "not UTF-8": b"\xff\xfe\x00",
        "a list": b"[1]",
        "a number": b"5",
        "NUL": b"\0" * 100,
        "too deep": b"[" * 100_000,
        "no subject": but(subject=None),
        "subject no UUID": but(subject="hallo"),
        "subject a number": but(subject=5),
        "no sequence": but(sequence=None),
        "sequence no number": but(sequence="een"),
        "sequence zero": but(sequence="0"),
        "sequence below zero": but(sequence="-1", type="x"),
        "sequence beyond the database": but(sequence="9999999999"),
        "sequence far beyond": but(sequence="9" * 40, type="x"),
        "type no text": but(type=5),
        "no type": but(type=None),
        "data that do not fit": but(data={"topic": 5}),
        "no data": but(data=None),
    }


async def test_poison_goes_to_quarantine_and_costs_its_neighbours_nothing(
    kafka: str, database: str, pool: Pool, topic: str
) -> None:
    group, inner, bad = uuid4().hex, inner_of(kafka, database, pool, topic), poison(topic)
    [key] = keys(1)
    values: list[bytes | None] = []
    for number, value in enumerate(bad.values(), 1):
        values += [value_of(topic, key, number), value]
    await publish_raw(kafka, topic, values, headers=[("content-type", b"\xff\xfe"), ("x", None)])
    async with member(kafka, topic, group, inner.handle):
        await until(lambda: _taken_is(pool, key, tuple(range(1, len(bad) + 1))))
        await until(lambda: _committed_is(kafka, group, {TopicPartition(topic, 0): len(values)}))
    rows = await pool.fetch('select "offset", faults, agency from quarantine where topic = $1 order by "offset"', topic)
    assert [row["offset"] for row in rows] == list(range(1, len(values), 2))
    assert {fault["code"] for row in rows for fault in orjson.loads(row["faults"])} == {"unreadable"}


async def test_an_event_of_a_newer_producer_is_ticked_off_not_poison(
    database: str, kafka: str, pool: Pool, topic: str
) -> None:
    """A type this service does not know still counts in the numbering, or its key would wait for ever."""
    inner, [key] = inner_of(kafka, database, pool, topic), keys(1)
    newer = orjson.loads(value_of(topic, key, 2)) | {"type": "nl.geenverkeerdedeur.something.new.v1"}
    values = [value_of(topic, key, 1), orjson.dumps(newer), value_of(topic, key, 3)]
    records = [ConsumerRecord(topic, 0, n, 0, 0, None, v, None, 0, 0, ()) for n, v in enumerate(values)]
    await inner.handle(records)
    assert await taken(pool, key) == (1, 3)


@pytest.mark.parametrize("part", ["coordination", "fetching", "metadata"])
async def test_a_client_that_died_inside_ends_the_watch(kafka: str, topic: str, part: str) -> None:
    """So the process ends and is started again, instead of holding partitions and reading nothing."""

    async def handle(_: Records) -> None:
        return None

    async with member(kafka, topic, uuid4().hex, handle) as consumer:
        watch = asyncio.create_task(consumer.watch())
        client = consumer._kafka
        await asyncio.sleep(0)
        assert not watch.done()
        {
            "coordination": client._coordinator._coordination_task,
            "fetching": client._fetcher._fetch_task,
            "metadata": client._client._sync_task,
        }[part].cancel()
        with pytest.raises(ClientDied):
            await asyncio.wait_for(watch, 5)


async def test_a_consumer_that_no_longer_polls_is_not_alive(kafka: str, topic: str) -> None:
    async def handle(_: Records) -> None:
        return None

    async with member(kafka, topic, uuid4().hex, handle) as consumer:
        await publish_raw(kafka, topic, [value_of(topic, key, 1) for key in keys(3)])
        await until(lambda: all(consumer._kafka.last_poll_timestamp(place) for place in consumer.assigned))
        assert consumer.alive(time.monotonic(), 5)
        for task in consumer._subscriber.tasks:
            task.cancel()
        await publish_raw(kafka, topic, [value_of(topic, key, 1) for key in keys(3)])
        await until(lambda: not consumer.alive(time.monotonic(), 1.0))


async def test_a_batch_that_does_not_end_is_not_alive(kafka: str, topic: str) -> None:
    allowed = asyncio.Event()

    async def handle(_: Records) -> None:
        await allowed.wait()

    async with member(kafka, topic, uuid4().hex, handle) as consumer:
        await publish_raw(kafka, topic, [value_of(topic, key, 1) for key in keys(1)])
        await until(lambda: consumer.busy_since)
        assert consumer.alive(time.monotonic(), 60)
        await until(lambda: not consumer.alive(time.monotonic(), 0.5))
        allowed.set()
        await until(lambda: consumer.alive(time.monotonic(), 0.5))
