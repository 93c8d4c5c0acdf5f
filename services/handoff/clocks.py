"""Brings clocks up their ladder. Durable: after a day down it catches up in order, and each step comes once."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from hashlib import sha256
from operator import attrgetter, itemgetter
from uuid import UUID

import routing
from services.handoff.handlers import Life, NotThere
from services.handoff.model import QuestionState
from services.handoff.store import (
    due_clocks,
    questions_on_the_clock,
    remember_terms,
    store_clocks,
    terms_applied,
)
from services.platform import metrics
from services.platform.batch import Change
from services.platform.database import TRANSIENT, Pool
from services.platform.keyed import Conflict, KeyedStore, Row
from services.platform.logging import error_name, log
from services.platform.relay import Relay

_POLL_SECONDS = 0.5
_LIMIT = 500


@dataclass(slots=True)
class _Sweep:
    """How far the open questions are reckoned under these terms."""

    table: routing.Table
    day: date
    digest: str
    last: UUID | None = None
    changed: int = 0


class ClockWork:
    """Several processes may do this at once: the question's lock and its state decide who rings."""

    def __init__(self, pool: Pool, store: KeyedStore[QuestionState], relay: Relay, source: str, life: Life) -> None:
        self._pool, self._store, self._relay, self._source, self._life = pool, store, relay, source, life
        self._reckoned: tuple[routing.Table, date] | None = None
        self._sweep: _Sweep | None = None

    async def run(self) -> None:
        """Between two pages of a sweep the due clocks ring: nobody's clock waits for a million others."""
        while True:
            reckoned, fired = None, 0
            try:
                reckoned = await self._sweep_on(datetime.now(UTC))
                fired = await self.fire(datetime.now(UTC))
            except (*TRANSIENT, Conflict) as error:
                log.warning("clocks.interrupted", cause=error_name(error))
                reckoned = None
            if not fired and reckoned is None:
                await asyncio.sleep(_POLL_SECONDS)

    async def fire(self, now: datetime) -> int:
        due = await due_clocks(self._pool, now, _LIMIT)
        if not due:
            return 0
        fired = 0
        async with self._pool.acquire() as connection, connection.transaction():
            rows = await self._store.lock(connection, (question for question, _, _ in due))
            for question, subject, stage in due:
                row = rows[question]
                change = _by_itself(stage, row, partial(self._life.rang, subject=subject, stage=stage, now=now))
                if change is not None:
                    row.change(change.state, change.emits, self._source, now, None)
                    metrics.CLOCKS_FIRED.labels(stage).inc()
                    fired += 1
            await store_clocks(connection, list(rows.values()))
            await self._store.write(connection, list(rows.values()))
        self._relay.wake()
        return fired

    async def reckon(self, now: datetime) -> int:
        """Other norms, opening hours or organisations that are there: the open questions by the new ones.

        How many questions changed.
        """
        changed = 0
        while (page := await self._sweep_on(now)) is not None:
            changed += page
        return changed

    async def _sweep_on(self, now: datetime) -> int | None:
        """One page of the sweep: how many questions changed. None when there is nothing to reckon, or no more."""
        table, day = self._life.table, routing.day_of(now)
        if self._reckoned is not None and self._reckoned[0] is table and self._reckoned[1] == day:
            return None
        if self._sweep is None or self._sweep.table is not table or self._sweep.day != day:
            self._sweep = _Sweep(table, day, digest_of(table, self._life.not_there(now)))
        sweep = self._sweep
        if sweep.last is not None or await terms_applied(self._pool) != sweep.digest:
            questions = await questions_on_the_clock(self._pool, sweep.last or UUID(int=0), _LIMIT)
            if questions:
                changed = await self._reckon(questions, now)
                sweep.last, sweep.changed = questions[-1], sweep.changed + changed
                return changed
            await remember_terms(self._pool, sweep.digest)
            log.info("clocks.reckoned", number=sweep.changed, table_version=table.version)
        self._reckoned, self._sweep = (table, day), None
        return None

    async def _reckon(self, questions: list[UUID], now: datetime) -> int:
        async with self._pool.acquire() as connection, connection.transaction():
            changed = []
            for row in (await self._store.lock(connection, questions)).values():
                change = _by_itself("terms", row, partial(self._life.reckoned, now=now))
                if change is not None and change.state != row.state:
                    row.change(change.state, change.emits, self._source, now, None)
                    changed.append(row)
            await store_clocks(connection, changed)
            await self._store.write(connection, changed)
        self._relay.wake()
        return len(changed)


def _by_itself(
    stage: str, row: Row[QuestionState], domain: Callable[[QuestionState], Change[QuestionState] | None]
) -> Change[QuestionState] | None:
    """None when nothing changes. A clock we fail on is told each time, and keeps nobody else's from ringing."""
    try:
        return domain(row.state) if row.state else None
    except Exception as error:  # noqa: BLE001 - whatever it is, the others ring
        metrics.CLOCKS_FAILED.labels(stage).inc()
        log.error("clock.failed", stage=stage, cause=error_name(error))
        return None


def digest_of(table: routing.Table, not_there: Sequence[NotThere]) -> str:
    """Of all that decides when a clock rings and who can act; other changes of the table leave the clocks alone."""
    calendars = [(one.id, str(one.zone), one.week, sorted(one.closed)) for one in table.calendars.values()]
    own = [(one.id, one.calendar) for one in table.organisations.values() if one.calendar]
    norms = sorted(table.norms.values(), key=attrgetter("id"))
    desk = (table.settings.norm, table.settings.triage)
    terms = (norms, desk, sorted(own), sorted(calendars, key=itemgetter(0)), list(not_there))
    return sha256(repr(terms).encode()).hexdigest()
