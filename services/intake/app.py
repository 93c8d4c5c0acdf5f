"""Wiring of the intake service."""

from starlette.routing import Mount

import routing
from contracts.events import HANDOFFS, NOTICES, ROUTING_TABLE, HandoffsEvent, TablePublishedEvent
from services.intake.addresses import addresses
from services.intake.admission import Admission
from services.intake.api import Api
from services.intake.beside import store_beside
from services.intake.door import Door
from services.intake.handlers import InTopics
from services.intake.inquiries import Inquiries
from services.intake.telling import Telling, fold
from services.intake.texts import Vault
from services.intake.views import QuestionView
from services.intake.worklist import WorkList
from services.platform.consumer import Consumer
from services.platform.editions import Editions
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.process import Context, Parts

WANTED = {HANDOFFS: HandoffsEvent, NOTICES: Telling}
_IN_TOPICS = r"^gvd\.in\..+"


async def wire(context: Context) -> Parts:
    settings, store = context.settings, KeyedStore(QuestionView)
    library = routing.Library(settings.table_path)
    admission = Admission(library.shipped)
    editions = Editions(context, ROUTING_TABLE, TablePublishedEvent, library, admission.use)
    await editions.start()
    door = Door(store, admission, context.source, settings.public_url)
    view = Inner(context, store, fold, WANTED, store_beside)
    vault = Vault(settings.master_key.get_secret_value())
    api = Api(context, door, store, vault)
    inner = addresses(context.pool, vault, settings.notices_token.get_secret_value())
    api.app.routes.append(Mount("/inner/v1", inner))
    WorkList(api, context.pool, store)
    Inquiries(api, context.pool)
    return Parts(
        consumers=[
            Consumer(settings, "intake.door", InTopics(door, context.pool, context.relay).handle, pattern=_IN_TOPICS),
            Consumer(settings, "intake", view.handle, topics=list(WANTED)),
            editions.consumer,
        ],
        work=[editions.watch],
        app=api.app,
    )
