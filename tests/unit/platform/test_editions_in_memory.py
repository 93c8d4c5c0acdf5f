"""Editions in memory: a few, and every other is opened again from the database when somebody asks for it."""

import gc
import weakref
from types import SimpleNamespace
from typing import Any, cast

import pytest

from contracts.events import ROUTING_TABLE, TablePublishedEvent
from services.platform.editions import Editions
from services.platform.settings import Settings


class Book:
    """Points to itself, as a routing table does through what it remembers."""

    def __init__(self, version: str) -> None:
        self.version, self.itself = version, self


class Books:
    def __init__(self) -> None:
        self.shipped, self.content = Book("0"), "0"
        self.opened: list[str] = []
        self.alive: weakref.WeakSet[Book] = weakref.WeakSet()

    def check(self, content: str) -> Book:
        return self.reopen(content)

    def reopen(self, content: str) -> Book:
        self.opened.append(content)
        made = Book(content)
        self.alive.add(made)
        return made


class Kept:
    """The database: content of every version, and which is in force."""

    def __init__(self) -> None:
        self.holds = "0"

    async def fetchval(self, _: str, version: str) -> str | None:
        return version if version.isdigit() else None

    async def fetch(self, *_: Any) -> list[dict[str, Any]]:
        return [{"number": 1, "version": self.holds}]


@pytest.fixture
def books() -> Books:
    return Books()


@pytest.fixture
async def editions(books: Books) -> Editions[Book]:
    context = cast("Any", SimpleNamespace(service="router", settings=Settings(), pool=None))
    return Editions(context, ROUTING_TABLE, TablePublishedEvent, books, lambda _: None)


async def test_the_one_in_force_the_shipped_one_and_the_last_four_asked_for_stay(
    editions: Editions[Book], books: Books
) -> None:
    database = cast("Any", Kept())
    database.holds = "1"
    await editions.in_force(database, cast("Any", None))
    for version in range(2, 30):
        assert (await editions.of(database, str(version))).version == str(version)
    gc.collect()
    assert {book.version for book in books.alive} == {"1", "26", "27", "28", "29"}
    before = len(books.opened)
    for version in ("0", "1", "26", "29"):
        assert (await editions.of(database, version)).version == version
    assert len(books.opened) == before


async def test_an_older_one_is_opened_again_when_somebody_asks_for_it(editions: Editions[Book], books: Books) -> None:
    database = cast("Any", Kept())
    for version in ("1", "2", "3", "4", "1", "5", "1", "2"):
        assert (await editions.of(database, version)).version == version
    assert books.opened == ["1", "2", "3", "4", "5", "2"]  # 1 was asked for in between, and stayed
    with pytest.raises(KeyError):
        await editions.of(database, "never kept")


async def test_going_back_to_one_that_was_forgotten_brings_it_in_force(editions: Editions[Book], books: Books) -> None:
    database = cast("Any", Kept())
    for version in ("1", "2", "3", "4", "5", "6", "7", "1"):
        database.holds = version
        assert (await editions.in_force(database, cast("Any", None))).version == version
        assert len(books.alive) <= 6
    assert books.opened[-1] == "1"
