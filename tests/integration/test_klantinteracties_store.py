"""Whose turn it is to be looked at: one process at a time, at once when something was heard, never lost."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID

import pytest

from services.klantinteracties.model import Bridge
from services.klantinteracties.store import (
    WrongAgency,
    claim_due,
    claim_schema,
    drop_leases,
    put_back,
    remember_reply,
    wake_tasks,
)
from services.platform.database import Pool, open_pool
from services.platform.keyed import Row
from services.platform.migrate import migrate
from tests.engine import settings_of
from tests.unit.klantinteracties.cases import HANDOFF, QUESTION, bridge

LATER = timedelta(hours=1)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    settings = settings_of("127.0.0.1:1", database)
    await asyncio.to_thread(migrate, settings, ["klantinteracties"])
    made = await open_pool(settings, "klantinteracties")
    yield made
    await made.close()


async def heard(pool: Pool, state: Bridge, key: UUID = QUESTION) -> None:
    async with pool.acquire() as connection:
        await wake_tasks(connection, [Row(key, state=state, touched=True)])


async def test_a_task_is_one_process_at_a_time(pool: Pool):
    await heard(pool, bridge())
    (due,) = await claim_due(pool, 10, "one")
    assert (due.handoff, due.question, due.visits, due.refused) == (HANDOFF, QUESTION, 0, False)
    await heard(pool, bridge())
    assert await claim_due(pool, 10, "two") == []
    await put_back(pool, due, LATER)
    (again,) = await claim_due(pool, 10, "two")  # what was heard during the visit is looked at right after it
    await put_back(pool, again, LATER)
    assert await claim_due(pool, 10, "two") == []


async def test_a_process_that_comes_back_takes_what_it_held_and_nothing_of_others(pool: Pool):
    await heard(pool, bridge())
    await claim_due(pool, 10, "one")
    await drop_leases(pool, "two")
    assert await claim_due(pool, 10, "two") == []
    await drop_leases(pool, "one")
    assert len(await claim_due(pool, 10, "one")) == 1


async def test_who_is_quiet_is_counted_and_news_begins_anew(pool: Pool):
    await heard(pool, bridge())
    for expected in (0, 1, 2):
        (due,) = await claim_due(pool, 10, "one")
        assert due.visits == expected
        await put_back(pool, due, timedelta(0))
    (due,) = await claim_due(pool, 10, "one")
    await put_back(pool, due, timedelta(0), news=True)
    (due,) = await claim_due(pool, 10, "one")
    assert due.visits == 0


async def test_a_refusal_at_the_door_finds_the_task_by_the_id_of_our_reply(pool: Pool):
    await heard(pool, bridge())
    (due,) = await claim_due(pool, 10, "one")
    await remember_reply(pool, HANDOFF, "e-1")
    await put_back(pool, due, LATER)
    await heard(pool, Bridge(question=HANDOFF, refused_event="e-2"), HANDOFF)
    assert await claim_due(pool, 10, "one") == []
    await heard(pool, Bridge(question=HANDOFF, refused_event="e-1"), HANDOFF)
    (due,) = await claim_due(pool, 10, "one")
    assert due.refused
    await remember_reply(pool, HANDOFF, None)
    await put_back(pool, due, timedelta(0))
    assert [each.refused for each in await claim_due(pool, 10, "one")] == [False]


async def test_a_schema_is_of_one_agency(pool: Pool):
    await claim_schema(pool, "cak")
    await claim_schema(pool, "cak")
    with pytest.raises(WrongAgency):
        await claim_schema(pool, "svb")
