"""Questions by the agency's own number, and by the contact in which they were asked."""

from alembic import op

from services.platform.schema import statements

revision = "0005"
down_revision = "0004"

TABLES = """
create table asked (
  agency   text not null,
  number   text not null,
  question uuid not null,
  primary key (agency, number)
);
comment on table asked is 'The last question under an agency''s own number with topic and kind: repeat contact.';

create table contact_question (
  agency   text not null,
  contact  text not null,
  question uuid not null,
  primary key (agency, contact, question)
);
comment on table contact_question is 'Which questions an agency asked in one contact.'
"""


def upgrade() -> None:
    for statement in statements(TABLES):
        op.execute(statement)
