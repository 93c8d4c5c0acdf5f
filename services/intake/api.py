"""HTTP in: questions, replies and personal texts, for agencies that prefer it to Kafka.

The body of a question or reply is the same CloudEvent as on Kafka, through the same door. An answer waits a
moment for the decision (`Prefer: wait`), because the person is still at the desk (requirements R-07).
"""

import asyncio
from datetime import UTC, datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import Depends, FastAPI, Header, Request, Response
from starlette.applications import Starlette
from starlette.routing import Mount

from contracts.base import Reference
from contracts.cloudevents import check_structured
from contracts.events import QuestionAskedEvent, ReplyGivenEvent
from contracts.handoffs import ReplyRefused
from contracts.modelcheck import check_data
from contracts.quarantine import Fault
from contracts.replies import Repeat
from services.intake import describe
from services.intake.contacts import ContactView, look_up
from services.intake.describe import HIDDEN, JSON, PersonalTextLeft, Receipt
from services.intake.door import Door
from services.intake.inputs import Input
from services.intake.store import agency_of_token
from services.intake.texts import PersonalText, Vault, disclose, filled, forget
from services.intake.views import QuestionView
from services.platform import tokens
from services.platform.database import TRANSIENT
from services.platform.http import (
    ProblemError,
    acceptable,
    bearer,
    invalid,
    media_type,
    new_api,
    read_body,
)
from services.platform.keyed import Conflict, KeyedStore
from services.platform.logging import error_name, log
from services.platform.process import Context

VERSION = "1.0.0"
_STATUS_OF_REFUSAL = {"not-yours": 403, "unknown-handoff": 404}
_POLL_SECONDS = 0.02
_DEFAULT_WAIT, _LONGEST_WAIT = 2.0, 10.0
_LARGEST_BODY = 1_000_000
_TRY_AGAIN_AFTER = (0.05, 0.2, 0.5, 1.0)
NOT_YOURS = "There is no such question, or it is not yours to see."


class Api:
    """Builds the application; each route is one method."""

    def __init__(self, context: Context, door: Door, store: KeyedStore[QuestionView], vault: Vault) -> None:
        self._context, self._pool = context, context.pool
        self._door, self._store, self._vault = door, store, vault
        self.base = f"{context.settings.public_url}/v1"
        self.api = api_of(self.base)
        self._routes(self.api)
        self.app = Starlette(routes=[Mount("/v1", self.api)])

    def _routes(self, api: FastAPI) -> None:
        agency = Annotated[str, Depends(self.agency)]
        prefer = Annotated[str | None, Header()]

        @api.post("/questions", **describe.ASK)
        async def ask(request: Request, by: agency, response: Response, prefer: prefer = None) -> Any:
            return await self._ask(request, by, response, _wait(prefer))

        @api.get("/questions/{question}", **describe.LOOK)
        async def look(request: Request, question: UUID, by: agency) -> Any:
            acceptable(request)
            return _shown_to(by, await self.view(question))

        @api.get("/contacts/{contact:path}", **describe.CONTACT)
        async def contact(request: Request, contact: Reference, by: agency) -> Any:
            acceptable(request)
            return await self._contact(contact, by)

        @api.post("/replies", **describe.REPLY)
        async def reply(request: Request, by: agency, response: Response, prefer: prefer = None) -> Any:
            return await self._reply(request, by, response, _wait(prefer))

        @api.post("/personal-texts", **describe.LEAVE)
        async def leave(request: Request, by: agency) -> Any:
            return await self._leave(request, by)

        @api.get("/personal-texts/{text}", **describe.FETCH)
        async def fetch(request: Request, text: UUID, by: agency) -> Any:
            acceptable(request)
            return await self._fetch(text, by)

        @api.delete("/personal-texts/{text}", **describe.FORGET)
        async def remove(text: UUID, by: agency) -> Response:
            if not await forget(self._pool, text, by, datetime.now(UTC)):
                raise ProblemError(
                    404, "There is no such text of yours or of a question you follow, or it was forgotten before."
                )
            return Response(status_code=204)

    async def agency(self, request: Request) -> str:
        agency = await agency_of_token(self._pool, tokens.digest(bearer(request)))
        if agency is None:
            raise ProblemError(401, "Give the token of your organisation.", headers={"WWW-Authenticate": "Bearer"})
        return agency

    async def _ask(self, request: Request, by: str, response: Response, wait: float) -> Any:
        given = await self.admit(request, by, QuestionAskedEvent)
        response.headers["Location"] = f"{self.base}/questions/{given.question}"
        if given.repeat:
            view = await self._when(given.question, wait, lambda view: _settled(view, given))
            response.status_code = 200
            return _shown(view)
        view = await self._when(given.question, wait, lambda view: view.status != "accepted")
        response.status_code = 200 if given.duplicate else (202 if view.status == "accepted" else 201)
        return _shown(view)

    async def _contact(self, contact: str, by: str) -> ContactView:
        found = await look_up(self._pool, self._store, by, contact)
        if found is None:
            raise ProblemError(404, "You follow no question of a contact with this number.")
        return found

    async def _reply(self, request: Request, by: str, response: Response, wait: float) -> Any:
        given = await self.admit(request, by, ReplyGivenEvent)
        before = await self.view(given.question)
        again = given.event is not None and _is_repeat(given.event)
        if given.duplicate:
            return _shown_to(by, before, receipt=again)
        view = await self._when(given.question, wait, lambda view: _settled(view, given))
        refused = next((r for r in view.refused if r.reply_id == given.reply_id), None)
        if refused is not None:
            raise _refusal(refused, by, view)
        response.status_code = 200 if _settled(view, given) else 202
        return _shown_to(by, view, before, receipt=again)

    async def admit(self, request: Request, by: str, wanted: type) -> Input:
        media_type(request, JSON)
        body = await read_body(request, _LARGEST_BODY)
        for pause in _TRY_AGAIN_AFTER:
            given = _input(body, by, wanted)
            try:
                await self._door.admit(self._pool, [given], datetime.now(UTC), quarantine=False)
            except (*TRANSIENT, Conflict) as error:
                log.warning("request.retry", cause=error_name(error))
                await asyncio.sleep(pause)
                continue
            self._context.relay.wake()
            if given.faults:
                raise invalid(given.faults)
            return given
        raise ProblemError(503, "Nothing was stored. Send the same event again.", headers={"Retry-After": "5"})

    async def _when(self, question: UUID | None, wait: float, done: Any) -> QuestionView:
        """The view once `done`, or as it is when the wait is over."""
        end = asyncio.get_running_loop().time() + wait
        while True:
            view = await self.view(question)
            if done(view) or asyncio.get_running_loop().time() >= end:
                return view
            await asyncio.sleep(_POLL_SECONDS)

    async def view(self, question: UUID | None) -> QuestionView:
        view = await self._store.read(self._pool, question) if question else None
        if view is None:
            raise ProblemError(404, NOT_YOURS)
        return view

    async def _leave(self, request: Request, by: str) -> Any:
        media_type(request)
        # The person's own words may say anything; the names of the fields may not.
        checked = check_data(
            await read_body(request, _LARGEST_BODY), PersonalText, personal=frozenset(PersonalText.model_fields)
        )
        if checked.value is None:
            raise invalid(checked.faults)
        text = await self._vault.leave(self._pool, by, checked.value, datetime.now(UTC))
        return PersonalTextLeft(dataref=f"{self.base}/personal-texts/{text}")

    async def _fetch(self, text: UUID, by: str) -> Any:
        async with self._pool.acquire() as connection, connection.transaction():
            found = await self._vault.find(connection, text)
            view = await self._store.read(connection, found.question) if found and found.question else None
            if found is None or view is None or by not in (view.follower, view.holder):
                raise ProblemError(404, "There is no such text, or it is not yours to read.")
            if found.content is None:
                raise ProblemError(410, "This text was forgotten at the person's wish.")
            await disclose(connection, text, view.question, by, filled(found.content), datetime.now(UTC))
        return found.content


def api_of(base: str) -> FastAPI:
    return new_api(
        "Geen Verkeerde Deur",
        "Geef een vraag van een burger door, en volg die tot de burger geholpen is.",
        VERSION,
        base,
    )


def _input(body: bytes, by: str, wanted: type) -> Input:
    checked = check_structured(body)
    faults = list(checked.faults)
    if checked.event is not None and not isinstance(checked.event, wanted):
        faults.append(Fault(code="wrong-type", where="/type", message="This kind of event belongs at another path."))
    event: Any = None if faults else checked.event
    return Input(by, f"http:{by}", 0, 0, 0, event, faults, checked.event_id, checked.event_source)


def _wait(prefer: str | None) -> float:
    """Seconds from `Prefer: wait=n` (RFC 7240 §4.3)."""
    for preference in (prefer or "").split(","):
        name, _, value = preference.strip().partition("=")
        if name == "wait" and value.isdecimal():
            return min(float(value), _LONGEST_WAIT)
    return _DEFAULT_WAIT


def _settled(view: QuestionView, given: Input) -> bool:
    """Something the handoff service said was set off by this reply."""
    return given.reply_id in view.flows


def _refusal(refused: ReplyRefused, by: str, view: QuestionView) -> ProblemError:
    status = _STATUS_OF_REFUSAL.get(refused.reason, 409)
    if by not in view.parties():
        return ProblemError(status, refused.detail, reason=refused.reason)
    return ProblemError(status, refused.detail, reason=refused.reason, question=_shown(view))


def _is_repeat(event: Any) -> bool:
    return isinstance(event, ReplyGivenEvent) and isinstance(event.data.reply, Repeat)


def _shown_to(by: str, *views: QuestionView, receipt: bool = False) -> Any:
    """The first view, to who has a part in the question, or had until this reply. A stranger learns nothing."""
    if any(by in view.parties() for view in views):
        return _shown(views[0])
    if receipt:
        return Receipt(question=views[0].question)
    raise ProblemError(404, NOT_YOURS)


def _shown(view: QuestionView) -> dict[str, Any]:
    return view.model_dump(mode="json", exclude=set(HIDDEN), exclude_none=True)
