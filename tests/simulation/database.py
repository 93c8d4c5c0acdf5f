"""PostgreSQL as far as the services lean on it: row locks, read committed, all or nothing, unknown outcomes.

It runs the real statements of the platform by verb and table. A statement it does not know is an error, so that
it cannot quietly lag behind the code.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import asyncpg

from tests.simulation import statements
from tests.simulation.loop import Chance
from tests.simulation.record import Applied, Recorder

_STATEMENT = re.compile(
    r"^\s*(?:select\b.*?\bfrom\s+(\w+)|(insert) into (\w+)|(update) (\w+)|(delete) from (\w+)|(with)\b)", re.S
)
_DEADLOCK_SECONDS = 1.0
_ROUND_TRIP = 0.004


class Database:
    """The schema of one service."""

    def __init__(self, chance: Chance, recorder: Recorder) -> None:
        self.chance, self.recorder = chance, recorder
        self.keyed: dict[Any, tuple[Any, ...]] = {}
        self.journal: list[dict[str, Any]] = []
        self.cursor = 0
        self.waiting: dict[str, int] = {}
        self.parked: dict[Any, Any] = {}
        self.clock: dict[Any, Any] = {}
        self.rung: list[Any] = []
        self.clock_terms = ""
        self.inbox: dict[Any, Any] = {}
        self.tally: dict[Any, list[int]] = {}
        self.quarantine: dict[Any, Any] = {}
        self.work: dict[Any, Any] = {}
        self.history: dict[Any, Any] = {}
        self.asked: dict[Any, Any] = {}
        self.applied: list[Applied] = []
        self.advisory: Connection | None = None
        self.locks: dict[Any, Transaction] = {}
        self.waiters: dict[Any, list[asyncio.Future[None]]] = {}
        self.connections: set[Connection] = set()


class Transaction:
    """Holds locks until its end; its writes are seen by others only after it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.writes: list[Callable[[], object]] = []
        self.asked: dict[Any, Any] = {}
        self._held: list[Any] = []

    async def hold(self, name: Any) -> None:
        """Wait for a lock; who waits too long is told of a deadlock."""
        locks = self.database.locks
        while (owner := locks.get(name)) is not None and owner is not self:
            waiter = asyncio.get_running_loop().create_future()
            self.database.waiters.setdefault(name, []).append(waiter)
            try:
                await asyncio.wait_for(waiter, _DEADLOCK_SECONDS)
            except TimeoutError:
                raise asyncpg.exceptions.DeadlockDetectedError("simulated") from None
        if owner is None:
            locks[name] = self
            self._held.append(name)

    def end(self, *, commit: bool) -> None:
        applied = self.database.recorder.take()
        if commit:
            for write in self.writes:
                write()
            self.database.applied += applied
        for name in self._held:
            del self.database.locks[name]
            for waiter in self.database.waiters.pop(name, ()):
                if not waiter.done():
                    waiter.set_result(None)
        self._held.clear()


class Connection:
    """What `asyncpg` gives a service, and what can happen to it."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.open = True
        self._transaction: Transaction | None = None
        database.connections.add(self)

    def terminate(self) -> None:
        """Also what the server does when the other side is gone: the session's lock is free again."""
        self.open = False
        self.database.connections.discard(self)
        if self.database.advisory is self:
            self.database.advisory = None

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        self._transaction = current = Transaction(self.database)
        committed = False
        try:
            yield
            await self._round_trip()
            committed = True
        finally:
            self._transaction = None
            current.end(commit=committed)
        await self._round_trip()  # gone here: it happened, but nobody was told

    async def fetch(self, statement: str, *arguments: Any) -> Any:
        await self._round_trip()
        if self._transaction is not None:
            return await self._run(self._transaction, statement, arguments)
        alone = Transaction(self.database)
        done = False
        try:
            result = await self._run(alone, statement, arguments)
            done = True
        finally:
            alone.end(commit=done)
        await self._round_trip()
        return result

    fetchval = execute = fetch

    async def executemany(self, statement: str, rows: Any) -> None:
        for row in rows:
            await self.fetch(statement, *row)

    async def _round_trip(self) -> None:
        await self.database.chance.takes(_ROUND_TRIP)
        if self.open and self.database.chance.happens(0.001):
            self.terminate()
        if not self.open:
            raise asyncpg.exceptions.ConnectionDoesNotExistError("simulated")

    async def _run(self, transaction: Transaction, statement: str, arguments: Any) -> Any:
        if "pg_try_advisory_lock" in statement:
            self.database.advisory = self.database.advisory or self
            return self.database.advisory is self
        found = _STATEMENT.match(statement)
        words = [word for word in found.groups() if word] if found else [statement]
        name = "with_" if words == ["with"] else "_".join(words if len(words) > 1 else ["select", *words])
        return await getattr(statements, name)(transaction, *arguments)


class Pool:
    """A process's way to the database; gone with the process."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.connections: set[Connection] = set()

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator[Connection]:
        connection = self.connect()
        try:
            yield connection
        finally:
            self.connections.discard(connection)
            connection.terminate()

    def connect(self) -> Connection:
        connection = Connection(self.database)
        self.connections.add(connection)
        return connection

    async def fetch(self, statement: str, *arguments: Any) -> Any:
        async with self.acquire() as connection:
            return await connection.fetch(statement, *arguments)

    fetchval = execute = fetch

    def kill(self) -> None:
        for connection in list(self.connections):
            connection.terminate()
        self.connections.clear()
