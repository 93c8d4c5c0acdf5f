"""State per key, and the one write that stores it together with the events it gave rise to."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from operator import attrgetter
from typing import Generic, TypeVar
from uuid import UUID

import orjson
from pydantic import TypeAdapter

from contracts.base import Contract
from contracts.events import Envelope
from services.platform.database import Connection
from services.platform.events import Emit, Outgoing, outgoing

S = TypeVar("S", bound=Contract)


class Conflict(Exception):
    """Another transaction created one of these keys first; the batch is to be tried again."""


@dataclass(slots=True)
class Row(Generic[S]):
    """One key's state, what it has seen and said per topic, and what it says now."""

    key: UUID
    version: int = 0
    seen: dict[str, int] = field(default_factory=dict)
    said: dict[str, int] = field(default_factory=dict)
    state: S | None = None
    before: S | None = None
    stored: bool = False
    touched: bool = False
    says: list[Outgoing] = field(default_factory=list)

    def change(
        self, state: S | None, emits: Iterable[Emit], source: str, now: datetime, cause: Envelope | None
    ) -> None:
        self.state = state
        self.version += 1
        self.touched = True
        for emit in emits:
            sequence = self.said.get(emit.topic, 0) + 1
            self.said[emit.topic] = sequence
            self.says.append(outgoing(source, emit, self.key, sequence, now, cause))


class KeyedStore(Generic[S]):
    """Reads and writes the `keyed` table and the journal of one service."""

    def __init__(self, state: type[S]) -> None:
        self._adapter: TypeAdapter[S] = TypeAdapter(state)

    async def lock(self, connection: Connection, keys: Iterable[UUID]) -> dict[UUID, Row[S]]:
        """Lock the keys in key order, so that two batches cannot wait for each other."""
        wanted = sorted(set(keys), key=_by_value)
        rows: dict[UUID, Row[S]] = {key: Row(key) for key in wanted}
        for found in await connection.fetch(_LOCK, wanted):
            state = self.load(found["state"])
            rows[found["key"]] = Row(
                found["key"],
                found["version"],
                orjson.loads(found["seen"]),
                orjson.loads(found["said"]),
                state,
                state,
                stored=True,
            )
        return rows

    async def read(self, connection: Connection, key: UUID) -> S | None:
        found = await connection.fetchval("select state from keyed where key = $1", key)
        return None if found is None else self.load(found)

    def load(self, text: str) -> S | None:
        return None if text == "null" else self._adapter.validate_json(text, extra="ignore")

    async def write(self, connection: Connection, rows: Sequence[Row[S]]) -> int:
        """Store the touched rows and journal what they say; raises Conflict. Gives the last number."""
        touched = sorted((row for row in rows if row.touched), key=lambda row: row.key.int)
        says = [entry for row in touched for entry in row.says]
        if not touched:
            return 0
        last = await connection.fetchval(
            _WRITE,
            [row.key for row in touched],
            [row.version for row in touched],
            [_json(row.seen) for row in touched],
            [_json(row.said) for row in touched],
            [self._dump(row) for row in touched],
            [row.stored for row in touched],
            [entry.topic for entry in says],
            [entry.key for entry in says],
            [entry.sequence for entry in says],
            [entry.type for entry in says],
            [entry.value for entry in says],
        )
        if last is None:
            raise Conflict
        return int(last)

    def _dump(self, row: Row[S]) -> str:
        if row.state is None:  # events came that change nothing: only what was seen is kept
            return "null"
        return row.state.__pydantic_serializer__.to_json(row.state, exclude_defaults=True).decode()


_by_value = attrgetter("int")  # as PostgreSQL sorts them, and ten times as fast as comparing UUID objects


def _json(counts: dict[str, int]) -> str:
    return orjson.dumps(counts).decode()


_LOCK = "select key, version, seen, said, state from keyed where key = any($1) order by key for update"

# The head is taken last and only when every row was written: `head` waits for the counts of `u` and `i`.
# So journal numbers have no gaps, are in commit order, and a reader by cursor misses nothing.
_WRITE = """
with r as materialized (
  select * from unnest($1::uuid[], $2::int[], $3::jsonb[], $4::jsonb[], $5::jsonb[], $6::bool[])
    as r(key, version, seen, said, state, stored)
), u as (
  update keyed q
     set version = r.version, seen = r.seen, said = r.said, state = r.state, updated_at = now()
    from r where r.stored and q.key = r.key
  returning 1
), i as (
  insert into keyed (key, version, seen, said, state)
  select key, version, seen, said, state from r where not stored
  on conflict (key) do nothing
  returning 1
), head as (
  update journal_head set last = last + cardinality($7::text[])
   where (select count(*) from u) + (select count(*) from i) = cardinality($1::uuid[])
  returning last
), j as (
  insert into journal (number, topic, key, sequence, type, value)
  select head.last - cardinality($7::text[]) + e.nr, e.topic, e.key, e.sequence, e.type, e.value
    from head, unnest($7::text[], $8::uuid[], $9::int[], $10::text[], $11::bytea[])
      with ordinality as e(topic, key, sequence, type, value, nr)
)
select last from head
"""
