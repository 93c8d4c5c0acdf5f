"""aiokafka's own background tasks: one that dies takes nobody with it, and its client does nothing more, silently.

Seen with uvloop when a broker is killed while a request is written: writing to a closed connection raises
RuntimeError there, which no layer of aiokafka expects.
"""

# ruff: noqa: SLF001 - nothing public tells whether a client still works

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.errors import KafkaError

T = TypeVar("T")


class ClientDied(KafkaError):  # type: ignore[misc]  # aiokafka has no type hints
    """A background task of a Kafka client ended; the client must be made anew."""


async def alive_while(work: Coroutine[Any, Any, T], client: AIOKafkaConsumer | AIOKafkaProducer) -> T:
    """What the work gives; raises ClientDied as soon as the client it works with is dead."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.wait([working, *_tasks(client)], return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise ClientDied
        return working.result()
    finally:
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)


async def until_dead(client: AIOKafkaConsumer | AIOKafkaProducer) -> None:
    """Runs as long as the client lives; then raises ClientDied."""
    await asyncio.wait(list(_tasks(client)), return_when=asyncio.FIRST_COMPLETED)
    raise ClientDied


def _tasks(client: AIOKafkaConsumer | AIOKafkaProducer) -> Iterator[asyncio.Task[None]]:
    yield client._client._sync_task if isinstance(client, AIOKafkaConsumer) else client.client._sync_task
    if isinstance(client, AIOKafkaProducer):
        yield client._sender.sender_task
        return
    yield client._fetcher._fetch_task
    if hasattr(client._coordinator, "_coordination_task"):
        yield client._coordinator._coordination_task
