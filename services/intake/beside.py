"""What stands beside the views, written in the same transaction: whose work it is, and the history."""

from collections.abc import Sequence

from services.intake.views import QuestionView
from services.intake.work import listed
from services.platform.database import Connection
from services.platform.keyed import Row


async def store_beside(connection: Connection, rows: Sequence[Row[QuestionView]]) -> None:
    """Only what changed since the rows were read; their locks keep others from the same questions."""
    await _store_work(connection, rows)
    await _store_history(connection, rows)


async def _store_work(connection: Connection, rows: Sequence[Row[QuestionView]]) -> None:
    gone, changed = [], []
    for row in rows:
        before, after = listed(row.before), listed(row.state)
        gone += [(agency, row.key, subject) for agency, subject in before if (agency, subject) not in after]
        changed += [
            (agency, row.key, subject, what.value, state.value, row.state.topic if row.state else None, due_at)
            for (agency, subject), (what, state, due_at) in after.items()
            if before.get((agency, subject)) != (what, state, due_at)
            or (row.before and row.state and row.before.topic != row.state.topic)
        ]
    if gone:
        await connection.execute(_GONE, *zip(*gone, strict=True))
    if changed:
        await connection.execute(_CHANGED, *zip(*changed, strict=True))


async def _store_history(connection: Connection, rows: Sequence[Row[QuestionView]]) -> None:
    views = [row.state for row in rows if row.state is not None and row.state.news]
    steps = [
        (view.question, number, step.model_dump_json(exclude_none=True))
        for view in views
        for number, step in enumerate(view.news, view.steps - len(view.news) + 1)
    ]
    if steps:
        await connection.execute(_STEPS, *zip(*steps, strict=True))


_GONE = """
delete from work w using unnest($1::text[], $2::uuid[], $3::uuid[]) as g(agency, question, subject)
 where w.agency = g.agency and w.question = g.question and w.subject = g.subject
"""

_CHANGED = """
insert into work (agency, question, subject, what, state, topic, due_at)
select agency, question, subject, what, state, topic, coalesce(due_at, 'infinity')
  from unnest($1::text[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
    as c(agency, question, subject, what, state, topic, due_at)
on conflict (agency, question, subject) do update
   set what = excluded.what, state = excluded.state, topic = excluded.topic, due_at = excluded.due_at
"""

_STEPS = """
insert into history (question, number, step)
select * from unnest($1::uuid[], $2::int[], $3::jsonb[])
"""
