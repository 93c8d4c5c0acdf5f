"""One row per open clock."""

from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    op.execute(
        """
        create table clock (
          question uuid not null,
          subject  uuid not null,
          stage    text not null,
          due_at   timestamptz not null,
          breached boolean not null,
          primary key (question, subject, stage)
        ) with (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000)
        """
    )
    op.execute("create index clock_due on clock (due_at) where not breached")
