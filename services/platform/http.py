"""The NLGov API Design Rules, once for every service that has an API.

Errors are RFC 9457 problem details with all faults at once; every answer carries API-Version and the security
headers; a wrong method, path or media type is a problem too, never HTML or a stack trace.
"""

from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.openapi.utils import get_openapi
from fastapi.responses import JSONResponse, Response
from pydantic import BaseModel, Field
from starlette.exceptions import HTTPException

from contracts.quarantine import Fault
from services.platform import metrics
from services.platform.logging import error_name, log

_SECURITY = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "frame-ancestors 'none'",
    "Strict-Transport-Security": "max-age=31536000",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_TITLES = {
    400: "Invalid input",
    401: "Who are you?",
    403: "Not allowed",
    404: "Not found",
    405: "Method not allowed",
    406: "Not acceptable",
    409: "Conflict with the present state",
    413: "Too large",
    415: "Unsupported media type",
    500: "Something went wrong here",
    503: "Not available now",
}
PROBLEM = "application/problem+json"
CONTACT = {
    "name": "Geen Verkeerde Deur",
    "url": "https://geenverkeerdedeur.example/contact",
    "email": "api@geenverkeerdedeur.example",
}


class Problem(BaseModel):
    """RFC 9457 problem details."""

    status: int
    title: str
    detail: str
    errors: list[Fault] = Field(default_factory=list)


class ProblemError(Exception):
    """Ends a request with a problem; `extra` is added to it, such as the present state."""

    def __init__(
        self,
        status: int,
        detail: str,
        errors: Iterable[Fault] = (),
        headers: dict[str, str] | None = None,
        **extra: Any,
    ) -> None:
        super().__init__(status)
        self.status, self.detail, self.errors, self.headers, self.extra = status, detail, list(errors), headers, extra


def new_api(title: str, description: str, version: str, server: str) -> FastAPI:
    """An API at `<server>`, which ends in /v1; its document is at /v1/openapi.json, open to all."""
    api = FastAPI(
        title=title,
        description=description,
        version=version,
        contact=CONTACT,
        servers=[{"url": server}],
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
    )
    _errors(api)
    _headers(api, version)

    @api.get("/openapi.json", include_in_schema=False)
    async def document() -> Response:
        return JSONResponse(describe(api), headers={"Access-Control-Allow-Origin": "*"})

    return api


def bearer(request: Request) -> str:
    """The token that came along, or nothing."""
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    return token.strip() if scheme.lower() == "bearer" else ""


async def read_body(request: Request, largest: int) -> bytes:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > largest:
            raise ProblemError(413, f"The body is larger than {largest} bytes.")
    return body


def media_type(request: Request, allowed: tuple[str, ...] = ("application/json",)) -> None:
    given = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if given not in allowed:
        raise ProblemError(415, f"Send {' or '.join(allowed)}.")
    acceptable(request)


def acceptable(request: Request) -> None:
    accepts = request.headers.get("accept", "*/*")
    if not any(kind in accepts for kind in ("*/*", "application/*", "application/json")):
        raise ProblemError(406, "The answer is application/json.")


def invalid(faults: Iterable[Fault]) -> ProblemError:
    found = list(faults)
    status = 413 if any(fault.code == "too-large" for fault in found) else 400
    return ProblemError(status, "Not accepted; everything that is wrong is listed.", found)


def body_of(model: type[BaseModel], kinds: tuple[str, ...] = ("application/json",)) -> dict[str, Any]:
    """The description of a body that the operation reads and checks itself."""
    schema = _inline(model.model_json_schema())
    return {"requestBody": {"required": True, "content": {kind: {"schema": schema} for kind in kinds}}}


def _inline(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its definitions put in place: OpenAPI operations have no $defs of their own."""
    definitions = schema.pop("$defs", {})

    def put(node: Any) -> Any:
        if isinstance(node, dict):
            if "$ref" in node:
                return put(definitions[node["$ref"].rsplit("/", 1)[-1]])
            return {key: put(value) for key, value in node.items() if key != "discriminator"}
        return [put(item) for item in node] if isinstance(node, list) else node

    inlined: dict[str, Any] = put(schema)
    return inlined


def problem(status: int, detail: str, errors: Iterable[Fault] = (), **extra: Any) -> JSONResponse:
    body = Problem(status=status, title=_TITLES.get(status, "Error"), detail=detail, errors=list(errors))
    return JSONResponse({**body.model_dump(mode="json"), **extra}, status, media_type=PROBLEM)


def _errors(api: FastAPI) -> None:
    @api.exception_handler(ProblemError)
    async def ours(_: Request, error: ProblemError) -> Response:
        answer = problem(error.status, error.detail, error.errors, **error.extra)
        answer.headers.update(error.headers or {})
        return answer

    @api.exception_handler(HTTPException)
    async def starlette(_: Request, error: HTTPException) -> Response:
        answer = problem(error.status_code, _TITLES.get(error.status_code, "Error") + ".")
        answer.headers.update(error.headers or {})
        return answer

    @api.exception_handler(RequestValidationError)
    async def unfit(_: Request, error: RequestValidationError) -> Response:
        faults = [
            Fault(code="invalid", where="/".join(map(str, e["loc"]))[:200], message=str(e["msg"])[:300])
            for e in error.errors()
        ]
        return problem(400, "The request does not fit the description.", faults)


def _headers(api: FastAPI, version: str) -> None:
    @api.middleware("http")
    async def around(request: Request, call: Callable[[Request], Awaitable[Response]]) -> Response:
        try:
            answer = await call(request)
        except Exception as error:  # noqa: BLE001 - whatever happens, the answer is a problem without a trace
            log.error("request.failed", cause=error_name(error))
            answer = problem(500, "The request was not carried out. Try again later.")
        answer.headers["API-Version"] = version
        for name, value in _SECURITY.items():
            answer.headers.setdefault(name, value)
        route = getattr(request.scope.get("route"), "path", "unknown")
        metrics.HTTP_REQUESTS.labels(route, str(answer.status_code)).inc()
        return answer


def describe(api: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with the errors and headers every operation has (/core/error-handling)."""
    document = get_openapi(
        title=api.title,
        version=api.version,
        description=api.description,
        contact=api.contact,
        servers=api.servers,
        routes=api.routes,
    )
    schemas = document.setdefault("components", {}).setdefault("schemas", {})
    for name in ("HTTPValidationError", "ValidationError"):
        schemas.pop(name, None)
    schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas.update(schemas["Problem"].pop("$defs", {}))
    for path in document["paths"].values():
        for operation in path.values():
            _complete(operation)
    return document


def _complete(operation: dict[str, Any]) -> None:
    responses = operation["responses"]
    responses.pop("422", None)
    for status in ("400", "401", "500"):
        responses.setdefault(status, {"description": _TITLES[int(status)]})
    for status, response in responses.items():
        response["headers"] = {"API-Version": {"description": "Version of this API.", "schema": {"type": "string"}}}
        if status.startswith(("4", "5")):
            response["content"] = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
