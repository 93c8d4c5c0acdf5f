"""Asks a receiver whether it wants our posts, before the first and again when its permission lapses.

The handshake of CloudEvents Web Hooks 1.0.2 §4. Only the headers of the answer give permission, never its status
alone: an address that does not know us and answers politely gets nothing. The callback of §4.1.3 is not used.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from services.delivery.pace import wait_before
from services.platform import metrics
from services.platform.database import TRANSIENT, Connection, Pool
from services.platform.logging import error_name, log

ORIGIN = "WebHook-Request-Origin"
#: What is asked for, in posts a minute; a receiver that allows more, or has no limit, gets more.
WANTED_RATE = 600
_HOLDS, _NOT_AGAIN_WITHIN = timedelta(hours=24), timedelta(seconds=10)
_IDLE_SECONDS, _LEASE, _LONGEST_SECONDS, _AT_ONCE = 0.25, timedelta(seconds=60), 30, 20
_GONE = 410


@dataclass(frozen=True, slots=True)
class Allowed:
    """Permission; without a rate there is no limit."""

    rate: int | None


@dataclass(frozen=True, slots=True)
class Refused:
    """No permission; the reason holds nothing of what the receiver said."""

    reason: str
    gone: bool = False


def permission(answer: httpx.Response, origin: str) -> Allowed | Refused:
    """What the answer to the request says (§4.2)."""
    if not answer.is_success:
        return Refused(f"answered OPTIONS with status {answer.status_code}", gone=answer.status_code == _GONE)
    allowed = answer.headers.get("webhook-allowed-origin")
    if allowed is None:
        return Refused("answered OPTIONS without WebHook-Allowed-Origin")
    if allowed.strip().lower() not in ("*", origin.lower()):
        return Refused(f"WebHook-Allowed-Origin is neither {origin} nor *")
    rate = answer.headers.get("webhook-allowed-rate", "").strip()
    if rate == "*":
        return Allowed(None)
    if not (rate.isascii() and rate.isdigit() and int(rate[:10]) > 0):
        return Refused("WebHook-Allowed-Rate is neither a number above 0 nor *")
    return Allowed(min(int(rate[:10]), 2**31 - 1))


@dataclass(frozen=True, slots=True)
class _Ask:
    agency: str
    url: str
    asks: int


class Permissions:
    """Asks until cancelled. A lease keeps a second process from asking the same."""

    def __init__(
        self,
        pool: Pool,
        client: httpx.AsyncClient,
        origin: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool, self._client, self._origin, self._clock = pool, client, origin, clock

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                for ask in await self._claim():
                    group.create_task(self._settle(ask))
                await asyncio.sleep(_IDLE_SECONDS)

    async def ask_all(self) -> None:
        """Ask everybody who is due, once."""
        await asyncio.gather(*(self._settle(ask) for ask in await self._claim()))

    async def _claim(self) -> list[_Ask]:
        try:
            rows = await self._pool.fetch(_CLAIM, self._clock(), _LEASE, _AT_ONCE)
        except TRANSIENT as error:
            log.warning("webhooks.interrupted", cause=error_name(error))
            return []
        return [_Ask(**dict(row)) for row in rows]

    async def _settle(self, ask: _Ask) -> None:
        outcome = await self._ask(ask)
        try:
            await self._keep(ask, outcome)
        except TRANSIENT as error:  # the answer is lost: when the lease is over it is asked again
            log.warning("webhooks.interrupted", cause=error_name(error))

    async def _ask(self, ask: _Ask) -> Allowed | Refused:
        headers = {ORIGIN: self._origin, "WebHook-Request-Rate": str(WANTED_RATE)}
        try:
            async with asyncio.timeout(_LONGEST_SECONDS):
                answer = await self._client.options(ask.url, headers=headers)
        except Exception as error:  # noqa: BLE001 - such as a host name too long to look up: of this receiver alone
            return Refused(f"no answer to OPTIONS ({error_name(error)})")
        return permission(answer, self._origin)

    async def _keep(self, ask: _Ask, outcome: Allowed | Refused) -> None:
        """Nothing changes when the address was changed while it was asked."""
        now = self._clock()
        if isinstance(outcome, Allowed):
            metrics.WEBHOOK_PERMISSIONS.labels("allowed").inc()
            log.info("webhook.allowed", agency=ask.agency)
            await self._pool.execute(
                _ALLOW, ask.agency, ask.url, now, now + _HOLDS, outcome.rate, now + _NOT_AGAIN_WITHIN
            )
            return
        metrics.WEBHOOK_PERMISSIONS.labels("refused").inc()
        log.warning("webhook.refused", agency=ask.agency, cause=outcome.reason, attempt=ask.asks)
        again = now + timedelta(seconds=wait_before(ask.asks))
        await self._pool.execute(_REFUSE, ask.agency, ask.url, now, outcome.reason, again, outcome.gone)


async def lapse(pool: Pool | Connection, agency: str, url: str, now: datetime) -> None:
    """A receiver that answers a post with a refusal is asked first whether it still wants them."""
    await pool.execute(
        "update subscription set allowed_until = least(allowed_until, $3) where agency = $1 and allowed_url = $2",
        agency,
        url,
        now,
    )


_CLAIM = """
with due as (
  select agency from subscription
   where stopped_at is null and ask_due_at <= $1 and (allowed_url is distinct from url or allowed_until <= $1)
   order by ask_due_at limit $3 for update skip locked
)
update subscription s set ask_due_at = $1 + $2, asks = asks + 1
  from due where s.agency = due.agency
returning s.agency, s.url, s.asks - 1 as asks
"""
_ALLOW = """
update subscription
   set allowed_url = url, asked_at = $3, allowed_until = $4, allowed_rate = $5, refusal = null, asks = 0,
       ask_due_at = $6
 where agency = $1 and url = $2
"""
_REFUSE = """
update subscription
   set allowed_url = null, asked_at = $3, refusal = $4, ask_due_at = $5,
       stopped_at = case when $6 then $3 else stopped_at end
 where agency = $1 and url = $2
"""
