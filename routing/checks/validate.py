"""Refuses a table that would leave somebody without a desk. Finds all faults at once, each with file and line."""

import re
from collections.abc import Iterable, Iterator
from datetime import date

from contracts.base import Domain
from routing.checks.beside import beside_faults
from routing.checks.danger import danger_faults
from routing.checks.denied import denied_faults, denied_words, topics_about
from routing.checks.names import MOST_INVOLVED
from routing.checks.places import place_faults
from routing.checks.presence import presence_faults
from routing.checks.rules import rule_faults
from routing.data.calendars import missing as missing_calendars
from routing.data.model import Organisation, Settings
from routing.data.read import Fault, Record
from routing.data.tables import Parsed
from routing.suggest.words import fold

ID = re.compile(r"^[a-z0-9]+(-[a-z0-9]+)*$")
PRODUCT = re.compile(r"^http://standaarden\.overheid\.nl/owms/terms/[^\s/]+$")
PHONE = re.compile(r"^(?=(.*[0-9]){3})[0-9 +()-]+$")
OIN = re.compile(r"^[0-9]{20}$")
FEWEST_ANSWERS = 2
MOST_HOPS = 9  # a question that nine organisations had is lost already
LONGEST_ID, LONGEST_TEXT, LONGEST_PHONE = 60, 600, 40
SENTENCE_WORDS, TELL_SHORTEST, TELL_LONGEST = 15, 15, 350
RECEIVING = frozenset({"destination", "professional", "advice"})
STATUSES = frozenset({"running", "experimental", "pilot", "announced", "in_preparation", "ended", "generic"})
ROLES = frozenset({"source", "destination", "professional", "advice", "feedback", "oversight"})
TELLS = frozenset(
    {"connected", "not_connected", "here", "triage", "professional", "to_triage", "placed", "candidates", "returned"}
)
TRIAGE_REASONS = frozenset({"hop-limit", "all-declined", "unknown-topic", "no-topic", "no-destination", "unknown-code"})


def faults_of(parsed: Parsed) -> list[Fault]:
    """All faults, in the order of the files."""
    faults = [
        *parsed.faults,
        *denied_faults(parsed),
        *_duplicates(parsed),
        *_organisations(parsed),
        *place_faults(parsed),
    ]
    faults += [*_products(parsed), *_phrases(parsed), *danger_faults(parsed)]
    faults += [*_texts(parsed), *_norms(parsed), *_groups(parsed), *_calendars(parsed)]
    if parsed.settings is not None:
        faults += [*_settings(parsed, parsed.settings), *rule_faults(parsed, parsed.settings)]
        faults += [*beside_faults(parsed, parsed.settings), *presence_faults(parsed, parsed.settings)]
    return sorted(set(faults), key=lambda fault: (str(fault.path), fault.line, fault.code, fault.message))


def _duplicates(parsed: Parsed) -> Iterator[Fault]:
    named: tuple[tuple[str, Iterable[tuple[str, Record | None]]], ...] = (
        ("organisatie", ((one.id, one.record) for one in parsed.organisations)),
        ("onderwerp", ((one.code, one.record) for one in parsed.topics)),
        ("zinnen bij onderwerp", ((one.topic, one.record) for one in parsed.phrases)),
        ("regel", ((one.id, one.record) for one in parsed.rules)),
        ("vraag", ((one.code, one.record) for one in parsed.questions)),
        ("norm", ((one.id, one.record) for one in parsed.norms)),
        ("groep", ((one.id, one.record) for one in parsed.groups)),
        ("verwijzing", ((one.id, one.record) for one in parsed.companions)),
        ("gevaar", ((one.about, one.record) for one in parsed.danger)),
        ("gebeurtenis", ((one.code, one.record) for one in parsed.life_events)),
    )
    for kind, entries in named:
        first: dict[str, Record] = {}
        for name, record in entries:
            if record is None:
                continue
            if name in first:
                where = f"{first[name].path.name}:{first[name].line}"
                yield record.fault("duplicate-id", f"{kind} '{name}' staat er al: {where}", "id")
            first.setdefault(name, record)
            if not ID.match(name) or len(name) > LONGEST_ID:
                yield record.fault("wrong-id", f"'{name}' is geen id: kleine letters, cijfers en streepjes", "id")


def _products(parsed: Parsed) -> Iterator[Fault]:
    """A product of the UPL has one place: a topic, or the list of what deliberately has none, with the reason."""
    places: list[tuple[str, str, tuple[tuple[str, str], ...], Record | None]] = [
        *((f"onderwerp {one.code}", "upl", one.upl, one.record) for one in parsed.topics),
        *(("zonder onderwerp", "products", one.products, one.record) for one in parsed.unmapped),
    ]
    first: dict[str, str] = {}
    for place, key, products, record in places:
        if record is None:
            continue
        for name, uri in products:
            if not PRODUCT.match(uri):
                yield record.fault("wrong-uri", f"{name}: '{uri}' is geen product van de UPL", key)
            if uri in first:
                yield record.fault("product-twice", f"{name} ({place}) staat er al: {first[uri]}", key)
            first.setdefault(uri, place)
    for entry in parsed.unmapped:
        if entry.record is not None and not (entry.reason.strip() and entry.products):
            yield entry.record.fault("missing-reason", "een reden en minstens één product horen hier", "reason")


def _phrases(parsed: Parsed) -> Iterator[Fault]:
    """What people say points at one topic that exists, and never rests on an attribute the law forbids (R-50).

    Only a topic that is itself about such a word, as its title, words or products say, is found by it: the FSV.
    """
    about = topics_about(parsed)
    topics = {one.code for one in parsed.topics}
    said: dict[str, str] = {}
    for one in parsed.phrases:
        if one.record is None:
            continue
        if one.topic not in topics:
            yield one.record.fault("unknown-topic", f"onderwerp {one.topic} bestaat niet", "topic")
        for phrase in one.phrases:
            plain = " ".join(fold(phrase).split())
            for word in sorted(denied_words(phrase) - about[one.topic]):
                yield one.record.fault("denied-attribute", f"'{word}' mag hier geen rol spelen: {phrase}", "phrases")
            if not plain:
                yield one.record.fault("wrong-value", f"{one.topic}: een lege zin", "phrases")
            if plain in said:
                yield one.record.fault("phrase-twice", f"'{phrase}' staat er al bij {said[plain]}", "phrases")
            said.setdefault(plain, one.topic)


def _organisations(parsed: Parsed) -> Iterator[Fault]:
    known = {one.id for one in parsed.organisations}
    for one in parsed.organisations:
        if one.record is not None:
            yield from _organisation(one, one.record, known)


def _organisation(one: Organisation, record: Record, known: set[str]) -> Iterator[Fault]:
    if one.roles & RECEIVING and not one.reachable:
        message = f"{one.id} heeft geen telefoon en geen balie; niemand mag alleen digitaal bereikbaar zijn"
        yield record.fault("no-human-route", message, "id")
    if not one.source:
        yield record.fault("missing-source", f"{one.id} heeft geen bron", "id")
    for key in ("parent", "maatwerkplaats"):
        named = getattr(one, key)
        if named is not None and named not in known:
            yield record.fault("unknown-organisation", f"{key} {named} staat niet in de tabel", key)
    for named in sorted(set(one.ombudsman_of) - known):
        yield record.fault("unknown-organisation", f"ombudsman_of: {named} staat niet in de tabel", "ombudsman_of")
    for key, wrong in _wrong_values(one):
        yield record.fault("wrong-value", f"{one.id}: {wrong}", key)


def _wrong_values(one: Organisation) -> Iterator[tuple[str, str]]:
    if unknown := one.roles - ROLES:
        yield "roles", f"rol {', '.join(sorted(unknown))} bestaat niet"
    if one.status not in STATUSES:
        yield "status", f"status {one.status} bestaat niet"
    if one.oin is not None and not OIN.match(one.oin):
        yield "oin", f"OIN {one.oin} heeft geen 20 cijfers"
    if one.connected_since is not None and not isinstance(one.connected_since, date):
        yield "connected_since", "connected_since is een datum: jjjj-mm-dd"
    if one.phone is not None and not (PHONE.match(one.phone) and len(one.phone) <= LONGEST_PHONE):
        yield "phone", f"telefoon '{one.phone[:LONGEST_PHONE]}' is geen nummer van hooguit {LONGEST_PHONE} tekens"
    if one.desk is not None and not one.desk.strip():
        yield "desk", "de balie is leeg"


def _texts(parsed: Parsed) -> Iterator[Fault]:
    """Short sentences, so that an employee can say them as they are (R-06, R-80)."""
    for rule in parsed.rules:
        if rule.record is None:
            continue
        for key, text in (("tell", rule.tell), ("instruction", rule.instruction or "")):
            if text and (wrong := implausible(text, TELL_LONGEST)):
                yield rule.record.fault("hard-to-read", f"{rule.id}: {wrong}", key)
        texts = [rule.reason or "", rule.basis, *(pointer.why for pointer in rule.pointers)]
        if any(len(text) > LONGEST_TEXT - 100 for text in texts):
            yield rule.record.fault("too-long", f"{rule.id}: een tekst is langer dan {LONGEST_TEXT - 100} tekens")
    for question in parsed.questions:
        if question.record is None:
            continue
        if wrong := implausible(question.tell, TELL_LONGEST):
            yield question.record.fault("hard-to-read", f"{question.code}: {wrong}", "tell")
        if len(question.answers) < FEWEST_ANSWERS:
            yield question.record.fault("wrong-value", f"{question.code} heeft minstens twee antwoorden", "answers")


def implausible(text: str, longest: int) -> str | None:
    """What is wrong with a text to be spoken, or nothing. A first check of B1, not a proof of it."""
    if not TELL_SHORTEST <= len(text) <= longest:
        return f"de tekst heeft {len(text)} tekens; tussen {TELL_SHORTEST} en {longest} is goed"
    sentences = [one for one in re.split(r"[.!?]+(?:\s|$)", text) if one.strip()]
    average = sum(len(one.split()) for one in sentences) / len(sentences)
    if average > SENTENCE_WORDS:
        return f"zinnen hebben gemiddeld {average:.0f} woorden; hooguit {SENTENCE_WORDS} is goed"
    return None


def _norms(parsed: Parsed) -> Iterator[Fault]:
    for norm in parsed.norms:
        if norm.record is None:
            continue
        if not 0 < norm.accept_hours <= norm.first_contact_hours <= norm.resolve_hours:
            yield norm.record.fault("wrong-value", f"{norm.id}: de termijnen lopen niet op", "accept_hours")
        if "hold_hours" not in norm.record.values or not 0 < norm.hold_hours <= norm.resolve_hours:
            message = f"{norm.id}: hold_hours is meer dan 0 en niet langer dan resolve_hours"
            yield norm.record.fault("wrong-value", message, "hold_hours")
        if not norm.assumption:
            message = f"{norm.id}: de beleidsstukken noemen geen getal, dus dit is een aanname"
            yield norm.record.fault("norm-without-assumption", message, "assumption")


def _calendars(parsed: Parsed) -> Iterator[Fault]:
    yield from missing_calendars(parsed.calendars, parsed.records["calendars.yaml"])
    for one in parsed.organisations:
        if one.record is not None and one.calendar is not None and one.calendar not in parsed.calendars:
            yield one.record.fault("unknown-calendar", f"{one.id}: calendar {one.calendar} bestaat niet", "calendar")


def _groups(parsed: Parsed) -> Iterator[Fault]:
    known = {one.id for one in parsed.organisations}
    topics = {one.code for one in parsed.topics}
    for group in parsed.groups:
        if group.record is None:
            continue
        members = group.organisations.union(*(part.organisations for part in group.parts))
        for name in sorted(members - known):
            yield group.record.fault("unknown-organisation", f"{name} staat niet in de tabel", "organisations")
        for name in sorted(group.topics.union(*(part.topics for part in group.parts)) - topics):
            yield group.record.fault("unknown-topic", f"onderwerp {name} staat niet in de tabel", "topics")


def _settings(parsed: Parsed, settings: Settings) -> Iterator[Fault]:
    record = settings.record
    if record is None:
        return
    organisations = {one.id: one for one in parsed.organisations}
    for key in ("triage", "abroad"):
        found = organisations.get(getattr(settings, key))
        ends = found is not None and found.validity.valid_to is not None
        if found is None or ends or not found.in_service(settings.published) or not found.reachable:
            yield record.fault("unknown-destination", f"{key}: {getattr(settings, key)} kan niemand ontvangen", key)
    if settings.norm not in {one.id for one in parsed.norms}:
        yield record.fault("missing-norm", f"normklasse {settings.norm} bestaat niet", "norm")
    for key, wanted, found_keys in (
        ("tells", TELLS, set(settings.tells)),
        ("reason_of_triage", TRIAGE_REASONS, set(settings.reason_of_triage)),
    ):
        if missing := wanted - found_keys:
            yield record.fault("missing-field", f"{key} mist {', '.join(sorted(missing))}", key)
    for key, at, low, high in (
        ("hop_limit", "hop_limit", 1, MOST_HOPS),
        ("min_domains", "multi_problem", 2, len(Domain)),
        ("min_organisations", "multi_problem", 2, MOST_INVOLVED),
    ):
        if not low <= getattr(settings, key) <= high:
            yield record.fault("wrong-value", f"{key} ligt tussen {low} en {high}", at)
