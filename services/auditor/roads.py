"""Who says what on which inner topic, and who listens: what the numbering is checked along (design section 4)."""

from typing import NamedTuple

from contracts.events import (
    CAPACITY,
    DECISION_REQUESTS,
    DECISIONS,
    HANDOFFS,
    NOTICES,
    OUT_PREFIX,
    QUARANTINE,
    QUESTIONS,
    REPLIES,
    ROUTING_TABLE,
)

SERVICES = ("intake", "router", "handoff", "notices", "delivery")


class Road(NamedTuple):
    """One inner topic from its producer to one of its consumers."""

    topic: str
    producer: str
    consumer: str


ROADS = (
    Road(QUESTIONS, "intake", "router"),
    Road(REPLIES, "intake", "handoff"),
    Road(CAPACITY, "intake", "delivery"),
    Road(QUARANTINE, "intake", "delivery"),
    Road(DECISIONS, "router", "handoff"),
    Road(DECISION_REQUESTS, "handoff", "router"),
    Road(HANDOFFS, "handoff", "intake"),
    Road(HANDOFFS, "handoff", "delivery"),
    Road(QUESTIONS, "intake", "notices"),
    Road(HANDOFFS, "handoff", "notices"),
    Road(NOTICES, "notices", "delivery"),
    Road(NOTICES, "notices", "intake"),
)
_PRODUCER = {road.topic: road.producer for road in ROADS} | {ROUTING_TABLE: "router"}
COMPACTED = frozenset({ROUTING_TABLE})
"""Of each key only the last is sure to be there."""


def producer_of(topic: str) -> str | None:
    """The service in whose journal the events of this topic are; None for what nobody journals."""
    return "delivery" if topic.startswith(OUT_PREFIX) else _PRODUCER.get(topic)
