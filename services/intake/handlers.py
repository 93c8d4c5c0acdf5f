"""Events in: agencies' records through the front door, and `gvd.handoffs` into the view."""

from collections.abc import Sequence
from datetime import UTC, datetime

from aiokafka import ConsumerRecord

from contracts.cloudevents import check_record
from contracts.events import IN_PREFIX
from services.intake.door import Door
from services.intake.inputs import Input
from services.platform.consumer import Records
from services.platform.database import Pool
from services.platform.logging import log
from services.platform.relay import Relay


class InTopics:
    """Batches of records from all `gvd.in.<agency>` topics. The topic says whose door it is (Kafka ACLs)."""

    def __init__(self, door: Door, pool: Pool, relay: Relay) -> None:
        self._door, self._pool, self._relay = door, pool, relay

    async def handle(self, records: Records) -> None:
        now = datetime.now(UTC)
        inputs = [_input(record) for record in records]
        await self._door.admit(self._pool, inputs, now, quarantine=True)
        self._relay.wake()
        log.info("batch", records=len(inputs), **_counts(inputs), milliseconds=_milliseconds(now))


def _input(record: ConsumerRecord) -> Input:
    checked = check_record(record.headers, record.value, key=record.key)
    return Input(
        agency=record.topic.removeprefix(IN_PREFIX),
        door=record.topic,
        partition=record.partition,
        offset=record.offset,
        stamp=record.timestamp,
        event=checked.event,  # type: ignore[arg-type]  # the gvd profile gives an agency event
        faults=list(checked.faults),
        event_id=checked.event_id,
        event_source=checked.event_source,
    )


def _counts(inputs: Sequence[Input]) -> dict[str, int]:
    fresh = [given for given in inputs if not given.late]
    return {
        "repeats": len(inputs) - len(fresh),
        "quarantined": sum(bool(given.faults) for given in fresh),
        "duplicates": sum(given.duplicate and not given.faults for given in fresh),
        "accepted": sum(not given.faults and not given.duplicate for given in fresh),
    }


def _milliseconds(since: datetime) -> float:
    return round((datetime.now(UTC) - since).total_seconds() * 1000, 1)
