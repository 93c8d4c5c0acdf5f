"""A version of the routing table on the road to everybody who applies or shows it."""

from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Code, Contract, Timestamp
from contracts.decisions import TableVersion

Content = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9+/]+={0,2}$", max_length=900_000)]
"""Base64 of the gzipped JSON object {file name: text}. It unpacks to the version of the event, or is refused."""


class TablePublished(Contract):
    """A version comes into force. The highest publication whose moment has come is the one in force.

    Rolling back is publishing an earlier version again. A reader that cannot use a version keeps the last good one.
    """

    publication: int = Field(ge=1, description="1, 2, 3, ... without gaps, over all versions.")
    version: TableVersion
    effective_from: Timestamp
    previous: TableVersion = Field(description="The version in force before.")
    why: Literal["approved", "rolled-back"]
    proposal: UUID | None = None
    proposed_by: Code = Field(description="Role of a person, never a name.")
    approved_by: Code = Field(description="Somebody else than who proposed.")
    content: Content
