"""An agency's webhook: it lets us post, does not answer the first time, as happens, and then takes what we signed."""

import asyncio
import contextlib
import json
from collections.abc import Mapping
from types import TracebackType

from cryptography.exceptions import InvalidSignature

from services.demo.verify import verify

WEBHOOK_PATH = "/gvd-demo-webhook"
_LARGEST_HEAD = 65_536
_ALLOWED = "204 No Content\r\nAllow: POST\r\nWebHook-Allowed-Origin: {}\r\nWebHook-Allowed-Rate: *"


class WebhookReceiver:
    """A very small HTTP server that keeps what it was sent, per question."""

    def __init__(self, host: str, keys: Mapping[str, str]) -> None:
        self.received: dict[str, list[bytes]] = {}
        self._host, self._keys, self._url = host, keys, ""
        self._server: asyncio.Server | None = None
        self._writers: set[asyncio.StreamWriter] = set()
        self._serving: set[asyncio.Task[None]] = set()
        self._failures = 1
        self._more = asyncio.Condition()

    async def __aenter__(self) -> str:
        """Gives the address to subscribe with."""
        self._server = await asyncio.start_server(self._serve, self._host, 0, limit=_LARGEST_HEAD)
        port = self._server.sockets[0].getsockname()[1]
        self._url = f"http://{self._host}:{port}{WEBHOOK_PATH}"
        return self._url

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._server is None:
            return
        self._server.close()
        for writer in self._writers:
            writer.close()
        await asyncio.gather(*self._serving, return_exceptions=True)

    async def at_least(self, subject: str, count: int) -> list[bytes]:
        """All that came about one question, once it is so many."""
        async with self._more:
            await self._more.wait_for(lambda: len(self.received.get(subject, [])) >= count)
            return list(self.received[subject])

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        if task := asyncio.current_task():
            self._serving.add(task)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                await self._answer_one(reader, writer)
        writer.close()

    async def _answer_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        lines = (line.partition(":") for line in head.split("\r\n"))
        headers = {name.strip().lower(): value.strip() for name, _, value in lines}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if head.startswith("OPTIONS "):
            answer = _ALLOWED.format(headers["webhook-request-origin"])
        else:
            async with self._more:
                answer = self._status(headers, body)
                self._more.notify_all()
        writer.write(f"HTTP/1.1 {answer}\r\nContent-Length: 0\r\n\r\n".encode())
        await writer.drain()

    def _status(self, headers: Mapping[str, str], body: bytes) -> str:
        """What was not signed is not taken: then the case gets stuck, and the demo says so."""
        try:
            verify(self._url, headers, body, self._keys)
        except (InvalidSignature, KeyError, ValueError):
            return "401 Unauthorized"
        if self._failures:
            self._failures -= 1
            return "503 Service Unavailable"
        self.received.setdefault(json.loads(body)["subject"], []).append(body)
        return "204 No Content"
