"""`gvd replay`: publish a stretch of a service's journal again, after Kafka lost it."""

import asyncio
from typing import Annotated

import typer

from services.platform.database import open_pool
from services.platform.relay import new_producer
from services.platform.repair import replay as publish_again
from services.platform.settings import Settings


def replay(
    service: Annotated[str, typer.Argument(help="Whose journal: intake, router, handoff or delivery.")],
    first: Annotated[int, typer.Option("--from", min=1, help="First journal number.")] = 1,
    last: Annotated[int | None, typer.Option("--to", min=1, help="Last journal number; default the newest.")] = None,
    topic: Annotated[list[str] | None, typer.Option(help="Only this topic; may be repeated.")] = None,
) -> None:
    """Publish journal entries again. Consumers recognise what they had: nothing happens twice."""
    count = asyncio.run(_replay(service, first, last, topic or []))
    typer.echo(f"{count} events of {service} published again")


async def _replay(service: str, first: int, last: int | None, topics: list[str]) -> int:
    settings = Settings()
    pool, producer = await open_pool(settings, service, size=1), new_producer(settings)
    await producer.start()
    try:
        newest = await pool.fetchval("select last from journal_head")
        return await publish_again(pool, producer, first=first, last=min(last or newest, newest), topics=topics)
    finally:
        await producer.stop()
        await pool.close()
