"""The front door's own tables: inbox and tally. Personal texts are in `texts.py`."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.platform.database import Connection


@dataclass(slots=True)
class Tally:
    """What came in through one door since the last transaction."""

    door: str
    partition: int
    next_offset: int = 0
    received: int = 0
    accepted: int = 0
    duplicates: int = 0
    refused: int = 0


@dataclass(frozen=True, slots=True)
class InboxEntry:
    source: str
    id: str
    question: UUID
    digest: bytes
    at: datetime


async def lock_doors(connection: Connection, doors: Iterable[tuple[str, int]]) -> dict[tuple[str, int], int]:
    """Lock the partitions in hand; gives the next offset of each. A zombie's batch waits here, then sees it is late."""
    wanted = sorted(set(doors))
    names, partitions = [door for door, _ in wanted], [partition for _, partition in wanted]
    await connection.execute(
        'insert into tally (door, "partition") select * from unnest($1::text[], $2::int[]) on conflict do nothing',
        names,
        partitions,
    )
    rows = await connection.fetch(
        'select t.door, t."partition", t.next_offset from tally t '
        'join unnest($1::text[], $2::int[]) as d(door, "partition") using (door, "partition") '
        'order by door, "partition" for update of t',
        names,
        partitions,
    )
    return {(row["door"], row["partition"]): row["next_offset"] for row in rows}


async def find_in_inbox(
    connection: Connection, ids: Sequence[tuple[str, str]]
) -> dict[tuple[str, str], tuple[UUID, bytes]]:
    rows = await connection.fetch(
        "select source, id, question, digest from inbox "
        "join unnest($1::text[], $2::text[]) as w(source, id) using (source, id)",
        [source for source, _ in ids],
        [event_id for _, event_id in ids],
    )
    return {(row["source"], row["id"]): (row["question"], row["digest"]) for row in rows}


async def refused_before(connection: Connection, places: Sequence[UUID]) -> set[UUID]:
    rows = await connection.fetch("select quarantine from quarantine where quarantine = any($1)", places)
    return {row["quarantine"] for row in rows}


async def retire_door(connection: Connection, door: str, partition: int, now: datetime) -> None:
    """The topic behind this door was made anew: what came through the old one keeps its own account."""
    old = f"{door}/until/{now:%Y-%m-%dT%H:%M:%S.%fZ}"
    await connection.execute('update tally set door = $3 where door = $1 and "partition" = $2', door, partition, old)
    await connection.execute(
        'update quarantine set topic = $3 where topic = $1 and "partition" = $2', door, partition, old
    )
    await connection.execute('insert into tally (door, "partition") values ($1, $2)', door, partition)


async def store_inbox(connection: Connection, entries: Sequence[InboxEntry]) -> None:
    """In a fixed order, so that two doors with the same strangers cannot deadlock."""
    ordered = sorted(entries, key=lambda entry: (entry.source, entry.id))
    if not ordered:
        return
    await connection.execute(
        "insert into inbox (source, id, question, digest, at) "
        "select * from unnest($1::text[], $2::text[], $3::uuid[], $4::bytea[], $5::timestamptz[])",
        [entry.source for entry in ordered],
        [entry.id for entry in ordered],
        [entry.question for entry in ordered],
        [entry.digest for entry in ordered],
        [entry.at for entry in ordered],
    )


async def store_tallies(connection: Connection, tallies: Iterable[Tally]) -> None:
    await connection.executemany(
        'insert into tally as t (door, "partition", next_offset, received, accepted, duplicates, refused) '
        'values ($1, $2, $3, $4, $5, $6, $7) on conflict (door, "partition") do update set '
        "next_offset = greatest(t.next_offset, excluded.next_offset), received = t.received + excluded.received, "
        "accepted = t.accepted + excluded.accepted, duplicates = t.duplicates + excluded.duplicates, "
        "refused = t.refused + excluded.refused",
        [
            (t.door, t.partition, t.next_offset, t.received, t.accepted, t.duplicates, t.refused)
            for t in sorted(tallies, key=lambda t: (t.door, t.partition))
        ],
    )


async def agency_of_token(connection: Connection, token_sha256: bytes) -> str | None:
    found = await connection.fetchval(
        "select agency from credential where token_sha256 = $1 and revoked_at is null", token_sha256
    )
    return None if found is None else str(found)
