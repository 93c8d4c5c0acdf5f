"""HTTP in: can you take a question about this topic now? Asked and answered with the same events as on Kafka."""

from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response

from contracts.events import CapacityAnsweredEvent, CapacityAskedEvent
from services.intake.api import Api
from services.intake.capacity import InquiryView, find_inquiries, shown
from services.intake.describe import JSON
from services.platform.database import Pool
from services.platform.http import ProblemError, acceptable, body_of


class Inquiries:
    """Adds its routes to the API of the agencies."""

    def __init__(self, api: Api, pool: Pool) -> None:
        self._api, self._pool = api, pool
        self._routes(api.api, Annotated[str, Depends(api.agency)])

    def _routes(self, api: FastAPI, agency: Any) -> None:
        @api.post("/capacity-inquiries", **_ASK)
        async def ask(request: Request, response: Response, by: agency) -> Any:
            given = await self._api.admit(request, by, CapacityAskedEvent)
            response.headers["Location"] = f"{self._api.base}/capacity-inquiries/{given.question}"
            response.status_code = 200 if given.duplicate else 201
            return await self._shown_to(by, given.question)

        @api.get("/capacity-inquiries/{inquiry}", **_LOOK)
        async def look(request: Request, inquiry: UUID, by: agency) -> Any:
            acceptable(request)
            return await self._shown_to(by, inquiry)

        @api.post("/capacity-answers", **_ANSWER)
        async def answer(request: Request, by: agency) -> Any:
            given = await self._api.admit(request, by, CapacityAnsweredEvent)
            return await self._shown_to(by, given.question)

    async def _shown_to(self, by: str, inquiry: UUID | None) -> InquiryView:
        """To who asked and who was asked. A stranger learns nothing."""
        one = (await find_inquiries(self._pool, [inquiry])).get(inquiry) if inquiry else None
        if one is None or by not in (one.by, one.organisation):
            raise ProblemError(404, "There is no such inquiry, or it is not yours to see.")
        return shown(one, datetime.now(UTC))


_SHOWN: dict[str, Any] = {"response_model": InquiryView, "response_model_exclude_none": True}
_ASK: dict[str, Any] = {
    "summary": "Vraag of een organisatie nu een vraag over dit onderwerp kan aannemen",
    **_SHOWN,
    "status_code": 201,
    "responses": {200: {"description": "Al bekend"}, 413: {}, 415: {}},
    "openapi_extra": body_of(CapacityAskedEvent, JSON),
}
_LOOK: dict[str, Any] = {"summary": "Wat de organisatie antwoordde", **_SHOWN, "responses": {404: {}}}
_ANSWER: dict[str, Any] = {
    "summary": "Antwoord of u nu een vraag kunt aannemen",
    **_SHOWN,
    "responses": {413: {}, 415: {}},
    "openapi_extra": body_of(CapacityAnsweredEvent, JSON),
}
