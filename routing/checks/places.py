"""The faults of municipalities, postcodes and herindelingen: every address leads to somebody on every day."""

import re
from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta

from routing.data.model import Herindeling, Organisation
from routing.data.places import successors
from routing.data.read import Fault, Record
from routing.data.tables import Parsed

MUNICIPALITY = re.compile(r"^gemeente-gm[0-9]{4}$")
POSTCODE = re.compile(r"^[1-9][0-9]{3}$")


def place_faults(parsed: Parsed) -> Iterator[Fault]:
    """Every fault of the places."""
    municipalities = {one.id: one for one in parsed.organisations if MUNICIPALITY.match(one.id)}
    ends: dict[str, list[Herindeling]] = defaultdict(list)
    for one in parsed.herindelingen:
        ends[one.old].append(one)
    yield from _postcodes(parsed, municipalities)
    yield from _provinces(municipalities, {one.id for one in parsed.organisations})
    for together in ends.values():
        yield from _end(together, municipalities, ends)
    yield from _unfollowed(municipalities, ends)
    if parsed.settings is not None:
        yield from _without_postcode(parsed, municipalities, parsed.settings.published)


def _postcodes(parsed: Parsed, municipalities: dict[str, Organisation]) -> Iterator[Fault]:
    first: dict[tuple[str, str], Record] = {}
    for record in parsed.postcodes:
        postcode, municipality = record.values.get("pc4") or "", record.values.get("municipality") or ""
        if not POSTCODE.match(postcode):
            yield record.fault("wrong-value", f"'{postcode}' is geen postcode van vier cijfers")
        if municipality not in municipalities:
            yield record.fault("unknown-organisation", f"postcode {postcode}: {municipality} is geen gemeente")
        if first.setdefault((postcode, municipality), record) is not record:
            where = f"{record.path.name}:{first[postcode, municipality].line}"
            yield record.fault("duplicate-id", f"postcode {postcode} staat al bij {municipality}: {where}")


def _provinces(municipalities: dict[str, Organisation], known: set[str]) -> Iterator[Fault]:
    for name, one in municipalities.items():
        if one.province not in known and one.record is not None:
            yield one.record.fault("unknown-organisation", f"{name}: provincie {one.province} staat niet in de tabel")


def _end(
    together: list[Herindeling], municipalities: dict[str, Organisation], ends: dict[str, list[Herindeling]]
) -> Iterator[Fault]:
    """One municipality that ends: on one day, into municipalities that are there on that day."""
    seen: set[str] = set()
    for one in together:
        if one.record is None:
            continue
        if one.on != together[0].on:
            yield one.record.fault("wrong-value", f"{one.old} eindigt op twee dagen: {together[0].on} en {one.on}")
        if one.new in seen:
            yield one.record.fault("duplicate-id", f"{one.old} naar {one.new} staat er twee keer")
        seen.add(one.new)
        for name in (one.old, one.new):
            if not MUNICIPALITY.match(name):
                yield one.record.fault("wrong-value", f"{name} is geen gemeentecode: gm en vier cijfers")
        if one.old in _reached(one.new, ends):
            yield one.record.fault("cycle", f"{one.old} komt via {one.new} weer bij zichzelf uit")
        if one.old in municipalities and municipalities[one.old].validity.on(one.on):
            yield one.record.fault("still-there", f"{one.old} bestaat nog op {one.on}")
        if not _exists(one.new, one.on, municipalities, ends):
            yield one.record.fault("unknown-organisation", f"{one.new} bestaat niet op {one.on}")


def _reached(start: str, ends: dict[str, list[Herindeling]]) -> set[str]:
    found, ahead = set[str](), [start]
    while ahead:
        name = ahead.pop()
        if name not in found:
            found.add(name)
            ahead += (one.new for one in ends.get(name, ()))
    return found


def _exists(name: str, day: date, municipalities: dict[str, Organisation], ends: dict[str, list[Herindeling]]) -> bool:
    """There on that day: in the table, or gone only later."""
    if name in municipalities:
        return municipalities[name].validity.on(day)
    return any(one.on > day for one in ends.get(name, ()))


def _unfollowed(municipalities: dict[str, Organisation], ends: dict[str, list[Herindeling]]) -> Iterator[Fault]:
    """A municipality that ends has a successor from the next day, or its people have nobody."""
    for name, one in municipalities.items():
        last = one.validity.valid_to
        if last is None or one.record is None:
            continue
        if not any(end.on == last + timedelta(days=1) for end in ends.get(name, ())):
            message = f"{name} eindigt op {last}, maar herindelingen.csv noemt geen opvolger vanaf de dag erna"
            yield one.record.fault("gap", message, "valid_to")


def _without_postcode(parsed: Parsed, municipalities: dict[str, Organisation], day: date) -> Iterator[Fault]:
    """Who lives in a municipality finds it by postcode: its own, or one that still says the municipality before it."""
    there = {name: one for name, one in municipalities.items() if one.validity.on(day)}
    said = {record.values.get("municipality") or "" for record in parsed.postcodes}
    after = successors(parsed.herindelingen, there, day)
    reached = {now for old in said & after.keys() for now in after[old]}
    for name, one in there.items():
        if one.record is not None and name not in said | reached:
            yield one.record.fault("no-postcode", f"{name} heeft geen enkele postcode in postcodes.csv")
