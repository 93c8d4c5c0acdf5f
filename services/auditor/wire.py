"""Invariant 10 in Kafka: a topic holds, per key and in order, what the journal of its producer says was published.

What is equal to the journal was searched for private data there; what is not, is searched here (invariant 8).
"""

from collections.abc import Sequence
from hashlib import md5
from typing import NamedTuple
from uuid import UUID

from aiokafka import ConsumerRecord

from services.auditor.report import Result
from services.auditor.roads import COMPACTED
from services.auditor.scan import Scanner
from services.auditor.snapshot import Snapshot
from services.auditor.topics import Bounds
from services.platform.events import CONTENT_TYPE

_SEQUENCE = b'"sequence":"'
_NUMBER = "journal"


class Newer(NamedTuple):
    """A record published after the snapshot was taken: to be found in the journal of now."""

    topic: str
    key: UUID
    sequence: int
    digest: int


class Wire:
    """One topic. Without a service nobody journals it: then it is only searched for private data."""

    def __init__(
        self, topic: str, service: str | None, bounds: Bounds, result: Result, privacy: Result, scanner: Scanner
    ) -> None:
        self.service = service
        self._topic, self._result, self._privacy, self._scanner = topic, result, privacy, scanner
        self._trimmed = {place.partition for place, (first, _) in bounds.items() if first > 0}
        self._said: dict[bytes, Sequence[int]] = {}
        self._progress: dict[bytes, int] = {}
        self.copies = 0
        self.newer: list[Newer] = []

    async def begin(self, snapshot: Snapshot) -> None:
        """Per key the digests of what was published by the time of the snapshot."""
        if self.service is not None:
            async for row in snapshot.stream(_PUBLISHED.format(service=self.service), self._topic):
                self._said[row["key"].encode()] = row["digests"]

    def take(self, record: ConsumerRecord) -> None:
        if self.service is None:
            self._search(record)
            return
        sequence = _sequence(record.value)
        said = self._said.get(record.key or b"", ())
        digest = digest_of(record.value or b"")
        known = 0 < sequence <= len(said) and said[sequence - 1] == digest
        if not known:
            self._unlike(record, sequence, digest, said)
        if not (known and _ours(record)):
            self._search(record)
        if sequence > 0 and record.key is not None:
            self._order(record, sequence)

    def _unlike(self, record: ConsumerRecord, sequence: int, digest: int, said: Sequence[int]) -> None:
        key = _uuid(record.key)
        if key is None or sequence <= 0:
            self._result.breach(_place(record), "is no event of this system")
        elif sequence <= len(said):
            self._result.breach(key, f"number {sequence} on {self._topic} is not what was journaled")
        else:
            self.newer.append(Newer(self._topic, key, sequence, digest))

    def _search(self, record: ConsumerRecord) -> None:
        """For what may not be in any record of ours."""
        found = [*self._scanner.event(record.value or b""), *self._scanner.headers(record.headers)]
        if record.key is not None and _uuid(record.key) is None:
            found += self._scanner.text(record.key)
        for what in found:
            self._privacy.breach(_place(record), what)

    def _order(self, record: ConsumerRecord, sequence: int) -> None:
        last = self._progress.get(record.key, 0)
        if sequence <= last:
            self.copies += 1
            return
        gap = sequence > last + 1 and self._topic not in COMPACTED
        if gap and not (last == 0 and record.partition in self._trimmed):
            self._result.breach(record.key.decode(errors="replace"), f"number {sequence} on {self._topic} after {last}")
        self._progress[record.key] = sequence

    def end(self) -> None:
        """What was published must be there, unless its retention has ended."""
        for key, said in self._said.items():
            last = self._progress.get(key, 0)
            if last < len(said) and not (last == 0 and self._trimmed):
                self._result.breach(key.decode(), f"number {last + 1} on {self._topic} is not in Kafka")


def digest_of(value: bytes) -> int:
    """64 bits of MD5, which PostgreSQL can compute too. Against mishaps, not against forgers."""
    return int.from_bytes(md5(value, usedforsecurity=False).digest()[:8], "big", signed=True)


async def check_newer(snapshot: Snapshot, found: Sequence[Newer], service: str, result: Result) -> None:
    """`snapshot` is of later: what was published meanwhile must be in the journal as well."""
    for start in range(0, len(found), 2_000):
        part = found[start : start + 2_000]
        columns = [list(column) for column in zip(*part, strict=True)]
        await snapshot.offenders(result, _UNKNOWN.format(service=service), *columns)


def _sequence(value: bytes | None) -> int:
    """The attribute as this system writes it, right before the data."""
    _, found, rest = (value or b"").partition(_SEQUENCE)
    digits = rest[: rest.find(b'"')] if found else b""
    return int(digits) if digits.isdigit() and len(digits) <= 10 else 0


def _ours(record: ConsumerRecord) -> bool:
    *first, last = record.headers or (("", b""),)
    return tuple(first) == CONTENT_TYPE and last[0] == _NUMBER and last[1].isdigit()


def _uuid(key: bytes | None) -> UUID | None:
    try:
        return UUID((key or b"").decode("ascii"))
    except ValueError:
        return None


def _place(record: ConsumerRecord) -> str:
    return f"{record.topic}/{record.partition}/{record.offset}"


_DIGEST = "('x' || left(md5(value), 16))::bit(64)::bigint"

_PUBLISHED = f"""
select key::text as key, array_agg({_DIGEST} order by number) as digests from {{service}}.journal
 where topic = $1 and number <= (select number from {{service}}.relay_cursor) group by key
"""  # noqa: S608 - ours

_UNKNOWN = f"""
select f.key::text as place, format('number %s on %s was journaled by nobody', f.sequence, f.topic) as what
  from unnest($1::text[], $2::uuid[], $3::int[], $4::bigint[]) as f(topic, key, sequence, digest)
  left join {{service}}.journal j
    on j.key = f.key and j.topic = f.topic and j.sequence = f.sequence and {_DIGEST} = f.digest
 where j.key is null
"""  # noqa: S608 - ours
