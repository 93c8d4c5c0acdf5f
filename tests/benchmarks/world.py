"""A quiet world to measure in: real Apache Kafka and PostgreSQL with fsync, and services as real processes."""

import asyncio
import base64
import json
import os
import subprocess
import sys
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from deploy.local import LocalKafka, LocalPostgres
from deploy.local.children import leashed
from deploy.local.ports import free_port
from services.platform import ids
from services.platform.migrate import migrate
from services.platform.relay import partition_of
from services.platform.settings import Settings

INNER = (
    "questions",
    "decisions",
    "decision-requests",
    "replies",
    "handoffs",
    "notices",
    "capacity",
    "quarantine",
    "routing-table",
)
AGENCIES = ("belastingdienst", "uwv", "svb", "duo", "cak", "cjib", "toeslagen", "triage", "mfo", "gemeente-gm0363")
TOPICS_OF_QUESTIONS = ("aow", "kinderbijslag", "ww", "studieschuld", "verkeersboete", "zorgtoeslag")
PARTITIONS = 4


@dataclass(slots=True)
class World:
    """Addresses, and the processes started in it."""

    folder: Path
    kafka: LocalKafka
    postgres: LocalPostgres
    processes: list[subprocess.Popen[bytes]] = field(default_factory=list)

    @property
    def env(self) -> dict[str, str]:
        return {
            **os.environ,
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap,
            "DATABASE_URL": self.postgres.url,
            "GVD_MASTER_KEY": base64.b64encode(bytes(32)).decode(),
            "GVD_LOG_LEVEL": "WARNING",
        }

    def start(self, *services: str) -> None:
        for service in services:
            number = len(self.processes)
            env = self.env | {"GVD_INSTANCE": f"bench-{number}", "GVD_HTTP_PORT": str(free_port())}
            log = (self.folder / f"{service}-{number}.log").open("wb")
            command = leashed([sys.executable, "-m", "services.cli.main", "serve", service])
            self.processes.append(subprocess.Popen(command, env=env, stdout=log, stderr=log))

    def run(self, module: str, *arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(leashed([sys.executable, "-m", module, *arguments]), env=self.env)

    def stop(self) -> None:
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            process.wait(30)
        self.processes.clear()


@contextmanager
def world(folder: Path) -> Iterator[World]:
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o711)
    kafka = LocalKafka(folder / "kafka", heap_mb=1024)
    postgres = LocalPostgres(folder / "postgres", settings={"shared_buffers": "512MB", "max_wal_size": "8GB"})
    made = World(folder, kafka, postgres)
    try:
        kafka.start()
        postgres.start()
        settings = Settings.model_validate({"database_url": postgres.url})
        migrate(settings, ("intake", "router", "handoff", "delivery"))
        yield made
    finally:
        made.stop()
        kafka.destroy()
        postgres.destroy()


async def make_topics(bootstrap: str, *extra: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=bootstrap)
    await admin.start()
    names = [f"gvd.{name}" for name in INNER] + ["gvd.repairs", *extra]
    names += [f"gvd.{way}.{agency}" for way in ("in", "out") for agency in AGENCIES]
    await admin.create_topics([NewTopic(name, 1 if name == "gvd.repairs" else PARTITIONS, 1) for name in names])
    await admin.close()


def accepted_question(number: int) -> tuple[uuid.UUID, bytes]:
    """What intake says of a question: about 650 bytes."""
    now = datetime.now(UTC)
    key = ids.time_ordered(now)
    data = {
        "question": str(key),
        "follower": "belastingdienst",
        "reference": f"BD-{number}",
        "first_received_at": now.isoformat(),
        "accepted_at": now.isoformat(),
        "submitter": "citizen",
        "facts": facts(number),
    }
    return key, _event("question.accepted", str(uuid.uuid4()), data, subject=str(key), sequence="1")


def asked_question(number: int, agency: str) -> tuple[uuid.UUID, bytes]:
    data = {
        "reference": f"R-{number}",
        "first_received_at": datetime.now(UTC).isoformat(),
        "facts": facts(number),
    }
    key = uuid.uuid4()
    return key, _event("question.asked", str(key), data, source=f"urn:nld:gvd:{agency}:systeem:bench")


def facts(number: int) -> dict[str, object]:
    return {
        "topic": TOPICS_OF_QUESTIONS[number % len(TOPICS_OF_QUESTIONS)],
        "kind": "question",
        "channel": ("phone", "desk", "email", "web")[number % 4],
        "residence": {"postcode": "1012", "abroad": False},
    }


def _event(kind: str, event_id: str, data: dict[str, object], **attributes: str) -> bytes:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "urn:nld:oin:00000099000000001000:systeem:bench",
        "type": f"nl.geenverkeerdedeur.{kind}.v1",
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        **attributes,
        "data": data,
    }
    return json.dumps(event).encode()


HEADERS = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


async def produce(bootstrap: str, events: Sequence[tuple[str, uuid.UUID, bytes]]) -> None:
    producer = AIOKafkaProducer(
        bootstrap_servers=bootstrap, acks="all", enable_idempotence=True, linger_ms=5, max_batch_size=262_144
    )
    await producer.start()
    sent = [
        await producer.send(
            topic, value, key=str(key).encode(), partition=partition_of(key.int, PARTITIONS), headers=HEADERS
        )
        for topic, key, value in events
    ]
    for future in sent:
        await future
    await producer.stop()


@dataclass(slots=True)
class Seen:
    """What arrived on the target topics: when, how often, in what order."""

    wanted: int
    ids: dict[str, int] = field(default_factory=dict)
    last: dict[tuple[str, str], int] = field(default_factory=dict)
    out_of_order: int = 0
    first_ms: int = 0
    last_ms: int = 0
    before_first: int = 0

    @property
    def lost(self) -> int:
        return self.wanted - len(self.ids)

    @property
    def doubled(self) -> int:
        return sum(count - 1 for count in self.ids.values())

    @property
    def rate(self) -> float:
        """Messages a second from the first batch out to the last: starting up is not measured."""
        return (len(self.ids) - self.before_first) * 1000 / max(self.last_ms - self.first_ms, 1)


async def watch(
    bootstrap: str, topics: Sequence[str], wanted: int, matters: str, ends: dict[TopicPartition, int]
) -> Seen:
    """Waits until `wanted` records have come after `ends`, and only then reads what they are."""
    consumer = AIOKafkaConsumer(
        bootstrap_servers=bootstrap, enable_auto_commit=False, max_partition_fetch_bytes=8_388_608
    )
    await consumer.start()
    places = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
    consumer.assign(places)
    for place in places:
        consumer.seek(place, ends.get(place, 0))
    await _all_there(consumer, places, ends, wanted)
    seen = Seen(wanted)
    idle = 0
    while len(seen.ids) < wanted and idle < 20:
        batches = await consumer.getmany(timeout_ms=500, max_records=5000)
        idle = 0 if batches else idle + 1
        for records in batches.values():
            for record in records:
                _note(seen, record, matters)
    await consumer.stop()
    return seen


async def _all_there(
    consumer: AIOKafkaConsumer, places: Sequence[TopicPartition], ends: dict[TopicPartition, int], wanted: int
) -> None:
    """Wait by the partitions' end offsets alone: reading along would slow what is measured."""
    before, still = -1, 0
    while still < 300:
        there = sum((await consumer.end_offsets(places)).values()) - sum(ends.get(place, 0) for place in places)
        if there >= wanted:
            return
        before, still = there, still + 1 if there == before else 0
        await asyncio.sleep(0.2)


def _note(seen: Seen, record: object, matters: str) -> None:
    event = json.loads(record.value)  # type: ignore[attr-defined]
    if not event["type"].endswith(matters):
        return
    key = (record.topic, record.key.decode())  # type: ignore[attr-defined]
    sequence = int(event.get("sequence") or 1)
    seen.out_of_order += sequence < seen.last.get(key, 0)
    seen.last[key] = sequence
    name = f"{record.topic}/{event['id']}"  # type: ignore[attr-defined]
    seen.ids[name] = seen.ids.get(name, 0) + 1
    moment = record.timestamp  # type: ignore[attr-defined]
    if not seen.first_ms or moment < seen.first_ms:
        seen.first_ms, seen.before_first = moment, 0
    seen.before_first += moment == seen.first_ms
    seen.last_ms = max(seen.last_ms, moment)


async def nothing_waits(world: World) -> None:
    """Until the last thing done for a question, its view at the front door, is done for all."""
    connection = await asyncpg.connect(world.postgres.url)
    waiting = "select exists (select from intake.keyed where state <> 'null' and state ->> 'status' is null)"
    while await connection.fetchval(waiting):  # noqa: ASYNC110 - another process works
        await asyncio.sleep(0.2)
    await connection.close()


async def ends_of(bootstrap: str, topics: Sequence[str]) -> dict[TopicPartition, int]:
    consumer = AIOKafkaConsumer(bootstrap_servers=bootstrap, enable_auto_commit=False)
    await consumer.start()
    places = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
    consumer.assign(places)
    found = await consumer.end_offsets(places)
    await consumer.stop()
    return dict(found)
