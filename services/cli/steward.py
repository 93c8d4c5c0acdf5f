"""Talks to a router as a steward of the routing table: an address, a token, and errors people can read."""

import os
from typing import Any

from services.cli.calling import call, fail
from services.platform.settings import Settings


def ask(method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    """The answer, or the end of the command with what is wrong on standard error."""
    token = os.environ.get("GVD_STEWARD_TOKEN", "")
    if not token:
        fail('Geef je token: export GVD_STEWARD_TOKEN="$(gvd table steward <rol> --may propose)"')
    return call(method, f"{Settings().router_url}/v1{path}", token, body).json()
