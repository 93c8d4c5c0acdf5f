"""Processes of the services: the real parts, wired to the simulated broker and database, and killable."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

from aiokafka import TopicPartition

from contracts.events import HANDOFFS, REPAIRS, HandoffsEvent
from services.delivery import app as delivery
from services.delivery.model import Delivered, fold_for
from services.handoff import handlers as handoff
from services.handoff.clocks import ClockWork
from services.handoff.model import QuestionState
from services.handoff.store import store_clocks
from services.intake.admission import Admission
from services.intake.beside import store_beside
from services.intake.door import Door
from services.intake.handlers import InTopics
from services.intake.model import project
from services.intake.views import QuestionView
from services.platform.batch import nothing_more
from services.platform.consumer import Consumer
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.process import Context
from services.platform.relay import Relay
from services.platform.repair import Repair
from services.router import app as router
from services.router.model import RoutedQuestion, Router
from tests.simulation.broker import Broker, Group, Producer
from tests.simulation.database import Connection, Database, Pool
from tests.simulation.table import AGENCIES, CONNECTED, small_table

SERVICES = ("intake", "router", "handoff", "delivery")
SOURCE = "urn:nld:oin:00000099000000001000:systeem:gvd-"
IN_TOPICS = [f"gvd.in.{agency}" for agency in AGENCIES]
_FETCH = 0.04
_LINGER = 0.08
_MOST = 12
_PROBES = 4


@cache
def _store(state: Any) -> KeyedStore[Any]:
    """Knows the type of the state and nothing else: made once, because making it is slow."""
    return KeyedStore(state)


class Member(Consumer):
    """The real consumer's way of handling, committing and waiting at a rebalance; only the wire is not real."""

    def __init__(self, name: str, group: Group, handle: Callable[[Any], Awaitable[None]]) -> None:
        self._name, self._group = name, group
        self._service, self._handle = name, handle
        self._one_batch = asyncio.Lock()
        self._stopping = self._joined = False
        self.assigned: set[TopicPartition] = set()
        self.busy_since = None
        self._generation = 0
        self._next: dict[TopicPartition, int] = {}
        self._news = asyncio.Event()

    @property
    def _kafka(self) -> Any:
        return self

    async def commit(self, offsets: dict[TopicPartition, int]) -> None:
        await self._group.broker.chance.takes(_FETCH)
        self._group.commit(self._generation, offsets)

    async def revoked(self) -> None:
        await self.on_partitions_revoked(set(self.assigned))

    async def assigned_to(self, generation: int, places: Sequence[TopicPartition]) -> None:
        self._generation = generation
        self._next = {place: self._group.committed.get(place, 0) for place in places}
        await self.on_partitions_assigned(set(places))
        self._news.set()

    async def run(self) -> None:
        broker = self._group.broker
        broker.listen(self._group.topics, self._news)
        await self._group.join(self._name, self)
        while True:
            await broker.chance.takes(_FETCH)
            if self._group.members.get(self._name) is not self:
                await broker.chance.takes(0.3)  # it does not know yet that the group went on without it
                await self._group.join(self._name, self)
            records = self._fetch()
            if records:
                await self._on_batch(records)
                continue
            self._news.clear()
            await self._news.wait()
            await broker.chance.takes(_LINGER)

    def _fetch(self) -> list[Any]:
        records: list[Any] = []
        for place, offset in self._next.items():
            log = self._group.broker.partitions(place.topic)[place.partition]
            found = log[offset : offset + self._group.broker.chance.random.randint(1, _MOST)]
            self._next[place] = offset + len(found)
            records += found
        return records

    def gone(self) -> None:
        self._group.broker.leave(self._group.topics, self._news)


class Process:
    """One process of one service, from its start to its kill; then another takes its name."""

    def __init__(self, service: str, name: str, world: Any) -> None:
        self.service, self.name, self.world = service, name, world
        self.producers: list[Producer] = []
        self.pool = Pool(world.databases[service])
        self.members: list[Member] = []
        self.alive = True
        self.crashed: BaseException | None = None
        self._tasks: list[asyncio.Task[Any]] = []

    def start(self) -> None:
        given = {"process": self, "kafka_bootstrap_servers": self.world.broker, "session_timeout_ms": 6_000}
        settings: Any = SimpleNamespace(**given)
        relay = self.world.relay(settings, self.service)
        source = f"{SOURCE}{self.service}"
        context = Context(self.service, settings, self.pool, relay, self.new_producer(), source)  # type: ignore[arg-type]
        repair = Repair(self.service, source, self.pool, context.producer)  # type: ignore[arg-type]
        self._member(f"{self.service}.repairs", [REPAIRS], self._watched(repair.answer))
        work = getattr(self, f"_{self.service}")(context)
        for job in (relay.run, repair.ask_for_missing, *work, *(member.run for member in self.members)):
            self._tasks.append(asyncio.ensure_future(self._until_killed(job)))

    async def _until_killed(self, job: Callable[[], Awaitable[None]]) -> None:
        try:
            await job()
        except Exception as error:  # noqa: BLE001 - any part that fails ends the process
            self.crashed = error
            self.world.restart(self)

    def _watched(self, answer: Callable[[Any], Awaitable[None]]) -> Callable[[Any], Awaitable[None]]:
        """A producer that is broken for good stays so: the liveness probe ends the process."""
        tries = 0

        async def tried(records: Any) -> None:
            nonlocal tries
            tries += 1
            if tries > _PROBES:
                asyncio.get_running_loop().call_soon(self.world.restart, self)
            await answer(records)
            tries = 0

        return tried

    def kill(self) -> None:
        self.alive = False
        for task in self._tasks:
            task.cancel()
        for producer in self.producers:
            producer.kill()
        self.pool.kill()
        for member in self.members:
            member.gone()

    def new_producer(self) -> Producer:
        self.producers.append(Producer(self.world.broker))
        return self.producers[-1]

    def connect(self) -> Connection:
        return self.pool.connect()

    def _member(self, group: str, topics: Sequence[str], handle: Any) -> None:
        groups = self.world.broker.groups
        if group not in groups:
            groups[group] = Group(self.world.broker, topics)
        self.members.append(self.world.member(self.name, groups[group], handle))

    def _inner(self, context: Context, state: Any, fold: Any, wanted: Any, extra: Any = nothing_more) -> None:
        inner = Inner(
            context, _store(state), self.world.recorder.of_fold(fold, self.world.topic_of), wanted, extra=extra
        )
        self._member(self.service, list(wanted), inner.handle)

    def _intake(self, context: Context) -> list[Any]:
        door = Door(_store(QuestionView), Admission(small_table()), context.source, "http://127.0.0.1")
        self._member("intake.door", IN_TOPICS, InTopics(door, self.pool, context.relay).handle)  # type: ignore[arg-type]
        self._inner(context, QuestionView, project, {HANDOFFS: HandoffsEvent}, store_beside)
        return []

    def _router(self, context: Context) -> list[Any]:
        self._inner(context, RoutedQuestion, Router(small_table()).fold, router.WANTED)
        return []

    def _handoff(self, context: Context) -> list[Any]:
        life = handoff.Life(small_table())
        self._inner(context, QuestionState, life.fold, handoff.WANTED, store_clocks)
        life.rang = self.world.recorder.of_clock(life.rang)  # type: ignore[method-assign]
        clocks = ClockWork(self.pool, _store(QuestionState), context.relay, context.source, life)  # type: ignore[arg-type]
        return [clocks.run]

    def _delivery(self, context: Context) -> list[Any]:
        self._inner(context, Delivered, fold_for({*CONNECTED, "triage"}.__contains__), delivery.WANTED)
        return []


__all__ = ["IN_TOPICS", "SERVICES", "Broker", "Database", "Member", "Process", "Relay"]
