"""Webhooks against a real receiver: order per question, tried again until they arrive, nothing lost."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from services.delivery.pace import wait_before
from services.platform.database import Pool, open_pool
from services.platform.migrate import migrate
from tests.engine import keys, settings_of
from tests.receiver import Answer, Receiver, no_webhook_waits, posting, queue, subscribe
from tests.world import Agencies, World, question, reply, until


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    made = Receiver()
    server = await asyncio.start_server(made.serve, "127.0.0.1", made.port)
    yield made
    made.hold.set()
    server.close()
    server.close_clients() if hasattr(server, "close_clients") else None


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    settings = settings_of("127.0.0.1:1", database)
    await asyncio.to_thread(migrate, settings, ["delivery"])
    made = await open_pool(settings, "delivery")
    yield made
    await made.close()


async def test_events_arrive_in_order_with_token_and_media_type(pool: Pool, receiver: Receiver) -> None:
    await subscribe(pool, receiver)
    one, two = keys(2)
    await queue(pool, one, "1a", "1b", "1c")
    await queue(pool, two, "2a", "2b")
    async with posting(pool):
        await until(lambda: no_webhook_waits(pool))
    assert [each for each in receiver.ids() if each.startswith("1")] == ["1a", "1b", "1c"]
    assert [each for each in receiver.ids() if each.startswith("2")] == ["2a", "2b"]
    for headers in receiver.headers:
        assert headers["content-type"] == "application/cloudevents+json; charset=UTF-8"
        assert headers["authorization"] == "Bearer geheim"


@pytest.mark.parametrize("trouble", [(500, {}), (404, {}), (302, {"location": "http://127.0.0.1:1/"}), None], ids=str)
async def test_what_fails_is_tried_again_and_holds_up_only_its_own_question(
    pool: Pool, receiver: Receiver, trouble: Answer
) -> None:
    await subscribe(pool, receiver)
    bad, fine = keys(2)
    await queue(pool, bad, "bad-1", "bad-2")
    await queue(pool, fine, "fine-1", "fine-2")
    receiver.decide = lambda event: (
        trouble if receiver.ids().count("bad-1") <= 1 and event["id"] == "bad-1" else (200, {})
    )
    async with posting(pool):
        await until(lambda: no_webhook_waits(pool))
    ids = receiver.ids()
    assert [each for each in ids if each.startswith("bad")] == ["bad-1", "bad-1", "bad-2"]
    first, second = (at for at, each in zip(receiver.at, ids, strict=True) if each == "bad-1")
    assert second - first >= 0.8, "with a pause between"
    assert ids.index("fine-2") < ids.index("bad-2")


async def test_a_receiver_that_does_not_answer_in_time_is_tried_again(pool: Pool, receiver: Receiver) -> None:
    await subscribe(pool, receiver)
    await queue(pool, keys(1)[0], "a")
    receiver.hold.clear()
    async with posting(pool, patience=0.3):
        await until(lambda: pool.fetchval("select attempts = 1 from webhook"))
        receiver.hold.set()
        await until(lambda: no_webhook_waits(pool))
    assert set(receiver.ids()) == {"a"}


async def test_a_receiver_that_is_down_gets_everything_when_it_is_back(pool: Pool, receiver: Receiver) -> None:
    away = Receiver()
    await subscribe(pool, away)
    await queue(pool, keys(1)[0], "a", "b")
    async with posting(pool):
        await until(lambda: pool.fetchval("select max(attempts) >= 1 from webhook"))
        await pool.execute("update subscription set url = $1, ask_due_at = now()", receiver.url)
        await until(lambda: no_webhook_waits(pool))
    assert receiver.ids() == ["a", "b"]


def test_the_pause_doubles_to_an_hour_at_most() -> None:
    for attempt in range(40):
        expected = min(2.0**attempt, 3600)
        assert 0.8 * expected <= wait_before(attempt) <= 1.2 * expected


@pytest.mark.parametrize("status", [429, 503])
async def test_who_asks_for_time_gets_it(pool: Pool, receiver: Receiver, status: int) -> None:
    await subscribe(pool, receiver)
    await queue(pool, keys(1)[0], "a")
    receiver.decide = lambda _: (status, {"retry-after": "120"})
    async with posting(pool):
        await until(lambda: pool.fetchval("select attempts = 1 from webhook"))
    wait = await pool.fetchval("select extract(epoch from due_at - now()) from webhook")
    assert 60 < wait <= 121


@pytest.mark.parametrize("value", ["morgen", "-5", "Wed, 21 Oct 2099 07:28:00 GMT", "1e9", "99999999999999999999"])
async def test_a_strange_request_for_time_stops_nothing(pool: Pool, receiver: Receiver, value: str) -> None:
    await subscribe(pool, receiver)
    await queue(pool, keys(1)[0], "a")
    receiver.decide = lambda _: (503, {"retry-after": value})
    async with posting(pool):
        await until(lambda: pool.fetchval("select attempts = 1 from webhook"))
    assert await pool.fetchval("select extract(epoch from due_at - now()) from webhook") <= 4000


async def test_gone_stops_the_subscription_and_keeps_what_is_queued(pool: Pool, receiver: Receiver) -> None:
    await subscribe(pool, receiver)
    await queue(pool, keys(1)[0], "a", "b")
    receiver.decide = lambda _: (410, {})
    async with posting(pool):
        await until(lambda: pool.fetchval("select stopped_at is not null from subscription"))
        assert receiver.ids() == ["a"]
        receiver.decide = lambda _: (200, {})
        await pool.execute("update subscription set stopped_at = null")
        await pool.execute("update webhook set due_at = now()")
        await until(lambda: no_webhook_waits(pool))
    assert receiver.ids() == ["a", "a", "b"]


async def test_two_processes_post_nothing_twice_and_nothing_out_of_order(pool: Pool, receiver: Receiver) -> None:
    await subscribe(pool, receiver)
    wanted = keys(6)
    for number in range(8):
        for place, key in enumerate(wanted):
            await queue(pool, key, f"{place}-{number}")
    async with posting(pool), posting(pool):
        await until(lambda: no_webhook_waits(pool))
    assert len(receiver.ids()) == 48
    for place in range(6):
        mine = [each for each in receiver.ids() if each.startswith(f"{place}-")]
        assert mine == [f"{place}-{number}" for number in range(8)]


async def test_a_slow_receiver_does_not_hold_up_the_others(pool: Pool, receiver: Receiver) -> None:
    slow = Receiver()
    server = await asyncio.start_server(slow.serve, "127.0.0.1", slow.port)
    slow.hold.clear()
    await subscribe(pool, slow, "duo")
    await subscribe(pool, receiver, "svb")
    for key in keys(25):
        await queue(pool, key, "slow", agency="duo")
    async with posting(pool, patience=30):
        await until(lambda: slow.got)
        await queue(pool, keys(1)[0], "a", "b")
        await until(lambda: receiver.ids() == ["a", "b"], 10)
    slow.hold.set()
    server.close()


async def test_nothing_is_lost_when_delivery_is_killed(place: World, agencies: Agencies, receiver: Receiver) -> None:
    """At least once: what was being posted when it was killed is posted again, as the same event."""
    await agencies.sql("insert into delivery.subscription (agency, url) values ('svb', $1)", receiver.url)
    try:
        receiver.hold.clear()
        asked = [question() for _ in range(3)]
        for each in asked:
            await agencies.send("belastingdienst", each)
        await until(lambda: receiver.got)
        offers = [await agencies.offered(each) for each in asked]
        place.processes["delivery"].kill9()
        for offer in offers:
            await agencies.send("svb", reply("svb", offer.data, "receive"))
        place.processes["delivery"].start()
        await asyncio.to_thread(place.processes["delivery"].await_ready)
        receiver.hold.set()
        await agencies.sql("update delivery.webhook set due_at = now()")  # as when the lease of the dead has run out
        for offer in offers:
            await agencies.ear.wait("handoff.changed", "gvd.out.svb", handoff=offer.data["handoff"])
        await until(lambda: _none_left(agencies))
    finally:
        await agencies.sql("delete from delivery.subscription")
    questions = {offer.data["question"] for offer in offers}
    said = [s.event for s in agencies.ear.heard if s.topic == "gvd.out.svb" and s.data.get("question") in questions]
    for name in questions:
        wanted = [event["id"] for event in said if event["data"]["question"] == name]
        got = [event["id"] for event in receiver.got if event["data"]["question"] == name]
        assert list(dict.fromkeys(got)) == wanted, "all of it, in the order of the out-topic"
        assert len(got) <= len(wanted) + 1


async def _none_left(agencies: Agencies) -> bool:
    rows = await agencies.sql("select count(*) from delivery.webhook")
    return bool(rows[0]["count"] == 0)
