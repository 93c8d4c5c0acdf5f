"""Invariant 10: what each agency was sent equals what its hand-offs say happened, in order, without repeats."""

from datetime import date

import routing
from services.auditor.facts import DIGEST
from services.auditor.report import Result
from services.auditor.snapshot import Snapshot
from services.auditor.tables import Shelf


async def check(snapshot: Snapshot, shelf: Shelf) -> Result:
    """Of an organisation that versions of the table connect otherwise nobody can say which was read at which event."""
    result = Result("10", "each agency was sent what its hand-offs say")
    doors = [_doors(table) for table in await shelf.applied("delivery")]
    same = set(doors[0]).intersection(*doors)
    moved = sorted({door[0] for door in set().union(*doors) - same})
    await snapshot.insert("door_of", sorted(same))
    result.examined = await snapshot.count("select count(*) from delivery.journal")
    result.in_flight = await snapshot.count(_IN_FLIGHT)
    await snapshot.offenders(result, _SEQUENCES, moved)
    if moved:
        result.notes.append(f"not of {', '.join(moved)}: the table changed their connection")
    return result


def _doors(table: routing.Table) -> frozenset[tuple[str, date, date | None]]:
    """Since when each organisation is connected, and until when it is in service."""
    return frozenset(
        (one.id, max(one.connected_since, one.validity.valid_from), one.validity.valid_to)
        for one in table.organisations.values()
        if one.connected_since is not None
    )


# What goes by two roads may come in either order, so each road is counted for itself.
_IN_FLIGHT = """
select sum(l.said_handoffs - coalesce((d.seen ->> 'gvd.handoffs')::int, 0))
  from life l left join delivery.keyed d using (key)
 where l.said_handoffs > coalesce((d.seen ->> 'gvd.handoffs')::int, 0)
"""

# The first door, and who gave a reply, had a door of their own or they could not have come in; of the others the
# offer says whether they were connected, or else the table does.
_SEQUENCES = f"""
with noticed as (
  select key, sequence, at, {DIGEST} as digest,
         coalesce(said ->> 'follower', said ->> 'agency') as agency
    from notices.journal cross join lateral (select convert_from(value, 'UTF8')::json -> 'data' as said) as d
   where type not like '%.notice.sent.v1'
), concerned as (
  select key, sequence, at, digest, agency, handoff, sure from told cross join lateral (values
    (case when kind like 'handoff.%' then receiver end, false),
    (case when kind in ('question.triaged', 'question.repeated', 'question.handed-over', 'clock.breached',
                        'clock.reminded', 'contact-person.named') then holder end, false),
    (case when kind <> 'reply.refused' then follower end, not exists (
       select from told h where h.key = told.key and h.kind = 'question.handed-over')),
    (case when kind = 'question.handed-over' then previous end, false),
    (case when kind in ('reply.refused', 'question.reopened', 'contact-person.named') then by_whom end, true),
    (desk, false), (contact, false), (contact_before, false)
  ) as whom(agency, sure) where agency is not null
), once as (
  select key, sequence, agency, min(at) as at, min(digest::text)::uuid as digest, bool_or(sure) as sure
    from concerned group by key, sequence, agency
), offered as (
  select key, receiver as agency, min(sequence) as since from told where connected group by key, receiver
), due as (
  select key, agency, 'handoffs' as source, digest,
         row_number() over (partition by key, agency order by sequence) as nr
    from once left join offered using (key, agency) left join delivery.keyed d using (key)
   where once.sequence <= coalesce((d.seen ->> 'gvd.handoffs')::int, 0)
     and (once.sure or offered.since <= once.sequence or exists (
       select from door_of o where o.agency = once.agency and o.since <= once.at::date
          and (o.until is null or once.at::date <= o.until)))
  union all
  select j.key, convert_from(j.value, 'UTF8')::json -> 'data' ->> 'agency', 'handoffs',
         {DIGEST.replace("value", "j.value")}, 1
    from intake.journal j join delivery.keyed d using (key)
   where j.topic = 'gvd.quarantine' and d.seen ? 'gvd.quarantine'
     and convert_from(j.value, 'UTF8')::json -> 'data' ->> 'agency' is not null
  union all
  select n.key, n.agency, 'notices', n.digest, row_number() over (partition by n.key, n.agency order by n.sequence)
    from noticed n join delivery.keyed d using (key)
   where n.sequence <= coalesce((d.seen ->> 'gvd.notices')::int, 0)
     and (not exists (select from told h where h.key = n.key and h.kind = 'question.handed-over') or exists (
       select from door_of o where o.agency = n.agency and o.since <= n.at::date
          and (o.until is null or n.at::date <= o.until)))
  union all
  select j.key, agency, 'handoffs', {DIGEST.replace("value", "j.value")},
         row_number() over (partition by j.key, agency order by j.sequence)
    from intake.journal j join delivery.keyed d using (key)
   cross join lateral (select convert_from(j.value, 'UTF8')::json -> 'data' as data) as said
   cross join lateral (values
    (data ->> 'by'), (case when j.type like '%.capacity.inquired.v1' then data ->> 'organisation' end)
   ) as whom(agency)
   where j.topic = 'gvd.capacity' and agency is not null
     and j.sequence <= coalesce((d.seen ->> 'gvd.capacity')::int, 0)
), sent as (
  select key, agency, source, digest, row_number() over (partition by key, agency, source order by sequence) as nr
    from (select key, sequence, substring(topic from '^gvd\\.out\\.(.*)$') as agency, {DIGEST} as digest,
                 case when type ~ '\\.(notice|overview)\\.' then 'notices' else 'handoffs' end as source
            from delivery.journal) as j
), wrong as (
  select key, agency, min(nr) as nr from due full join sent using (key, agency, source, nr)
   where due.digest is distinct from sent.digest and agency <> all($1::text[]) group by key, agency
)
select key::text as place, format('what %s was sent differs from its hand-offs from number %s on', agency, nr) as what
  from wrong
"""  # noqa: S608 - DIGEST is ours
