"""One notice on its way out, and what every port promises."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol
from uuid import UUID

from contracts.notices import NoticeChannel, NoticeKind
from services.notices.addresses import Address


@dataclass(frozen=True, slots=True)
class Message:
    """`key` is the id of the notice: the same notice, sent again after a crash, has the same key."""

    key: UUID
    channel: NoticeChannel
    kind: NoticeKind
    address: Address
    subject: str = field(repr=False)
    text: str = field(repr=False)
    short: str = field(repr=False)
    fields: Mapping[str, str] = field(repr=False)
    at: datetime


class Undeliverable(Exception):
    """It will not arrive, however often it is tried; `reason` is a code of ours."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Port(Protocol):
    """Sends once per key, as far as it can know. Raises Undeliverable, or NotNow when a later try may work."""

    async def send(self, message: Message) -> None: ...
