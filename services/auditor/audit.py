"""All checks on one moment of a running installation, in the order of the invariants (design section 7)."""

import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass

import asyncpg
from aiokafka.errors import KafkaError

import routing
from services.auditor import (
    accounting,
    decisions,
    delivered,
    disclosures,
    endings,
    lifelines,
    notices,
    numbering,
    ownership,
    privacy,
    stages,
    tables,
)
from services.auditor.doors import GROUP
from services.auditor.kafkalog import Concerned, KafkaLog
from services.auditor.report import Result
from services.auditor.scan import Scanner
from services.auditor.settle import settle
from services.auditor.snapshot import Snapshot, open_snapshot
from services.auditor.topics import open_topics
from services.platform.settings import Settings

UNREACHABLE = (asyncpg.PostgresError, asyncpg.InterfaceError, KafkaError, OSError, TimeoutError, routing.RoutingError)
"""Why an audit could not be made: then nothing is known, which is not the same as broken."""


@dataclass(frozen=True, slots=True)
class Wishes:
    """How the operator wants it."""

    settle: float | None = None
    kafka: bool = True
    sample: int | None = None


async def audit(settings: Settings, wishes: Wishes) -> list[Result]:
    """One result per invariant. Raises one of UNREACHABLE when it could not look."""
    table = routing.load(settings.table_path)
    async with AsyncExitStack() as stack:
        topics = await stack.enter_async_context(open_topics(settings)) if wishes.kafka else None
        results = []
        if wishes.settle is not None:
            results.append(await _timed(settle(settings, topics, wishes.settle)))
        # Read before the snapshot: an offset is committed after its records are in the database.
        committed = await topics.committed(GROUP) if topics else {}
        snapshot = await stack.enter_async_context(open_snapshot(settings))
        scanner = Scanner()
        found = {result.number: result for result in await _checks(snapshot, table, scanner, wishes.sample)}
        if topics:
            concerned = Concerned(found["3"], found["8"], found["10"], found["N"])
            await KafkaLog(snapshot, topics, concerned, scanner).read(settings, committed)
    return [*results, *found.values()]


async def _checks(snapshot: Snapshot, shipped: routing.Table, scanner: Scanner, sample: int | None) -> list[Result]:
    shelf = tables.Shelf(snapshot, shipped)
    table = await shelf.in_force()
    checks: tuple[Callable[[], Awaitable[Result]], ...] = (
        lambda: ownership.check(snapshot),
        lambda: endings.check(snapshot),
        lambda: accounting.check(snapshot),
        lambda: lifelines.check(snapshot),
        lambda: stages.check(snapshot),
        lambda: decisions.check_replay(snapshot, shelf, sample),
        lambda: decisions.check_declined(snapshot, table),
        lambda: privacy.check(snapshot, scanner),
        lambda: disclosures.check(snapshot),
        lambda: delivered.check(snapshot, shelf),
        lambda: notices.check(snapshot),
        lambda: tables.check(snapshot),
        lambda: numbering.check(snapshot),
    )
    return [await _timed(check()) for check in checks]


async def _timed(check: Awaitable[Result]) -> Result:
    begin = time.monotonic()
    result = await check
    result.seconds = time.monotonic() - begin
    return result
