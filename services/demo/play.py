"""Plays one script to its end, step by step, and says what differs."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from services.demo import messages
from services.demo.checks import always, differences, said
from services.demo.player import File, Heard, Player
from services.demo.road import Road
from services.demo.script import FOLLOWER, REFUSED, Act, Asks, ChecksWebhook, Expected, Fetches, Replies, Script, Step

WORDS = {"text": "Deze woorden zijn verzonnen voor de demonstratie."}


class Different(Exception):
    """It went another way than the script says."""


@dataclass(slots=True)
class Course:
    """How far one script is, and where its question is: read by the board, told by the report."""

    script: Script
    reference: str
    step: int = 0
    waits_for: str = ""
    place: str = "nog niet gesteld"
    holder: str | None = None
    lead: str | None = None
    outcome: str | None = None
    over: bool = False
    wrong: list[str] = field(default_factory=list)

    @property
    def now(self) -> Step:
        return self.script.steps[min(self.step, len(self.script.steps) - 1)]


class Play:
    """One script with its players. `pace` is how long an employee takes for each step, in seconds."""

    def __init__(self, course: Course, players: Mapping[str, Player], road: Road, pace: float = 0) -> None:
        self._course, self._script = course, course.script
        self._players, self._road, self._pace = players, road, pace
        self._asked: messages.Event = {"data": {}}
        acts = [step.act for step in self._script.steps]
        self._secrets = [value for act in acts if isinstance(act, Asks) for value in act.spoilt.values()]

    async def to_the_end(self, deadline: float) -> None:
        """Leaves in the course how it went; never raises for what the installation does."""
        course = self._course
        try:
            async with asyncio.timeout(deadline):
                await self._steps()
        except TimeoutError:
            course.wrong.append(self._stuck(deadline))
        except Different as different:
            course.wrong += [f"stap {course.step + 1} ({self._who(course.now.who)}): {line}" for line in different.args]
        course.wrong += self._wrong_end() if not course.wrong else []
        course.over = True

    async def _steps(self) -> None:
        for number, step in enumerate(self._script.steps):
            self._course.step = number
            if step.act is not None:
                await asyncio.sleep(self._pace)
                await self._act(self._who(step.who), step.act)
            for expected in step.then:
                await self._hear(expected)
        self._course.step = len(self._script.steps)

    async def _hear(self, expected: Expected) -> None:
        """Every agency that must be told is told, and of nothing else before it."""
        for agency in dict.fromkeys(self._who(name) for name in expected.to):
            self._course.waits_for = f"{expected.event} voor {agency}"
            heard = await self._file(agency).next()
            self._follow(heard)
            wrong = differences(expected, heard, agency, self._script.follower)
            wrong += always(heard, self._asked["data"], self._secrets)
            if wrong:
                raise Different(*wrong)
        self._course.waits_for = ""

    def _follow(self, heard: Heard) -> None:
        course, data = self._course, heard.data
        course.holder = data.get("holder", course.holder)
        course.place = said(heard)
        if heard.kind == "handoff.requested" and data["role"] == "lead":
            course.lead = data["receiver"]
        elif heard.kind == "handoff.changed" and (data["role"], data["state"]) == ("lead", "accepted"):
            course.lead = data["receiver"]  # of several that were asked at once, the first to accept
        elif heard.kind == "question.ended":
            course.outcome = data["outcome"]
        elif heard.kind == "input.quarantined" and course.lead is None:
            course.outcome = REFUSED

    async def _act(self, who: str, act: Act) -> None:
        match act:
            case Asks():
                await self._ask(who, act)
            case Replies():
                await self._reply(who, act)
            case Fetches():
                await self._fetch(who, act)
            case ChecksWebhook():
                await self._webhook(who)

    async def _ask(self, who: str, act: Asks) -> None:
        dataref = await self._leave_text(who) if act.personal_text else None
        event = messages.question(who, self._course.reference, act, dataref=dataref)
        if act.same_id:
            event["id"] = self._asked["id"]
        else:
            self._asked = event
        self._players[who].sent(event["id"], self._course.reference)
        if act.over_http:
            await self._ask_over_http(who, act, event)
        else:
            await self._road.publish(who, event, self._course.reference, act.times)

    async def _ask_over_http(self, who: str, act: Asks, event: messages.Event) -> None:
        answer = await self._road.post(who, "questions", event)
        if not act.spoilt:
            told = answer.json() if answer.status_code == 201 else {}
            self._demand(
                bool(told.get("tell") and told.get("handoffs")),
                f"HTTP {answer.status_code} zonder antwoord voor de balie",
            )
            return
        values = [value for value in act.spoilt.values() if value in answer.text]
        self._demand(answer.status_code == 400 and not values, f"HTTP {answer.status_code} op een verboden gegeven")
        self._course.outcome, self._course.place = REFUSED, "aan de deur geweigerd"

    async def _leave_text(self, who: str) -> str:
        answer = await self._road.post(who, "personal-texts", dict(WORDS))
        self._demand(answer.status_code == 201, f"HTTP {answer.status_code} op de tekst van de persoon")
        return str(answer.json()["dataref"])

    async def _reply(self, who: str, act: Replies) -> None:
        known = self._file(act.knows_from or who)
        handoff, version = known.handoffs[act.receiver] if act.receiver else (None, known.question_version)
        if known.question is None:
            raise Different(f"{who} weet van geen vraag")
        self._players[who].replied(str(known.question), self._course.reference)
        event = messages.reply(who, known.question, handoff, version - act.versions_behind, dict(act.reply))
        if not act.over_http:
            await self._road.publish(who, event, str(known.question))
            return
        answer = await self._road.post(who, "replies", event)
        self._demand(answer.status_code == act.status, f"HTTP {answer.status_code} op {act.reply['action']}")

    async def _fetch(self, who: str, act: Fetches) -> None:
        dataref = self._file(self._script.follower).dataref
        answer = await self._road.fetch(who, str(dataref))
        got = (answer.status_code, answer.json() if act.allowed else None)
        self._demand(got == ((200, WORDS) if act.allowed else (404, None)), f"HTTP {answer.status_code} op de tekst")

    async def _webhook(self, who: str) -> None:
        """As much was posted as was heard, and the same bytes."""
        heard = [event.raw for event in self._file(who).events]
        self._course.waits_for = f"de webhook van {who}"
        posted = await self._road.posted(who, str(self._file(who).question), len(heard))
        self._demand(posted == heard, "de webhook kreeg iets anders dan het out-topic")

    def _file(self, agency: str) -> File:
        return self._players[agency].file(self._course.reference)

    def _who(self, name: str) -> str:
        return self._script.follower if name == FOLLOWER else name

    def _demand(self, holds: bool, otherwise: str) -> None:  # noqa: FBT001
        if not holds:
            raise Different(otherwise)

    def _stuck(self, deadline: float) -> str:
        course = self._course
        known = self._file(self._script.follower).question
        return (
            f"na {deadline:.0f} s vast bij stap {course.step + 1} ({self._who(course.now.who)} {course.now.does}): "
            f"wacht op {course.waits_for or 'een antwoord'}; laatst gehoord: {course.place}; "
            f"houder {course.holder or self._script.follower}; vraag {known or 'onbekend'}"
        )

    def _wrong_end(self) -> list[str]:
        course, script = self._course, self._script
        pairs: list[tuple[str, Any, Any]] = [
            ("bestemming", script.to, course.lead),
            ("afloop", script.outcome, course.outcome),
        ]
        return [f"{what}: verwacht {wanted}, gekregen {got}" for what, wanted, got in pairs if wanted != got]
