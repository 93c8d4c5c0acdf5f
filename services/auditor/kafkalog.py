"""The part of the audit that reads Kafka: each topic once, for all invariants that want to know."""

from collections.abc import Iterator
from typing import NamedTuple

from contracts.events import IN_PREFIX, OUT_PREFIX
from services.auditor.doors import Doors
from services.auditor.report import Result
from services.auditor.roads import SERVICES, producer_of
from services.auditor.scan import Scanner
from services.auditor.snapshot import Snapshot, open_snapshot
from services.auditor.topics import Bounds, Committed, Topics
from services.auditor.wire import Newer, Wire, check_newer
from services.platform.settings import Settings

_AT_ONCE = 500_000
"""Records read together: fewer rounds for many small topics, and not all of a large installation in memory."""


class Concerned(NamedTuple):
    """The results that what is in Kafka may change."""

    accounting: Result
    privacy: Result
    sent: Result
    numbering: Result


class KafkaLog:
    """Reads all topics of this system as they were just after the snapshot."""

    def __init__(self, snapshot: Snapshot, topics: Topics, results: Concerned, scanner: Scanner) -> None:
        self._snapshot, self._topics, self._results, self._scanner = snapshot, topics, results, scanner
        self._newer: dict[str, list[Newer]] = {service: [] for service in (*SERVICES, "")}

    async def read(self, settings: Settings, committed: Committed) -> None:
        bounds = await self._topics.bounds()
        await self._doors(bounds, committed)
        copies = 0
        for group in groups(bounds):
            copies += await self._read_group(group)
        if copies:
            self._results.numbering.notes.append(f"{copies} copies on the wire, which consumers drop")
        await self._published_meanwhile(settings)

    async def _doors(self, bounds: Bounds, committed: Committed) -> None:
        doors = Doors(self._snapshot, self._results.accounting, self._results.privacy)
        taken_in = await doors.begin(bounds, committed)
        async for records in self._topics.read(taken_in):
            await doors.take(records)
        doors.end(taken_in)

    async def _read_group(self, bounds: Bounds) -> int:
        """Gives how many records were copies of earlier ones."""
        wires = {topic: await self._wire(topic, bounds) for topic in {place.topic for place in bounds}}
        async for records in self._topics.read(bounds):
            for record in records:
                wires[record.topic].take(record)
        for wire in wires.values():
            wire.end()
            self._newer[wire.service or ""] += wire.newer
        return sum(wire.copies for wire in wires.values())

    async def _wire(self, topic: str, bounds: Bounds) -> Wire:
        result = self._results.sent if topic.startswith(OUT_PREFIX) else self._results.numbering
        part = {place: bound for place, bound in bounds.items() if place.topic == topic}
        wire = Wire(topic, producer_of(topic), part, result, self._results.privacy, self._scanner)
        await wire.begin(self._snapshot)
        return wire

    async def _published_meanwhile(self, settings: Settings) -> None:
        if not any(self._newer.values()):
            return
        async with open_snapshot(settings, facts=False) as later:
            for service in SERVICES:
                result = self._results.sent if service == "delivery" else self._results.numbering
                await check_newer(later, self._newer[service], service, result)


def groups(bounds: Bounds) -> Iterator[Bounds]:
    """The topics that are not in-topics, taken together until they are many records. A topic is never split."""
    by_topic: dict[str, Bounds] = {}
    for place, bound in bounds.items():
        if not place.topic.startswith(IN_PREFIX):
            by_topic.setdefault(place.topic, {})[place] = bound
    group: Bounds = {}
    for part in by_topic.values():
        if group and sum(end - first for first, end in (*group.values(), *part.values())) > _AT_ONCE:
            yield group
            group = {}
        group.update(part)
    if group:
        yield group
