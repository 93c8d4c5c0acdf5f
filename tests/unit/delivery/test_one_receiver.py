"""What is wrong with one receiver, its address or its token, holds up no other and does not end delivery."""

import asyncio
from typing import Any

import httpx
import pytest
import typer

from services.cli.agency import subscribe
from services.delivery.permission import Permissions, Refused, _Ask
from services.delivery.signing import Signer
from services.delivery.webhooks import Webhooks

ORIGIN = "gvd.example"
UNSENDABLE = "sleutel-é-\U0001f511"


class Queue:
    """A pool with two posts in it, one to each receiver."""

    def __init__(self, *posts: tuple[str, str, str | None]) -> None:
        self.posts = [
            {"position": n, "agency": agency, "url": url, "token": token, "value": b"{}", "attempts": 0}
            for n, (agency, url, token) in enumerate(posts)
        ]
        self.settled: dict[int, str] = {}
        self.done = asyncio.Event()

    async def fetch(self, *_: Any) -> list[dict[str, Any]]:
        posts, self.posts = self.posts, []
        return posts

    async def execute(self, statement: str, position: int, *_: Any) -> None:
        self.settled[position] = statement.split()[0]
        if len(self.settled) == 2:
            self.done.set()


def client() -> httpx.AsyncClient:
    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.host == "broken.example":
            raise KeyError("what no library says it raises")
        return httpx.Response(204)

    return httpx.AsyncClient(transport=httpx.MockTransport(answer))


@pytest.mark.parametrize(("url", "token"), [("https://a.example/in", UNSENDABLE), ("https://broken.example/", None)])
async def test_the_others_get_theirs(url: str, token: str | None) -> None:
    queue: Any = Queue(("svb", url, token), ("uwv", "https://b.example/in", "sleutel"))
    work = asyncio.create_task(Webhooks(queue, client(), Signer([bytes(32)]), ORIGIN).run())
    waiting = asyncio.create_task(queue.done.wait())
    await asyncio.wait({work, waiting}, return_when=asyncio.FIRST_COMPLETED)
    assert not work.done(), "delivery goes on"
    assert queue.settled == {0: "update", 1: "delete"}
    work.cancel()


async def test_one_that_cannot_be_asked_gave_no_leave() -> None:
    pool: Any = None
    outcome = await Permissions(pool, client(), ORIGIN)._ask(_Ask("svb", "https://broken.example/", 0))
    assert outcome == Refused("no answer to OPTIONS (builtins.KeyError)")


@pytest.mark.parametrize("bearer", [UNSENDABLE, "", "twee woorden", "regel\r\nX: y"])
async def test_a_token_that_cannot_be_sent_is_refused_where_it_is_set(bearer: str) -> None:
    with pytest.raises(typer.BadParameter, match="visible ASCII"):
        await subscribe("svb", "https://a.example/in", bearer)
