"""`make bench`: how fast, beside raw aiokafka in the same run, and beside what was lost, doubled or out of order.

Rounds alternate between the yardstick and the product, so that a busy machine slows both. Figures are of this
machine and this moment; the ratios are what counts.
"""

import argparse
import asyncio
import json
import statistics
import tempfile
import time
import uuid
from dataclasses import asdict, dataclass
from pathlib import Path

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer

from deploy.local.home import home
from services.cli.main import run_loop
from tests.benchmarks import world as w

OFFERED = "handoff.requested.v1"


@dataclass
class Line:
    """One row of the table."""

    what: str
    messages: int
    rate: float
    ratio: float
    bar: float
    lost: int
    doubled: int
    out_of_order: int


async def raw(world: w.World, source: str, number: int, total: int, matters: str) -> w.Seen:
    target = f"bench.raw.{number}"
    process = world.run("tests.benchmarks.passthrough", world.kafka.bootstrap, source, target, str(total))
    seen = await w.watch(world.kafka.bootstrap, [target], total, matters, {})
    process.wait(60)
    return seen


async def hop(world: w.World, total: int) -> w.Seen:
    """One durable service hop: gvd.questions -> router -> gvd.decisions, two router processes."""
    ends = await w.ends_of(world.kafka.bootstrap, ["gvd.decisions"])
    world.start("router", "router")
    seen = await w.watch(world.kafka.bootstrap, ["gvd.decisions"], total, "decision.made.v1", ends)
    world.stop()
    return seen


async def end_to_end(world: w.World, total: int) -> w.Seen:
    """In-topic to the offer on the receiver's out-topic, through all four services."""
    outs = [f"gvd.out.{agency}" for agency in w.AGENCIES if agency != "belastingdienst"]
    ends = await w.ends_of(world.kafka.bootstrap, outs)
    world.start("intake", "router", "handoff", "delivery")
    seen = await w.watch(world.kafka.bootstrap, outs, total, OFFERED, ends)
    await w.nothing_waits(world)
    world.stop()
    return seen


async def measure_hop(world: w.World, rounds: int, total: int) -> Line:
    await w.make_topics(world.kafka.bootstrap, *(f"bench.raw.{n}" for n in range(rounds)))
    found: list[tuple[w.Seen, w.Seen]] = []
    for number in range(rounds):
        await w.produce(world.kafka.bootstrap, [("gvd.questions", *w.accepted_question(i)) for i in range(total)])
        base = await raw(world, "gvd.questions", number, total * (number + 1), "question.accepted.v1")
        found.append((base, await hop(world, total)))
        say(f"round {number + 1}, one hop: {base.rate:,.0f} raw, {found[-1][1].rate:,.0f} durable")
    return line("one durable hop (router)", 0.45, found)


async def measure_way(world: w.World, rounds: int, total: int) -> tuple[Line, dict[str, float]]:
    """In a world of its own: the handoff service would also take in what the hop was measured with."""
    await w.make_topics(world.kafka.bootstrap, *(f"bench.raw.{n}" for n in range(rounds)))
    found: list[tuple[w.Seen, w.Seen]] = []
    for number in range(rounds):
        asked = [
            ("gvd.in.belastingdienst", *w.asked_question(i, "belastingdienst"))
            for i in range(total * number, total * (number + 1))
        ]
        await w.produce(world.kafka.bootstrap, asked)
        base = await raw(world, "gvd.in.belastingdienst", number, total * (number + 1), "question.asked.v1")
        found.append((base, await end_to_end(world, total)))
        say(f"round {number + 1}, end to end: {base.rate:,.0f} raw, {found[-1][1].rate:,.0f} whole way")
    row = line("question end to end", 0.10, found)
    return row, await latency(world, max(row.rate / 10, 20), 20)


def line(what: str, bar: float, rounds: list[tuple[w.Seen, w.Seen]]) -> Line:
    ours = [seen for _, seen in rounds]
    return Line(
        what,
        sum(seen.wanted for seen in ours),
        statistics.median(seen.rate for seen in ours),
        statistics.median(seen.rate / base.rate for base, seen in rounds),
        bar,
        sum(seen.lost for seen in ours),
        sum(seen.doubled for seen in ours),
        sum(seen.out_of_order for seen in ours),
    )


async def latency(world: w.World, rate: float, seconds: int) -> dict[str, float]:
    """Milliseconds from publishing a question to the offer in the receiver's hands, at a steady rate."""
    bootstrap = world.kafka.bootstrap
    world.start("intake", "router", "handoff", "delivery")
    sent: dict[str, float] = {}
    times: list[float] = []
    total = int(rate * seconds)
    outs = [f"gvd.out.{agency}" for agency in w.AGENCIES if agency != "belastingdienst"]
    consumer = AIOKafkaConsumer(*outs, bootstrap_servers=bootstrap, auto_offset_reset="latest")
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    await consumer.start()
    await consumer.seek_to_end()
    await producer.start()

    async def receive() -> None:
        async for record in consumer:
            event = json.loads(record.value)
            reference = event["data"].get("reference")
            if event["type"].endswith(OFFERED) and reference in sent:
                times.append((time.perf_counter() - sent.pop(reference)) * 1000)
                if len(times) >= total:
                    return

    async def ask() -> None:
        begin = time.perf_counter()
        for number in range(-20, total):  # the first ones only warm up
            await asyncio.sleep(max(0, begin + (number + 20) / rate - time.perf_counter()))
            _, value = w.asked_question(10_000_000 + number, "belastingdienst")
            if number >= 0:
                sent[f"R-{10_000_000 + number}"] = time.perf_counter()
            await producer.send("gvd.in.belastingdienst", value, key=str(uuid.uuid4()).encode(), headers=w.HEADERS)

    await wait_until_ready(world)
    await asyncio.wait_for(asyncio.gather(receive(), ask()), seconds * 3 + 60)
    trip = await round_trip(bootstrap)
    await producer.stop()
    await consumer.stop()
    world.stop()
    times.sort()
    return {
        "rate": rate,
        "questions": total,
        "p50_ms": times[len(times) // 2],
        "p99_ms": times[len(times) * 99 // 100],
        "broker_round_trip_ms": trip,
        "p99_in_round_trips": times[len(times) * 99 // 100] / trip,
    }


async def wait_until_ready(world: w.World) -> None:
    """One question all the way through tells that every service is up."""
    ends = await w.ends_of(world.kafka.bootstrap, ["gvd.out.svb"])
    key, value = w.asked_question(0, "uwv")
    await w.produce(world.kafka.bootstrap, [("gvd.in.uwv", key, value)])
    await w.watch(world.kafka.bootstrap, ["gvd.out.svb"], 1, OFFERED, ends)


async def round_trip(bootstrap: str) -> float:
    """Median milliseconds of publish, acks=all, and consume again, one message at a time."""
    producer = AIOKafkaProducer(bootstrap_servers=bootstrap, acks="all")
    consumer = AIOKafkaConsumer("bench.raw.0", bootstrap_servers=bootstrap, auto_offset_reset="latest")
    await producer.start()
    await consumer.start()
    await consumer.seek_to_end()
    times = []
    for _ in range(200):
        begin = time.perf_counter()
        await producer.send_and_wait("bench.raw.0", b"x" * 600)
        await consumer.getone()
        times.append((time.perf_counter() - begin) * 1000)
    await producer.stop()
    await consumer.stop()
    return statistics.median(times)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - this is what the command is for


def table(lines: list[Line], slow: dict[str, float]) -> None:
    say(f"\n{'':28}{'messages':>10}{'per second':>12}{'to raw':>8}{'bar':>6}{'lost':>6}{'doubled':>9}{'disorder':>10}")
    for row in lines:
        say(
            f"{row.what:28}{row.messages:>10,}{row.rate:>12,.0f}{row.ratio:>8.2f}{row.bar:>6.2f}"
            f"{row.lost:>6}{row.doubled:>9}{row.out_of_order:>10}"
        )
    say(
        f"\nlatency at {slow['rate']:,.0f} questions a second: p50 {slow['p50_ms']:.0f} ms, p99 {slow['p99_ms']:.0f} ms"
        f" = {slow['p99_in_round_trips']:.0f} broker round trips of {slow['broker_round_trip_ms']:.1f} ms (bar: 20)"
    )


def write(lines: list[Line], slow: dict[str, float], file: Path) -> None:
    file.write_text(json.dumps({"lines": [asdict(row) for row in lines], "latency": slow}, indent=2))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--messages", type=int, default=60_000)
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    place = home() / "bench"
    place.mkdir(parents=True, exist_ok=True)
    with w.world(Path(tempfile.mkdtemp(dir=place))) as world:
        hop_row = run_loop(measure_hop(world, given.rounds, given.messages))
    with w.world(Path(tempfile.mkdtemp(dir=place))) as world:
        way_row, slow = run_loop(measure_way(world, given.rounds, given.messages))
    table([hop_row, way_row], slow)
    if given.json:
        write([hop_row, way_row], slow, given.json)


if __name__ == "__main__":
    main()
