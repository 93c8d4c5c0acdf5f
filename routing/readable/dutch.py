"""The table in plain Dutch words: what a rule asks of a question, and who is meant. For pages and comparisons."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from routing.data.model import Group, LifeEvent, Organisation, Rule, Topic
from routing.data.tables import Table

DOMAINS = {
    "debt": "schulden",
    "housing": "wonen",
    "care": "zorg",
    "education": "onderwijs",
    "work": "werk",
    "family": "gezin",
    "income": "inkomen",
    "tax": "belasting",
    "benefits": "toeslagen",
    "identity": "papieren en identiteit",
    "mobility": "verkeer en vervoer",
    "justice": "recht en veiligheid",
}
KINDS = {
    "question": "een gewone vraag",
    "complaint": "een klacht",
    "objection": "een bezwaar",
    "appeal": "een beroep bij de rechter",
    "wrong-data": "een fout in een gegeven",
    "discrimination": "een melding van discriminatie",
    "digitally-stuck": "digitaal vastlopen",
}
STATUSES = {
    "experimental": "proef",
    "pilot": "proef",
    "announced": "aangekondigd",
    "in_preparation": "in voorbereiding",
    "ended": "bestaat niet meer",
    "generic": "een soort, geen organisatie",
}
OUTCOMES = {
    "responsible": "verantwoordelijke organisatie",
    "ask": "eerst één vraag",
    "maatwerk": "maatwerk",
    "crisis": "direct hulp bij gevaar",
    "triage": "een mens van de triage",
    "return": "geen overheidsorganisatie; wel wie de persoon kan helpen",
}
RESOLVED = {
    "municipality-of-residence": "de gemeente die het besluit nam, of anders de gemeente waar de persoon woont",
    "home-municipality": "de gemeente waar de persoon woont",
    "municipality-that-decided": "de gemeente die het besluit nam; als die niet bekend is, vraagt de tabel het",
    "province-of-residence": "de provincie waar de persoon woont",
    "adv-of-residence": "de antidiscriminatievoorziening van de gemeente waar de persoon woont",
    "waterschap-of-residence": "het waterschap waar de persoon woont",
    "zorgkantoor-of-residence": "het zorgkantoor van de persoon",
    "decision-organisation": "de organisatie die het besluit nam",
    "decision-organisation-or-ask": "de organisatie om wie het gaat; als die niet bekend is, vraagt de tabel het",
    "organisation-concerned": "de organisatie die het besluit nam, of anders de organisatie van het onderwerp",
    "ombudsman-concerned": "de ombudsman van de organisatie om wie het gaat, of anders de Nationale ombudsman",
    "registry-holder": "de organisatie die het gegeven bijhoudt",
    "organisation-of-topic": "de organisatie van het onderwerp",
    "connected-partner": "een andere organisatie in de zaak die is aangesloten",
    "maatwerkplaats": "de maatwerkplaats van de organisatie van het onderwerp",
    "maatwerkteam": "de maatwerkplaats van de organisatie van het onderwerp, of anders het Maatwerkloket",
    "involved": "alle organisaties die meespelen",
    "involved-maatwerkplaatsen": "de maatwerkplaatsen van de organisaties die meespelen",
    "triage": "een mens van de triage",
}
_FEW = 5
_SAYS = {
    "danger": ("er is gevaar voor leven of veiligheid", "er is geen gevaar"),
    "acute": ("de situatie is acuut", "de situatie is niet acuut"),
    "stuck": ("een professional zegt dat de organisaties vastlopen", "de organisaties lopen niet vast"),
    "professional_asks": ("een professional vraagt om maatwerk", "niemand vraagt om maatwerk"),
    "harrowing": ("een mens noemt de situatie schrijnend", "niemand noemt de situatie schrijnend"),
    "harmed_parent": ("de persoon meldt zich als gedupeerde ouder", "de persoon is geen gedupeerde ouder"),
    "complaint_procedure_used": (
        "de klacht is al bij de organisatie zelf behandeld",
        "de klacht is nog niet bij de organisatie zelf behandeld",
    ),
    "abroad": ("de persoon woont in het buitenland", "de persoon woont niet in het buitenland"),
    "topic_known": ("het onderwerp is bekend", "het onderwerp is niet bekend"),
    "multi_problem": ("er zijn of dreigen problemen die samenhangen", "er zijn geen problemen die samenhangen"),
    "source_connected": ("de eerste deur is aangesloten", "de eerste deur is niet aangesloten"),
}
_PARTIES = {
    "decision_by": {
        "known": "het is bekend welke organisatie het besluit nam",
        "unknown": "het is niet bekend welke organisatie het besluit nam",
        "source": "de organisatie van de eerste deur nam zelf het besluit",
        "municipality": "een gemeente nam het besluit",
        "": "het besluit is van {names}",
    },
    "registry_holder": {
        "known": "het is bekend wie het gegeven bijhoudt",
        "unknown": "het is niet bekend wie het gegeven bijhoudt",
        "source": "de organisatie van de eerste deur houdt het gegeven zelf bij",
        "municipality": "een gemeente houdt het gegeven bij",
        "": "het gegeven is van {names}",
    },
}


def named(to: str, table: Table) -> str:
    """An organisation by its name, or in words whom a rule means."""
    found = table.organisations.get(to)
    return found.name if found is not None else RESOLVED.get(to, to)


def conditions(when: Mapping[str, Any], table: Table) -> tuple[str, ...]:
    """What must all be the case for a rule to hold, each as one short clause."""
    return tuple(clause for key, wanted in when.items() for clause in _clauses(key, wanted, table))


def _clauses(key: str, wanted: Any, table: Table) -> list[str]:
    if key in _SAYS and isinstance(wanted, bool):
        return [_SAYS[key][not wanted]]
    if key == "answers":
        return [_answered(code, answers, table) for code, answers in wanted.items()]
    say = _OTHERS.get(key)
    return [say(wanted, table)] if say is not None else [f"{key}: {plain(wanted)}"]


def _answered(code: str, answers: Any, table: Table) -> str:
    question = table.questions.get(code)
    texts = dict(question.answers) if question is not None else {}
    asked = question.text if question is not None else code
    return f"het antwoord op ‘{asked}’ is {either(f'‘{texts.get(str(one), one)}’' for one in answers)}"


def _party(key: str) -> Callable[[Any, Table], str]:
    def say(wanted: Any, table: Table) -> str:
        if isinstance(wanted, str):
            return _PARTIES[key].get(wanted, f"{key}: {wanted}")
        return _PARTIES[key][""].format(names=either(named(one, table) for one in wanted))

    return say


def _kind(wanted: Any, _: Table) -> str:
    kinds = [wanted] if isinstance(wanted, str) else wanted
    return f"het is {either(KINDS.get(one, one) for one in kinds)}"


def _island(wanted: Any, _: Table) -> str:
    if isinstance(wanted, bool):
        return f"de persoon woont {'' if wanted else 'niet '}in Caribisch Nederland"
    return f"de persoon woont op {either(str(one).replace('-', ' ').title() for one in wanted)}"


def _municipality(wanted: Any, table: Table) -> str:
    return f"de persoon woont in {either(named(f'gemeente-{one}', table) for one in wanted)}"


def _topic(wanted: Any, table: Table) -> str:
    return f"het onderwerp is {either(_title(table.topics.get(one), one) for one in wanted)}"


def _life_event(wanted: Any, table: Table) -> str:
    return f"de gebeurtenis is {either(_title(table.life_events.get(one), one) for one in wanted)}"


def _title(found: Topic | LifeEvent | None, code: str) -> str:
    return f"‘{found.title if found is not None else code}’"


def _several(_wanted: Any, _: Table) -> str:
    return "er zijn meer organisaties nodig"


def _topic_of(wanted: Any, table: Table) -> str:
    return f"het onderwerp hoort bij {either(named(one, table) for one in wanted)}"


def _topic_in(wanted: Any, table: Table) -> str:
    group = table.groups.get(wanted, Group(str(wanted)))
    titles = sorted(table.topics[one].title for one in group.topics if one in table.topics)
    return f"het onderwerp hoort bij de groep ‘{wanted}’ ({few(titles)})"


def _topic_domain(wanted: Any, _: Table) -> str:
    known = [DOMAINS.get(one, one) for one in wanted if one != "unknown"]
    rest = " of is niet bekend" if "unknown" in wanted else ""
    return f"het onderwerp gaat over {either(known)}{rest}" if known else "het onderwerp is niet bekend"


def _domains(wanted: Any, _: Table) -> str:
    parts = []
    if "at_least" in wanted:
        parts.append(f"er spelen minstens {wanted['at_least']} terreinen van het leven mee")
    if "at_most" in wanted:
        parts.append(f"er speelt hooguit {wanted['at_most']} terrein van het leven mee")
    if "any" in wanted:
        parts.append(f"{either(DOMAINS.get(one, one) for one in wanted['any'])} speelt mee")
    return " en ".join(parts)


def _involved(wanted: Any, table: Table) -> str:
    least = wanted.get("at_least", 0 if "only" in wanted else 1)
    parts = []
    if least:
        among = f" uit de groep {_members(wanted['of'], table)}" if "of" in wanted else ""
        parts.append(f"er spelen minstens {least} organisaties mee{among}")
    if "only" in wanted:
        parts.append(f"alleen organisaties uit de groep {_members(wanted['only'], table)} spelen mee")
    return " en ".join(parts)


def _stack(wanted: Any, table: Table) -> str:
    group = table.groups.get(wanted["of"])
    names = ", ".join(part.name for part in group.parts) if group is not None else ""
    return f"er spelen minstens {wanted.get('at_least', 1)} onderdelen van {wanted['of']} mee ({names})"


def _members(name: str | list[str], table: Table) -> str:
    if isinstance(name, list):
        return either(named(one, table) for one in name)
    group = table.groups.get(name, Group(name))
    members = [*sorted(named(one, table) for one in group.organisations), *(f"{one}…" for one in group.prefixes)]
    return f"‘{name}’ ({few(members)})"


_OTHERS: dict[str, Callable[[Any, Table], str]] = {
    "kind": _kind,
    "island": _island,
    "municipality": _municipality,
    "topic": _topic,
    "life_event": _life_event,
    "multi_problem": _several,
    "topic_of": _topic_of,
    "topic_in": _topic_in,
    "topic_not_in": lambda wanted, table: _topic_in(wanted, table).replace("hoort bij", "hoort niet bij", 1),
    "topic_domain": _topic_domain,
    "domains": _domains,
    "involved": _involved,
    "stack": _stack,
    "decision_by": _party("decision_by"),
    "registry_holder": _party("registry_holder"),
}


def either(words: Any) -> str:
    """`a, b of c`."""
    *first, last = [str(one) for one in words] or [""]
    return f"{', '.join(first)} of {last}" if first else last


def few(names: list[str]) -> str:
    """The first names of a long list; the page of the table has the whole of it."""
    shown, more = names[:_FEW], len(names) - _FEW
    return f"{', '.join(shown)} en {more} andere" if more > 1 else ", ".join(names)


def day(when: date) -> str:
    """`1 januari 2027`, whatever the machine's language."""
    return f"{when.day} {_MONTHS[when.month - 1]} {when.year}"


_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
)


def plain(value: Any) -> str:
    """Any value of the table as a person reads it."""
    if value is None or value == "" or value == [] or value == {}:
        return "niets"
    if isinstance(value, bool):
        return "ja" if value else "nee"
    if isinstance(value, dict):
        return "; ".join(f"{key}: {plain(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(plain(one) for one in value)
    return str(value)


def reached(one: Organisation) -> str:
    """How a human of it is reached (R-21)."""
    return "; ".join(filter(None, (one.phone, one.desk, one.website)))


def holds(rule: Rule) -> str:
    """From and until which day, when it is not always."""
    start = f"vanaf {day(rule.validity.valid_from)}" if rule.validity.valid_from > date.min else ""
    end = f"tot en met {day(rule.validity.valid_to)}" if rule.validity.valid_to is not None else ""
    return " ".join(filter(None, (start, end)))
