"""What a condition may refer to besides the facts of the question."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from contracts.questions import Facts
from routing.data.model import Group, Settings


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Settings, named groups, who has each topic; and of the day: who is connected, and where somebody may live."""

    settings: Settings
    groups: dict[str, Group]
    homes: dict[str, str]
    connected: frozenset[str] = frozenset()
    living: Callable[[Facts], tuple[str, ...]] = lambda _: ()


class WrongCondition(ValueError):
    """A condition that cannot be read; the validator shows it at its rule."""

    def __init__(self, key: str, message: str) -> None:
        super().__init__(message)
        self.key = key


def mapping(key: str, wanted: Any) -> dict[str, Any]:
    if not isinstance(wanted, dict) or not wanted:
        raise WrongCondition(key, f"{key} heeft de vorm 'naam: waarde'")
    return wanted


def listed(key: str, wanted: Any) -> frozenset[str]:
    if not isinstance(wanted, list) or not wanted:
        raise WrongCondition(key, f"{key} is een lijst")
    return frozenset(str(one) for one in wanted)


def yes_or_no(key: str, wanted: Any) -> bool:
    if not isinstance(wanted, bool):
        raise WrongCondition(key, f"{key} is true of false")
    return wanted


def group(name: Any, around: Surroundings, key: str = "involved") -> Group:
    """A group by its name, or the organisations listed on the spot."""
    if isinstance(name, list):
        return Group("", listed(key, name))
    if not isinstance(name, str) or name not in around.groups:
        raise WrongCondition(key, f"groep '{name}' bestaat niet")
    return around.groups[name]
