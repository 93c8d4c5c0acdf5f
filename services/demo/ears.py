"""Hears all out-topics over one connection, to be kind to one machine; each player hears its own topic only."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from typing import Any, Protocol

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from services.demo.credentials import NotReachable

OUT = "gvd.out."


class Listener(Protocol):
    """Whoever an out-topic is for."""

    def hear(self, raw: bytes) -> None:
        """Take in one record."""


class Ears:
    """Takes every record of the out-topics to the player it is for."""

    def __init__(self, players: Mapping[str, Listener], heard: dict[TopicPartition, int]) -> None:
        self._players, self._heard = players, heard
        self._more = asyncio.Condition()

    async def listen(self, consumer: AIOKafkaConsumer) -> None:
        """Until cancelled."""
        async for record in consumer:
            self._players[record.topic.removeprefix(OUT)].hear(record.value)
            async with self._more:
                self._heard[TopicPartition(record.topic, record.partition)] = record.offset + 1
                self._more.notify_all()

    async def caught_up(self, consumer: AIOKafkaConsumer) -> None:
        """Everything that stands on the out-topics now has been heard."""
        ends = await consumer.end_offsets(list(self._heard))
        async with self._more:
            await self._more.wait_for(lambda: all(self._heard[place] >= end for place, end in ends.items()))


@asynccontextmanager
async def hearing(
    bootstrap: str, producer: AIOKafkaProducer, players: Mapping[str, Listener], back: timedelta | None = None
) -> AsyncIterator["Hearing"]:
    """From the end of every out-topic, or from a while `back`."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    try:
        places = await _places(consumer, producer, players)
        consumer.assign(places)
        await consumer.seek_to_end(*places)
        if back is not None:
            await _go_back(consumer, places, datetime.now(UTC) - back)
        ears = Ears(players, {place: await consumer.position(place) for place in places})
        listening = asyncio.ensure_future(ears.listen(consumer))
        try:
            yield Hearing(consumer, ears, listening)
        finally:
            listening.cancel()
            await asyncio.gather(listening, return_exceptions=True)
    finally:
        await consumer.stop()


async def _go_back(consumer: AIOKafkaConsumer, places: list[TopicPartition], moment: datetime) -> None:
    found = await consumer.offsets_for_times({place: int(moment.timestamp() * 1000) for place in places})
    for place, there in found.items():
        if there is not None:
            consumer.seek(place, there.offset)


async def _places(
    consumer: AIOKafkaConsumer, producer: AIOKafkaProducer, players: Mapping[str, Listener]
) -> list[TopicPartition]:
    topics = await consumer.topics()
    if missing := sorted(agency for agency in players if OUT + agency not in topics):
        raise NotReachable(f"Geen out-topic voor {', '.join(missing)}: is `gvd kafka apply` gedaan?")
    return [
        TopicPartition(OUT + agency, partition)
        for agency in players
        for partition in await producer.partitions_for(OUT + agency)
    ]


class Hearing:
    """The ears while they are open."""

    def __init__(self, consumer: AIOKafkaConsumer, ears: Ears, listening: "asyncio.Future[None]") -> None:
        self._consumer, self._ears, self._listening = consumer, ears, listening

    async def during(self, work: "asyncio.Future[Any]") -> None:
        """Wait for the work, unless hearing fails first: then it would wait in vain."""
        try:
            await asyncio.wait([work, self._listening], return_when=asyncio.FIRST_COMPLETED)
            if self._listening.done():
                self._listening.result()
            await work
        finally:
            work.cancel()
            await asyncio.gather(work, return_exceptions=True)

    async def caught_up(self) -> None:
        """All that was said until now has been heard."""
        await self.during(asyncio.ensure_future(self._ears.caught_up(self._consumer)))
