"""Who comes along with the lead: partners that must act too, and pointers to support."""

from collections.abc import Iterable
from typing import Any

from contracts.decisions import Alternative, Destination, Pointer
from routing.data.model import PointerTo
from routing.engine.asked import Asked
from routing.engine.resolve import RESOLVERS, Need, resolve, several
from routing.engine.view import View

_NONE: tuple[Any, ...] = ()


def partners(
    view: View, asked: Asked, rule: str, words: Iterable[str], lead: Destination, passed: list[Alternative]
) -> tuple[Destination, ...]:
    """Everyone who must act besides the lead; never who declined, never the lead's own parent.

    A partner still unknown does not hold up the lead; the decision says that one is missing.
    """
    of_lead = view.organisation(lead.organisation)
    taken = {lead.organisation, of_lead.parent if of_lead is not None else None, *asked.declined}
    found: list[Destination] = []
    for word in words:
        if word in RESOLVERS and isinstance(resolve(view, asked, word), Need):
            passed.append(view.alternative(rule, None, f"Partner '{word}' ontbreekt nog: niet bekend wie dat is."))
        for named in several(view, asked, word):
            organisation = named
            if named in view.absent:
                passed.append(view.alternative(rule, named, view.says_absent(named)))
                organisation = view.absent[named] or ""
            destination = view.destination(organisation)
            if destination is not None and organisation not in taken:
                taken.add(organisation)
                found.append(destination)
    return tuple(found)


def pointers(view: View, asked: Asked, own: tuple[PointerTo, ...], to: tuple[Destination, ...]) -> tuple[Pointer, ...]:
    """The rule's own pointers and those that ride along (R-58), but not to who already has the question."""
    wanted = list(own)
    for here in to:
        for one in view.riding_with.get(here.organisation, _NONE):
            if asked.facts.kind in one.kinds and one.rides(asked):
                wanted.append(one.pointer)
    wanted += [one.pointer for one in asked.riding if one.rides(asked)]
    found: dict[str, Pointer | None] = {here.organisation: None for here in to}
    for pointer in wanted:
        organisation = resolve(view, asked, pointer.to)
        if isinstance(organisation, str) and (now := view.standing_in(organisation)) not in found:
            found[now] = view.pointer(pointer, now)
    return tuple(one for one in found.values() if one is not None)
