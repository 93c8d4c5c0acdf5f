"""Who is there on a day, and who takes over from an organisation that is no more or is absent (R-02, R-08)."""

from collections.abc import Iterable, Mapping
from datetime import date

from routing.data.model import Absence, Herindeling, Organisation
from routing.data.places import successors

GEMEENTE, ADV = "gemeente-", "adv-gm"
Organisations = Mapping[str, Organisation]


def there(organisations: Organisations, absences: Iterable[Absence], organisation: str, day: date) -> bool:
    """In service on that day, and not absent."""
    return _in_service(organisations, organisation, day) and _absence(absences, organisation, day) is None


def who_takes_over(
    organisations: Organisations,
    absences: Iterable[Absence],
    herindelingen: Iterable[Herindeling],
    organisation: str,
    day: date,
) -> str | None:
    """Who is in its place on that day, through every later change; empty when it is there, or nobody is."""
    seen: set[str] = set()
    name: str | None = organisation
    while name is not None and name not in seen:
        seen.add(name)
        if _in_service(organisations, name, day):
            away = _absence(absences, name, day)
            if away is None:
                return name if name != organisation else None
            name = away.stand_in
        else:
            name = _successor(organisations, herindelingen, name, day)
    return None


def _in_service(organisations: Organisations, organisation: str, day: date) -> bool:
    found = organisations.get(organisation)
    return found is not None and found.in_service(day)


def _absence(absences: Iterable[Absence], organisation: str, day: date) -> Absence | None:
    return next((one for one in absences if one.organisation == organisation and one.term.on(day)), None)


def _successor(
    organisations: Organisations, herindelingen: Iterable[Herindeling], organisation: str, day: date
) -> str | None:
    """The successor in law: of a municipality by herindeling (Wet arhi, articles 39 and 44), with its ADV."""
    found = organisations.get(organisation)
    if found is not None and found.successor is not None:
        begun = found.validity.valid_from <= day
        return found.successor if begun else None
    of_municipality = organisation.startswith(ADV)
    municipality = GEMEENTE + organisation.removeprefix("adv-") if of_municipality else organisation
    in_service = {name for name, one in organisations.items() if name.startswith(GEMEENTE) and one.in_service(day)}
    now = successors(herindelingen, in_service, day).get(municipality, ())
    if len(now) != 1:
        return None
    return f"adv-{now[0].removeprefix(GEMEENTE)}" if of_municipality else now[0]
