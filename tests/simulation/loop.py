"""An event loop whose time is virtual: nobody waits, and the same seed gives the same run."""

import asyncio
import heapq
import random
from collections.abc import Coroutine
from datetime import UTC, datetime, timedelta
from typing import Any

_BEGIN = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
_CALENDAR_PER_SECOND = timedelta(minutes=20)


class Stuck(Exception):
    """Nothing will ever happen again, but the run is not over."""


class VirtualLoop(asyncio.BaseEventLoop):
    """asyncio's own loop without sockets: when nothing is ready, time jumps to the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self._now = 0.0

    def time(self) -> float:
        return self._now

    def _run_once(self) -> None:
        timers, ready = self._scheduled, self._ready  # type: ignore[attr-defined]
        if not ready:
            while timers and timers[0]._cancelled:
                heapq.heappop(timers)._scheduled = False
            if not timers:
                raise Stuck
            self._now = max(self._now, timers[0]._when)
        while timers and (timers[0]._cancelled or timers[0]._when <= self._now):
            timer = heapq.heappop(timers)
            timer._scheduled = False
            if not timer._cancelled:
                ready.append(timer)
        for _ in range(len(ready)):
            handle = ready.popleft()
            if not handle._cancelled:
                handle._run()

    def _process_events(self, event_list: Any) -> None:
        """There is nothing outside to hear of."""

    def _write_to_self(self) -> None:
        """Nor anybody to wake."""


class Chance:
    """All that is random in a run, and how long things take."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)  # noqa: S311 - to be repeatable is the point
        self.faults = True

    def happens(self, probability: float) -> bool:
        return self.faults and self.random.random() < probability

    async def takes(self, longest: float) -> None:
        """Something on the network: now and then a hundred times as slow."""
        dice = self.random.random()
        if dice < 0.4:
            return
        slow = 30 if self.happens(0.01) else 1
        await asyncio.sleep(dice * longest * slow)


class Calendar:
    """Stands where `datetime` is imported: the wall clock of the simulated world."""

    @staticmethod
    def now(_: Any = None) -> datetime:
        return _BEGIN + asyncio.get_running_loop().time() * _CALENDAR_PER_SECOND


def run(main: Coroutine[Any, Any, Any]) -> Any:
    loop = VirtualLoop()
    wrong: list[BaseException] = []
    loop.set_exception_handler(lambda _, context: wrong.append(context.get("exception") or Stuck(context["message"])))
    try:
        result = loop.run_until_complete(main)
        if wrong:
            raise wrong[0]
        return result
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
        loop.run_until_complete(asyncio.sleep(0))
        loop.close()
