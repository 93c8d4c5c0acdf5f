"""What time it is and whose hours count: everything the pure domain may know of the world besides its events."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

import routing
from contracts.decisions import Norm
from routing.data.calendar import Calendar
from routing.data.calendars import ALWAYS


@dataclass(frozen=True, slots=True)
class At:
    """One moment under one version of the routing table."""

    now: datetime
    table: routing.Table

    def after(self, start: datetime, minutes: float, organisation: str, norm: Norm) -> datetime:
        """When so many minutes of the organisation's working time have passed since `start`."""
        return self._calendar(organisation, norm).after(start, timedelta(minutes=minutes))

    def between(self, start: datetime, end: datetime, organisation: str, norm: Norm) -> timedelta:
        """How much of the organisation's working time lies between two moments."""
        return self._calendar(organisation, norm).between(start, end)

    def _calendar(self, organisation: str, norm: Norm) -> Calendar:
        return self.table.calendars[ALWAYS] if norm.around_the_clock else self.table.calendar(organisation)

    def norm(self, told: Norm) -> Norm:
        """The norm of this class as the table has it now; what was told before when it no longer has it."""
        return self.table.norm(told.code) if told.code in self.table.norms else told

    @property
    def day(self) -> date:
        return routing.day_of(self.now)

    def there(self, organisation: str) -> bool:
        """Whether it can act today."""
        return self.table.there(organisation, self.day)

    def ended(self, organisation: str) -> bool:
        """It is no more, and will not be back."""
        return self.table.organisation(organisation, self.day) is None

    def takes_over(self, organisation: str) -> str | None:
        """Who has its open questions while it is not there; none when the table names nobody."""
        return self.table.takes_over(organisation, self.day)

    @property
    def triage(self) -> str:
        """The desk that takes what nobody else moves."""
        return self.table.settings.triage
