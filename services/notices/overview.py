"""The daily overview of what an agency holds, at the start of each of its working days.

Whoever makes it writes the day down in the same transaction: once, also after the system was down, also by two.
"""

import asyncio
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import routing
from contracts.events import NOTICES
from contracts.notices import OpenHandoff, OverviewCounts, OverviewMade
from services.notices.model import Followed
from services.notices.names import TableNames
from services.platform import ids
from services.platform.database import TRANSIENT, Connection, Pool
from services.platform.events import Emit
from services.platform.keyed import Conflict, KeyedStore
from services.platform.logging import error_name, log
from services.platform.relay import Relay

_LOOK_SECONDS = 30
_LISTED = 200
_FIRST_WINDOW = timedelta(days=1)


def due_day(table: routing.Table, agency: str, now: datetime) -> date | None:
    """The agency's own day, once it has opened; None on a day on which nobody is there, or before."""
    calendar = table.calendar(agency)
    today = now.astimezone(calendar.zone).date()
    hours = calendar.on(today)
    return today if hours and hours[0][0] <= now else None


class Overviews:
    """Makes them until cancelled."""

    def __init__(self, pool: Pool, store: KeyedStore[Followed], relay: Relay, source: str, names: TableNames) -> None:
        self._pool, self._store, self._relay, self._source, self._names = pool, store, relay, source, names
        self._done: set[tuple[str, date]] = set()

    async def run(self) -> None:
        while True:
            try:
                await self.make(datetime.now(UTC))
            except (*TRANSIENT, Conflict) as error:
                log.warning("overviews.interrupted", cause=error_name(error))
            await asyncio.sleep(_LOOK_SECONDS)

    async def make(self, now: datetime) -> int:
        """Every overview that is due; how many were made."""
        table = self._names.table
        due = {
            (agency, day)
            for agency in table.organisations
            if self._names.connected(agency, now) and (day := due_day(table, agency, now)) is not None
        }
        made = 0
        for agency, day in sorted(due - self._done):
            made += await self._make(agency, day, now)
            self._done.add((agency, day))
        self._done &= due
        if made:
            self._relay.wake()
        return made

    async def _make(self, agency: str, day: date, now: datetime) -> bool:
        async with self._pool.acquire() as connection, connection.transaction():
            before = await connection.fetchval("select max(at) from overview where agency = $1", agency)
            new = await connection.fetchval(
                "insert into overview (agency, day, at) values ($1, $2, $3) on conflict do nothing returning 1",
                agency,
                day,
                now,
            )
            made = await _look(connection, agency, day, before or now - _FIRST_WINDOW, now) if new else None
            if made is None:
                return False
            row = (await self._store.lock(connection, [made.overview]))[made.overview]
            row.change(None, [Emit(NOTICES, made)], self._source, now, None)
            await self._store.write(connection, [row])
        return True


async def _look(connection: Connection, agency: str, day: date, since: datetime, now: datetime) -> OverviewMade | None:
    """None when there is nothing to say: an agency that holds nothing and helped nobody is left in peace."""
    counts = await connection.fetchrow(_COUNTS, agency, now)
    helped = await connection.fetchval(
        "select count(*) from helped where agency = $1 and at > $2 and at <= $3", agency, since, now
    )
    if not counts["open"] and not helped:
        return None
    rows = await connection.fetch(_OPEN, agency, _LISTED)
    return OverviewMade(
        overview=ids.derived("overview", agency, day),
        agency=agency,
        day=day,
        at=now,
        counts=OverviewCounts(**dict(counts), helped=helped),
        open=_listed(rows, now),
        more=counts["open"] - len(rows),
    )


def _listed(rows: Sequence[Any], now: datetime) -> tuple[OpenHandoff, ...]:
    return tuple(
        OpenHandoff(
            question=row["question"],
            handoff=None if row["subject"] == row["question"] else row["subject"],
            late=row["due_at"] is not None and row["due_at"] < now,
            **{name: row[name] for name in ("reference", "stage", "since", "due_at", "bounced", "reopened", "stuck")},
        )
        for row in rows
    )


_COUNTS = """
select count(*) as open, count(*) filter (where due_at < $2) as late, count(*) filter (where bounced > 0) as bounced,
       count(*) filter (where reopened) as reopened, count(*) filter (where stuck) as stuck
  from task where agency = $1
"""

_OPEN = "select * from task where agency = $1 order by since, question, subject limit $2"
