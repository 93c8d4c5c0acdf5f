"""First tables of intake."""

from alembic import op

from services.platform.schema import ENGINE_ROOM_V1, statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    for statement in statements(ENGINE_ROOM_V1):
        op.execute(statement)
