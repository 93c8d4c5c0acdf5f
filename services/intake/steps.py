"""One step in the history of a question: who held it, since when, and what changed. Codes only, no personal data."""

from uuid import UUID

from contracts.base import Code, Contract, OpenEnum, OrganisationId, Timestamp
from contracts.handoffs import HandoffState


class What(OpenEnum):
    """What happened at a step."""

    ASKED = "asked"
    OFFERED = "offered"
    CHANGED = "changed"
    ASKING = "asking"
    TRIAGE = "triage"
    RETURNED = "returned"
    REPEATED = "repeated"
    REOPENED = "reopened"
    MERGED = "merged"
    HANDED_OVER = "handed-over"
    CONTACT_PERSON = "contact-person"
    REMINDED = "reminded"
    BREACHED = "breached"
    TOLD = "told"
    ENDED = "ended"


class Step(Contract):
    """What happened, and who held the question from there."""

    at: Timestamp
    what: What
    holder: OrganisationId
    by: OrganisationId | None = None
    handoff: UUID | None = None
    receiver: OrganisationId | None = None
    state: HandoffState | None = None
    reason: Code | None = None
    rule: Code | None = None
    stage: Code | None = None


class Held(Contract):
    """Somebody held the question from here; `until` is empty while it still does."""

    holder: OrganisationId
    since: Timestamp
    until: Timestamp | None = None


class History(Contract):
    """All that happened to one question."""

    question: UUID
    holders: tuple[Held, ...]
    steps: tuple[Step, ...]


def held(steps: tuple[Step, ...]) -> tuple[Held, ...]:
    """Who held it, one after the other. After the end nobody has to act any more."""
    found: list[Held] = []
    for step in steps:
        over = step.what in (What.ENDED, What.MERGED)
        if found and found[-1].until is None and (over or found[-1].holder != step.holder):
            found[-1] = found[-1].model_copy(update={"until": step.at})
        if not over and (not found or found[-1].until is not None):
            found.append(Held(holder=step.holder, since=step.at))
    return tuple(found)
