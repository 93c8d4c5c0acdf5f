"""The batch protocol: repeats dropped, gaps parked and drained, whatever the order of arrival."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import pytest

from services.platform.batch import Tally
from services.platform.database import TRANSIENT, Pool
from services.platform.events import Incoming
from services.platform.keyed import Conflict
from tests.engine import batch_of, incoming, journal, keys, make_schema, pool_of, taken

IN, OUT = "test.in", "test.out"


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    await make_schema(database)
    async with pool_of(database) as made:
        yield made


async def run(pool: Pool, *events: Incoming) -> Tally:
    return await batch_of(OUT).run(pool, events, datetime.now(UTC))


async def test_a_repeat_is_dropped_in_the_same_batch_and_in_a_later_one(pool: Pool) -> None:
    [key] = keys(1)
    first = await run(pool, incoming(IN, key, 1), incoming(IN, key, 1), incoming(IN, key, 2))
    assert (first.folded, first.repeats, first.emitted) == (2, 1, 2)
    second = await run(pool, incoming(IN, key, 1), incoming(IN, key, 2))
    assert (second.folded, second.repeats, second.emitted) == (0, 2, 0)
    assert await taken(pool, key) == (1, 2)
    assert len(await journal(pool)) == 2


async def test_what_comes_after_a_gap_waits_and_then_goes_in_order(pool: Pool) -> None:
    key, other = keys(2)
    tally = await run(pool, incoming(IN, key, 1), incoming(IN, key, 4), incoming(IN, key, 3), incoming(IN, other, 1))
    assert (tally.folded, tally.parked) == (2, 2)
    assert await taken(pool, key) == (1,)
    assert await taken(pool, other) == (1,), "another key is not held up"
    assert await pool.fetchval("select count(*) from parked") == 2
    await run(pool, incoming(IN, key, 4))
    assert await pool.fetchval("select count(*) from parked") == 2, "parked once"
    tally = await run(pool, incoming(IN, key, 2))
    assert tally.folded == 3
    assert await taken(pool, key) == (1, 2, 3, 4)
    assert await pool.fetchval("select count(*) from parked") == 0


async def test_each_topic_has_numbers_of_its_own(pool: Pool) -> None:
    [key] = keys(1)
    tally = await run(pool, incoming(IN, key, 1), incoming("test.other", key, 1), incoming("test.other", key, 3))
    assert (tally.folded, tally.parked) == (2, 1)


async def test_a_gap_that_fills_in_the_same_batch_leaves_nothing_behind(pool: Pool) -> None:
    [key] = keys(1)
    tally = await run(pool, incoming(IN, key, 2), incoming(IN, key, 1))
    assert (tally.folded, tally.parked) == (2, 1)
    assert await pool.fetchval("select count(*) from parked") == 0


async def test_a_failing_batch_did_not_happen(pool: Pool) -> None:
    [key] = keys(1)

    async def fails(*_: object) -> None:
        raise RuntimeError

    batch = batch_of(OUT)
    batch._extra = fails
    with pytest.raises(RuntimeError):
        await batch.run(pool, [incoming(IN, key, 1), incoming(IN, key, 3)], datetime.now(UTC))
    assert await taken(pool, key) == ()
    assert await journal(pool) == []
    assert await pool.fetchval("select count(*) from parked") == 0


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_with_repeats_over_several_members_gives_the_same(pool: Pool, seed: int) -> None:
    """As after rebalances and repairs: each event at least once, shuffled, by three members at the same time."""
    chance, wanted = random.Random(seed), keys(5)  # noqa: S311 - to be repeatable
    events = [(key, sequence) for key in wanted for sequence in range(1, 16)]
    events += chance.choices(events, k=60)
    chance.shuffle(events)
    parts = [events[start : start + 9] for start in range(0, len(events), 9)]

    async def member() -> None:
        while parts:
            part = parts.pop()
            while not await tried(pool, part):
                pass

    await asyncio.gather(*(member() for _ in range(3)))
    for key in wanted:
        assert await taken(pool, key) == tuple(range(1, 16))
    assert await pool.fetchval("select count(*) from parked") == 0
    said = await journal(pool)
    assert [row["number"] for row in said] == list(range(1, 76))
    for key in wanted:
        assert [row["sequence"] for row in said if row["key"] == key] == list(range(1, 16))


async def tried(pool: Pool, part: list[tuple[UUID, int]]) -> bool:
    try:
        await run(pool, *(incoming(IN, key, sequence) for key, sequence in part))
    except (*TRANSIENT, Conflict):
        return False
    return True
