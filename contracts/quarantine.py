"""Refused input: where it was, what is wrong with it, never what it said."""

from uuid import UUID

from pydantic import Field

from contracts.base import Code, Contract, OrganisationId, Timestamp


class Fault(Contract):
    """One thing that is wrong. `where` names an attribute or JSON pointer, never a value."""

    code: Code
    where: str = Field(max_length=200)
    message: str = Field(max_length=300)


class InputQuarantined(Contract):
    """Input that could not be let in. A dead letter is still a person: somebody repairs or replays it."""

    quarantine: UUID
    topic: str = Field(max_length=249)
    partition: int
    offset: int
    agency: OrganisationId | None = None
    event_id: str | None = Field(default=None, max_length=100)
    event_source: str | None = Field(default=None, max_length=200)
    received_at: Timestamp
    faults: tuple[Fault, ...] = Field(min_length=1)
