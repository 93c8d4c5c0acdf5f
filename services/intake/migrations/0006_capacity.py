"""Inquiries about capacity."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.execute(
        """
create table capacity_inquiry (
  inquiry      uuid primary key,
  "by"         text not null,
  organisation text not null,
  topic        text not null,
  asked_at     timestamptz not null,
  answer_by    timestamptz not null,
  answer       text,
  waiting_days integer,
  answered_at  timestamptz
)
"""
    )
