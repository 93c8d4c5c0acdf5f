"""Governance of the routing table: who may change it, what was proposed, and what refusals teach."""

from alembic import op

from services.platform.schema import statements

revision = "0003"
down_revision = "0002"

TABLES = """
create table steward (
  token_sha256 bytea primary key,
  role         text not null,
  may          text[] not null,
  created_at   timestamptz not null default now(),
  revoked_at   timestamptz
);
comment on column steward.role is 'A role such as beleid-aow, never a name of a person.';

create table candidate (
  version text primary key,
  content text not null
);
comment on table candidate is 'The packed tables that were proposed.';

create table proposal (
  proposal    uuid primary key,
  state       jsonb not null,
  differences jsonb not null,
  proposed_at timestamptz not null
);
comment on column proposal.differences is 'What differs from the version it was made from, as the approver saw it.';

create table proposal_step (
  proposal uuid not null references proposal,
  number   integer not null,
  status   text not null,
  by       text not null,
  at       timestamptz not null,
  reason   text,
  primary key (proposal, number)
);
comment on table proposal_step is 'Every step of every proposal. Append-only.';

create table announcement (
  number bigint primary key,
  state  jsonb not null,
  at     timestamptz not null
);
comment on table announcement is 'What was published, by whom. The same goes out on gvd.routing-table. Append-only.';

create table lesson_cursor (only_row boolean primary key default true check (only_row), number bigint not null);
insert into lesson_cursor values (true, 0);
comment on table lesson_cursor is 'How far the journal was learnt from; moved in one transaction with the counts.';

create table rule_tally (
  table_version text not null,
  rule          text not null,
  decisions     bigint not null default 0,
  refusals      bigint not null default 0,
  overruled     bigint not null default 0,
  primary key (table_version, rule)
);
comment on table rule_tally is 'Per rule and version: how often it decided, was refused, or was overruled by a human.';

create table refusal (
  question      uuid not null,
  decision      integer not null,
  table_version text not null,
  rule          text not null,
  topic         text,
  by            text not null,
  reason        text not null,
  suggested     text,
  at            timestamptz not null,
  primary key (question, decision)
);
create index refusal_rule on refusal (rule, topic, suggested);
comment on column refusal.decision is 'The decision that answered it; the refused one came before.';

create table lesson (
  lesson     uuid primary key,
  rule       text not null,
  topic      text not null,
  suggested  text not null,
  status     text not null,
  raised_at  timestamptz not null,
  weighed    bigint,
  decided_by text,
  decided_at timestamptz,
  reason     text,
  proposal   uuid references proposal
);
comment on table lesson is 'Receivers named somebody else again and again: work for the owner of the table.';
comment on column lesson.weighed is 'How many questions said so when somebody last decided on it.';

create table unmapped_code (
  agency   text not null,
  code     text not null,
  times    bigint not null,
  first_at timestamptz not null,
  last_at  timestamptz not null,
  primary key (agency, code)
);
comment on table unmapped_code is 'Subject codes of agencies that their mapping does not have yet.'
"""


def upgrade() -> None:
    for statement in statements(TABLES):
        op.execute(statement)
