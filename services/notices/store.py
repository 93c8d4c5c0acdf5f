"""What is kept beside the state, in the transaction of the fold: the queue of notices, and who is to do what."""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.notices.model import Followed, Status, Task
from services.platform.database import Connection
from services.platform.keyed import Row

Rows = Sequence[Row[Followed]]


async def store_beside(connection: Connection, rows: Rows) -> None:
    """In one order for every batch, so that two cannot wait for each other."""
    ordered = sorted((row for row in rows if row.touched), key=lambda row: row.key.int)
    await _queue(connection, ordered)
    await _tasks(connection, ordered)
    await _helped(connection, ordered)


async def _queue(connection: Connection, rows: Rows) -> None:
    """A new notice is queued with the state that knows it: a repeat finds it there and queues nothing."""
    new = []
    for row in rows:
        before = {notice.notice for notice in row.before.told} if row.before else set()
        told = row.state.told if row.state else ()
        new += [(n.notice, row.key) for n in told if n.notice not in before and n.status is Status.QUEUED]
    if new:
        await connection.execute(
            "insert into queue (notice, question) select q.notice, q.question "
            "from unnest($1::uuid[], $2::uuid[]) with ordinality as q(notice, question, nr) order by q.nr",
            *map(list, zip(*new, strict=True)),
        )


async def _tasks(connection: Connection, rows: Rows) -> None:
    changed = [row for row in rows if row.state and _shown(row.before) != _shown(row.state)]
    if not changed:
        return
    await connection.execute("delete from task where question = any($1)", [row.key for row in changed])
    lines = [
        (
            row.key,
            task.subject,
            task.agency,
            row.state.reference,
            task.stage,
            task.since,
            task.due_at,
            max(row.state.rounds - 1, 0),
            row.state.reopened,
            task.stuck,
        )
        for row in changed
        if row.state
        for task in row.state.tasks
    ]
    await connection.executemany("insert into task values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", lines)


def _shown(state: Followed | None) -> tuple[Iterable[Task], int, bool]:
    return (state.tasks, state.rounds, state.reopened) if state else ((), 0, False)


async def _helped(connection: Connection, rows: Rows) -> None:
    gone: list[UUID] = []
    for row in rows:
        before = (row.before.helped_by, row.before.helped_at) if row.before else (None, None)
        after = (row.state.helped_by, row.state.helped_at) if row.state else (None, None)
        if before == after:
            continue
        if after[0] is None:
            gone.append(row.key)
        else:
            await connection.execute(
                "insert into helped values ($1, $2, $3) on conflict (question) "
                "do update set agency = excluded.agency, at = excluded.at",
                row.key,
                *after,
            )
    if gone:
        await connection.execute("delete from helped where question = any($1)", gone)
