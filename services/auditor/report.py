"""What a check found: how much it looked at, what is still on its way, and who breaks the rule."""

from dataclasses import dataclass, field
from typing import Any

KEPT = 10_000
"""So many offenders are named per check; all are counted."""


@dataclass(frozen=True, slots=True)
class Offender:
    """Where an invariant is broken: the id of a question, or the place of a record; and in what way."""

    place: str
    what: str


@dataclass(slots=True)
class Result:
    """One invariant."""

    number: str
    title: str
    examined: int = 0
    in_flight: int = 0
    broken: int = 0
    seconds: float = 0.0
    notes: list[str] = field(default_factory=list)
    offenders: list[Offender] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return self.broken == 0

    def breach(self, place: object, what: str) -> None:
        self.broken += 1
        if len(self.offenders) < KEPT:
            self.offenders.append(Offender(str(place), what))

    def line(self) -> str:
        """The one line an operator reads."""
        verdict = "OK    " if self.holds else "BROKEN"
        counts = [f"{self.examined} examined"]
        counts += [f"{self.in_flight} in flight"] if self.in_flight else []
        counts += [f"{self.broken} broken"] if self.broken else []
        notes = "".join(f"; {note}" for note in self.notes)
        return f"{self.number:>2} {verdict} {self.title}: {', '.join(counts)}{notes} ({self.seconds:.1f} s)"

    def shown(self) -> dict[str, Any]:
        """The same for a machine."""
        return {
            "invariant": self.number,
            "title": self.title,
            "holds": self.holds,
            "examined": self.examined,
            "in_flight": self.in_flight,
            "broken": self.broken,
            "seconds": round(self.seconds, 3),
            "notes": self.notes,
            "offenders": [{"place": one.place, "what": one.what} for one in self.offenders],
        }
