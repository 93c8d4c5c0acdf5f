"""Editions: kept once, in force from their moment on, and a bad one changes nothing."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast

import orjson
import pytest
from aiokafka import ConsumerRecord
from prometheus_client import REGISTRY

from contracts import events
from contracts.events import ROUTING_TABLE, TablePublishedEvent
from contracts.examples import example
from services.platform.database import Pool, open_pool
from services.platform.editions import Editions
from services.platform.migrate import migrate
from services.platform.settings import Settings

NOW = datetime.now(UTC)
TYPE = "nl.geenverkeerdedeur.table.published.v1"


@dataclass(frozen=True)
class Book:
    version: str


def version(number: int) -> str:
    return f"2026.01.{number:02}-{number:012x}"


class Books:
    shipped, content = Book("2026.01.00-000000000000"), "0"

    def check(self, content: str) -> Book:
        if content.startswith("strict"):
            raise ValueError(content)
        return self.reopen(content)

    def reopen(self, content: str) -> Book:
        if content == "torn":
            raise ValueError(content)
        return Book(version(int(content.removeprefix("strict"))))


def published(number: int, content: str, start: timedelta = timedelta(), of: int | None = None) -> ConsumerRecord:
    """As Kafka brings publication `number` of version `of`, in force from `start` after now."""
    event: dict[str, Any] = example(events.TablePublishedEvent, TYPE)
    event["data"] |= {"publication": number, "version": version(of or number), "content": content}
    event["data"]["effective_from"] = (NOW + start).isoformat()
    return record(orjson.dumps(event), number)


def record(value: bytes, offset: int = 0) -> ConsumerRecord:
    return ConsumerRecord(ROUTING_TABLE, 0, offset, 0, 0, None, value, None, None, None, ())


class Shelf:
    """The editions of one process, and what it was told."""

    def __init__(self, pool: Pool, settings: Settings) -> None:
        self.pool, self.told = pool, list[str]()
        context = cast("Any", SimpleNamespace(service="router", settings=settings, pool=pool))
        self.editions = Editions(context, ROUTING_TABLE, TablePublishedEvent, Books(), self._use)

    def _use(self, book: Book) -> None:
        self.told.append(book.version)

    async def at(self, moment: timedelta = timedelta()) -> str:
        async with self.pool.acquire() as connection:
            return (await self.editions.in_force(connection, NOW + moment)).version


@pytest.fixture
async def shelf(database: str) -> AsyncIterator[Shelf]:
    settings = Settings.model_validate({"DATABASE_URL": database})
    await _migrated(settings)
    pool = await open_pool(settings, "router")
    made = Shelf(pool, settings)
    await made.editions.start()
    yield made
    await pool.close()


async def _migrated(settings: Settings) -> None:
    await asyncio.to_thread(migrate, settings, ["router"])


def refusals() -> float:
    return REGISTRY.get_sample_value("gvd_editions_refused_total", {"service": "router"}) or 0


async def test_what_was_shipped_holds_until_something_is_published(shelf: Shelf) -> None:
    assert await shelf.at() == version(0)
    await shelf.editions.take([published(1, "1")])
    assert await shelf.at() == version(1)
    assert shelf.told == [version(0), version(1)]


async def test_an_edition_waits_for_its_moment(shelf: Shelf) -> None:
    await shelf.editions.take([published(1, "1"), published(2, "2", timedelta(hours=1))])
    assert await shelf.at() == version(1)
    assert await shelf.at(timedelta(minutes=59)) == version(1)
    assert await shelf.at(timedelta(hours=1)) == version(2)


async def test_going_back_is_publishing_the_earlier_one_again(shelf: Shelf) -> None:
    await shelf.editions.take([published(1, "1"), published(2, "2"), published(3, "1", of=1)])
    assert await shelf.at() == version(1)


async def test_twice_delivered_is_once_known_and_the_first_stays(shelf: Shelf) -> None:
    await shelf.editions.take([published(1, "1"), published(1, "1"), published(1, "2", of=2)])
    assert await shelf.at() == version(1)
    assert await shelf.pool.fetchval("select count(*) from publication") == 1


@pytest.mark.parametrize("content", ["torn", "7"], ids=["cannot be read", "is another version"])
async def test_a_bad_edition_changes_nothing_and_is_counted(shelf: Shelf, content: str) -> None:
    before = refusals()
    await shelf.editions.take([published(1, "1"), published(2, content)])
    assert await shelf.at() == version(1)
    assert refusals() == before + 1
    assert await shelf.pool.fetchval("select refused is not null from publication where number = 2")


async def test_a_version_that_first_came_torn_can_still_come_whole(shelf: Shelf) -> None:
    await shelf.editions.take([published(1, "torn"), published(2, "1", of=1)])
    assert await shelf.at() == version(1)
    fresh = Shelf(shelf.pool, Settings())
    await fresh.editions.start()
    assert fresh.told == [version(1)]


async def test_a_bad_one_does_not_keep_the_number_from_a_good_one(shelf: Shelf) -> None:
    """Whoever wrote the bad one, the publication that carries this number must not be lost for it."""
    await shelf.editions.take([published(1, "torn"), published(1, "2", of=2), published(1, "torn")])
    assert await shelf.at() == version(2)
    assert [tuple(row) for row in await shelf.pool.fetch("select number, refused from publication")] == [(1, None)]


async def test_what_is_no_event_is_quarantined_and_the_next_is_read(shelf: Shelf) -> None:
    await shelf.editions.take([record(b"\x00{"), published(1, "1", timedelta())])
    assert await shelf.at() == version(1)
    assert await shelf.pool.fetchval("select count(*) from quarantine") == 1


async def test_a_process_that_cannot_read_what_another_could_keeps_the_last_good_one(shelf: Shelf) -> None:
    """An older image during an upgrade: the taker was newer and found nothing wrong."""
    await shelf.editions.take([published(1, "1")])
    await shelf.pool.execute("insert into edition (version, content) values ($1, 'torn')", version(2))
    await shelf.pool.execute(
        "insert into publication (number, version, effective_from) values (2, $1, $2)", version(2), NOW
    )
    before = refusals()
    assert await shelf.at() == version(1)
    assert await shelf.at() == version(1)
    assert refusals() == before + 1


async def test_what_was_good_when_it_came_stays_good_when_checks_become_stricter(shelf: Shelf) -> None:
    await shelf.pool.execute("insert into edition (version, content) values ($1, 'strict1')", version(1))
    await shelf.pool.execute(
        "insert into publication (number, version, effective_from) values (1, $1, $2)", version(1), NOW
    )
    assert await shelf.at() == version(1)
    await shelf.editions.take([published(2, "strict2")])
    assert await shelf.at() == version(1)
    await shelf.editions.take([published(3, "3"), published(4, "strict1", of=1)])
    assert await shelf.at() == version(1)  # gone back to
    assert await shelf.pool.fetchval("select refused is null from publication where number = 4")


async def test_every_edition_ever_known_can_be_had_again(shelf: Shelf) -> None:
    await shelf.editions.take([published(1, "1"), published(2, "2")])
    fresh = Shelf(shelf.pool, Settings())
    await fresh.editions.start()
    assert fresh.told == [version(2)]
    async with shelf.pool.acquire() as connection:
        assert (await fresh.editions.of(connection, version(1))).version == version(1)
        assert (await fresh.editions.of(connection, version(0))).version == version(0)
        with pytest.raises(KeyError):
            await fresh.editions.of(connection, version(9))
