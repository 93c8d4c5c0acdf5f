"""Invariants 3 and 8 at the in-topics: each record below the next offset was accepted or refused, and rightly so.

An in-topic is an agency's own writing: a BSN in a record that was refused stays in that log until its retention
ends, and is reported as a number. In a record that was let in it is a breach.
"""

from collections.abc import Sequence
from typing import NamedTuple

from aiokafka import ConsumerRecord, TopicPartition

from contracts.cloudevents import Checked, check_record
from contracts.events import IN_PREFIX, Envelope
from services.auditor.report import Result
from services.auditor.snapshot import Snapshot
from services.auditor.topics import Bounds, Committed

GROUP = "gvd.intake.door"
_PRIVATE = frozenset({"bsn", "denied-attribute"})
Offset = tuple[str, int, int]


class Tally(NamedTuple):
    """How far a partition was taken in, and how many records that were."""

    next_offset: int = 0
    received: int = 0


class Doors:
    """Reads along with the in-topics."""

    def __init__(self, snapshot: Snapshot, accounting: Result, privacy: Result) -> None:
        self._snapshot, self._accounting, self._privacy = snapshot, accounting, privacy
        self._tallies: dict[TopicPartition, Tally] = {}
        self._read: dict[TopicPartition, int] = {}
        self._refused_private = 0

    async def begin(self, bounds: Bounds, committed: Committed) -> Bounds:
        """Gives what is to be read: what intake says it has taken in. `committed` is older than the snapshot."""
        rows = await self._snapshot.fetch("select * from intake.tally where starts_with(door, $1)", IN_PREFIX)
        for row in rows:
            place = TopicPartition(row["door"], row["partition"])
            self._tallies[place] = Tally(row["next_offset"], row["received"])
        doors = {place: bound for place, bound in bounds.items() if place.topic.startswith(IN_PREFIX)}
        self._accounting.notes.append(f"{sum(self._waiting(*one) for one in doors.items())} waiting at the door")
        for place, (_, end) in doors.items():
            self._positions(place, end, committed.get(place, 0))
        return {place: (first, min(end, self._tally(place).next_offset)) for place, (first, end) in doors.items()}

    def _tally(self, place: TopicPartition) -> Tally:
        return self._tallies.get(place, Tally())

    def _waiting(self, place: TopicPartition, bound: tuple[int, int]) -> int:
        return max(0, bound[1] - max(bound[0], self._tally(place).next_offset))

    def _positions(self, place: TopicPartition, end: int, committed: int) -> None:
        taken = self._tally(place).next_offset
        if committed > taken:
            self._accounting.breach(_named(place, taken), f"passed over: committed up to {committed}")
        if taken > end:
            what = f"the log ends at {end}, but {taken} records were taken in: new ones would pass for repeats"
            self._accounting.breach(_named(place, end), what)

    async def take(self, records: Sequence[ConsumerRecord]) -> None:
        checked = [(record, check_record(record.headers, record.value, key=record.key)) for record in records]
        refused, accepted = await self._refused(records), await self._accepted([one for _, one in checked])
        for record, one in checked:
            self._judge(record, one, refused=_place(record) in refused, accepted=_identity(one) in accepted)

    def _judge(self, record: ConsumerRecord, one: Checked, *, refused: bool, accepted: bool) -> None:
        place = TopicPartition(record.topic, record.partition)
        self._read[place] = self._read.get(place, 0) + 1
        private = any(fault.code in _PRIVATE for fault in one.faults)
        self._refused_private += private and refused
        if private and not refused:
            self._privacy.breach(_named(place, record.offset), "let in with a BSN or a denied attribute")
        if not refused and not accepted:
            self._accounting.breach(_named(place, record.offset), "taken in, but neither accepted nor refused")

    async def _refused(self, records: Sequence[ConsumerRecord]) -> set[Offset]:
        rows = await self._snapshot.fetch(_REFUSED, *_columns([_place(record) for record in records], 3))
        return {(row["topic"], row["partition"], row["offset"]) for row in rows}

    async def _accepted(self, checked: Sequence[Checked]) -> set[tuple[str, str]]:
        rows = await self._snapshot.fetch(_ACCEPTED, *_columns([_identity(one) for one in checked], 2))
        return {(row["source"], row["id"]) for row in rows}

    def end(self, bounds: Bounds) -> None:
        """Offsets are not always records (transactions use some), so records are counted where all are still there."""
        for place, (first, _) in bounds.items():
            read, received = self._read.get(place, 0), self._tally(place).received
            if read > received or (first == 0 and read < received):
                self._accounting.breach(f"{place.topic}/{place.partition}", f"{read} in the log, {received} received")
        if self._refused_private:
            note = f"{self._refused_private} refused records with a BSN or denied attribute are still in an in-topic"
            self._privacy.notes.append(note)


def _place(record: ConsumerRecord) -> Offset:
    return record.topic, record.partition, record.offset


def _named(place: TopicPartition, offset: int) -> str:
    return f"{place.topic}/{place.partition}/{offset}"


def _identity(one: Checked) -> tuple[str, str]:
    """As the inbox has it: all of an accepted id, also what of a refused one may not be shown."""
    if isinstance(one.event, Envelope):
        return one.event.source, one.event.id
    return one.event_source or "", one.event_id or ""


def _columns(rows: Sequence[tuple[object, ...]], width: int) -> list[list[object]]:
    return [[row[column] for row in rows] for column in range(width)]


_REFUSED = """
select q.topic, q."partition", q."offset" from intake.quarantine q
  join unnest($1::text[], $2::int[], $3::bigint[]) as r(topic, "partition", "offset")
       using (topic, "partition", "offset")
"""

_ACCEPTED = """
select i.source, i.id from intake.inbox i join unnest($1::text[], $2::text[]) as r(source, id) using (source, id)
"""
