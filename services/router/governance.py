"""The life of a change to the routing table: proposed, seen by a second person, published from a moment on; pure.

Who applies the table never sees a proposal, only publications. Time and ids are passed in.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from uuid import UUID

from pydantic import Field

from contracts.base import Code, Contract, Text, Timestamp
from contracts.decisions import TableVersion
from contracts.tables import TablePublished
from routing import day_of

LEAD = timedelta(seconds=5)
"""Between publishing and coming into force, so that every router has read the version before its moment."""

SHIPPED = "meegeleverd"
"""The role under which the table that came with the code was proposed and approved: the code's own review."""


class Status(StrEnum):
    PROPOSED = "proposed"
    APPROVED = "approved"
    PUBLISHED = "published"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Right(StrEnum):
    """What a steward of the table may do."""

    PROPOSE = "propose"
    APPROVE = "approve"
    PUBLISH = "publish"


class Steward(Contract):
    """A role, never a person's name, and what it may do."""

    role: Code
    may: frozenset[Right]


class Proposal(Contract):
    """A whole candidate table, made from `base`. It never changes; another wish is another proposal."""

    proposal: UUID
    base: TableVersion
    version: TableVersion
    why: Text
    proposed_by: Code
    proposed_at: Timestamp
    effective_from: Timestamp | None = Field(
        default=None, description="The moment that is agreed with it; empty: as soon as it is published."
    )
    status: Status = Status.PROPOSED
    decided_by: Code | None = None
    decided_at: Timestamp | None = None
    reason: Text | None = None
    publication: int | None = None


class Publication(Contract):
    """One line of the history of what was in force."""

    number: int
    version: TableVersion
    effective_from: Timestamp
    why: Literal["approved", "rolled-back"]
    proposed_by: Code
    approved_by: Code
    proposal: UUID | None = None


class History(Contract):
    """All publications so far, in order, on top of what came with the code.

    `replaced` came with the code when the first was published; a newer release ships another, which never held here.
    """

    shipped: TableVersion
    publications: tuple[Publication, ...] = ()
    replaced: TableVersion | None = None

    @property
    def last(self) -> TableVersion:
        """The version that holds, or is next to hold: what a new proposal is made from."""
        return self.publications[-1].version if self.publications else self.shipped

    def shipped_and_held(self, now: datetime) -> set[str]:
        """What came with the code and was, or is, in force here."""
        begun = any(one.effective_from <= now for one in self.publications)
        return {self.replaced or self.shipped} | (set() if begun else {self.shipped})

    def coming(self, now: datetime) -> tuple[Publication, ...]:
        return tuple(one for one in self.publications if one.effective_from > now)


class NotAllowed(Exception):
    """This cannot be done now; the code is for programs, the detail for people."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code, self.detail = code, detail


def propose(proposal: Proposal, by: Steward, history: History) -> Proposal:
    _may(by, Right.PROPOSE)
    if proposal.version == history.last:
        raise NotAllowed("no-change", "This says the same as the table that is in force, or about to be.")
    _on_top(proposal, history)
    _within_its_days(proposal, proposal.effective_from or proposal.proposed_at)
    return proposal


def approve(proposal: Proposal, by: Steward, now: datetime) -> Proposal:
    """Four eyes (R-27): never by who proposed it."""
    _may(by, Right.APPROVE)
    _still(proposal, Status.PROPOSED)
    if by.role == proposal.proposed_by:
        raise NotAllowed("own-proposal", "Somebody else than who proposed it approves it.")
    return _decided(proposal, Status.APPROVED, by, now)


def reject(proposal: Proposal, by: Steward, reason: str, now: datetime) -> Proposal:
    _may(by, Right.APPROVE)
    _still(proposal, Status.PROPOSED, Status.APPROVED)
    return _decided(proposal, Status.REJECTED, by, now, reason)


def withdraw(proposal: Proposal, by: Steward, now: datetime) -> Proposal:
    _still(proposal, Status.PROPOSED, Status.APPROVED)
    if by.role != proposal.proposed_by:
        raise NotAllowed("not-yours", "Only who proposed it can withdraw it; another can reject it.")
    return _decided(proposal, Status.WITHDRAWN, by, now)


def publish(
    proposal: Proposal,
    by: Steward,
    history: History,
    now: datetime,
    effective_from: datetime | None = None,
    *,
    replaces_coming: bool = False,
) -> tuple[Proposal, Publication]:
    _may(by, Right.PUBLISH)
    _still(proposal, Status.APPROVED)
    _on_top(proposal, history)
    if effective_from is not None and proposal.effective_from is not None and effective_from < proposal.effective_from:
        detail = f"It was approved for {proposal.effective_from.isoformat()}: later is possible, earlier is not."
        raise NotAllowed("before-agreed", detail)
    wanted = effective_from or proposal.effective_from
    moment = _moment(history, now, wanted, replaces_coming=replaces_coming)
    _within_its_days(proposal, moment)
    publication = Publication(
        number=len(history.publications) + 1,
        version=proposal.version,
        effective_from=moment,
        why="approved",
        proposed_by=proposal.proposed_by,
        approved_by=str(proposal.decided_by),
        proposal=proposal.proposal,
    )
    after = proposal.model_copy(update={"status": Status.PUBLISHED, "publication": publication.number})
    return after, publication


def roll_back(version: str, by: Steward, history: History, now: datetime) -> Publication:
    """One person may, at once: the version was approved by two people before, and that approval still stands.

    Whatever was still coming is passed over, since the highest publication whose moment has come holds.
    """
    _may(by, Right.PUBLISH)
    one, other = _approved_by(version, history, now)
    if version == history.last and all(one.version == version for one in history.coming(now)):
        raise NotAllowed("no-change", "This version is in force, or about to be.")
    return Publication(
        number=len(history.publications) + 1,
        version=version,
        effective_from=now + LEAD,
        why="rolled-back",
        proposed_by=by.role,
        approved_by=other if other != by.role else one,
    )


def announced(publication: Publication, previous: str, content: str) -> TablePublished:
    """What the rest of the house is told."""
    return TablePublished(
        publication=publication.number,
        version=publication.version,
        effective_from=publication.effective_from,
        previous=previous,
        why=publication.why,
        proposal=publication.proposal,
        proposed_by=publication.proposed_by,
        approved_by=publication.approved_by,
        content=content,
    )


def _approved_by(version: str, history: History, now: datetime) -> tuple[str, str]:
    """Approved for a later moment is not approved for now: that moment was part of what was agreed."""
    if version in history.shipped_and_held(now):
        return SHIPPED, SHIPPED
    for one in history.publications:
        if one.version == version and one.why == "approved" and one.effective_from <= now:
            return one.proposed_by, one.approved_by
    raise NotAllowed("never-in-force", "Only a version that was in force before can be gone back to.")


def _moment(history: History, now: datetime, wanted: datetime | None, *, replaces_coming: bool) -> datetime:
    """Never in the past, and never silently before something that was announced to come."""
    moment = max(wanted or now, now + LEAD)
    later = [one for one in history.coming(now) if one.effective_from >= moment]
    if later and not replaces_coming:
        detail = f"Version {later[-1].version} is to come into force later. This one would replace it: say so."
        raise NotAllowed("replaces-coming", detail)
    return moment


def _on_top(proposal: Proposal, history: History) -> None:
    if proposal.base != history.last:
        detail = f"It was made from {proposal.base}; meanwhile the table is {history.last}. Propose again from there."
        raise NotAllowed("outdated", detail)


def _within_its_days(proposal: Proposal, moment: datetime) -> None:
    """A table is checked from the day on it says it was published; before that it may have nobody for a question.

    A correction may keep the day of the table it is made from, which holds already.
    """
    day = _published(proposal.version)
    if day > max(day_of(moment), _published(proposal.base)):
        detail = f"Its table.yaml says published: {day}. It cannot hold before that day: change it, or the moment."
        raise NotAllowed("before-its-day", detail)


def _published(version: str) -> date:
    """The day that a version begins with."""
    return date.fromisoformat(version[:10].replace(".", "-"))


def _may(by: Steward, right: Right) -> None:
    if right not in by.may:
        raise NotAllowed("no-right", f"This role may not {right.value}.")


def _still(proposal: Proposal, *wanted: Status) -> None:
    if proposal.status not in wanted:
        raise NotAllowed("not-now", f"The proposal is {proposal.status.value}.")


def _decided(proposal: Proposal, to: Status, by: Steward, now: datetime, reason: str | None = None) -> Proposal:
    return proposal.model_copy(update={"status": to, "decided_by": by.role, "decided_at": now, "reason": reason})
