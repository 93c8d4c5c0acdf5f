"""A small server that behaves as Open Klant's Klantinteracties API, for the endpoints the bridge uses.

Written from the OpenAPI description of Klantinteracties API 0.9.0 as Open Klant 2.18.0 has it, and from what a running
2.18.0 answers where the description is silent: a referentienummer is digits only and unique per kind, an unknown
filter is refused, `afgehandeldOp` comes and goes with the status, and names in metadata are rewritten.
Every request body is checked against the description: required, longest, listed values, formats; and, stricter than
Open Klant, an attribute that is not in the description is refused.
"""

import asyncio
import re
import uuid
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from deploy.local.ports import LOOPBACK, free_port

TOKEN = "proef-token"  # noqa: S105 - of the tests only
ROOT = "/klantinteracties/api/v1"
PAGE_SIZE = 100
DIGITS = re.compile(r"-?[0-9]+")


@dataclass(frozen=True)
class Text:
    longest: int | None = None
    may_be_blank: bool = True
    digits: bool = False
    listed: tuple[str, ...] = ()

    def fault(self, value: Any) -> str | None:
        if not isinstance(value, str):
            return "invalid"
        if not value and not self.may_be_blank:
            return "blank"
        if self.longest is not None and len(value) > self.longest:
            return "max_length"
        if self.digits and not DIGITS.fullmatch(value):
            return "invalid"
        return "invalid_choice" if self.listed and value not in self.listed else None


class Flag:
    def fault(self, value: Any) -> str | None:
        return None if value is None or isinstance(value, bool) else "invalid"


class Moment:
    def fault(self, value: Any) -> str | None:
        try:
            return None if value is None or datetime.fromisoformat(value).tzinfo else "invalid"
        except (TypeError, ValueError):
            return "invalid"


@dataclass(frozen=True)
class Link:
    many: bool = False

    def fault(self, value: Any) -> str | None:
        items = value if self.many else [value]
        if not isinstance(items, list):
            return "not_a_list"
        return None if all(isinstance(one, dict) and is_uuid(one.get("uuid")) for one in items) else "invalid"


class Metadata:
    def fault(self, value: Any) -> str | None:
        if not isinstance(value, dict):
            return "not_a_dict"
        return None if all(Text(255).fault(one) is None for one in value.values()) else "invalid"


Rule = Text | Flag | Moment | Link | Metadata
NUMBER = Text(10, digits=True)

#: What may be written, and which of it must be there in a POST (bar what is read-only).
RULES: dict[str, tuple[dict[str, Rule], tuple[str, ...]]] = {
    "klantcontacten": (
        {
            "nummer": NUMBER,
            "referentienummer": NUMBER,
            "kanaal": Text(50, may_be_blank=False),
            "onderwerp": Text(200, may_be_blank=False),
            "inhoud": Text(1000),
            "reactie": Text(4000),
            "indicatieContactGelukt": Flag(),
            "taal": Text(3, may_be_blank=False),
            "vertrouwelijk": Flag(),
            "plaatsgevondenOp": Moment(),
            "metadata": Metadata(),
        },
        ("kanaal", "onderwerp", "taal", "vertrouwelijk"),
    ),
    "internetaken": (
        {
            "nummer": NUMBER,
            "referentienummer": NUMBER,
            "gevraagdeHandeling": Text(200, may_be_blank=False),
            "aanleidinggevendKlantcontact": Link(),
            "toegewezenAanActoren": Link(many=True),
            "toelichting": Text(1000),
            "status": Text(listed=("te_verwerken", "verwerkt")),
            "afgehandeldOp": Moment(),
        },
        ("aanleidinggevendKlantcontact", "gevraagdeHandeling", "status", "toegewezenAanActoren"),
    ),
    "actoren": (
        {
            "naam": Text(200, may_be_blank=False),
            "soortActor": Text(listed=("medewerker", "geautomatiseerde_actor", "organisatorische_eenheid")),
            "indicatieActief": Flag(),
        },
        ("naam", "soortActor"),
    ),
    "onderwerpobjecten": ({"klantcontact": Link(), "wasKlantcontact": Link()}, ()),
}
FILTERS = {
    "klantcontacten": {"referentienummer": ("referentienummer",)},
    "internetaken": {"referentienummer": ("referentienummer",)},
    "actoren": {},
    "onderwerpobjecten": {"wasKlantcontact__uuid": ("wasKlantcontact", "uuid")},
}
DEFAULTS: dict[str, dict[str, Any]] = {
    "klantcontacten": {"inhoud": "", "indicatieContactGelukt": None, "plaatsgevondenOp": None, "metadata": {}},
    "internetaken": {"toelichting": "", "afgehandeldOp": None},
    "actoren": {"indicatieActief": True},
    "onderwerpobjecten": {},
}


@dataclass
class FakeOpenKlant:
    """What it holds, what was asked of it, and how a test disturbs it."""

    kept: dict[str, dict[str, dict[str, Any]]] = field(default_factory=lambda: {kind: {} for kind in RULES})
    calls: list[tuple[str, str]] = field(default_factory=list)
    refused: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    page_size: int = PAGE_SIZE
    out_of_order: bool = False
    hang_after: tuple[str, str] | None = None
    hanging: asyncio.Event = field(default_factory=asyncio.Event)
    over: asyncio.Event = field(default_factory=asyncio.Event)
    url: str = f"http://openklant.test{ROOT}"

    @property
    def app(self) -> Starlette:
        return Starlette(
            routes=[
                Route(f"{ROOT}/{{kind}}", self._many, methods=["GET", "POST"]),
                Route(f"{ROOT}/{{kind}}/{{key}}", self._one, methods=["GET", "PATCH", "DELETE"]),
            ]
        )

    def all(self, kind: str) -> list[dict[str, Any]]:
        return list(self.kept[kind].values())

    def task_of(self, handoff: str) -> dict[str, Any] | None:
        for task in self.all("internetaken"):
            contact = self.kept["klantcontacten"].get(task["aanleidinggevendKlantcontact"]["uuid"])
            if contact and contact["metadata"].get("gvd-overdracht") == handoff:
                return task
        return None

    def delete(self, kind: str, key: str) -> None:
        """A klantcontact takes its tasks along."""
        del self.kept[kind][key]
        if kind == "klantcontacten":
            mine = [t["uuid"] for t in self.all("internetaken") if t["aanleidinggevendKlantcontact"]["uuid"] == key]
            for task in mine:
                del self.kept["internetaken"][task]

    async def _many(self, request: Request) -> Response:
        kind = request.path_params["kind"]
        if (problem := self._unwelcome(request)) is not None:
            return problem
        if request.method == "GET":
            return self._listed(kind, dict(request.query_params))
        body = await request.json()
        faults = self._faults(kind, body, whole=True)
        if faults:
            return self._refuse(kind, faults)
        made = {**DEFAULTS[kind], **body, "uuid": str(uuid.uuid4())}
        if kind == "internetaken":
            made["toegewezenOp"] = _now()
        self.kept[kind][made["uuid"]] = _kept(kind, made)
        await self._perhaps_hang("POST", kind)
        return JSONResponse(made, status_code=201)

    async def _one(self, request: Request) -> Response:
        kind, key = request.path_params["kind"], request.path_params["key"]
        if (problem := self._unwelcome(request)) is not None:
            return problem
        found = self.kept[kind].get(key)
        if found is None:
            return JSONResponse({"code": "not_found", "status": 404}, status_code=404)
        if request.method == "PATCH":
            body = await request.json()
            faults = self._faults(kind, body, whole=False, key=key)
            if body.get("afgehandeldOp") and body.get("status", found.get("status")) != "verwerkt":
                faults.append(("afgehandeldOp", "invalid"))
            if faults:
                return self._refuse(kind, faults)
            found.update(_kept(kind, found | body))
            await self._perhaps_hang("PATCH", kind)
        return JSONResponse(found)

    def _unwelcome(self, request: Request) -> Response | None:
        self.calls.append((request.method, request.url.path.removeprefix(f"{ROOT}/")))
        if request.headers.get("authorization") != f"Token {TOKEN}":
            return JSONResponse({"code": "not_authenticated", "status": 401}, status_code=401)
        return JSONResponse({"code": "error"}, status_code=503) if self.out_of_order else None

    def _listed(self, kind: str, query: dict[str, str]) -> Response:
        page = int(query.pop("page", "1"))
        unknown = set(query) - set(FILTERS[kind])
        if unknown:
            return self._refuse(kind, [("nonFieldErrors", "unknown-parameters")])
        found = [one for one in self.all(kind) if all(_at(one, FILTERS[kind][n]) == v for n, v in query.items())]
        first, size = (page - 1) * self.page_size, self.page_size
        more = f"{self.url}/{kind}?page={page + 1}" if len(found) > first + size else None
        body = {"count": len(found), "next": more, "previous": None, "results": found[first : first + size]}
        return JSONResponse(body)

    def _faults(self, kind: str, body: Mapping[str, Any], *, whole: bool, key: str = "") -> list[tuple[str, str]]:
        rules, required = RULES[kind]
        faults = [(name, "required") for name in required if whole and name not in body]
        faults += [(name, "unknown-attribute") for name in body if name not in rules]
        for name in body.keys() & rules.keys():
            if (code := rules[name].fault(body[name])) is not None:
                faults.append((name, code))
        for name in ("nummer", "referentienummer"):
            if name in body and any(one.get(name) == body[name] for k, one in self.kept[kind].items() if k != key):
                faults.append((name, "unique"))
        return faults + self._dangling(body)

    def _dangling(self, body: Mapping[str, Any]) -> list[tuple[str, str]]:
        contact, actors = body.get("aanleidinggevendKlantcontact"), body.get("toegewezenAanActoren")
        faults = []
        if contact and contact["uuid"] not in self.kept["klantcontacten"]:
            faults.append(("aanleidinggevendKlantcontact.uuid", "invalid"))
        if actors and any(one["uuid"] not in self.kept["actoren"] for one in actors):
            faults.append(("toegewezenAanActoren.0.uuid", "invalid"))
        return faults

    def _refuse(self, kind: str, faults: list[tuple[str, str]]) -> Response:
        self.refused.append((kind, faults))
        params = [{"name": name, "code": code, "reason": "…"} for name, code in faults]
        return JSONResponse({"code": "invalid", "status": 400, "invalidParams": params}, status_code=400)

    async def _perhaps_hang(self, method: str, kind: str) -> None:
        """Done here, but whoever asked never hears of it."""
        if self.hang_after == (method, kind):
            self.hang_after = None
            self.hanging.set()
            await self.over.wait()


def is_uuid(value: Any) -> bool:
    try:
        return bool(uuid.UUID(value))
    except (TypeError, ValueError, AttributeError):
        return False


def _now() -> str:
    return datetime.now(UTC).isoformat().replace("+00:00", "Z")


def _at(found: Mapping[str, Any], path: tuple[str, ...]) -> Any:
    value: Any = found
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


def _kept(kind: str, given: dict[str, Any]) -> dict[str, Any]:
    if kind == "internetaken":
        done = given["status"] == "verwerkt"
        given["afgehandeldOp"] = (given["afgehandeldOp"] or _now()) if done else None
        given["toelichting"] = given["toelichting"].strip()
    if kind == "klantcontacten":
        given["metadata"] = {_camel(name): value for name, value in given["metadata"].items()}
    return given


def _camel(name: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda match: match[1].upper(), name)


@asynccontextmanager
async def serving(fake: FakeOpenKlant) -> AsyncIterator[FakeOpenKlant]:
    """On a port of its own, until the end."""
    port = free_port()
    fake.url = f"http://{LOOPBACK}:{port}{ROOT}"
    server = uvicorn.Server(
        uvicorn.Config(fake.app, host=LOOPBACK, port=port, log_config=None, lifespan="off", timeout_graceful_shutdown=1)
    )
    server.capture_signals = nullcontext  # type: ignore[assignment,method-assign]  # pytest listens to signals itself
    task = asyncio.create_task(server.serve())
    try:
        yield fake
    finally:
        fake.over.set()
        server.should_exit = True
        await task
