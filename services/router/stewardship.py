"""Proposing, judging and publishing a table: the pure rules of `governance.py`, each step in one transaction.

A publication is journaled together with the step that made it, so the relay brings it to everybody exactly once.
"""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from contracts.base import Contract
from contracts.events import ROUTING_TABLE
from services.platform import ids
from services.platform.database import Connection
from services.platform.events import Emit
from services.platform.keyed import KeyedStore
from services.platform.process import Context
from services.router import governance, ledger
from services.router.aside import Aside
from services.router.governance import History, NotAllowed, Proposal, Publication, Steward


class Unknown(Exception):
    """There is no such proposal, version or lesson."""


class Faulty(Exception):
    """The candidate is no table; every fault with its file and line."""

    def __init__(self, faults: list[dict[str, Any]], more: int) -> None:
        super().__init__(len(faults))
        self.faults, self.more = faults, more


Decide = Callable[[Proposal, History], Proposal]


class Stewardship:
    """What stewards do with the table. Any process of the router may do it: they meet in the database."""

    def __init__(self, context: Context, shipped: str, aside: Aside) -> None:
        self._pool, self._source, self._relay = context.pool, context.source, context.relay
        self._shipped, self._aside = shipped, aside
        self._announced: KeyedStore[Contract] = KeyedStore(Contract)

    async def history(self, connection: Connection) -> History:
        return await ledger.history(connection, self._shipped)

    async def last(self) -> str:
        async with self._pool.acquire() as connection:
            return (await self.history(connection)).last

    async def content(self, version: str) -> str:
        async with self._pool.acquire() as connection:
            found = await ledger.content_of(connection, version)
        if found is None:
            raise Unknown(version)
        return found

    async def weigh(self, base: str, content: str | None, changes: Mapping[str, str | None] | None) -> dict[str, Any]:
        """The candidate's version, content and differences from `base`; Faulty when it is no table."""
        task = {"do": "weigh", "base": await self.content(base), "content": content, "changes": changes or {}}
        found = await self._aside.run(task)
        if found.get("faults") or "invalid" in found:
            raise Faulty(found.get("faults", []), found.get("more", 0))
        return found

    async def show(self, version: str) -> dict[str, Any]:
        """The readable page and the register's description of a version."""
        return await self._aside.run({"do": "show", "content": await self.content(version)})

    async def propose(
        self, by: Steward, why: str, base: str, weighed: dict[str, Any], now: datetime, effective_from: datetime | None
    ) -> Proposal:
        async with self._pool.acquire() as connection, connection.transaction():
            await ledger.alone(connection)
            return await self.propose_in(connection, by, why, base, weighed, now, effective_from)

    async def propose_in(
        self,
        connection: Connection,
        by: Steward,
        why: str,
        base: str,
        weighed: dict[str, Any],
        now: datetime,
        effective_from: datetime | None = None,
    ) -> Proposal:
        """The same within a transaction that does more; `ledger.alone` comes first."""
        wanted = Proposal(
            proposal=ids.time_ordered(now),
            base=base,
            version=weighed["version"],
            why=why,
            proposed_by=by.role,
            proposed_at=now,
            effective_from=effective_from,
        )
        proposal = governance.propose(wanted, by, await self.history(connection))
        await ledger.add(connection, proposal, weighed["content"], weighed["differences"])
        return proposal

    async def approve(self, proposal: UUID, by: Steward, now: datetime) -> Proposal:
        return await self._decide(proposal, by, now, None, lambda one, _: governance.approve(one, by, now))

    async def reject(self, proposal: UUID, by: Steward, reason: str, now: datetime) -> Proposal:
        return await self._decide(proposal, by, now, reason, lambda one, _: governance.reject(one, by, reason, now))

    async def withdraw(self, proposal: UUID, by: Steward, now: datetime) -> Proposal:
        return await self._decide(proposal, by, now, None, lambda one, _: governance.withdraw(one, by, now))

    async def publish(
        self, proposal: UUID, by: Steward, now: datetime, effective_from: datetime | None, *, replaces_coming: bool
    ) -> Proposal:
        async with self._pool.acquire() as connection, connection.transaction():
            await ledger.alone(connection)
            history = await self.history(connection)
            before = await _found(connection, proposal)
            after, publication = governance.publish(
                before, by, history, now, effective_from, replaces_coming=replaces_coming
            )
            await ledger.change(connection, after, by.role, now, None)
            await self._announce(connection, publication, history, now)
        self._relay.wake()
        return after

    async def roll_back(self, version: str, by: Steward, now: datetime) -> Publication:
        async with self._pool.acquire() as connection, connection.transaction():
            await ledger.alone(connection)
            history = await self.history(connection)
            publication = governance.roll_back(version, by, history, now)
            await self._announce(connection, publication, history, now)
        self._relay.wake()
        return publication

    async def _decide(self, proposal: UUID, by: Steward, now: datetime, reason: str | None, decide: Decide) -> Proposal:
        async with self._pool.acquire() as connection, connection.transaction():
            await ledger.alone(connection)
            after = decide(await _found(connection, proposal), await self.history(connection))
            await ledger.change(connection, after, by.role, now, reason)
        return after

    async def _announce(
        self, connection: Connection, publication: Publication, history: History, now: datetime
    ) -> None:
        """The key is of the version: compaction keeps the latest publication of each, and so every version."""
        content = await ledger.content_of(connection, publication.version)
        if content is None:
            raise NotAllowed("no-content", "The content of this version is not kept here.")
        await ledger.publish(connection, publication, now)
        key = ids.derived("routing-table", publication.version)
        row = (await self._announced.lock(connection, [key]))[key]
        emit = Emit(ROUTING_TABLE, governance.announced(publication, history.last, content))
        row.change(None, (emit,), self._source, now, None)
        await self._announced.write(connection, [row])


async def _found(connection: Connection, proposal: UUID) -> Proposal:
    found = await ledger.proposal_of(connection, proposal)
    if found is None:
        raise Unknown(str(proposal))
    return found
