"""Whose work a question is, to be listed with one index read, and the history of every question."""

from alembic import op
from sqlalchemy import text

from services.intake.views import QuestionView
from services.intake.work import listed
from services.platform.schema import statements

revision = "0004"
down_revision = "0003"

TABLES = """
create table work (
  agency   text not null,
  question uuid not null,
  subject  uuid not null,
  what     text not null,
  state    text not null,
  topic    text,
  due_at   timestamptz not null,
  primary key (agency, question, subject)
);
comment on table work is 'Who has to act on which question, or follows it. Subject: the hand-off, or the question.';
comment on column work.due_at is 'Infinity when no norm runs, so that those come last.';
create index work_by_due on work (agency, what, due_at, subject);
create index work_by_state on work (agency, what, state, due_at, subject);
create index work_by_topic on work (agency, what, topic, due_at, subject);

create table history (
  question uuid not null,
  number   integer not null,
  step     jsonb not null,
  primary key (question, number)
);
comment on table history is 'What happened to a question and who held it from there; grows only.'
"""
_OPEN = text("select state::text from keyed where state <> 'null' and coalesce(state ->> 'status', '') <> 'ended'")
_INSERT = text(
    "insert into work (agency, question, subject, what, state, topic, due_at) "
    "values (:agency, :question, :subject, :what, :state, :topic, 'infinity')"
)


def upgrade() -> None:
    for statement in statements(TABLES):
        op.execute(statement)
    _fill()


def _fill() -> None:
    """What was open before there were lists; its norms are known from the next event or reminder on."""
    connection = op.get_bind()
    open_ones = connection.execute(_OPEN.execution_options(stream_results=True))
    while rows := open_ones.fetchmany(1_000):
        work = [
            {"agency": agency, "question": view.question, "subject": subject, "topic": view.topic}
            | {"what": what.value, "state": state.value}
            for view in (QuestionView.model_validate_json(row[0], extra="ignore") for row in rows)
            for (agency, subject), (what, state, _) in listed(view).items()
        ]
        if work:
            connection.execute(_INSERT, work)
