"""Realistic traffic without end: people ask, agencies answer, some too late. For `make up`."""

import asyncio
import json
import random
import secrets
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any
from uuid import UUID

from aiokafka import AIOKafkaProducer

import routing
from services.demo import messages
from services.demo.citizens import visits
from services.demo.ears import hearing
from services.demo.player import PREFIX
from services.demo.road import IN, STRUCTURED, Place
from services.demo.staff import Asked, Move, moves

_REMEMBERED = 50_000
_MARK = "stroom-"
_BACK = timedelta(hours=1)
Send = Callable[[str, messages.Event, str], Coroutine[Any, Any, None]]


class Employee:
    """Works for one agency. What lay open while the stream stood still it takes up again."""

    def __init__(self, agency: str, seed: int, plan: Callable[[str, UUID, Move], None]) -> None:
        self._agency, self._seed, self._plan = agency, seed, plan
        self._asked: OrderedDict[str, Asked] = OrderedDict()
        self._backlog: dict[tuple[str, str | None], dict[str, Any]] | None = {}

    def hear(self, raw: bytes) -> None:
        event = json.loads(raw)
        data, kind = event["data"], event["type"].removeprefix(PREFIX).removesuffix(".v1")
        if data.get("reference", "").startswith(_MARK):
            self._remember(event["subject"], Asked(data["reference"], data.get("facts", {}).get("kind", "question")))
        if event["subject"] not in self._asked:
            return
        if self._backlog is None:
            self._act(kind, data)
        else:
            self._backlog[(event["subject"], data.get("handoff"))] = {"kind": kind, "data": data}

    def go_live(self) -> None:
        """Only how things stand now matters of what was heard before."""
        backlog, self._backlog = self._backlog or {}, None
        for last in backlog.values():
            self._act(last["kind"], last["data"])

    def _act(self, kind: str, data: dict[str, Any]) -> None:
        asked = self._asked[data["question"]]
        number = asked.reference.rpartition("-")[2]
        dice = random.Random(f"{self._seed}/{number}/{self._agency}/{kind}/{data.get('version', 0)}")  # noqa: S311
        for move in moves(self._agency, kind, data, asked, dice):
            self._plan(self._agency, UUID(data["question"]), move)

    def _remember(self, question: str, asked: Asked) -> None:
        """`question.asking` does not say the kind: what was known stays."""
        self._asked.setdefault(question, asked)
        if len(self._asked) > _REMEMBERED:
            self._asked.popitem(last=False)


class Stream:
    """Asks `rate` questions a second; the employees work `haste` times faster than people."""

    _producer: AIOKafkaProducer

    def __init__(self, place: Place, rate: float, seed: int, haste: float) -> None:
        self._place, self._rate, self._seed, self._haste = place, rate, seed, haste
        self._tasks: set[asyncio.Task[None]] = set()
        self.asked = 0

    async def run(self, most: int | None = None) -> None:
        """Until cancelled, or after so many questions."""
        self._producer = AIOKafkaProducer(bootstrap_servers=self._place.bootstrap, acks="all", linger_ms=20)
        employees = {agency: Employee(agency, self._seed, self._plan) for agency in connected()}
        await self._producer.start()
        try:
            async with hearing(self._place.bootstrap, self._producer, employees, _BACK) as ears:
                await ears.caught_up()
                for employee in employees.values():
                    employee.go_live()
                await ears.during(asyncio.ensure_future(self._ask(most)))
        finally:
            for task in self._tasks:
                task.cancel()
            await self._producer.stop()

    async def _ask(self, most: int | None) -> None:
        mark, dice = secrets.token_hex(3), random.Random(self._seed)  # noqa: S311 - no secret
        clock = asyncio.get_running_loop().time
        at = clock()
        for visit in visits(self._seed):
            reference = f"{_MARK}{mark}-{visit.number}"
            await self._send(visit.door, messages.question(visit.door, reference, visit.asks), reference)
            self.asked = visit.number
            if most is not None and visit.number >= most:
                return
            at += dice.expovariate(self._rate)
            await asyncio.sleep(at - clock())

    def _plan(self, agency: str, question: UUID, move: Move) -> None:
        task = asyncio.create_task(self._later(agency, question, move))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _later(self, agency: str, question: UUID, move: Move) -> None:
        await asyncio.sleep(move.minutes * 60 / self._haste)
        await self._send(
            agency, messages.reply(agency, question, move.handoff, move.version, move.reply), str(question)
        )

    async def _send(self, agency: str, event: messages.Event, key: str) -> None:
        await self._producer.send_and_wait(IN + agency, messages.written(event), key=key.encode(), headers=STRUCTURED)


def connected() -> list[str]:
    """The agencies that have a door of their own."""
    table = routing.load()
    return sorted(name for name, each in table.organisations.items() if each.connected_since is not None)
