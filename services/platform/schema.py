"""The tables every service has, for its first migration, and how a migration runs a list of statements."""

from collections.abc import Iterator

ENGINE_ROOM_V1 = """
create table journal_head (only_row boolean primary key default true check (only_row), last bigint not null);
insert into journal_head values (true, 0);
comment on table journal_head is
  'Last journal number. Taken under lock at the end of a transaction: numbers are gapless and in commit order.';

create table journal (
  number   bigint primary key,
  topic    text not null,
  key      uuid not null,
  sequence integer not null,
  type     text not null,
  value    bytea not null,
  at       timestamptz not null default now()
);
create index journal_key on journal (key);
comment on table journal is 'Every event this service produced: record, outbox and source of replay. Append-only.';

create table relay_cursor (only_row boolean primary key default true check (only_row), number bigint not null);
insert into relay_cursor values (true, 0);

create table parked (
  topic     text not null,
  key       uuid not null,
  sequence  integer not null,
  value     bytea not null,
  parked_at timestamptz not null default now(),
  primary key (key, topic, sequence)
);
comment on table parked is 'Events that came before an earlier one of their key; folded when the gap is repaired.';

create table keyed (
  key        uuid primary key,
  version    integer not null,
  seen       jsonb not null,
  said       jsonb not null,
  state      jsonb not null,
  updated_at timestamptz not null default now()
) with (fillfactor = 80);
comment on column keyed.seen is 'Last sequence taken in, per topic.';
comment on column keyed.said is 'Last sequence given out, per topic.';

create table quarantine (
  quarantine  uuid primary key,
  topic       text not null,
  "partition" integer not null,
  "offset"    bigint not null,
  agency      text,
  faults      jsonb not null,
  received_at timestamptz not null,
  resolved_at timestamptz
);
comment on table quarantine is 'Refused input: place and reason, never its content.';
"""

WAITING_TOPICS = """
create table relay_waiting (topic text primary key, number bigint not null);
comment on table relay_waiting is
  'Topics Kafka does not have: of these the relay published nothing from this journal number on.';
"""

EDITIONS_V1 = """
create table edition (
  version text primary key,
  content text not null,
  kept_at timestamptz not null default now()
);
comment on table edition is 'Every edition of the reference data this service ever knew, packed. Never deleted.';

create table publication (
  number         bigint primary key,
  version        text not null,
  effective_from timestamptz not null,
  refused        text,
  known_at       timestamptz not null default now()
);
comment on table publication is 'Which edition came into force when; the highest number whose moment has come holds.';
"""


def statements(script: str) -> Iterator[str]:
    """One by one, as asyncpg takes them. A statement ends where a line does."""
    return (one for one in script.split(";\n") if one.strip())
