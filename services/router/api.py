"""HTTP for the stewards of the routing table: what is in force, what is proposed, and what decisions teach."""

from collections.abc import Awaitable
from datetime import UTC, datetime
from typing import Annotated, Any, TypeVar
from uuid import UUID

from fastapi import Depends, FastAPI, Request, Response
from starlette.applications import Starlette
from starlette.routing import Mount

from contracts.base import Contract
from contracts.modelcheck import check_data
from contracts.quarantine import Fault
from routing import day_of
from routing.versions.files import unpack
from services.platform.http import (
    ProblemError,
    acceptable,
    bearer,
    body_of,
    invalid,
    media_type,
    new_api,
    read_body,
)
from services.platform.process import Context
from services.router import ledger
from services.router.aside import Aside, Busy, Failed
from services.router.bodies import (
    Candidate,
    Files,
    NewProposal,
    NewSimulation,
    Proposals,
    ProposalStep,
    ProposalView,
    RefusedHere,
    RollBack,
    Step,
    Tables,
)
from services.router.explanation import cases
from services.router.governance import NotAllowed, Proposal, Publication, Steward
from services.router.stewardship import Faulty, Stewardship, Unknown

VERSION = "1.0.0"
_LARGEST_BODY = 4_000_000
_MOST_PROPOSALS = 200
_FORBIDDEN = frozenset({"no-right", "own-proposal", "not-yours"})
_AS_GIVEN = frozenset({"changes", "content", "candidate", "text"})
"""Text of a table, packed or not, and words that are kept nowhere: not searched for what may not be kept."""

M = TypeVar("M", bound=Contract)
T = TypeVar("T")


class Api:
    """Builds the application; each route is one method."""

    def __init__(self, context: Context, stewardship: Stewardship, aside: Aside) -> None:
        self._pool, self._stewardship, self._aside = context.pool, stewardship, aside
        self._base = f"{context.settings.router_url}/v1"
        self.api = api_of(self._base)
        self._routes(self.api)
        self.app = Starlette(routes=[Mount("/v1", self.api)])

    def _routes(self, api: FastAPI) -> None:
        steward = Annotated[Steward, Depends(self.steward)]

        @api.get("/tables", **_TABLES)
        async def tables(request: Request, by: steward) -> Any:
            acceptable(request)
            return await self._tables(datetime.now(UTC))

        @api.get("/tables/{version}", **_FILES)
        async def files(request: Request, version: str, by: steward) -> Any:
            acceptable(request)
            return Files(version=version, files=unpack(await doing(self._stewardship.content(version))))

        @api.get("/proposals", **_PROPOSALS)
        async def proposals(request: Request, by: steward) -> Any:
            acceptable(request)
            return Proposals(proposals=await ledger.proposals(self._pool, _MOST_PROPOSALS))

        @api.post("/proposals", **_PROPOSE)
        async def propose(request: Request, by: steward, response: Response) -> Any:
            made = await doing(self._propose(by, await given(request, NewProposal)))
            response.headers["Location"] = f"{self._base}/proposals/{made.proposal}"
            return made

        @api.get("/proposals/{proposal}", **_PROPOSAL)
        async def proposal_(request: Request, proposal: UUID, by: steward) -> Any:
            acceptable(request)
            return await doing(self._proposal(proposal))

        @api.post("/proposals/{proposal}/steps", **_STEP)
        async def step(request: Request, proposal: UUID, by: steward) -> Any:
            return await doing(self._step(proposal, by, await given(request, ProposalStep)))

        @api.post("/rollbacks", **_ROLL_BACK)
        async def roll_back(request: Request, by: steward) -> Any:
            wanted = await given(request, RollBack)
            return await doing(self._stewardship.roll_back(wanted.version, by, datetime.now(UTC)))

        @api.post("/simulations", **_SIMULATE)
        async def simulate(request: Request, by: steward) -> Any:
            return await doing(self._simulate(await given(request, NewSimulation)))

    async def steward(self, request: Request) -> Steward:
        found = await ledger.steward_of(self._pool, bearer(request))
        if found is None:
            raise ProblemError(401, "Give the token of a steward.", headers={"WWW-Authenticate": "Bearer"})
        return found

    async def _tables(self, now: datetime) -> Tables:
        async with self._pool.acquire() as connection, connection.transaction(isolation="repeatable_read"):
            history = await self._stewardship.history(connection)
            holds = await ledger.in_force(connection, now)
        refused = [RefusedHere(**row) for row in await ledger.refused_here(self._pool)]
        number = holds["number"] if holds else 0
        bad = {one.number for one in refused}
        past = [one for one in history.publications if one.effective_from <= now and one.number not in bad]
        return Tables(
            in_force=holds["version"] if holds else history.shipped,
            last=history.last,
            shipped=history.shipped,
            coming=list(history.coming(now)),
            late=[one for one in past if one.number > number],
            earlier=[one for one in past if one.number < number],
            refused=refused,
        )

    async def _propose(self, by: Steward, wanted: NewProposal) -> Proposal:
        base = wanted.base or await self._stewardship.last()
        weighed = await self._stewardship.weigh(base, wanted.content, wanted.changes)
        now = datetime.now(UTC)
        return await self._stewardship.propose(by, wanted.why, base, weighed, now, wanted.effective_from)

    async def _proposal(self, proposal: UUID) -> ProposalView:
        found = await ledger.proposal_of(self._pool, proposal)
        if found is None:
            raise Unknown(str(proposal))
        steps = [Step(**row) for row in await ledger.steps_of(self._pool, proposal)]
        return ProposalView(proposal=found, steps=steps, differences=await ledger.differences_of(self._pool, proposal))

    async def _step(self, proposal: UUID, by: Steward, step: ProposalStep) -> Proposal:
        now, act = datetime.now(UTC), self._stewardship
        match step.action:
            case "approve":
                return await act.approve(proposal, by, now)
            case "reject":
                return await act.reject(proposal, by, str(step.reason), now)
            case "withdraw":
                return await act.withdraw(proposal, by, now)
            case "publish":
                return await act.publish(proposal, by, now, step.effective_from, replaces_coming=step.replaces_coming)

    async def _simulate(self, wanted: NewSimulation) -> dict[str, Any]:
        now = datetime.now(UTC)
        async with self._pool.acquire() as connection:
            history = await self._stewardship.history(connection)
            holds = await ledger.in_force(connection, now)
        version = holds["version"] if holds else history.shipped
        task = {
            "do": "replay",
            "base": await self._stewardship.content(version),
            "content": await self._candidate(wanted.proposal, wanted.candidate, history.last),
            "today": day_of(now),
            "on": wanted.on,
        }
        found = await self._aside.run(task, cases(self._pool, wanted.last))
        if "invalid" in found:
            raise Failed
        return found

    async def _candidate(self, proposal: UUID | None, candidate: Candidate | None, last: str) -> str:
        if candidate is not None:
            weighed = await self._stewardship.weigh(candidate.base or last, candidate.content, candidate.changes)
            return str(weighed["content"])
        found = await ledger.proposal_of(self._pool, proposal) if proposal else None
        if found is None:
            raise Unknown(str(proposal))
        return await self._stewardship.content(found.version)


async def given(request: Request, model: type[M]) -> M:
    """The body, or everything that is wrong with it."""
    media_type(request)
    body = await read_body(request, _LARGEST_BODY)
    checked = check_data(body, model, personal=_AS_GIVEN, largest=_LARGEST_BODY)
    if checked.value is None:
        raise invalid(checked.faults)
    found: M = checked.value
    return found


async def doing(work: Awaitable[T]) -> T:
    """What stewards may not or cannot do, as a problem."""
    try:
        return await work
    except NotAllowed as error:
        status = 403 if error.code in _FORBIDDEN else 409
        raise ProblemError(status, error.detail, code=error.code) from error
    except Unknown as error:
        raise ProblemError(404, "There is no such thing here.") from error
    except Faulty as error:
        raise ProblemError(400, _counted(error), _faults(error)) from error
    except Busy as error:
        raise ProblemError(503, "Other work on a table is being done here.", headers={"Retry-After": "10"}) from error
    except Failed as error:
        raise ProblemError(503, "The work did not end in time. Ask for less.", headers={"Retry-After": "60"}) from error


def _counted(error: Faulty) -> str:
    more = f", of which the first {len(error.faults)} are listed" if error.more else ""
    return f"This is no valid table: {len(error.faults) + error.more} faults{more}."


def _faults(error: Faulty) -> list[Fault]:
    return [
        Fault(code=one["code"], where=f"{one['file']}:{one['line']}"[:200], message=one["message"][:300])
        for one in error.faults
    ]


def api_of(base: str) -> FastAPI:
    return new_api(
        "Routeringstabel",
        "Beheer de tabel die zegt wie verantwoordelijk is: voorstellen, goedkeuren, publiceren, uitleggen en leren.",
        VERSION,
        base,
    )


_TABLES: dict[str, Any] = {"summary": "Welke versie geldt, wat komt en wat was", "response_model": Tables}
_FILES: dict[str, Any] = {"summary": "De bestanden van een versie", "response_model": Files, "responses": {404: {}}}
_PROPOSALS: dict[str, Any] = {"summary": "Voorstellen", "response_model": Proposals}
_PROPOSE: dict[str, Any] = {
    "summary": "Stel een andere tabel voor",
    "response_model": Proposal,
    "status_code": 201,
    "responses": {403: {}, 404: {}, 409: {}, 413: {}, 415: {}, 503: {}},
    "openapi_extra": body_of(NewProposal),
}
_PROPOSAL: dict[str, Any] = {
    "summary": "Een voorstel, zijn stappen en wat het verandert",
    "response_model": ProposalView,
    "responses": {404: {}},
}
_STEP: dict[str, Any] = {
    "summary": "Keur goed, wijs af, trek in of publiceer",
    "response_model": Proposal,
    "responses": {403: {}, 404: {}, 409: {}, 413: {}, 415: {}},
    "openapi_extra": body_of(ProposalStep),
}
_ROLL_BACK: dict[str, Any] = {
    "summary": "Ga terug naar een eerdere versie",
    "response_model": Publication,
    "status_code": 201,
    "responses": {403: {}, 404: {}, 409: {}, 413: {}, 415: {}},
    "openapi_extra": body_of(RollBack),
}
_SIMULATE: dict[str, Any] = {
    "summary": "Wat zou er veranderen voor vragen die echt gesteld zijn",
    "response_model": dict[str, Any],
    "responses": {404: {}, 413: {}, 415: {}, 503: {}},
    "openapi_extra": body_of(NewSimulation),
}
