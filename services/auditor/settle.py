"""Waiting until nothing is on its way: what was said was published and seen, nothing is parked, no door has a queue."""

import asyncio

from contracts.events import IN_PREFIX
from services.auditor.report import Result
from services.auditor.roads import ROADS, SERVICES
from services.auditor.snapshot import Snapshot, open_snapshot
from services.auditor.topics import Topics
from services.platform.settings import Settings

_LOOK_AGAIN_SECONDS = 0.25


async def settle(settings: Settings, topics: Topics | None, seconds: float) -> Result:
    """Comes back as soon as all is quiet. A system that is fed all the time is never quiet: that is said too."""
    result = Result("S", "nothing is on its way any more")
    clock = asyncio.get_running_loop()
    until = clock.time() + seconds
    while True:
        left = await unsettled(settings, topics)
        if not left:
            return result
        if clock.time() >= until:
            for place, count in left.items():
                result.breach(place, f"{count} still on their way after {seconds:g} s")
            return result
        await asyncio.sleep(_LOOK_AGAIN_SECONDS)


async def unsettled(settings: Settings, topics: Topics | None) -> dict[str, int]:
    """How much is on its way, and where. The cheap questions first; the dear one only when those find nothing."""
    async with open_snapshot(settings, facts=False) as snapshot:
        left = await _unpublished(snapshot)
        left |= await _at_the_doors(snapshot, topics) if topics else {}
        return left or await _unseen(snapshot)


async def _unpublished(snapshot: Snapshot) -> dict[str, int]:
    left = {}
    for service in SERVICES:
        left[f"{service} journal"] = await snapshot.count(_UNPUBLISHED.format(service=service))
        left[f"{service} parked"] = await snapshot.count(f"select count(*) from {service}.parked")  # noqa: S608
    return {place: count for place, count in left.items() if count}


async def _at_the_doors(snapshot: Snapshot, topics: Topics) -> dict[str, int]:
    rows = await snapshot.fetch('select door, "partition", next_offset from intake.tally')
    taken = {(row["door"], row["partition"]): row["next_offset"] for row in rows}
    left = {}
    for place, (first, end) in (await topics.bounds(IN_PREFIX)).items():
        waiting = end - max(first, taken.get((place.topic, place.partition), 0))
        if waiting > 0:
            left[f"{place.topic}/{place.partition}"] = waiting
    return left


async def _unseen(snapshot: Snapshot) -> dict[str, int]:
    left = {}
    for road in ROADS:
        count = await snapshot.count(_UNSEEN.format(**road._asdict()), road.topic)
        if count:
            left[f"{road.topic} to {road.consumer}"] = count
    return left


_UNPUBLISHED = """
select (select last from {service}.journal_head) - (select number from {service}.relay_cursor)
"""

_UNSEEN = """
select coalesce((select sum((said ->> $1)::int) from {producer}.keyed), 0)
     - coalesce((select sum((seen ->> $1)::int) from {consumer}.keyed), 0)
"""
