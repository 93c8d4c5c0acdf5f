"""A whole installation for one test module, and the agencies around it.

Broker, database and services are real processes of this module alone. An agency is a producer on its in-topic,
a reader of its out-topic and a token for the HTTP door; it knows contracts as JSON only, as a stranger would.
"""

import asyncio
import hashlib
import itertools
import json
import secrets
import string
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import asyncpg
import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRecord, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from deploy.local.installation import Installation
from tests.infrastructure import folder_of_our_own

SERVICES = ("intake", "router", "handoff", "delivery")
"""Without notices: they hold nothing up, and a process more in every world costs time. Their own tests start them."""

INNER = (
    "questions",
    "decisions",
    "decision-requests",
    "replies",
    "handoffs",
    "notices",
    "quarantine",
    "capacity",
    "repairs",
    "routing-table",
)
AGENCIES = ("belastingdienst", "toeslagen", "svb", "uwv", "duo", "cak", "cjib", "uht", "mfo", "triage", "maatwerkloket")
NOT_IN_THE_TABLE = "onbekend"
CONTENT_TYPE = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
TYPE = "nl.geenverkeerdedeur."


class World(Installation):
    """An installation with few partitions, which also has a door for an agency that nobody knows."""

    partitions = 2
    more_agencies: tuple[str, ...] = ()

    def _prepare(self) -> None:
        super()._prepare()
        inner = [f"gvd.{name}" for name in INNER]
        doors = [
            f"gvd.{way}.{agency}"
            for agency in (*AGENCIES, *self.more_agencies, NOT_IN_THE_TABLE)
            for way in ("in", "out")
        ]
        create_topics(self.kafka.bootstrap, [*inner, *doors], self.partitions)

    def logs(self) -> str:
        """Everything every service ever wrote."""
        return "".join(path.read_text(errors="replace") for path in sorted(self.log_folder.glob("*.log")))


@contextmanager
def world(
    services: Sequence[str] = SERVICES,
    *,
    env: Mapping[str, str] | None = None,
    partitions: int = 2,
    revive: bool = False,
    agencies: Sequence[str] = (),
) -> Iterator[World]:
    """A started installation, gone afterwards."""
    with folder_of_our_own("world") as folder:
        made = World(folder, services=services, env=env, preparations=(("migrate",),), revive=revive)
        made.partitions, made.more_agencies = partitions, tuple(agencies)
        try:
            yield made.start()
        finally:
            made.destroy()


def create_topics(bootstrap: str, names: Sequence[str], partitions: int) -> None:
    """Make topics that are not there yet."""
    client = AdminClient({"bootstrap.servers": bootstrap})
    missing = set(names) - set(client.list_topics(timeout=10).topics)
    made = client.create_topics([NewTopic(name, partitions, 1) for name in sorted(missing)]) if missing else {}
    for done in made.values():
        done.result(20)


async def until(condition: Callable[[], Any], within: float = 60, what: str = "") -> Any:
    """Poll until the condition (plain or awaitable) is true; gives what it gave."""
    end = time.monotonic() + within
    while True:
        found = condition()
        found = await found if isinstance(found, Awaitable) else found
        if found:
            return found
        assert time.monotonic() < end, f"not within {within} s: {what or condition}"
        await asyncio.sleep(0.02)


@dataclass(frozen=True)
class Seen:
    """One record read from a topic."""

    topic: str
    partition: int
    offset: int
    event: dict[str, Any]
    raw: ConsumerRecord

    @property
    def kind(self) -> str:
        """The type without what all types share: `question.ended`."""
        return str(self.event.get("type", "")).removeprefix(TYPE).removesuffix(".v1")

    @property
    def data(self) -> dict[str, Any]:
        data: dict[str, Any] = self.event.get("data", {})
        return data


class Ear:
    """Hears everything on some topics, from their beginning, in order per partition."""

    def __init__(self, bootstrap: str, topics: Sequence[str]) -> None:
        self._consumer = AIOKafkaConsumer(
            bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest"
        )
        self._topics = topics
        self.heard: list[Seen] = []
        self._task: asyncio.Task[None] | None = None

    async def start(self) -> "Ear":
        await self._consumer.start()
        places = [TopicPartition(topic, p) for topic in self._topics for p in await self._partitions(topic)]
        self._consumer.assign(places)
        await self._consumer.seek_to_beginning(*places)
        self._task = asyncio.create_task(self._listen())
        return self

    async def _partitions(self, topic: str) -> set[int]:
        """As soon as the client knows them: an answer that was under way already says nothing of this topic."""
        client = self._consumer._client
        await client.add_topic(topic)
        for _ in range(100):
            if found := self._consumer.partitions_for_topic(topic):
                return set(found)
            await client.force_metadata_update()
        raise AssertionError(f"{topic} is not there")

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        # A fetch that timed out while the broker was down is told only now, and is no news.
        await asyncio.gather(self._consumer.stop(), return_exceptions=True)

    async def _listen(self) -> None:
        async for record in self._consumer:
            self.heard.append(Seen(record.topic, record.partition, record.offset, _json(record.value), record))

    def find(self, kind: str, on: str | None = None, /, **data: Any) -> list[Seen]:
        """What was heard of that kind with these data."""
        return [
            seen
            for seen in self.heard
            if seen.kind == kind
            and (on is None or seen.topic == on)
            and all(str(seen.data.get(name)) == str(value) for name, value in data.items())
        ]

    async def wait(self, kind: str, on: str | None = None, /, *, within: float = 30, **data: Any) -> Seen:
        """The first of that kind, as soon as it is heard."""
        try:
            found = await until(lambda: self.find(kind, on, **data), within, f"{kind} {on or ''} {data}")
        except AssertionError as error:
            raise AssertionError(f"{error}; not heard yet: {await self._behind()}") from None
        return found[0]

    async def _behind(self) -> dict[str, str]:
        """Where this ear is, of what is there: a test that fails must tell a silent system from a deaf ear."""
        places = self._consumer.assignment()
        ends = await self._consumer.end_offsets(list(places))
        at = {place: await self._consumer.position(place) for place in places}
        return {f"{p.topic}/{p.partition}": f"{at[p]} of {ends[p]}" for p in sorted(places) if at[p] < ends[p]}


def _json(value: bytes | None) -> dict[str, Any]:
    try:
        found = json.loads(value or b"")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


@asynccontextmanager
async def listening(bootstrap: str, topics: Sequence[str]) -> AsyncIterator[Ear]:
    ear = await Ear(bootstrap, topics).start()
    try:
        yield ear
    finally:
        await ear.stop()


async def whole_topics(bootstrap: str, topics: Sequence[str]) -> list[ConsumerRecord]:
    """Every record that is on these topics now."""
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False, auto_offset_reset="earliest")
    await consumer.start()
    try:
        places = []
        for topic in topics:
            await consumer._client.add_topic(topic)
            places += [TopicPartition(topic, p) for p in consumer.partitions_for_topic(topic) or ()]
        ends = await consumer.end_offsets(places)
        consumer.assign(places)
        await consumer.seek_to_beginning(*places)
        records: list[ConsumerRecord] = []
        while any([await consumer.position(place) < ends[place] for place in places]):
            for found in (await consumer.getmany(timeout_ms=200)).values():
                records += found
        return records
    finally:
        await consumer.stop()


_numbers = itertools.count(1)


def now(**ago: float) -> str:
    return (datetime.now(UTC) - timedelta(**ago)).isoformat()


def _letters() -> str:
    """Of digits some would, by chance, pass the 11-proof of a BSN."""
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(8))


def event_of(agency: str, kind: str, data: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    """An event as that agency would make it; `attributes` replace or add, None takes away."""
    whole = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": f"urn:nld:gvd:{agency}:systeem:klantcontact",
        "type": f"{TYPE}{kind}.v1",
        "time": now(),
        "datacontenttype": "application/json",
        "data": dict(data),
        **attributes,
    }
    return {name: value for name, value in whole.items() if value is not None}


def question(agency: str = "belastingdienst", topic: str = "aow", **changes: Any) -> dict[str, Any]:
    """A good question with a reference of its own."""
    attributes = changes.pop("attributes", {})
    facts = {"topic": topic, "channel": "phone", **changes.pop("facts", {})}
    reference = changes.pop("reference", None) or f"T-{next(_numbers)}-{_letters()}"
    data = {"reference": reference, "first_received_at": now(minutes=5), "facts": facts, **changes}
    return event_of(agency, "question.asked", data, **attributes)


def reply(agency: str, offer: Mapping[str, Any], action: str, **more: Any) -> dict[str, Any]:
    """A reply to what an out-topic said of a hand-off."""
    attributes = more.pop("attributes", {})
    data = {"question": offer["question"], "handoff": offer["handoff"], "version": offer["version"]}
    data.update(more.pop("data", {}))
    return event_of(agency, "reply.given", {**data, "reply": {"action": action, **more}}, **attributes)


COMPLETE = {"outcome": "helped", "person_informed": True}


class Agencies:
    """All agencies of one world."""

    def __init__(self, place: World) -> None:
        self.world = place
        topics = [f"gvd.out.{a}" for a in (*AGENCIES, *place.more_agencies, NOT_IN_THE_TABLE)]
        self.ear = Ear(place.kafka.bootstrap, [*topics, *(f"gvd.{name}" for name in INNER)])
        self._producer = AIOKafkaProducer(
            bootstrap_servers=place.kafka.bootstrap,
            acks="all",
            enable_idempotence=True,
            max_request_size=4_000_000,
            max_batch_size=900_000,
        )
        self.http = httpx.AsyncClient(base_url=f"{place.processes['intake'].url}/v1", timeout=20)
        self.database: asyncpg.Pool | None = None
        self._tokens: dict[str, str] = {}

    async def start(self) -> "Agencies":
        self.database = await asyncpg.create_pool(self.world.postgres.url, min_size=1, max_size=4)
        await self._producer.start()
        await self.ear.start()
        return self

    async def stop(self) -> None:
        await self.ear.stop()
        await self._producer.stop()
        await self.http.aclose()
        if self.database is not None:
            self.database.terminate()

    async def send(self, agency: str, event: Mapping[str, Any] | bytes | None, **options: Any) -> Any:
        """Publish on the agency's in-topic; gives Kafka's place of it."""
        value = event if isinstance(event, bytes | None) else json.dumps(event).encode()
        options.setdefault("headers", CONTENT_TYPE)
        return await self._producer.send_and_wait(f"gvd.in.{agency}", value, **options)

    async def send_batch(self, agency: str, records: Sequence[tuple[Any, ...]]) -> list[Any]:
        """Publish (value, headers, key) as one batch on partition 0, so that a consumer gets them together."""
        batch = self._producer.create_batch()
        for value, headers, *key in records:
            raw = value if isinstance(value, bytes | None) else json.dumps(value).encode()
            assert batch.append(key=next(iter(key), None), value=raw, timestamp=None, headers=headers) is not None
        first = await (await self._producer.send_batch(batch, f"gvd.in.{agency}", partition=0))
        return [(first.topic, 0, first.offset + number) for number in range(len(records))]

    async def token(self, agency: str) -> str:
        """A token for the HTTP door, as an operator would give it out."""
        if agency not in self._tokens:
            token = secrets.token_urlsafe(24)
            await self.sql(
                "insert into intake.credential (token_sha256, agency) values ($1, $2)",
                hashlib.sha256(token.encode()).digest(),
                agency,
            )
            self._tokens[agency] = token
        return self._tokens[agency]

    async def post(self, agency: str, path: str, body: Any, **headers: str) -> httpx.Response:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        given = {"content-type": "application/cloudevents+json", "authorization": f"Bearer {await self.token(agency)}"}
        given.update({name.replace("_", "-"): value for name, value in headers.items()})
        return await self.http.post(path, content=content, headers=given)

    async def get(self, agency: str, path: str, **headers: str) -> httpx.Response:
        return await self.http.get(path, headers={"authorization": f"Bearer {await self.token(agency)}", **headers})

    async def sql(self, statement: str, *values: Any) -> list[Any]:
        assert self.database is not None
        return list(await self.database.fetch(statement, *values))

    async def offered(self, asked: Mapping[str, Any], agency: str | None = None) -> Seen:
        """The offer that came of a question, on the receiver's (or another's) out-topic."""
        reference = asked["data"]["reference"]
        seen = await self.ear.wait("handoff.requested", reference=reference)
        receiver = agency or seen.data["receiver"]
        return await self.ear.wait("handoff.requested", f"gvd.out.{receiver}", reference=reference)

    async def settled(self, within: float = 20) -> None:
        """Until every journal is on the road and everything on the road is in."""
        for service in SERVICES:
            await until(lambda s=service: self._relayed(s), within, f"the journal of {service} on the road")
        await until(self._taken_in, within, "all that was said is taken in")

    async def _relayed(self, service: str) -> bool:
        head, cursor = f"{service}.journal_head h", f"{service}.relay_cursor c"
        rows = await self.sql(f"select h.last = c.number as done from {head}, {cursor}")  # noqa: S608
        return bool(rows[0]["done"])

    async def _taken_in(self) -> bool:
        return not any([await self.sql(statement) for statement in _UNSEEN])


_UNSEEN = [
    f"select 1 from (select key, topic, max(sequence) as last from {producer}.journal "  # noqa: S608
    f"where topic = '{topic}' group by key, topic) j left join {consumer}.keyed k using (key) "
    f"where coalesce((k.seen ->> j.topic)::int, 0) < j.last limit 1"
    for producer, topic, consumer in (
        ("intake", "gvd.questions", "router"),
        ("intake", "gvd.replies", "handoff"),
        ("intake", "gvd.quarantine", "delivery"),
        ("intake", "gvd.capacity", "delivery"),
        ("router", "gvd.decisions", "handoff"),
        ("handoff", "gvd.decision-requests", "router"),
        ("handoff", "gvd.handoffs", "delivery"),
        ("handoff", "gvd.handoffs", "intake"),
    )
]


@asynccontextmanager
async def agencies_of(place: World) -> AsyncIterator[Agencies]:
    agencies = Agencies(place)
    try:
        yield await agencies.start()
    finally:
        await agencies.stop()
