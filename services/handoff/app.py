"""Wiring of the handoff service."""

import routing
from contracts.events import ROUTING_TABLE, TablePublishedEvent
from services.handoff.clocks import ClockWork
from services.handoff.handlers import WANTED, Life
from services.handoff.model import QuestionState
from services.handoff.store import store_clocks
from services.platform.consumer import Consumer
from services.platform.editions import Editions
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.process import Context, Parts


async def wire(context: Context) -> Parts:
    library = routing.Library(context.settings.table_path)
    life = Life(library.shipped)
    editions = Editions(context, ROUTING_TABLE, TablePublishedEvent, library, life.use)
    await editions.start()
    store = KeyedStore(QuestionState)
    inner = Inner(context, store, life.fold, WANTED, store_clocks, editions.in_force)
    consumer = Consumer(context.settings, context.service, inner.handle, topics=list(WANTED))
    clocks = ClockWork(context.pool, store, context.relay, context.source, life)
    return Parts(consumers=[consumer, editions.consumer], work=[clocks.run, editions.watch])
