"""What an employee of an agency does with an event: sometimes slow, sometimes wrong, mostly helpful. Pure."""

import random
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from services.demo.citizens import drawn
from services.demo.steps import TRIAGE

FORGOTTEN = 0.02
"""Offers nobody looks at: what the clocks are for. An assumption, like every share and time here."""
DECLINED = 0.08
SETTLED_AT_FIRST_DOOR = 0.04

_ACCEPT, _DECLINE, _CONTACT, _HELP, _PLACE, _ANSWER, _END = 45.0, 60.0, 180.0, 600.0, 30.0, 10.0, 40.0
_REASONS = {"not-competent": 6.0, "no-capacity": 2.0, "already-known": 1.0, "incomplete": 1.0}
_PLACEABLE = ("svb", "uwv", "toeslagen", "belastingdienst", "duo", "cak", "cjib", "gemeente-gm0363")
_ANSWERS = {"woongemeente": {"gm0363": 5.0, "gm0344": 3.0, "gm0014": 2.0, "gm0034": 1.0, "in-nederland": 1.0}}
_UNKNOWN = "weet-niet"


@dataclass(frozen=True, slots=True)
class Move:
    """A reply, and after how many minutes of work it comes."""

    minutes: float
    reply: dict[str, Any]
    version: int
    handoff: str | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """What an employee remembers of a question."""

    reference: str
    kind: str = "question"


def moves(me: str, kind: str, data: Mapping[str, Any], asked: Asked, dice: random.Random) -> list[Move]:
    """What this agency does about this event."""
    if kind == "handoff.requested":
        return [*_about_offer(me, data, dice), *_at_first_door(me, data, dice)]
    if kind == "handoff.changed" and _speaks(me, data):
        return _goes_on(data, asked, dice)
    if kind == "question.triaged" and data["holder"] == me == TRIAGE:
        return [_placed(data, dice)]
    if kind == "question.asking":
        return [_answered(data, dice)]
    if kind == "reply.refused" and data["reason"] == "partners-working":
        return [_on(data, _time(dice, _HELP), _done(asked))]
    return []


def _speaks(me: str, data: Mapping[str, Any]) -> bool:
    """The follower speaks for a receiver that is not connected; it was the last to say something of it then."""
    return me in (data["receiver"], data["by"])


def _about_offer(me: str, data: Mapping[str, Any], dice: random.Random) -> list[Move]:
    speaker = data["receiver"] if data["connected"] else data["follower"]
    chance = dice.random()
    if me != speaker or chance < FORGOTTEN:
        return []
    if chance < FORGOTTEN + DECLINED:
        return [_on(data, _time(dice, _DECLINE), {"action": "decline", "reason": drawn(dice, _REASONS)})]
    return [_on(data, _time(dice, _ACCEPT), {"action": "accept"})]


def _at_first_door(me: str, data: Mapping[str, Any], dice: random.Random) -> list[Move]:
    if me != data["follower"] or data["role"] != "lead" or dice.random() >= SETTLED_AT_FIRST_DOOR:
        return []
    outcome = dice.choice(("helped-at-first-door", "withdrawn-by-citizen"))
    return [Move(_time(dice, _END), {"action": "end", "outcome": outcome}, data["question_version"])]


def _goes_on(data: Mapping[str, Any], asked: Asked, dice: random.Random) -> list[Move]:
    if data["state"] == "accepted" or data.get("reason") in ("contact-planned", "contact-not-reached"):
        contact = drawn(dice, {"made": 8.0, "planned": 1.0, "not-reached": 1.0})
        return [_on(data, _time(dice, _CONTACT), {"action": "start", "contact": contact})]
    if data["state"] == "in-progress":
        return [_on(data, _time(dice, _HELP), _done(asked))]
    return []


def _placed(data: Mapping[str, Any], dice: random.Random) -> Move:
    among = [one for one in _PLACEABLE if one not in data.get("declined", ())]
    reply = {
        "action": "place",
        "organisation": dice.choice(among or list(_PLACEABLE)),
        "reason": "gebeld-met-de-persoon",
    }
    return Move(_time(dice, _PLACE), reply, data["question_version"])


def _answered(data: Mapping[str, Any], dice: random.Random) -> Move:
    code = data["ask"]["code"]
    offered = {one["code"]: 1.0 for one in data["ask"]["answers"] if one["code"] != _UNKNOWN}
    answer = drawn(dice, _ANSWERS.get(code, offered))
    return Move(_time(dice, _ANSWER), {"action": "answer", "ask": code, "answer": answer}, data["question_version"])


def _on(data: Mapping[str, Any], minutes: float, reply: dict[str, Any]) -> Move:
    return Move(minutes, reply, data["version"], data["handoff"])


def _done(asked: Asked) -> dict[str, Any]:
    done: dict[str, Any] = {"action": "complete", "outcome": "helped", "person_informed": True}
    if asked.kind == "wrong-data":
        done |= {"datum_corrected": True, "consequences_repaired": True}
    return done


def _time(dice: random.Random, usual: float) -> float:
    """Most are near the usual time, some take far longer."""
    return usual * dice.lognormvariate(0, 0.6)
