"""One moment of all schemas: every check sees the same, so what a consumer lacks is in flight and nothing else.

The transaction is read only and PostgreSQL holds us to it; facts that several checks need are drawn out once,
into temporary tables. It keeps vacuum from cleaning up for as long as the audit takes: run it, do not leave it open.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from services.auditor.facts import FILL, TABLES
from services.auditor.report import Result
from services.platform.settings import Settings

_SESSION = {
    "application_name": "gvd-audit",
    "search_path": "pg_temp",
    "idle_in_transaction_session_timeout": "0",
    "statement_timeout": "0",
    "jit": "off",
    "work_mem": "256MB",
    "timezone": "UTC",
}


class Snapshot:
    """Queries within the one transaction."""

    def __init__(self, connection: asyncpg.Connection) -> None:
        self._connection = connection

    async def value(self, query: str, *given: Any) -> Any:
        return await self._connection.fetchval(query, *given)

    async def count(self, query: str, *given: Any) -> int:
        return int(await self._connection.fetchval(query, *given) or 0)

    async def fetch(self, query: str, *given: Any) -> list[asyncpg.Record]:
        rows: list[asyncpg.Record] = await self._connection.fetch(query, *given)
        return rows

    async def stream(self, query: str, *given: Any) -> AsyncIterator[asyncpg.Record]:
        """Rows as they come: the answer may be larger than memory."""
        async for row in self._connection.cursor(query, *given, prefetch=2_000):
            yield row

    async def offenders(self, result: Result, query: str, *given: Any) -> None:
        """Every row of the query, `place` and `what`, is a breach."""
        async for row in self.stream(query, *given):
            result.breach(row["place"], row["what"])

    async def insert(self, table: str, rows: list[tuple[Any, ...]]) -> None:
        """Into a temporary table of ours."""
        await self._connection.copy_records_to_table(table, records=rows, schema_name="pg_temp")


@asynccontextmanager
async def open_snapshot(settings: Settings, *, facts: bool = True) -> AsyncIterator[Snapshot]:
    """With `facts` the temporary tables of `facts.py` are there too."""
    connection = await asyncpg.connect(settings.database_url.get_secret_value(), timeout=10, server_settings=_SESSION)
    try:
        await connection.execute(TABLES)
        async with connection.transaction(isolation="repeatable_read", readonly=True):
            for statement in FILL if facts else ():
                await connection.execute(statement)
            yield Snapshot(connection)
    finally:
        await connection.close()
