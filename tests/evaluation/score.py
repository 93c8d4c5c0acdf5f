"""Measures suggest against questions that are kept apart from the words of the table."""

import json
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from routing import Suggestion, Table, hear_danger, suggest

QUESTIONS = Path(__file__).parent / "questions.jsonl"
# Who it is depends on where somebody lives; suggest then names the kind of organisation.
KINDS = {
    "municipality-of-residence": "gemeente",
    "province-of-residence": "provincie",
    "waterschap-of-residence": "waterschap",
    "zorgkantoor-of-residence": "zorgkantoor",
    "adv-of-residence": "discriminatie-nl",
}


@dataclass(frozen=True, slots=True)
class Asked:
    """One question, and where a person who knows the work would send it. No organisation: not for us.

    `also`: whoever would be a fair answer too.
    """

    text: str
    organisation: str | None
    topic: str | None
    also: frozenset[str]

    def fair(self, organisation: str | None) -> bool:
        return organisation is not None and (organisation == self.organisation or organisation in self.also)


@dataclass(slots=True)
class Measured:
    inside: list[Asked] = field(default_factory=list)
    outside: int = 0
    refused: int = 0
    danger: int = 0
    danger_first: int = 0
    misses: list[tuple[Asked, str | None]] = field(default_factory=list)
    first: int = 0
    exact: int = 0
    within: int = 0
    sure: int = 0
    with_topic: int = 0
    topic_first: int = 0
    topic_within: int = 0

    @property
    def top_1(self) -> float:
        return self.first / len(self.inside)

    @property
    def top_3(self) -> float:
        return self.within / len(self.inside)

    @property
    def topic_1(self) -> float:
        return self.topic_first / self.with_topic

    @property
    def topic_3(self) -> float:
        return self.topic_within / self.with_topic

    @property
    def unsure(self) -> float:
        return 1 - self.sure / len(self.inside)

    @property
    def precision(self) -> float:
        return self.first / self.sure


def questions(split: str) -> list[Asked]:
    found = []
    for line in QUESTIONS.read_text(encoding="utf-8").splitlines():
        one = json.loads(line)
        if one["split"] == split:
            organisation = KINDS.get(one["organisation"], one["organisation"])
            also = frozenset(KINDS.get(other, other) for other in one["also"])
            found.append(Asked(one["text"], organisation, one["topic"], also))
    return found


def measure(table: Table, asked: list[Asked], *, today: date) -> Measured:
    found = Measured()
    for one in asked:
        given = suggest(table, one.text, today=today)
        if hear_danger(table, one.text, today=today) is not None:
            found.danger += 1
            found.danger_first += given[0].topic is None
        if one.organisation is None:
            found.outside += 1
            found.refused += given[0].topic is None
        else:
            _count(found, one, given)
    return found


def _count(found: Measured, one: Asked, given: tuple[Suggestion, ...]) -> None:
    best = given[0]
    found.inside.append(one)
    found.sure += best.topic is not None
    found.first += one.fair(best.organisation)
    found.exact += best.organisation == one.organisation
    found.within += any(one.fair(other.organisation) for other in given)
    if not one.fair(best.organisation):
        found.misses.append((one, best.organisation))
    if one.topic is not None:
        found.with_topic += 1
        found.topic_first += best.topic == one.topic
        found.topic_within += one.topic in {other.topic for other in given}
