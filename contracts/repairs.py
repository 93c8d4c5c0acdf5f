"""Asking the producer of a missing event to publish it again."""

from uuid import UUID

from pydantic import Field

from contracts.base import Contract


class RepairRequested(Contract):
    """A consumer noticed a gap in the numbering of one key on one topic."""

    topic: str = Field(max_length=249)
    key: UUID
    first: int = Field(ge=1, description="First missing sequence.")
    last: int = Field(ge=1, description="Last missing sequence.")
