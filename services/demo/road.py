"""The roads between the agencies and the installation: Kafka, and the HTTP door."""

import os
from collections.abc import Iterable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Self

import httpx
from aiokafka import AIOKafkaProducer

from services.demo.credentials import Credentials, NotReachable
from services.demo.ears import Hearing, hearing
from services.demo.messages import Event, written
from services.demo.player import Player
from services.demo.webhook import WebhookReceiver
from services.platform.settings import KEYS_PATH

IN = "gvd.in."
_MORE = {"GVD_WEBHOOK_HOST": "webhook_host", "GVD_DELIVERY_URL": "delivery_url"}
STRUCTURED = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


@dataclass(frozen=True, slots=True)
class Place:
    """Where an installation is."""

    bootstrap: str
    database: str
    url: str
    webhook_host: str = "127.0.0.1"
    delivery_url: str = "http://127.0.0.1:8080"

    @classmethod
    def given(cls, env: Mapping[str, str] = os.environ) -> "Place":
        """From the environment, as every process of it has it."""
        wanted = ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")
        if missing := [name for name in wanted if name not in env]:
            raise NotReachable(f"{' en '.join(missing)} ontbreekt: zeg waar de installatie is.")
        url = env.get("GVD_URL") or env.get("GVD_PUBLIC_URL") or "http://127.0.0.1:8080"
        more = {field: env[name] for name, field in _MORE.items() if name in env}
        return cls(env["KAFKA_BOOTSTRAP_SERVERS"], env["DATABASE_URL"], url, **more)


class Road:
    """What the players have in common: a way in, a way back, tokens and webhooks."""

    hearing: Hearing

    def __init__(self, place: Place, players: Mapping[str, Player], webhooks: Iterable[str] = ()) -> None:
        self._place, self._players = place, players
        self._producer = AIOKafkaProducer(bootstrap_servers=place.bootstrap, acks="all")
        self._client = httpx.AsyncClient(timeout=20)
        self._credentials = Credentials(place.database)
        self._subscribed = set(webhooks)
        self._webhooks: dict[str, WebhookReceiver] = {}
        self._stack = AsyncExitStack()
        self._tokens: dict[str, str] = {}

    async def __aenter__(self) -> Self:
        try:
            await self._open()
        except BaseException:
            await self._stack.aclose()
            raise
        return self

    async def _open(self) -> None:
        enter = self._stack.enter_async_context
        self._stack.push_async_callback(self._client.aclose)
        self._stack.push_async_callback(self._producer.stop)
        await self._producer.start()
        self.hearing = await enter(hearing(self._place.bootstrap, self._producer, self._players))
        self._tokens = await enter(self._credentials.of(self._players))
        keys = await self._keys() if self._subscribed else {}
        for agency in self._subscribed:
            self._webhooks[agency] = WebhookReceiver(self._place.webhook_host, keys)
            await enter(self._credentials.subscription(agency, await enter(self._webhooks[agency])))

    async def _keys(self) -> dict[str, str]:
        """The public keys of whoever posts to webhooks, by id."""
        try:
            answer = await self._client.get(f"{self._place.delivery_url}{KEYS_PATH}")
            return {key["kid"]: key["x"] for key in answer.raise_for_status().json()["keys"]}
        except httpx.HTTPError as error:
            raise NotReachable("delivery geeft zijn sleutels niet: klopt GVD_DELIVERY_URL?") from error

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._stack.aclose()

    async def publish(self, agency: str, event: Event, key: str, times: int = 1) -> None:
        """What the agency says, on its own in-topic."""
        for _ in range(times):
            await self._producer.send_and_wait(IN + agency, written(event), key=key.encode(), headers=STRUCTURED)

    async def post(self, agency: str, path: str, body: Event | dict[str, Any]) -> httpx.Response:
        """The same over HTTP; waits for the outcome, because the person is still at the desk (R-07)."""
        media = "application/cloudevents+json" if "specversion" in body else "application/json"
        headers = {"Content-Type": media, "Prefer": "wait=10", **self._bearer(agency)}
        return await self._client.post(f"{self._place.url}/v1/{path}", content=written(body), headers=headers)

    async def fetch(self, agency: str, dataref: str) -> httpx.Response:
        """The person's own words, from where the event says they are."""
        return await self._client.get(dataref, headers=self._bearer(agency))

    async def posted(self, agency: str, subject: str, count: int) -> list[bytes]:
        """What the agency's webhook got about one question, in order, as soon as it is so many."""
        return await self._webhooks[agency].at_least(subject, count)

    def _bearer(self, agency: str) -> dict[str, str]:
        return {"Authorization": f"Bearer {self._tokens[agency]}"}
