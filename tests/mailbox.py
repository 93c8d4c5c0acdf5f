"""A mail server that keeps what it gets: enough of RFC 5321 for one client, over a real socket."""

import asyncio
import email
import email.policy
from dataclasses import dataclass, field
from email.message import EmailMessage

GONE = "weg@"
"""Who begins with this does not live here."""


@dataclass
class Mailbox:
    """`silent`: takes the message and never says so, as when either side dies at that moment."""

    got: list[EmailMessage] = field(default_factory=list)
    silent: bool = False
    port: int = 0
    _server: asyncio.Server | None = None

    async def start(self) -> "Mailbox":
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def stop(self) -> None:
        if self._server is not None:
            self._server.close()

    def of(self, to: str) -> list[EmailMessage]:
        return [mail for mail in self.got if mail["To"] == to]

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            writer.write(b"220 proef\r\n")
            while line := await reader.readline():
                command = line.decode().strip()
                if command.upper() == "DATA":
                    writer.write(b"354 go on\r\n")
                    self._keep(await reader.readuntil(b"\r\n.\r\n"))
                    if self.silent:
                        continue
                writer.write(self._answer(command))
                if command.upper() == "QUIT":
                    break
        except (ConnectionError, asyncio.IncompleteReadError):
            return
        finally:
            writer.close()

    def _keep(self, raw: bytes) -> None:
        message = email.message_from_bytes(raw.removesuffix(b".\r\n"), policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        self.got.append(message)

    def _answer(self, command: str) -> bytes:
        if command.upper().startswith("RCPT") and GONE in command:
            return b"550 no such user\r\n"
        return b"221 bye\r\n" if command.upper() == "QUIT" else b"250 ok\r\n"
