"""Reference data in editions over a compacted topic: kept in the service's own schema, in force from their moment on.

An edition that cannot be used changes nothing: the last good one stays in force, loudly. Every edition ever used
is kept in the database, so that what was decided under it can be explained years later; a few stay in memory.
"""

import asyncio
import gc
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, Generic, Protocol, TypeVar

from aiokafka import ConsumerRecord
from pydantic import TypeAdapter, ValidationError

from services.platform import metrics
from services.platform.consumer import Consumer
from services.platform.database import TRANSIENT, Connection
from services.platform.logging import error_name, log
from services.platform.process import Context
from services.platform.quarantine import poison, store_refused

_LOOK_SECONDS = 1.0
_OPEN = 4
_AHEAD = 2
"""How many editions stay open beside the one in force and the shipped one; the next to come are among them."""


class Made(Protocol):
    """What an edition becomes when it is unpacked."""

    @property
    def version(self) -> str: ...


T = TypeVar("T", bound=Made)


class Library(Protocol[T]):
    """What came with the code, and how editions are opened."""

    shipped: T
    content: str

    def check(self, content: str) -> T:
        """Opens a new edition; raises when anything is wrong with it."""
        ...

    def reopen(self, content: str) -> T:
        """Opens one that was checked before: checks may have become stricter since."""
        ...


class Unusable(Exception):
    """The content is not what its version says."""


class Editions(Generic[T]):
    """The editions one service knows; `use` is told of the one in force, at the start and when it changes."""

    def __init__(
        self,
        context: Context,
        topic: str,
        event: Any,
        library: Library[T],
        use: Callable[[T], None],
    ) -> None:
        self._service, self._pool, self._library = context.service, context.pool, library
        self._event: TypeAdapter[Any] = TypeAdapter(event)
        self._shipped = library.shipped
        self._known: dict[str, T] = {self._shipped.version: self._shipped}  # the last asked for comes last
        self._unusable: set[int] = set()
        self._told, self._used = use, ""
        self.consumer = Consumer(context.settings, f"{context.service}.editions", self.take, topics=[topic])

    async def start(self) -> None:
        """Keep what came with the code, and begin with what is in force."""
        async with self._pool.acquire() as connection:
            await connection.execute(_KEEP, self._shipped.version, self._library.content)
            await self.in_force(connection, datetime.now(UTC))

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        """Kafka's side. A publication is stored once, whatever comes twice; only a refused one may come again."""
        for record in records:
            try:
                data = self._event.validate_json(record.value or b"", extra="ignore").data
            except ValidationError:
                log.error("edition.unreadable", topic=record.topic, partition=record.partition)
                async with self._pool.acquire() as connection:
                    await store_refused(connection, [poison(record, datetime.now(UTC))])
                continue
            await self._store(data, await self._fault(data.version, data.content))

    async def _fault(self, version: str, content: str) -> str | None:
        """One that was used here before was checked then: going back to it never fails on checks made since."""
        async with self._pool.acquire() as connection:
            used = await connection.fetchval("select true from edition where version = $1", version)
        try:
            await self._open(self._library.reopen if used else self._library.check, version, content)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the last good edition stays
            return error_name(error)
        return None

    async def _store(self, data: Any, refused: str | None) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            if refused is None:
                await connection.execute(_KEEP, data.version, data.content)
            kept = await connection.fetchval(_PUBLISH, data.publication, data.version, data.effective_from, refused)
        if kept is None:
            return
        if refused:
            metrics.EDITIONS_REFUSED.labels(self._service).inc()
            log.error("edition.refused", table_version=data.version, number=data.publication, cause=refused)
        else:
            log.info("edition.known", table_version=data.version, number=data.publication)

    async def in_force(self, connection: Connection, now: datetime) -> T:
        """The highest publication whose moment has come and that this process can use; else what was shipped.

        Asked before each batch: all of it is decided under one edition, and under the newest the database has.
        """
        while row := await connection.fetchrow(_IN_FORCE, now, list(self._unusable)):
            made = await self._of_row(connection, row["number"], row["version"])
            if made is not None:
                return self._use(made)
        return self._use(self._shipped)

    async def _of_row(self, connection: Connection, number: int, version: str) -> T | None:
        try:
            return await self.of(connection, version)
        except TRANSIENT:
            raise
        except Exception as error:  # noqa: BLE001 - this process cannot read it, another may: go on with the one before
            self._unusable.add(number)
            metrics.EDITIONS_REFUSED.labels(self._service).inc()
            log.error("edition.refused", table_version=version, number=number, cause=error_name(error))
            return None

    async def of(self, connection: Connection, version: str) -> T:
        """Any edition ever kept; raises KeyError when there is none."""
        made = self._known.pop(version, None)
        if made is not None:
            self._known[version] = made
            return made
        content = await connection.fetchval("select content from edition where version = $1", version)
        if content is None:
            raise KeyError(version)
        return await self._open(self._library.reopen, version, content)

    async def _open(self, open_: Callable[[str], T], version: str, content: str) -> T:
        made = await asyncio.to_thread(open_, content)
        if made.version != version:
            raise Unusable
        self._known[version] = made
        if self._forget():
            gc.unfreeze()  # what is frozen is never freed, and an edition points to itself in places
            gc.collect()
        gc.freeze()  # as at the start of the process: it stays, and is not garbage to look through
        return made

    def _forget(self) -> bool:
        """All but a few: each is tens of megabytes, and a process lives for months."""
        spare = [version for version in self._known if version not in (self._used, self._shipped.version)]
        for version in spare[:-_OPEN]:
            del self._known[version]
        return len(spare) > _OPEN

    def _use(self, made: T) -> T:
        if made.version != self._used:
            self._used = made.version
            self._told(made)
            metrics.EDITION.labels(self._service).info({"version": made.version})
            log.info("edition.in_force", table_version=made.version)
        return made

    async def watch(self) -> None:
        """For parts that have no batches, and so that an edition is read before its moment comes."""
        while True:
            with suppress(*TRANSIENT):
                async with self._pool.acquire() as connection:
                    now = datetime.now(UTC)
                    for row in await connection.fetch(_COMING, now, list(self._unusable), _AHEAD):
                        await self._of_row(connection, row["number"], row["version"])
                    await self.in_force(connection, now)
            await asyncio.sleep(_LOOK_SECONDS)


_KEEP = "insert into edition (version, content) values ($1, $2) on conflict do nothing"

_PUBLISH = """
insert into publication as p (number, version, effective_from, refused) values ($1, $2, $3, $4)
on conflict (number) do update
   set version = excluded.version, effective_from = excluded.effective_from, refused = null, known_at = now()
 where p.refused is not null and excluded.refused is null
returning number
"""

_IN_FORCE = """
select number, version from publication
 where refused is null and effective_from <= $1 and number <> all($2::bigint[])
 order by number desc limit 1
"""

_COMING = """
select number, version from publication
 where refused is null and effective_from > $1 and number <> all($2::bigint[])
 order by effective_from, number desc limit $3
"""
