"""Where governance is kept: stewards, candidate tables, proposals with every step, and what was published."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from contracts.base import Contract
from services.platform import tokens
from services.platform.database import Connection, Pool
from services.router.governance import History, Proposal, Publication, Steward


async def steward_of(pool: Pool, token: str) -> Steward | None:
    """Whose token this is, unless it was revoked."""
    row = await pool.fetchrow(
        "select role, may from steward where token_sha256 = $1 and revoked_at is null", tokens.digest(token)
    )
    return Steward(role=row["role"], may=frozenset(row["may"])) if row else None


async def alone(connection: Connection) -> None:
    """Until the end of the transaction nobody else takes a step: numbers have no gaps, a race has one winner."""
    await connection.execute("lock table announcement in share row exclusive mode")


async def history(connection: Connection, shipped: str) -> History:
    """The first publication was made from what came with the code of that day; a later release may ship another."""
    rows = await connection.fetch("select state from announcement order by number")
    return History(
        shipped=shipped,
        replaced=await connection.fetchval(_REPLACED),
        publications=tuple(Publication.model_validate_json(row["state"], extra="ignore") for row in rows),
    )


async def publish(connection: Connection, publication: Publication, now: datetime) -> None:
    await connection.execute(
        "insert into announcement (number, state, at) values ($1, $2, $3)", publication.number, _json(publication), now
    )


async def content_of(connection: Connection, version: str) -> str | None:
    """A version that was ever in force here, or proposed here."""
    content: str | None = await connection.fetchval(
        "select content from edition where version = $1 union all select content from candidate where version = $1 "
        "limit 1",
        version,
    )
    return content


async def add(connection: Connection, proposal: Proposal, content: str, differences: Any) -> None:
    await connection.execute(
        "insert into candidate (version, content) values ($1, $2) on conflict do nothing", proposal.version, content
    )
    await connection.execute(
        "insert into proposal (proposal, state, differences, proposed_at) values ($1, $2, $3, $4)",
        proposal.proposal,
        _json(proposal),
        orjson.dumps(differences).decode(),
        proposal.proposed_at,
    )
    await _step(connection, proposal, proposal.proposed_by, proposal.proposed_at, proposal.why)


async def change(connection: Connection, proposal: Proposal, by: str, at: datetime, reason: str | None) -> None:
    await connection.execute("update proposal set state = $2 where proposal = $1", proposal.proposal, _json(proposal))
    await _step(connection, proposal, by, at, reason)


async def _step(connection: Connection, proposal: Proposal, by: str, at: datetime, reason: str | None) -> None:
    await connection.execute(_STEP, proposal.proposal, proposal.status.value, by, at, reason)


async def proposal_of(connection: Connection, proposal: UUID) -> Proposal | None:
    state = await connection.fetchval("select state from proposal where proposal = $1", proposal)
    return Proposal.model_validate_json(state, extra="ignore") if state else None


async def proposals(pool: Pool, limit: int) -> list[Proposal]:
    """The newest first."""
    rows = await pool.fetch("select state from proposal order by proposed_at desc limit $1", limit)
    return [Proposal.model_validate_json(row["state"], extra="ignore") for row in rows]


async def steps_of(pool: Pool, proposal: UUID) -> Sequence[asyncpg.Record]:
    rows: Sequence[asyncpg.Record] = await pool.fetch(
        "select status, by, at, reason from proposal_step where proposal = $1 order by number", proposal
    )
    return rows


async def differences_of(pool: Pool, proposal: UUID) -> Any:
    return orjson.loads(await pool.fetchval("select differences from proposal where proposal = $1", proposal))


async def refused_here(pool: Pool) -> Sequence[asyncpg.Record]:
    """Publications this service could not use."""
    rows: Sequence[asyncpg.Record] = await pool.fetch(
        "select number, version, effective_from, refused from publication where refused is not null order by number"
    )
    return rows


async def in_force(connection: Connection, now: datetime) -> asyncpg.Record | None:
    """The publication that holds; none as long as nothing was published but what came with the code."""
    return await connection.fetchrow(
        "select number, version from publication where refused is null and effective_from <= $1 "
        "order by number desc limit 1",
        now,
    )


def _json(contract: Contract) -> str:
    return contract.model_dump_json()


_REPLACED = """
select p.state->>'base' from announcement a join proposal p on p.proposal = (a.state->>'proposal')::uuid
 where a.number = 1
"""

_STEP = """
insert into proposal_step (proposal, number, status, by, at, reason)
select $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5 from proposal_step where proposal = $1
"""
