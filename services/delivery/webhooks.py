"""CloudEvents webhooks: posted in order per question, tried again with back-off until they arrive.

Nothing is dropped: a receiver that is down for a week gets everything when it is back. Nothing is posted without the
receiver's permission, faster than it allows, or unsigned. An answer 410 (Gone) stops the subscription, as the NL GOV
webhook guideline says; what is queued stays for when it is renewed.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx

from contracts.events import OUT_PREFIX
from services.delivery.model import Delivered
from services.delivery.pace import asked_to_wait, wait_before
from services.delivery.permission import ORIGIN, lapse
from services.delivery.signing import Signer
from services.platform import metrics
from services.platform.database import TRANSIENT, Connection, Pool
from services.platform.keyed import Row
from services.platform.logging import error_name, log

_IDLE_SECONDS = 0.25
_AT_ONCE = 20
_LEASE, _LONGEST_POST_SECONDS = timedelta(seconds=60), 30
_GONE = 410
_ARRIVED, _UNWANTED = frozenset({200, 201, 202, 204}), frozenset({401, 403, 405})
_MEDIA_TYPE = "application/cloudevents+json; charset=UTF-8"


@dataclass(frozen=True, slots=True)
class Post:
    position: int
    agency: str
    url: str
    token: str | None
    value: bytes
    attempts: int


async def queue_webhooks(connection: Connection, rows: Sequence[Row[Delivered]]) -> None:
    """Queue what was just said to subscribed agencies, in the transaction that said it."""
    said = [(e.topic.removeprefix(OUT_PREFIX), e.key, e.value) for row in rows for e in row.says]
    if not said:
        return
    await connection.execute(
        "insert into webhook (agency, key, value) select e.agency, e.key, e.value "
        "from unnest($1::text[], $2::uuid[], $3::bytea[]) with ordinality as e(agency, key, value, nr) "
        "join subscription s using (agency) order by e.nr",
        *map(list, zip(*said, strict=True)),
    )


def new_client() -> httpx.AsyncClient:
    """Redirects are not followed: a receiver is the address it was registered with (§2.2)."""
    return httpx.AsyncClient(timeout=10, follow_redirects=False, limits=httpx.Limits(max_connections=None))


class Webhooks:
    """Posts until cancelled. A lease keeps a second process off what this one is posting.

    Each agency has room of its own: one that answers slowly holds up no other.
    """

    def __init__(
        self,
        pool: Pool,
        client: httpx.AsyncClient,
        signer: Signer,
        origin: str,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._pool, self._client, self._signer, self._origin, self._clock = pool, client, signer, origin, clock
        self._busy: Counter[str] = Counter()

    async def run(self) -> None:
        async with asyncio.TaskGroup() as group:
            while True:
                posts = await self.claim()
                for post in posts:
                    self._busy[post.agency] += 1
                    group.create_task(self._deliver(post))
                if not posts:
                    await asyncio.sleep(_IDLE_SECONDS)

    async def claim(self) -> list[Post]:
        """What may be posted now: allowed by the receiver, within its rate, the oldest of each question."""
        full = [agency for agency, posts in self._busy.items() if posts >= _AT_ONCE]
        try:
            rows = await self._pool.fetch(_CLAIM, self._clock(), _LEASE, _AT_ONCE, full)
        except TRANSIENT as error:
            log.warning("webhooks.interrupted", cause=error_name(error))
            return []
        return [Post(**dict(row)) for row in rows]

    async def _deliver(self, post: Post) -> None:
        try:
            await self._settle(post, *await self._post(post))
        except TRANSIENT as error:  # what came of it is not known: when the lease is over it is posted again
            log.warning("webhooks.interrupted", cause=error_name(error))
        finally:
            self._busy[post.agency] -= 1

    async def _settle(self, post: Post, status: int | None, asked: float) -> None:
        if status in _ARRIVED:
            metrics.WEBHOOKS.labels("delivered").inc()
            await self._pool.execute("delete from webhook where position = $1", post.position)
        elif status == _GONE:
            metrics.WEBHOOKS.labels("stopped").inc()
            await self._pool.execute(
                "update subscription set stopped_at = $2 where agency = $1", post.agency, self._clock()
            )
        else:
            metrics.WEBHOOKS.labels("failed").inc()
            await self._later(post, status, asked)

    async def _later(self, post: Post, status: int | None, asked: float) -> None:
        now = self._clock()
        wait = timedelta(seconds=max(asked, wait_before(post.attempts)))
        await self._pool.execute(
            "update webhook set attempts = attempts + 1, due_at = $2 where position = $1", post.position, now + wait
        )
        if status in _UNWANTED:
            await lapse(self._pool, post.agency, post.url, now)
        if asked:  # the receiver as a whole asks for time (§2.2), not this one event
            await self._pool.execute(_HUSH, post.agency, post.url, now + timedelta(seconds=asked))

    async def _post(self, post: Post) -> tuple[int | None, float]:
        """The status, none when there was no answer, and how long the receiver asks us to wait.

        Whatever goes wrong, with its address or token too, is of this receiver: the others get theirs.
        """
        try:
            headers = self._signer.headers(post.url, _MEDIA_TYPE, post.value, self._clock()) | {ORIGIN: self._origin}
            if post.token:
                headers["Authorization"] = f"Bearer {post.token}"
            async with asyncio.timeout(_LONGEST_POST_SECONDS):
                answer = await self._client.post(post.url, content=post.value, headers=headers)
            return answer.status_code, asked_to_wait(answer)
        except Exception as error:  # noqa: BLE001 - a header or host name that cannot be sent is no httpx.HTTPError
            log.warning("webhook.failed", agency=post.agency, cause=error_name(error), attempt=post.attempts)
            return None, 0.0


# Per agency and question only the oldest, so that the order holds and one bad event blocks no other question.
#
# A rate is kept over all processes: `next_post_at` moves on by a step per post. Who polls late may catch up one second;
# the step is 62/60 of what the rate asks, so that a minute with that second in it still holds no more than allowed.
_CLAIM = """
with head as (
  select distinct on (w.agency, w.key) w.position, w.agency, w.due_at
    from webhook w join subscription s using (agency)
   where s.stopped_at is null and s.allowed_url = s.url and s.allowed_until > $1 and s.next_post_at <= $1
     and w.agency <> all($4::text[])
   order by w.agency, w.key, w.position
), turn as (
  select position, agency, row_number() over (partition by agency order by due_at, position) as place
    from head where due_at <= $1
), receiver as (
  select agency, url, token, greatest(next_post_at, $1 - interval '1 second') as since,
         make_interval(secs => 62.0 / allowed_rate) as step
    from subscription
   where agency in (select agency from turn)
     and stopped_at is null and allowed_url = url and allowed_until > $1 and next_post_at <= $1
     for update skip locked
), due as (
  select w.position, w.agency from webhook w join turn t using (position) join receiver r on r.agency = w.agency
   where t.place <= $3 and (r.step is null or r.since + r.step * (t.place - 1) <= $1) and w.due_at <= $1
   order by w.due_at for update of w skip locked
), paced as (
  update subscription s set next_post_at = r.since + r.step * d.posts
    from receiver r, (select agency, count(*) as posts from due group by agency) d
   where s.agency = r.agency and d.agency = r.agency and r.step is not null
)
update webhook w set due_at = $1 + $2
  from due d, receiver r
 where w.position = d.position and r.agency = d.agency
returning w.position, w.agency, r.url, r.token, w.value, w.attempts
"""
_HUSH = "update subscription set next_post_at = greatest(next_post_at, $3) where agency = $1 and url = $2"
