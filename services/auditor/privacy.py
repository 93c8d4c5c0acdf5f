"""Invariant 8: no denied attribute, no BSN and no personal text in what this system wrote down or passed on."""

import re

from services.auditor.report import Result
from services.auditor.roads import SERVICES
from services.auditor.scan import Scanner
from services.auditor.snapshot import Snapshot

#: An envelope of ours, with nothing in it that could say anything.
_ENVELOPE = re.compile(
    rb'\{"specversion":"1.0","id":"[0-9a-f-]{36}","source":"urn:nld:oin:[0-9]{20}:systeem:gvd-delivery",'
    rb'"type":"[a-z0-9.]+","subject":"[0-9a-f-]{36}","time":"[0-9T:.-]+Z","datacontenttype":"application/json",'
    rb'"sequence":"[0-9]{1,8}","sequencetype":"Integer","traceparent":"[0-9a-f-]{55}",("correlationid":"[0-9a-f-]{36}",)?'
    rb'"data":0\}'
)
#: The parts of a personal text (services/intake): readable in the store, they would not be encrypted.
_PARTS = ("name", "phone", "email", "address", "text")


async def check(snapshot: Snapshot, scanner: Scanner) -> Result:
    result = Result("8", "no denied attribute, BSN or readable personal text")
    for service in SERVICES:
        await _journal(snapshot, result, scanner, service)
        await _quarantine(snapshot, result, scanner, service)
    result.examined += await snapshot.count("select count(*) from intake.personal_text")
    await snapshot.offenders(result, _READABLE, [f'"{part}"'.encode() for part in _PARTS])
    return result


async def _journal(snapshot: Snapshot, result: Result, scanner: Scanner, service: str) -> None:
    query = _DELIVERED if service == "delivery" else _SAID.format(service=service)
    async for row in snapshot.stream(query):
        result.examined += 1
        for what in () if _ENVELOPE.fullmatch(row["value"]) else scanner.event(row["value"]):
            result.breach(row["key"], f"{service} journal {row['number']}: {what}")


async def _quarantine(snapshot: Snapshot, result: Result, scanner: Scanner, service: str) -> None:
    async for row in snapshot.stream(_REFUSED.format(service=service)):
        result.examined += 1
        for what in scanner.event(row["line"].encode()):
            result.breach(f"{row['topic']}/{row['partition']}/{row['offset']}", f"{service} quarantine: {what}")


# A table is packed: nobody reads in it, and any digits can stand in it by chance.
_SAID = """
select number, key, case when topic <> 'gvd.routing-table' then value else convert_to(
         regexp_replace(convert_from(value, 'UTF8'), '"content":"[^"]*"', '"content":""'), 'UTF8') end as value
  from {service}.journal order by number
"""

# What was passed on word for word was scanned where it was said: of that only the envelope around it is looked at.
_DELIVERED = """
select j.number, j.key, case when t.key is null then j.value else envelope || '"data":0}'::bytea end as value
  from delivery.journal j
 cross join lateral (select position('"data":'::bytea in j.value) as data) as at
 cross join lateral (select substring(j.value for greatest(at.data - 1, 0)) as envelope) as around
  left join told t on t.key = j.key and t.digest = md5(substring(j.value from at.data))::uuid
"""

_REFUSED = """
select topic, "partition", "offset", json_build_object('agency', agency, 'faults', faults)::text as line
  from {service}.quarantine
"""

_READABLE = """
select 'personal text ' || text as place, f.what from intake.personal_text cross join lateral (values
  (exists (select from unnest($1::bytea[]) as part where position(part in content) > 0)
   or encode(content, 'escape') ~ '^[[:print:]]+$' and position('\\' in encode(content, 'escape')) = 0,
   'is kept readable'),
  (octet_length(content) < 16 or octet_length(nonce) <> 12, 'is not sealed as it should be'),
  (octet_length(key) <> 40, 'has a key that is not wrapped'),
  ((key is null) <> (forgotten_at is not null), 'is forgotten and not forgotten')
) as f(bad, what) where f.bad
"""
