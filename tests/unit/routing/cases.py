"""What the acceptance tests of the routing table share: a day, two homes, and short words for what was decided."""

from collections.abc import Callable
from datetime import date

from contracts.decisions import Decision
from contracts.questions import Residence

TODAY = date(2026, 11, 23)
AMSTERDAM, GRONINGEN = Residence(municipality="gm0363"), Residence(postcode="9711")
Where = Callable[..., Decision]


def lead(decision: Decision) -> str | None:
    return decision.lead.organisation if decision.lead else None


def partners(decision: Decision) -> list[str]:
    return [one.organisation for one in decision.partners]


def pointers(decision: Decision) -> list[str]:
    return [one.organisation for one in decision.pointers]
