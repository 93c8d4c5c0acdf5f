"""Invariant 11: of what matters to them the person is told once: sent, waiting to be sent, or by the desk (Awb 2:3)."""

from services.auditor.report import Result
from services.auditor.snapshot import Snapshot


async def check(snapshot: Snapshot) -> Result:
    result = Result("11", "the person is told once of what matters")
    result.examined = await snapshot.count(f"with {_NOTICE} select count(*) from notice")  # noqa: S608 - ours
    for query in (_MISSING, _TWICE, _FATE):
        await snapshot.offenders(result, query)
    return result


_NOTICE = """
notice as (
  select k.key, (n ->> 'notice')::uuid as notice, (n ->> 'event')::int as event, n ->> 'to' as who,
         n ->> 'status' as status
    from notices.keyed k cross join lateral jsonb_array_elements(k.state -> 'told') as n
   where jsonb_typeof(k.state -> 'told') = 'array'
)
"""

# Which events matter, said a second time on purpose: the auditor has its own opinion.
_MISSING = f"""
with {_NOTICE}, due as (
  select key, sequence, kind from told
   where kind in ('question.triaged', 'question.asking', 'question.returned', 'question.ended', 'question.reopened',
                  'question.merged', 'question.handed-over', 'contact-person.named')
      or (kind = 'handoff.requested' and role = 'lead')
      or (kind = 'handoff.changed' and role = 'lead'
          and (state = 'expired' or (state = 'accepted' and previous in ('requested', 'received'))))
), made as (
  select key, event, count(distinct who) as people from notice group by key, event
)
select d.key::text as place, format('of %s, number %s, %s were told', d.kind, d.sequence, coalesce(m.people, 0)) as what
  from due d join notices.keyed k using (key) left join made m on m.key = d.key and m.event = d.sequence
 where d.sequence <= coalesce((k.seen ->> 'gvd.handoffs')::int, 0) and k.state ? 'known'
   and coalesce(m.people, 0) <> jsonb_array_length(coalesce(k.state -> 'to', '["person"]'))
"""  # noqa: S608 - ours

_TWICE = f"""
with {_NOTICE}
select key::text as place, format('the %s was told %s times of number %s', who, count(*), event) as what
  from notice group by key, event, who having count(*) > 1
"""  # noqa: S608 - ours

_FATE = f"""
with {_NOTICE}, said as (
  select key, (convert_from(value, 'UTF8')::json -> 'data' ->> 'notice')::uuid as notice,
         case when type like '%.sent.v1' then 'sent' when type like '%.to-tell.v1' then 'desk'
              else 'undeliverable' end as fate
    from notices.journal where type like '%.notice.%'
), once as (
  select notice, min(key::text)::uuid as key, min(fate) as fate, count(*) as times from said group by notice
), kept as (
  select notice, min(key::text)::uuid as key, min(status) as status from notice group by notice
)
select coalesce(n.key, s.key, q.question)::text as place,
       format('notice %s is kept as %s, was said to be %s %s times, and %s', notice, coalesce(n.status, 'nothing'),
              coalesce(s.fate, 'nothing'), coalesce(s.times, 0),
              case when q.notice is null then 'waits nowhere' else 'waits in the queue' end) as what
  from kept n full join once s using (notice) full join notices.queue q using (notice)
 where case when n.status = 'queued' then q.notice is null or s.notice is not null
            else n.status is distinct from s.fate or s.times is distinct from 1 or q.notice is not null end
"""  # noqa: S608 - ours
