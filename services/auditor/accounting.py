"""Invariant 3: every input is accounted for: received = accepted + refused + repeated; accepted = ended + open."""

from services.auditor.report import Result
from services.auditor.snapshot import Snapshot


async def check(snapshot: Snapshot) -> Result:
    result = Result("3", "every input is accounted for")
    result.examined = await snapshot.count("select sum(received) from intake.tally")
    for query in (_SUMS, _REFUSED, _UNTOLD, _TOTAL, _PER_QUESTION):
        await snapshot.offenders(result, query)
    ended, merged, living, moving = (await snapshot.fetch(_QUESTIONS))[0]
    result.in_flight = moving
    result.notes.append(
        f"questions: {ended} ended, {merged} merged into another, {living} open, {moving} before their first hand-off"
    )
    return result


_SUMS = """
select door || '/' || "partition" as place, f.what from intake.tally cross join lateral (values
  (received <> accepted + duplicates + refused,
   format('received %s, but accepted %s, repeated %s, refused %s', received, accepted, duplicates, refused)),
  (door like 'gvd.in.%' and received > next_offset, format('received %s of %s records', received, next_offset))
) as f(bad, what) where f.bad
"""

_REFUSED = """
with kept as (
  select topic as door, "partition", count(*) as lines, max("offset") as last
    from intake.quarantine where topic like 'gvd.in.%' group by 1, 2
)
select format('%s/%s', coalesce(t.door, k.door), coalesce(t."partition", k."partition")) as place,
       format('refused %s, in quarantine %s', coalesce(refused, 0), coalesce(lines, 0)) as what
  from (select * from intake.tally where door like 'gvd.in.%') t full join kept k using (door, "partition")
 where coalesce(refused, 0) <> coalesce(lines, 0) or last >= next_offset
"""

_UNTOLD = """
select format('%s/%s/%s', q.topic, q."partition", q."offset") as place, 'refused, but nobody was told' as what
  from intake.quarantine q left join intake.keyed k on k.key = q.quarantine and k.said ? 'gvd.quarantine'
 where q.topic like 'gvd.in.%' and k.key is null
"""

_TOTAL = """
select 'intake inbox' as place, format('accepted %s, in the inbox %s', counted, kept) as what
  from (select (select coalesce(sum(accepted), 0) from intake.tally) as counted,
               (select count(*) from intake.inbox) as kept) as totals where counted <> kept
"""

_PER_QUESTION = """
with kept as (
  select question as key, count(*) as inputs from intake.inbox group by question
), passed as (
  select key, said_questions + said_replies as said from view
  union all
  select key, (said ->> 'gvd.capacity')::int from intake.keyed where said ? 'gvd.capacity'
)
select coalesce(p.key, k.key)::text as place,
       format('%s inputs passed on, %s in the inbox', said, coalesce(inputs, 0)) as what
  from passed p full join kept k using (key) where said is distinct from coalesce(inputs, 0)
"""

_QUESTIONS = """
select count(*) filter (where l.status = 'ended') as ended, count(*) filter (where l.status = 'merged') as merged,
       count(*) filter (where l.status not in ('ended', 'merged')) as living,
       count(*) filter (where l.status is null) as moving
  from view v left join (select * from life where stated) l using (key)
"""
