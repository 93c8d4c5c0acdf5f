"""Clocks of offers that nobody answers, moved back in the state and in the clock table, as if days had passed."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg

_LONG = timedelta(days=60)
_YEARS = 200_000
"""Minutes of working time, many more than there are in 60 days."""


async def look_due(connection: asyncpg.Connection, questions: Sequence[str]) -> None:
    """Whoever looks at the table sees them due; what is due is in the state, which they must lock first."""
    await connection.execute(
        "update handoff.clock set next_at = $2 where question = any($1::uuid[]) and stage = 'acceptance'",
        list(questions),
        datetime.now(UTC) - timedelta(minutes=1),
    )


async def make_due(connection: asyncpg.Connection, *, whole: Sequence[str], first: Sequence[str]) -> None:
    """Of `whole` every step of the ladder is due, of `first` only the first. The caller holds the rows.

    The norm of `whole` is no time at all: of another, who was told late would have half a norm left to answer.
    """
    rows = await connection.fetch("select key, state from handoff.keyed where key = any($1::uuid[])", [*whole, *first])
    for row in rows:
        state = json.loads(row["state"])
        for clock in state["clocks"]:
            assert clock["stage"] == "acceptance"
            assert clock.get("step", 0) == 0, "what was told of a clock stays as it was told"
            _move_back(clock, only_first=str(row["key"]) in first)
            await _store(connection, row["key"], clock)
        await connection.execute("update handoff.keyed set state = $2 where key = $1", row["key"], json.dumps(state))


def _move_back(clock: dict[str, Any], *, only_first: bool) -> None:
    started, now = datetime.fromisoformat(clock["started_at"]) - _LONG, datetime.now(UTC)
    clock["started_at"] = started.isoformat()
    clock["due_at"] = (now + _LONG if only_first else now - _LONG / 2).isoformat()
    clock["next_at"] = (now - timedelta(minutes=1)).isoformat()
    clock["minutes"] = _YEARS if only_first else 0


async def _store(connection: asyncpg.Connection, question: UUID, clock: dict[str, Any]) -> None:
    await connection.execute(
        "update handoff.clock set due_at = $3, next_at = $4 where question = $1 and subject = $2",
        question,
        UUID(clock["subject"]),
        datetime.fromisoformat(clock["due_at"]),
        datetime.fromisoformat(clock["next_at"]),
    )
