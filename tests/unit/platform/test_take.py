"""Which events of a batch are folded, dropped, parked and drained: the numbering per topic and key."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.base import Contract
from services.platform.batch import Batch, Change, Parked, Tally
from services.platform.events import Incoming
from services.platform.keyed import Row

KEY = UUID(int=1)
NOW = datetime(2026, 11, 23, tzinfo=UTC)


BROKEN: set[str] = set()
"""What the domain cannot do, until somebody mends it."""


class Folded(Contract):
    events: tuple[str, ...] = ()


def fold(state: Folded | None, event: Any, _: datetime) -> Change[Folded] | None:
    if event.name == "nothing":
        return None
    if event.name in BROKEN:
        raise OverflowError(event.name)
    return Change(Folded(events=(*(state.events if state else ()), event.name)))


def event(sequence: int, topic: str = "t", name: str | None = None) -> Incoming:
    thing = SimpleNamespace(name=name or f"{topic}{sequence}")
    return Incoming(topic, KEY, sequence, b"", None if name == "unwanted" else thing)


class Table:
    """The stored row of one key and its parked events, with what each batch does to them."""

    def __init__(self) -> None:
        self.row = Row[Folded](KEY)
        self.parked: Parked = {}
        self._batch = Batch(None, fold, None, "source")  # type: ignore[arg-type]

    def batch(self, *events: Incoming) -> Tally:
        tally, waiting, freed = Tally(), list[Incoming](), list[Incoming]()
        self.row.touched = False
        parked = dict(self.parked)
        for one in events:
            self._batch._take(self.row, one, parked, waiting, freed, tally, NOW)
        self.parked |= {(e.key, e.topic, e.sequence): e for e in waiting}
        for one in freed:
            self.parked.pop((one.key, one.topic, one.sequence), None)
        return tally

    @property
    def folded(self) -> Sequence[str]:
        return self.row.state.events if self.row.state else ()


def test_events_in_order_are_folded():
    table = Table()
    tally = table.batch(event(1), event(2))
    assert (table.folded, table.row.seen, tally.folded) == (("t1", "t2"), {"t": 2}, 2)


@pytest.fixture
def broken() -> Iterator[set[str]]:
    yield BROKEN
    BROKEN.clear()


def test_what_the_domain_fails_on_is_set_aside_and_what_follows_waits_for_it(broken: set[str]):
    table = Table()
    broken.add("t2")
    tally = table.batch(event(1), event(2), event(3), event(1, "u"))
    assert (table.folded, table.row.seen, {s for _, _, s in table.parked}) == (("t1", "u1"), {"t": 1, "u": 1}, {2, 3})
    assert (tally.folded, tally.parked) == (2, 2)
    table.batch(event(2))
    assert {s for _, _, s in table.parked} == {2, 3}
    broken.clear()
    tally = table.batch(event(2))
    assert (table.folded, table.row.seen["t"], table.parked, tally.folded) == (("t1", "u1", "t2", "t3"), 3, {}, 2)


def test_what_is_drained_may_be_set_aside_too(broken: set[str]):
    table = Table()
    broken.add("t3")
    table.batch(event(1), event(3), event(4))
    table.batch(event(2))
    assert (table.folded, {s for _, _, s in table.parked}) == (("t1", "t2"), {3, 4})
    broken.clear()
    table.batch(event(3))
    assert (table.folded, table.parked) == (("t1", "t2", "t3", "t4"), {})


def test_a_repeat_is_dropped_and_leaves_the_row_alone():
    table = Table()
    table.batch(event(1), event(2))
    tally = table.batch(event(1), event(2), event(1))
    assert (table.folded, tally.repeats, tally.folded) == (("t1", "t2"), 3, 0)
    assert not table.row.touched


def test_what_comes_after_a_gap_waits_and_is_drained_by_what_was_missing():
    table = Table()
    table.batch(event(1), event(3), event(4), event(6))
    assert (table.folded, {s for _, _, s in table.parked}) == (("t1",), {3, 4, 6})
    tally = table.batch(event(2))
    assert (table.folded, {s for _, _, s in table.parked}, tally.folded) == (("t1", "t2", "t3", "t4"), {6}, 3)
    table.batch(event(5))
    assert (table.folded[-2:], table.parked) == (("t5", "t6"), {})


def test_a_gap_filled_in_the_same_batch_leaves_nothing_parked():
    table = Table()
    table.batch(event(3), event(2), event(1))
    assert (table.folded, table.parked) == (("t1", "t2", "t3"), {})


def test_a_parked_event_that_comes_again_waits_once():
    table = Table()
    table.batch(event(2))
    table.batch(event(2), event(2))
    table.batch(event(1), event(2))
    assert (table.folded, table.parked) == (("t1", "t2"), {})


def test_topics_are_numbered_apart():
    table = Table()
    table.batch(event(2, "a"), event(1, "b"))
    assert (table.folded, table.row.seen) == (("b1",), {"b": 1})
    table.batch(event(1, "a"))
    assert table.folded == ("b1", "a1", "a2")


def test_an_event_that_changes_nothing_is_ticked_off():
    table = Table()
    for name in ("nothing", "unwanted"):
        tally = table.batch(event(table.row.seen.get("t", 0) + 1, name=name))
        assert (table.folded, tally.folded, table.row.touched) == ((), 1, True)
    assert table.row.seen == {"t": 2}


def test_parking_touches_the_row_so_that_two_batches_on_a_new_key_conflict():
    """A key without a row cannot be locked: its first batches must meet on the insert instead."""
    table = Table()
    table.batch(event(2))
    assert table.row.touched


@given(st.data(), st.integers(1, 12))
def test_any_order_with_any_repeats_folds_each_once_in_order(data, last):
    first = data.draw(st.permutations([event(n) for n in range(1, last + 1)]))
    again = data.draw(st.lists(st.sampled_from(first), max_size=last))
    arrives = data.draw(st.permutations([*first, *again]))
    table = Table()
    while arrives:
        cut = data.draw(st.integers(1, len(arrives)))
        table.batch(*arrives[:cut])
        arrives = arrives[cut:]
    assert table.folded == tuple(f"t{n}" for n in range(1, last + 1))
    assert (table.parked, table.row.version) == ({}, last)
