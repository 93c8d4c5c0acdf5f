"""The simulation can fail: each of these mistakes, planted in the real code, is found within a few seeds."""

from collections.abc import Callable
from typing import Any
from unittest import mock

import pytest

from services.platform import relay
from services.platform.batch import Batch
from services.platform.relay import Relay
from tests.simulation.checker import problems
from tests.simulation.database import Transaction
from tests.simulation.process import Member
from tests.simulation.refold import differences
from tests.simulation.world import play

_TRIES = 60


def _found(**given: Any) -> int:
    """How many seeds it took."""
    for seed in range(_TRIES):
        try:
            world = play(seed, **given)
        except Exception:  # noqa: BLE001 - a run that breaks off has found it too
            return seed + 1
        if problems(world) or list(differences(world)):
            return seed + 1
    return 0


def test_without_a_bug_the_same_seeds_find_nothing():
    world = play(0)
    assert [*problems(world), *differences(world)] == []


def _folds_everything(self: Any, row: Any, event: Any, _: Any, __: Any, ___: Any, tally: Any, now: Any) -> None:
    self._apply(row, event, now, tally)


def _folds_what_is_not_a_repeat(
    self: Any, row: Any, event: Any, _: Any, __: Any, ___: Any, tally: Any, now: Any
) -> None:
    if event.sequence > row.seen.get(event.topic, 0):
        self._apply(row, event, now, tally)


@pytest.mark.parametrize("take", [_folds_everything, _folds_what_is_not_a_repeat])
def test_a_batch_that_does_not_look_at_the_numbers(take):
    with mock.patch.object(Batch, "_take", take):
        assert _found()


class CommitsFirst(Member):
    """What FastStream does by default."""

    async def _on_batch(self, records: Any) -> None:
        async with self._one_batch:
            await self._commit(records)
            await self._until_done(records)


def test_offsets_committed_before_the_database():
    assert _found(member=CommitsFirst)


def test_a_relay_that_skips():
    real = relay.publish

    async def skips(producer: Any, rows: Any, *more: Any, **named: Any) -> None:
        await real(producer, [row for row in rows if row["number"] % 17], *more, **named)

    with mock.patch.object(relay, "publish", skips):
        assert _found()


class MovesFirst(Relay):
    """Moves the cursor, then sends: a kill between the two loses what it was about to send."""

    async def _publish_all(self, connection: Any, producer: Any) -> None:
        cursor = await connection.fetchval("select number from relay_cursor")
        while True:
            rows = await connection.fetch("select number from journal where number > $1", cursor, 2000)
            if not rows:
                await self._wait()
                continue
            last = rows[-1]["number"]
            await connection.execute("update relay_cursor set number = $2 where number = $1", cursor, last)
            await relay.publish(producer, rows)
            cursor = last


def test_the_cursor_moved_before_the_send():
    assert _found(sender=MovesFirst)


def test_rows_that_are_not_locked():
    async def no_lock(_: Any, __: Any) -> None:
        return None

    with mock.patch.object(Transaction, "hold", no_lock):
        assert _found()


def _forgetting(name: str) -> Callable[..., Any]:
    async def forgets(*_: Any) -> None:
        return None

    return mock.patch(f"services.platform.batch.{name}", forgets)


def test_events_after_a_gap_that_are_thrown_away():
    with _forgetting("_park"):
        assert _found()


def test_a_twin_of_refused_input_that_counts_as_a_repeat():
    with mock.patch("services.intake.door.like_their_twins"):
        assert _found()
