"""Invariant 2: a question ends only in one of its three outcomes (requirements R-01), and says so once."""

from services.auditor.report import Result
from services.auditor.snapshot import Snapshot


async def check(snapshot: Snapshot) -> Result:
    result = Result("2", "ends only in one of three outcomes")
    result.examined = await snapshot.count("select count(*) from life where status = 'ended'")
    result.in_flight = await snapshot.count(_IN_FLIGHT)
    await snapshot.offenders(result, _ENDINGS)
    await snapshot.offenders(result, _AT_THE_DOOR)
    return result


_ENDINGS = """
with said as (
  select key, count(*) filter (where kind = 'question.ended') as times,
         count(*) filter (where kind = 'question.reopened') as reopened,
         (array_agg(outcome order by number desc) filter (where kind = 'question.ended'))[1] as outcome
    from told where kind in ('question.ended', 'question.reopened') group by key
), offers as (
  select key, count(*) filter (where role = 'lead' and state = 'completed') as helped, bool_or(open) as open
    from offer group by key
)
select key::text as place, f.what
  from (select * from life where stated) l full join said s using (key) left join offers o using (key)
 cross join lateral (values
  (l.status is null, 'an end was said of a question that is not there'),
  ((l.status = 'ended') <> (l.outcome is not null), 'ended without an outcome, or an outcome without an end'),
  (l.outcome not in ('helped', 'helped-at-first-door', 'withdrawn-by-citizen'), 'ended as ' || l.outcome),
  (l.status = 'ended' and coalesce(s.times, 0) <> coalesce(s.reopened, 0) + 1,
   format('its end was said %s times, it was reopened %s times', coalesce(s.times, 0), coalesce(s.reopened, 0))),
  (l.status <> 'ended' and s.times <> s.reopened, 'its end was said while it is open'),
  (l.status = 'ended' and s.outcome <> l.outcome, 'another outcome was said than is kept'),
  (l.outcome = 'helped' and coalesce(o.helped, 0) = 0, 'helped, but no lead hand-off was completed'),
  (l.status <> 'ended' and o.helped > coalesce(s.reopened, 0), 'a lead hand-off was completed, but it goes on'),
  (l.status = 'ended' and o.open, 'ended with a hand-off still open')
) as f(bad, what) where f.bad
"""

_JOINED = "from view v join life l using (key) where l.stated and v.seen_handoffs"

_IN_FLIGHT = f"select count(*) {_JOINED} < l.said_handoffs and (v.status = 'ended') <> (l.status = 'ended')"

_AT_THE_DOOR = f"""
select key::text as place, 'the front door shows another end' as what {_JOINED} >= l.said_handoffs
   and ((v.status = 'ended') <> (l.status = 'ended') or v.outcome is distinct from l.outcome)
"""  # noqa: S608 - ours
