"""What the verifier looks at: every record on every topic and every row that matters, read and not interpreted.

Nothing here or in the verifier comes from the services or the contracts: who shares their code shares their mistakes.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import asyncpg
from confluent_kafka import OFFSET_BEGINNING, Consumer, TopicPartition

SERVICES = ("intake", "router", "handoff", "delivery")


@dataclass(frozen=True)
class Record:
    """One record on a topic."""

    topic: str
    partition: int
    offset: int
    key: str
    value: bytes
    event: dict[str, Any]

    @cached_property
    def kind(self) -> str:
        """`question.ended` of `nl.geenverkeerdedeur.question.ended.v1`."""
        parts = str(self.event.get("type", "")).split(".")
        return ".".join(parts[2:-1])

    @cached_property
    def data(self) -> dict[str, Any]:
        found = self.event.get("data")
        return found if isinstance(found, dict) else {}

    @cached_property
    def sequence(self) -> int:
        return int(self.event.get("sequence", 0))

    @cached_property
    def says(self) -> str:
        """The same for two records that say the same."""
        return digest(self.data)


@dataclass(frozen=True)
class Entry:
    """One line of a journal."""

    number: int
    topic: str
    key: str
    sequence: int
    value: bytes


@dataclass
class Evidence:
    """Everything there is to see of an installation at rest."""

    records: list[Record] = field(default_factory=list)
    journals: dict[str, list[Entry]] = field(default_factory=dict)
    keyed: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    parked: dict[str, int] = field(default_factory=dict)
    quarantined: int = 0
    tally: dict[str, int] = field(default_factory=dict)
    inbox: set[tuple[str, str]] = field(default_factory=set)
    clocks: list[tuple[str, str]] = field(default_factory=list)

    @cached_property
    def topics(self) -> dict[str, list[Record]]:
        """The records by topic; asked for only when nothing is added or taken away any more."""
        found: dict[str, list[Record]] = {}
        for record in self.records:
            found.setdefault(record.topic, []).append(record)
        return found

    def on(self, *topics: str) -> list[Record]:
        return [record for topic in topics for record in self.topics.get(topic, ())]

    def under(self, prefix: str) -> list[Record]:
        return self.on(*(topic for topic in self.topics if topic.startswith(prefix)))


async def gather(bootstrap: str, url: str, services: Iterable[str] = SERVICES) -> Evidence:
    """Read it all, of the services that run."""
    evidence = Evidence(records=all_records(bootstrap))
    connection = await asyncpg.connect(url)
    try:
        for service in services:
            evidence.journals[service] = await _journal(connection, service)
            evidence.keyed[service] = await _keyed(connection, service)
            evidence.parked[service] = await connection.fetchval(f"select count(*) from {service}.parked")  # noqa: S608
            evidence.quarantined += await connection.fetchval(f"select count(*) from {service}.quarantine")  # noqa: S608
        counts = await connection.fetchrow(
            "select sum(received)::int received, sum(accepted)::int accepted, sum(duplicates)::int duplicates, "
            "sum(refused)::int refused from intake.tally"
        )
        evidence.tally = {name: count or 0 for name, count in counts.items()}
        inbox = await connection.fetch("select source, id from intake.inbox")
        evidence.inbox = {(row["source"], row["id"]) for row in inbox}
        clocks = await connection.fetch("select question, stage from handoff.clock")
        evidence.clocks = [(str(row["question"]), row["stage"]) for row in clocks]
    finally:
        await connection.close()
    return evidence


async def _journal(connection: asyncpg.Connection, service: str) -> list[Entry]:
    rows = await connection.fetch(
        f"select number, topic, key, sequence, value from {service}.journal order by number"  # noqa: S608
    )
    return [Entry(row["number"], row["topic"], str(row["key"]), row["sequence"], row["value"]) for row in rows]


async def _keyed(connection: asyncpg.Connection, service: str) -> dict[str, dict[str, Any]]:
    rows = await connection.fetch(f"select key, seen, said, state from {service}.keyed")  # noqa: S608
    return {str(row["key"]): {name: json.loads(row[name]) for name in ("seen", "said", "state")} for row in rows}


def all_records(bootstrap: str) -> list[Record]:
    """Every record of every `gvd.` topic, in order per partition."""
    consumer = Consumer({"bootstrap.servers": bootstrap, "group.id": "verifier", "enable.auto.commit": False})
    try:
        names = [name for name in consumer.list_topics(timeout=20).topics if name.startswith("gvd.")]
        return sorted(_read(consumer, _ends(consumer, names)), key=lambda r: (r.topic, r.partition, r.offset))
    finally:
        consumer.close()


def _ends(consumer: Consumer, names: Iterable[str]) -> dict[tuple[str, int], int]:
    """Every partition that holds something, and where it ends now."""
    ends = {}
    for name in names:
        for partition in consumer.list_topics(name, timeout=20).topics[name].partitions:
            _, end = consumer.get_watermark_offsets(TopicPartition(name, partition), timeout=20)
            if end > 0:
                ends[name, partition] = end
    return ends


def _read(consumer: Consumer, ends: dict[tuple[str, int], int]) -> Iterable[Record]:
    consumer.assign([TopicPartition(*place, OFFSET_BEGINNING) for place in ends])
    while ends:
        for message in consumer.consume(1_000, 0.2):
            assert not message.error(), message.error()
            place = (message.topic(), message.partition())
            if message.offset() + 1 >= ends.get(place, 0):
                ends.pop(place, None)
            yield _record(message)


def _record(message: Any) -> Record:
    value = message.value() or b""
    try:
        event = json.loads(value)
    except ValueError:
        event = {}
    key = (message.key() or b"").decode(errors="replace")
    return Record(message.topic(), message.partition(), message.offset(), key, value, event)


def digest(data: Any) -> str:
    """Two data that say the same have the same digest."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
