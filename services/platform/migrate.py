"""Brings the database schemas of the services up to date."""

from collections.abc import Iterable
from pathlib import Path

from alembic import command
from alembic.config import Config

from services.platform.settings import Settings

_ENVIRONMENT = Path(__file__).parent / "migrations"


def migrate(settings: Settings, services: Iterable[str]) -> None:
    """Run the migrations under `services/<name>/migrations`, each in its own schema; safe to repeat."""
    url = settings.database_url.get_secret_value().replace("postgresql://", "postgresql+asyncpg://", 1)
    for service in services:
        config = Config()
        config.set_main_option("script_location", str(_ENVIRONMENT))
        config.set_main_option("path_separator", "os")
        config.set_main_option("version_locations", str(_ENVIRONMENT.parent.parent / service / "migrations"))
        config.attributes.update(url=url, schema=service)
        command.upgrade(config, "head")
