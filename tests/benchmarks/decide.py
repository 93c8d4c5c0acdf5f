"""How many questions one core decides in a second, on the full table: `python -m tests.benchmarks.decide`.

The bar is 100 thousand (design section 9). Two loads: plain questions over every topic, and a mix in which
one in five is complex (requirements F-02). Facts are made beforehand; every decision is built in full.
"""

import argparse
import random
import sys
import time
from collections import Counter
from dataclasses import replace
from datetime import date

from contracts.base import Channel, Domain, Kind
from contracts.questions import Facts, Residence
from routing import Table, decide, load
from routing.data.model import Rule

TODAY = date(2026, 11, 23)
Case = tuple[Facts, str, frozenset[str], int]


def plain(table: Table, count: int, dice: random.Random) -> list[Case]:
    """One topic, one residence, nothing else."""
    return [(_facts(table, dice), _source(dice), frozenset(), 0) for _ in range(count)]


def mixed(table: Table, count: int, dice: random.Random) -> list[Case]:
    """One in five is complex, another kind of question, or was declined before."""
    cases: list[Case] = []
    for _ in range(count):
        if dice.random() < 0.8:
            cases.append((_facts(table, dice), _source(dice), frozenset(), 0))
            continue
        facts = _facts(
            table,
            dice,
            kind=dice.choice(list(Kind)),
            involved=tuple(dice.sample(["uwv", "svb", "duo", "cak", "gemeente-gm0363", "toeslagen"], 2)),
            domains=tuple(dice.sample(list(Domain), dice.randrange(3))),
            acute=dice.random() < 0.3,
            stuck=dice.random() < 0.2,
            decision_by=dice.choice(["uwv", "svb", "duo", None]),
        )
        cases.append((facts, _source(dice), frozenset(dice.sample(["svb", "uwv", "duo"], 1)), 1))
    return cases


def _facts(table: Table, dice: random.Random, **more: object) -> Facts:
    return Facts.model_validate(
        {
            "topic": dice.choice(list(table.topics)),
            "channel": dice.choice(list(Channel)),
            "residence": Residence(postcode=dice.choice(list(table.postcodes))),
            **more,
        }
    )


def _source(dice: random.Random) -> str:
    return dice.choice(["belastingdienst", "uwv", "svb", "duo", "gemeente-gm0344"])


def measure(table: Table, cases: list[Case], seconds: float) -> float:
    """Decisions per second of processor time over whole passes, after one pass to warm up."""
    for facts, source, declined, hops in cases:
        decide(table, facts, source=source, declined=declined, hops=hops, today=TODAY)
    made, start = 0, time.process_time()
    while time.process_time() - start < seconds:
        for facts, source, declined, hops in cases:
            decide(table, facts, source=source, declined=declined, hops=hops, today=TODAY)
        made += len(cases)
    return made / (time.process_time() - start)


def grown(table: Table, times: int) -> Table:
    """The same table with every topic and its rules several times over, under other codes.

    And with the general rules for decisions of some organisations, for as many others: each municipality may have its
    ombudsman. What else holds for every topic does not grow with the number of organisations or subjects.
    """
    topics, rules = dict(table.topics), list(table.rules)
    for number in range(1, times):
        topics |= {f"{code}-{number}": replace(one, code=f"{code}-{number}") for code, one in table.topics.items()}
        rules += [
            replace(one, id=f"{one.id}-{number}", topic=f"{one.topic}-{number}") for one in table.rules if one.topic
        ]
        rules += [_for_others(one, number) for one in table.rules if not one.topic and _of_some(one)]
    return replace(table, topics=topics, rules=tuple(rules), views={}, remembered={})


def _of_some(rule: Rule) -> bool:
    return isinstance(rule.when.get("decision_by"), list)


def _for_others(rule: Rule, number: int) -> Rule:
    others = [f"{one}-{number}" for one in rule.when["decision_by"]]
    return replace(rule, id=f"{rule.id}-{number}", when=rule.when | {"decision_by": others})


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=2.0)
    parser.add_argument("--cases", type=int, default=20_000)
    options = parser.parse_args()
    start = time.perf_counter()
    table = load()
    say(f"table {table.version}, loaded in {time.perf_counter() - start:.2f} s")
    for name, make in (("plain", plain), ("mixed", mixed)):
        cases = make(table, options.cases, random.Random(1))  # noqa: S311 - the same load each time
        rate = measure(table, cases, options.seconds)
        outcomes = Counter(
            decide(table, facts, source=source, declined=declined, hops=hops, today=TODAY).outcome.value
            for facts, source, declined, hops in cases
        )
        say(f"{name}: {rate:,.0f} decisions/s ({1e6 / rate:.1f} µs each); {dict(outcomes)}")
    compare(table, options)


def compare(table: Table, options: argparse.Namespace) -> None:
    """Turn by turn, the same questions to the table and to one with ten times the rows; and beside the plain ones."""
    dice = random.Random(1)  # noqa: S311 - the same load each time
    cases = plain(table, options.cases, dice)
    large = grown(table, 10)
    beside = [(facts.model_copy(update={"signal": True}), *rest) for facts, *rest in cases]
    rates: dict[str, list[float]] = {"as it is": [], "ten times the rows": [], "with a signal": []}
    for _ in range(3):
        rates["as it is"].append(measure(table, cases, options.seconds / 3))
        rates["ten times the rows"].append(measure(large, cases, options.seconds / 3))
        rates["with a signal"].append(measure(table, beside, options.seconds / 3))  # type: ignore[arg-type]
    best = {name: max(found) for name, found in rates.items()}
    for name in list(best)[1:]:
        say(f"{name}: {best[name] / best['as it is']:.2f} of the rate as it is")


if __name__ == "__main__":
    main()
