"""The part of the audit that reads Kafka: what is on the topics against what was journaled, taken in and refused.

A broker of its own: the names of the topics are the real ones. Each test adds one corruption and looks at what is new.
"""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic, RecordsToDelete

import routing
from deploy.local import LocalKafka
from services.auditor.audit import Wishes, audit
from services.auditor.doors import GROUP
from services.platform.relay import new_producer, partition_of, publish
from services.platform.settings import Settings
from tests.infrastructure import folder_of_our_own
from tests.integration.audit_corruptions import NUMBER
from tests.integration.audit_world import World, asked, close_world, event, live, open_world

INNER = (
    "questions",
    "decisions",
    "decision-requests",
    "replies",
    "handoffs",
    "notices",
    "capacity",
    "quarantine",
    "repairs",
    "routing-table",
)
AGENCIES = ("belastingdienst", "uwv", "svb", "duo", "cak", "cjib", "triage", "gemeente-gm0363", "uht")
JSON = [("content-type", b"application/cloudevents+json; charset=UTF-8")]
Breaches = set[tuple[str, str]]


@pytest.fixture(scope="module")
def broker() -> Iterator[str]:
    with folder_of_our_own("audit-kafka") as folder, LocalKafka(folder) as kafka:
        yield kafka.bootstrap


@pytest.fixture(scope="module")
async def admin(broker: str) -> AsyncIterator[AIOKafkaAdminClient]:
    client = AIOKafkaAdminClient(bootstrap_servers=broker)
    await client.start()
    names = [f"gvd.{name}" for name in INNER]
    names += [f"gvd.{way}.{agency}" for agency in AGENCIES for way in ("in", "out")]
    await client.create_topics([NewTopic(name, 2, 1) for name in names])
    yield client
    await client.close()


@pytest.fixture(scope="module")
async def producer(broker: str, admin: AIOKafkaAdminClient) -> AsyncIterator[AIOKafkaProducer]:
    client = new_producer(Settings(kafka_bootstrap_servers=broker))
    await client.start()
    yield client
    await client.stop()


@pytest.fixture(scope="module")
async def world(module_database: str, broker: str, producer: AIOKafkaProducer) -> AsyncIterator[World]:
    opened = await open_world(module_database, routing.PACKAGED, broker, producer)
    await live(opened)
    yield opened
    await close_world(opened)


async def breaches(world: World, **wishes: object) -> Breaches:
    """Invariants 6 aside: the table may be edited while the tests run."""
    results = await audit(world.settings, Wishes(**wishes))  # type: ignore[arg-type]
    return {(r.number, one.place) for r in results for one in r.offenders if r.number != "6"}


@pytest.fixture
async def known(world: World) -> Breaches:
    """What the tests before this one broke."""
    return await breaches(world)


async def note(world: World, number: str, text: str) -> str:
    results = {result.number: result for result in await audit(world.settings, Wishes())}
    return next((one for one in results[number].notes if text in one), "")


async def test_a_good_world_holds(world: World) -> None:
    assert await breaches(world, settle=5) == set()
    assert await note(world, "3", "waiting at the door") == "0 waiting at the door"


async def test_a_copy_is_counted_and_no_breach(world: World, producer: AIOKafkaProducer) -> None:
    rows = await world.pools["delivery"].fetch("select * from journal where number <= 3 order by number")
    await publish(producer, rows)
    assert await breaches(world) == set()
    assert await note(world, "N", "copies") == "3 copies on the wire, which consumers drop"


async def test_what_waits_at_the_door_is_no_breach(world: World, producer: AIOKafkaProducer) -> None:
    await producer.send_and_wait("gvd.in.uht", asked("uht", "UHT-1"), partition=0, headers=JSON)
    assert await breaches(world) == set()
    assert await note(world, "3", "waiting at the door") == "1 waiting at the door"
    assert ("S", "gvd.in.uht/0") in await breaches(world, settle=0)


async def test_a_refused_number_in_an_in_topic_is_only_reported(world: World, known: Breaches) -> None:
    await world.write("cjib", asked("cjib", NUMBER))
    await world.carry()
    assert await breaches(world) == known
    assert (await note(world, "8", "in an in-topic")).startswith("1 refused")


async def test_published_after_the_snapshot_is_no_breach(world: World, known: Breaches) -> None:
    """As the relay does just before it moves its cursor."""
    await world.pools["delivery"].execute("update relay_cursor set number = number - 3")
    assert await breaches(world) == known
    await world.pools["delivery"].execute("update relay_cursor set number = number + 3")


async def test_an_event_that_was_never_published(world: World, known: Breaches) -> None:
    world.producer, kept = None, world.producer
    await world.in_topics.handle([])
    question = await ask_quietly(world, "DUO-7")
    world.producer = kept
    assert {place for _, place in await breaches(world) - known} == {str(question)}


async def ask_quietly(world: World, reference: str) -> UUID:
    """Over HTTP, so that no record of it is on an in-topic."""
    from contracts.cloudevents import check_structured
    from services.intake.inputs import Input

    given = Input("duo", "http:duo", 0, 0, 0, check_structured(asked("duo", reference, topic="aow")).event, [])  # type: ignore[arg-type]
    await world.in_topics._door.admit(world.pools["intake"], [given], world.now, quarantine=False)
    await world.carry()
    assert given.question is not None
    return given.question


async def test_events_in_another_order(world: World, producer: AIOKafkaProducer, known: Breaches) -> None:
    question = await ask_quietly(world, "DUO-8")
    world.producer = None
    await world.reply("svb", question, 0, action="receive")
    await world.reply("svb", question, 0, action="accept")
    world.producer = producer
    entries = "select * from journal where key = $1 and topic = 'gvd.out.svb' and sequence > 1 order by sequence desc"
    await publish(producer, await world.pools["delivery"].fetch(entries, question))
    assert ("10", str(question)) in await breaches(world) - known


async def test_an_event_that_is_not_what_was_journaled(world: World, known: Breaches) -> None:
    question = await world.ask("duo", "DUO-9", topic="aow")
    await world.pools["delivery"].execute(
        "update journal set value = replace(convert_from(value, 'UTF8'), '-01\"', '-00\"')::bytea "
        "where key = $1 and topic = 'gvd.out.svb'",
        question,
    )
    assert ("10", str(question)) in await breaches(world) - known


async def test_a_number_planted_on_an_inner_topic(world: World, producer: AIOKafkaProducer, known: Breaches) -> None:
    sent = await producer.send_and_wait("gvd.repairs", event("uwv", "repair.requested", {"key": NUMBER}), partition=0)
    assert await breaches(world) - known == {("8", f"gvd.repairs/0/{sent.offset}")}


@pytest.mark.parametrize("where", ["key", "header", "value", "name"])
async def test_what_may_not_be_on_an_out_topic(
    world: World, producer: AIOKafkaProducer, known: Breaches, where: str
) -> None:
    data = {"nationaliteit" if where == "name" else "x": NUMBER if where == "value" else "y"}
    sent = await producer.send_and_wait(
        "gvd.out.svb",
        event("svb", "handoff.changed", data),
        partition=0,
        key=NUMBER.encode() if where == "key" else str(uuid.uuid4()).encode(),
        headers=[("x", NUMBER.encode())] if where == "header" else JSON,
    )
    place = f"gvd.out.svb/0/{sent.offset}"
    assert await breaches(world) - known == {("8", place), ("10", place)}


async def test_an_event_nobody_journaled(world: World, producer: AIOKafkaProducer, known: Breaches) -> None:
    stranger = uuid.uuid4()
    row = await world.pools["handoff"].fetchrow("select * from journal where number = 1")
    value = row["value"].replace(str(row["key"]).encode(), str(stranger).encode())
    await producer.send_and_wait("gvd.handoffs", value, key=str(stranger).encode(), headers=JSON)
    assert await breaches(world) - known == {("N", str(stranger))}


async def test_a_record_taken_in_and_kept_nowhere(world: World, known: Breaches) -> None:
    question = await world.ask("duo", "DUO-10", topic="aow")
    last = await world.pools["intake"].fetchval("select next_offset - 1 from tally where door = 'gvd.in.duo'")
    await world.pools["intake"].execute("delete from inbox where question = $1", question)
    new = await breaches(world) - known
    assert new == {("3", f"gvd.in.duo/0/{last}"), ("3", str(question)), ("3", "intake inbox")}


async def test_a_number_that_was_let_in(world: World, known: Breaches) -> None:
    await world.write("uwv", asked("uwv", NUMBER))
    place = (await world.pools["intake"].fetch("select * from quarantine where topic = 'gvd.in.uwv'"))[0]["offset"]
    await world.pools["intake"].execute("delete from quarantine where topic = 'gvd.in.uwv'")
    await world.carry()
    assert ("8", f"gvd.in.uwv/0/{place}") in await breaches(world) - known


async def test_records_the_group_passed_over(world: World, broker: str, known: Breaches) -> None:
    group = AIOKafkaConsumer(bootstrap_servers=broker, group_id=GROUP, enable_auto_commit=False)
    await group.start()
    place = TopicPartition("gvd.in.uht", 0)
    group.assign([place])
    await group.commit({place: 1})
    await group.stop()
    assert await breaches(world) - known == {("3", "gvd.in.uht/0/0")}


async def test_a_log_that_lost_its_end(world: World, known: Breaches) -> None:
    await world.pools["intake"].execute("insert into tally (door, partition, next_offset) values ('gvd.in.cak', 1, 5)")
    assert await breaches(world) - known == {("3", "gvd.in.cak/1/0")}


async def test_what_retention_took_is_not_missed(
    world: World, admin: AIOKafkaAdminClient, producer: AIOKafkaProducer, known: Breaches
) -> None:
    question = await world.ask("cjib", "CJIB-9", topic="aow")
    partition = partition_of(question.int, 2)
    records = {TopicPartition("gvd.out.cjib", partition): RecordsToDelete(before_offset=-1)}
    await admin.delete_records(records)
    assert await breaches(world) == known


async def test_without_a_broker_it_could_not_look(world: World) -> None:
    from services.auditor.audit import UNREACHABLE

    nowhere = world.settings.model_copy(update={"kafka_bootstrap_servers": "127.0.0.1:1"})
    with pytest.raises(UNREACHABLE):
        await asyncio.wait_for(audit(nowhere, Wishes()), 30)
