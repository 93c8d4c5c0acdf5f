"""Wiring of the notices service."""

import routing
from contracts.events import (
    HANDOFFS,
    QUESTIONS,
    ROUTING_TABLE,
    HandoffsEvent,
    QuestionAcceptedEvent,
    TablePublishedEvent,
)
from services.notices.addresses import Addresses
from services.notices.fold import Telling
from services.notices.model import Followed
from services.notices.names import TableNames
from services.notices.overview import Overviews
from services.notices.ports import ports_of
from services.notices.sender import Sender
from services.notices.store import store_beside
from services.notices.words import load
from services.platform.consumer import Consumer
from services.platform.editions import Editions
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.process import Context, Parts

WANTED = {QUESTIONS: QuestionAcceptedEvent, HANDOFFS: HandoffsEvent}


async def wire(context: Context) -> Parts:
    settings, pool, relay = context.settings, context.pool, context.relay
    library = routing.Library(settings.table_path)
    names, texts, store = TableNames(library.shipped), load(), KeyedStore(Followed)
    editions = Editions(context, ROUTING_TABLE, TablePublishedEvent, library, names.use)
    await editions.start()
    telling = Telling(names, texts, f"{settings.public_url}/v1/personal-texts/")
    inner = Inner(context, store, telling.fold, WANTED, store_beside, editions.in_force)
    sender = Sender(pool, store, relay, context.source, texts, Addresses(settings), ports_of(settings))
    overviews = Overviews(pool, store, relay, context.source, names)
    return Parts(
        consumers=[Consumer(settings, context.service, inner.handle, topics=list(WANTED)), editions.consumer],
        work=[sender.run, overviews.run, editions.watch],
    )
