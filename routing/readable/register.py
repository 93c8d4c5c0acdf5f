"""The description for the Dutch Algoritmeregister, counted from the table and the contracts (R-106, R-50..R-54, I-38).

The field names and lengths are those of the publicatiestandaard 1.0. What only the organisation that runs this can
say is left empty and listed as still to fill in; nothing is claimed that nobody checked.
"""

from collections import Counter
from dataclasses import dataclass
from typing import Any

from pydantic import BaseModel

from contracts.denied import NAMES_REFUSED
from contracts.questions import Facts
from routing.data.tables import Table
from routing.engine.reads import reads_of
from routing.readable.dutch import DOMAINS, day, reached
from routing.readable.registertext import EXCLUDED, FIELDS, INPUTS, LABELS, LONGEST, THEMES, WORDS

STANDARD = "1.0"
_ALIAS = {"abroad": "residence", "island": "residence"}
_MOST_THEMES, _MOST_LAWS = 3, 12


@dataclass(frozen=True, slots=True)
class Running:
    """Who runs this installation: what no table can know."""

    organisation: str = ""
    contact: str = ""
    since: str = ""
    source_code: str = ""


def entry(table: Table, running: Running, facts: type[BaseModel] = Facts) -> dict[str, Any]:
    """`registration` as the register takes it, `details` for who wants to check it, `missing` what a human must add."""
    details = {
        "version": table.version,
        "published": table.settings.published.isoformat(),
        "owner": table.settings.owner,
        "counts": counts(table),
        "inputs": inputs(table, facts),
        "excluded": excluded(),
        "laws": dict(Counter(rule.basis for rule in table.rules).most_common()),
        "sources": dict(_sources(table).most_common()),
    }
    registration = _registration(table, running, details)
    missing = [LABELS[name] for name in ("organization", "contact_email", "impacttoetsen") if not registration[name]]
    return {"registration": registration, "details": details, "missing": missing}


def counts(table: Table) -> dict[str, int]:
    """How much there is, and how much of it a human compared with its source."""
    return {
        "organisations": len(table.organisations),
        "topics": len(table.topics),
        "topics_checked": sum(one.checked for one in table.topics.values()),
        "rules": len(table.rules),
        "rules_checked": sum(one.checked for one in table.rules),
        "rules_with_condition": sum(bool(one.when) for one in table.rules),
        "questions": len(table.questions),
        "municipalities": sum(name.startswith("gemeente-") for name in table.organisations),
    }


def inputs(table: Table, facts: type[BaseModel] = Facts) -> list[dict[str, Any]]:
    """Every field a question can have, from the contract itself, with how many rules look at it."""
    used: Counter[str] = Counter()
    for rule in table.rules:
        used.update({_ALIAS.get(name, name) for name in reads_of(rule)})
    found = []
    for name, field in facts.model_fields.items():
        found.append(
            {
                "name": name,
                "what": INPUTS.get(name) or field.description or name,
                "parts": list(_parts(field.annotation)),
                "rules": used[name],
            }
        )
    return found


def _parts(annotation: Any) -> list[str]:
    """The fields inside a field, such as those of a residence."""
    return list(annotation.model_fields) if isinstance(annotation, type) and issubclass(annotation, BaseModel) else []


def excluded() -> list[dict[str, Any]]:
    """What may not be in a question, a rule or an answer: the very list that refuses it at the door."""
    return [{"what": EXCLUDED[group], "names": list(names)} for group, names in NAMES_REFUSED.items()]


def _sources(table: Table) -> Counter[str]:
    """Where organisations and rules say they come from."""
    found = [one.source for one in table.organisations.values()] + [rule.source for rule in table.rules]
    return Counter(_source(source) for source in found)


def _source(text: str) -> str:
    head = text.replace(";", ",").split(",")[0].strip()
    if head[:3].isdigit() and head[3:4] == ":":
        return f"Kamerstuk {head[:3]}"
    return head.split()[0] if head.startswith(("ROO", "UPL")) else head


def _registration(table: Table, running: Running, details: dict[str, Any]) -> dict[str, Any]:
    number = details["counts"]
    triage = table.organisations[table.settings.triage]
    values = {
        **number,
        "version": table.version,
        "date": day(table.settings.published),
        "owner": table.settings.owner,
        "hops": table.settings.hop_limit,
        "triage": f"{triage.name} ({reached(triage)})",
        "inputs": "; ".join(one["what"] for one in details["inputs"] if one["rules"]),
        "idle": "; ".join(one["what"] for one in details["inputs"] if not one["rules"]) or "niets",
        "excluded": "; ".join(what for group, what in EXCLUDED.items() if group != "word"),
        "laws": "; ".join(list(details["laws"])[:_MOST_LAWS]),
        "all_laws": len(details["laws"]),
        "sources": "; ".join(f"{name} ({count})" for name, count in list(details["sources"].items())[:_MOST_LAWS]),
        "oversight": "; ".join(_oversight(table)),
    }
    texts = {name: text.format(**values) for name, text in WORDS.items()}
    made = {
        **texts,
        "organization": running.organisation,
        "category": _themes(table),
        "status": "In gebruik" if running.since else "In ontwikkeling",
        "begin_date": running.since,
        "contact_email": running.contact,
        "impacttoetsen": "",
        "publiccode": running.source_code,
        "lang": "nld",
        "standard_version": STANDARD,
        "source_id": table.version,
    }
    return {name: made[name] for name in FIELDS}


def _oversight(table: Table) -> list[str]:
    """Who to tell when a rule may discriminate, as far as the table knows them (R-54)."""
    known = ("college-rechten-van-de-mens", "autoriteit-persoonsgegevens")
    found = (table.organisations.get(name) for name in known)
    return [f"{one.name} ({reached(one)})" for one in found if one is not None]


def _themes(table: Table) -> list[str]:
    domains = Counter(topic.domain.value for topic in table.topics.values())
    found = Counter[str]()
    for domain, count in domains.items():
        found[THEMES[domain]] += count
    return [name for name, _ in found.most_common(_MOST_THEMES)]


def too_long(registration: dict[str, Any]) -> list[str]:
    """Fields that the register would refuse for their length."""
    return [name for name, longest in LONGEST.items() if len(registration[name]) > longest]


def markdown(made: dict[str, Any]) -> str:
    """The same for people, in Dutch."""
    registration, details = made["registration"], made["details"]
    lines = [f"# {registration['name']}", "", registration["description_short"], ""]
    if made["missing"]:
        lines += [f"> Nog in te vullen door wie dit gebruikt: {', '.join(made['missing'])}.", ""]
    for name, title in LABELS.items():
        value = registration[name]
        if value and name not in {"name", "description_short"}:
            lines += [f"## {title}", "", ", ".join(value) if isinstance(value, list) else value, ""]
    lines += [
        "## Alle gegevens van een vraag",
        "",
        "| gegeven | wat het is | regels die ernaar kijken |",
        "|---|---|---|",
    ]
    for one in details["inputs"]:
        name = f"`{one['name']}`" + (f" ({', '.join(one['parts'])})" if one["parts"] else "")
        lines.append(f"| {name} | {one['what']} | {one['rules'] or 'geen'} |")
    lines += ["", "## Wat nooit mag meedoen", ""]
    lines += ["Het systeem weigert elk gegeven waarvan de naam een van deze delen heeft:", ""]
    lines += [f"- {one['what']}: {', '.join(f'`{name}`' for name in one['names'])}" for one in details["excluded"]]
    lines += ["", "## Aantallen", "", "| wat | hoeveel |", "|---|---|"]
    lines += [f"| {_COUNTED.get(name, name)} | {count} |" for name, count in details["counts"].items()]
    lines += ["", "## Alle grondslagen", "", *(f"- {law} ({count})" for law, count in details["laws"].items())]
    lines += ["", f"Terreinen van het leven: {', '.join(DOMAINS.values())}."]
    return "\n".join(lines)


_COUNTED = {
    "organisations": "organisaties, teams en balies",
    "topics": "onderwerpen",
    "topics_checked": "onderwerpen die met hun bron zijn vergeleken",
    "rules": "regels",
    "rules_checked": "regels die met hun bron zijn vergeleken",
    "rules_with_condition": "regels met een voorwaarde",
    "questions": "vragen die eerst gesteld kunnen worden",
    "municipalities": "gemeenten",
}
