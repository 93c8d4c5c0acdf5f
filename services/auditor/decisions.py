"""Invariants 6 and 7: every decision replays to the same result, and who declined is not chosen again by itself."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import orjson

import routing
from contracts.base import Contract
from contracts.decisions import Decision, Norm
from contracts.questions import Facts
from services.auditor.report import Result
from services.auditor.snapshot import Snapshot
from services.auditor.tables import Shelf

_NEDERLAND = ZoneInfo("Europe/Amsterdam")
_ADVICE = frozenset({"suggestions"})
"""Not part of what was decided: it comes from a search whose libraries may be newer by now."""


async def check_replay(snapshot: Snapshot, shelf: Shelf, sample: int | None) -> Result:
    """All decisions, or about `sample` of them spread evenly over the journal, each on the version of then."""
    result = Result("6", "every decision replays to the same result")
    stored = await snapshot.count("select count(*) from router.journal where topic = 'gvd.decisions'")
    step = 1 if not sample else max(1, -(-stored // sample))
    async for row in snapshot.stream(_DECISIONS, step):
        event = orjson.loads(row["value"])
        made = event["data"]
        if made["number"] != row["sequence"]:
            result.breach(row["key"], f"decision {row['sequence']} calls itself number {made['number']}")
        result.examined += 1
        version = made["decision"]["table_version"]
        table = await shelf.of(version)
        if table is None:
            result.breach(row["key"], f"decision {row['sequence']}: nobody kept table {version}")
            continue
        for what in differences(table, event):
            result.breach(row["key"], f"decision {row['sequence']}: {what}")
    if step > 1:
        result.notes.append(f"a sample of {stored}")
    return result


def differences(table: routing.Table, event: dict[str, Any]) -> Sequence[str]:
    """What comes out otherwise when the stored inputs are decided on again."""
    made = event["data"]
    try:
        again = _again(table, made, datetime.fromisoformat(event["time"]))
    except (routing.RoutingError, ValueError, KeyError) as error:
        return [f"cannot be replayed ({type(error).__name__})"]
    was, now = _whole(Decision, made["decision"]), again.model_dump(mode="json")
    differing = sorted(name for name in now if was[name] != now[name] and name not in _ADVICE)
    if _whole(Norm, made["norm"]) != norm_of(table, again.norm_class).model_dump(mode="json"):
        differing.append("norm")
    return [f"replays with another {name}" for name in differing]


def _again(table: routing.Table, made: dict[str, Any], at: datetime) -> Decision:
    facts, today = Facts.model_validate(made["facts"]), at.astimezone(_NEDERLAND).date()
    stored, hops = made["decision"], made["hops"]
    if stored.get("human"):
        was = Decision.model_validate(stored, extra="ignore")
        return routing.placed_again(table, was, facts, today)
    if made["why"] in routing.BY_PEOPLE:  # the human's choice was not in the table: back to the desk
        hops = table.settings.hop_limit
    declined = frozenset(made.get("declined", ()))
    return routing.decide(table, facts, source=made["follower"], declined=declined, hops=hops, today=today)


def norm_of(table: routing.Table, code: str) -> Norm:
    """The norm in minutes; a human decides within the norm of the triage desk."""
    norm, triage = table.norms[code], table.norms[table.settings.norm]
    return Norm(
        code=code,
        accept=round(norm.accept_hours * 60),
        first_contact=round(norm.first_contact_hours * 60),
        resolve=round(norm.resolve_hours * 60),
        decide=round(triage.accept_hours * 60),
        hold=round(norm.hold_hours * 60),
        around_the_clock=norm.around_the_clock,
    )


def _whole(contract: type[Contract], stored: dict[str, Any]) -> dict[str, Any]:
    """With what the contract has grown since, so that an older event is not different for what it could not say."""
    return contract.model_validate(stored, extra="ignore").model_dump(mode="json")


async def check_declined(snapshot: Snapshot, table: routing.Table) -> Result:
    """Only the triage desk cannot decline. What a human chooses is that human's to answer for."""
    result = Result("7", "who declined is not chosen again by itself")
    result.examined = await snapshot.count("select count(*) from told where state = 'declined'")
    await snapshot.offenders(result, _CHOSEN_AGAIN, table.settings.triage)
    await snapshot.offenders(result, _OFFERED_AGAIN, table.settings.triage)
    return result


_DECISIONS = """
select key, sequence, value from router.journal where topic = 'gvd.decisions' and number % $1 = 0 order by number
"""

_CHOSEN_AGAIN = """
with made as (
  select key, sequence, convert_from(value, 'UTF8')::jsonb -> 'data' as data
    from router.journal where topic = 'gvd.decisions'
), chosen as (
  select key, sequence, data -> 'decision' -> 'lead' ->> 'organisation' as organisation, data -> 'declined' as declined
    from made where not coalesce((data -> 'decision' ->> 'human')::bool, false)
  union all
  select key, sequence, other ->> 'organisation', data -> 'declined'
    from made cross join lateral jsonb_array_elements(
           coalesce(data -> 'decision' -> 'partners', '[]') || coalesce(data -> 'decision' -> 'candidates', '[]')
         ) as other
   where not coalesce((data -> 'decision' ->> 'human')::bool, false)
)
select key::text as place, format('decision %s chose %s, which had declined', sequence, organisation) as what
  from chosen where declined ? organisation and organisation <> $1
"""

_OFFERED_AGAIN = """
with refused as (
  select key, receiver, min(number) as number from told where state = 'declined' group by key, receiver
)
select o.key::text as place, format('offered to %s again by rule %s after it declined', o.receiver, o.rule) as what
  from told o join refused r using (key, receiver)
 where o.kind = 'handoff.requested' and o.number > r.number and o.rule <> 'geplaatst-door-mens' and o.receiver <> $1
"""
