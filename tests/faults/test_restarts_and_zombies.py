"""What is hit at a line we choose: clocks while they ring, the database, the broker, and processes that come back.

Every test ends in the verifier of `test_sigkill` and in `gvd audit`, over all that happened in this world so far.
A blow counts only when it is seen to have hit: a row is held until the process waits for it (`grip.py`).
"""

import asyncio
import json
import random
from collections.abc import Iterator
from contextlib import suppress
from itertools import pairwise
from typing import Any

import pytest

from tests.faults.evidence import Evidence
from tests.faults.grip import end_open_transactions, held, publisher, waiting
from tests.faults.judge import at_rest, audited, counted, gathered, report, without_repeats
from tests.faults.offsets import moved_back
from tests.faults.past import look_due, make_due
from tests.faults.players import Players
from tests.faults.storm import SEED, Storm
from tests.faults.verifier import LADDER
from tests.world import Agencies, World, until, world

AT_LEAST = 30
SERVICES = ("intake", "intake-2", "router", "handoff", "handoff-2", "notices", "delivery")
BOTH = ("handoff", "handoff-2")
HEAD = "select 1 from {}.journal_head for update"
EVERY_STATE = "select 1 from handoff.keyed order by key for update"
EVERY_DOOR = 'select 1 from intake.tally order by door, "partition" for update'

pytestmark = pytest.mark.timeout(900)


@pytest.fixture(scope="module")
def besieged() -> Iterator[World]:
    with world(SERVICES, partitions=4, revive=True) as made:
        yield made


class Diary:
    """What one process logged since we began to look."""

    def __init__(self, place: World, process: str) -> None:
        self._file = place.processes[process].log
        self._from = self._file.stat().st_size

    def lines(self, event: str) -> list[dict[str, Any]]:
        with self._file.open("rb") as log:
            log.seek(self._from)
            said = [json.loads(line) for line in log if line.startswith(b"{") and line.endswith(b"}\n")]
        return [line for line in said if line.get("event") == event]

    def total(self, name: str) -> int:
        return sum(line.get(name, 0) for line in self.lines("batch"))


async def at_work(players: Players, questions: int = 10) -> None:
    """Agencies ask and answer, and it is going well."""
    players.asking.set()
    before = len(players.ended)
    await until(lambda: len(players.ended) >= before + questions, 180, "questions that end")


async def working_again(besieged: World, *names: str) -> None:
    for name in names:
        await asyncio.to_thread(besieged.processes[name].await_ready, 180, may_restart=True)


async def audited_at_rest(besieged: World, agencies: Agencies, players: Players) -> Evidence:
    await at_rest(agencies, players)
    await audited(besieged)
    return await gathered(besieged)


def no_offset_went_back(besieged: World) -> None:
    found, count = moved_back(besieged.kafka.bootstrap)
    assert found == []
    assert count > AT_LEAST


# --- clocks -----------------------------------------------------------------------------------------------------------

CHUNK = 12
ANSWERED_BY_OTHERS = ("aow", "studieschuld", "kinderbijslag", "zorgtoeslag")
ROUNDS: tuple[tuple[str, ...], ...] = ((), ("handoff",), ("handoff-2",), BOTH, ("rung",), ("later",), ("later",))
"""Who is killed while it waits to ring; `rung`: both, when all is rung and not yet committed; `later`: at random."""


async def test_clocks_that_ring_while_their_processes_are_killed(
    besieged: World, agencies: Agencies, players: Players, storm: Storm
) -> None:
    """No step twice, none skipped, none before its time; every expiry is brought to the router once."""
    offered = await silent_offers(agencies, players, CHUNK * len(ROUNDS))
    whole, first = offered[0::2], offered[1::2]
    chance = random.Random(SEED)  # noqa: S311 - to be repeatable
    told = [await rung(agencies)]
    for number, killed in enumerate(ROUNDS):
        part = slice(number * CHUNK // 2, (number + 1) * CHUNK // 2)
        await ring(Ringing(besieged, agencies, storm, chance), killed, whole[part], first[part])
        told.append(await rung(agencies))
    assert [after - before for before, after in pairwise(told)] == [5 * CHUNK // 2] * len(ROUNDS)
    players.answering.set()
    evidence = await audited_at_rest(besieged, agencies, players)
    findings = counted(evidence, players)
    steps = steps_of(evidence)
    assert {tuple(steps[question]) for question in whole} == {LADDER}
    assert {tuple(steps[question]) for question in first} == {LADDER[:1]}
    assert findings.checked["expiry"] == len(whole)
    assert storm.kills_of("handoff") >= 8
    report(findings, AT_LEAST)


async def silent_offers(agencies: Agencies, players: Players, count: int) -> list[str]:
    """Questions that were offered to somebody who does not answer."""
    players.answering.clear()
    asked = [await players.ask(ANSWERED_BY_OTHERS[n % len(ANSWERED_BY_OTHERS)]) for n in range(count)]
    wanted = {each["data"]["reference"] for each in asked}

    def found() -> dict[str, str]:
        offers = (seen.data for seen in players.ear.heard if seen.kind == "handoff.requested")
        return {offer["reference"]: offer["question"] for offer in offers if offer["reference"] in wanted}

    await until(lambda: len(found()) == count, 180, "every question offered")
    return list(found().values())


class Ringing:
    """What a round needs."""

    def __init__(self, place: World, agencies: Agencies, storm: Storm, chance: random.Random) -> None:
        self.place, self.agencies, self.storm, self.chance = place, agencies, storm, chance

    @property
    def url(self) -> str:
        return self.place.postgres.url

    def kill(self, names: tuple[str, ...]) -> None:
        for name in names:
            process = self.place.processes[name]
            self.storm.hit("SIGKILL", name, process.pid, process.kill9)

    def revive(self) -> None:
        for name in BOTH:
            self.place.processes[name].start()


async def ring(this: Ringing, killed: tuple[str, ...], whole: list[str], first: list[str]) -> None:
    """Both processes have seen these clocks due and wait for their questions; then some are killed."""
    await working_again(this.place, *BOTH)
    await this.agencies.settled(120)
    async with held(this.url, EVERY_STATE) as connection:
        async with held(this.url) as other:
            await look_due(other, [*whole, *first])
        await until(lambda: waits_to_ring(connection), 120, "both processes at the clocks")
        await make_due(connection, whole=whole, first=first)
        this.kill(tuple(name for name in killed if name in BOTH))
        if "rung" in killed:
            await kill_when_rung(this, connection)
    if "later" in killed:
        await asyncio.sleep(this.chance.random() * 0.4)
        this.kill((this.chance.choice(BOTH),))
    this.revive()
    due = "select 1 from handoff.clock where next_at <= now() limit 1"
    await until(lambda: _nothing(this.agencies, due), 180, "every clock that was due has rung")


async def kill_when_rung(this: Ringing, connection: Any) -> None:
    """The states are free, the journal is not: who rang has all in hand and waits to say it."""
    async with held(this.url, HEAD.format("handoff")) as head:
        await connection.execute("commit")
        await until(lambda: waiting(head, "handoff", "%update journal_head%"), 120, "who rang waits to say it")
        this.kill(BOTH)


async def waits_to_ring(connection: Any) -> bool:
    return await waiting(connection, "handoff", "%from keyed%for update%") == set(BOTH)


async def rung(agencies: Agencies) -> int:
    rows = await agencies.sql("select count(*) as steps from handoff.journal where type like '%.clock.%'")
    return int(rows[0]["steps"])


async def _nothing(agencies: Agencies, statement: str) -> bool:
    return not await agencies.sql(statement)


def steps_of(evidence: Evidence) -> dict[str, list[str]]:
    """Per question the steps of the first offer's clock, in order."""
    found: dict[str, list[str]] = {}
    for record in evidence.on("gvd.handoffs"):
        if record.kind in ("clock.reminded", "clock.breached"):
            found.setdefault(record.data["question"], []).append(record.data.get("step", "breach"))
    return found


# --- the database and the broker --------------------------------------------------------------------------------------


async def test_a_database_that_stops_in_the_middle_of_a_batch_twice(
    besieged: World, agencies: Agencies, players: Players, storm: Storm
) -> None:
    """Nobody is started again: a running process waits for its database."""
    await at_work(players)
    started = {name: (process.pid, process.starts) for name, process in besieged.processes.items()}
    database = besieged.postgres
    for service in ("handoff", "intake"):
        diaries = {name: Diary(besieged, name) for name in besieged.processes}
        async with held(database.url, HEAD.format(service)) as connection:
            await until(
                lambda c=connection, s=service: waiting(c, s, "%update journal_head%"), 120, "a batch at its end"
            )
            storm.hit("SIGQUIT", "PostgreSQL", database.pid, database.stop_at_once)
        assert await everybody_misses_it(diaries) == []
        await asyncio.to_thread(database.start)
        assert any(diary.lines("batch.retry") for diary in diaries.values()), "the batch was tried again"
        await at_work(players)
    assert {name: (process.pid, process.starts) for name, process in besieged.processes.items()} == started
    report(counted(await audited_at_rest(besieged, agencies, players), players), AT_LEAST)


async def everybody_misses_it(diaries: dict[str, Diary]) -> list[str]:
    """Who did not notice in time that the database is away."""
    missing = list(diaries)
    with suppress(AssertionError):
        await until(lambda: not [n for n in missing if not diaries[n].lines("relay.interrupted")], 120)
    return [name for name in missing if not diaries[name].lines("relay.interrupted")]


async def test_a_broker_that_is_killed_while_a_batch_is_in_hand(
    besieged: World, agencies: Agencies, players: Players, storm: Storm
) -> None:
    """What was said while it was away is on the road when it is back, on the logs it left."""
    await at_work(players)
    broker = besieged.kafka
    async with held(besieged.postgres.url, HEAD.format("handoff")) as connection:
        await until(lambda: waiting(connection, "handoff", "%update journal_head%"), 120, "a batch at its end")
        storm.hit("SIGKILL", "Apache Kafka", broker.pid, broker.kill)
    unsent = "select 1 from handoff.journal_head h, handoff.relay_cursor c where h.last > c.number"
    await until(lambda: agencies.sql(unsent), 60, "something is said that nobody can hear")
    await asyncio.to_thread(broker.start)
    await at_work(players)
    report(counted(await audited_at_rest(besieged, agencies, players), players), AT_LEAST)
    no_offset_went_back(besieged)


# --- zombies ----------------------------------------------------------------------------------------------------------


async def test_zombies_that_come_back_with_a_batch_do_nothing_twice(
    besieged: World, agencies: Agencies, players: Players, storm: Storm
) -> None:
    """Frozen in the middle of a batch until all of it was done by another, then continued.

    A reply that is carried out again is refused as stale: nobody here contradicts anybody, so any refusal is one.
    """
    await at_work(players)
    refused = await refusals(agencies)
    url, zombies = besieged.postgres.url, ("handoff-2", "intake-2")
    async with held(url, EVERY_STATE) as states:
        await until(lambda: caught(states, "handoff", "handoff-2"), 120, "the batch of handoff-2")
        freeze(besieged, storm, "handoff-2")
        async with held(url, EVERY_DOOR) as doors:
            await until(lambda: caught(doors, "intake", "intake-2"), 120, "the batch of intake-2")
            freeze(besieged, storm, "intake-2")
    diaries = {name: Diary(besieged, name) for name in zombies}
    for name in zombies:
        await until(lambda n=name: ended_for(agencies, n), 60, f"the transaction of {name}")
    players.asking.clear()
    await until(lambda: players.done, 240, "every question ended without the zombies")
    for name in zombies:
        storm.hit("SIGCONT", name, besieged.processes[name].pid, besieged.processes[name].resume)
    for diary in diaries.values():
        await until(lambda d=diary: d.total("repeats"), 120, "old work recognised as done")
        await until(lambda d=diary: d.lines("commit.failed"), 120, "fenced: its offsets were refused")
    await working_again(besieged, *zombies)
    await at_work(players)
    report(counted(await audited_at_rest(besieged, agencies, players), players), AT_LEAST)
    assert await refusals(agencies) == refused
    no_offset_went_back(besieged)


async def refusals(agencies: Agencies) -> int:
    rows = await agencies.sql("select count(*) as refused from handoff.journal where type like '%.reply.refused.%'")
    return int(rows[0]["refused"])


def freeze(besieged: World, storm: Storm, name: str) -> None:
    storm.hit("SIGSTOP", name, besieged.processes[name].pid, besieged.processes[name].suspend)


async def caught(connection: Any, service: str, process: str) -> bool:
    return process in await waiting(connection, service, "%for update%")


async def ended_for(agencies: Agencies, process: str) -> int:
    assert agencies.database is not None
    async with agencies.database.acquire() as connection:
        return await end_open_transactions(connection, process)


async def test_a_relay_that_comes_back_after_another_took_over(
    besieged: World, agencies: Agencies, players: Players, storm: Storm
) -> None:
    """Frozen with journal entries in hand. It sends them a second time, byte for byte, and consumers drop them."""
    await at_work(players)
    url = besieged.postgres.url
    async with held(url, "select 1 from handoff.relay_cursor for update") as cursor:
        await until(lambda: waiting(cursor, "handoff", "%update relay_cursor%"), 120, "a relay that has published")
        known = await head(agencies)
        await until(lambda: grown(agencies, known + 30), 180, "a journal that grows")
        holder = await publisher(cursor, "handoff")
        assert holder in BOTH
        async with held(url, "lock table handoff.journal in access exclusive mode") as journal:
            await cursor.execute("commit")
            await until(lambda: reads_on(journal, holder), 120, "the relay at its next entries")
            published = await journal.fetchval("select number from handoff.relay_cursor")
            freeze(besieged, storm, holder)
    diary, other = Diary(besieged, holder), next(name for name in BOTH if name != holder)
    takes_in = [Diary(besieged, name) for name in ("delivery", "intake", "intake-2", "router")]
    players.asking.clear()
    await until(lambda: publishes(agencies, other), 180, "the other relay takes over")
    await until(lambda: players.done, 240, "every question ended without the first relay")
    storm.hit("SIGCONT", holder, besieged.processes[holder].pid, besieged.processes[holder].resume)
    await until(lambda: diary.lines("relay.interrupted"), 120, "it learns that it is not the relay any more")
    assert await publishes(agencies, other)
    evidence = await audited_at_rest(besieged, agencies, players)
    repeats = without_repeats(evidence, ("gvd.handoffs", "gvd.decision-requests"))
    numbers = {(entry.topic, entry.key, entry.sequence): entry.number for entry in evidence.journals["handoff"]}
    again = sorted(numbers[r.topic, r.key, r.sequence] for r in repeats)
    assert again == list(range(published + 1, published + 1 + len(again))), "only what it had in hand, each once"
    assert len(again) >= 30
    dropped = lambda: sum(diary.total("repeats") for diary in takes_in)  # noqa: E731
    await until(lambda: dropped() >= len(again), 120, "consumers recognise the repeats")
    report(counted(evidence, players), AT_LEAST)
    no_offset_went_back(besieged)


async def head(agencies: Agencies) -> int:
    return int((await agencies.sql("select last from handoff.journal_head"))[0]["last"])


async def grown(agencies: Agencies, number: int) -> bool:
    return await head(agencies) >= number


async def reads_on(connection: Any, holder: str) -> bool:
    return holder in await waiting(connection, "handoff", "%from journal where number > %")


async def publishes(agencies: Agencies, name: str) -> bool:
    assert agencies.database is not None
    async with agencies.database.acquire() as connection:
        return await publisher(connection, "handoff") == name
