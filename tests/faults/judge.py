"""The end of every storm: nobody asks, all comes to rest, and what is left is counted."""

import asyncio
from collections.abc import Sequence

from tests.faults.evidence import Evidence, Record, gather
from tests.faults.players import Players
from tests.faults.verifier import Findings, verify
from tests.infrastructure import say
from tests.world import Agencies, World, until

ZERO = {"lost": 0, "doubled": 0, "out of order": 0}


async def at_rest(agencies: Agencies, players: Players) -> None:
    players.asking.clear()
    await until(lambda: players.done, 240, "every question ended")
    await agencies.settled(120)


async def gathered(place: World) -> Evidence:
    services = {process.service.name for process in place.processes.values()}
    return await gather(place.kafka.bootstrap, place.postgres.url, services)


async def judged(place: World, agencies: Agencies, players: Players) -> tuple[Evidence, Findings]:
    await at_rest(agencies, players)
    evidence = await gathered(place)
    return evidence, counted(evidence, players)


def counted(evidence: Evidence, players: Players) -> Findings:
    findings = verify(evidence)
    say(f"{len(players.asked)} questions; checked {dict(findings.checked)}; found {findings.counts}")
    return findings


def report(findings: Findings, at_least: int) -> None:
    details = [*findings.lost[:10], *findings.doubled[:10], *findings.out_of_order[:10]]
    assert findings.counts == ZERO, "\n".join(details)
    assert (
        min(findings.checked[what] for what in ("numbered", "on the road", "decision", "end", "taken in")) >= at_least
    )


async def audited(place: World) -> None:
    """`gvd audit` has another opinion than the verifier, and must find nothing either, once nothing is on its way."""
    done = await asyncio.to_thread(place.run, "audit", "--settle", "120", timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr


def without_repeats(evidence: Evidence, topics: Sequence[str]) -> list[Record]:
    """Takes from the evidence what is on these topics byte for byte a second time; gives what it took."""
    seen: set[tuple[str, str, int, bytes]] = set()
    first: list[Record] = []
    again: list[Record] = []
    for record in evidence.records:
        known = (record.topic, record.key, record.sequence, record.value)
        (again if record.topic in topics and known in seen else first).append(record)
        seen.add(known)
    evidence.records = first
    evidence.__dict__.pop("topics", None)
    return again
