"""A receiver of webhooks that answers as a test says, and what queues and posts to it."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import httpx

from deploy.local.ports import free_port
from services.delivery.permission import Permissions
from services.delivery.signing import Signer
from services.delivery.webhooks import Webhooks
from services.platform.database import Pool

ORIGIN = "gvd.example"

Answer = tuple[int, dict[str, str]] | None
"""Status and headers; None hangs up without an answer."""


def allowing(headers: dict[str, str], rate: str = "*") -> Answer:
    """Permission for whoever asks."""
    origin = headers["webhook-request-origin"]
    return 204, {"allow": "POST", "webhook-allowed-origin": origin, "webhook-allowed-rate": rate}


class Receiver:
    """An HTTP server that answers as the test says and remembers what it got."""

    def __init__(self) -> None:
        self.port = free_port()
        self.got: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self.at: list[float] = []
        self.decide: Callable[[dict[str, Any]], Answer] = lambda _: (204, {})
        self.raw: list[tuple[dict[str, str], bytes]] = []
        self.asked: list[dict[str, str]] = []
        self.allow: Callable[[dict[str, str]], Answer] = allowing
        self.hold = asyncio.Event()
        self.hold.set()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/events"

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while head := await reader.readuntil(b"\r\n\r\n"):
                lines = head.decode("latin-1").split("\r\n")[1:]
                headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
                body = await reader.readexactly(int(headers.get("content-length", 0)))
                if head.startswith(b"OPTIONS "):
                    self.asked.append(headers)
                    await self._write(self.allow(headers), writer)
                    continue
                self.raw.append((headers, body))
                if not await self._answer(json.loads(body), headers, writer):
                    return
        except (asyncio.IncompleteReadError, ConnectionError):
            return
        finally:
            writer.close()

    async def _answer(self, event: dict[str, Any], headers: dict[str, str], writer: asyncio.StreamWriter) -> bool:
        self.got.append(event)
        self.headers.append(headers)
        self.at.append(asyncio.get_running_loop().time())
        answer = self.decide(event)
        await self.hold.wait()
        await self._write(answer, writer)
        return answer is not None

    async def _write(self, answer: Answer, writer: asyncio.StreamWriter) -> None:
        if answer is None:
            writer.close()
            return
        more = "".join(f"{name}: {value}\r\n" for name, value in answer[1].items())
        writer.write(f"HTTP/1.1 {answer[0]} X\r\n{more}content-length: 0\r\n\r\n".encode())
        await writer.drain()

    def ids(self) -> list[str]:
        return [event["id"] for event in self.got]


async def subscribe(
    pool: Pool,
    receiver: Receiver,
    agency: str = "svb",
    token: str | None = "geheim",  # noqa: S107
    *,
    allowed: bool = True,
) -> None:
    """As after a handshake; `allowed=False` as before it."""
    await pool.execute(
        "insert into subscription (agency, url, token, allowed_url, allowed_until) "
        "values ($1, $2, $3, case when $4 then $2 end, now() + interval '1 day')",
        agency,
        receiver.url,
        token,
        allowed,
    )


async def queue(pool: Pool, key: UUID, *ids: str, agency: str = "svb") -> None:
    for each in ids:
        value = json.dumps({"id": each, "subject": str(key)}).encode()
        await pool.execute("insert into webhook (agency, key, value) values ($1, $2, $3)", agency, key, value)


def clock() -> datetime:
    return datetime.now(UTC)


@asynccontextmanager
async def posting(
    pool: Pool, patience: float = 5, seeds: tuple[bytes, ...] = (bytes(32),), now: Callable[[], datetime] = clock
) -> AsyncIterator[None]:
    """One process that asks and posts."""
    client = httpx.AsyncClient(timeout=patience)
    works = [Permissions(pool, client, ORIGIN, now), Webhooks(pool, client, Signer(seeds), ORIGIN, now)]
    tasks = [asyncio.create_task(work.run()) for work in works]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await client.aclose()


async def no_webhook_waits(pool: Pool) -> bool:
    return bool(await pool.fetchval("select count(*) = 0 from webhook"))
