"""HTTP for agencies without a system of their own: what waits for them, what they may do, and who held a question."""

import base64
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, FastAPI, Query, Request, Response
from pydantic import Field

from contracts.base import Contract, OrganisationId, Timestamp, TopicCode
from contracts.quarantine import Fault
from services.intake.api import NOT_YOURS, Api
from services.intake.beside import store_beside
from services.intake.steps import History, Step, held
from services.intake.telling import told
from services.intake.views import QuestionView, ToTell
from services.intake.work import Wanted, WorkItem, WorkState, item, items
from services.platform.database import Pool
from services.platform.http import ProblemError, acceptable, invalid
from services.platform.keyed import KeyedStore

_LARGEST_PAGE = 200


class WorkPage(Contract):
    """One page of a list, what is due first in front. `next` is the address of the rest; empty when this is all."""

    agency: OrganisationId
    items: tuple[WorkItem, ...]
    next: str | None = None


class WorkOnQuestion(Contract):
    """What one organisation may do with one question now."""

    agency: OrganisationId
    items: tuple[WorkItem, ...]
    tell: tuple[ToTell, ...] = Field(default=(), description="For the first door: what to say to the person.")


@dataclass(frozen=True, slots=True)
class _Asked:
    """Which list, and which part of it."""

    what: Annotated[
        Wanted, Query(description="What waits for you or for others, what you only follow, or what to tell the person.")
    ] = Wanted.TO_DO
    state: Annotated[WorkState | None, Query()] = None
    topic: Annotated[TopicCode | None, Query()] = None
    overdue: Annotated[bool, Query(description="Only what is past its norm.")] = False
    due_before: Annotated[Timestamp | None, Query(alias="dueBefore")] = None
    limit: Annotated[int, Query(ge=1, le=_LARGEST_PAGE)] = 50
    cursor: Annotated[str | None, Query(max_length=200, description="From `next`; means nothing by itself.")] = None

    def before(self, now: datetime) -> datetime | None:
        """The earlier of both bounds."""
        return min((one for one in (self.due_before, now if self.overdue else None) if one is not None), default=None)

    def following(self, cursor: str) -> str:
        """The query of the next page."""
        chosen = {"what": self.what.value, "state": self.state and self.state.value, "topic": self.topic}
        more = {
            "overdue": "true" if self.overdue else None,
            "dueBefore": self.due_before and self.due_before.isoformat(),
            "limit": str(self.limit),
            "cursor": cursor,
        }
        return urlencode({name: value for name, value in (chosen | more).items() if value is not None})


class WorkList:
    """Adds its routes to the API of the agencies."""

    def __init__(self, api: Api, pool: Pool, store: KeyedStore[QuestionView]) -> None:
        self._api, self._pool, self._store = api, pool, store
        self._routes(api.api, Annotated[str, Depends(api.agency)])

    def _routes(self, api: FastAPI, agency: Any) -> None:
        @api.get("/work", **_LIST)
        async def work(
            request: Request, response: Response, by: agency, asked: Annotated[_Asked, Depends(_Asked)]
        ) -> Any:
            acceptable(request)
            page = await self._page(by, asked, datetime.now(UTC))
            if page.next is not None:
                response.headers["Link"] = f'<{page.next}>; rel="next"'
            return page

        @api.get("/work/{question}", **_ONE)
        async def one(request: Request, question: UUID, by: agency) -> Any:
            acceptable(request)
            view = await self._seen_by(by, question)
            tell = view.telling if by == view.follower else ()
            return WorkOnQuestion(agency=by, items=tuple(items(view, by, datetime.now(UTC))), tell=tell)

        @api.post("/work/{question}/told/{notice}", **_TOLD)
        async def told_them(question: UUID, notice: UUID, by: agency) -> Response:
            await self._told(by, question, notice, datetime.now(UTC))
            return Response(status_code=204)

        @api.get("/questions/{question}/history", **_HISTORY)
        async def history(request: Request, question: UUID, by: agency) -> Any:
            acceptable(request)
            await self._seen_by(by, question)
            rows = await self._pool.fetch("select step from history where question = $1 order by number", question)
            steps = tuple(Step.model_validate_json(row["step"], extra="ignore") for row in rows)
            return History(question=question, holders=held(steps), steps=steps)

    async def _told(self, by: str, question: UUID, notice: UUID, now: datetime) -> None:
        """Once: what was told before, or was overtaken, changes nothing."""
        async with self._pool.acquire() as connection, connection.transaction():
            row = (await self._store.lock(connection, [question]))[question]
            if row.state is None or by != row.state.follower:
                raise ProblemError(404, NOT_YOURS)
            after = told(row.state, notice, by, now)
            if after is not row.state:
                row.change(after, (), "", now, None)
                await store_beside(connection, [row])
                await self._store.write(connection, [row])

    async def _seen_by(self, by: str, question: UUID) -> QuestionView:
        """To who has a part in it. A stranger learns nothing."""
        view = await self._api.view(question)
        if by not in view.parties():
            raise ProblemError(404, NOT_YOURS)
        return view

    async def _page(self, by: str, asked: _Asked, now: datetime) -> WorkPage:
        statement, values = _statement(by, asked, now)
        rows = await self._pool.fetch(statement, *values)
        page = rows[: asked.limit]
        found = [self._item(by, row, now) for row in page]
        more = len(rows) > asked.limit
        following = f"{self._api.base}/work?{asked.following(_cursor(page[-1]))}" if more else None
        return WorkPage(agency=by, items=tuple(one for one in found if one is not None), next=following)

    def _item(self, by: str, row: Any, now: datetime) -> WorkItem | None:
        view = self._store.load(row["view"])
        return item(view, by, row["subject"], now) if view is not None else None


def _statement(by: str, asked: _Asked, now: datetime) -> tuple[str, list[Any]]:
    """One stretch of one index, and the views of that page; only the filters that were asked for."""
    values: list[Any] = [by, asked.what.value]
    where = "w.agency = $1 and w.what = $2"
    for column, value in (("state", asked.state and asked.state.value), ("topic", asked.topic)):
        if value is not None:
            values.append(value)
            where += f" and w.{column} = ${len(values)}"
    if (before := asked.before(now)) is not None:
        values.append(before)
        where += f" and w.due_at < ${len(values)}"
    if asked.cursor is not None:
        values += _after(asked.cursor)
        where += f" and (w.due_at, w.subject) > (${len(values) - 1}::text::timestamptz, ${len(values)}::uuid)"
    values.append(asked.limit + 1)
    return _LISTED.format(where=where, limit=f"${len(values)}"), values


def _cursor(row: Any) -> str:
    return base64.urlsafe_b64encode(f"{row['due']} {row['subject']}".encode()).decode().rstrip("=")


def _after(cursor: str) -> list[Any]:
    try:
        text = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode()
        due, _, subject = text.rpartition(" ")
        moment = due if due == "infinity" else datetime.fromisoformat(due).astimezone(UTC).isoformat()
        return [moment, UUID(subject)]
    except (ValueError, OverflowError):
        wrong = Fault(code="invalid", where="query/cursor", message="Take it from `next`, and change nothing in it.")
        raise invalid([wrong]) from None


_LISTED = """
select w.subject, k.state as view,
       case w.due_at when 'infinity' then 'infinity'
         else to_char(w.due_at at time zone 'utc', 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"') end as due
  from work w join keyed k on k.key = w.question
 where {where}
 order by w.due_at, w.subject
 limit {limit}
"""

_LIST: dict[str, Any] = {
    "summary": "Wat er voor u te doen is",
    "response_model": WorkPage,
    "response_model_exclude_none": True,
    "responses": {406: {}},
}
_ONE: dict[str, Any] = {
    "summary": "Wat u nu met een vraag kunt doen",
    "response_model": WorkOnQuestion,
    "response_model_exclude_none": True,
    "responses": {404: {}, 406: {}},
}
_TOLD: dict[str, Any] = {
    "summary": "U hebt het de burger verteld",
    "status_code": 204,
    "responses": {404: {}},
}
_HISTORY: dict[str, Any] = {
    "summary": "Wie de vraag had, sinds wanneer, en wat er gebeurde",
    "response_model": History,
    "response_model_exclude_none": True,
    "responses": {404: {}, 406: {}},
}
