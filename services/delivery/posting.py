"""What a process of delivery needs to post: keys, one client, and who we say we are."""

from collections.abc import Awaitable, Callable, Sequence

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from services.delivery.permission import Permissions
from services.delivery.signing import NoKeyError, Signer
from services.delivery.webhooks import Webhooks, new_client
from services.platform.database import Pool
from services.platform.logging import log
from services.platform.settings import KEYS_PATH, Settings


def posting(settings: Settings, pool: Pool) -> tuple[Starlette, Sequence[Callable[[], Awaitable[None]]]]:
    """The application that publishes our keys, and the work. Without a key nobody is asked or posted anything."""
    try:
        signer = Signer(settings.signing_seeds)
    except NoKeyError:
        log.error("webhooks.off", cause="GVD_SIGNING_KEYS is empty")
        return _published({"keys": []}), []
    client, origin = new_client(), settings.webhook_origin
    work = [Permissions(pool, client, origin).run, Webhooks(pool, client, signer, origin).run]
    return _published(signer.published()), work


def _published(keys: dict[str, list[dict[str, str]]]) -> Starlette:
    async def answer(_: Request) -> Response:
        return JSONResponse(keys, headers={"Cache-Control": "max-age=3600", "Access-Control-Allow-Origin": "*"})

    return Starlette(routes=[Route(KEYS_PATH, answer)])
