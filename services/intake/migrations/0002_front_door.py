"""What only the front door has: strangers' ids, the tally, personal texts and who read them."""

from alembic import op

from services.platform.schema import statements

revision = "0002"
down_revision = "0001"

TABLES = """
create table inbox (
  source   text not null,
  id       text not null,
  question uuid not null,
  digest   bytea not null,
  at       timestamptz not null,
  primary key (source, id)
);
comment on table inbox is 'Every accepted input by the id its sender chose: the same (source, id) is the same event.';

create table tally (
  door        text not null,
  "partition" integer not null,
  next_offset bigint not null default 0,
  received    bigint not null default 0,
  accepted    bigint not null default 0,
  duplicates  bigint not null default 0,
  refused     bigint not null default 0,
  primary key (door, "partition")
);
comment on table tally is 'Per in-topic partition or HTTP door: received = accepted + duplicates + refused.';

create table personal_text (
  text       uuid primary key,
  agency     text not null,
  question   uuid,
  key        bytea,
  nonce      bytea not null,
  content    bytea not null,
  created_at timestamptz not null,
  forgotten_at timestamptz
);
comment on column personal_text.key is 'Its own key, wrapped by the master key. Forgetting is throwing this away.';

create table disclosure (
  disclosure uuid primary key,
  text       uuid not null references personal_text,
  question   uuid not null,
  recipient  text not null,
  fields     text[] not null,
  purpose    text not null,
  legal_basis text not null,
  at         timestamptz not null
);

create table credential (
  token_sha256 bytea primary key,
  agency       text not null,
  created_at   timestamptz not null default now(),
  revoked_at   timestamptz
)
"""


def upgrade() -> None:
    for statement in statements(TABLES):
        op.execute(statement)
