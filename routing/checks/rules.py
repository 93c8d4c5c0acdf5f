"""The faults of each rule by itself, and topics without a rule; the order of rules is in `order.py`."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from contracts.base import Kind
from contracts.decisions import DecisionOutcome
from routing.checks.names import Names, unreadable
from routing.checks.order import holes, order_faults, placed
from routing.checks.outcomes import candidate_faults, return_faults
from routing.data.model import Organisation, Rule, Settings, Validity
from routing.data.read import Fault, Record
from routing.data.tables import Parsed
from routing.engine.conditions import ABOUT_TOPIC, kinds
from routing.engine.resolve import PARTNER_WORDS, RESOLVERS
from routing.engine.surroundings import Surroundings
from routing.engine.view import ELSEWHERE, homes

_BY_TOPIC = frozenset({"organisation-of-topic", "organisation-concerned", "maatwerkplaats", "connected-partner"})


@dataclass(frozen=True, slots=True)
class _Known:
    """What a rule may name, looked up once for all rules."""

    organisations: dict[str, Organisation]
    topics: frozenset[str]
    questions: frozenset[str]
    norms: frozenset[str]
    names: Names
    around: Surroundings

    @classmethod
    def of(cls, parsed: Parsed, settings: Settings) -> "_Known":
        return cls(
            {one.id: one for one in parsed.organisations},
            frozenset(one.code for one in parsed.topics),
            frozenset(one.code for one in parsed.questions),
            frozenset(one.id for one in parsed.norms),
            Names.of(parsed),
            Surroundings(settings, {one.id: one for one in parsed.groups}, homes(parsed.rules)),
        )


def rule_faults(parsed: Parsed, settings: Settings) -> Iterator[Fault]:
    """Every fault of the rules, alone and together."""
    known = _Known.of(parsed, settings)
    readable = [rule for rule in parsed.rules if rule.record is not None]
    for rule in readable:
        yield from _alone(rule, rule.record, known)
    readable = [rule for rule in readable if unreadable(rule.when, known.around) is None]
    for rule in readable:
        if rule.record is not None and (word := _circular(rule)) is not None:
            message = f"regel {rule.id}: '{word}' vraagt wie over het onderwerp gaat, en dat zegt deze regel zelf"
            yield rule.record.fault("circular", message, "to")
    topics = {one.code: one for one in parsed.topics}
    yield from order_faults(placed(readable, topics, known.around), known.organisations, settings)
    yield from _defaults(parsed, readable, settings)


def _alone(rule: Rule, record: Record | None, known: _Known) -> Iterator[Fault]:
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
    yield from _conditions(rule, record, known)


def _conditions(rule: Rule, record: Record, known: _Known) -> Iterator[Fault]:
    if (wrong := unreadable(rule.when, known.around)) is not None:
        yield record.fault("wrong-condition", f"regel {rule.id}: {wrong}", "when")
        return
    for code, message in known.names.unknown(rule.when):
        yield record.fault(code, f"regel {rule.id}: {message}", "when")


def _circular(rule: Rule) -> str | None:
    """The word by which a rule that says who has a topic leads to whoever has that topic: nobody would be found."""
    elsewhere = not ELSEWHERE.isdisjoint(rule.when) and not ABOUT_TOPIC.isdisjoint(rule.when)
    if Kind.QUESTION not in kinds(rule.when) or not (rule.topic is not None or elsewhere):
        return None
    return next((word for word in (rule.to, *rule.candidates, *rule.fallback) if word in _BY_TOPIC), None)


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
        for last, hole in holes(always[topic.code], settings.published):
            if last.record is not None:
                yield last.record.fault("gap", f"onderwerp {topic.code} heeft geen regel op {hole}", "valid_to")
