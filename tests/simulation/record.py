"""What the pure code was asked to do, written down in the transaction that did it."""

import asyncio
from collections.abc import Callable
from typing import Any, NamedTuple
from uuid import UUID


class Applied(NamedTuple):
    """One event folded, or one clock rung."""

    key: UUID
    topic: str
    sequence: int
    what: Any
    now: Any


class Recorder:
    """Gathers per task; a transaction that commits keeps what its task gathered, one that aborts forgets it."""

    def __init__(self) -> None:
        self._pending: dict[Any, list[Applied]] = {}

    def note(self, applied: Applied) -> None:
        self._pending.setdefault(asyncio.current_task(), []).append(applied)

    def take(self) -> list[Applied]:
        return self._pending.pop(asyncio.current_task(), [])

    def of_fold(self, fold: Callable[..., Any], topics: dict[str, str]) -> Callable[..., Any]:
        def noted(state: Any, event: Any, now: Any) -> Any:
            self.note(Applied(UUID(event.subject), topics[event.type], int(event.sequence), event, now))
            return fold(state, event, now)

        return noted

    def of_clock(self, rang: Callable[..., Any]) -> Callable[..., Any]:
        def noted(state: Any, subject: Any, stage: str, now: Any) -> Any:
            change = rang(state, subject, stage, now)
            if change is not None:
                self.note(Applied(state.question, "clock", 0, (subject, stage), now))
            return change

        return noted
