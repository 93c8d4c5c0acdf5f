"""Agencies that want their events posted, and what is still to be posted to them."""

from alembic import op

from services.platform.schema import statements

revision = "0002"
down_revision = "0001"

TABLES = """
create table subscription (
  agency     text primary key,
  url        text not null,
  token      text,
  stopped_at timestamptz,
  created_at timestamptz not null default now()
);
create table webhook (
  position bigint generated always as identity primary key,
  agency   text not null,
  key      uuid not null,
  value    bytea not null,
  attempts integer not null default 0,
  due_at   timestamptz not null default now()
);
create index webhook_order on webhook (agency, key, position);
create index webhook_due on webhook (due_at)
"""


def upgrade() -> None:
    for statement in statements(TABLES):
        op.execute(statement)
