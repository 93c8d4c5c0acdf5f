"""Calls an API of this system from a terminal, and says in words what is wrong."""

import json
from typing import Any, NoReturn

import httpx
import typer

_SECONDS = 180


def call(
    method: str, url: str, token: str, body: Any = None, *, kind: str = "application/json", **headers: str
) -> httpx.Response:
    """The good answer, or the end of the command with what is wrong on standard error."""
    given = {"Authorization": f"Bearer {token}", **headers}
    content = None
    if body is not None:
        given["Content-Type"], content = kind, json.dumps(body)
    try:
        answer = httpx.request(method, url, content=content, headers=given, timeout=_SECONDS, trust_env=False)
    except httpx.HTTPError as error:
        address = "GVD_ROUTER_URL of GVD_PUBLIC_URL"
        fail(f"Op {url} antwoordt niemand ({type(error).__name__}). Klopt {address}?")
    if not answer.is_success:
        fail(*_wrong(answer))
    return answer


def fail(*lines: str) -> NoReturn:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)


def _wrong(answer: httpx.Response) -> list[str]:
    try:
        problem = answer.json()
        return [problem["detail"], *(f"{e['where']}: {e['code']}: {e['message']}" for e in problem["errors"])]
    except (ValueError, KeyError, TypeError):
        return [f"De dienst antwoordde {answer.status_code}. Klopt het adres?"]
