"""A sweep of all open questions goes page by page, and due clocks ring between two pages."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from prometheus_client import REGISTRY

from services.handoff import clocks
from services.handoff.clocks import ClockWork
from services.handoff.handlers import Life
from services.handoff.model import QuestionState
from services.platform.batch import Change
from services.platform.keyed import Row
from tests.simulation.table import small_table
from tests.unit.handoff.play import offered

PAGES = 3
QUESTIONS = [UUID(int=number) for number in range(1, 2 * PAGES + 1)]
NOW = datetime(2026, 11, 23, 9, tzinfo=UTC)


class Seen(ClockWork):
    """Writes down what it would do."""

    def __init__(self, life: Life) -> None:
        super().__init__(*[Any] * 4, life)  # type: ignore[arg-type]
        self.did: list[str] = []
        self.rest = asyncio.Event()

    async def fire(self, now: datetime) -> int:
        await asyncio.sleep(0)
        self.did.append("rang")
        if len(self.did) > 2 * PAGES + 3:
            self.rest.set()
        return 1

    async def _reckon(self, questions: Sequence[UUID], now: datetime) -> int:
        self.did.append(f"reckoned {questions[0].int}-{questions[-1].int}")
        return len(questions)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Seen:
    applied = [""]

    async def pages(_: Any, after: UUID, __: int) -> list[UUID]:
        return [one for one in QUESTIONS if one > after][:2]

    async def remember(_: Any, digest: str) -> None:
        applied[0] = digest

    async def known(_: Any) -> str:
        return applied[0]

    monkeypatch.setattr(clocks, "questions_on_the_clock", pages)
    monkeypatch.setattr(clocks, "remember_terms", remember)
    monkeypatch.setattr(clocks, "terms_applied", known)
    return Seen(Life(small_table()))


class Failing(Life):
    """Fails on the first question."""

    def rang(self, state: Any, subject: UUID, stage: str, now: datetime) -> Any:
        return self._of(state)

    def reckoned(self, state: Any, now: datetime) -> Any:
        return self._of(state)

    def _of(self, state: Any) -> Any:
        if state.question == QUESTIONS[0]:
            raise OverflowError
        return Change(state.model_copy(update={"version": 7}))


class Pool:
    """Its one connection is in a transaction, or not."""

    @asynccontextmanager
    async def acquire(self) -> AsyncIterator["Pool"]:
        yield self

    transaction = acquire


class Store:
    """Keeps what is written."""

    def __init__(self) -> None:
        self.written: list[UUID] = []

    async def lock(self, _: Any, keys: Iterable[UUID]) -> dict[UUID, Row[QuestionState]]:
        state = offered().state
        return {key: Row(key, state=state.model_copy(update={"question": key})) for key in keys}

    async def write(self, _: Any, rows: list[Row[QuestionState]]) -> None:
        self.written += [row.key for row in rows if row.state is not None and row.state.version == 7]


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> tuple[ClockWork, Store]:
    async def due(*_: Any) -> list[tuple[UUID, UUID, str]]:
        return [(one, one, "acceptance") for one in QUESTIONS]

    async def nothing(*_: Any) -> None:
        pass

    monkeypatch.setattr(clocks, "due_clocks", due)
    monkeypatch.setattr(clocks, "store_clocks", nothing)
    store = Store()
    relay = SimpleNamespace(wake=lambda: None)
    return ClockWork(Pool(), store, relay, "urn:test", Failing(small_table())), store  # type: ignore[arg-type]


def failed(stage: str) -> float:
    return REGISTRY.get_sample_value("gvd_clocks_failed_total", {"stage": stage}) or 0


async def test_a_clock_we_fail_on_is_counted_and_the_others_ring(failing: tuple[ClockWork, Store]):
    work, store = failing
    before = failed("acceptance")
    assert await work.fire(NOW) == len(QUESTIONS) - 1
    assert (store.written, failed("acceptance")) == (QUESTIONS[1:], before + 1)


async def test_a_question_we_fail_on_is_counted_and_the_others_go_by_the_new_terms(failing: tuple[ClockWork, Store]):
    work, store = failing
    before = failed("terms")
    assert await work._reckon(QUESTIONS, NOW) == len(QUESTIONS) - 1
    assert (store.written, failed("terms")) == (QUESTIONS[1:], before + 1)


async def test_nobodys_clock_waits_for_a_million_others(work: Seen):
    running = asyncio.create_task(work.run())
    await asyncio.wait_for(work.rest.wait(), 60)
    running.cancel()
    assert work.did[:7] == ["reckoned 1-2", "rang", "reckoned 3-4", "rang", "reckoned 5-6", "rang", "rang"]
    assert sum(did != "rang" for did in work.did) == PAGES, "once is enough"


async def test_the_same_terms_are_reckoned_once_and_other_terms_from_the_beginning(work: Seen):
    assert await work.reckon(NOW) == len(QUESTIONS)
    assert await work.reckon(NOW) == 0
    table = small_table()
    norms = {**table.norms, "standaard": replace(table.norms["standaard"], accept_hours=1)}
    work._life.use(replace(table, norms=norms, views={}))
    assert await work._sweep_on(NOW) == 2
    work._life.use(table)
    assert await work.reckon(NOW) == 0, "the terms of before are those of the stored clocks"
