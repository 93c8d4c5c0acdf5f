"""For the notices service only: the one address a notice needs, and a line in the ledger (Awb 2:3).

Not part of the API of agencies, and never the person's own words: what is asked for is a channel, not a text.
"""

import hmac
from datetime import UTC, datetime
from typing import Any, Literal
from uuid import UUID

from fastapi import Depends, FastAPI, Request

from contracts.notices import Told
from services.intake.texts import PersonalText, Vault, disclose
from services.platform.database import Pool
from services.platform.http import ProblemError, bearer, new_api

RECIPIENT = "notices"
PURPOSE = "notice"
Way = Literal["email", "sms", "letter"]

_FIELDS: dict[str, tuple[str, ...]] = {"email": ("email",), "sms": ("phone",), "letter": ("address", "name")}
"""What each channel needs, the address itself first."""


def addresses(pool: Pool, vault: Vault, token: str) -> FastAPI:
    """The application; without a token nobody gets anything."""
    api = new_api("Adressen voor berichten", "Alleen voor de eigen berichtendienst.", "1.0.0", "/inner/v1")

    def known(request: Request) -> None:
        if not token or not hmac.compare_digest(bearer(request).encode(), token.encode()):
            raise ProblemError(401, "This is for the notices service.", headers={"WWW-Authenticate": "Bearer"})

    @api.get("/addresses/{text}", dependencies=[Depends(known)])
    async def address(text: UUID, question: UUID, channel: Way, of: Told) -> Any:
        async with pool.acquire() as connection, connection.transaction():
            found = await vault.find(connection, text)
            if found is None or found.question != question:
                raise ProblemError(404, "There is no such text of this question.")
            if found.content is None:
                raise ProblemError(410, "This text was forgotten at the person's wish.")
            given = _wanted(found.content, channel, of)
            if not given:
                raise ProblemError(404, "There is no such address.")
            await disclose(connection, text, question, RECIPIENT, given, datetime.now(UTC), PURPOSE)
        values = list(given.values())
        return {"address": values[0], **({"name": values[1]} if len(values) > 1 else {})}

    return api


def _wanted(content: PersonalText, channel: Way, of: Told) -> dict[str, str]:
    """The fields by name; empty when the address itself is not there."""
    prefix = "representative_" if of is Told.REPRESENTATIVE else ""
    wanted = [prefix + name for name in _FIELDS[channel]]
    found = {name: str(value) for name in wanted if (value := getattr(content, name))}
    return found if wanted[0] in found else {}
