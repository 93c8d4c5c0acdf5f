"""The calendars of the table: reads opening hours and closed days, and says which organisation keeps which."""

import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from routing.data.calendar import Calendar, Hours, NeverOpen
from routing.data.read import Fault, Record

DEFAULT = "kantoor"
"""For organisations that did not give hours of their own."""
ALWAYS = "altijd"
"""For what cannot wait for opening hours (norms with `around_the_clock`)."""

DAYS = ("ma", "di", "wo", "do", "vr", "za", "zo")
KINDS = frozenset({"holiday", "equated", "decree", "closure"})
CALENDAR_FIELDS = frozenset({"id", "zone", "hours", "holidays", "checked", "source"})
_SPAN = re.compile(r"([01][0-9]|2[0-3]):([0-5][0-9])-([01][0-9]|2[0-4]):([0-5][0-9])")
_PROVEN_FOR = timedelta(hours=200)


def calendars(found: list[Record], closed: list[Record]) -> tuple[dict[str, Calendar], list[Fault]]:
    """All calendars, and what is wrong with any of them."""
    days, faults = _closed(closed)
    made: dict[str, Calendar] = {}
    for record in found:
        faults += [
            record.fault("unknown-field", f"'{key}' is geen veld van calendar", key)
            for key in record.values.keys() - CALENDAR_FIELDS
        ]
        try:
            one = _calendar(record.values, days)
            one.after(datetime(2026, 1, 1, tzinfo=one.zone), _PROVEN_FOR)
        except NeverOpen:
            faults.append(record.fault("never-open", f"{record.values['id']}: hier is nooit iemand", "hours"))
        except ZoneInfoNotFoundError as error:
            faults.append(record.fault("wrong-value", f"deze tijdzone bestaat niet: {error}", "zone"))
        except KeyError as error:
            faults.append(record.fault("missing-field", f"veld {error} ontbreekt"))
        except (ValueError, TypeError, AttributeError, OSError) as error:
            faults.append(record.fault("wrong-value", str(error)))
        else:
            if one.id in made:
                faults.append(record.fault("duplicate-id", f"calendar '{one.id}' staat er al", "id"))
            made[one.id] = one
    return made, faults


def missing(made: dict[str, Calendar], records: list[Record]) -> Iterator[Fault]:
    """The two that code relies on."""
    for name in (DEFAULT, ALWAYS):
        if name not in made and records:
            yield records[0].fault("missing-calendar", f"calendar '{name}' ontbreekt")


def _closed(records: list[Record]) -> tuple[frozenset[date], list[Fault]]:
    days: set[date] = set()
    faults: list[Fault] = []
    for record in records:
        row = record.values
        try:
            day = date.fromisoformat(row["day"])
        except (KeyError, ValueError, TypeError):
            faults.append(record.fault("wrong-value", f"'{row.get('day')}' is geen dag: jjjj-mm-dd"))
            continue
        if day in days:
            faults.append(record.fault("duplicate-id", f"{day} staat er al"))
        if row.get("kind") not in KINDS:
            faults.append(record.fault("wrong-value", f"'{row.get('kind')}' is geen soort gesloten dag"))
        if not row.get("source"):
            faults.append(record.fault("missing-source", f"{day} heeft geen bron"))
        days.add(day)
    return frozenset(days), faults


def _calendar(values: dict[str, Any], closed: frozenset[date]) -> Calendar:
    hours = values["hours"]
    if unknown := hours.keys() - set(DAYS):
        raise ValueError(f"{', '.join(sorted(unknown))} is geen dag van de week")
    return Calendar(
        str(values["id"]),
        ZoneInfo(str(values["zone"])),
        tuple(_hours(hours.get(day) or ()) for day in DAYS),
        closed if values["holidays"] else frozenset(),
    )


def _hours(spans: Any) -> Hours:
    found: list[tuple[time, time]] = []
    for span in spans:
        match = _SPAN.fullmatch(str(span))
        if match is None:
            raise ValueError(f"'{span}' is geen tijd van openen en sluiten: 09:00-17:00")
        opens = time(int(match[1]), int(match[2]))
        closes = time(0) if match[3] == "24" else time(int(match[3]), int(match[4]))
        after_the_one_before = not found or (found[-1][1] != time.min and found[-1][1] <= opens)
        if not (closes == time.min or opens < closes) or not after_the_one_before:
            raise ValueError(f"'{span}' sluit voor het opent, of valt samen met de tijd ervoor")
        found.append((opens, closes))
    return tuple(found)
