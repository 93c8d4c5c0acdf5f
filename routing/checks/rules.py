"""The faults that show only when rules are laid side by side: overlap, gaps, and rules nobody can reach."""

from collections import defaultdict
from collections.abc import Container, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from contracts.decisions import DecisionOutcome
from routing.checks.beside import unknown_names
from routing.checks.outcomes import candidate_faults, return_faults
from routing.data.model import Organisation, Rule, Settings, Validity
from routing.data.read import Fault, Record
from routing.data.tables import Parsed
from routing.engine.conditions import compiled, kinds
from routing.engine.resolve import PARTNER_WORDS, RESOLVERS
from routing.engine.surroundings import Surroundings, WrongCondition


@dataclass(frozen=True, slots=True)
class _Known:
    """What a rule may name, looked up once for all rules."""

    organisations: dict[str, Organisation]
    topics: frozenset[str]
    questions: frozenset[str]
    norms: frozenset[str]
    around: Surroundings

    @classmethod
    def of(cls, parsed: Parsed, settings: Settings) -> "_Known":
        return cls(
            {one.id: one for one in parsed.organisations},
            frozenset(one.code for one in parsed.topics),
            frozenset(one.code for one in parsed.questions),
            frozenset(one.id for one in parsed.norms),
            Surroundings(settings, {one.id: one for one in parsed.groups}, {}),
        )


def rule_faults(parsed: Parsed, settings: Settings) -> Iterator[Fault]:
    """Every fault of the rules, alone and together."""
    known = _Known.of(parsed, settings)
    readable = [rule for rule in parsed.rules if rule.record is not None]
    for rule in readable:
        yield from _alone(rule, rule.record, parsed, known)
    readable = [rule for rule in readable if _readable(rule)]
    yield from _overlaps(readable)
    yield from _unreachable(readable, known.organisations)
    yield from _defaults(parsed, readable, settings)


def _readable(rule: Rule) -> bool:
    try:
        kinds(rule.when)
    except WrongCondition:
        return False
    return True


def _alone(rule: Rule, record: Record | None, parsed: Parsed, known: _Known) -> Iterator[Fault]:
    if record is None:
        return
    for key in ("source", "tell", "basis"):
        if not getattr(rule, key):
            yield record.fault(f"missing-{key}", f"regel {rule.id} heeft geen {key}", key)
    if rule.norm not in known.norms:
        yield record.fault("missing-norm", f"regel {rule.id}: normklasse '{rule.norm}' bestaat niet", "norm")
    if rule.topic is not None and rule.topic not in known.topics:
        yield record.fault("unknown-topic", f"regel {rule.id}: onderwerp {rule.topic} bestaat niet", "topic")
    if rule.outcome not in set(DecisionOutcome):
        yield record.fault("wrong-value", f"regel {rule.id}: uitkomst {rule.outcome} bestaat niet", "outcome")
    if rule.validity.valid_to is not None and rule.validity.valid_to < rule.validity.valid_from:
        yield record.fault("wrong-value", f"regel {rule.id} eindigt voor hij begint", "valid_to")
    yield from _destinations(rule, record, known)
    if rule.candidates:
        yield from candidate_faults(rule, record, known.around.settings)
    if rule.outcome == DecisionOutcome.RETURN:
        yield from return_faults(rule, record, known.organisations)
    yield from _conditions(rule, record, parsed, known.around)


def _destinations(rule: Rule, record: Record, known: _Known) -> Iterator[Fault]:
    """Each one exists, and is there for as long as the rule holds."""
    published = known.around.settings.published
    for key, names in (
        ("to", (rule.to,) if rule.to else ()),
        ("candidates", rule.candidates),
        ("fallback", rule.fallback),
        ("partners", rule.partners),
        ("pointers", tuple(pointer.to for pointer in rule.pointers)),
    ):
        for name in names:
            if name in RESOLVERS or (key == "partners" and name in PARTNER_WORDS):
                continue
            found = known.organisations.get(name)
            if found is None:
                yield record.fault("unknown-destination", f"regel {rule.id}: {name} staat niet in de tabel", key)
                continue
            if not found.in_service(max(published, found.validity.valid_from)):
                yield record.fault("not-in-service", f"regel {rule.id}: {name} is niet open", key)
            if not found.reachable:
                yield record.fault("no-human-route", f"regel {rule.id}: {name} heeft geen telefoon of balie", key)
            if key == "to" and not _outlives(found.validity, rule.validity, published):
                message = f"regel {rule.id} geldt langer dan {name} bestaat (tot {found.validity.valid_to})"
                yield record.fault("gap", message, key)
    if rule.ask is not None and rule.ask not in known.questions:
        yield record.fault("unknown-question", f"regel {rule.id}: vraag {rule.ask} bestaat niet", "ask")


def _outlives(organisation: Validity, rule: Validity, published: date) -> bool:
    if rule.valid_to is not None and rule.valid_to < published:
        return True
    end = organisation.valid_to
    return end is None or (rule.valid_to is not None and rule.valid_to <= end)


def _conditions(rule: Rule, record: Record, parsed: Parsed, around: Surroundings) -> Iterator[Fault]:
    try:
        kinds(rule.when)
        compiled(rule.when, around)
    except WrongCondition as error:
        yield record.fault("wrong-condition", f"regel {rule.id}: {error}", "when")
        return
    except (KeyError, TypeError, ValueError) as error:
        yield record.fault("wrong-condition", f"regel {rule.id}: voorwaarde niet te lezen ({error})", "when")
        return
    for code, message in unknown_names(rule.when, parsed):
        yield record.fault(code, f"regel {rule.id}: {message}", "when")


def _overlaps(rules: list[Rule]) -> Iterator[Fault]:
    """Two rules that can both hold at equal priority: then chance decides, and nobody can explain it."""
    together: dict[tuple[str | None, int], list[Rule]] = defaultdict(list)
    for rule in rules:
        together[rule.topic, rule.priority].append(rule)
    for same in together.values():
        for one, other in combinations(same, 2):
            if one.validity.overlaps(other.validity) and not _apart(one.when, other.when) and other.record:
                message = f"regel {other.id} en {one.id} kunnen tegelijk gelden, met dezelfde voorrang"
                yield other.record.fault("overlap", message, "priority" if "priority" in other.record.lines else "id")


def _apart(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two sets of conditions can be seen never to hold together."""
    if kinds(one).isdisjoint(kinds(other)):
        return True
    return any(_differs(key, one[key], other[key]) for key in one.keys() & other.keys() if key != "kind")


def _differs(key: str, one: Any, other: Any) -> bool:
    if isinstance(one, bool) and isinstance(other, bool):
        return bool(one is not other)
    if isinstance(one, list) and isinstance(other, list):
        return set(map(str, one)).isdisjoint(map(str, other))
    if "unknown" in (one, other) and key in ("decision_by", "registry_holder"):
        return bool(one != other)
    if key == "answers":
        return any(_differs(code, one[code], other[code]) for code in one.keys() & other.keys())
    return False


def _unreachable(rules: list[Rule], organisations: Container[str]) -> Iterator[Fault]:
    """A rule behind one that always holds first and always has an answer."""
    firm: dict[str | None, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.to in organisations:
            firm[rule.topic].append(rule)
    for rule in rules:
        own = firm[rule.topic] if rule.topic is not None else []
        for first in (*firm[None], *own):
            if first.priority > rule.priority and _shadows(first, rule):
                if rule.record is not None:
                    message = f"regel {rule.id} komt nooit aan de beurt: {first.id} gaat altijd voor"
                    yield rule.record.fault("unreachable", message, "id")
                break


def _shadows(first: Rule, rule: Rule) -> bool:
    if not all(_implied(key, wanted, rule.when.get(key)) for key, wanted in first.when.items() if key != "kind"):
        return False
    return first.validity.covers(rule.validity) and kinds(first.when) >= kinds(rule.when)


def _implied(key: str, wanted: Any, given: Any) -> bool:
    """Whether a condition of the first rule follows from the one the other rule puts on the same fact."""
    if given is None:
        return False
    if wanted == given:
        return True
    if wanted == "known":
        return bool(given != "unknown")
    if isinstance(wanted, list) and isinstance(given, list):
        return set(map(str, given)) <= set(map(str, wanted))
    if key == "answers":
        return all(_implied(code, values, given.get(code)) for code, values in wanted.items())
    return False


def _defaults(parsed: Parsed, rules: list[Rule], settings: Settings) -> Iterator[Fault]:
    """Every topic has a rule for when nothing special is the matter, today and on every later day."""
    always: dict[str, list[Rule]] = defaultdict(list)
    for rule in rules:
        if rule.topic is not None and not rule.when:
            always[rule.topic].append(rule)
    for topic in parsed.topics:
        if topic.record is None:
            continue
        if not always[topic.code]:
            message = f"onderwerp {topic.code} heeft geen gewone regel (zonder voorwaarden)"
            yield topic.record.fault("no-default", message, "code")
        for last, hole in _holes(always[topic.code], settings.published):
            if last.record is not None:
                yield last.record.fault("gap", f"onderwerp {topic.code} heeft geen regel op {hole}", "valid_to")


def _holes(rules: list[Rule], published: date) -> Iterator[tuple[Rule, date]]:
    """Days from publication on that no default rule covers, with the rule before the hole."""
    need = published
    before: Rule | None = None
    for rule in sorted(rules, key=lambda one: one.validity.valid_from):
        if rule.validity.valid_from > need:
            yield before or rule, need
        if rule.validity.valid_to is None:
            return
        if rule.validity.valid_to >= need:
            need, before = rule.validity.valid_to + timedelta(days=1), rule
    if before is not None:
        yield before, need
    elif rules:
        yield rules[0], need
