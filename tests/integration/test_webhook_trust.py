"""Nothing is posted without the receiver's permission, faster than it allows, or unsigned."""

import asyncio
import json
import random
import re
import subprocess
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from deploy.local.children import leashed
from deploy.local.ports import free_port
from services.cli.agency import webhook_lines
from services.delivery.permission import Permissions
from services.delivery.signing import Signer
from services.delivery.webhooks import Webhooks
from services.demo.verify import verify
from services.platform.database import Pool, open_pool
from services.platform.migrate import migrate
from tests.engine import keys, settings_of
from tests.receiver import ORIGIN, Receiver, allowing, no_webhook_waits, posting, queue, subscribe
from tests.world import Agencies, World, question, until

ROOT = Path(__file__).parents[2]
SEEDS = (bytes(32), bytes([1] * 32))


@pytest.fixture(scope="module")
async def migrated(module_database: str) -> AsyncIterator[Pool]:
    settings = settings_of("127.0.0.1:1", module_database)
    await asyncio.to_thread(migrate, settings, ["delivery"])
    made = await open_pool(settings, "delivery")
    yield made
    await made.close()


@pytest.fixture
async def pool(migrated: Pool) -> Pool:
    await migrated.execute("truncate subscription, webhook")
    return migrated


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", made.port)
    yield made
    server.close()


async def state(pool: Pool) -> dict[str, Any]:
    row = await pool.fetchrow("select s.*, (select count(*) from webhook) as waiting from subscription s")
    return dict(row)


async def said(pool: Pool) -> str:
    return "\n".join(webhook_lines(await state(pool)))


async def refusal(pool: Pool) -> str | None:
    found: str | None = await pool.fetchval("select refusal from subscription")
    return found


async def test_nothing_is_posted_before_permission_and_nothing_is_lost_by_waiting(
    pool: Pool, receiver: Receiver
) -> None:
    receiver.allow = lambda _: (200, {"webhook-allowed-origin": "other.example", "webhook-allowed-rate": "*"})
    await subscribe(pool, receiver, allowed=False)
    await queue(pool, keys(1)[0], "a", "b")
    assert "not asked yet" in await said(pool)
    async with posting(pool):
        await until(lambda: len(receiver.asked) >= 2)
        assert receiver.got == []
        assert f"WebHook-Allowed-Origin is neither {ORIGIN} nor *" in await said(pool)
        assert "waiting     2 events" in await said(pool)
        receiver.allow = allowing
        await until(lambda: no_webhook_waits(pool))
    assert receiver.ids() == ["a", "b"]
    assert all(asked["webhook-request-origin"] == ORIGIN for asked in receiver.asked)
    assert all(asked["webhook-request-rate"] == "600" for asked in receiver.asked)
    assert not any("authorization" in asked for asked in receiver.asked), "no token before consent"
    assert all(headers["webhook-request-origin"] == ORIGIN for headers in receiver.headers)
    assert "as fast as we like" in await said(pool)


async def test_permission_for_one_address_is_none_for_another(pool: Pool, receiver: Receiver) -> None:
    await subscribe(pool, Receiver())
    receiver.allow = lambda _: (404, {})
    await pool.execute("update subscription set url = $1", receiver.url)
    await queue(pool, keys(1)[0], "a")
    async with posting(pool):
        await until(lambda: refusal(pool))
    assert receiver.got == []
    assert await refusal(pool) == "answered OPTIONS with status 404"


async def test_permission_lapses_and_can_be_taken_back(pool: Pool, receiver: Receiver) -> None:
    """After a day it is asked again; a refusal then stops posting as one at the beginning does."""
    now = datetime.now(UTC)
    await subscribe(pool, receiver, allowed=False)
    client = httpx.AsyncClient()
    ask = Permissions(pool, client, ORIGIN, lambda: now)
    post = Webhooks(pool, client, Signer(SEEDS), ORIGIN, lambda: now)
    now += timedelta(seconds=5)
    await ask.ask_all()
    await queue(pool, keys(1)[0], "a")
    now += timedelta(hours=23)
    await ask.ask_all()
    assert len(receiver.asked) == 1
    assert [claimed.agency for claimed in await post.claim()] == ["svb"]
    now += timedelta(hours=2)
    assert await post.claim() == []
    receiver.allow = lambda _: (200, {})
    await ask.ask_all()
    assert (await post.claim(), await refusal(pool)) == ([], "answered OPTIONS without WebHook-Allowed-Origin")
    await ask.ask_all()
    assert len(receiver.asked) == 2, "not again before its time"
    receiver.allow = allowing
    now += timedelta(minutes=2)
    await ask.ask_all()
    assert [claimed.attempts for claimed in await post.claim()] == [0]
    await client.aclose()


@pytest.mark.parametrize("status", [401, 403, 405])
async def test_a_receiver_that_refuses_a_post_is_asked_first(pool: Pool, receiver: Receiver, status: int) -> None:
    await subscribe(pool, receiver)
    await queue(pool, keys(1)[0], "a")
    receiver.decide = lambda _: (status, {})
    receiver.allow = lambda _: (200, {})
    async with posting(pool):
        await until(lambda: refusal(pool))
        receiver.decide, receiver.allow = lambda _: (204, {}), allowing
        await until(lambda: no_webhook_waits(pool))
    assert receiver.ids() == ["a", "a"]


async def test_gone_on_asking_stops_the_subscription(pool: Pool, receiver: Receiver) -> None:
    receiver.allow = lambda _: (410, {})
    await subscribe(pool, receiver, allowed=False)
    async with posting(pool):
        await until(lambda: pool.fetchval("select stopped_at is not null from subscription"))
    assert "stopped: it answered 410 (Gone)" in await said(pool)


async def test_who_does_not_answer_is_asked_again_later(pool: Pool, receiver: Receiver) -> None:
    receiver.allow = lambda _: None
    await subscribe(pool, receiver, allowed=False)
    async with posting(pool):
        await until(lambda: refusal(pool))
    assert (await refusal(pool) or "").startswith("no answer to OPTIONS (httpx.")
    assert await pool.fetchval("select ask_due_at > asked_at from subscription")


@pytest.mark.parametrize("rate", [1, 7, 120])
async def test_no_minute_holds_more_posts_than_allowed(pool: Pool, receiver: Receiver, rate: int) -> None:
    """Two processes, a clock that jumps as a busy machine does, and always something to post."""
    await subscribe(pool, receiver)
    await pool.execute("update subscription set allowed_rate = $1", rate)
    await pool.execute(
        "insert into webhook (agency, key, value) select 'svb', gen_random_uuid(), '' from generate_series(1, $1)",
        3 * rate + 100,
    )
    now = datetime.now(UTC) + timedelta(seconds=1)
    client, chance = httpx.AsyncClient(), random.Random(rate)  # noqa: S311 - the same every time
    both = [Webhooks(pool, client, Signer(SEEDS), ORIGIN, lambda: now) for _ in range(2)]
    at: list[datetime] = []
    begin = now
    while now - begin < timedelta(minutes=3):
        claims = await asyncio.gather(*(each.claim() for each in both))
        posts = [post.position for claim in claims for post in claim]
        at += [now] * len(posts)
        await pool.execute("delete from webhook where position = any($1)", posts)
        now += timedelta(seconds=chance.choice([0.05, 0.25, 0.25, 1, 3 if rate < 60 else 0.5]))
    await client.aclose()
    most = max(sum(1 for other in at if moment <= other < moment + timedelta(minutes=1)) for moment in set(at))
    assert most <= rate
    assert len(at) >= 2.5 * rate, "and not much slower"


async def test_a_receiver_that_asks_for_time_gets_it_for_all_questions(pool: Pool, receiver: Receiver) -> None:
    now = datetime.now(UTC) + timedelta(seconds=1)
    await subscribe(pool, receiver)
    receiver.decide = lambda _: (429, {"retry-after": "120"})
    await queue(pool, keys(1)[0], "a")
    async with posting(pool):
        await until(lambda: pool.fetchval("select attempts = 1 from webhook"))
        await until(lambda: pool.fetchval("select next_post_at > now() from subscription"))
    await queue(pool, keys(1)[0], "b")
    client = httpx.AsyncClient()
    post = Webhooks(pool, client, Signer(SEEDS), ORIGIN, lambda: now)
    now += timedelta(seconds=100)
    assert await post.claim() == []
    now += timedelta(seconds=30)
    assert len(await post.claim()) == 2
    await client.aclose()


async def test_what_arrives_is_signed_and_keys_can_be_changed(pool: Pool, receiver: Receiver) -> None:
    await subscribe(pool, receiver)
    known = {key["kid"]: key["x"] for key in Signer(SEEDS).published()["keys"]}
    first, second = known
    for number, seeds in enumerate((SEEDS, SEEDS[::-1], SEEDS[1:])):
        await queue(pool, keys(1)[0], f"{number}")
        async with posting(pool, seeds=seeds):
            await until(lambda: no_webhook_waits(pool))
    assert receiver.ids() == ["0", "1", "2"]
    used = []
    for headers, body in receiver.raw:
        verify(receiver.url, headers, body, known)
        used += [kid for kid in known if kid in headers["signature-input"]]
    assert used == [first, second, second]


async def test_the_receiver_in_the_docs_runs_as_written(place: World, agencies: Agencies, tmp_path: Path) -> None:
    """From `gvd agency webhook` to the line the receiver prints, with the keys a real delivery publishes."""
    text = (ROOT / "docs/webhooks.md").read_text()
    verifying, receiving = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    (tmp_path / "verify.py").write_text(verifying)
    (tmp_path / "receive.py").write_text(receiving)
    port = free_port()
    keys_at = f"{place.env['GVD_DELIVERY_URL']}/.well-known/jwks.json"
    command = leashed([sys.executable, "receive.py", keys_at, str(port)])
    running = await asyncio.create_subprocess_exec(*command, cwd=tmp_path, stdout=subprocess.PIPE)
    assert running.stdout is not None
    try:
        assert await running.stdout.readline() == b"listening\n"
        told = await asyncio.to_thread(place.run, "agency", "webhook", "svb", f"http://127.0.0.1:{port}/events")
        assert keys_at in told.stdout, told.stderr
        asked = question()
        await agencies.send("belastingdienst", asked)
        offer = await agencies.offered(asked)
        line = await asyncio.wait_for(running.stdout.readline(), 60)
        assert json.loads(line) == [offer.event["type"], offer.event["subject"]]
        shown = await asyncio.to_thread(place.run, "agency", "show", "svb")
        assert "permission  given at" in shown.stdout, shown.stderr
        assert "600 posts a minute" in shown.stdout
    finally:
        await agencies.sql("delete from delivery.subscription")
        running.terminate()
        await running.wait()
