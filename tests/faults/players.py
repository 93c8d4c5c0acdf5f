"""Agencies at work: they ask, receive, accept, decline, place and complete, each from its own out-topic only."""

import asyncio
import hashlib
import uuid
from typing import Any

from tests.world import COMPLETE, Agencies, Ear, Seen, question, reply

#: Topics and who is responsible for them in the shipped table; nobody is for the last.
TOPICS = ("aow", "studieschuld", "ww", "kinderbijslag", "zorgtoeslag", "dit-onderwerp-kent-niemand")
_NAMESPACE = uuid.UUID("5e8f2b3a-0d5f-4b51-9b6e-3f1c5f6a7d10")
RECEIVERS = ("svb", "duo", "uwv", "toeslagen", "triage")
FOLLOWERS = ("belastingdienst", "cak")


class Players:
    """Replies as the rules say. The choice depends on the question's id only, so a replay chooses the same."""

    def __init__(self, agencies: Agencies) -> None:
        self._agencies = agencies
        topics = [f"gvd.out.{name}" for name in (*RECEIVERS, *FOLLOWERS)]
        self.ear = Ear(agencies.world.kafka.bootstrap, topics)
        self.asked: list[dict[str, Any]] = []
        self.ended: set[str] = set()
        self._next = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.asking, self.answering = asyncio.Event(), asyncio.Event()
        self.answering.set()

    async def start(self, per_second: float) -> None:
        await self.ear.start()
        self._tasks = [asyncio.create_task(self._play()), asyncio.create_task(self._ask(1 / per_second))]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.ear.stop()

    def check(self) -> None:
        """A player that failed would look like a system that lost something."""
        for task in self._tasks:
            if task.done() and not task.cancelled():
                task.result()

    @property
    def done(self) -> bool:
        self.check()
        return {event["data"]["reference"] for event in self.asked} == self.ended

    async def _ask(self, pause: float) -> None:
        while True:
            await self.asking.wait()
            await self.ask(TOPICS[len(self.asked) % len(TOPICS)])
            await asyncio.sleep(pause)

    async def ask(self, topic: str) -> dict[str, Any]:
        number = len(self.asked)
        agency = FOLLOWERS[number % len(FOLLOWERS)]
        asked = question(agency, topic)
        self.asked.append(asked)
        await self._agencies.send(agency, asked)
        if number % 7 == 0:  # an agency that is not sure sends again
            await self._agencies.send(agency, asked)
        return asked

    async def _play(self) -> None:
        while True:
            while self._next < len(self.ear.heard):
                await self.answering.wait()
                await self._hear(self.ear.heard[self._next])
                self._next += 1
            await asyncio.sleep(0.01)

    async def _hear(self, seen: Seen) -> None:
        agency, data = seen.topic.removeprefix("gvd.out."), seen.data
        if seen.kind == "question.ended":
            self.ended.add(data["reference"])
        elif seen.kind == "question.triaged" and data["holder"] == agency == "triage":
            await self._place(data)
        elif data.get("receiver") == agency:
            await self._handle(agency, seen)

    async def _handle(self, agency: str, seen: Seen) -> None:
        data = seen.data
        state = data.get("state", "requested")
        if state == "requested":
            if _chance(data["question"]) < 15 and agency != "uwv":
                await self._say(agency, data, "decline", reason="not-competent")
            else:
                await self._say(agency, data, "receive", receiver_reference="ZAAK-1")
        elif state == "received":
            await self._say(agency, data, "accept")
        elif state == "accepted":
            await self._say(agency, data, "start", contact="made")
        elif state == "in-progress":
            await self._say(agency, data, "complete", **COMPLETE)

    async def _place(self, data: dict[str, Any]) -> None:
        """The triage desk sends it to an organisation that declines nothing."""
        seen = {"question": data["question"], "handoff": None, "version": data["question_version"]}
        await self._say("triage", seen, "place", organisation="uwv", reason="uitgezocht")

    async def _say(self, agency: str, data: dict[str, Any], action: str, **more: Any) -> None:
        name = f"{data['question']}/{data['handoff']}/{data['version']}/{action}"
        said = reply(agency, data, action, **more, attributes={"id": str(uuid.uuid5(_NAMESPACE, name))})
        if data["handoff"] is None:
            del said["data"]["handoff"]
        await self._agencies.send(agency, said)
        if _chance(name) < 5:
            await self._agencies.send(agency, said)


def _chance(text: str) -> int:
    """0 to 99, always the same for the same text."""
    return hashlib.sha256(text.encode()).digest()[0] * 100 // 256
