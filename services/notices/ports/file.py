"""The outbox of files: what would be sent, to look at. The default of `gvd up`; works without anything else.

The name of the file is the key, so a notice that comes twice is one file.
"""

import asyncio
import os
from pathlib import Path

from contracts.notices import NoticeChannel
from services.notices.ports.mail import mail_of
from services.notices.ports.message import Message


class FileOutbox:
    """Mail as .eml, text messages as .txt. Only the owner of the folder may read them: they hold addresses."""

    def __init__(self, folder: Path, sender: str) -> None:
        self._folder, self._sender = folder, sender

    async def send(self, message: Message) -> None:
        if message.channel is NoticeChannel.EMAIL:
            name, content = f"{message.key}.eml", mail_of(message, self._sender).as_bytes()
        else:
            name, content = f"{message.key}.txt", f"{message.address.to}\n\n{message.short}\n".encode()
        await asyncio.to_thread(put, self._folder / name, content)


def put(path: Path, content: bytes) -> None:
    """Whole or not at all, also when we are killed half-way; what is there already stays."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    half = path.with_name(f".{path.name}.{os.getpid()}")
    half.touch(mode=0o600)
    half.write_bytes(content)
    half.replace(path)
