"""Invariant 1: every accepted question has, until it ends, exactly one follower and exactly one holder."""

from services.auditor.report import Result
from services.auditor.snapshot import Snapshot

_ON_ITS_WAY = "15 minutes"
"""From the door to the first hand-off takes seconds, and minutes when a process restarts. No clock runs there yet: a
question that is longer on its way waits for somebody to look, and nobody but the audit says so."""


async def check(snapshot: Snapshot) -> Result:
    result = Result("1", "one follower and one holder")
    result.examined = await snapshot.count("select count(*) from view")
    result.in_flight = await snapshot.count(_IN_FLIGHT)
    await snapshot.offenders(result, _WAITING, _ON_ITS_WAY)
    for query in (_QUESTIONS, _HOLDERS, _MERGED, _LOST, _ORPHANS):
        await snapshot.offenders(result, query)
    return result


_JOINED = """
with q as (
  select v.*, r.stated as routed, r.follower as router_follower, coalesce(r.said_decisions, 0) as decisions,
         h.stated as living, h.status as life, h.follower as life_follower, h.holder as life_holder,
         coalesce(r.seen_questions, 0) < v.said_questions as to_router,
         coalesce(r.seen_requests, 0) < coalesce(h.said_requests, 0) as to_decide,
         coalesce(h.seen_decisions, 0) < coalesce(r.said_decisions, 0) as to_handoff,
         v.seen_handoffs < coalesce(h.said_handoffs, 0) as to_view, t.follower as taken_over_by
    from view v left join route r using (key) left join life h using (key)
    left join (select distinct on (key) key, follower from told where kind = 'question.handed-over'
                order by key, number desc) t using (key)
)
"""

_IN_FLIGHT = _JOINED + "select count(*) from q where to_router or to_decide or to_handoff or to_view"  # noqa: S608 - ours

# Once a question is decided on again or has ended, the follower holds without an event that says so to the view.
_QUESTIONS = (
    _JOINED
    + """
select key::text as place, f.what from q cross join lateral (values
  (coalesce(follower, '') = '', 'the front door knows no follower'),
  (coalesce(holder, '') = '', 'the front door knows no holder'),
  (said_questions <> 1, format('passed on %s times by the front door, not once', said_questions)),
  (not to_router and routed is not true, 'the router does not know it'),
  (not to_router and decisions = 0, 'the router never decided'),
  (routed and taken_over_by is null and router_follower is distinct from follower, 'the router knows another follower'),
  (decisions > 0 and not to_handoff and living is not true, 'decided, but no hand-off knows it'),
  (living and not to_view and life_follower is distinct from follower, 'the hand-off knows another follower'),
  (living and taken_over_by <> life_follower, 'handed over to another follower than is kept'),
  (living and coalesce(life_holder, '') = '', 'nobody holds it'),
  (living and life not in ('deciding', 'ended') and not to_view and holder is distinct from life_holder,
   format('held by %s, the front door shows %s', life_holder, holder)),
  (life = 'deciding' and not (to_router or to_decide or to_handoff), 'waits for a decision nobody was asked for'),
  (living and life not in ('ended', 'merged') and not exists (select from ticking t where t.key = q.key),
   'open without a clock')
) as f(bad, what) where f.bad
"""
)

_WAITING = """
select v.key::text as place, format('accepted more than %s ago, but no hand-off knows it yet', $1::text) as what
  from view v left join life l using (key) where l.stated is not true and v.accepted_at < now() - $1::text::interval
"""

_HOLDERS = """
select l.key::text as place, format('%s, but held by %s', l.status, l.holder) as what
  from life l left join offer o on o.key = l.key and o.role = 'lead' and o.open
 where l.stated and coalesce(l.holder, '') <> '' and l.holder is distinct from case
         when l.status = 'triage' then l.holder
         when l.status = 'working' then o.receiver
         when l.status = 'offered' and o.connected then o.receiver
         else l.follower
       end
"""

_MERGED = """
with recursive road as (
  select key, merged_into as place, 1 as steps from life where status = 'merged'
  union all
  select r.key, l.merged_into, r.steps + 1 from road r join life l on l.key = r.place
   where l.status = 'merged' and r.steps < 1000
)
select key::text as place, 'merged, but no other question goes on for it' as what
  from life where status = 'merged' and not exists (
    select from road r join view v on v.key = r.place left join life l on l.key = r.place
     where r.key = life.key and l.status is distinct from 'merged')
"""

_LOST = """
select distinct i.question::text as place, 'accepted, but the front door does not know it' as what
  from intake.inbox i left join view v on v.key = i.question
 where v.key is null and not exists (select from intake.capacity_inquiry c where c.inquiry = i.question)
"""

_ORPHANS = """
select key::text as place, 'known to ' || service || ', but never accepted' as what
  from (select key, 'the router' as service from route where stated
        union all select key, 'the hand-off service' from life where stated) as known
 where not exists (select from view v where v.key = known.key)
"""
