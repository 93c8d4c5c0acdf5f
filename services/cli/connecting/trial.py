"""A hand-off of an organisation to itself, over the running installation: the whole way, with no citizen in it.

Its topic in the routing table is `verbindingstest`, which leads to who asks. So it is counted apart from all questions.
"""

import asyncio
import json
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

import httpx
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition

from contracts.events import IN_PREFIX, OUT_PREFIX
from services.cli.connecting.step import Stopped
from services.cli.saying import TYPE, event
from services.platform.settings import Settings

TOPIC = "verbindingstest"
_CLOUDEVENT = "application/cloudevents+json; charset=UTF-8"
_SECONDS = 60.0
_WAYS: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("receive", {}, "http"),
    ("accept", {}, "kafka"),
    ("start", {"contact": "made"}, "http"),
)
_COMPLETE = {"outcome": "helped", "person_informed": True}

Say = Callable[[str], None]


class Trial:
    """One play of it."""

    def __init__(self, organisation: str, token: str, settings: Settings, say: Say) -> None:
        self._organisation, self._settings, self._say = organisation, settings, say
        self._http = httpx.AsyncClient(
            base_url=f"{settings.public_url}/v1",
            headers={"Authorization": f"Bearer {token}", "Prefer": "wait=0"},
            timeout=20,
            trust_env=False,
        )
        self._producer = AIOKafkaProducer(bootstrap_servers=settings.kafka_bootstrap_servers, acks="all")
        self._consumer = AIOKafkaConsumer(bootstrap_servers=settings.kafka_bootstrap_servers, enable_auto_commit=False)
        self._heard: list[dict[str, Any]] = []
        self._question = ""

    async def play(self) -> None:
        """Raises Stopped when something does not come; then nothing is left open."""
        await self._producer.start()
        await self._consumer.start()
        try:
            await self._listen_from_now()
            await self._whole_way()
        except Stopped:
            await self._put_away()
            raise
        finally:
            await asyncio.gather(
                self._consumer.stop(), self._producer.stop(), self._http.aclose(), return_exceptions=True
            )

    async def _listen_from_now(self) -> None:
        topic = OUT_PREFIX + self._organisation
        places = [TopicPartition(topic, number) for number in await self._producer.partitions_for(topic)]
        self._consumer.assign(places)
        await self._consumer.seek_to_end(*places)
        for place in places:
            await self._consumer.position(place)

    async def _whole_way(self) -> None:
        offer = await self._asked()
        version = offer["version"]
        for action, more, way in (*_WAYS, ("complete", _COMPLETE, "http")):
            since = time.monotonic()
            data = {"question": offer["question"], "handoff": offer["handoff"], "version": version}
            said = self._event("reply.given", {**data, "reply": {"action": action, **more}})
            await (self._post("/replies", said) if way == "http" else self._publish(said))
            changed = await self._wait("handoff.changed", partial(_newer, version), action)
            version = changed["version"]
            self._told(f"{action} over {way}, told: {changed['state']}", since)
        since = time.monotonic()
        ended = await self._wait("question.ended", lambda d: d["question"] == offer["question"], "complete")
        self._told(f"the question ended: {ended['outcome']}", since)

    async def _asked(self) -> dict[str, Any]:
        since, reference = time.monotonic(), f"VERBINDINGSTEST-{secrets.token_hex(4)}"
        facts = {"topic": TOPIC, "channel": "web", "decision_by": self._organisation}
        now = datetime.now(UTC).isoformat()
        asked = self._event("question.asked", {"reference": reference, "first_received_at": now, "facts": facts})
        self._question = str((await self._post("/questions", asked))["question"])
        self._told("asked over http", since)
        offer = await self._wait("handoff.requested", lambda d: d["question"] == self._question, "the question")
        self._told(f"offered on {OUT_PREFIX}{self._organisation}", since)
        if offer["receiver"] != self._organisation:
            raise Stopped(
                f"The table gave the test to {offer['receiver']}, by rule {offer['rule']}; it is put away.",
                f"Does the table in force have the topic {TOPIC}?",
            )
        return offer

    async def _wait(self, kind: str, fits: Callable[[dict[str, Any]], bool], after: str) -> dict[str, Any]:
        end = time.monotonic() + _SECONDS
        while True:
            for one in self._heard:
                data: dict[str, Any] = one["data"]
                if one["type"] == f"{TYPE}{kind}.v1" and data.get("question") == self._question and fits(data):
                    return data
                if one["type"] == f"{TYPE}reply.refused.v1" and data.get("question") == self._question:
                    raise Stopped(f"{data['action']} was refused: {data['reason']}. {data['detail']}")
            if time.monotonic() > end:
                raise Stopped(*await self._missing(kind, after))
            for records in (await self._consumer.getmany(timeout_ms=200)).values():
                self._heard += [json.loads(record.value) for record in records]

    async def _missing(self, kind: str, after: str) -> list[str]:
        """Where it stopped, as the front door sees it."""
        answer = await self._http.get(f"/questions/{self._question}")
        status = answer.json().get("status") if answer.is_success else f"HTTP {answer.status_code}"
        return [
            f"After {after} no {kind} came on {OUT_PREFIX}{self._organisation} in {_SECONDS:.0f} s.",
            f"The front door shows: {status}. {_WHERE.get(str(status), 'Look at the delivery service.')}",
            "Each service says on /healthz/ready what it waits for; `gvd audit` names what is stuck.",
        ]

    async def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        try:
            answer = await self._http.post(path, content=json.dumps(body), headers={"Content-Type": _CLOUDEVENT})
        except httpx.HTTPError as error:
            url = self._settings.public_url
            raise Stopped(f"Nobody answers on {url} ({type(error).__name__}). Is GVD_PUBLIC_URL right?") from error
        if not answer.is_success:
            raise Stopped(f"{path} answered {answer.status_code}:", *_faults(answer))
        found: dict[str, Any] = answer.json()
        return found

    async def _publish(self, body: dict[str, Any]) -> None:
        headers = [("content-type", _CLOUDEVENT.encode())]
        await self._producer.send_and_wait(IN_PREFIX + self._organisation, json.dumps(body).encode(), headers=headers)

    async def _put_away(self) -> None:
        """A test that stopped half-way leaves no question open."""
        if not self._question:
            return
        view = (await self._http.get(f"/questions/{self._question}")).json()
        if view.get("version") and view.get("status") != "ended":
            data = {"question": self._question, "version": view["version"]}
            end = {**data, "reply": {"action": "end", "outcome": "withdrawn-by-citizen"}}
            await self._http.post(
                "/replies", content=json.dumps(self._event("reply.given", end)), headers={"Content-Type": _CLOUDEVENT}
            )

    def _event(self, kind: str, data: dict[str, Any]) -> dict[str, Any]:
        return event(self._organisation, kind, data, datetime.now(UTC))

    def _told(self, what: str, since: float) -> None:
        self._say(f"{(time.monotonic() - since) * 1000:6.0f} ms  {what}")


def _newer(seen: int, data: dict[str, Any]) -> bool:
    return bool(data["version"] > seen)


_WHERE = {
    "accepted": "The router has not decided: does it run?",
    "triage": f"The table sent it to the triage desk: does it have the topic {TOPIC}?",
    "deciding": "The router has not decided again: does it run?",
}


def _faults(answer: httpx.Response) -> list[str]:
    try:
        problem = answer.json()
        return [problem["detail"], *(f"{e['where']}: {e['code']}: {e['message']}" for e in problem["errors"])]
    except (ValueError, KeyError, TypeError):
        return ["No problem details: is this the front door?"]
