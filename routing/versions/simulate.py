"""What a candidate table would do to questions that were really asked: who would go elsewhere, and how many."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from pydantic import Field, ValidationError

from contracts.base import Contract, OrganisationId
from contracts.decisions import Decision
from contracts.questions import Facts
from routing.data.tables import Table
from routing.engine.decide import decide
from routing.readable.dutch import OUTCOMES

UNKNOWN = "onbekend"
EXAMPLES = 10
_KEPT = 1_000  # different moves of which an example is kept, so that memory has a bound
_GROUPS = ("outcome", "follower", "move", "topic", "rule")
_HEADS = {
    "outcome": "Per uitkomst",
    "follower": "Per eerste deur",
    "move": "Van wie naar wie",
    "topic": "Per onderwerp",
    "rule": "Per regel",
}
_SHOWN = 15


class Case(Contract):
    """The inputs of one decision: all that `decide` looks at besides the table. No person is in it."""

    facts: Facts
    source: OrganisationId
    declined: tuple[OrganisationId, ...] = ()
    hops: int = Field(default=0, ge=0)
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A case that could not be read or decided: never swallowed, it is a fault of the candidate or the file."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Example:
    """One case that goes elsewhere, with both decisions and so both explanations."""

    number: int
    case: Case
    old: Decision
    new: Decision


@dataclass(slots=True)
class Simulation:
    """The counts. `moved`: another organisation, question or outcome; `told`: the same, but other words or terms."""

    old: str
    new: str
    total: int = 0
    same: int = 0
    moved: int = 0
    told: int = 0
    explained: int = 0
    groups: dict[str, Counter[tuple[str, str]]] = field(default_factory=lambda: {name: Counter() for name in _GROUPS})
    examples: list[Example] = field(default_factory=list)
    never_hit: tuple[str, ...] = ()
    failed: int = 0
    failures: list[Failure] = field(default_factory=list)

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        return {
            **{name: getattr(self, name) for name in ("old", "new", "total", "same", "moved", "told", "explained")},
            **{
                f"per_{name}": [{"old": old, "new": new, "count": n} for (old, new), n in counts.most_common()]
                for name, counts in self.groups.items()
            },
            "examples": [
                {
                    "number": one.number,
                    "case": one.case.model_dump(mode="json", exclude_defaults=True),
                    "old": one.old.model_dump(mode="json"),
                    "new": one.new.model_dump(mode="json"),
                }
                for one in self.examples
            ],
            "never_hit": list(self.never_hit),
            "failed": self.failed,
            "failures": [{"number": one.number, "why": one.why} for one in self.failures],
        }

    def text(self) -> str:
        """As the owner of the table reads it before saying yes."""
        lines = [
            f"{self.total} vragen, van {self.old} naar {self.new}",
            f"  {self.moved} komen ergens anders uit",
            f"  {self.told} houden hun organisatie, maar horen iets anders of krijgen een andere termijn",
            f"  {self.explained} krijgen alleen een andere uitleg",
            f"  {self.same} blijven helemaal gelijk",
            f"  {self.failed} gaven een fout",
        ]
        lines += [f"    vraag {one.number}: {one.why}" for one in self.failures]
        for name in _GROUPS:
            lines += _counted(_HEADS[name], self.groups[name])
        for one in self.examples:
            facts = one.case.facts
            lines += ["", f"Vraag {one.number}: {facts.topic or 'geen onderwerp'}, {facts.kind}, via {one.case.source}"]
            lines += [*_explained("nu", one.old), *_explained("straks", one.new)]
        if self.never_hit:
            lines += ["", f"Regels die nu en straks niemand raken ({len(self.never_hit)}): {', '.join(self.never_hit)}"]
        return "\n".join(lines)


def _counted(head: str, counts: Counter[tuple[str, str]]) -> Iterator[str]:
    if counts:
        yield f"\n{head}"
        for (old, new), count in counts.most_common(_SHOWN):
            yield f"  {count:6}  {old if old == new else f'{old} → {new}'}"
        if len(counts) > _SHOWN:
            yield f"          en nog {len(counts) - _SHOWN}"


def _explained(when: str, decision: Decision) -> Iterator[str]:
    where = decision.lead.name if decision.lead is not None else decision.ask.text if decision.ask is not None else ""
    yield f"  {when}: {OUTCOMES[decision.outcome]}: {where} (regel {decision.rule})"
    yield f"    {decision.reason}"


def simulate(
    old: Table, new: Table, cases: Iterable[Case | Failure], *, today: date, on: date | None = None
) -> Simulation:
    """Replays every case on both tables. `on` asks: and if they all came in on that day, such as the first of the new?

    Streams: memory grows with what the tables hold, not with the number of cases.
    """
    found = Simulation(old.version, new.version)
    moves: dict[tuple[str, str], Example] = {}
    hit: set[str] = set()
    for number, case in enumerate(cases, start=1):
        found.total += 1
        day = on or (case.day if isinstance(case, Case) else None) or today
        both = case if isinstance(case, Failure) else _both(old, new, number, case, day)
        if isinstance(both, Failure):
            found.failed += 1
            found.failures += [both] if len(found.failures) < EXAMPLES else []
            continue
        hit |= {both.old.rule, both.new.rule}
        if _count(found, both, old, new):
            move = _door(both.old), _door(both.new)
            if len(moves) < _KEPT:
                moves.setdefault(move, both)
    most = found.groups["move"]
    found.examples = [one for _, one in sorted(moves.items(), key=lambda item: -most[item[0]])][:EXAMPLES]
    found.never_hit = tuple(sorted({rule.id for rule in (*old.rules, *new.rules)} - hit))
    return found


def _both(old: Table, new: Table, number: int, case: Case, day: date) -> Example | Failure:
    def decided(table: Table) -> Decision:
        declined = frozenset(case.declined)
        return decide(table, case.facts, source=case.source, declined=declined, hops=case.hops, today=day)

    try:
        return Example(number, case, decided(old), decided(new))
    except Exception as error:  # noqa: BLE001 - `decide` is total, so whatever it raises is what the owner must see
        return Failure(number, f"{type(error).__name__}: {error}"[:300])


def _count(found: Simulation, both: Example, old: Table, new: Table) -> bool:
    """Files one pair of decisions; whether the question goes elsewhere."""
    was, now = both.old, both.new
    if _place(was) != _place(now):
        facts = both.case.facts
        topic = facts.topic if facts.topic in old.topics or facts.topic in new.topics else UNKNOWN
        known = both.case.source in old.organisations or both.case.source in new.organisations
        door = both.case.source if known else UNKNOWN
        found.moved += 1
        found.groups["outcome"][was.outcome.value, now.outcome.value] += 1
        found.groups["follower"][door, door] += 1
        found.groups["move"][_door(was), _door(now)] += 1
        found.groups["topic"][topic or UNKNOWN, topic or UNKNOWN] += 1
        found.groups["rule"][was.rule, now.rule] += 1
        return True
    if _heard(was) != _heard(now):
        found.told += 1
    elif _rest(was) != _rest(now):
        found.explained += 1
    else:
        found.same += 1
    return False


def _door(decision: Decision) -> str:
    """Where the question goes: an organisation with its partners, or the question that is asked first."""
    if decision.lead is None:
        return f"vraag {decision.ask.code}" if decision.ask is not None else decision.outcome.value
    asked = " | ".join(one.organisation for one in (decision.lead, *decision.candidates))
    return " + ".join((asked, *sorted(one.organisation for one in decision.partners)))


def _place(decision: Decision) -> Any:
    return decision.outcome, _door(decision)


def _heard(decision: Decision) -> Any:
    """What the person notices: words, support, terms, and how the organisation is reached."""
    return (
        decision.tell,
        decision.instruction,
        decision.pointers,
        decision.ask,
        decision.lead,
        decision.candidates,
        decision.partners,
        decision.norm_class,
        decision.urgent,
    )


def _rest(decision: Decision) -> Any:
    return decision.model_dump(exclude={"table_version"})


def cases_of(lines: Iterable[str]) -> Iterator[Case | Failure]:
    """One case per line of JSON, or what is wrong with the line, without repeating what it says."""
    number = 0
    for line in lines:
        if line.strip():
            number += 1
            try:
                yield Case.model_validate_json(line)
            except ValidationError as error:
                wrong = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
                yield Failure(number, "; ".join(wrong)[:300])
