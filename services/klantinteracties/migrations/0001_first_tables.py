"""First tables of the bridge."""

from alembic import op

from services.platform.schema import ENGINE_ROOM_V1, statements

revision = "0001"
down_revision = None

TABLES = """
create table bridge (only_row boolean primary key default true check (only_row), agency text not null);
comment on table bridge is 'For whom this schema is the bridge: one agency, for good.';

create table task (
  handoff      uuid primary key,
  question     uuid not null,
  due_at       timestamptz not null default now(),
  leased_until timestamptz,
  leased_by    text,
  visits       integer not null default 0,
  said         text,
  refused      boolean not null default false
);
create index task_due on task (due_at);
create index task_said on task (said);
comment on table task is 'Hand-offs that are to be looked at in Open Klant; gone when nothing more can happen.';
comment on column task.visits is 'Visits since anything happened: who is quiet is visited less often.';
comment on column task.said is 'Id of our last reply, by which a refusal at the front door names it.'
"""


def upgrade() -> None:
    for statement in (*statements(ENGINE_ROOM_V1), *statements(TABLES)):
        op.execute(statement)
