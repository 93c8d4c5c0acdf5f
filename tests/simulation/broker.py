"""Kafka as far as the services lean on it: partitions, offsets, an idempotent producer, groups that rebalance."""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, KafkaConnectionError

from tests.simulation.loop import Chance

_SEND = 0.006
_INNER = 3
_BATCH = 20


@dataclass(frozen=True, slots=True)
class Record:
    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes
    headers: Sequence[tuple[str, bytes]]

    @property
    def timestamp(self) -> int:
        """When it was published: the same at every delivery."""
        return self.offset


class Broker:
    """The log. What it acknowledged is there, except what `loses` throws away to exercise the repair of gaps."""

    def __init__(self, chance: Chance) -> None:
        self.chance = chance
        self.topics: dict[str, list[list[Record]]] = {}
        self.lost: list[Record] = []
        self._listening: dict[str, list[asyncio.Event]] = {}
        self.groups: dict[str, Group] = {}
        self.missing: set[str] = set()

    def has(self, topic: str) -> bool:
        return topic not in self.missing

    def partitions(self, topic: str) -> list[list[Record]]:
        if topic not in self.topics:
            single = topic.startswith(("gvd.in.", "gvd.out.", "gvd.repairs", "gvd.quarantine"))
            self.topics[topic] = [[] for _ in range(1 if single else _INNER)]
        return self.topics[topic]

    def append(self, topic: str, partition: int, key: bytes | None, value: bytes, headers: Any) -> None:
        assert self.has(topic), topic
        log = self.partitions(topic)[partition]
        record = Record(topic, partition, len(log), key, value, headers)
        inner = not topic.startswith(("gvd.in.", "gvd.out."))
        if inner and self.chance.happens(0.004):
            self.lost.append(record)
            return
        log.append(record)
        for event in self._listening.get(topic, ()):
            event.set()

    def listen(self, topics: Iterable[str], news: asyncio.Event) -> None:
        for topic in topics:
            self._listening.setdefault(topic, []).append(news)

    def leave(self, topics: Iterable[str], news: asyncio.Event) -> None:
        for topic in topics:
            if news in self._listening.get(topic, ()):
                self._listening[topic].remove(news)

    def copy_something(self) -> None:
        """A record comes again, as after a retry of a producer that is not idempotent."""
        full = [
            log for name in sorted(self.topics) if not name.startswith("gvd.in.") for log in self.topics[name] if log
        ]
        if full:
            log = self.chance.random.choice(full)
            again = self.chance.random.choice(log[-20:])
            self.append(again.topic, again.partition, again.key, again.value, again.headers)


class Batch(list[tuple[Any, bytes, Any]]):
    """Full after a few, so that more than one goes to a partition."""

    def append(self, *, timestamp: None, key: Any, value: bytes, headers: Any) -> "Batch | None":  # type: ignore[override]
        if len(self) == _BATCH:
            return None
        super().append((key, value, headers))
        return self

    def close(self) -> None:
        return None


class Producer:
    """Keeps the order of a partition; what is under way when its process dies may arrive or not."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._queue: list[tuple[asyncio.Future[None], tuple[Any, ...]]] = []
        self._broken = self._flushing = False

    async def start(self) -> None:
        await self._broker.chance.takes(_SEND)

    async def stop(self) -> None:
        self._broken = True

    @property
    def client(self) -> "Producer":
        return self

    @property
    def cluster(self) -> "Producer":
        return self

    def partitions_for_topic(self, topic: str) -> set[int] | None:
        return set(range(len(self._broker.partitions(topic)))) if self._broker.has(topic) else None

    def add_topic(self, topic: str) -> None:
        return None

    async def force_metadata_update(self) -> bool:
        await self._broker.chance.takes(_SEND)
        return not self._broken

    async def partitions_for(self, topic: str) -> set[int]:
        return set(range(len(self._broker.partitions(topic))))

    def create_batch(self) -> "Batch":
        return Batch()

    async def send_batch(self, batch: "Batch", topic: str, *, partition: int) -> Any:
        acknowledged: Any = None
        for key, value, headers in batch:
            acknowledged = await self.send(topic, value, key, partition, headers, acknowledged)
        return acknowledged

    async def send(
        self, topic: str, value: bytes, key: Any = None, partition: int = 0, headers: Any = (), with_: Any = None
    ) -> Any:
        if self._broken:
            raise KafkaConnectionError("simulated")
        acknowledged = with_ or asyncio.get_running_loop().create_future()
        self._queue.append((acknowledged, (topic, partition, key, value, headers)))
        if not self._flushing:
            self._flushing = True
            chance = self._broker.chance
            asyncio.get_running_loop().call_later(chance.random.random() * _SEND, self._flush)
        return acknowledged

    async def send_and_wait(self, *given: Any, **named: Any) -> None:
        await (await self.send(*given, **named))

    def kill(self) -> None:
        if not self._broker.chance.happens(0.5):
            self._queue.clear()
        self._broken = True

    def _flush(self) -> None:
        self._flushing = False
        queue, self._queue = self._queue, []
        arrives = len(queue)
        if self._broker.chance.happens(0.02):
            arrives = self._broker.chance.random.randrange(len(queue) + 1)
            self._broken = True
        for _, record in queue[:arrives]:
            self._broker.append(*record)
        asyncio.get_running_loop().call_later(self._broker.chance.random.random() * _SEND, self._acknowledge, queue)

    def _acknowledge(self, queue: Any) -> None:
        """With a broken connection nobody learns what arrived."""
        for future, _ in queue:
            if future.done():
                continue
            if self._broken:
                future.set_exception(KafkaConnectionError("simulated"))
                future.exception()
            else:
                future.set_result(None)


class Lookup:
    """The consumer with which a relay looks at the end of a partition."""

    def __init__(self, bootstrap_servers: Broker, **_: Any) -> None:
        self._broker = bootstrap_servers
        self._client = self
        self._at: dict[TopicPartition, int] = {}

    async def start(self) -> None:
        await self._broker.chance.takes(_SEND)

    async def stop(self) -> None:
        return None

    async def add_topic(self, topic: str) -> None:
        self._broker.partitions(topic)

    def partitions_for_topic(self, topic: str) -> set[int]:
        return set(range(len(self._broker.partitions(topic))))

    def assign(self, _: Any) -> None:
        return None

    async def end_offsets(self, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        await self._broker.chance.takes(_SEND)
        return {place: len(self._broker.partitions(place.topic)[place.partition]) for place in places}

    async def beginning_offsets(self, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return dict.fromkeys(places, 0)

    def seek(self, place: TopicPartition, offset: int) -> None:
        self._at[place] = offset

    async def position(self, place: TopicPartition) -> int:
        return self._at[place]

    async def getmany(self, place: TopicPartition, timeout_ms: int) -> dict[TopicPartition, list[Record]]:
        await self._broker.chance.takes(_SEND)
        found = self._broker.partitions(place.topic)[place.partition][self._at[place] :]
        self._at[place] += len(found)
        return {place: found} if timeout_ms else {}


class Group:
    """One consumer group: who has which partition, and how far it came."""

    def __init__(self, broker: Broker, topics: Sequence[str]) -> None:
        self.broker, self.topics = broker, topics
        self.members: dict[str, Any] = {}
        self.generation = 0
        self.committed: dict[TopicPartition, int] = {}
        self._one_at_a_time = asyncio.Lock()

    @property
    def places(self) -> list[TopicPartition]:
        return [TopicPartition(t, p) for t in self.topics for p in range(len(self.broker.partitions(t)))]

    async def join(self, name: str, member: Any) -> None:
        self.members[name] = member
        await self.rebalance()

    async def expel(self, name: str) -> None:
        """Its heartbeats stopped: the others go on without waiting for it."""
        if self.members.pop(name, None) is not None:
            await self.rebalance()

    async def rebalance(self) -> None:
        async with self._one_at_a_time:
            for member in list(self.members.values()):
                try:
                    await asyncio.wait_for(member.revoked(), 5)
                except TimeoutError:
                    continue  # too slow: it is left to find out
            self.generation += 1
            names = sorted(self.members)
            for index, name in enumerate(names):
                mine = self.places[index :: len(names)]
                await self.members[name].assigned_to(self.generation, mine)

    def commit(self, generation: int, offsets: dict[TopicPartition, int]) -> None:
        if generation != self.generation:
            raise CommitFailedError("simulated")
        self.committed.update(offsets)

    @property
    def behind(self) -> int:
        ends = {place: len(self.broker.partitions(place.topic)[place.partition]) for place in self.places}
        return sum(end - self.committed.get(place, 0) for place, end in ends.items())
