"""A process of a service: says how it is, counts what it does, keeps the trace, and stops in order."""

import asyncio
import re
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import httpx
import pytest
from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase
from prometheus_client.parser import text_string_to_metric_families

from services.platform import metrics
from tests.world import COMPLETE, Agencies, World, question, reply, until

SERVICES = ("intake", "router", "handoff", "delivery")


async def status(place: World, name: str, path: str) -> int:
    async with httpx.AsyncClient(timeout=10) as client:
        return (await client.get(f"{place.processes[name].url}{path}")).status_code


async def _status_is(place: World, name: str, path: str, wanted: int) -> bool:
    return await status(place, name, path) == wanted


@pytest.mark.parametrize("service", SERVICES)
async def test_a_working_process_is_alive_and_ready(place: World, service: str) -> None:
    assert await status(place, service, "/healthz/live") == 200
    assert await status(place, service, "/healthz/ready") == 200


@asynccontextmanager
async def table_locked(place: World, table: str) -> AsyncIterator[None]:
    """As a runaway report or a hanging migration would."""
    connection = await asyncpg.connect(place.postgres.url)
    transaction = connection.transaction()
    await transaction.start()
    await connection.execute(f"lock table {table} in access exclusive mode")
    try:
        yield
    finally:
        await transaction.rollback()
        await connection.close()


async def test_a_stuck_consumer_is_reported_and_what_it_holds_goes_on_afterwards(
    place: World, agencies: Agencies
) -> None:
    asked = question()
    async with table_locked(place, "router.keyed"):
        await agencies.send("belastingdienst", asked)
        await until(lambda: _status_is(place, "router", "/healthz/live", 503), 30)
        assert await status(place, "handoff", "/healthz/live") == 200
    await agencies.offered(asked)
    await until(lambda: _status_is(place, "router", "/healthz/live", 200))


async def test_metrics_are_the_declared_ones(place: World, agencies: Agencies) -> None:
    """Nothing gets in by the side door: a label with a question or a person in it would show here."""
    declared = {
        name for metric in vars(metrics).values() if isinstance(metric, MetricWrapperBase) for name in names(metric)
    }
    await agencies.send("belastingdienst", question())
    await agencies.settled()
    for process in place.processes.values():
        async with httpx.AsyncClient() as client:
            text = (await client.get(f"{process.url}/metrics")).text
        families = [f for f in text_string_to_metric_families(text) if not f.name.startswith(("python_", "process_"))]
        assert {family.name for family in families} <= declared
        assert "gvd_relayed" in {family.name for family in families}
        for sample in (sample for family in families for sample in family.samples):
            for label, value in sample.labels.items():
                assert re.fullmatch(r"[A-Za-z0-9_./{}+-]{1,60}", value), f"{sample.name} {label}={value}"
                assert not re.search(r"[0-9a-f]{8}-[0-9a-f]{4}", value), f"{sample.name} {label}={value}"


def names(metric: MetricWrapperBase) -> set[str]:
    registry = CollectorRegistry()
    registry.register(metric)
    found = {family.name for family in registry.collect()}
    # The client library adds when a count began, and writes an Info as a sample of its own.
    return found | {f"{name}_{ending}" for name in found for ending in ("created", "info")}


async def test_the_agencys_trace_goes_the_whole_way(agencies: Agencies) -> None:
    """One trace id from the agency's own span to the out-topics; each hop is a span of its own."""
    trace = secrets.token_hex(16)
    asked = question(attributes={"traceparent": f"00-{trace}-{secrets.token_hex(8)}-01"})
    await agencies.send("belastingdienst", asked)
    offer = await agencies.offered(asked)
    told = await agencies.offered(asked, "belastingdienst")
    reference = asked["data"]["reference"]
    hops = [
        await agencies.ear.wait("question.accepted", reference=reference),
        await agencies.ear.wait("decision.made", reference=reference),
        await agencies.ear.wait("handoff.requested", "gvd.handoffs", reference=reference),
        offer,
        told,
    ]
    spans = [seen.event["traceparent"].split("-") for seen in hops]
    assert {span[1] for span in spans} == {trace}
    assert {span[3] for span in spans} == {"01"}
    assert len({span[2] for span in spans} | {asked["traceparent"].split("-")[2]}) == len(hops) + 1


async def test_a_reply_carries_the_trace_of_who_replied(agencies: Agencies) -> None:
    asked = question()
    await agencies.send("belastingdienst", asked)
    offer = await agencies.offered(asked)
    trace = secrets.token_hex(16)
    said = reply("svb", offer.data, "accept", attributes={"traceparent": f"00-{trace}-{secrets.token_hex(8)}-00"})
    await agencies.send("svb", said)
    for agency in ("svb", "belastingdienst"):
        seen = await agencies.ear.wait("handoff.changed", f"gvd.out.{agency}", handoff=offer.data["handoff"])
        assert seen.event["traceparent"].split("-")[1::2] == [trace, "00"]


async def test_told_to_stop_it_finishes_what_it_holds_and_leaves(place: World, agencies: Agencies) -> None:
    """SIGTERM while a batch runs: the batch is committed, the process ends by itself, and its peer takes over."""
    process = await asyncio.to_thread(place.add, "router-2")
    try:
        asked = [question() for _ in range(20)]
        async with table_locked(place, "router.keyed"):
            for each in asked:
                await agencies.send("belastingdienst", each)
            await until(lambda: _waits_for(agencies, "router"))
            process.ask_to_stop()
        await asyncio.to_thread(process._current().wait, 60)
    finally:
        await asyncio.to_thread(process.stop)
        del place.processes["router-2"]
    assert process._current().returncode == 0
    last = process.log.read_text().splitlines()[-1]
    assert '"process.stopped"' in last
    for each in asked:
        await agencies.offered(each)
        assert len(agencies.ear.find("decision.made", reference=each["data"]["reference"])) == 1


async def _waits_for(agencies: Agencies, schema: str) -> bool:
    rows = await agencies.sql(
        "select 1 from pg_locks l join pg_class c on c.oid = l.relation "
        "where not l.granted and c.relnamespace = $1::regnamespace",
        schema,
    )
    return bool(rows)


async def test_a_whole_life_leaves_nothing_parked_or_refused(agencies: Agencies) -> None:
    asked = question()
    await agencies.send("belastingdienst", asked)
    offer = (await agencies.offered(asked)).data
    for action, more, state in (
        ("receive", {}, "received"),
        ("accept", {}, "accepted"),
        ("start", {"contact": "made"}, "in-progress"),
        ("complete", COMPLETE, "completed"),
    ):
        await agencies.send("svb", reply("svb", offer, action, **more))
        changed = await agencies.ear.wait("handoff.changed", "gvd.out.svb", handoff=offer["handoff"], state=state)
        offer = changed.data
    ended = await agencies.ear.wait("question.ended", "gvd.out.belastingdienst", question=offer["question"])
    assert ended.data["outcome"] == "helped"
    await agencies.settled()
    for service in SERVICES:
        assert await agencies.sql(f"select 1 from {service}.parked") == []  # noqa: S608
