"""The faults of what stands beside the rules: companions, life events, the lists of agencies, and who does not know."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from contracts.denied import is_denied
from routing.checks.names import Names, unreadable
from routing.data.model import Companion, LifeEvent, Mapped, Rule, Settings
from routing.data.read import Fault, Record
from routing.data.tables import Parsed
from routing.engine.asked import LIVES, WHICH
from routing.engine.conditions import ABOUT_TOPIC
from routing.engine.resolve import DECIDED, PARTNER_WORDS, RESOLVERS, WATERSCHAP, ZORGKANTOOR
from routing.engine.surroundings import Surroundings

SUBJECT = re.compile(r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$")
RESOLVERS_ASK = (LIVES, WHICH, WATERSCHAP, ZORGKANTOOR, DECIDED)
COLLEGE, ADV = "college-rechten-van-de-mens", "adv-of-residence"
OWN_CONDUCT: tuple[dict[str, Any], ...] = ({}, {"topic": ["onderzoek-eigen-handelen"]})
"""The one exception to R-58: an organisation asks about its own conduct, so there is no person to help (000:275)."""


def beside_faults(parsed: Parsed, settings: Settings) -> Iterator[Fault]:
    """Every fault of what stands beside the rules."""
    around = Surroundings(settings, {one.id: one for one in parsed.groups}, {})
    names = Names.of(parsed)
    for companion in parsed.companions:
        if companion.record is not None:
            yield from _companion(companion, companion.record, parsed, names, around)
    yield from _college(parsed)
    for event in parsed.life_events:
        if event.record is not None:
            yield from _event(event, event.record, parsed, names, around)
    yield from _mappings(parsed, names)
    yield from _questions(parsed)
    yield from _ladders(parsed, settings)


def _companion(one: Companion, record: Record, parsed: Parsed, names: Names, around: Surroundings) -> Iterator[Fault]:
    organisations = {each.id: each for each in parsed.organisations}
    if not one.source:
        yield record.fault("missing-source", f"{one.id} heeft geen bron", "id")
    if not one.who and not one.when:
        yield record.fault("wrong-value", f"{one.id} noemt geen 'who' en geen 'when'", "id")
    for name in sorted(one.who - organisations.keys()):
        yield record.fault("unknown-organisation", f"{one.id}: {name} staat niet in de tabel", "who")
    to = one.pointer.to
    found = organisations.get(to)
    if found is None and to not in RESOLVERS:
        yield record.fault("unknown-destination", f"{one.id}: {to} staat niet in de tabel", "to")
    elif found is not None and not found.reachable:
        yield record.fault("no-human-route", f"{one.id}: {to} heeft geen telefoon of balie", "to")
    for key, when in (("when", one.when), ("unless", one.unless)):
        yield from _conditions(one.id, key, when, record, names, around)


def _college(parsed: Parsed) -> Iterator[Fault]:
    """R-58 is not for the owner to leave out: a referral to the College without the ADV is invalid."""
    riding = [one for one in parsed.companions if COLLEGE in one.who]
    if any(one.pointer.to == ADV and not one.when and one.unless in OWN_CONDUCT for one in riding):
        return
    message = f"het College gaat nooit zonder {ADV}: zet dat in companions.yaml"
    records = [one.record for one in riding] or [one.record for one in parsed.organisations if one.id == COLLEGE]
    for record in records[:1]:
        if record is not None:
            yield record.fault("college-without-adv", message, "id")


def _conditions(
    name: str, key: str, when: dict[str, Any], record: Record, names: Names, around: Surroundings
) -> Iterator[Fault]:
    if (wrong := unreadable(when, around)) is not None:
        yield record.fault("wrong-condition", f"{name}: {wrong}", key)
        return
    for code, message in names.unknown(when):
        yield record.fault(code, f"{name}: {message}", key)


def _event(event: LifeEvent, record: Record, parsed: Parsed, names: Names, around: Surroundings) -> Iterator[Fault]:
    named = [one.topic for one in event.items]
    if not event.source:
        yield record.fault("missing-source", f"{event.code} heeft geen bron", "code")
    for topic in dict.fromkeys((event.lead, *named)):
        if topic not in names.topics:
            yield record.fault("unknown-topic", f"{event.code}: onderwerp {topic} bestaat niet", "items")
        if named.count(topic) > 1:
            yield record.fault("topic-twice", f"{event.code}: onderwerp {topic} staat er twee keer", "items")
    if event.lead not in named:
        yield record.fault("wrong-value", f"{event.code}: {event.lead} staat niet in de lijst", "lead")
    for item in event.items:
        yield from _conditions(event.code, "items", item.when, record, names, around)
    known = {one.id for one in parsed.organisations} | RESOLVERS.keys() | PARTNER_WORDS
    for name in event.together:
        if name not in known:
            yield record.fault("unknown-destination", f"{event.code}: {name} staat niet in de tabel", "together")


def _mappings(parsed: Parsed, names: Names) -> Iterator[Fault]:
    agencies = {one.id for one in parsed.organisations}
    first: dict[tuple[str, str], Record] = {}
    for one in parsed.mappings:
        record = one.record
        if record is None:
            continue
        if one.agency not in agencies:
            yield record.fault("unknown-organisation", f"{one.agency} staat niet in de tabel", "code")
        if one.topic not in names.topics:
            yield record.fault("unknown-topic", f"{one.code}: onderwerp {one.topic} bestaat niet", "topic")
        if first.setdefault((one.agency, one.code), record) is not record:
            where = first[one.agency, one.code].line
            yield record.fault("duplicate-id", f"code {one.code} van {one.agency} staat al op regel {where}", "code")
        yield from _code(one, record, names)


def _code(one: Mapped, record: Record, names: Names) -> Iterator[Fault]:
    if not SUBJECT.match(one.code):
        yield record.fault("wrong-id", f"'{one.code}' is geen onderwerpcode", "code")
    for said in (one.code, *one.code.replace("/", " ").replace(".", " ").split()):
        if is_denied(said):
            yield record.fault("denied-attribute", f"'{one.code}' mag geen code van een onderwerp zijn", "code")
            break
    for code, message in names.unknown({"answers": {key: [value] for key, value in one.answers.items()}}):
        yield record.fault(code, f"{one.code}: {message}", "answers")


def _questions(parsed: Parsed) -> Iterator[Fault]:
    """Whoever does not know can say so to every question the table asks, and then meets a human."""
    asked = {one.ask for one in parsed.rules if one.ask} | set(RESOLVERS_ASK)
    known = {one.code for one in parsed.questions}
    for question in parsed.questions:
        if question.record is None:
            continue
        answers = {code for code, _ in question.answers}
        if question.code in asked and question.unknown not in answers:
            message = f"{question.code} heeft geen antwoord '{question.unknown}' voor wie het niet weet"
            yield question.record.fault("no-way-out", message, "answers")
        for answer in sorted(question.findings.keys() - answers):
            message = f"antwoord {answer} hoort niet bij {question.code}"
            yield question.record.fault("unknown-answer", message, "findings")
    for code in sorted(set(RESOLVERS_ASK) - known):
        yield from _at(parsed.records.get("table.yaml", ()), "unknown-question", f"de vraag {code} ontbreekt")


def _at(records: Iterable[Record], code: str, message: str) -> Iterator[Fault]:
    for record in records:
        yield record.fault(code, message)


def _for_every_topic(rule: Rule) -> bool:
    return rule.topic is None and ABOUT_TOPIC.isdisjoint(rule.when)


def _ladders(parsed: Parsed, settings: Settings) -> Iterator[Fault]:
    """Every choice the owner has leads problems that hang together to somebody (R-31)."""
    for rule in parsed.rules:
        if rule.record is not None and (unknown := rule.ladder - settings.ladders):
            message = f"regel {rule.id}: ladder {', '.join(sorted(unknown))} bestaat niet"
            yield rule.record.fault("unknown-ladder", message, "ladder")
    if settings.record is None:
        return
    for ladder in sorted(settings.ladders):
        steps = (one for one in parsed.rules if not one.ladder or ladder in one.ladder)
        if not any(_for_every_topic(one) and one.when.get("multi_problem") is True and one.to for one in steps):
            message = f"bij {ladder} gaan problemen die samenhangen nergens heen"
            yield settings.record.fault("ladder-without-step", message, "multi_problem")
    questions = {one.code: {code for code, _ in one.answers} for one in parsed.questions}
    for question, answers in settings.threat.items():
        if not answers <= questions.get(question, set()):
            message = f"threat: {question} met {', '.join(sorted(answers))} bestaat niet"
            yield settings.record.fault("unknown-answer", message, "multi_problem")
