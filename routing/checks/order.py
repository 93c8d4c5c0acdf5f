"""The faults of rules in their order: overlap, rules nobody can reach, and danger that does not come first."""

from collections import defaultdict
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations
from typing import Any

from contracts.base import Channel
from contracts.decisions import DecisionOutcome
from contracts.questions import Facts
from routing.data.model import Rule, Settings, Topic
from routing.data.read import Fault
from routing.engine.asked import Asked
from routing.engine.conditions import ABOUT_TOPIC, compiled, kinds
from routing.engine.surroundings import Surroundings

_OF_TOPIC = "organisation-of-topic"
_ANSWERS = frozenset(
    {"municipality-of-residence", "province-of-residence", "adv-of-residence", "waterschap-of-residence", "triage"}
    | {"zorgkantoor-of-residence", "decision-organisation-or-ask", "organisation-concerned"}
)
"""Words that lead to somebody or ask who it is; the others may lead nowhere, and then the next rule has its turn."""
_SHOWN = 3
"""Of a general rule that overlaps with many: the rest is one more fault, so that other faults are still seen."""
_NOTHING_SAID = Facts(channel=Channel.PHONE)
_DANGER = {"danger": True}


@dataclass(frozen=True, slots=True)
class Placed:
    """A rule with the topics it can decide about, as the engine looks at it; None is a topic that nobody knows."""

    rule: Rule
    topics: frozenset[str | None]


def placed(rules: Iterable[Rule], topics: dict[str, Topic], around: Surroundings) -> list[Placed]:
    every: dict[str | None, Asked] = {code: Asked(_NOTHING_SAID, "", one) for code, one in topics.items()}
    every[None] = Asked(_NOTHING_SAID, "", None)
    all_topics = frozenset(every)
    found = []
    for rule in rules:
        about = [one.test for one in compiled(rule.when, around) if one.key in ABOUT_TOPIC]
        mine = frozenset({rule.topic}) if rule.topic is not None else all_topics
        if about:
            mine = frozenset(code for code in mine if code in every and all(test(every[code]) for test in about))
        found.append(Placed(rule, mine))
    return found


def order_faults(rules: list[Placed], organisations: Container[str], settings: Settings) -> Iterator[Fault]:
    """Every fault that shows only when rules are laid in their order."""
    yield from _overlaps(rules)
    yield from _unreachable(rules, organisations)
    yield from _danger(rules, organisations, settings)


def _overlaps(rules: list[Placed]) -> Iterator[Fault]:
    """Two rules that can both hold at equal priority: then chance decides, and nobody can explain it."""
    together: dict[tuple[str | None, int], list[Rule]] = defaultdict(list)
    for one in rules:
        for topic in one.topics:
            together[topic, one.rule.priority].append(one.rule)
    pairs = {(id(a), id(b)): (a, b) for same in together.values() for a, b in combinations(same, 2)}
    wide: dict[str, list[Rule]] = defaultdict(list)
    for first, other in pairs.values():
        if _both_hold(first, other):
            general, own = (first, other) if first.topic is None else (other, first)
            wide[general.id].append(own)
            if len(wide[general.id]) <= _SHOWN or general.topic is not None:
                yield from _overlap(other, f"regel {other.id} en {first.id}")
    for rule in (one.rule for one in rules if one.rule.topic is None and len(wide[one.rule.id]) > _SHOWN):
        yield from _overlap(rule, f"regel {rule.id} en {len(wide[rule.id])} andere regels")


def _overlap(rule: Rule, which: str) -> Iterator[Fault]:
    if rule.record is not None:
        where = "priority" if "priority" in rule.record.lines else "id"
        yield rule.record.fault("overlap", f"{which} kunnen tegelijk gelden, met dezelfde voorrang", where)


def _both_hold(one: Rule, other: Rule) -> bool:
    if one.ladder and other.ladder and one.ladder.isdisjoint(other.ladder):
        return False
    return one.validity.overlaps(other.validity) and not _apart(one.when, other.when)


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


def _unreachable(rules: list[Placed], organisations: Container[str]) -> Iterator[Fault]:
    """A rule behind one that always holds first and always has an answer, or about topics that are not there."""
    firm: dict[str | None, list[Placed]] = defaultdict(list)
    for one in rules:
        for topic in one.topics if _firm(one, organisations) else ():
            firm[topic].append(one)
    for one in rules:
        if one.rule.record is None:
            continue
        if not one.topics:
            yield one.rule.record.fault("unreachable", f"regel {one.rule.id} gaat over geen enkel onderwerp", "when")
            continue
        for first in firm[next(iter(one.topics))]:
            if first.rule.priority > one.rule.priority and _shadows(first, one):
                message = f"regel {one.rule.id} komt nooit aan de beurt: {first.rule.id} gaat altijd voor"
                yield one.rule.record.fault("unreachable", message, "id")
                break


def _firm(one: Placed, organisations: Container[str]) -> bool:
    """Whether somebody has the question, or is asked for, whenever this rule holds."""
    words = (one.rule.to, *one.rule.candidates, *one.rule.fallback)
    answers = _ANSWERS if None in one.topics else _ANSWERS | {_OF_TOPIC}
    return any(word in answers or word in organisations for word in words if word is not None)


def _shadows(first: Placed, other: Placed) -> bool:
    before, after = first.rule, other.rule
    if before.ladder and not (after.ladder and after.ladder <= before.ladder):
        return False
    own = {key: wanted for key, wanted in before.when.items() if key != "kind" and key not in ABOUT_TOPIC}
    if not all(_implied(key, wanted, after.when.get(key)) for key, wanted in own.items()):
        return False
    if before.topic is None and not own:  # for everybody: on no day may it take the place of all that is below it
        days = before.validity.overlaps(after.validity)
    else:
        days = before.validity.covers(after.validity)
    return days and other.topics <= first.topics and kinds(before.when) >= kinds(after.when)


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


def _danger(rules: list[Placed], organisations: Container[str], settings: Settings) -> Iterator[Fault]:
    """First help, then the question: one rule for all danger, on every day, and nothing else before it (R-08)."""
    helps = [one.rule for one in rules if _helps(one, organisations)]
    always = [one for one in helps if one.topic is None and one.when == _DANGER and not one.ladder]
    if not always or any(True for _ in holes(always, settings.published)):
        near = [one.rule for one in rules if one.rule.topic is None and one.rule.when.get("danger") is True]
        record = min(near, key=lambda one: one.priority).record if near else settings.record
        message = "er is niet altijd een regel voor alle gevaar: alleen 'danger: true', met 'instruction' en een mens"
        if record is not None:
            yield record.fault("no-crisis-rule", message, "when")
        return
    last = min(always, key=lambda one: one.priority)
    for one in rules:
        if one.rule.priority >= last.priority and one.rule not in helps and one.rule.record is not None:
            message = f"regel {one.rule.id} gaat voor {last.id}, en gevaar gaat voor alles"
            yield one.rule.record.fault("before-crisis", message, "priority")


def _helps(one: Placed, organisations: Container[str]) -> bool:
    rule = one.rule
    crisis = rule.outcome == DecisionOutcome.CRISIS and bool(rule.instruction)
    return crisis and rule.when.get("danger") is True and _firm(one, organisations)


def holes(rules: list[Rule], published: date) -> Iterator[tuple[Rule, date]]:
    """Days from publication on that none of these rules covers, with the rule before the hole."""
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
