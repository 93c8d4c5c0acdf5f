"""The clocks of open stages, one row each, beside the questions they belong to."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from services.handoff.model import Clock, QuestionState
from services.platform.database import Connection, Pool
from services.platform.keyed import Row


async def store_clocks(connection: Connection, rows: Sequence[Row[QuestionState]]) -> None:
    """Bring the clock table in line with the touched questions, in the same transaction."""
    stopped: list[tuple[UUID, UUID, str]] = []
    started: list[tuple[UUID, Clock]] = []
    for row in rows:
        before = set(row.before.clocks) if row.before else set()
        after = set(row.state.clocks) if row.state else set()
        stopped += [(row.key, clock.subject, clock.stage.value) for clock in before - after]
        started += [(row.key, clock) for clock in after - before]
    if stopped:
        await connection.execute(
            "delete from clock c using unnest($1::uuid[], $2::uuid[], $3::text[]) as s(question, subject, stage) "
            "where (c.question, c.subject, c.stage) = (s.question, s.subject, s.stage)",
            *map(list, zip(*stopped, strict=True)),
        )
    if started:
        await connection.execute(
            "insert into clock (question, subject, stage, due_at, step, next_at) "
            "select * from unnest($1::uuid[], $2::uuid[], $3::text[], $4::timestamptz[], $5::int[], $6::timestamptz[])",
            [question for question, _ in started],
            [clock.subject for _, clock in started],
            [clock.stage.value for _, clock in started],
            [clock.due_at for _, clock in started],
            [clock.step for _, clock in started],
            [clock.next_at for _, clock in started],
        )


async def due_clocks(pool: Pool, now: datetime, limit: int) -> list[tuple[UUID, UUID, str]]:
    """Clocks at a step of their ladder, the oldest first."""
    found = await pool.fetch(DUE, now, limit)
    return [(row["question"], row["subject"], row["stage"]) for row in found]


async def questions_on_the_clock(pool: Pool, after: UUID, limit: int) -> list[UUID]:
    """Page by page, in the order of their ids."""
    found = await pool.fetch(
        "select distinct question from clock where question > $1 order by question limit $2", after, limit
    )
    return [row["question"] for row in found]


async def terms_applied(pool: Pool) -> str:
    return str(await pool.fetchval("select digest from clock_terms"))


async def remember_terms(pool: Pool, digest: str) -> None:
    await pool.execute("update clock_terms set digest = $1", digest)


DUE = "select question, subject, stage from clock where next_at <= $1 order by next_at limit $2"
