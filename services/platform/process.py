"""One process of one service: started, watched and stopped the same way for all."""

import asyncio
import gc
import signal
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import uvicorn
from aiokafka import AIOKafkaProducer
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from contracts.events import REPAIRS
from services.platform import metrics
from services.platform.consumer import Consumer
from services.platform.database import TRANSIENT, Pool, open_pool
from services.platform.logging import configure, log
from services.platform.relay import Relay, new_producer
from services.platform.repair import Repair
from services.platform.settings import Settings
from services.platform.vitals import until_dead

_BEHIND_LIMIT = 100_000
_LAST_ANSWERS_SECONDS = 5


@dataclass(slots=True)
class Parts:
    """What a service adds to a process: its consumers, its HTTP application and its background work."""

    consumers: Sequence[Consumer] = ()
    app: Starlette = field(default_factory=Starlette)
    work: Sequence[Callable[[], Awaitable[None]]] = ()


@dataclass(slots=True)
class Context:
    """What a process gives a service to wire itself with."""

    service: str
    settings: Settings
    pool: Pool
    relay: Relay
    producer: AIOKafkaProducer
    source: str


Work = Callable[[], Awaitable[Any]]
Wire = Callable[[Context], Awaitable[Parts]]


async def serve(service: str, settings: Settings, wire: Wire) -> None:
    """Run until a signal comes. Any part that fails ends the process; its supervisor starts it again."""
    configure(service, settings.log_level)
    told_to_stop = _signals()
    pool = await open_pool(settings, service)
    producer = new_producer(settings)
    await producer.start()
    context = Context(service, settings, pool, Relay(settings, service), producer, settings.source(service))
    parts = await wire(context)
    _quiet_collector()
    repair = Repair(service, context.source, pool, producer)
    consumers = [
        *parts.consumers,
        Consumer(settings, f"{service}.repairs", repair.answer, topics=[REPAIRS]),
    ]
    _add_health(parts.app, context, consumers)
    server = _server(parts.app, settings)
    try:
        own: list[Work] = [told_to_stop.wait, partial(until_dead, producer), context.relay.run, repair.ask_for_missing]
        await _run_all(server, consumers, [*own, *parts.work])
    finally:
        await asyncio.gather(*(consumer.stop() for consumer in consumers), return_exceptions=True)
        await producer.stop()
        await pool.close()
        log.info("process.stopped")


async def _run_all(server: uvicorn.Server, consumers: Sequence[Consumer], work: Sequence[Work]) -> None:
    await asyncio.gather(*(consumer.start() for consumer in consumers))  # each waits for its group
    serving = asyncio.ensure_future(server.serve())
    tasks = [serving, *(asyncio.ensure_future(job()) for job in [*work, *(each.watch for each in consumers)])]
    log.info("process.started", host=server.config.host, port=server.config.port)
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in done:
            task.result()
    finally:
        server.should_exit = True
        await asyncio.wait([serving], timeout=2 * _LAST_ANSWERS_SECONDS)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


def _quiet_collector() -> None:
    """What is loaded now stays: scanning the routing table for garbage again and again cost a third of the time."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 100)


def _signals() -> asyncio.Event:
    """Set by SIGTERM and Ctrl-C, from the very start: then all parts stop in order."""
    told, loop = asyncio.Event(), asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(told.set))
    return told


class _Server(uvicorn.Server):
    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """uvicorn's own way ends the process by the caught signal, before a running batch has ended."""
        yield


def _server(app: Starlette, settings: Settings) -> uvicorn.Server:
    return _Server(
        uvicorn.Config(
            app,
            host=settings.http_host,
            port=settings.http_port,
            log_config=None,
            access_log=False,
            server_header=False,
            lifespan="off",
            timeout_graceful_shutdown=_LAST_ANSWERS_SECONDS,
        )
    )


def _add_health(app: Starlette, context: Context, consumers: Sequence[Consumer]) -> None:
    async def live(_: Request) -> Response:
        stuck = [c for c in consumers if not c.alive(time.monotonic(), context.settings.stuck_seconds)]
        return _answer(not stuck, {"consumers": not stuck})

    async def ready(_: Request) -> Response:
        checks = {
            "database": await _database_answers(context.pool),
            "consumers": all(consumer.ready for consumer in consumers),
            "relay": await _behind(context) < _BEHIND_LIMIT,
        }
        return _answer(all(checks.values()), checks)

    async def exposition(_: Request) -> Response:
        await _behind(context)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    app.router.routes.extend(
        [
            Route("/healthz/live", live),
            Route("/healthz/ready", ready),
            Route("/metrics", exposition),
        ]
    )


def _answer(good: bool, checks: dict[str, Any]) -> Response:  # noqa: FBT001
    return JSONResponse(checks, status_code=200 if good else 503, headers={"Cache-Control": "no-store"})


async def _database_answers(pool: Pool) -> bool:
    try:
        return bool(await asyncio.wait_for(pool.fetchval("select true"), 2))
    except TRANSIENT:
        return False


async def _behind(context: Context) -> int:
    """Journal entries not yet published; -1 when the database does not answer."""
    try:
        behind = int(
            await asyncio.wait_for(
                context.pool.fetchval("select h.last - c.number from journal_head h, relay_cursor c"), 2
            )
        )
    except TRANSIENT:
        return -1
    metrics.RELAY_BEHIND.labels(context.service).set(behind)
    return behind
