"""Learning from the journal: each decision counts exactly once, whoever learns and whatever is cut off."""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from uuid import UUID

import orjson
import pytest

from contracts.decisions import DecisionMade, Refusal
from contracts.events import DECISIONS, ROUTING_TABLE
from services.platform.database import Pool, open_pool
from services.platform.events import Emit, Outgoing, outgoing
from services.platform.migrate import migrate
from services.platform.settings import Settings
from services.router import learning
from services.router.learning import Learning
from services.router.lessons import Life
from tests.simulation.table import small_table
from tests.unit.router.test_router_fold import Asked, requested

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    settings = Settings.model_validate({"DATABASE_URL": database})
    await asyncio.to_thread(migrate, settings, ["router"])
    opened = await open_pool(settings, "router")
    yield opened
    await opened.close()


def declined_by_alfa(suggested: str | None) -> list[DecisionMade]:
    """A question that alfa gave back; then a human chose."""
    asked = Asked("recht")
    refusal = Refusal(by="alfa", reason="not-competent", suggested=suggested)
    again = asked.says(requested("declined", 1, declined=("alfa",), refusal=refusal))
    placed = asked.says(requested("placed", 1, organisation="echo", by="triage", because="kent-de-persoon"))
    return [asked.first, again, placed]


async def journal(pool: Pool, *questions: list[DecisionMade]) -> list[Outgoing]:
    """As the router writes them; other things are in its journal too."""
    head = await pool.fetchval("select last from journal_head")
    entries = []
    for number, said in enumerate(questions, start=head + 1):
        for sequence, made in enumerate(said, start=1):
            emit = Emit(DECISIONS, made)
            entries.append(outgoing("urn:nld:oin:1:systeem:gvd-router", emit, UUID(int=number), sequence, NOW, None))
        entries.append(Outgoing(ROUTING_TABLE, UUID(int=number), 1, "table", b"\xff not to be read"))
    for number, one in enumerate(entries, start=head + 1):
        row = (number, one.topic, one.key, one.sequence, one.type, one.value)
        statement = "insert into journal (number, topic, key, sequence, type, value) values ($1, $2, $3, $4, $5, $6)"
        await pool.execute(statement, *row)
    await pool.execute("update journal_head set last = $1", head + len(entries))
    return entries


async def open_lessons(pool: Pool) -> list[tuple[str, str, str, int]]:
    rows = await learning.lessons(pool)
    return [(r["rule"], r["topic"], r["suggested"], r["said"]) for r in rows if r["status"] == Life.OPEN.value]


async def test_each_decision_counts_once_whatever_is_cut_off(pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(learning, "_AT_ONCE", 7)
    entries = await journal(pool, *[declined_by_alfa("echo") for _ in range(12)])
    chance = random.Random(3)  # noqa: S311

    async def learner() -> None:
        while await pool.fetchval("select number from lesson_cursor") < len(entries):
            task = asyncio.create_task(Learning(pool, small_table).learn(NOW))
            await asyncio.wait([task], timeout=chance.choice([0.001, 0.004, 0.02, 1]))
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(learner(), learner(), learner())
    decided = [orjson.loads(one.value)["data"]["decision"] for one in entries if one.topic == DECISIONS]
    counts = {row["rule"]: tuple(row)[2:] for row in await learning.tallies(pool)}
    assert {rule: count[0] for rule, count in counts.items()} == Counter(one["rule"] for one in decided)
    assert sum(count[1] for count in counts.values()) == 12
    assert sum(count[2] for count in counts.values()) == 12
    assert counts["recht"][1:] == (12, 12)
    assert await pool.fetchval("select count(*) from refusal") == 12


async def test_a_lesson_comes_at_the_third_and_again_when_it_has_doubled(pool: Pool) -> None:
    learner = Learning(pool, small_table)

    async def hear(times: int) -> list[tuple[str, str, str, int]]:
        await journal(pool, *[declined_by_alfa("echo") for _ in range(times)])
        await learner.learn(NOW)
        return await open_lessons(pool)

    assert await hear(2) == []
    assert await hear(1) == [("recht", "recht", "echo", 3)]
    async with pool.acquire() as connection, connection.transaction():
        [lesson] = await learning.lessons(pool)
        found = await learning.lesson_of(connection, lesson["lesson"])
        assert found is not None
        await learning.decide(connection, found, Life.REJECTED, "beleid", NOW, "Het waren uitzonderingen.")
    assert await hear(2) == []
    assert await hear(1) == [("recht", "recht", "echo", 6)]


async def test_naming_nobody_is_no_lesson(pool: Pool) -> None:
    await journal(pool, *[declined_by_alfa(None) for _ in range(5)])
    await Learning(pool, small_table).learn(NOW)
    assert await open_lessons(pool) == []
    assert await pool.fetchval("select count(*) from refusal") == 5
