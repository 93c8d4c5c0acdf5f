"""Asks intake for the one address a notice needs. Kept in memory while sending, and nowhere else."""

from dataclasses import dataclass, field
from uuid import UUID

import httpx

from contracts.notices import NoticeChannel, Told
from services.platform.settings import Settings


@dataclass(frozen=True, slots=True)
class Address:
    """How one person is reached. Its values never appear in a representation, so not in a log or trace either."""

    to: str = field(repr=False)
    name: str = field(default="", repr=False)


class NoAddress(Exception):
    """There is none, for good; `reason` is a code of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class NotNow(Exception):
    """Intake, or who sends for us, does not answer; a later try may work. `cause` is a name of ours."""

    def __init__(self, cause: str) -> None:
        super().__init__(cause)
        self.cause = cause


class Addresses:
    """Every answer is a line in the disclosure ledger, written by intake."""

    def __init__(self, settings: Settings, client: httpx.AsyncClient | None = None) -> None:
        self._base = f"{settings.intake_url}/inner/v1/addresses"
        self._token = settings.notices_token.get_secret_value()
        self._client = client or httpx.AsyncClient(timeout=10, follow_redirects=False)

    async def find(self, text: UUID, question: UUID, channel: NoticeChannel, to: Told) -> Address:
        """Raises NoAddress or NotNow."""
        try:
            answer = await self._client.get(
                f"{self._base}/{text}",
                params={"question": str(question), "channel": channel.value, "of": to.value},
                headers={"Authorization": f"Bearer {self._token}"},
            )
        except httpx.HTTPError as error:
            raise NotNow(type(error).__name__) from None
        if answer.status_code == httpx.codes.NOT_FOUND:
            raise NoAddress("no-address")
        if answer.status_code == httpx.codes.GONE:
            raise NoAddress("forgotten")
        if answer.status_code != httpx.codes.OK:
            raise NotNow(f"intake-{answer.status_code}")
        found = answer.json()
        return Address(found["address"], found.get("name") or "")
