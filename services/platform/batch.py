"""The batch protocol: what happens between a batch of inner events in hand and its offsets committed.

1. lock the touched keys in key order
2. drop repeats by `sequence`; park what comes after a gap
3. fold the rest per key through the pure domain; what it fails on is set aside: parked, so that only its key waits
4. write state, journal, parked events and refused input; commit
5. only then are the Kafka offsets committed (`consumer.py`)

Killed before 4, nothing happened; killed after, the repeat is dropped in 2.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, TypeVar
from uuid import UUID

from contracts.base import Contract
from services.platform import metrics
from services.platform.database import Connection, Pool
from services.platform.events import Emit, Incoming
from services.platform.keyed import KeyedStore, Row
from services.platform.logging import error_name, log

S = TypeVar("S", bound=Contract)
T = TypeVar("T", covariant=True)


@dataclass(frozen=True, slots=True)
class Change(Generic[T]):
    """What one event does to one key: the new state and the events to publish."""

    state: T
    emits: tuple[Emit, ...] = ()


Fold = Callable[[S | None, Any, datetime], Change[S] | Change[None] | None]
"""The pure domain. None: nothing changes, the event is only ticked off."""

Extra = Callable[[Connection, Sequence[Row[S]]], Awaitable[None]]
"""What a service writes besides state and journal, in the same transaction: clocks, queues."""

Before = Callable[[Connection, datetime], Awaitable[object]]
"""What a service must know before it folds, read in the same transaction: which table is in force."""

Read = Callable[[str, bytes], Incoming]
"""Reads the bytes of one event of a topic; raises ValueError when they are poison."""

Parked = dict[tuple[UUID, str, int], Incoming]


async def nothing_more(_: Connection, __: Sequence[Row[S]]) -> None:
    return None


async def nothing_before(_: Connection, __: datetime) -> None:
    return None


@dataclass(slots=True)
class Tally:
    folded: int = 0
    repeats: int = 0
    parked: int = 0
    emitted: int = 0


class Batch(Generic[S]):
    """Folds batches of one service. Holds no state between batches."""

    def __init__(
        self,
        store: KeyedStore[S],
        fold: Fold[S],
        read: Read,
        source: str,
        extra: Extra[S] = nothing_more,
        before: Before = nothing_before,
    ) -> None:
        self._store, self._fold, self._read, self._source = store, fold, read, source
        self._extra, self._before = extra, before

    async def run(self, pool: Pool, events: Sequence[Incoming], now: datetime) -> Tally:
        """One transaction. Raises what the database raises; then nothing has happened."""
        tally = Tally()
        async with pool.acquire() as connection, connection.transaction():
            await self._before(connection, now)
            rows = await self._store.lock(connection, (event.key for event in events))
            parked = await self._parked(connection, rows)
            waiting: list[Incoming] = []
            freed: list[Incoming] = []
            for event in events:
                self._take(rows[event.key], event, parked, waiting, freed, tally, now)
            await _park(connection, waiting, freed)
            await self._extra(connection, list(rows.values()))
            await self._store.write(connection, list(rows.values()))
        tally.emitted = sum(len(row.says) for row in rows.values())
        return tally

    def _take(
        self,
        row: Row[S],
        event: Incoming,
        parked: Parked,
        waiting: list[Incoming],
        freed: list[Incoming],
        tally: Tally,
        now: datetime,
    ) -> None:
        due = row.seen.get(event.topic, 0) + 1
        if event.sequence < due:
            tally.repeats += 1
            return
        if event.sequence > due or not self._apply(row, event, now, tally):
            waiting.append(event)
            parked[(event.key, event.topic, event.sequence)] = event
            row.touched = True  # a key without a row has no lock: two batches that meet here must conflict
            tally.parked += 1
            return
        if parked.pop((event.key, event.topic, event.sequence), None):
            freed.append(event)
        while following := parked.get((row.key, event.topic, row.seen[event.topic] + 1)):
            if not self._apply(row, following, now, tally):
                return
            freed.append(parked.pop((row.key, event.topic, following.sequence)))

    async def _parked(self, connection: Connection, keys: Iterable[UUID]) -> Parked:
        found = await connection.fetch("select topic, key, sequence, value from parked where key = any($1)", list(keys))
        events = (self._read(row["topic"], row["value"]) for row in found)
        return {(event.key, event.topic, event.sequence): event for event in events}

    def _apply(self, row: Row[S], event: Incoming, now: datetime, tally: Tally) -> bool:
        """False when the domain fails on it: a bug of ours stops this key, loudly, and nobody else's."""
        try:
            change = self._fold(row.state, event.event, now) if event.event is not None else None
        except Exception as error:  # noqa: BLE001 - whatever it is, the others go on
            metrics.SET_ASIDE.labels(event.topic).inc()
            log.error("event.set_aside", topic=event.topic, number=event.sequence, cause=error_name(error))
            return False
        row.seen[event.topic] = event.sequence
        row.touched = True
        tally.folded += 1
        if change is not None:
            row.change(change.state, change.emits, self._source, now, event.event)
        return True


async def _park(connection: Connection, waiting: list[Incoming], freed: list[Incoming]) -> None:
    if waiting:
        await connection.executemany(
            "insert into parked (topic, key, sequence, value) values ($1, $2, $3, $4) on conflict do nothing",
            [(event.topic, event.key, event.sequence, event.value) for event in waiting],
        )
    if freed:
        await connection.executemany(
            "delete from parked where topic = $1 and key = $2 and sequence = $3",
            [(event.topic, event.key, event.sequence) for event in freed],
        )
