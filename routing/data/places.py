"""Where a person lives, when what was said is an old municipality code or a postcode that several share."""

from collections import defaultdict
from collections.abc import Container, Iterable
from datetime import date

from routing.data.model import Herindeling
from routing.data.read import Record


def municipalities_of(postcodes: Iterable[Record]) -> dict[str, tuple[str, ...]]:
    """Per postcode the municipalities it lies in; nearly always one."""
    found: dict[str, list[str]] = defaultdict(list)
    for one in postcodes:
        found[one.values["pc4"]].append(one.values["municipality"])
    return {postcode: tuple(names) for postcode, names in found.items()}


def successors(herindelingen: Iterable[Herindeling], there: Container[str], day: date) -> dict[str, tuple[str, ...]]:
    """Per municipality that is gone on this day: who is in its place, through every later herindeling.

    The successor takes over duties and running cases (Wet arhi, articles 39 and 44).
    """
    steps: dict[str, list[str]] = defaultdict(list)
    for one in herindelingen:
        if one.on <= day and one.old not in there:
            steps[one.old].append(one.new)
    return {old: found for old in steps if (found := _followed(old, steps, there))}


def _followed(old: str, steps: dict[str, list[str]], there: Container[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    seen: set[str] = set()
    ahead = [old]
    while ahead:
        name = ahead.pop(0)
        if name in there:
            found[name] = None
        elif name not in seen:
            seen.add(name)
            ahead += steps.get(name, ())
    return tuple(found)
