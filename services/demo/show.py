"""A whole performance: all cases side by side, then what nobody expected, then the verdict."""

import asyncio
import secrets
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field

from services.demo.checks import said
from services.demo.play import Course, Play
from services.demo.player import Player
from services.demo.road import Place, Road
from services.demo.script import Case, ChecksWebhook

DEADLINE = 120.0
Audit = Callable[[], Awaitable[list[str]]]


@dataclass(slots=True)
class Result:
    """One case and how each of its questions went."""

    case: Case
    courses: list[Course]

    @property
    def over(self) -> bool:
        return all(course.over for course in self.courses)

    @property
    def wrong(self) -> list[str]:
        many = len(self.courses) > 1
        return [f"{course.reference}: {line}" if many else line for course in self.courses for line in course.wrong]


@dataclass(slots=True)
class Performance:
    """Everything that was played and everything that differs."""

    mark: str
    """How the references of this play begin."""
    results: list[Result]
    stray: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    """What the audit found wrong afterwards."""
    repeats: int = 0
    played: float = 0
    """Seconds until the last case was over."""
    audited: float = 0

    @property
    def over(self) -> bool:
        return all(result.over for result in self.results)

    @property
    def good(self) -> bool:
        return not self.stray and not self.findings and all(result.over and not result.wrong for result in self.results)


def prepared(cases: Iterable[Case], run: str | None = None) -> Performance:
    """The courses of all cases, under references no other run uses."""
    mark = f"demo-{run or secrets.token_hex(4)}-"
    return Performance(
        mark,
        [
            Result(case, [Course(one, f"{mark}{case.id}-{number}") for number, one in enumerate(case.scripts, 1)])
            for case in cases
        ],
    )


async def perform(
    performance: Performance,
    place: Place,
    *,
    deadline: float = DEADLINE,
    pace: float = 0,
    audit: Audit | None = None,
) -> Performance:
    """Play all of it; what differs is in the performance.

    The audit comes before the last look, because it waits until nothing is on its way any more: whoever is told
    too much has been told it by then.
    """
    courses = [course for result in performance.results for course in result.courses]
    if not courses:
        return performance
    agencies = sorted({agency for course in courses for agency in course.script.agencies()})
    players = {agency: Player(agency, performance.mark) for agency in agencies}
    async with Road(place, players, _webhooks(courses)) as road:
        begin = time.monotonic()
        await _all(courses, players, road, deadline, pace)
        performance.played = time.monotonic() - begin
        performance.findings = await audit() if audit else []
        performance.audited = time.monotonic() - begin - performance.played
        await road.hearing.caught_up()
        performance.stray = _stray(players.values(), courses)
        performance.repeats = sum(player.repeats for player in players.values())
    return performance


async def _all(courses: Sequence[Course], players: dict[str, Player], road: Road, deadline: float, pace: float) -> None:
    """Until all are over; when nobody can hear any more there is nothing to wait for."""
    plays = [asyncio.create_task(Play(course, players, road, pace).to_the_end(deadline)) for course in courses]
    await road.hearing.during(asyncio.gather(*plays))


def _webhooks(courses: Iterable[Course]) -> set[str]:
    steps = (step for course in courses for step in course.script.steps)
    return {step.who for step in steps if isinstance(step.act, ChecksWebhook)}


def _stray(players: Iterable[Player], courses: Iterable[Course]) -> list[str]:
    """What an agency was told that no script expects, and what it was not told in between.

    Of a course that differs already, the rest was not looked at.
    """
    good = {course.reference for course in courses if not course.wrong}
    found = []
    for player in players:
        found += player.missing
        for reference, file in player.files.items():
            if reference in good:
                found += [f"{reference}: {player.agency} hoorde ook {said(heard)}" for heard in file.unread()]
    return found
