"""Working time: when an organisation is open, and when so much of it will have passed.

Hours are local and durations are elapsed, so a night in which the clock changes is as long as it really is.
Source of the closed days: Algemene termijnenwet, articles 1 and 3; all of it is data with a reviewer.
"""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_DAY = timedelta(days=1)
_NO_TIME = timedelta()
_NEDERLAND = ZoneInfo("Europe/Amsterdam")
_LONGEST_CLOSED_DAYS = 60

Hours = tuple[tuple[time, time], ...]
"""Local opening hours of one day, in order. Closing at 00:00 is the end of the day."""

Open = tuple[tuple[datetime, datetime], ...]
"""The same as moments, in UTC."""


def day_of(moment: datetime) -> date:
    """The Dutch day of a moment: the days in the table are days in the Netherlands."""
    return moment.astimezone(_NEDERLAND).date()


class NeverOpen(ValueError):
    """The calendar has no working time in the weeks to come: a term on it would never end."""


@dataclass(frozen=True, slots=True)
class Calendar:
    """Opening hours per weekday (Monday first) and the days on which nobody is there."""

    id: str
    zone: ZoneInfo
    week: tuple[Hours, ...]
    closed: frozenset[date] = frozenset()
    _days: dict[date, Open] = field(default_factory=dict, repr=False, compare=False)

    def on(self, day: date) -> Open:
        """When it is open on this local day."""
        found = self._days.get(day)
        if found is None:
            hours = () if day in self.closed else self.week[day.weekday()]
            found = self._days[day] = tuple(
                (start, end) for start, end in (self._moments(day, *one) for one in hours) if start < end
            )
        return found

    def _moments(self, day: date, opens: time, closes: time) -> tuple[datetime, datetime]:
        until = day + _DAY if closes == time.min else day
        return self._moment(day, opens), self._moment(until, closes)

    def _moment(self, day: date, at: time) -> datetime:
        return datetime.combine(day, at, self.zone).astimezone(UTC)

    def after(self, start: datetime, working: timedelta) -> datetime:
        """The moment at which so much working time has passed since `start`; raises NeverOpen.

        The end of a day and the beginning of the next open one are the same working moment: the earlier is given.
        """
        if working <= _NO_TIME:
            return start
        start = start.astimezone(UTC)  # adding to a local moment would be by the clock on the wall
        day, left, closed = start.astimezone(self.zone).date() - _DAY, working, 0
        while closed < _LONGEST_CLOSED_DAYS:
            closed += 1
            for opens, closes in self.on(day):
                begin = max(opens, start)
                if begin >= closes:
                    continue
                if closes - begin >= left:
                    return begin + left
                left -= closes - begin
                closed = 0
            day += _DAY
        raise NeverOpen(self.id)

    def between(self, start: datetime, end: datetime) -> timedelta:
        """How much working time lies between two moments; none when they are the wrong way round."""
        day, last, passed = start.astimezone(self.zone).date() - _DAY, end.astimezone(self.zone).date(), _NO_TIME
        while day <= last:
            for opens, closes in self.on(day):
                passed += max(min(closes, end) - max(opens, start), _NO_TIME)
            day += _DAY
        return passed


def always(name: str, zone: ZoneInfo) -> Calendar:
    """Day and night: what an organisation without known hours is not given by accident, but by name."""
    return Calendar(name, zone, (((time.min, time.min),),) * 7)
