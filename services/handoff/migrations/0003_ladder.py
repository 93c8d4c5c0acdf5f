"""Clocks climb a ladder in working time; the service follows the published table for hours and norms."""

from alembic import op

from services.platform.schema import EDITIONS_V1, statements

revision = "0003"
down_revision = "0002"

LADDER = """
alter table clock add column step integer not null default 0;
alter table clock add column next_at timestamptz;
update clock set step = case when breached then 4 else 2 end, next_at = case when breached then null else due_at end;
drop index clock_due;
alter table clock drop column breached;
create index clock_next on clock (next_at) where next_at is not null;
update keyed set state = jsonb_set(state, '{clocks}', (
  select coalesce(jsonb_agg(
           c - 'breached' || case when coalesce((c ->> 'breached')::bool, false) then '{"step": 4}'::jsonb
                                  else jsonb_build_object('step', 2, 'next_at', c -> 'due_at') end), '[]')
    from jsonb_array_elements(state -> 'clocks') as c))
 where jsonb_typeof(state -> 'clocks') = 'array';
create table clock_terms (only_row boolean primary key default true check (only_row), digest text not null);
insert into clock_terms values (true, '');
comment on table clock_terms is 'The norms and opening hours by which the open clocks were last reckoned.'
"""


def upgrade() -> None:
    for statement in (*statements(EDITIONS_V1), *statements(LADDER)):
        op.execute(statement)
