"""Invariant 4: one owning hand-off per question, every state by a legal transition, history only grows."""

from services.auditor.report import Result
from services.auditor.roads import SERVICES
from services.auditor.snapshot import Snapshot

#: The transitions there are (domain model T2-T20), written a second time on purpose: the auditor has its own opinion.
_NOT_TAKEN = ("accepted", "in-progress", "declined", "expired", "not-selected", "withdrawn", "entered-in-error")
LEGAL = {
    "requested": ("received", *_NOT_TAKEN),
    "received": _NOT_TAKEN,
    "accepted": ("in-progress", "completed", "declined", "withdrawn", "entered-in-error"),
    "in-progress": (
        "in-progress",
        "on-hold",
        "cancellation-requested",
        "completed",
        "declined",
        "failed",
        "withdrawn",
    ),
    "on-hold": ("in-progress", "cancellation-requested", "failed", "withdrawn"),
    "cancellation-requested": ("in-progress", "completed", "withdrawn"),
}


async def check(snapshot: Snapshot) -> Result:
    result = Result("4", "one owner, legal transitions, history only grows")
    legal = [f"{before}>{after}" for before, afters in LEGAL.items() for after in afters]
    result.examined = await snapshot.count("select count(*) from told where kind like 'handoff.%'")
    await snapshot.offenders(result, _STEPS, legal)
    for query in (_LAST_STATE, _OWNERS_NOW, _OWNERS_EVER, _VERSIONS):
        await snapshot.offenders(result, query)
    for service in SERVICES:
        await _history(snapshot, result, service)
    return result


async def _history(snapshot: Snapshot, result: Result, service: str) -> None:
    """Numbers 1..head, none missing: what was said stays said."""
    table = f"{service}.journal"
    counted = await snapshot.fetch(
        f"select count(*) as entries, coalesce(min(number), 1) as first, coalesce(max(number), 0) as last, "  # noqa: S608
        f"(select last from {service}.journal_head) as head from {table}"
    )
    entries, first, last, head = counted[0]
    result.examined += entries
    if last != head:
        result.breach(f"{service} journal", f"ends at {last}, its head says {head}")
    if (first, entries) != (1, last):
        await snapshot.offenders(result, _GAPS.format(table=table), f"{service} journal")


_STEPS = """
with step as (
  select key, handoff, kind, version, previous, state, row_number() over one as nr,
         lag(state) over one as before, lag(version) over one as version_before
    from (select key, handoff, number, kind, version, previous, coalesce(state, 'requested') as state from told
           where kind in ('handoff.requested', 'handoff.changed')) as said
  window one as (partition by key, handoff order by number)
)
select key::text as place, format('hand-off %s: %s', handoff, f.what) as what from step cross join lateral (values
  (nr = 1 and kind = 'handoff.changed', 'changed before it was offered'),
  (nr > 1 and kind = 'handoff.requested', 'offered twice'),
  (kind = 'handoff.requested' and version <> 1, 'does not begin at version 1'),
  (nr > 1 and kind = 'handoff.changed' and previous is distinct from before,
   format('says it was %s, but it was %s', previous, before)),
  (nr > 1 and version <> version_before + 1, format('from version %s to %s', version_before, version)),
  (nr > 1 and kind = 'handoff.changed' and before || '>' || state <> all($1::text[]),
   format('from %s to %s is no legal transition', before, state))
) as f(bad, what) where f.bad
"""

_LAST_STATE = """
with last as (
  select distinct on (key, handoff) key, handoff, coalesce(state, 'requested') as state, version
    from told where kind in ('handoff.requested', 'handoff.changed') order by key, handoff, number desc
)
select key::text as place, format('hand-off %s: kept as %s, last said %s', handoff, o.state, l.state) as what
  from offer o full join last l using (key, handoff)
 where (o.state, o.version) is distinct from (l.state, l.version)
"""

# Of several candidates none owns the question yet; the first that accepts does.
_OWNERS_NOW = """
with owners as (
  select l.key, l.status, count(o.handoff) filter (where o.role = 'lead') as leads,
         count(o.handoff) filter (where o.role = 'candidate') as candidates
    from life l left join offer o on o.key = l.key and o.open where l.stated group by l.key, l.status
)
select key::text as place, format('%s with %s open lead hand-offs and %s candidates', status, leads, candidates) as what
  from owners where not case status when 'working' then leads = 1 and candidates = 0
                                    when 'offered' then leads = 1 and candidates = 0 or leads = 0 and candidates > 0
                                    else leads = 0 and candidates = 0 end
"""

_OWNERS_EVER = """
with step as (
  select key, number, kind, state, role, lag(role) over (partition by key, handoff order by number) as role_before
    from told where kind in ('handoff.requested', 'handoff.changed')
), owning as (
  select key, sum(case when role_before is distinct from 'lead' then 1
                       when state in ('completed', 'declined', 'expired', 'withdrawn', 'failed', 'entered-in-error')
                       then -1 else 0 end)
              over (partition by key order by number) as owners
    from step where role = 'lead'
)
select distinct key::text as place, 'two lead hand-offs were open at once' as what from owning where owners > 1
"""

_VERSIONS = """
with versions as (
  select key, question_version, lag(question_version) over (partition by key order by number) as before
    from told where question_version is not null
)
select distinct key::text as place, 'the version of the question went back' as what
  from versions where question_version < before
union all
select l.key::text, 'a later version of the question was said than is kept'
  from life l join (select key, max(question_version) as last from told group by key) as said using (key)
 where l.stated and said.last > l.version
"""

_GAPS = """
select $1::text as place,
       format('numbers %s to %s are missing', before + 1, number - 1) as what
  from (select number, lag(number, 1, 0::bigint) over (order by number) as before from {table}) as numbered
 where number <> before + 1
"""
