"""First tables of notices: the engine room, the queue, who holds what, and which overviews were made."""

from alembic import op

from services.platform.schema import EDITIONS_V1, ENGINE_ROOM_V1, statements

revision = "0001"
down_revision = None

TABLES = """
create table queue (
  position bigint generated always as identity primary key,
  notice   uuid not null unique,
  question uuid not null,
  attempts integer not null default 0,
  due_at   timestamptz not null default now()
);
create index queue_order on queue (question, position);
comment on table queue is 'Notices still to be sent, by id only; what is said is in the state, the address in intake.';

create table task (
  question  uuid not null,
  subject   uuid not null,
  agency    text not null,
  reference text not null,
  stage     text not null,
  since     timestamptz not null,
  due_at    timestamptz,
  bounced   integer not null,
  reopened  boolean not null,
  stuck     boolean not null,
  primary key (question, subject)
);
create index task_agency on task (agency, since);
comment on table task is 'What each organisation is to do now: what its daily overview is made of.';

create table helped (question uuid primary key, agency text not null, at timestamptz not null);
create index helped_agency on helped (agency, at);

create table overview (
  agency text not null,
  day    date not null,
  at     timestamptz not null,
  primary key (agency, day)
);
comment on table overview is 'Made once per agency and working day, whoever makes it and however late.'
"""


def upgrade() -> None:
    for statement in statements(f"{ENGINE_ROOM_V1};\n{EDITIONS_V1};\n{TABLES}"):
        op.execute(statement)
