"""Invariant 5: every open stage has exactly one clock, and no step of its ladder comes twice or is skipped.

Only the last step comes again, and says how often it did.
"""

from services.auditor.report import Result
from services.auditor.snapshot import Snapshot

_LATE = "5 minutes"
"""A clock whose step was due longer ago and stayed silent was skipped, or nobody is ringing."""


async def check(snapshot: Snapshot) -> Result:
    result = Result("5", "one clock per open stage, each step of its ladder once")
    result.examined = await snapshot.count("select count(*) from ticking")
    result.in_flight = await snapshot.count("select count(*) from ticking where next_at <= now()")
    for query in (_STAGES, _ROWS, _RANG_TWICE, _RANG_SILENTLY, _SKIPPED):
        await snapshot.offenders(result, query)
    return result


_STAGES = """
with wanted as (
  select key, key as subject,
         case status when 'deciding' then 'decision' when 'asking' then 'answer' when 'returned' then 'return'
                     else 'triage' end as stage, 1 as clocks
    from life where status in ('deciding', 'asking', 'triage', 'returned')
  union all
  select key, handoff,
         case state when 'accepted' then 'first-contact' when 'in-progress' then 'resolution'
                    when 'on-hold' then 'hold' when 'cancellation-requested' then 'cancellation'
                    else 'acceptance' end, 1
    from offer where open
), running as (
  select key, subject, stage, count(*) as clocks from ticking group by key, subject, stage
)
select key::text as place, format('stage %s has %s clocks, should have %s', stage, coalesce(r.clocks, 0),
       coalesce(w.clocks, 0)) as what
  from wanted w full join running r using (key, subject, stage) where r.clocks is distinct from w.clocks
"""

_ROWS = """
select coalesce(t.key, c.question)::text as place, case
         when c.question is null then format('the clock of stage %s will never ring: it has no row', t.stage)
         when t.key is null then format('a clock of stage %s runs for nothing', c.stage)
         else format('the clock of stage %s is kept in two ways', t.stage)
       end as what
  from ticking t full join handoff.clock c on (c.question, c.subject, c.stage) = (t.key, t.subject, t.stage)
 where (t.due_at, t.step, t.next_at) is distinct from (c.due_at, c.step, c.next_at)
"""

_RANG_TWICE = """
select key::text as place, format('the clock of stage %s came to its %s %s times', stage, step, count(*)) as what
  from told where kind in ('clock.breached', 'clock.reminded') and started_at is not null
 group by key, coalesce(handoff, key), stage, step, again, started_at having count(*) > 1
"""

_RANG_SILENTLY = """
select t.key::text as place,
       format('the clock of stage %s is kept as past its %s, but nobody was told', t.stage, l.step) as what
  from ticking t cross join lateral (
         select (array['reminder', 'warning', 'breach', 'next-step'])[least(nr, 4)] as step,
                greatest(nr - 4, 0) as again
           from generate_series(1, t.step) as nr) as l
  left join told s on s.kind in ('clock.breached', 'clock.reminded') and s.key = t.key and s.step = l.step
       and s.again = l.again
       and coalesce(s.handoff, s.key) = t.subject and s.stage = t.stage and s.started_at = t.started_at
 where t.started_at is not null and s.key is null
"""

_SKIPPED = f"""
select key::text as place, format('the clock of stage %s had a step at %s and nobody was told', stage, next_at) as what
  from ticking where next_at < now() - interval '{_LATE}'
"""  # noqa: S608 - ours
