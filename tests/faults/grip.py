"""Catches a process at a line we choose: a row is held in the database until the process waits for it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import asyncpg

#: What a session says when the server ends under it; then there is nothing left to let go of.
_GONE = (asyncpg.PostgresError, asyncpg.InterfaceError, OSError)

_LOOK_AGAIN = "select pg_stat_clear_snapshot()"
"""Else a transaction sees others as they were when it first looked."""


@asynccontextmanager
async def held(url: str, *statements: str) -> AsyncIterator[asyncpg.Connection]:
    """A transaction that keeps its locks until the block ends, and then commits."""
    connection = await asyncpg.connect(url)
    try:
        transaction = connection.transaction()
        await transaction.start()
        for statement in statements:
            await connection.execute(statement)
        yield connection
        with suppress(*_GONE):
            await transaction.commit()
    finally:
        connection.terminate()


async def waiting(connection: asyncpg.Connection, service: str, statement: str = "%") -> set[str]:
    """The processes of a service that wait for somebody's lock now, with such a statement."""
    await connection.execute(_LOOK_AGAIN)
    rows = await connection.fetch(
        "select application_name from pg_stat_activity where wait_event_type = 'Lock' "
        "and application_name like $1 and query ilike $2",
        f"gvd-{service} %",
        statement,
    )
    return {_process(row["application_name"]) for row in rows}


async def publisher(connection: asyncpg.Connection, service: str) -> str | None:
    """The process that has the lock of the service's relay."""
    await connection.execute(_LOOK_AGAIN)
    found = await connection.fetchval(
        "select application_name from pg_locks join pg_stat_activity using (pid) "
        "where locktype = 'advisory' and granted and application_name like $1",
        f"gvd-{service} %",
    )
    return _process(found) if found else None


async def end_open_transactions(connection: asyncpg.Connection, process: str) -> int:
    """What the server does by itself when a process leaves a transaction open too long. How many there were."""
    found = await connection.fetch(
        "select pg_terminate_backend(pid) from pg_stat_activity "
        "where application_name like $1 and state = 'idle in transaction'",
        f"gvd-% {process}",
    )
    return len(found)


def _process(application: str) -> str:
    return application.partition(" ")[2]
