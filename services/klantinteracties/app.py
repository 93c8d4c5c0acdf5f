"""Wiring of the bridge."""

from dataclasses import replace

from contracts.events import OUT_PREFIX
from services.klantinteracties.bridge import Bridging
from services.klantinteracties.client import Client
from services.klantinteracties.desk import Desk
from services.klantinteracties.model import Bridge
from services.klantinteracties.projection import OUT_EVENT, fold_for
from services.klantinteracties.settings import OpenKlant
from services.klantinteracties.store import claim_schema, drop_leases, wake_tasks
from services.platform.consumer import Consumer
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.process import Context, Parts


async def wire(context: Context) -> Parts:
    settings = OpenKlant()
    await claim_schema(context.pool, settings.agency)
    await drop_leases(context.pool, context.settings.instance)
    # Towards the others the bridge is the agency, with the source an agency may always have.
    context = replace(context, source=f"urn:nld:gvd:{settings.agency}:systeem:klantinteracties")
    store, topic = KeyedStore(Bridge), f"{OUT_PREFIX}{settings.agency}"
    inner = Inner(context, store, fold_for(settings.agency), {topic: OUT_EVENT}, wake_tasks)
    desk = Desk(Client(settings), settings.actor, settings.agency)
    consumer = Consumer(context.settings, context.service, inner.handle, topics=[topic])
    return Parts(consumers=[consumer], work=[Bridging(context, store, desk, settings).run])
