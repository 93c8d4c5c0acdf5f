"""The faults of who is absent and who comes after an organisation: nobody's questions are left lying (R-02, R-08)."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from routing.data.model import Absence, Organisation, Settings
from routing.data.read import Fault, Record
from routing.data.tables import Parsed


def presence_faults(parsed: Parsed, settings: Settings) -> Iterator[Fault]:
    """Every fault of absences and successors."""
    organisations = {one.id: one for one in parsed.organisations}
    for place, one in enumerate(parsed.absences):
        if one.record is not None:
            yield from _absence(one, one.record, organisations, settings)
            yield from _beside(one, one.record, parsed.absences[:place], parsed.absences)
    for gone in parsed.organisations:
        if gone.record is not None and gone.successor is not None:
            yield from _successor(gone, gone.record, organisations)


def _absence(
    one: Absence, record: Record, organisations: Mapping[str, Organisation], settings: Settings
) -> Iterator[Fault]:
    name = one.organisation
    if name not in organisations:
        yield record.fault("unknown-organisation", f"{name} staat niet in de tabel")
    if name in (settings.triage, settings.abroad):
        yield record.fault("wrong-value", f"{name} kan niet afwezig zijn: het is de laatste uitweg")
    if one.term.valid_to is not None and one.term.valid_to < one.term.valid_from:
        yield record.fault("wrong-value", f"{name}: until ligt voor from")
    if one.stand_in is None:
        return
    found = organisations.get(one.stand_in)
    if found is None:
        yield record.fault("unknown-organisation", f"{name}: vervanger {one.stand_in} staat niet in de tabel")
    elif not found.reachable or not found.in_service(one.term.valid_from):
        yield record.fault("not-in-service", f"{name}: vervanger {one.stand_in} is er dan niet, of is niet te bellen")


def _beside(one: Absence, record: Record, before: list[Absence], every: list[Absence]) -> Iterator[Fault]:
    """Two absences of one organisation at once, or stand-ins that in the end stand in for themselves."""
    if any(other.organisation == one.organisation and other.term.overlaps(one.term) for other in before):
        yield record.fault("overlap", f"{one.organisation} is twee keer tegelijk afwezig")
    seen, ahead = set[str](), [one]
    while ahead:
        away = ahead.pop()
        if away.stand_in == one.organisation:
            yield record.fault("cycle", f"{one.organisation} neemt in het eind voor zichzelf waar")
            return
        if away.stand_in is not None and away.stand_in not in seen:
            seen.add(away.stand_in)
            ahead += [other for other in every if other.organisation == away.stand_in and other.term.overlaps(one.term)]


def _successor(gone: Organisation, record: Record, organisations: Mapping[str, Organisation]) -> Iterator[Fault]:
    last = gone.validity.valid_to
    if last is None:
        yield record.fault("wrong-value", f"{gone.id} heeft een opvolger, maar geen valid_to", "successor")
        return
    seen: set[str] = set()
    name: str | None = gone.successor
    while name is not None:
        found = organisations.get(name)
        if found is None:
            yield record.fault(
                "unknown-organisation", f"{gone.id}: opvolger {name} staat niet in de tabel", "successor"
            )
            return
        if name == gone.id or name in seen:
            yield record.fault("cycle", f"{gone.id} komt via zijn opvolgers weer bij zichzelf uit", "successor")
            return
        seen.add(name)
        if not found.validity.on(last + timedelta(days=1)) and found.successor is None:
            yield record.fault("gap", f"{gone.id}: opvolger {name} is er niet op de dag erna", "successor")
        name = found.successor
