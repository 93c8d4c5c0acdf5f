"""Wiring of the router service."""

import asyncio

import routing
from contracts.events import (
    DECISION_REQUESTS,
    QUESTIONS,
    ROUTING_TABLE,
    DecisionRequestedEvent,
    QuestionAcceptedEvent,
    TablePublishedEvent,
)
from routing.suggest import prepare
from services.platform.consumer import Consumer
from services.platform.editions import Editions
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.process import Context, Parts
from services.router.api import Api
from services.router.aside import Aside
from services.router.insight import Insight
from services.router.learning import Learning
from services.router.model import RoutedQuestion, Router
from services.router.stewardship import Stewardship

WANTED = {QUESTIONS: QuestionAcceptedEvent, DECISION_REQUESTS: DecisionRequestedEvent}


async def wire(context: Context) -> Parts:
    library = routing.Library(context.settings.table_path, prepare)
    router = Router(library.shipped)
    asyncio.get_running_loop().run_in_executor(None, prepare, library.shipped)  # nobody waits for it
    editions = Editions(context, ROUTING_TABLE, TablePublishedEvent, library, router.use)
    await editions.start()
    inner = Inner(context, KeyedStore(RoutedQuestion), router.fold, WANTED, before=editions.in_force)
    routes = Consumer(context.settings, context.service, inner.handle, topics=list(WANTED))
    aside = Aside()
    stewardship = Stewardship(context, library.shipped.version, aside)
    api = Api(context, stewardship, aside)
    Insight(api, context.pool, router, editions, stewardship)
    learning = Learning(context.pool, lambda: router.table)
    return Parts(consumers=[routes, editions.consumer], work=[editions.watch, learning.run], app=api.app)
