"""One question as the rules see it, and which of its facts say anything at all."""

from collections.abc import Callable
from typing import Any

from contracts.base import Island
from contracts.questions import Facts
from routing.data.model import Topic

FLAGS = ("danger", "acute", "stuck", "professional_asks", "harrowing", "harmed_parent", "complaint_procedure_used")
PARTIES = ("decision_by", "registry_holder")
LIVES, WHICH, ABROAD = "woongemeente", "welke-gemeente", "buitenland"
ISLANDS = frozenset(Island)
_ELSEWHERE = ISLANDS | {ABROAD}


class Asked:
    """What is known of the question. `beside` is what was said besides, as text; `riding` are the
    pointers that may ride along.
    """

    __slots__ = ("beside", "declined", "facts", "hops", "riding", "source", "topic")

    def __init__(
        self,
        facts: Facts,
        source: str,
        topic: Topic | None,
        declined: frozenset[str] = frozenset(),
        hops: int = 0,
        beside: dict[str, str] | None = None,
    ) -> None:
        self.facts = facts
        self.source = source
        self.topic = topic
        self.declined = declined
        self.hops = hops
        self.beside = beside
        self.riding: tuple[Any, ...] = ()


Test = Callable[[Asked], bool]

# One bit per fact that can be absent. Most rules need some fact to be there; most questions have few.
_SAID = (*FLAGS, *PARTIES, "involved", "domains", "answers", "life_event")
_BITS = {key: 1 << place for place, key in enumerate((*_SAID, "residence"))}
_SAID_BITS = tuple((key, _BITS[key]) for key in _SAID)
_MULTI = ("domains", "involved", "stuck", "professional_asks", "answers")


def present(facts: Facts) -> int:
    """Which facts say something, as bits: the key under which a view keeps the rules still possible."""
    said = facts.__dict__
    home, answers = said["residence"], said["answers"]
    elsewhere = home.abroad or home.island or (answers and answers.get(LIVES) in _ELSEWHERE)
    found = _BITS["residence"] if elsewhere else 0
    if _quiet(said):
        return found
    for key, bit in _SAID_BITS:
        if said[key]:
            found |= bit
    return found


def _quiet(said: dict[str, Any]) -> bool:
    """Most questions are: only a subject, a place and a channel. One expression, for speed."""
    return not (
        said["involved"]
        or said["domains"]
        or said["answers"]
        or said["decision_by"]
        or said["registry_holder"]
        or said["acute"]
        or said["danger"]
        or said["stuck"]
        or said["professional_asks"]
        or said["complaint_procedure_used"]
        or said["harrowing"]
        or said["harmed_parent"]
        or said["life_event"]
    )


def needed(when: dict[str, Any]) -> tuple[int, ...]:
    """Bit sets of which each must have one bit present, or the rule cannot hold."""
    found: list[int] = []
    for key, wanted in when.items():
        flagged = (key in FLAGS and wanted is True) or (key in PARTIES and wanted != "unknown")
        if flagged or key in ("answers", "life_event"):
            found.append(_BITS[key])
        elif key in ("abroad", "island") and wanted is not False:
            found.append(_BITS["residence"])
        elif key == "multi_problem":
            found.append(sum(_BITS[one] for one in _MULTI))
        elif key == "involved" and wanted.get("at_least", 0) > 0:
            found.append(_BITS["involved"])
        elif key == "stack" and wanted.get("at_least", 1) > 1:
            found.append(_BITS["involved"] | _BITS["domains"])
    return tuple(found)


def lives_abroad(facts: Facts) -> bool:
    """Said at the desk, or answered when the table asked where the person lives; an island is not abroad."""
    return (facts.residence.abroad or facts.answers.get(LIVES) == ABROAD) and lives_on(facts) is None


def lives_on(facts: Facts) -> str | None:
    """The island of the Caribbean Netherlands, said at the desk or answered."""
    answer = facts.answers.get(LIVES)
    return facts.residence.island or (answer if answer in ISLANDS else None)
