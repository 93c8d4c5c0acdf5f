"""What a reply costs with few and with very many stored hand-offs: `python -m tests.benchmarks.replies`.

The same acceptances through the real batch of the handoff service (read, lock, fold, write state, clock and journal,
commit with fsync), batch by batch in turns. Which hand-offs are answered is spread over the whole table. Ends 1 when a
reply costs more with many than the bar times what it costs with few.
"""

import argparse
import statistics
import sys
import time
from typing import Any, cast

from aiokafka import ConsumerRecord

from contracts.events import REPLIES
from contracts.replies import Accept, ReplyAccepted
from services.cli.main import run_loop
from services.handoff.handlers import WANTED
from services.handoff.model import QuestionState
from services.handoff.store import store_clocks
from services.platform.events import Emit, outgoing
from services.platform.inner import Inner
from services.platform.logging import configure
from services.platform.process import Context
from tests.benchmarks.clocks import ratio, say
from tests.benchmarks.stored import SOURCE, Stored, load_average, side_by_side
from tests.unit.handoff.play import START


def inner(stored: Stored) -> Inner[QuestionState]:
    """As the service wires it; without a relay and without editions of the table."""
    context = Context("handoff", stored.settings, stored.pool, stored.relay, cast("Any", None), SOURCE)
    return Inner(context, stored.store, stored.life.fold, WANTED, store_clocks)


def acceptance(stored: Stored, number: int) -> ConsumerRecord:
    question = stored.question(number)
    said = ReplyAccepted(
        question=question,
        handoff=stored.handoff(number),
        version=1,
        by="svb",
        received_at=START,
        reply=Accept(action="accept"),
    )
    value = outgoing(SOURCE, Emit(REPLIES, said), question, 1, START, None).value
    return ConsumerRecord(REPLIES, 0, number, 0, 0, str(question).encode(), value, None, 0, len(value), ())


def batches(stored: Stored, size: int) -> list[list[ConsumerRecord]]:
    """Each batch answers hand-offs from all over the table."""
    numbers = list(stored.dues())
    count = len(numbers) // size
    return [[acceptance(stored, number) for number in numbers[first::count]] for first in range(count)]


async def accepted(stored: Stored) -> int:
    statement = "select count(distinct key) from journal where number > $1 and type like '%.handoff.changed.v1'"
    return int(await stored.pool.fetchval(statement, stored.total))


async def measure(given: argparse.Namespace) -> bool:
    say(load_average())
    async with side_by_side(given.few, given.many, given.replies) as stores:
        few, many = (one.name for one in stores)
        say(f"filled; {load_average()}")
        doors = {one.name: inner(one) for one in stores}
        work = zip(*(batches(one, given.batch) for one in stores), strict=True)
        times: dict[str, list[float]] = {one.name: [] for one in stores}
        for turn in work:
            for one, records in zip(stores, turn, strict=True):
                begin = time.perf_counter()
                await doors[one.name].handle(records)
                times[one.name].append((time.perf_counter() - begin) / len(records) * 1e6)
        say(f"\n{'stored hand-offs':34}{given.few:>12,}{given.many:>12,}{'':11}   cost")
        warm = {name: found[1:] for name, found in times.items()}
        medians = {name: statistics.median(found) for name, found in warm.items()}
        good = ratio("a reply", medians[few], medians[many], "µs", cost=True)
        done = [await accepted(one) for one in stores]
        say(f"{'accepted':34}{done[0]:>12,}{done[1]:>12,}")
        say(load_average())
    return good and done == [given.replies, given.replies]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--few", type=int, default=10_000)
    parser.add_argument("--many", type=int, default=1_000_000)
    parser.add_argument("--replies", type=int, default=10_000)
    parser.add_argument("--batch", type=int, default=500)
    configure("handoff", "WARNING")
    sys.exit(0 if run_loop(measure(parser.parse_args())) else 1)


if __name__ == "__main__":
    main()
