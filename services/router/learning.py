"""Learns from the router's own journal: a cursor over it moves in one transaction with what was counted.

The journal has no gaps and is in commit order, so whatever is killed each decision counts exactly once.
"""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

import routing
from contracts.events import DECISIONS
from services.platform import ids
from services.platform.database import TRANSIENT, Connection, Pool
from services.platform.logging import error_name, log
from services.router.lessons import Life, Ruled, Taught, due

_AT_ONCE = 1_000
_PAUSE_SECONDS = 1.0
"""Nobody waits for a lesson: at most a thousand decisions a second, a few per cent of a core, and routing goes on."""


class Learning:
    """Several processes may try; the one that has the cursor does it."""

    def __init__(self, pool: Pool, table: Callable[[], routing.Table]) -> None:
        self._pool, self._table = pool, table

    async def run(self) -> None:
        while True:
            try:
                await self.learn(datetime.now(UTC))
            except TRANSIENT as error:
                log.warning("learning.interrupted", cause=error_name(error))
            await asyncio.sleep(_PAUSE_SECONDS)

    async def learn(self, now: datetime) -> int:
        """The next stretch of the journal; gives how many entries that were."""
        async with self._pool.acquire() as connection, connection.transaction():
            cursor = await connection.fetchval("select number from lesson_cursor for update skip locked")
            rows = [] if cursor is None else await connection.fetch(_NEXT, cursor, DECISIONS, _AT_ONCE)
            if not rows:
                return 0
            taught = Taught({rule.id: rule.topic for rule in self._table().rules})
            for row in rows:
                if row["value"] is not None:
                    taught.hear(row["key"], orjson.loads(row["value"]))
            await _count(connection, taught)
            await _raise(connection, taught.suggestions, now)
            await connection.execute("update lesson_cursor set number = $1", rows[-1]["number"])
        return len(rows)


async def _count(connection: Connection, taught: Taught) -> None:
    before = await connection.fetch(_BEFORE, *_columns(taught.overruled, 2), DECISIONS)
    overruled = [Ruled(row["table_version"], row["rule"]) for row in before]
    ruled = sorted({*taught.decisions, *taught.refused, *overruled})
    counts = [(*one, taught.decisions[one], taught.refused[one], overruled.count(one)) for one in ruled]
    await connection.execute(_TALLY, *_columns(counts, 5))
    await connection.execute(_REFUSALS, *_columns(taught.refusals, 9))
    await connection.executemany(_CODE, taught.codes)


async def _raise(connection: Connection, suggestions: set[tuple[str, str, str]], now: datetime) -> None:
    for rule, topic, suggested in sorted(suggestions):
        lesson = ids.derived("lesson", rule, topic, suggested)
        row = await connection.fetchrow("select status, weighed from lesson where lesson = $1 for update", lesson)
        said = await connection.fetchval(_SAID, rule, topic, suggested)
        if due(Life(row["status"]) if row else None, row["weighed"] if row else None, said):
            await connection.execute(_RAISE, lesson, rule, topic, suggested, now)


def _columns(rows: Sequence[Sequence[Any]], width: int) -> list[list[Any]]:
    return [[row[column] for row in rows] for column in range(width)]


async def lessons(pool: Pool) -> Sequence[asyncpg.Record]:
    """Open ones first, then the last decided, each with its counts of now."""
    rows: Sequence[asyncpg.Record] = await pool.fetch(_LESSONS)
    return rows


async def lesson_of(connection: Connection, lesson: UUID) -> asyncpg.Record | None:
    return await connection.fetchrow("select * from lesson where lesson = $1 for update", lesson)


async def decide(
    connection: Connection,
    lesson: asyncpg.Record,
    life: Life,
    by: str,
    now: datetime,
    reason: str | None,
    proposal: UUID | None = None,
) -> None:
    said = await connection.fetchval(_SAID, lesson["rule"], lesson["topic"], lesson["suggested"])
    await connection.execute(_DECIDE, lesson["lesson"], life.value, by, now, reason, said, proposal)


async def tallies(pool: Pool) -> Sequence[asyncpg.Record]:
    """Per rule and version, the most refused first."""
    rows: Sequence[asyncpg.Record] = await pool.fetch(
        "select * from rule_tally order by refusals desc, overruled desc, decisions desc, rule, table_version"
    )
    return rows


async def unmapped_codes(pool: Pool) -> Sequence[asyncpg.Record]:
    rows: Sequence[asyncpg.Record] = await pool.fetch(
        "select * from unmapped_code order by times desc, agency, code limit 1000"
    )
    return rows


_NEXT = """
select number, key, case when topic = $2 then value end as value from journal
 where number > $1 order by number limit $3
"""

_BEFORE = """
select d ->> 'table_version' as table_version, d ->> 'rule' as rule
  from unnest($1::uuid[], $2::int[]) as h(key, sequence) join journal j using (key, sequence)
 cross join lateral (select convert_from(j.value, 'UTF8')::json -> 'data' -> 'decision' as d) as made
 where j.topic = $3
"""

_TALLY = """
insert into rule_tally as t (table_version, rule, decisions, refusals, overruled)
select * from unnest($1::text[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[])
on conflict (table_version, rule) do update set decisions = t.decisions + excluded.decisions,
  refusals = t.refusals + excluded.refusals, overruled = t.overruled + excluded.overruled
"""

_REFUSALS = """
insert into refusal (question, decision, table_version, rule, topic, by, reason, suggested, at)
select * from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
                     $9::timestamptz[])
"""

_CODE = """
insert into unmapped_code as u (agency, code, times, first_at, last_at) values ($1, $2, 1, $3, $3)
on conflict (agency, code) do update set times = u.times + 1, last_at = greatest(u.last_at, excluded.last_at)
"""

_SAID = "select count(distinct question) from refusal where rule = $1 and topic = $2 and suggested = $3"

_RAISE = """
insert into lesson (lesson, rule, topic, suggested, status, raised_at) values ($1, $2, $3, $4, 'open', $5)
on conflict (lesson) do update set status = 'open', raised_at = excluded.raised_at
"""

_DECIDE = """
update lesson set status = $2, decided_by = $3, decided_at = $4, reason = $5, weighed = $6, proposal = $7
 where lesson = $1
"""

_LESSONS = """
select l.*, coalesce(t.decisions, 0)::bigint as decisions, coalesce(t.refusals, 0)::bigint as declined, s.said,
       s.reasons
  from lesson l
  left join (select rule, sum(decisions) as decisions, sum(refusals) as refusals from rule_tally group by rule) t
       using (rule)
 cross join lateral (
   select count(distinct question) as said, array_agg(distinct reason) as reasons from refusal r
    where (r.rule, r.topic, r.suggested) = (l.rule, l.topic, l.suggested)) s
 order by l.status = 'open' desc, coalesce(l.decided_at, l.raised_at) desc limit 500
"""
