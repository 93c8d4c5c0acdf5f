"""Wiring of the delivery service."""

from datetime import UTC, datetime

import routing
from contracts.events import (
    CAPACITY,
    HANDOFFS,
    NOTICES,
    QUARANTINE,
    ROUTING_TABLE,
    CapacityEvent,
    HandoffsEvent,
    InputQuarantinedEvent,
    NoticesEvent,
    TablePublishedEvent,
)
from services.delivery.model import Delivered, fold_for
from services.delivery.posting import posting
from services.delivery.webhooks import queue_webhooks
from services.platform.consumer import Consumer
from services.platform.editions import Editions
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.process import Context, Parts

WANTED = {HANDOFFS: HandoffsEvent, NOTICES: NoticesEvent, CAPACITY: CapacityEvent, QUARANTINE: InputQuarantinedEvent}


class Connected:
    """Who can be reached over this system today, by the table in force."""

    def __init__(self, table: routing.Table) -> None:
        self.use(table)

    def use(self, table: routing.Table) -> None:
        self._table = table

    def __call__(self, agency: str) -> bool:
        today = routing.day_of(datetime.now(UTC))
        organisation = self._table.organisation(agency, today)
        return organisation is not None and organisation.connected_on(today)


async def wire(context: Context) -> Parts:
    library = routing.Library(context.settings.table_path)
    connected = Connected(library.shipped)
    editions = Editions(context, ROUTING_TABLE, TablePublishedEvent, library, connected.use)
    await editions.start()
    inner = Inner(context, KeyedStore(Delivered), fold_for(connected), WANTED, queue_webhooks, editions.in_force)
    keys, posts = posting(context.settings, context.pool)
    return Parts(
        consumers=[Consumer(context.settings, context.service, inner.handle, topics=list(WANTED)), editions.consumer],
        app=keys,
        work=[*posts, editions.watch],
    )
