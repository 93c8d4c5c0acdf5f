"""Brings the database schemas of the services up to date."""

import os
from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config

from services.platform.settings import Settings

_ENVIRONMENT = Path(__file__).parent / "migrations"
_EVERYWHERE = _ENVIRONMENT / "versions"


def migrate(settings: Settings, services: Iterable[str]) -> None:
    """Run the migrations under `services/<name>/migrations` and those of the engine room, in each own schema.

    Safe to repeat. What the engine room got after the first tables is a line of its own (`versions`), once for all.
    """
    url = settings.database_url.get_secret_value().replace("postgresql://", "postgresql+asyncpg://", 1)
    for service in services:
        config = Config()
        config.set_main_option("script_location", str(_ENVIRONMENT))
        config.set_main_option("path_separator", "os")
        own = _ENVIRONMENT.parent.parent / service / "migrations"
        config.set_main_option("version_locations", os.pathsep.join((str(own), str(_EVERYWHERE))))
        config.attributes.update(url=url, schema=service)
        command.upgrade(config, "heads")
