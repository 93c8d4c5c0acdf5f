"""Topics that are not there yet, and from which journal number on each waits. In the schema of every service."""

from alembic import op

from services.platform.schema import WAITING_TOPICS, statements

revision = "engine0001"
down_revision = None


def upgrade() -> None:
    for statement in statements(WAITING_TOPICS):
        op.execute(statement)
