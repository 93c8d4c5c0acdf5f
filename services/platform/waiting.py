"""Topics that are not there yet: what is for them waits in the journal, so that nobody else's waits behind it.

The table may connect an organisation before anybody made its topics. The cursor is one number over the whole
journal, so what it passes over is kept: from which number on a topic waits. Once the topic is there it gets all
of that in order, and only then what is newer.
"""

import asyncio
from collections.abc import Iterable, Sequence

import asyncpg
from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaConnectionError

from services.platform import metrics
from services.platform.logging import log

_LOOK_SECONDS = 2.0
_PAGE = 2_000


class Waiting:
    """The topics that wait for one relay, as its database has them."""

    def __init__(self, connection: asyncpg.Connection, service: str) -> None:
        self._connection, self._service = connection, service
        self._first: dict[str, int] = {}
        self._look_at = 0.0

    async def read(self) -> dict[str, int]:
        """What an earlier relay left; per topic the number before the first that waits."""
        for row in await self._connection.fetch("select topic, number from relay_waiting"):
            self._remember(row["topic"], row["number"])
        return {topic: number - 1 for topic, number in self._first.items()}

    @property
    def topics(self) -> set[str]:
        return set(self._first)

    def due(self) -> bool:
        """Whether to look again if they are there by now."""
        return bool(self._first) and asyncio.get_running_loop().time() >= self._look_at

    async def begin(self, rows: Sequence[asyncpg.Record], missing: Iterable[str]) -> None:
        """Before the cursor moves over them: a number that was kept too early does no harm."""
        for topic in missing:
            number = next(row["number"] for row in rows if row["topic"] == topic)
            await self._connection.execute(_BEGIN, topic, number)
            self._remember(topic, number)

    def _remember(self, topic: str, number: int) -> None:
        self._first[topic] = number
        metrics.RELAY_WAITING.labels(self._service, topic).set(1)
        log.error("relay.topic_missing", topic=topic, first=number)

    async def page(self, topic: str, cursor: int) -> list[asyncpg.Record]:
        """The next of what it waited for; what is after the cursor comes in its turn."""
        rows = await self._connection.fetch(_WAITED, topic, self._first[topic], cursor, _PAGE)
        return list(rows)

    async def published(self, topic: str, rows: Sequence[asyncpg.Record]) -> None:
        if len(rows) == _PAGE:
            self._first[topic] = rows[-1]["number"] + 1
            await self._connection.execute(_GO_ON, topic, self._first[topic])
            return
        await self._connection.execute("delete from relay_waiting where topic = $1", topic)
        del self._first[topic]
        metrics.RELAY_WAITING.remove(self._service, topic)
        log.info("relay.topic_there", topic=topic)

    def looked(self, *, more: bool) -> None:
        self._look_at = 0.0 if more else asyncio.get_running_loop().time() + _LOOK_SECONDS

    def forget(self) -> None:
        """Another relay counts them from here."""
        for topic in self._first:
            metrics.RELAY_WAITING.remove(self._service, topic)


async def lacking(producer: AIOKafkaProducer, topics: Iterable[str]) -> set[str]:
    """Which of these Kafka does not have. Raises when it does not answer: that says nothing of a topic."""
    client = producer.client
    unknown = {topic for topic in topics if client.cluster.partitions_for_topic(topic) is None}
    for topic in unknown:
        client.add_topic(topic)
    for _ in range(2 if unknown else 0):  # the first may have been under way already, without these
        if not await client.force_metadata_update():
            raise KafkaConnectionError
    return {topic for topic in unknown if client.cluster.partitions_for_topic(topic) is None}


_BEGIN = "insert into relay_waiting (topic, number) values ($1, $2) on conflict do nothing"

_WAITED = """
select number, topic, key, value from journal where topic = $1 and number between $2 and $3 order by number limit $4
"""

_GO_ON = "update relay_waiting set number = $2 where topic = $1"
