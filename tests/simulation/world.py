"""One run: agencies and services on a simulated broker and databases, faults, then peace and quiet."""

import asyncio
import logging
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from types import SimpleNamespace
from typing import Any
from unittest import mock

import structlog

from contracts.events import (
    CAPACITY,
    DECISION_REQUESTS,
    DECISIONS,
    HANDOFFS,
    QUARANTINE,
    QUESTIONS,
    REPLIES,
)
from services.handoff import clocks
from services.intake import handlers
from services.platform import ids, inner, relay, repair
from services.platform.events import Reader
from tests.simulation.agencies import Agency
from tests.simulation.broker import Broker, Lookup
from tests.simulation.database import Database
from tests.simulation.loop import Calendar, Chance, run
from tests.simulation.process import SERVICES, Member, Process
from tests.simulation.record import Recorder
from tests.simulation.table import AGENCIES, CONNECTED

_STEP = 0.25
_TROUBLE_SECONDS = 4.0
_PATIENCE = 480
_TOPIC_OF = {
    "question.accepted": QUESTIONS,
    "decision.made": DECISIONS,
    "decision.requested": DECISION_REQUESTS,
    "reply.accepted": REPLIES,
    "input.quarantined": QUARANTINE,
    "capacity.inquired": CAPACITY,
    "capacity.known": CAPACITY,
}


class Topics(dict[str, str]):
    def __missing__(self, kind: str) -> str:
        return _TOPIC_OF.get(kind.removeprefix("nl.geenverkeerdedeur.").removesuffix(".v1"), HANDOFFS)


class World:
    """Everything there is in one run."""

    def __init__(self, seed: int, *, questions: int = 10, member: Any = Member, sender: Any = relay.Relay) -> None:
        self.seed, self.questions, self.member, self.relay = seed, questions, member, sender
        self.chance = Chance(seed)
        self.recorder = Recorder()
        self.topic_of = Topics()
        self.broker = Broker(self.chance)
        self.broker.missing.add(f"gvd.out.{CONNECTED[0]}")  # connected before anybody made its topics
        self.databases = {service: Database(self.chance, self.recorder) for service in SERVICES}
        self.agencies = {name: Agency(name, self.broker, self.chance, seed) for name in AGENCIES}
        self.processes: dict[str, Process] = {}
        self.nonsense = 0
        self.faults: list[str] = []
        self._kept: set[asyncio.Task[Any]] = set()

    async def play(self) -> "World":
        for agency in self.agencies.values():
            self._keep(agency.run())
        for service in SERVICES:
            for number in range(2):
                self._start(service, f"{service}-{number}")
        self._keep(self._ask())
        await self._trouble()
        self.chance.faults = False
        await self._peace()
        while self._unnoticed():
            await self._replay()
            await self._peace()
        return self

    def restart(self, process: Process) -> None:
        """The supervisor's part; the group notices only when the session is over."""
        if process.alive:
            process.kill()
            self._start(process.service, process.name)

    def _start(self, service: str, name: str) -> None:
        self.processes[name] = Process(service, name, self)
        self.processes[name].start()

    def _keep(self, work: Any) -> None:
        task = asyncio.ensure_future(work)
        self._kept.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: "asyncio.Task[Any]") -> None:
        self._kept.discard(task)
        if not task.cancelled():
            task.result()

    async def _ask(self) -> None:
        for number in range(self.questions):
            await asyncio.sleep(self.chance.random.random() * _TROUBLE_SECONDS / self.questions)
            agency = self.agencies[self.chance.random.choice(CONNECTED)]
            agency.ask(number)
            if self.chance.random.random() < 0.1:
                self.nonsense += agency.nonsense(number)

    async def _trouble(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(_TROUBLE_SECONDS * self.chance.random.random(), self.broker.missing.clear)
        while loop.time() < _TROUBLE_SECONDS:
            await asyncio.sleep(self.chance.random.random() * 2 * _STEP)
            fault = self.chance.random.choice([self._kill, self._expel, self._cut, self._copy, self._rewind])
            self.faults.append(fault.__name__)
            process = self.chance.random.choice(list(self.processes.values()))
            if process.alive:
                fault(process)

    def _kill(self, process: Process) -> None:
        process.kill()
        delay = self.chance.random.random() * 1.5
        asyncio.get_running_loop().call_later(delay, self._start, process.service, process.name)
        if delay > 0.75:  # longer than its session
            for group in self.broker.groups.values():
                self._keep(group.expel(process.name))

    def _expel(self, process: Process) -> None:
        """A zombie: alive, in the middle of a batch, but its group went on without it."""
        for member in process.members:
            self._keep(member._group.expel(process.name))

    def _cut(self, process: Process) -> None:
        for connection in list(process.pool.database.connections):
            connection.terminate()

    def _copy(self, _: Process) -> None:
        self.broker.copy_something()

    def _rewind(self, process: Process) -> None:
        """Offsets went back: everything since comes again."""
        for member in process.members:
            group = member._group
            for place, offset in group.committed.items():
                group.committed[place] = max(0, offset - self.chance.random.randrange(10))
            self._keep(group.rebalance())

    async def _peace(self) -> None:
        quiet = 0
        for _ in range(_PATIENCE):
            await asyncio.sleep(_STEP)
            quiet = quiet + 1 if self._is_quiet() else 0
            if quiet > 10:
                return
        raise AssertionError("the services never came to rest: " + self._unrest())

    def _is_quiet(self) -> bool:
        published = all(database.cursor == len(database.journal) for database in self.databases.values())
        waiting = any(database.parked or database.waiting for database in self.databases.values())
        read = all(group.behind == 0 for group in self.broker.groups.values())
        return published and read and not waiting and not any(agency.busy for agency in self.agencies.values())

    def _unrest(self) -> str:
        relays = {name: len(database.journal) - database.cursor for name, database in self.databases.items()}
        return f"unpublished {relays}, unread { {name: group.behind for name, group in self.broker.groups.items()} }"

    def _unnoticed(self) -> list[tuple[str, int]]:
        """What was lost and had no successor to show the gap: only a replay by hand brings it. The rest must heal."""
        found = []
        arrived = {record.value for logs in self.broker.topics.values() for log in logs for record in log}
        for service, database in self.databases.items():
            last = {(entry["topic"], entry["key"]): entry for entry in database.journal}
            lost = (entry for entry in last.values() if entry["value"] not in arrived)
            found += [(service, entry["number"]) for entry in lost]
        return found

    async def _replay(self) -> None:
        for service, number in self._unnoticed():
            process = self.processes[f"{service}-0"]
            await repair.replay(process.pool, process.new_producer(), first=number, last=number)  # type: ignore[arg-type]


def play(seed: int, **given: Any) -> World:
    """The whole run of one seed; the same seed gives the same run."""
    world = World(seed, **given)
    with _simulated(world):
        run(world.play())
    return world


@contextmanager
def _simulated(world: World) -> Iterator[None]:
    """The few places where the services reach out of themselves, led to the simulated world."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    seen: dict[Any, dict[str, Any]] = {
        relay: {
            "connect": _connect,
            "new_producer": lambda settings: settings.process.new_producer(),
            "AIOKafkaConsumer": lambda bootstrap_servers, **_: Lookup(bootstrap_servers),
            "_IDLE_SECONDS": 0.5,
            "alive_while": lambda work, _: work,  # simulated clients have no tasks of their own that could die
        },
        ids: {"os": SimpleNamespace(urandom=world.chance.random.randbytes)},
        clocks: {"datetime": Calendar},
    }
    seen |= {module: {"datetime": Calendar} for module in (handlers, repair)}
    seen[inner] = {"datetime": Calendar, "Reader": _reader}
    with ExitStack() as stack:
        for module, names in seen.items():
            stack.enter_context(mock.patch.multiple(module, **names))
        yield
    structlog.reset_defaults()


_reader = cache(Reader)


async def _connect(settings: Any, _: str) -> Any:
    return settings.process.connect()
