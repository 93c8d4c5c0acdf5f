"""Why each decision on a question fell as it did, and whether it still comes out the same on its own table."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from pydantic import BaseModel

import routing
from contracts.base import Contract, OrganisationId
from contracts.decisions import Decision, DecisionMade, DecisionReason, Refusal
from contracts.events import DECISIONS, DecisionMadeEvent
from contracts.questions import Facts
from services.platform.database import Connection, Pool
from services.platform.editions import Editions
from services.router.model import decided_on

_PAGE = 500


class ExplainedDecision(BaseModel):
    """One decision: what was looked at, what was chosen and what not, and whether it replays."""

    number: int
    at: datetime
    why: DecisionReason
    facts: Facts
    hops: int
    declined: tuple[OrganisationId, ...]
    refusal: Refusal | None
    decision: Decision
    replays: bool
    differs: tuple[str, ...]


class Explanation(BaseModel):
    """All decisions on one question, the first one first."""

    question: UUID
    follower: OrganisationId
    decisions: tuple[ExplainedDecision, ...]


async def explain(pool: Pool, editions: Editions[routing.Table], question: UUID) -> Explanation | None:
    async with pool.acquire() as connection:
        rows = await connection.fetch(_OF_QUESTION, question, DECISIONS)
        events = [DecisionMadeEvent.model_validate_json(row["value"], extra="ignore") for row in rows]
        explained = [_explained(event, await _differences(connection, editions, event)) for event in events]
    if not explained:
        return None
    return Explanation(question=question, follower=events[0].data.follower, decisions=tuple(explained))


def _explained(event: DecisionMadeEvent, differs: tuple[str, ...]) -> ExplainedDecision:
    made = event.data
    return ExplainedDecision(
        number=made.number,
        at=event.time,
        why=made.why,
        facts=made.facts,
        hops=made.hops,
        declined=made.declined,
        refusal=made.refusal,
        decision=made.decision,
        replays=not differs,
        differs=differs,
    )


async def _differences(
    connection: Connection, editions: Editions[routing.Table], event: DecisionMadeEvent
) -> tuple[str, ...]:
    """The fields that come out otherwise on the very table of then."""
    try:
        table = await editions.of(connection, event.data.decision.table_version)
        again = _again(table, event.data, event.time)
    except (KeyError, ValueError, routing.RoutingError):
        return ("table",)  # not kept, or it does not know the organisation: nothing can be replayed on it
    was, now = _stored(event.data.decision), _stored(again)
    names = (was.keys() | now.keys()) - {"suggestions"}  # advice to the desk: a newer search may say otherwise
    return tuple(sorted(name for name in names if was.get(name) != now.get(name)))


def _again(table: routing.Table, made: DecisionMade, at: datetime) -> Decision:
    if made.decision.human:
        return routing.placed_again(table, made.decision, made.facts, routing.day_of(at))
    hops = table.settings.hop_limit if made.why in routing.BY_PEOPLE else made.hops
    return decided_on(table, made.facts, made.follower, made.declined, hops, at)


def _stored(contract: Contract) -> dict[str, Any]:
    return contract.model_dump(mode="json", exclude_none=True)


async def cases(pool: Pool, last: int) -> AsyncIterator[bytes]:
    """The inputs of the last decisions the table made, the newest first, a page at a time: no long transaction."""
    before, left = 2**63 - 1, last
    while left > 0:
        rows = await pool.fetch(_BEFORE, DECISIONS, before, min(left, _PAGE))
        if not rows:
            return
        for row in rows:
            case = _case(row["value"])
            if case is not None:
                yield case
        before, left = rows[-1]["number"], left - len(rows)


def _case(value: bytes) -> bytes | None:
    """As `routing.simulate` reads it. What a human decided says nothing of the table."""
    event = orjson.loads(value)
    made = event["data"]
    if made["decision"].get("human"):
        return None
    day = routing.day_of(datetime.fromisoformat(event["time"]))
    declined, hops = made.get("declined", []), made["hops"]
    case = {"facts": made["facts"], "source": made["follower"], "declined": declined, "hops": hops, "day": day}
    return orjson.dumps(case)


_OF_QUESTION = "select value from journal where key = $1 and topic = $2 order by sequence"

_BEFORE = "select number, value from journal where topic = $1 and number < $2 order by number desc limit $3"
