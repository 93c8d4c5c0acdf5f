"""An endless line of made-up questions, the same for the same seed. Nobody in it exists."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from services.demo.script import Asks

NON_DIGITAL = 0.16
"""Share of people with trouble online (004:107-115, F-17): they come by phone, desk or letter."""
COMPLEX = 0.10
"""Share that the standard service does not fit (003:494-496, F-01)."""

T = TypeVar("T")
Weighted = dict[T, float]

# Assumption: the policy documents give no numbers per subject or per desk.
_DOORS: Weighted[str] = {
    "belastingdienst": 30,
    "uwv": 16,
    "svb": 14,
    "toeslagen": 14,
    "duo": 8,
    "cak": 4,
    "cjib": 4,
    "gemeente-gm0363": 4,
    "gemeente-gm0344": 3,
    "gemeente-gm0518": 2,
    "gemeente-gm0014": 1,
}
_TOPICS: Weighted[str | None] = {
    "aow": 12,
    "zorgtoeslag": 10,
    "huurtoeslag": 9,
    "inkomstenbelasting": 8,
    "kinderbijslag": 7,
    "ww": 7,
    "bijstand": 6,
    "studiefinanciering": 5,
    "belastingschuld": 5,
    "toeslagschuld": 4,
    "studieschuld": 4,
    "wia": 4,
    "schulden": 3,
    "verkeersboete": 3,
    "zorgpremie-achterstand": 3,
    "paspoort": 3,
    "digid": 3,
    "uitkering-terugbetalen": 2,
    "blauwe-envelop": 2,
    None: 1,
}
_DIGITAL: Weighted[str] = {"web": 6, "email": 3, "chat": 3}
_IN_PERSON: Weighted[str] = {"phone": 8, "desk": 3, "letter": 1}
_KINDS: Weighted[str] = {"question": 86, "complaint": 4, "objection": 4, "wrong-data": 4, "digitally-stuck": 2}
_TOWNS: Weighted[str | None] = {"gm0363": 6, "gm0344": 3, "gm0518": 3, "gm0014": 2, "gm0034": 1, None: 5}
_INVOLVED = ("belastingdienst", "toeslagen", "uwv", "svb", "duo", "cak", "cjib")
_DOMAINS = ("debt", "housing", "care", "income", "benefits", "tax", "work")
_ABOUT_A_DECISION = ("complaint", "objection")


@dataclass(frozen=True, slots=True)
class Visit:
    """One question at one desk."""

    number: int
    door: str
    asks: Asks


def visits(seed: int) -> Iterator[Visit]:
    """Without end; each visit depends on the seed and its own number only."""
    number = 0
    while True:
        number += 1
        dice = random.Random(f"{seed}/{number}")  # noqa: S311 - no secret
        door = drawn(dice, _DOORS)
        yield Visit(number, door, Asks(_facts(dice), received_days_ago=dice.choice((0, 0, 0, 0, 1, 3))))


def _facts(dice: random.Random) -> dict[str, Any]:
    kind, topic, town = drawn(dice, _KINDS), drawn(dice, _TOPICS), drawn(dice, _TOWNS)
    facts: dict[str, Any] = {
        "channel": drawn(dice, _IN_PERSON if dice.random() < NON_DIGITAL else _DIGITAL),
        "kind": kind,
        "acute": dice.random() < 0.03,
    }
    if topic is not None:
        facts["topic"] = topic
    if town is not None:
        facts["residence"] = {"municipality": town}
    if kind in _ABOUT_A_DECISION:
        facts["decision_by"] = dice.choice(_INVOLVED)
    if dice.random() < COMPLEX:
        facts["involved"], facts["domains"] = _some(dice, _INVOLVED), _some(dice, _DOMAINS)
    return facts


def _some(dice: random.Random, among: Sequence[str]) -> list[str]:
    return sorted(dice.sample(among, dice.randint(2, 3)))


def drawn(dice: random.Random, weighted: Weighted[T]) -> T:
    """One of them, by weight."""
    return dice.choices(list(weighted), list(weighted.values()))[0]
