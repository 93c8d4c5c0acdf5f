"""What a million open clocks cost: `python -m tests.benchmarks.clocks`.

Waiting: one look at the clocks when none is due. Ringing: the same number of due clocks among few and among very
many, turn by turn, for each step of the ladder; the last with two workers at once. Then it is checked that none rang
twice, out of order, or early. Ends 1 when a bar is not met.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from datetime import datetime, timedelta
from typing import Any

from services.cli.main import run_loop
from services.handoff.clocks import ClockWork
from services.handoff.store import DUE, due_clocks
from services.platform.database import TRANSIENT
from services.platform.keyed import Conflict
from tests.benchmarks.stored import SOURCE, Stored, load_average, play, side_by_side
from tests.unit.handoff.play import START

BAR = 1.5
STEPS = ("reminder", "warning", "breach", "next-step")


def moments() -> list[datetime]:
    """When each step of a clock that began at START comes."""
    one, found = play().settle(), []
    for _ in STEPS:
        assert one.clock.next_at is not None
        one.now = one.clock.next_at
        found.append(one.now + timedelta(seconds=1))
        one.ring(one.clock)
    return found


async def waiting(stores: tuple[Stored, Stored], looks: int, now: datetime) -> dict[str, dict[str, float]]:
    times: dict[str, list[float]] = {one.name: [] for one in stores}
    for _ in range(looks):
        for one in stores:
            begin = time.perf_counter()
            assert await due_clocks(one.pool, now, 500) == []
            times[one.name].append((time.perf_counter() - begin) * 1e6)
    found = {}
    for one in stores:
        plan = json.loads(await one.pool.fetchval(f"explain (analyze, buffers, format json) {DUE}", now, 500))
        top = plan[0]["Plan"]
        pages = top["Shared Hit Blocks"] + top["Shared Read Blocks"]
        found[one.name] = {"µs": statistics.median(times[one.name]), "rows": _rows(top), "pages": pages}
    return found


def _rows(plan: dict[str, Any]) -> int:
    """Rows that were looked at, not only those that were given."""
    below = sum(_rows(child) for child in plan.get("Plans", ()))
    return int(plan["Actual Rows"]) + int(plan.get("Rows Removed by Filter", 0)) + below


def worker(stored: Stored) -> ClockWork:
    return ClockWork(stored.pool, stored.store, stored.relay, SOURCE, stored.life)


async def ringing(stores: tuple[Stored, Stored], now: datetime) -> dict[str, float]:
    """Steps a second, batch by batch in turns, so that a busy machine slows both."""
    spent, fired = {one.name: 0.0 for one in stores}, {one.name: 0 for one in stores}
    workers, busy = {one.name: worker(one) for one in stores}, {one.name for one in stores}
    while busy:
        for name in sorted(busy):
            begin = time.perf_counter()
            number = await workers[name].fire(now)
            if number:
                spent[name] += time.perf_counter() - begin
                fired[name] += number
            else:
                busy.discard(name)
    return {name: fired[name] / spent[name] for name in fired}


async def two_at_once(stored: Stored, now: datetime) -> int:
    """Two processes find the same clocks due."""

    async def drain() -> int:
        one, fired = worker(stored), 0
        while await due_clocks(stored.pool, now, 1):
            try:
                fired += await one.fire(now)
            except (*TRANSIENT, Conflict):
                continue
        return fired

    return sum(await asyncio.gather(drain(), drain()))


async def faults(stored: Stored, last: datetime) -> list[str]:
    """What rang twice, out of order, not at all or early."""
    wanted = {stored.question(number) for number in stored.dues()}
    rows = await stored.pool.fetch(_RANG, stored.total)
    rang = {row["key"]: json.loads(row["steps"]) for row in rows}
    found = [f"{len(wanted - rang.keys())} never rang"] if wanted - rang.keys() else []
    early = rang.keys() - wanted
    wrong = [key for key in wanted & rang.keys() if rang[key] != list(STEPS)]
    found += [f"{len(early)} rang early"] if early else []
    found += [f"{len(wrong)} rang twice or out of order"] if wrong else []
    if await due_clocks(stored.pool, last, 1):
        found.append("a due clock was left")
    differ = await stored.pool.fetchval(_DIFFER)
    return [*found, f"{differ} clocks are not those of their question"] if differ else found


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def ratio(what: str, few: float, many: float, unit: str, *, cost: bool) -> bool:
    found = many / few if cost else few / many
    say(f"{what:34}{few:>12,.0f}{many:>12,.0f} {unit:10}{found:>7.2f}  (bar {BAR})")
    return found <= BAR


async def measure(given: argparse.Namespace) -> bool:
    say(load_average())
    begin = time.perf_counter()
    async with side_by_side(given.few, given.many, given.due) as stores:
        few, many = (one.name for one in stores)
        say(f"filled in {time.perf_counter() - begin:.0f} s; {load_average()}")
        say(f"\n{'open clocks':34}{given.few:>12,}{given.many:>12,}{'':11}   cost")
        good = []
        times = moments()
        idle = await waiting(stores, given.looks, START)
        good.append(ratio("a look, none due", idle[few]["µs"], idle[many]["µs"], "µs", cost=True))
        for name in ("rows", "pages"):
            say(f"{f'  {name} it reads':34}{idle[few][name]:>12,}{idle[many][name]:>12,}")
        good.append(idle[many]["rows"] == 0)
        for step, moment in zip(STEPS[:-1], times, strict=False):
            rates = await ringing(stores, moment)
            good.append(ratio(f"{given.due:,} rang: {step}", rates[few], rates[many], "steps/s", cost=False))
        counts = [await two_at_once(one, times[-1]) for one in stores]
        say(f"{'rang with two workers: next-step':34}{counts[0]:>12,}{counts[1]:>12,} steps")
        good.append(counts == [given.due, given.due])
        after = await waiting(stores, given.looks, times[-1])
        good.append(ratio("a look after all that", after[few]["µs"], after[many]["µs"], "µs", cost=True))
        say(f"{'  pages it reads':34}{after[few]['pages']:>12,}{after[many]['pages']:>12,}")
        for one in stores:
            wrong = await faults(one, times[-1])
            say(f"{one.name}: {'; '.join(wrong) or 'each rang four times, in order; none twice, none early'}")
            good.append(not wrong)
        say(load_average())
    return all(good)


_RANG = """
select key, json_agg(coalesce(event #>> '{data,step}', 'breach') order by sequence) as steps
  from (select key, sequence, type, convert_from(value, 'UTF8')::json as event from journal
         where number > $1 and type like '%.clock.%') j
 group by key
"""

_DIFFER = """
select count(*) from keyed k
  full join clock c on c.question = k.key
 where (k.state #>> '{clocks,0,next_at}')::timestamptz is distinct from c.next_at
    or jsonb_array_length(k.state -> 'clocks') <> 1
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--due", type=int, default=5_000)
    parser.add_argument("--looks", type=int, default=500)
    sys.exit(0 if run_loop(measure(parser.parse_args())) else 1)


if __name__ == "__main__":
    main()
