"""The agencies: they ask, accept, decline, help, make mistakes, send things twice, and hear back."""

import asyncio
import json
import random
from typing import Any
from uuid import UUID

from tests.simulation.broker import Broker
from tests.simulation.loop import Calendar, Chance
from tests.simulation.table import CONNECTED, TOPICS, UNCONNECTED

_HEADERS = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
_HELPED = {"action": "complete", "outcome": "helped", "person_informed": True}
_NOBODYS = {"question": str(UUID(int=1)), "version": 1, "reply": {"action": "repeat", "channel": "phone"}}
_NEXT: dict[str, list[dict[str, Any]]] = {
    "requested": [
        {"action": "receive", "receiver_reference": "R-1"},
        {"action": "accept"},
        {"action": "start", "contact": "planned"},
        {"action": "decline", "reason": "not-competent"},
    ],
    "received": [{"action": "accept"}, {"action": "accept"}, {"action": "decline", "reason": "no-capacity"}],
    "accepted": [{"action": "start", "contact": "made"}, _HELPED, {"action": "decline", "reason": "other"}],
    "in-progress": [
        *(_HELPED, _HELPED, _HELPED, _HELPED),
        {"action": "start", "contact": "not-reached"},
        {"action": "hold", "reason": "waiting-for-person"},
        {"action": "fail", "reason": "person-not-found"},
    ],
    "on-hold": [{"action": "resume"}, {"action": "resume"}, {"action": "fail", "reason": "impossible"}],
    "cancellation-requested": [
        {"action": "confirm-cancellation"},
        {"action": "refuse-cancellation", "reason": "nearly-done"},
        _HELPED,
    ],
}


def _contact(agency: str, since: str) -> dict[str, Any]:
    return {"organisation": agency, "reference": "ROL-1", "reachable_at": {"phone": "088 000 00 00"}, "since": since}


class Agency:
    """Does what it does by its own dice, so that the same messages give the same replies."""

    def __init__(self, name: str, broker: Broker, chance: Chance, seed: int) -> None:
        self.name, self.broker, self.chance, self.seed = name, broker, chance, seed
        self.asked: list[str] = []
        self.sent: dict[str, bytes] = {}
        self.heard: list[dict[str, Any]] = []
        self.busy = 0
        self._news = asyncio.Event()
        self._known: set[str] = set()
        self._questions: dict[str, dict[str, Any]] = {}

    async def run(self) -> None:
        """Reads its out-topic from the beginning; a copy of what it knows is not read again."""
        self.broker.listen([f"gvd.out.{self.name}"], self._news)
        offset = 0
        while True:
            log = self.broker.partitions(f"gvd.out.{self.name}")[0]
            for record in log[offset:]:
                event = json.loads(record.value)
                if event["id"] not in self._known:
                    self._known.add(event["id"])
                    self.heard.append(event)
                    self._react(event)
            offset = len(log)
            self._news.clear()
            await self._news.wait()

    def ask(self, number: int) -> None:
        dice = random.Random(f"{self.seed}/{self.name}/{number}")  # noqa: S311
        reference = f"{self.name}-{number}"
        self.asked.append(reference)
        facts = {"topic": dice.choice([*TOPICS, None]), "channel": "phone"}
        facts["kind"] = dice.choice(["question", "question", "wrong-data"])
        data = {"reference": reference, "first_received_at": Calendar.now().isoformat(), "facts": facts}
        self._questions[reference] = data
        self._send(dice, "question.asked", data, reference)

    def nonsense(self, number: int) -> int:
        """What must end in quarantine, counted once each: how many records. A refused reply comes twice, as twins."""
        values = [b"{", b'{"specversion":"1.0"}', b"\xff\xff", self._event("question.asked", {}, f"bad-{number}")]
        twins = [self._event("reply.given", _NOBODYS, f"bad-{number}")] * 2
        records = random.Random(f"{self.seed}/bad/{number}").choice([*([one] for one in values), twins])  # noqa: S311
        for value in records:
            self.broker.append(f"gvd.in.{self.name}", 0, None, value, _HEADERS)
        return len(records)

    def _react(self, event: dict[str, Any]) -> None:
        data, kind = event["data"], event["type"].removeprefix("nl.geenverkeerdedeur.").removesuffix(".v1")
        dice = random.Random(f"{self.seed}/{self.name}/{event['id']}")  # noqa: S311
        if data.get("reference") in self._questions and dice.random() < 0.1:
            self._comes_back(dice, data["reference"], event["id"])
        reply = self._reply(dice, kind, data)
        if reply is None:
            return
        given = {"question": data["question"], "version": reply.pop("version"), "reply": reply}
        if "handoff" in reply:
            given["handoff"] = reply.pop("handoff")
        self._send(dice, "reply.given", given, event["id"])

    def _comes_back(self, dice: random.Random, reference: str, event_id: str) -> None:
        """The person stands at the same desk again: the same number, another event."""
        if self._questions[reference]["facts"]["topic"] is not None:
            self._send(dice, "question.asked", self._questions[reference], f"{event_id}-again")

    def _reply(self, dice: random.Random, kind: str, data: dict[str, Any]) -> dict[str, Any] | None:
        version = data.get("question_version")
        if kind in ("handoff.requested", "handoff.changed"):
            return self._about_handoff(dice, data)
        if kind == "question.asking":
            answer = dice.choice(["een", "twee", "geen-van-beide"])
            return {"action": "answer", "ask": data["ask"]["code"], "answer": answer, "version": version}
        if kind == "question.triaged" and data["holder"] == self.name:
            where = dice.choice((*CONNECTED, *UNCONNECTED))
            return {"action": "place", "organisation": where, "reason": "knows-best", "version": version}
        if kind == "question.ended" and data["follower"] == self.name and dice.random() < 0.1:
            elsewhere = dice.random() < 0.3
            return {"action": "reopen", "reason": "not-helped", "elsewhere": elsewhere, "version": version}
        if kind == "reply.refused":
            return self._once_more(dice, data)
        return None

    def _about_handoff(self, dice: random.Random, data: dict[str, Any]) -> dict[str, Any] | None:
        state = data.get("state", "requested")
        speaks = data["receiver"] if data.get("connected", True) and data["receiver"] in CONNECTED else data["follower"]
        if data["follower"] == self.name and state in _NEXT and dice.random() < 0.06:
            return self._other_plan(dice, data, state)
        if speaks != self.name or state not in _NEXT:
            return None
        reply = dict(dice.choice(_NEXT[state]))
        if reply["action"] == "complete":
            reply |= {"datum_corrected": True, "consequences_repaired": True}
        if state == "in-progress" and data["role"] == "lead" and dice.random() < 0.1:
            reply = {"action": "involve", "organisation": dice.choice(CONNECTED), "reason": "needed"}
        stale = dice.random() < 0.05
        return {**reply, "handoff": data["handoff"], "version": data["version"] + stale}

    def _other_plan(self, dice: random.Random, data: dict[str, Any], state: str) -> dict[str, Any]:
        """The first door changes its mind, comes with other facts, or meets the person again."""
        take_back = {"action": "withdraw", "reason": dice.choice(["wrong-destination", "sent-in-error"])}
        if state in ("in-progress", "on-hold"):
            take_back = {"action": "request-cancellation", "reason": "person-changed-mind"}
        about_handoff = {**take_back, "handoff": data["handoff"], "version": data["version"]}
        facts = {"topic": dice.choice([*TOPICS, None]), "channel": "desk"}
        about_question = [
            {"action": "end", "outcome": "helped-at-first-door"},
            {"action": "correct", "facts": facts},
            {"action": "repeat", "channel": "phone"},
            {"action": "name-contact-person", "person": _contact(self.name, Calendar.now().isoformat())},
        ]
        if dice.random() < 0.5:
            return about_handoff
        return {**dice.choice(about_question), "version": data["question_version"]}

    def _once_more(self, dice: random.Random, data: dict[str, Any]) -> dict[str, Any] | None:
        """A refused reply is tried again as things stand now: help that was given must arrive."""
        if data["reason"] in ("stale-version", "partners-working", "already-involved") and data.get("version"):
            state = data["state"]
            if state in _NEXT and dice.random() < 0.9:
                again = _NEXT[state][0] if state in ("in-progress", "accepted", "on-hold") else {"action": "accept"}
                return {**again, "handoff": data["handoff"], "version": data["version"]}
        return None

    def _send(self, dice: random.Random, kind: str, data: dict[str, Any], event_id: str) -> None:
        value = self._event(kind, data, event_id)
        self.sent[event_id] = value
        for _ in range(2 if dice.random() < 0.1 else 1):
            self.busy += 1
            asyncio.get_running_loop().call_later(dice.random() * 0.4, self._arrives, value)

    def _arrives(self, value: bytes) -> None:
        self.busy -= 1
        self.broker.append(f"gvd.in.{self.name}", 0, None, value, _HEADERS)

    def _event(self, kind: str, data: dict[str, Any], event_id: str) -> bytes:
        event = {
            "specversion": "1.0",
            "id": event_id,
            "source": f"urn:nld:gvd:{self.name}:systeem:simulated",
            "type": f"nl.geenverkeerdedeur.{kind}.v1",
            "time": Calendar.now().isoformat(),
            "datacontenttype": "application/json",
            "data": data,
        }
        return json.dumps(event).encode()
