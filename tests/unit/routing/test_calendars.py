"""The calendars of the table: opening hours and closed days as data that cannot be wrong in silence."""

from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import holidays
import pytest

import routing
from routing.data.calendars import calendars
from routing.data.read import read

HERE = ZoneInfo("Europe/Amsterdam")
GOOD = """
- {id: kantoor, zone: Europe/Amsterdam, hours: {ma: ["09:00-17:00"]}, holidays: true, source: x}
"""
DAYS = "day,name,kind,checked,source\n2026-12-28,Dicht,closure,true,x\n"


def faults(text: str = GOOD, closed: str = DAYS) -> list[str]:
    records, wrong = read(Path("calendars.yaml"), text)
    days, also_wrong = read(Path("closed-days.csv"), closed)
    return [fault.code for fault in [*wrong, *also_wrong, *calendars(records, days)[1]]]


def test_the_closed_days_are_those_of_the_law() -> None:
    """Algemene termijnenwet art. 3: 5 May every year, Good Friday put on a par; a library is the second opinion."""
    table = routing.load()
    closed = table.calendars["kantoor"].closed
    for year in range(2025, 2031):
        public = holidays.country_holidays("NL", years=year, categories=("public", "optional"))
        weekdays = {day for day in public if day.weekday() < 5}
        ours = {day for day in closed if day.year == year and day.weekday() < 5}
        decree = {
            day for day in ours - weekdays if date.toordinal(day - timedelta(days=1)) in map(date.toordinal, public)
        }
        assert ours - decree == weekdays


def test_a_person_abroad_finds_somebody_at_any_hour() -> None:
    table = routing.load()
    christmas = datetime(2026, 12, 25, 3, 0, tzinfo=HERE)
    hour = timedelta(hours=1)
    assert table.calendar("loket-buitenland").after(christmas, hour) == christmas + hour
    assert table.calendar("svb").after(christmas, hour) == datetime(2026, 12, 28, 10, 0, tzinfo=HERE)
    assert table.calendar("bestaat-niet") is table.calendars["kantoor"]


def test_a_good_calendar_has_no_faults() -> None:
    assert faults() == []


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        (GOOD.replace("ma:", "maandag:"), "wrong-value"),
        (GOOD.replace("09:00-17:00", "17:00-09:00"), "wrong-value"),
        (GOOD.replace("09:00-17:00", "9-5"), "wrong-value"),
        (GOOD.replace('"09:00-17:00"', '"09:00-12:00", "11:00-17:00"'), "wrong-value"),
        (GOOD.replace("Europe/Amsterdam", "Europe/Utrecht"), "wrong-value"),
        (GOOD.replace('["09:00-17:00"]', "[]"), "never-open"),
        (GOOD.replace("source: x", "colour: red"), "unknown-field"),
        (GOOD.replace("zone: Europe/Amsterdam, ", ""), "missing-field"),
        (GOOD + GOOD, "duplicate-id"),
    ],
)
def test_a_wrong_calendar_is_a_fault(text: str, fault: str) -> None:
    assert fault in faults(text)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ("2026-02-30,Dicht,closure,true,x", "wrong-value"),
        ("2026-12-29,Dicht,feest,true,x", "wrong-value"),
        ("2026-12-28,Nog eens,closure,true,x", "duplicate-id"),
        ("2026-12-29,Dicht,closure,true,", "missing-source"),
    ],
)
def test_a_wrong_closed_day_is_a_fault(row: str, fault: str) -> None:
    assert fault in faults(closed=f"{DAYS}{row}\n")
