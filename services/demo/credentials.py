"""What the operator does for an agency before it can use HTTP: a token, and where its webhook is."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager

from services.demo.webhook import WEBHOOK_PATH
from services.platform import tokens
from services.platform.database import execute_once


class NotReachable(RuntimeError):
    """The installation is not there, or not all of it."""


class Credentials:
    """Gives them out for one play, and takes them back."""

    def __init__(self, database: str) -> None:
        self._database = database

    @asynccontextmanager
    async def of(self, agencies: Iterable[str]) -> AsyncIterator[dict[str, str]]:
        given = {agency: tokens.fresh() for agency in agencies}
        digests = {agency: tokens.digest(token) for agency, token in given.items()}
        await self._run(
            "insert into intake.credential (agency, token_sha256) select * from unnest($1::text[], $2::bytea[])",
            list(digests),
            list(digests.values()),
        )
        try:
            yield given
        finally:
            await self._run(
                "update intake.credential set revoked_at = now() where token_sha256 = any($1)", list(digests.values())
            )

    @asynccontextmanager
    async def subscription(self, agency: str, url: str) -> AsyncIterator[None]:
        """Nobody's real webhook is replaced: then the play does not start."""
        done = await self._run(_SUBSCRIBE, agency, url, f"%{WEBHOOK_PATH}")
        if done == "INSERT 0 0":
            raise NotReachable(f"{agency} heeft al een eigen webhook; die blijft zoals hij is.")
        try:
            yield
        finally:
            await self._run("delete from delivery.webhook where agency = $1", agency)
            await self._run("delete from delivery.subscription where agency = $1 and url = $2", agency, url)

    async def _run(self, statement: str, *arguments: object) -> str:
        return await execute_once(self._database, statement, *arguments)


_SUBSCRIBE = """
insert into delivery.subscription as s (agency, url) values ($1, $2)
on conflict (agency) do update
   set url = excluded.url, stopped_at = null, allowed_url = null, refusal = null, asks = 0, ask_due_at = now(),
       next_post_at = '-infinity'
 where s.url like $3
"""
