"""The handful of calls on Open Klant's Klantinteracties API 0.9.0. Of an answer only what we use is kept."""

from collections.abc import AsyncIterator, Collection, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar
from uuid import UUID

import httpx
from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic.alias_generators import to_camel

from services.klantinteracties.projection import TaskStatus
from services.klantinteracties.reading import ActorKind
from services.klantinteracties.settings import OpenKlant
from services.klantinteracties.wording import HANDOFF_KEY

_TIMEOUT_SECONDS = 10
_NOT_FOUND = 404
_AT_ONCE = 10
_LAST = datetime.max.replace(tzinfo=UTC)


class OpenKlantError(Exception):
    """Open Klant could not be reached or said no. Holds no content: answers can quote what was sent."""

    def __init__(self, status: int | None, cause: str) -> None:
        super().__init__(cause)
        self.status, self.cause = status, cause


class Gone(Exception):
    """What we made is no longer there: somebody deleted it."""


class _Answer(BaseModel):
    """Unknown attributes fall away, and with them what the person said."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class Link(_Answer):
    uuid: UUID


class ContactFound(_Answer):
    uuid: UUID
    indicatie_contact_gelukt: bool | None = None
    plaatsgevonden_op: datetime | None = None
    metadata: dict[str, str] = {}

    def is_of(self, handoff: UUID) -> bool:
        return self.metadata.get(HANDOFF_KEY) == str(handoff)


class TaskFound(_Answer):
    uuid: UUID
    aanleidinggevend_klantcontact: Link
    toegewezen_aan_actoren: tuple[Link, ...] = ()
    toelichting: str = ""
    status: TaskStatus


class _Actor(_Answer):
    soort_actor: ActorKind


class _Subject(_Answer):
    klantcontact: Link | None = None


class _Page(_Answer):
    next: str | None = None
    results: tuple[dict[str, Any], ...] = ()


_A = TypeVar("_A", bound=_Answer)


class Client:
    """Authenticates with the token Open Klant gave out; follows no redirect with it."""

    def __init__(self, settings: OpenKlant, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._http = httpx.AsyncClient(
            base_url=f"{settings.url.rstrip('/')}/",
            headers={"Authorization": f"Token {settings.token.get_secret_value()}"},
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
            limits=httpx.Limits(max_connections=_AT_ONCE),
            transport=transport,
        )

    async def close(self) -> None:
        await self._http.aclose()

    async def contact_numbered(self, number: str) -> ContactFound | None:
        return await self._first("klantcontacten", {"referentienummer": number}, ContactFound)

    async def task_numbered(self, number: str) -> TaskFound | None:
        return await self._first("internetaken", {"referentienummer": number}, TaskFound)

    async def create_contact(self, body: Mapping[str, Any]) -> UUID:
        return _read(Link, await self._call("POST", "klantcontacten", json=body)).uuid

    async def create_task(self, body: Mapping[str, Any]) -> UUID:
        return _read(Link, await self._call("POST", "internetaken", json=body)).uuid

    async def task(self, uuid: UUID) -> TaskFound:
        """Raises Gone when somebody deleted it."""
        try:
            return _read(TaskFound, await self._call("GET", f"internetaken/{uuid}"))
        except OpenKlantError as error:
            raise (Gone if error.status == _NOT_FOUND else error) from None

    async def change_task(self, uuid: UUID, body: Mapping[str, Any]) -> None:
        await self._call("PATCH", f"internetaken/{uuid}", json=body)

    async def actor_kind(self, uuid: UUID) -> ActorKind:
        return _read(_Actor, await self._call("GET", f"actoren/{uuid}")).soort_actor

    async def contacts_about(self, contact: UUID, known: Collection[str]) -> list[ContactFound]:
        """Later klantcontacten of which this one was the subject, oldest first, without those we know."""
        found = {}
        async for item in self._pages("onderwerpobjecten", {"wasKlantcontact__uuid": str(contact)}):
            link = _read(_Subject, item).klantcontact
            if link is not None and link.uuid != contact and str(link.uuid) not in known:
                found[link.uuid] = _read(ContactFound, await self._call("GET", f"klantcontacten/{link.uuid}"))
        return sorted(found.values(), key=lambda one: (one.plaatsgevonden_op or _LAST, str(one.uuid)))

    async def _first(self, path: str, filters: Mapping[str, str], kind: type[_A]) -> _A | None:
        page = _read(_Page, await self._call("GET", path, params=filters))
        return _read(kind, page.results[0]) if page.results else None

    async def _pages(self, path: str, filters: Mapping[str, str]) -> AsyncIterator[dict[str, Any]]:
        number = 1
        while True:
            page = _read(_Page, await self._call("GET", path, params={**filters, "page": str(number)}))
            for item in page.results:
                yield item
            if page.next is None:
                return
            number += 1

    async def _call(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = await self._http.request(method, path, **options)
            body = answer.json() if answer.content else None
        except httpx.HTTPError as error:
            raise OpenKlantError(None, type(error).__name__) from None
        except ValueError:
            raise OpenKlantError(answer.status_code, "not-json") from None
        if not answer.is_success:
            raise OpenKlantError(answer.status_code, _codes(body))
        return body


def _read(kind: type[_A], body: Any) -> _A:
    try:
        return kind.model_validate(body)
    except ValidationError:
        raise OpenKlantError(None, "not-as-documented") from None


def _codes(body: Any) -> str:
    """Which fields were refused and why, by their codes: `referentienummer=unique`. Never the reasons' texts."""
    params = body.get("invalidParams") if isinstance(body, dict) else None
    if not isinstance(params, list):
        return "refused"
    codes = [(p.get("name"), p.get("code")) for p in params if isinstance(p, dict)]
    return ",".join(f"{name}={code}" for name, code in codes if isinstance(name, str) and isinstance(code, str))[:200]
