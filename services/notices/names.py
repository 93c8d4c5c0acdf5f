"""How organisations, moments and routes are said to a person."""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol
from zoneinfo import ZoneInfo

import routing
from contracts.contact import PersonRoute
from contracts.decisions import ContactRoute, Pointer

_ZONE = ZoneInfo("Europe/Amsterdam")
_DAYS = ("maandag", "dinsdag", "woensdag", "donderdag", "vrijdag", "zaterdag", "zondag")
_MONTHS = (
    "januari februari maart april mei juni juli augustus september oktober november december".split()  # noqa: SIM905
)
BACK = "Ga terug naar het loket waar u uw vraag stelde"
"""When the table knows no other human route of an organisation (Awb 2:1)."""


class Names(Protocol):
    """The name and the human route of an organisation."""

    def name(self, organisation: str) -> str: ...
    def route(self, organisation: str) -> str: ...


class TableNames:
    """By the version of the routing table that is in force."""

    def __init__(self, table: routing.Table) -> None:
        self.use(table)

    def use(self, table: routing.Table) -> None:
        self.table = table

    def name(self, organisation: str) -> str:
        found = self.table.organisations.get(organisation)
        return found.name if found is not None else "de organisatie die u helpt"

    def route(self, organisation: str) -> str:
        found = self.table.organisations.get(organisation)
        return route(ContactRoute(phone=found.phone, desk=found.desk)) if found is not None else BACK

    def connected(self, agency: str, today: datetime) -> bool:
        found = self.table.organisation(agency, today.date())
        return found is not None and found.connected_on(today.date())


def route(contact: ContactRoute | PersonRoute) -> str:
    """By phone or at a desk: never digital only (R-21)."""
    ways = []
    if contact.phone:
        ways.append(f"bel {contact.phone}")
    if contact.desk:
        ways.append(f"ga naar: {contact.desk.rstrip('.')}")
    text = ", of ".join(ways) or BACK
    return text[0].upper() + text[1:]


def help_at(pointers: Iterable[Pointer]) -> str:
    """Who can help instead, one line each."""
    lines = [f"{pointer.name}: {pointer.why.rstrip('.')}. {route(pointer.contact)}." for pointer in pointers]
    return "\n".join(lines) or "Vraag het ons: wij denken met u mee."


def day(moment: datetime) -> str:
    """2 maart 2026."""
    local = _local(moment)
    return f"{local.day} {_MONTHS[local.month - 1]} {local.year}"


def hour(moment: datetime) -> str:
    """op maandag 2 maart om 10.00 uur."""
    local = _local(moment)
    return f"op {_DAYS[local.weekday()]} {local.day} {_MONTHS[local.month - 1]} om {local:%H.%M} uur"


def _local(moment: datetime) -> datetime:
    """At the edge of the calendar there may be no local time; what an agency once sent is still told."""
    try:
        return moment.astimezone(_ZONE)
    except OverflowError:
        return moment
