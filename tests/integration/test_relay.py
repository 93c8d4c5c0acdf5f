"""The relay: whatever kills it, everything is on the wire once and in order, and a stand-by takes over."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID

import pytest
from aiokafka import AIOKafkaProducer, ConsumerRecord
from aiokafka.errors import LeaderNotAvailableError

from services.platform import metrics, relay
from services.platform.database import Pool
from services.platform.relay import Relay, new_producer, partition_of, publish
from services.platform.repair import replay
from services.platform.settings import Settings
from tests.engine import SCHEMA, journal, keys, make_schema, pool_of, relaying, say, settings_of
from tests.world import create_topics, until, whole_topics

KEYS = keys(4)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    await make_schema(database)
    async with pool_of(database) as made:
        yield made


@pytest.fixture
def topic(kafka: str, topic_name: str) -> str:
    create_topics(kafka, [topic_name], 2)
    return topic_name


@pytest.fixture
def settings(kafka: str, database: str) -> Settings:
    return settings_of(kafka, database)


async def all_relayed(pool: Pool) -> None:
    await until(lambda: pool.fetchval("select h.last = c.number from journal_head h, relay_cursor c"))


async def set_back(pool: Pool, number: int) -> None:
    """As when the relay was killed after it sent and before it moved the cursor."""
    await pool.execute("update relay_cursor set number = $1", number)


async def fill(pool: Pool, topic: str, times: int) -> None:
    for _ in range(times):
        await say(pool, topic, KEYS)


def number_of(record: ConsumerRecord) -> int:
    return int(dict(record.headers)["journal"])


async def on_the_wire(kafka: str, topic: str) -> list[int]:
    return sorted(number_of(record) for record in await whole_topics(kafka, [topic]))


async def in_order(kafka: str, topic: str) -> bool:
    per_key: dict[bytes, list[int]] = {}
    for record in await whole_topics(kafka, [topic]):
        per_key.setdefault(record.key, []).append(number_of(record))
    return all(numbers == sorted(numbers) for numbers in per_key.values())


async def test_the_journal_is_on_the_wire_byte_for_byte(kafka: str, pool: Pool, topic: str, settings: Settings) -> None:
    await fill(pool, topic, 5)
    async with relaying(settings) as running:
        await all_relayed(pool)
        await say(pool, topic, KEYS[:1])
        running.wake()
        await all_relayed(pool)
    records = await whole_topics(kafka, [topic])
    said = {row["number"]: (str(row["key"]).encode(), row["value"]) for row in await journal(pool)}
    assert {number_of(record): (record.key, record.value) for record in records} == said
    assert len(records) == len(said) == 21
    assert await in_order(kafka, topic)


@pytest.mark.parametrize("back_to", [0, 1, 7, 19])
async def test_who_takes_over_sends_no_copy(
    kafka: str, pool: Pool, topic: str, settings: Settings, back_to: int
) -> None:
    await fill(pool, topic, 5)
    async with relaying(settings):
        await all_relayed(pool)
    await set_back(pool, back_to)
    await fill(pool, topic, 1)
    async with relaying(settings):
        await all_relayed(pool)
    assert await on_the_wire(kafka, topic) == list(range(1, 25))
    assert await in_order(kafka, topic)


async def test_what_was_published_again_does_not_mislead_who_takes_over(
    kafka: str, pool: Pool, topic: str, settings: Settings
) -> None:
    """An old entry at the end of a partition, of a repair or a replay, is not how far the relay was."""
    await fill(pool, topic, 5)
    async with relaying(settings):
        await all_relayed(pool)
    producer = new_producer(settings)
    await producer.start()
    assert await replay(pool, producer, first=1, last=8) == 8
    await producer.stop()
    await set_back(pool, 12)
    async with relaying(settings):
        await all_relayed(pool)
    assert await on_the_wire(kafka, topic) == sorted([*range(1, 21), *range(1, 9)])


async def test_a_hole_that_a_failed_send_left_is_filled(kafka: str, pool: Pool, topic: str, settings: Settings) -> None:
    """A later entry on a partition does not prove that the earlier one arrived, and comes again after it.

    Who takes each entry as the news of its key ends with what was said last; who drops repeats loses nothing.
    """
    await fill(pool, topic, 3)
    producer = new_producer(settings)
    await producer.start()
    rows = await pool.fetch("select number, topic, key, value from journal order by number")
    await publish(producer, [row for row in rows if row["number"] not in (5, 6, 7)])
    await producer.stop()
    for _ in range(2):  # as when who filled it was killed before the cursor moved
        async with relaying(settings):
            await all_relayed(pool)
        await set_back(pool, 0)
    said = per_partition(rows, range(1, 13))
    for partition, numbers in (await per_place(kafka, topic)).items():
        holes = [number for number in said[partition] if number in (5, 6, 7)]
        before = [number for number in said[partition] if number not in holes]
        again = [number for number in said[partition] if holes and number >= holes[0]]
        assert numbers == before + again


def per_partition(rows: list[Any], numbers: Iterable[int]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {0: [], 1: []}
    for row in rows:
        if row["number"] in numbers:
            found[partition_of(row["key"].int, 2)].append(row["number"])
    return found


async def per_place(kafka: str, topic: str) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {0: [], 1: []}
    for record in await whole_topics(kafka, [topic]):
        found[record.partition].append(number_of(record))
    return found


async def test_what_a_broken_connection_leaves_of_a_partition_has_no_hole(
    kafka: str, pool: Pool, topic: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More than one batch for a partition: when the first is given up, the next is not under way."""
    await fill(pool, topic, 12)
    rows = await pool.fetch("select number, topic, key, value from journal order by number")
    producer = new_producer(settings)
    producer._message_accumulator._batch_size = 1_500
    await producer.start()
    send, given_up = producer.send_batch, set[int]()

    async def gives_up(batch: Any, name: str, *, partition: int) -> Any:
        if partition in given_up:
            return await send(batch, name, partition=partition)
        given_up.add(partition)
        lost = asyncio.get_running_loop().create_future()
        lost.set_exception(LeaderNotAvailableError())
        return lost

    monkeypatch.setattr(producer, "send_batch", gives_up)
    with pytest.raises(LeaderNotAvailableError):
        await publish(producer, rows)
    await producer.stop()
    assert await on_the_wire(kafka, topic) == []


async def test_a_topic_that_is_not_there_holds_nobody_up(
    kafka: str, pool: Pool, topic: str, settings: Settings
) -> None:
    """The table connected an organisation before anybody made its topics: it gets everything when they are there."""
    late = f"{topic}-late"
    async with relaying(settings):
        for _ in range(3):
            await say(pool, late, KEYS)
            await say(pool, topic, KEYS)
        await all_relayed(pool)
        assert len(await on_the_wire(kafka, topic)) == 12
        assert await pool.fetchval("select number from relay_waiting where topic = $1", late) == 1
        assert metrics.RELAY_WAITING.labels(SCHEMA, late)._value.get() == 1
    async with relaying(settings):  # one that takes over knows it too
        await say(pool, late, KEYS)
        await all_relayed(pool)
        create_topics(kafka, [late], 2)
        await until(lambda: pool.fetchval("select not exists (select from relay_waiting)"))
        await say(pool, late, KEYS)
        await all_relayed(pool)
    said = await pool.fetch("select number from journal where topic = $1", late)
    assert await on_the_wire(kafka, late) == sorted(row["number"] for row in said)
    assert await in_order(kafka, late)
    assert len(await on_the_wire(kafka, topic)) == 12


async def test_who_takes_over_in_the_middle_of_what_waited_sends_no_copy(
    kafka: str, pool: Pool, topic: str, settings: Settings
) -> None:
    await fill(pool, topic, 3)
    async with relaying(settings):
        await all_relayed(pool)
    await pool.execute("insert into relay_waiting values ($1, 1)", topic)
    await fill(pool, topic, 1)
    async with relaying(settings):
        await all_relayed(pool)
        await until(lambda: pool.fetchval("select not exists (select from relay_waiting)"))
    assert await on_the_wire(kafka, topic) == list(range(1, 17))
    assert await in_order(kafka, topic)


async def test_what_waits_is_not_replayed(pool: Pool, topic: str, settings: Settings) -> None:
    """It has not been published; the relay does that, in order."""
    await fill(pool, topic, 3)
    await set_back(pool, 12)
    await pool.execute("insert into relay_waiting values ($1, 5)", topic)
    producer = new_producer(settings)
    await producer.start()
    assert await replay(pool, producer, first=1, last=12) == 4
    await producer.stop()


async def test_a_replay_leaves_what_is_not_sent_yet_to_the_relay(
    kafka: str, pool: Pool, topic: str, settings: Settings
) -> None:
    await fill(pool, topic, 3)
    producer = new_producer(settings)
    await producer.start()
    assert await replay(pool, producer, first=5, last=12) == 0
    await producer.stop()
    async with relaying(settings):
        await all_relayed(pool)
    assert await on_the_wire(kafka, topic) == list(range(1, 13))


KILLED = """
import asyncio, os, signal, sys
import asyncpg
from services.platform.relay import Relay
from services.platform.settings import Settings
execute = asyncpg.Connection.execute
async def dies(self, query, *values, **more):
    if "update relay_cursor" in query:
        os.kill(os.getpid(), signal.SIGKILL)
    return await execute(self, query, *values, **more)
asyncpg.Connection.execute = dies
asyncio.run(Relay(Settings(), sys.argv[1]).run())
"""


async def test_killed_between_sending_and_moving_the_cursor_nothing_is_lost_or_doubled(
    kafka: str, database: str, pool: Pool, topic: str, settings: Settings
) -> None:
    env = {**os.environ, "KAFKA_BOOTSTRAP_SERVERS": kafka, "DATABASE_URL": database}
    await fill(pool, topic, 5)
    for _ in range(2):
        killed = await asyncio.to_thread(subprocess.run, [sys.executable, "-c", KILLED, SCHEMA], env=env, check=False)
        assert killed.returncode == -signal.SIGKILL
        await fill(pool, topic, 1)
    assert await pool.fetchval("select number from relay_cursor") == 0, "it was killed before the cursor moved"
    assert await on_the_wire(kafka, topic) != []
    async with relaying(settings):
        await all_relayed(pool)
    assert await on_the_wire(kafka, topic) == list(range(1, 29))
    assert await in_order(kafka, topic)


async def test_a_stand_by_takes_over_when_the_active_relay_loses_its_session(
    kafka: str, pool: Pool, topic: str, settings: Settings
) -> None:
    async with relaying(settings) as first:
        await until(lambda: first.active)
        async with relaying(settings) as second:
            await fill(pool, topic, 2)
            await all_relayed(pool)
            assert not second.active, "one at a time"
            await end_relay_session(pool)
            await fill(pool, topic, 2)
            await all_relayed(pool)
            await until(lambda: first.active != second.active)
    assert await on_the_wire(kafka, topic) == list(range(1, 17))
    assert await in_order(kafka, topic)


async def test_two_relays_that_change_places_under_load_lose_and_double_nothing(
    kafka: str, pool: Pool, topic: str, settings: Settings
) -> None:
    async with relaying(settings), relaying(settings):
        for turn in range(30):
            await fill(pool, topic, 1)
            if turn % 6 == 5:
                await end_relay_session(pool)
        await all_relayed(pool)
    wire = await on_the_wire(kafka, topic)
    assert sorted(set(wire)) == list(range(1, 121))
    assert len(wire) == 120
    assert await in_order(kafka, topic)


async def test_a_relay_that_waits_for_the_broker_keeps_its_lock(
    kafka: str, pool: Pool, topic: str, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A session that is silent for as long as Kafka waits for a process is ended as a frozen one's; this is not."""
    silence = settings.model_copy(update={"session_timeout_ms": 600})

    async def slowly(*given: Any, **more: Any) -> None:
        await asyncio.sleep(3 * silence.session_timeout_ms / 1000)
        await publish(*given, **more)

    monkeypatch.setattr(relay, "publish", slowly)
    async with relaying(silence) as first:
        await until(lambda: first.active)
        async with relaying(silence) as second:
            await fill(pool, topic, 1)
            await all_relayed(pool)
            assert first.active
            assert not second.active
    assert await on_the_wire(kafka, topic) == [1, 2, 3, 4]


async def end_relay_session(pool: Pool) -> None:
    """As a failing network does; the lock is the session's."""
    await pool.execute(
        "select pg_terminate_backend(pid) from pg_locks where locktype = 'advisory' and granted "
        "and database = (select oid from pg_database where datname = current_database())"
    )


@pytest.mark.parametrize("part", ["sender", "metadata"])
async def test_a_producer_that_died_inside_is_made_anew(
    kafka: str, pool: Pool, topic: str, settings: Settings, monkeypatch: pytest.MonkeyPatch, part: str
) -> None:
    """A background task of the client that dies tells nobody; the relay must not wait for it for ever."""
    made: list[AIOKafkaProducer] = []

    def remembered(given: Settings) -> AIOKafkaProducer:
        made.append(new_producer(given))
        return made[-1]

    monkeypatch.setattr(relay, "new_producer", remembered)
    async with relaying(settings):
        await fill(pool, topic, 1)
        await all_relayed(pool)
        (made[0]._sender.sender_task if part == "sender" else made[0].client._sync_task).cancel()
        await fill(pool, topic, 2)
        await all_relayed(pool)
    assert len(made) == 2
    assert await on_the_wire(kafka, topic) == list(range(1, 13))


async def test_each_key_has_one_partition(kafka: str, pool: Pool, topic: str, settings: Settings) -> None:
    await fill(pool, topic, 3)
    async with relaying(settings):
        await all_relayed(pool)
    places: dict[bytes, set[int]] = {}
    for record in await whole_topics(kafka, [topic]):
        places.setdefault(record.key, set()).add(record.partition)
    assert all(len(partitions) == 1 for partitions in places.values())
    assert {UUID(key.decode()) for key in places} == set(KEYS)


def test_the_relay_is_one_per_schema(settings: Settings) -> None:
    assert Relay(settings, "router")._lock != Relay(settings, "handoff")._lock
