"""Where the agency's Open Klant is, and for whom we are the bridge."""

import os
from uuid import UUID

from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, SettingsConfigDict

from contracts.base import OrganisationId


class OpenKlant(BaseSettings):
    """One bridge serves one agency; it is off as long as OPENKLANT_URL is not set."""

    model_config = SettingsConfigDict(env_prefix="OPENKLANT_", populate_by_name=True)

    url: str = Field(pattern=r"^https?://", description="https://<host>/klantinteracties/api/v1")
    token: SecretStr
    agency: OrganisationId = Field(description="The agency, by its name in the routing table.")
    actor: UUID = Field(description="The actor in Open Klant that new tasks are assigned to: a unit, not a person.")
    poll_seconds: float = Field(default=30, gt=0, description="How often each open task is looked at again.")


def is_configured() -> bool:
    return bool(os.environ.get("OPENKLANT_URL"))
