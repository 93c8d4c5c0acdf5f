"""More words for scripts: several that are asked at once, and what no public body is responsible for."""

from services.demo.script import FOLLOWER, Asks, Expected, Replies, Step
from services.demo.steps import asks_as


def asks_in(who: str, contact: str, topic: str | None, lives: str, **facts: str) -> Step:
    """One of several questions of the same contact."""
    said = {"channel": "desk", "residence": {"municipality": lives}, **({"topic": topic} if topic else {}), **facts}
    return asks_as(who, Asks(said, contact=contact))


def offered_at_once(*receivers: str, **says: object) -> tuple[Step, ...]:
    """Several may each take it; until one does, the first door holds it."""
    steps = []
    for to in receivers:
        wanted = {"receiver": to, "role": "candidate", "connected": True, "holder": FOLLOWER, **says}
        then = Expected("handoff.requested", (to, FOLLOWER), wanted)
        steps.append(Step(to, "krijgt de vraag aangeboden, met anderen", then=(then,)))
    return tuple(steps)


def passes(to: str) -> Step:
    """One of several says no; the others can still take it."""
    act = Replies({"action": "decline", "reason": "no-capacity"}, to)
    says = {"receiver": to, "state": "declined", "role": "candidate", "holder": FOLLOWER, "by": to}
    return Step(to, "kan niet", act, (Expected("handoff.changed", (to, FOLLOWER), says),))


def not_selected(to: str) -> Step:
    """Another one was first. It is told at once, and has nothing to do any more."""
    says = {"receiver": to, "state": "not-selected", "role": "candidate", "reason": "another-accepted"}
    return Step(to, "hoeft niets te doen", then=(Expected("handoff.changed", (to, FOLLOWER), says),))


def places_at_once(organisation: str, *others: str, reason: str) -> Step:
    """A triage employee lets the first that can have it."""
    reply = {"action": "place", "organisation": organisation, "candidates": [*others], "reason": reason}
    return Step("triage", f"vraagt {organisation} en anderen tegelijk", Replies(reply))


def goes_back(*pointers: str, tell: str) -> Step:
    """The table knows that no public body has it: the first door hears who can help (Awb 2:3 lid 2)."""
    says = {"holder": FOLLOWER, "pointers.*.organisation": [*pointers], "tell~": tell}
    return Step(FOLLOWER, "vertelt wie wel kan helpen", then=(Expected("question.returned", (FOLLOWER,), says),))
