"""The whole table as one HTML page that a policy officer can read, search in people's words, and print (R-106).

One file without anything from elsewhere: it may be mailed, archived or put on any site. Its own policy
(Content-Security-Policy) allows only the style and the script that are in it.
"""

import base64
import hashlib
from collections import defaultdict
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from routing.data.model import Organisation, Rule, Topic
from routing.data.tables import Table
from routing.readable.dutch import DOMAINS, OUTCOMES, STATUSES, conditions, day, holds, named
from routing.readable.register import counts

HERE = Path(__file__).parent
ROLES = {
    "source": "eerste deur",
    "destination": "neemt vragen over",
    "professional": "alleen voor professionals",
    "advice": "geeft advies",
    "feedback": "krijgt signalen",
    "oversight": "houdt toezicht",
}
_MANY = ("gemeente-", "adv-")


def render(table: Table) -> str:
    """The page of this version. The same table gives the same page, to the letter."""
    style, script = (Markup(_text(name)) for name in ("page.css", "page.js"))  # noqa: S704 - our own two files
    rules: dict[str | None, list[Rule]] = defaultdict(list)
    for rule in table.rules:
        rules[rule.topic].append(rule)
    environment = _environment()
    environment.filters |= {
        "named": lambda to: named(to, table),
        "title_of": lambda code: table.topics[code].title,
        "domain": lambda code: DOMAINS.get(code, code),
        "role": lambda role: ROLES.get(role, role),
        "hours": lambda number: f"{number:g}".replace(".", ","),
    }
    return environment.get_template("page.html.j2").render(
        table=table,
        style=style,
        script=script,
        policy=f"default-src 'none'; style-src '{_hash(style)}'; script-src '{_hash(script)}'",
        domains=_domains(table),
        rules=rules,
        phrases=table.phrases,
        codes=_codes(table),
        organisations=_own(table),
        municipalities=_municipalities(table),
        count=counts(table),
        conditions=lambda when: conditions(when, table),
        named=lambda to: named(to, table),
        anchor=lambda to: _anchor(to, table),
        day=day,
        holds=holds,
        outcomes=OUTCOMES,
        statuses=STATUSES,
    )


def _domains(table: Table) -> list[tuple[str, str, list[Topic]]]:
    """Topics per area of life, both in the order of the alphabet."""
    found: dict[str, list[Topic]] = defaultdict(list)
    for topic in table.topics.values():
        found[topic.domain.value].append(topic)
    return [
        (domain, name, sorted(found[domain], key=lambda one: one.title.casefold()))
        for domain, name in sorted(DOMAINS.items(), key=lambda item: item[1])
        if domain in found
    ]


def _codes(table: Table) -> dict[str, list[tuple[str, str]]]:
    """Per topic the agencies' own codes for it."""
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for agency, codes in table.mappings.items():
        for one in codes.values():
            found[one.topic].append((named(agency, table), one.code))
    return found


def _own(table: Table) -> list[Organisation]:
    found = [one for one in table.organisations.values() if not one.id.startswith(_MANY)]
    return sorted(found, key=lambda one: one.name.casefold())


def _municipalities(table: Table) -> list[Organisation]:
    found = [one for one in table.organisations.values() if one.id.startswith("gemeente-")]
    return sorted(found, key=lambda one: one.name.casefold())


def _anchor(to: str, table: Table) -> str:
    """Where on the page this organisation stands; empty when it depends on the person."""
    if to not in table.organisations:
        return ""
    return "gemeenten" if to.startswith(_MANY) else f"organisatie-{to}"


def _text(name: str) -> str:
    return (HERE / name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
