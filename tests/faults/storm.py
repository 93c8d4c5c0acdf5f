"""SIGKILL, SIGSTOP and restarts, in an order that depends on the seed alone; every one is written down."""

import asyncio
import os
import random
import time
from collections.abc import Callable
from dataclasses import dataclass

from tests.infrastructure import say
from tests.world import World

SEED = int(os.environ.get("GVD_FAULT_SEED", "20261122"))


@dataclass(frozen=True)
class Blow:
    """One thing that was done to the installation."""

    second: float
    what: str
    whom: str
    pid: int


class Storm:
    """Hits every process of every service `rounds` times, in random order, while it works or while it starts."""

    def __init__(self, place: World) -> None:
        self._place, self._random = place, random.Random(SEED)  # noqa: S311 - to be repeatable
        self._began = time.monotonic()
        self.blows: list[Blow] = []

    def kills_of(self, service: str) -> int:
        return sum(blow.what == "SIGKILL" and blow.whom.partition("-")[0] == service for blow in self.blows)

    async def rage(self, rounds: int, *, freeze: int = 0) -> None:
        whom = [name for name in self._place.processes for _ in range(rounds)]
        self._random.shuffle(whom)
        cold = set(self._random.sample(range(len(whom) // 2), freeze))
        frozen: list[asyncio.Task[None]] = []
        for number, name in enumerate(whom):
            if number in cold:
                frozen.append(asyncio.create_task(self._freeze(self._random.choice(whom))))
            if self._random.random() < 0.85:
                await self._working(name)
            await asyncio.sleep(self._random.random() * 0.7)
            self._kill(name)
        await asyncio.gather(*frozen)

    async def _working(self, name: str) -> None:
        """Most kills hit a process at work; the others one that is still starting."""
        await asyncio.to_thread(self._place.processes[name].await_ready, 90, may_restart=True)

    def _kill(self, name: str) -> None:
        process = self._place.processes[name]
        process.start()  # if it is down already there would be nothing to kill
        self._note("SIGKILL", name, process.pid)
        process.kill9()
        process.start()

    async def _freeze(self, name: str) -> None:
        """Longer than the group's session: others take its partitions, then it comes back with old work in hand."""
        process = self._place.processes[name]
        await self._working(name)
        self._note("SIGSTOP", name, process.pid)
        process.suspend()
        await asyncio.sleep(8)
        process.resume()
        self._note("SIGCONT", name, process.pid)

    def hit(self, what: str, whom: str, pid: int, action: Callable[[], object]) -> None:
        self._note(what, whom, pid)
        action()

    def _note(self, what: str, whom: str, pid: int) -> None:
        blow = Blow(round(time.monotonic() - self._began, 1), what, whom, pid)
        self.blows.append(blow)
        say(f"{blow.second:6.1f} s  {what} {whom} (process {pid})")
