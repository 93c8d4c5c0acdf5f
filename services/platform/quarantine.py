"""Refused input: kept by place and reason, never by content."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import orjson
from aiokafka import ConsumerRecord

from contracts.quarantine import Fault
from services.platform import ids
from services.platform.database import Connection


@dataclass(frozen=True, slots=True)
class Refused:
    """One refused record. Its id is derived from its place, so a repeat is the same line."""

    quarantine: UUID
    topic: str
    partition: int
    offset: int
    agency: str | None
    faults: tuple[Fault, ...]
    received_at: datetime


def poison(record: ConsumerRecord, now: datetime) -> Refused:
    """A record that is no inner event at all."""
    return Refused(
        ids.derived(record.topic, record.partition, record.offset),
        record.topic,
        record.partition,
        record.offset,
        None,
        (Fault(code="unreadable", where="", message="The record is not an inner event of this system."),),
        now,
    )


async def store_refused(connection: Connection, refused: Sequence[Refused]) -> None:
    await connection.executemany(
        'insert into quarantine (quarantine, topic, "partition", "offset", agency, faults, received_at) '
        "values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing",
        [
            (
                item.quarantine,
                item.topic,
                item.partition,
                item.offset,
                item.agency,
                orjson.dumps([fault.model_dump() for fault in item.faults]).decode(),
                item.received_at,
            )
            for item in refused
        ],
    )
