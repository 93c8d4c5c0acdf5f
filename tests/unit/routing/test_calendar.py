"""Working time around weekends, holidays, the two nights the clock changes, and the turn of the year."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from routing.data.calendar import Calendar, NeverOpen, always, day_of

HERE = ZoneInfo("Europe/Amsterdam")
NINE_TO_FIVE = ((time(9), time(17)),)
OFFICE = Calendar("kantoor", HERE, (*(NINE_TO_FIVE,) * 5, (), ()), frozenset({date(2026, 12, 25), date(2027, 1, 1)}))
ALWAYS = always("altijd", HERE)
NIGHT = Calendar("nacht", HERE, (((time(0), time(4)), (time(22), time(0))),) * 7)
ISLAND = Calendar(
    "eiland", ZoneInfo("America/Kralendijk"), (*(((time(8), time(12)), (time(13), time(16))),) * 5, (), ())
)

CALENDARS = st.sampled_from([OFFICE, ALWAYS, NIGHT, ISLAND])


def between(first: str, last: str) -> st.SearchStrategy[datetime]:
    return st.datetimes(datetime.fromisoformat(first), datetime.fromisoformat(last), timezones=st.just(UTC))


MOMENTS = between("2026-01-01", "2028-01-01")
NEAR_DST = between("2026-03-27", "2026-03-31") | between("2026-10-23", "2026-10-27")
NEW_YEAR = between("2026-12-22", "2027-01-06")
WHEN = MOMENTS | NEAR_DST | NEW_YEAR
WORK = st.timedeltas(timedelta(), timedelta(hours=200))


def local(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=HERE)


@given(CALENDARS, WHEN, WORK)
def test_what_was_added_lies_between(calendar, start, work):
    assert calendar.between(start, calendar.after(start, work)) == work


@given(CALENDARS, WHEN, WORK, WORK)
def test_two_terms_in_a_row_are_one(calendar, start, first, second):
    assert calendar.after(calendar.after(start, first), second) == calendar.after(start, first + second)


@given(CALENDARS, WHEN, WORK, st.timedeltas(timedelta(), timedelta(days=20)))
def test_who_starts_later_is_never_done_earlier(calendar, start, work, later):
    assert calendar.after(start, work) <= calendar.after(start + later, work)


@given(CALENDARS, WHEN, st.timedeltas(timedelta(minutes=1), timedelta(hours=90)))
def test_a_term_ends_while_somebody_is_there(calendar, start, work):
    end = calendar.after(start, work)
    day = end.astimezone(calendar.zone).date()
    near = [*calendar.on(day - timedelta(days=1)), *calendar.on(day)]
    assert any(opens < end <= closes for opens, closes in near)


@given(WHEN, WORK)
@example(datetime(2026, 3, 29, 0, 30, tzinfo=UTC), timedelta(hours=1))
@example(datetime(2026, 10, 25, 0, 30, tzinfo=UTC), timedelta(hours=2))
def test_day_and_night_is_elapsed_time_also_when_the_clock_changes(start, work):
    assert ALWAYS.after(start, work) == start + work


@pytest.mark.parametrize(
    ("start", "hours", "end"),
    [
        ("2026-11-20T16:00", 2, "2026-11-23T10:00"),  # over a weekend
        ("2026-11-21T12:00", 8, "2026-11-23T17:00"),  # begun on a Saturday
        ("2026-12-24T16:00", 2, "2026-12-28T10:00"),  # Christmas Day, then a weekend
        ("2026-12-31T16:00", 2, "2027-01-04T10:00"),  # over the turn of the year
        ("2026-03-27T16:00", 2, "2026-03-30T10:00"),  # the clock goes forward in that weekend
        ("2026-10-23T16:00", 2, "2026-10-26T10:00"),  # and back
        ("2026-11-23T05:00", 1, "2026-11-23T10:00"),  # before opening
        ("2026-11-23T20:00", 0, "2026-11-23T20:00"),  # nothing to wait for
    ],
)
def test_office_hours(start, hours, end):
    assert OFFICE.after(local(start), timedelta(hours=hours)) == local(end)


def test_the_night_the_clock_goes_forward_is_an_hour_shorter():
    start = local("2026-03-28T22:00")
    assert NIGHT.after(start, timedelta(hours=5)) == local("2026-03-29T04:00")  # 2 + 3 hours, not 2 + 4
    assert NIGHT.after(local("2026-10-24T22:00"), timedelta(hours=7)) == local("2026-10-25T04:00")


def test_it_does_not_matter_in_which_zone_a_moment_is_written():
    start = local("2026-03-29T01:30")
    assert ALWAYS.after(start, timedelta(hours=1)) == start.astimezone(UTC) + timedelta(hours=1)


def test_on_an_island_it_is_another_hour():
    assert ISLAND.after(local("2026-11-23T09:00"), timedelta(hours=1)) == local("2026-11-23T14:00")


def test_a_calendar_without_hours_says_so():
    with pytest.raises(NeverOpen):
        Calendar("dicht", HERE, ((),) * 7).after(local("2026-11-23T09:00"), timedelta(hours=1))


@given(WHEN, st.timedeltas(timedelta(), timedelta(days=3)))
def test_backwards_nothing_has_passed(start, before):
    assert OFFICE.between(start, start - before) == timedelta()


@pytest.mark.parametrize(
    ("moment", "day"),
    [
        ("2026-11-22T22:59:59+00:00", date(2026, 11, 22)),
        ("2026-11-22T23:00:00+00:00", date(2026, 11, 23)),  # midnight in winter
        ("2026-07-01T21:59:59+00:00", date(2026, 7, 1)),
        ("2026-07-01T22:00:00+00:00", date(2026, 7, 2)),  # and in summer
        ("2026-11-23T05:00:00+09:00", date(2026, 11, 22)),  # elsewhere it is tomorrow already
    ],
)
def test_the_day_of_a_moment_is_the_dutch_one(moment, day):
    assert day_of(datetime.fromisoformat(moment)) == day
