"""Editions of the routing table, as this service knows them."""

from alembic import op

from services.platform.schema import EDITIONS_V1, statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    for statement in statements(EDITIONS_V1):
        op.execute(statement)
