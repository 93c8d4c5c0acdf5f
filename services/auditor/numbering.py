"""The numbering that the other invariants rest on: per topic and key from 1, no gap, no event seen that nobody said."""

from services.auditor.report import Result
from services.auditor.roads import ROADS, SERVICES, Road
from services.auditor.snapshot import Snapshot


async def check(snapshot: Snapshot) -> Result:
    result = Result("N", "every event numbered, nothing lost between services")
    for service in SERVICES:
        result.examined += await snapshot.count(f"select last from {service}.journal_head")  # noqa: S608
        await _relay(snapshot, result, service)
        await snapshot.offenders(result, _JOURNAL.format(service=service))
        await snapshot.offenders(result, _LEFTOVERS.format(service=service))
        await snapshot.offenders(result, _SET_ASIDE.format(service=service))
    for road in ROADS:
        await _along(snapshot, result, road)
    poison = await snapshot.count(_POISON)
    if poison:
        result.notes.append(f"{poison} unreadable records on inner topics")
    return result


async def _relay(snapshot: Snapshot, result: Result, service: str) -> None:
    row = (await snapshot.fetch(_RELAY.format(service=service)))[0]
    if row["cursor"] > row["head"]:
        result.breach(f"{service} relay", f"published up to {row['cursor']}, but the journal ends at {row['head']}")
    for row in await snapshot.fetch(f"select topic, number from {service}.relay_waiting"):  # noqa: S608
        result.breach(f"{service} relay", f"{row['topic']} is not there: from number {row['number']} on it waits")


async def _along(snapshot: Snapshot, result: Result, road: Road) -> None:
    names = road._asdict()
    result.in_flight += await snapshot.count(_IN_FLIGHT.format(**names), road.topic)
    await snapshot.offenders(result, _AHEAD.format(**names), road.topic)
    await snapshot.offenders(result, _PARKED.format(**names), road.topic)


_RELAY = """
select (select number from {service}.relay_cursor) as cursor, (select last from {service}.journal_head) as head
"""

_JOURNAL = """
with numbered as (
  select topic, key, sequence, row_number() over (partition by topic, key order by number) as nr from {service}.journal
), written as (
  select topic, key, max(sequence) as last, bool_or(sequence <> nr) as uneven from numbered group by topic, key
), counted as (
  select s.key as topic, k.key, s.value::int as last from {service}.keyed k cross join lateral jsonb_each_text(k.said) s
)
select key::text as place, case
         when uneven then '{service} did not number its events on ' || topic || ' one by one'
         else format('{service} counts %s events on %s, its journal has %s',
                     coalesce(c.last, 0), topic, coalesce(w.last, 0))
       end as what
  from written w full join counted c using (topic, key) where uneven or w.last is distinct from c.last
"""

_IN_FLIGHT = """
select sum(greatest((p.said ->> $1)::int - coalesce((c.seen ->> $1)::int, 0), 0))
  from {producer}.keyed p left join {consumer}.keyed c using (key) where p.said ? $1
"""

_AHEAD = """
select c.key::text as place, format('{consumer} saw number %s on {topic}, {producer} said %s', c.seen ->> $1,
       coalesce(p.said ->> $1, '0')) as what
  from {consumer}.keyed c left join {producer}.keyed p using (key)
 where (c.seen ->> $1)::int > coalesce((p.said ->> $1)::int, 0)
"""

_PARKED = """
select w.key::text as place, format('number %s on {topic} waits at {consumer}, but {producer} said %s', w.sequence,
       coalesce(p.said ->> $1, '0')) as what
  from {consumer}.parked w left join {producer}.keyed p using (key)
 where w.topic = $1 and w.sequence > coalesce((p.said ->> $1)::int, 0)
"""

_SET_ASIDE = """
select w.key::text as place, format('{service} failed on number %s on %s and set it aside', w.sequence, w.topic) as what
  from {service}.parked w left join {service}.keyed k using (key)
 where w.sequence = coalesce((k.seen ->> w.topic)::int, 0) + 1
"""

_LEFTOVERS = """
select w.key::text as place, format('number %s on %s is still parked at {service}', w.sequence, w.topic) as what
  from {service}.parked w left join {service}.keyed k using (key)
 where w.sequence <= coalesce((k.seen ->> w.topic)::int, 0)
"""

_POISON = " + ".join(
    f"(select count(*) from {service}.quarantine where topic not like 'gvd.in.%')"  # noqa: S608 - ours
    for service in SERVICES
).join(("select ", ""))
