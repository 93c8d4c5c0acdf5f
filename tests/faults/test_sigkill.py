"""Killing any process at any line loses nothing and does nothing twice (design, section 4).

Eight processes, two of each service, are killed and frozen at random while agencies ask and answer. Afterwards a
verifier that shares no code with the services counts. What is hit at a chosen line is in `test_restarts_and_zombies`.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from tests.faults.evidence import SERVICES, Evidence, Record
from tests.faults.judge import ZERO, judged, report
from tests.faults.players import Players
from tests.faults.storm import SEED, Storm
from tests.faults.verifier import verify
from tests.world import Agencies, World, until, world


@pytest.fixture(scope="module")
def besieged() -> Iterator[World]:
    with world(partitions=4, revive=True) as made:
        for service in SERVICES:
            made.add(f"{service}-2")
        yield made


@pytest.mark.timeout(600)
async def test_sigkill_of_every_service_loses_doubles_and_reorders_nothing(
    besieged: World, agencies: Agencies, players: Players, storm: Storm, record_property: Callable[[str, object], None]
) -> None:
    players.asking.set()
    await until(lambda: len(players.ended) >= 20, 60)
    await storm.rage(3, freeze=2)
    _, findings = await judged(besieged, agencies, players)
    kills = [blow for blow in storm.blows if blow.what == "SIGKILL"]
    record_property("seed", SEED)
    record_property("blows", [str(blow) for blow in storm.blows])
    record_property("questions", len(players.asked))
    assert len(kills) >= 20
    assert len({blow.pid for blow in kills}) == len(kills), "each kill hit a living process"
    assert all(storm.kills_of(service) >= 5 for service in SERVICES)
    assert len(players.asked) > 100
    report(findings, 100)


Doctor = Callable[[Evidence], None]


def _pick(evidence: Evidence, topic: str, which: int = -1) -> Record:
    return [record for record in evidence.records if record.topic.startswith(topic)][which]


def _without(topic: str) -> Doctor:
    return lambda evidence: evidence.records.remove(_pick(evidence, topic))


def _twice(topic: str) -> Doctor:
    def doctor(evidence: Evidence) -> None:
        record = _pick(evidence, topic)
        evidence.records.append(replace(record, offset=record.offset + 1))

    return doctor


def _swapped(topic: str) -> Doctor:
    """Two events of one key change places."""

    def doctor(evidence: Evidence) -> None:
        second = next(r for r in evidence.records if r.topic.startswith(topic) and r.sequence == 2)
        first = next(r for r in evidence.records if (r.topic, r.key, r.sequence) == (second.topic, second.key, 1))
        a, b = evidence.records.index(first), evidence.records.index(second)
        evidence.records[a], evidence.records[b] = second, first

    return doctor


def _table(change: Callable[[dict[str, Any]], None]) -> Doctor:
    return lambda evidence: change(next(row for row in evidence.keyed["handoff"].values() if row["state"]))


DOCTORED: dict[str, tuple[Doctor, str]] = {
    "an accepted question gone": (_without("gvd.questions"), "lost"),
    "an accepted reply gone": (_without("gvd.replies"), "lost"),
    "a decision gone": (_without("gvd.decisions"), "lost"),
    "an event of a hand-off gone": (_without("gvd.handoffs"), "lost"),
    "an agency not told": (_without("gvd.out.svb"), "lost"),
    "a copy inside": (_twice("gvd.handoffs"), "doubled"),
    "a copy on an out-topic": (_twice("gvd.out.belastingdienst"), "doubled"),
    "a question taken in twice": (_twice("gvd.questions"), "doubled"),
    "inside out of order": (_swapped("gvd.handoffs"), "out of order"),
    "an agency told out of order": (_swapped("gvd.out.svb"), "out of order"),
    "a hole in a journal": (lambda e: e.journals["router"].pop(3) and None, "lost"),
    "a journal that was never sent": (lambda e: e.journals["delivery"].append(e.journals["delivery"][-1]), "doubled"),
    "an event never taken in": (_table(lambda row: row["seen"].update({"gvd.decisions": 0})), "lost"),
    "an event taken in twice": (_table(lambda row: row["seen"].update({"gvd.decisions": 99})), "doubled"),
    "an effect twice": (_table(lambda row: row["state"].update(version=99)), "doubled"),
    "a question that never ended": (_table(lambda row: row["state"].update(status="working")), "lost"),
    "a repeat that was taken for new": (lambda e: e.tally.update(accepted=e.tally["accepted"] + 1), "doubled"),
    "an event that still waits": (lambda e: e.parked.update(handoff=1), "lost"),
    "a good event in quarantine": (lambda e: setattr(e, "quarantined", 1), "lost"),
    "a clock that still runs": (lambda e: e.clocks.append(("x", "acceptance")), "doubled"),
    "an input forgotten": (lambda e: e.inbox.pop() and None, "lost"),
}


async def test_the_verifier_finds_what_is_wrong(besieged: World, agencies: Agencies, players: Players) -> None:
    """A verifier that always says 0 proves nothing: the same world, doctored in one place, is found out."""
    if len(players.asked) < 30:
        players.asking.set()
        await until(lambda: len(players.asked) >= 60, 60)
    evidence, findings = await judged(besieged, agencies, players)
    assert findings.counts == ZERO
    missed = {}
    for name, (doctor, kind) in DOCTORED.items():
        doctored = copy_of(evidence)
        doctor(doctored)
        if verify(doctored).counts[kind] == 0:
            missed[name] = kind
    assert missed == {}


def copy_of(evidence: Evidence) -> Evidence:
    """Deep where a doctor may cut, shallow elsewhere."""
    keyed = {
        service: {key: {name: dict(part or {}) for name, part in row.items()} for key, row in rows.items()}
        for service, rows in evidence.keyed.items()
    }
    return replace(
        evidence,
        records=list(evidence.records),
        journals={service: list(entries) for service, entries in evidence.journals.items()},
        keyed=keyed,
        parked=dict(evidence.parked),
        tally=dict(evidence.tally),
        inbox=set(evidence.inbox),
        clocks=list(evidence.clocks),
    )
