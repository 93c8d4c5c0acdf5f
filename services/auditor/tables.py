"""Invariant 6 for years: every version that was in force is kept, was agreed by two, and is the same everywhere."""

from collections.abc import Iterable

import routing
from routing.versions.files import unpack
from routing.versions.loading import reload_files
from services.auditor.report import Result
from services.auditor.snapshot import Snapshot

_AT_HAND = 3
READERS = ("router", "intake", "handoff", "notices", "delivery")


class Shelf:
    """The versions a service kept. Few at hand: a table is large, and decisions come in the order of versions."""

    def __init__(self, snapshot: Snapshot, shipped: routing.Table) -> None:
        self._snapshot, self._shipped = snapshot, shipped
        self._open: dict[str, routing.Table | None] = {}

    async def of(self, version: str) -> routing.Table | None:
        """None when nobody kept it, or when what was kept is not it."""
        if version == self._shipped.version:
            return self._shipped
        if version not in self._open:
            if len(self._open) >= _AT_HAND:
                self._open.pop(next(iter(self._open)))
            self._open[version] = await self._reopened(version)
        return self._open[version]

    async def _reopened(self, version: str) -> routing.Table | None:
        content = await self._snapshot.value("select content from router.edition where version = $1", version)
        if content is None:
            return None
        try:
            table = reload_files(unpack(content))
        except (ValueError, routing.RoutingError):
            return None
        return table if table.version == version else None

    async def in_force(self) -> routing.Table:
        version = await self._snapshot.value(_IN_FORCE)
        found = await self.of(version) if version else None
        return found or self._shipped

    async def applied(self, service: str) -> Iterable[routing.Table]:
        """All tables this service ever went by."""
        rows = await self._snapshot.fetch(_APPLIED.format(service=service))
        found = [await self.of(row["version"]) for row in rows]
        return [self._shipped, *(table for table in found if table is not None)]


async def check(snapshot: Snapshot) -> Result:
    result = Result("T", "the table was agreed by two and is the same everywhere")
    result.examined = await snapshot.count("select count(*) from router.announcement")
    result.in_flight = await snapshot.count(_ON_ITS_WAY)
    await snapshot.offenders(result, _AGREED)
    await snapshot.offenders(result, _JOURNALED)
    for reader in READERS:
        await snapshot.offenders(result, _KNOWN.format(reader=reader))
    await snapshot.offenders(result, _OVERDUE)
    return result


_IN_FORCE = """
select version from router.publication where refused is null and effective_from <= now() order by number desc limit 1
"""

_APPLIED = "select distinct version from {service}.publication where refused is null"

_AGREED = """
with a as (
  select number, state ->> 'version' as version, state ->> 'why' as why, state ->> 'proposed_by' as one,
         state ->> 'approved_by' as other, (state ->> 'proposal')::uuid as proposal,
         row_number() over (order by number) as nr
    from router.announcement
)
select 'publication ' || number as place, f.what from a
  left join lateral (select state as p from router.proposal where proposal.proposal = a.proposal) as made on true
 cross join lateral (values
  (number <> nr, 'the numbers before it have a gap'),
  (one = other, 'proposed and approved by the same'),
  (why = 'approved' and p is null, 'nobody proposed it'),
  (p ->> 'version' <> version or p ->> 'status' <> 'published' or (p ->> 'publication')::int <> number
   or p ->> 'proposed_by' <> one or p ->> 'decided_by' <> other, 'is not what was proposed'),
  (why = 'approved' and not exists (
    select from router.proposal_step s
     where s.proposal = a.proposal and s.status = 'approved' and s.by = other and s.by <> one), 'was never approved'),
  (why = 'rolled-back' and not exists (select from a b where b.version = a.version and b.number < a.number)
   and not exists (select from router.edition e where e.version = a.version), 'goes back to what never was')
) as f(bad, what) where f.bad
"""

_JOURNALED = """
with said as (
  select (d ->> 'publication')::bigint as number, d from router.journal j
   cross join lateral (select convert_from(j.value, 'UTF8')::jsonb -> 'data' as d) as data
   where j.topic = 'gvd.routing-table'
)
select 'publication ' || number as place, f.what
  from router.announcement a full join (
    select number, count(*) as times, min(d::text)::jsonb as d from said group by number) s using (number)
  left join lateral (
    select content from router.candidate c where c.version = a.state ->> 'version'
    union all select content from router.edition e where e.version = a.state ->> 'version' limit 1) kept on true
 cross join lateral (values
  (a.number is null, 'is told of, but was never decided'),
  (s.number is null, 'was decided, but nobody is told'),
  (times > 1, 'is told of more than once'),
  (s.d ->> 'version' <> a.state ->> 'version' or s.d ->> 'why' <> a.state ->> 'why'
   or s.d ->> 'proposed_by' <> a.state ->> 'proposed_by' or s.d ->> 'approved_by' <> a.state ->> 'approved_by'
   or (s.d ->> 'effective_from')::timestamptz <> (a.state ->> 'effective_from')::timestamptz,
   'is told otherwise than it was decided'),
  (kept.content is distinct from s.d ->> 'content' and a.number is not null and s.number is not null,
   'carries another content than was agreed')
) as f(bad, what) where f.bad
"""

_KNOWN = """
select 'publication ' || p.number as place, f.what
  from {reader}.publication p left join router.announcement a using (number)
 cross join lateral (values
  (a.number is null and p.refused is null, '{reader} goes by what nobody published'),
  (p.refused is null and (p.version <> a.state ->> 'version'
   or p.effective_from <> (a.state ->> 'effective_from')::timestamptz), '{reader} knows it otherwise'),
  (p.refused is not null and p.version = a.state ->> 'version', '{reader} cannot use it'),
  (p.refused is null and not exists (select from {reader}.edition e where e.version = p.version),
   '{reader} did not keep its content')
) as f(bad, what) where f.bad
"""

# Compaction keeps of each version the last publication: an earlier one of the same may be missing at a late reader.
_MISSING_HERE = " union all ".join(
    f"""
select 'publication ' || a.number as place, '{reader} does not know it' as what, a.at < now() - interval '1 minute'
       and j.number <= (select number from router.relay_cursor) as overdue
  from router.announcement a
  left join router.journal j on j.topic = 'gvd.routing-table'
        and (convert_from(j.value, 'UTF8')::json -> 'data' ->> 'publication')::bigint = a.number
 where not exists (select from {reader}.publication p where p.number = a.number)
   and not exists (select from router.announcement b
                    where b.number > a.number and b.state ->> 'version' = a.state ->> 'version')
"""  # noqa: S608 - ours
    for reader in READERS
)

_ON_ITS_WAY = f"select count(*) from ({_MISSING_HERE}) as missing where not overdue"  # noqa: S608 - ours

_OVERDUE = f"select place, what from ({_MISSING_HERE}) as missing where overdue"  # noqa: S608 - ours
