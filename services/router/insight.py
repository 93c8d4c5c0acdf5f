"""HTTP for who wants to know why: decisions explained, rules counted, lessons, and the table as people read it."""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

import asyncpg
from fastapi import Depends, FastAPI, Request
from fastapi.responses import HTMLResponse

import routing
from routing.data.model import Rule
from routing.versions.files import unpack
from services.platform.database import Pool
from services.platform.editions import Editions
from services.platform.http import ProblemError, acceptable, body_of
from services.router import amend, learning, ledger
from services.router.api import Api, doing, given
from services.router.bodies import (
    Lesson,
    Lessons,
    LessonStep,
    Rules,
    RuleTally,
    Suggestions,
    UnmappedCode,
    UnmappedCodes,
    Words,
)
from services.router.explanation import Explanation, explain
from services.router.governance import NotAllowed, Proposal, Right, Steward
from services.router.lessons import Life, sentence
from services.router.model import Router
from services.router.stewardship import Stewardship, Unknown


class Insight:
    """Adds its routes to the API of the stewards."""

    def __init__(
        self, api: Api, pool: Pool, router: Router, editions: Editions[routing.Table], stewardship: Stewardship
    ) -> None:
        self._pool, self._router, self._editions, self._stewardship = pool, router, editions, stewardship
        self._shown: dict[str, dict[str, Any]] = {}
        self._routes(api.api, Annotated[Steward, Depends(api.steward)])
        self._open_routes(api.api)

    def _routes(self, api: FastAPI, steward: Any) -> None:
        @api.get("/decisions/{question}", **_EXPLAIN)
        async def decisions(request: Request, question: UUID, by: steward) -> Any:
            acceptable(request)
            found = await explain(self._pool, self._editions, question)
            if found is None:
                raise ProblemError(404, "Nothing was decided on such a question here.")
            return found

        @api.get("/rules", **_RULES)
        async def rules(request: Request, by: steward) -> Any:
            acceptable(request)
            return Rules(rules=[_tally(row) for row in await learning.tallies(self._pool)])

        @api.get("/unmapped-codes", **_CODES)
        async def codes(request: Request, by: steward) -> Any:
            acceptable(request)
            return UnmappedCodes(codes=[UnmappedCode(**row) for row in await learning.unmapped_codes(self._pool)])

        @api.get("/lessons", **_LESSONS)
        async def lessons(request: Request, by: steward) -> Any:
            acceptable(request)
            rules = {rule.id: rule for rule in self._router.table.rules}
            return Lessons(lessons=[_lesson(row, rules) for row in await learning.lessons(self._pool)])

        @api.post("/lessons/{lesson}/steps", **_LESSON)
        async def step(request: Request, lesson: UUID, by: steward) -> Any:
            wanted = await given(request, LessonStep)
            now = datetime.now(UTC)
            if wanted.action == "accept":
                return await doing(self._accept(lesson, by, now))
            return await doing(self._reject(lesson, by, str(wanted.reason), now))

        @api.post("/suggestions", **_SUGGEST)
        async def suggest(request: Request, by: steward) -> Any:
            words = await given(request, Words)
            today = routing.day_of(datetime.now(UTC))
            found = await asyncio.to_thread(
                routing.suggest, self._router.table, words.text, today=today, limit=words.limit
            )
            danger = routing.hear_danger(self._router.table, words.text, today=today)
            return Suggestions.model_validate({"suggestions": found, "danger": danger}, from_attributes=True)

    def _open_routes(self, api: FastAPI) -> None:
        """How the government decides is for everybody to read: no token."""

        @api.get("/table", **_PAGE)
        async def page() -> Any:
            return HTMLResponse((await doing(self._show()))["page"])

        @api.get("/algorithm-register", **_REGISTER)
        async def register(request: Request) -> Any:
            acceptable(request)
            return (await doing(self._show()))["register"]

    async def _show(self) -> dict[str, Any]:
        """Made once per version, in a process of its own; only the one in force is remembered."""
        version = self._router.table.version
        if version not in self._shown:
            self._shown = {version: await self._stewardship.show(version)}
        return self._shown[version]

    async def _reject(self, lesson: UUID, by: Steward, reason: str, now: datetime) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            found = _open(await learning.lesson_of(connection, lesson), by)
            await learning.decide(connection, found, Life.REJECTED, by.role, now, reason)

    async def _accept(self, lesson: UUID, by: Steward, now: datetime) -> Proposal:
        """A proposal that a second person still has to approve."""
        async with self._pool.acquire() as connection:
            found = _open(await learning.lesson_of(connection, lesson), by)
            base = (await self._stewardship.history(connection)).last
            table = await self._table(base)
        rule = next((one for one in table.rules if one.id == found["rule"]), None)
        if rule is None:
            raise NotAllowed("by-hand", "The rule is no longer in the table.")
        changes = {amend.file_of(rule): await self._amended(base, rule, found["suggested"])}
        weighed = await self._stewardship.weigh(base, None, changes)
        async with self._pool.acquire() as connection, connection.transaction():
            await ledger.alone(connection)
            found = _open(await learning.lesson_of(connection, lesson), by)
            why = await self._why(found, rule, table)
            made = await self._stewardship.propose_in(connection, by, why, base, weighed, now)
            await learning.decide(connection, found, Life.ACCEPTED, by.role, now, None, made.proposal)
        return made

    async def _table(self, version: str) -> routing.Table:
        try:
            async with self._pool.acquire() as connection:
                return await self._editions.of(connection, version)
        except KeyError:
            raise NotAllowed("on-its-way", f"Version {version} is still on its way. Try again.") from None

    async def _amended(self, base: str, rule: Rule, suggested: str) -> str:
        text = unpack(await self._stewardship.content(base))[amend.file_of(rule)]
        if rule.to == suggested:
            raise NotAllowed("no-change", f"The rule leads to {suggested} already.")
        try:
            return amend.amended(text, rule, suggested)
        except amend.Unsafe as unsafe:
            raise NotAllowed("by-hand", f"{unsafe} Change it by hand: {amend.place_of(rule)}.") from unsafe

    async def _why(self, lesson: asyncpg.Record, rule: Rule, table: routing.Table) -> str:
        [row] = [one for one in await learning.lessons(self._pool) if one["lesson"] == lesson["lesson"]]
        said = _sentence(row)
        if amend.still_says(rule, table):
            said += " Let op: de tekst voor de burger noemt nog de vorige organisatie."
        return said[:600]


def _open(lesson: asyncpg.Record | None, by: Steward) -> asyncpg.Record:
    if Right.PROPOSE not in by.may:
        raise NotAllowed("no-right", f"This role may not {Right.PROPOSE.value}.")
    if lesson is None:
        raise Unknown("lesson")
    if lesson["status"] != Life.OPEN.value:
        raise NotAllowed("not-now", f"The lesson is {lesson['status']}.")
    return lesson


def _tally(row: asyncpg.Record) -> RuleTally:
    return RuleTally(**row, misrouted=round(row["refusals"] / row["decisions"], 4) if row["decisions"] else 0.0)


def _lesson(row: asyncpg.Record, rules: dict[str, Rule]) -> Lesson:
    rule = rules.get(row["rule"])
    place = amend.place_of(rule) if rule is not None else None
    values = {name: row[name] for name in row.keys() if name in Lesson.model_fields}  # noqa: SIM118 - a record
    return Lesson(**{**values, "reasons": sorted(row["reasons"] or ())}, text=_sentence(row), place=place)


def _sentence(row: asyncpg.Record) -> str:
    return sentence(row["rule"], row["declined"], row["decisions"], row["said"], row["suggested"])


_EXPLAIN: dict[str, Any] = {
    "summary": "Waarom is zo besloten, en is het na te spelen",
    "response_model": Explanation,
    "response_model_exclude_none": True,
    "responses": {404: {}},
}
_RULES: dict[str, Any] = {"summary": "Hoe vaak klopte elke regel", "response_model": Rules}
_CODES: dict[str, Any] = {
    "summary": "Codes van organisaties die nog niet vertaald zijn",
    "response_model": UnmappedCodes,
}
_LESSONS: dict[str, Any] = {"summary": "Wat weigeringen leren", "response_model": Lessons}
_LESSON: dict[str, Any] = {
    "summary": "Maak van een les een voorstel, of wijs haar af",
    "response_model": Proposal | None,
    "responses": {403: {}, 404: {}, 409: {}, 413: {}, 415: {}, 503: {}},
    "openapi_extra": body_of(LessonStep),
}
_SUGGEST: dict[str, Any] = {
    "summary": "Waar gaan deze woorden over",
    "response_model": Suggestions,
    "responses": {413: {}, 415: {}},
    "openapi_extra": body_of(Words),
}
_PAGE: dict[str, Any] = {
    "summary": "De tabel die geldt, om te lezen",
    "response_class": HTMLResponse,
    "responses": {503: {}},
}
_REGISTER: dict[str, Any] = {
    "summary": "De beschrijving voor het Algoritmeregister",
    "response_model": dict[str, Any],
    "responses": {503: {}},
}
