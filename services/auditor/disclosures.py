"""Invariant 9: who read personal content stands in the ledger, and was follower or holder (requirements R-40, R-46).

The notices service reads an address and nothing else, to tell the person (Awb 2:3).
"""

from services.auditor.report import Result
from services.auditor.snapshot import Snapshot

_SLACK = "1 minute"
"""Between the clock of the database and that of the process that wrote the line."""


async def check(snapshot: Snapshot) -> Result:
    result = Result("9", "every disclosure has its line, to follower or holder")
    result.examined = await snapshot.count("select count(*) from intake.disclosure")
    await snapshot.offenders(result, _LINES)
    return result


_LINES = f"""
select d.question::text as place, format('disclosure %s %s', d.disclosure, f.what) as what
  from intake.disclosure d left join view v on v.key = d.question left join intake.personal_text p using (text)
 cross join lateral (values
  (btrim(d.recipient) = '', 'has no recipient'),
  (cardinality(d.fields) = 0 or not d.fields <@ array['name', 'phone', 'email', 'address', 'text',
     'representative_name', 'representative_phone', 'representative_email', 'representative_address'],
   'names no fields'),
  (d.recipient = 'notices' and (d.purpose <> 'notice' or 'text' = any(d.fields)), 'is more than a notice needs'),
  (btrim(d.purpose) = '', 'has no purpose'),
  (btrim(d.legal_basis) = '', 'has no legal basis'),
  (v.key is null, 'is of no question here'),
  (p.question is distinct from d.question, 'is of a text of another question'),
  (p.forgotten_at < d.at - interval '{_SLACK}', 'is of a text that was forgotten before'),
  (d.recipient <> 'notices' and v.follower is distinct from d.recipient and not exists (
     select from told t where t.key = d.question and t.holder = d.recipient and t.at < d.at + interval '{_SLACK}'),
   'went to ' || d.recipient || ', which neither followed nor held')
) as f(bad, what) where f.bad
"""  # noqa: S608 - ours
