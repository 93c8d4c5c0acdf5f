"""Which hand-offs are to be looked at in Open Klant, and when."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from services.klantinteracties.model import Bridge
from services.platform.database import Connection, Pool
from services.platform.keyed import Row

_LEASE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Due:
    """One hand-off in our hands until the lease ends."""

    handoff: UUID
    question: UUID
    due_at: datetime
    visits: int
    refused: bool


class WrongAgency(Exception):
    """This schema is the bridge of another agency: mixing two would answer for the wrong one."""


async def claim_schema(pool: Pool, agency: str) -> None:
    await pool.execute("insert into bridge (agency) values ($1) on conflict do nothing", agency)
    known = await pool.fetchval("select agency from bridge")
    if known != agency:
        raise WrongAgency(f"the schema klantinteracties is the bridge of {known}, not of {agency}")


async def drop_leases(pool: Pool, instance: str) -> None:
    """What this very process held when it was killed is nobody's: no need to wait for the lease to end."""
    await pool.execute("update task set leased_until = null where leased_by = $1", instance)


async def wake_tasks(connection: Connection, rows: Sequence[Row[Bridge]]) -> None:
    """What was just heard is to be looked at now, in the transaction that took it in."""
    moved = [row for row in rows if row.touched and row.state is not None and row.state != row.before]
    tasks = [(task.handoff, row.key) for row in moved if row.state for task in row.state.tasks if not task.done]
    if tasks:
        await connection.execute(
            "insert into task (handoff, question) select * from unnest($1::uuid[], $2::uuid[]) "
            "on conflict (handoff) do update set due_at = now(), visits = 0",
            *map(list, zip(*tasks, strict=True)),
        )
    refused = [row.state.refused_event for row in moved if row.state and row.state.refused_event]
    if refused:
        await connection.execute("update task set refused = true, due_at = now() where said = any($1)", refused)


async def claim_due(pool: Pool, limit: int, instance: str) -> list[Due]:
    return [Due(**dict(row)) for row in await pool.fetch(_CLAIM, limit, _LEASE, instance)]


async def put_back(connection: Connection | Pool, due: Due, wait: timedelta, *, news: bool = False) -> None:
    """To be looked at again after `wait`; at once when something was heard meanwhile."""
    await connection.execute(
        "update task set leased_until = null, visits = case when $4 then 0 else least(visits + 1, 30) end, "
        "due_at = case when due_at = $2 then now() + $3 else due_at end where handoff = $1",
        due.handoff,
        due.due_at,
        wait,
        news,
    )


async def remember_reply(connection: Connection, handoff: UUID, event_id: str | None) -> None:
    await connection.execute("update task set said = $2, refused = false where handoff = $1", handoff, event_id)


async def forget_task(connection: Connection, handoff: UUID) -> None:
    await connection.execute("delete from task where handoff = $1", handoff)


_CLAIM = """
with due as (
  select handoff from task
   where due_at <= now() and (leased_until is null or leased_until < now())
   order by due_at for update skip locked limit $1
)
update task t set leased_until = now() + $2, leased_by = $3 from due where t.handoff = due.handoff
returning t.handoff, t.question, t.due_at, t.visits, t.refused
"""
