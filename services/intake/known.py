"""What was here before: records below the next offset, and the same (source, id) again, also twice in one batch."""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from uuid import UUID

from contracts.capacity import CapacityAnswered
from contracts.quarantine import Fault
from contracts.replies import ReplyGiven
from services.intake.inputs import Input
from services.intake.store import find_in_inbox, lock_doors, refused_before, retire_door
from services.platform import ids
from services.platform.database import Connection


async def drop_late(connection: Connection, inputs: Sequence[Input], now: datetime) -> None:
    """Below the next offset is a repeat, unless nothing is known of it: then the topic was made anew.

    Its offsets start over while ours went on; dropping those records would lose citizens in silence.
    """
    doors = await lock_doors(connection, ((given.door, given.partition) for given in inputs))
    late = [given for given in inputs if given.offset < doors[(given.door, given.partition)]]
    if not late:
        return
    known = await find_in_inbox(connection, [given.id for given in late if given.event is not None])
    refused = await refused_before(connection, [given.place for given in late])
    anew = {
        (given.door, given.partition)
        for given in late
        if given.place not in refused and (given.event is None or given.id not in known)
    }
    for door, partition in sorted(anew):
        await retire_door(connection, door, partition, now)
    for given in late:
        given.late = (given.door, given.partition) not in anew or given.place in refused


async def drop_known(connection: Connection, inputs: Sequence[Input], now: datetime) -> None:
    """The same (source, id) seen before, or twice in this batch, is the same event."""
    good = [given for given in inputs if given.new]
    known = await find_in_inbox(connection, [given.id for given in good])
    here: dict[tuple[str, str], Input] = {}
    for given in good:
        given.digest = digest_of(given)
        if given.id not in known:
            given.question = question_of(given, now)
            known[given.id] = (given.question, given.digest)
            here[given.id] = given
            continue
        given.twin_of = here.get(given.id)
        given.question, first = known[given.id]
        given.duplicate = first == given.digest
        if not given.duplicate:
            given.faults.append(
                Fault(code="id-reused", where="/id", message="This id was used before for another event.")
            )


def like_their_twins(inputs: Sequence[Input]) -> None:
    """A repeat of what was refused is refused too: nothing accepted stands for it."""
    for given in inputs:
        if given.duplicate and given.twin_of is not None and given.twin_of.faults:
            given.faults, given.duplicate = list(given.twin_of.faults), False


def question_of(given: Input, now: datetime) -> UUID:
    if given.event is not None and isinstance(given.event.data, ReplyGiven):
        return given.event.data.question
    if given.event is not None and isinstance(given.event.data, CapacityAnswered):
        return given.event.data.inquiry
    return ids.time_ordered(now)


def digest_of(given: Input) -> bytes:
    """What it says. An attribute that was added to the contract since, and is not given, changes nothing."""
    data = given.event.data.model_dump_json(exclude_defaults=True).encode() if given.event else b""
    return blake2b(data, digest_size=16).digest()
