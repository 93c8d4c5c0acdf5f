"""Two databases of the handoff service, side by side in one PostgreSQL: with few open questions and with very many.

The states are those of the real domain, of offers nobody answered yet. Some are due soon, spread over the whole table;
the rest were offered a week to four weeks later.
"""

import asyncio
import hashlib
import os
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from uuid import UUID

import asyncpg

import routing
from deploy.local import LocalPostgres
from deploy.local.home import home
from services.handoff.handlers import Life
from services.handoff.model import QuestionState
from services.platform.database import Pool, open_pool
from services.platform.keyed import KeyedStore
from services.platform.migrate import migrate
from services.platform.relay import Relay
from services.platform.settings import Settings
from tests.unit.handoff.play import QUESTION, START, Play

SOURCE = "urn:nld:oin:00000099000000001000:systeem:bench"
_LATER = [timedelta(days=days) for days in range(7, 29)]


@dataclass(slots=True)
class Stored:
    """One of the two: `due` of its `total` questions have a clock that comes to its steps soon."""

    name: str
    total: int
    due: int
    settings: Settings
    pool: Pool
    life: Life

    @property
    def store(self) -> KeyedStore[QuestionState]:
        return KeyedStore(QuestionState)

    @property
    def relay(self) -> Relay:
        """Not running: nothing goes to Kafka here."""
        return Relay(self.settings, "handoff")

    def question(self, number: int) -> UUID:
        return UUID(f"0190{number:08x}70008000{_digest(f'q{number}')[:12]}")

    def handoff(self, number: int) -> UUID:
        return UUID(_digest(f"h{number}"))

    def dues(self) -> Sequence[int]:
        """The numbers of those that are due, all over the table."""
        return range(1, self.total + 1, self.total // self.due)[: self.due]


def _digest(text: str) -> str:
    return hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()


@cache
def table() -> routing.Table:
    return routing.load()


def play() -> Play:
    return Play("aow", table=table(), follower="belastingdienst")


def made_for(name: str) -> Path:
    """A folder the server's own user can come into."""
    place = home() / "bench"
    place.mkdir(parents=True, exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=name, dir=place))
    folder.chmod(0o711)
    return folder


@asynccontextmanager
async def side_by_side(small: int, large: int, due: int) -> AsyncIterator[tuple[Stored, Stored]]:
    """Both, filled; the server and all its data are gone afterwards."""
    server = LocalPostgres(made_for("stored") / "postgres", settings={"shared_buffers": "512MB", "max_wal_size": "8GB"})
    life = Life(table())
    try:
        await asyncio.to_thread(server.start)
        opened = [await _filled(server, name, total, due, life) for name, total in (("few", small), ("many", large))]
        yield opened[0], opened[1]
        for one in opened:
            await one.pool.close()
    finally:
        server.destroy()


async def _filled(server: LocalPostgres, name: str, total: int, due: int, life: Life) -> Stored:
    administrator = await asyncpg.connect(server.url)
    await administrator.execute(f"create database {name}")
    await administrator.close()
    settings = Settings.model_validate({"database_url": server.url_of(name)})
    await asyncio.to_thread(migrate, settings, ["handoff"])
    stored = Stored(name, total, due, settings, await open_pool(settings, "handoff"), life)
    async with stored.pool.acquire() as connection:
        texts, clocks = _templates()
        first = stored.question(1), stored.handoff(1)
        await connection.execute(_FILL, texts, clocks[0], clocks[1], total, total // due, due, timeout=3600)
        assert await connection.fetchval("select question from clock order by question limit 1") == first[0]
        assert await connection.fetchval("select subject from clock order by question limit 1") == first[1]
        for statement in ("vacuum analyze", "checkpoint"):
            await connection.execute(statement, timeout=3600)
    return stored


def _templates() -> tuple[list[str], tuple[list[datetime], list[datetime]]]:
    """The state and the moments of its clock, of who is due soon and then of who was offered later."""
    texts, dues, nexts = [], [], []
    for later in (timedelta(), *_LATER):
        one = play()
        one.now = START + later
        state = one.settle().state
        assert state.question == QUESTION
        texts.append(state.model_dump_json(exclude_defaults=True).replace(str(one.lead.handoff), "{handoff}"))
        dues.append(one.clock.due_at)
        assert one.clock.next_at is not None
        nexts.append(one.clock.next_at)
    return [text.replace(str(QUESTION), "{question}") for text in texts], (dues, nexts)


def load_average() -> str:
    return f"load average {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores"


_FILL = """
with n as (
  select n, ('0190' || lpad(to_hex(n), 8, '0') || '70008000' || left(md5('q' || n), 12))::uuid as question,
         md5('h' || n)::uuid as handoff,
         case when n % $5 = 1 % $5 and (n - 1) / $5 < $6 then 1 else 2 + n % (cardinality($1::text[]) - 1) end as kind
    from generate_series(1, $4::int) n),
k as (
  insert into keyed (key, version, seen, said, state)
  select question, 1, '{"gvd.decisions": 1}', '{"gvd.handoffs": 1}',
         replace(replace(($1::text[])[kind], '{question}', question::text), '{handoff}', handoff::text)::jsonb from n),
c as (
  insert into clock (question, subject, stage, due_at, step, next_at)
  select question, handoff, 'acceptance', ($2::timestamptz[])[kind], 0, ($3::timestamptz[])[kind] from n),
j as (
  insert into journal (number, topic, key, sequence, type, value)
  select n, 'gvd.handoffs', question, 1, 'nl.geenverkeerdedeur.handoff.requested.v1', convert_to(handoff::text, 'UTF8')
    from n),
r as (update relay_cursor set number = $4)
update journal_head set last = $4
"""
