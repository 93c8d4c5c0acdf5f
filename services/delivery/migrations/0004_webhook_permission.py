"""A receiver is asked before anything is posted to it, and says how many posts a minute it takes."""

from alembic import op

revision = "0004"
down_revision = "0003"

# Permission is for one address: another address is asked again, whoever changed it.
COLUMNS = """
alter table subscription
  add column allowed_url   text,
  add column allowed_until timestamptz,
  add column allowed_rate  integer check (allowed_rate > 0),
  add column refusal       text,
  add column asked_at      timestamptz,
  add column asks          integer not null default 0,
  add column ask_due_at    timestamptz not null default now(),
  add column next_post_at  timestamptz not null default '-infinity',
  add constraint allowed_until_when check (allowed_url is null or allowed_until is not null)
"""


def upgrade() -> None:
    op.execute(COLUMNS)
