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

    def __init__(self, *published: str) -> None:
        self.published = list(published)

    async def fetchval(self, _: str, version: str) -> str | None:
        return version if version.isdigit() else None

    async def fetchrow(self, _: str, __: Any, unusable: list[int]) -> dict[str, Any] | None:
        """The highest publication that is not among these."""
        numbered = reversed(list(enumerate(self.published, start=1)))
        return next(({"number": at, "version": one} for at, one in numbered if at not in unusable), None)


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
    database = cast("Any", Kept("1"))
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
        database.published.append(version)
        assert (await editions.in_force(database, cast("Any", None))).version == version
        assert len(books.alive) <= 6
    assert books.opened[-1] == "1"


async def test_after_many_that_cannot_be_read_the_last_good_one_holds(editions: Editions[Book]) -> None:
    database = cast("Any", Kept("1", "2", *("unreadable",) * 5))
    assert (await editions.in_force(database, cast("Any", None))).version == "2"


async def test_with_nothing_that_can_be_read_what_was_shipped_holds(editions: Editions[Book]) -> None:
    database = cast("Any", Kept(*("unreadable",) * 5))
    assert (await editions.in_force(database, cast("Any", None))).version == "0"
