"""The names people know organisations by, from the routing table."""

from functools import cache

import routing


def name_of(organisation: str | None) -> str:
    """The name, or the code when the table has no such organisation."""
    if organisation is None:
        return ""
    found = _table().organisations.get(organisation)
    return found.name if found is not None else organisation


@cache
def _table() -> routing.Table:
    return routing.load()
