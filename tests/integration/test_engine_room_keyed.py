"""Keyed state and the journal: nothing lost between writers, and a reader by cursor that misses nothing."""

import asyncio
import os
import random
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
import pytest

from services.platform.database import TRANSIENT, Connection, Pool
from services.platform.events import Emit
from services.platform.keyed import Conflict, KeyedStore
from services.platform.relay import _NEXT
from tests.engine import SOURCE, Numbers, keys, make_schema, number, pool_of, taken
from tests.world import until

TOPIC = "test.numbers"


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    await make_schema(database)
    async with pool_of(database, size=16) as made:
        yield made


async def test_migrations_run_twice_and_side_by_side(database: str) -> None:
    for count in (2, 1):
        for error in await asyncio.to_thread(migrations, database, count):
            assert error == ""
    connection = await asyncpg.connect(database)
    versions = await connection.fetch("select version_num from intake.alembic_version")
    heads = await connection.fetch("select * from handoff.journal_head")
    await connection.close()
    assert len(versions) == 2, "its own line and that of the engine room"
    assert len(heads) == 1


def migrations(database: str, count: int) -> list[str]:
    """Run `gvd migrate` so many times at once; gives what each had to complain of."""
    env = {**os.environ, "DATABASE_URL": database}
    command = [sys.executable, "-m", "services.cli.main", "migrate"]
    running = [subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True) for _ in range(count)]
    ends = [(process.communicate(timeout=120)[1], process.returncode) for process in running]
    return [error if code else "" for error, code in ends]


async def add(connection: Connection, wanted: list[UUID], value: int, emits: int = 1) -> None:
    """One transaction's work: a number to the state of each key, and events about it."""
    store = KeyedStore(Numbers)
    rows = await store.lock(connection, wanted)
    for key, row in rows.items():
        before = row.state.taken if row.state else ()
        says = [Emit(TOPIC, number(TOPIC, key, value))] * emits
        row.change(Numbers(taken=(*before, value)), says, SOURCE, datetime.now(UTC), None)
    await store.write(connection, list(rows.values()))


async def test_who_makes_the_same_key_second_hears_it_and_tries_again(pool: Pool) -> None:
    [key] = keys(1)
    first, second = await pool.acquire(), await pool.acquire()
    try:
        one, two = first.transaction(), second.transaction()
        await one.start()
        await two.start()
        await add(first, [key], 1)
        waiting = asyncio.create_task(add(second, [key], 2))
        await until(lambda: pool.fetchval("select true from pg_locks where not granted limit 1"))
        assert not waiting.done(), "it waits for the first to decide"
        await one.commit()
        with pytest.raises(Conflict):
            await waiting
        await two.rollback()
        async with second.transaction():
            await add(second, [key], 2)
    finally:
        await pool.release(first)
        await pool.release(second)
    assert await taken(pool, key) == (1, 2)
    assert [row["sequence"] for row in await pool.fetch("select sequence from journal order by number")] == [1, 2]


async def test_a_conflict_writes_nothing_at_all(pool: Pool) -> None:
    """Also not of the keys that had no conflict: journal and head are as they were."""
    mine, shared = keys(2)
    store = KeyedStore(Numbers)

    async def overtaken(connection: Connection) -> None:
        rows = await store.lock(connection, [mine, shared])
        async with pool.acquire() as other, other.transaction():
            await add(other, [shared], 1)
        for key, row in rows.items():
            row.change(Numbers(), [Emit(TOPIC, number(TOPIC, key, 9))], SOURCE, datetime.now(UTC), None)
        async with connection.transaction():
            await store.write(connection, list(rows.values()))

    async with pool.acquire() as connection:
        with pytest.raises(Conflict):
            await overtaken(connection)
    assert await taken(pool, mine) == ()
    assert await pool.fetchval("select last from journal_head") == 1
    assert await pool.fetchval("select count(*) from journal") == 1


class Ended(Exception):
    """A transaction given up on purpose."""


class Storm:
    """Writers that overlap, pause, give up and are cut off, in every place."""

    def __init__(self, pool: Pool, seed: int) -> None:
        self.pool, self.random = pool, random.Random(seed)  # noqa: S311 - to be repeatable
        self.shared = keys(6)
        self.done: dict[UUID, list[int]] = {}
        self.ended = self.told_off = 0

    async def write(self, writer: int, count: int) -> None:
        for turn in range(count):
            value = writer * 1000 + turn + 1
            wanted = self.random.sample(self.shared, self.random.randint(1, 3)) + keys(self.random.randint(0, 2))
            while not await self._try(wanted, value):
                pass

    async def _try(self, wanted: list[UUID], value: int) -> bool:
        """True when it is committed, or given up for good."""
        try:
            async with self.pool.acquire() as connection, connection.transaction():
                await self._pause()
                await add(connection, wanted, value, emits=self.random.randint(0, 3))
                await self._pause()
                self._maybe_end(connection)
        except Ended:
            self.ended += 1
            return True
        except (*TRANSIENT, Conflict):
            if not await self._was_committed(wanted[0], value):
                return False
        for key in wanted:
            self.done.setdefault(key, []).append(value)
        return True

    async def _was_committed(self, key: UUID, value: int) -> bool:
        """A session cut off at its commit does not know; then the tables do."""
        while True:
            try:
                return value in await taken(self.pool, key)
            except TRANSIENT:
                continue

    async def _pause(self) -> None:
        if self.random.random() < 0.5:
            await asyncio.sleep(self.random.random() * 0.004)

    def _maybe_end(self, connection: Connection) -> None:
        if self.random.random() < 0.2:
            raise Ended

    async def cut_off(self, calm: Pool) -> None:
        """Ends sessions in the middle of what they do, as an administrator or a failing network would."""
        while True:
            await asyncio.sleep(0.02)
            self.told_off += await calm.fetchval(
                "select count(pg_terminate_backend(pid)) from (select pid from pg_stat_activity "
                "where datname = current_database() and backend_xid is not null limit 1) writers"
            )


async def follow(pool: Pool, seen: list[int], stop: asyncio.Event) -> None:
    """Reads by cursor as the relay does, as fast as it can."""
    connection = await pool.acquire()
    cursor = 0
    while not stop.is_set():
        rows = await connection.fetch(_NEXT, cursor, 50)
        seen += [row["number"] for row in rows]
        cursor = seen[-1] if seen else 0
        await asyncio.sleep(0)
    await pool.release(connection)


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_the_journal_is_gapless_and_a_reader_by_cursor_misses_nothing(
    pool: Pool, database: str, seed: int
) -> None:
    storm, stop = Storm(pool, seed), asyncio.Event()
    readings: list[list[int]] = [[], []]
    async with pool_of(database, size=3) as calm:
        readers = [asyncio.create_task(follow(calm, seen, stop)) for seen in readings]
        cutter = asyncio.create_task(storm.cut_off(calm)) if seed == 3 else None
        await asyncio.gather(*(storm.write(writer, 30) for writer in range(10)))
        if cutter is not None:
            cutter.cancel()
        last = await calm.fetchval("select last from journal_head")

        await until(lambda: all(seen and seen[-1] == last for seen in readings))
        stop.set()
        await asyncio.gather(*readers)
        assert last > 500
        for seen in readings:
            assert seen == list(range(1, last + 1)), "missed, doubled or out of order"
        assert storm.ended > 20
        assert seed != 3 or storm.told_off > 5
        await nothing_lost_per_key(calm, storm)


async def nothing_lost_per_key(pool: Pool, storm: Storm) -> None:
    for key, values in storm.done.items():
        assert sorted(await taken(pool, key)) == sorted(values), "a lost or doubled update"
    gaps = await pool.fetch(
        "select key from journal group by key having max(sequence) <> count(*) or count(distinct sequence) <> count(*)"
    )
    assert gaps == []
    order = await pool.fetch(
        "select 1 from (select sequence, lag(sequence) over (partition by key order by number) as before "
        "from journal) j where sequence <> coalesce(before, 0) + 1"
    )
    assert order == [], "numbers of a key follow the journal"
