"""A small world to audit: the real services over a real database, their events carried from journal to consumer here.

It has every kind of fate: helped, declined and routed again, asked back, placed by a human, refused, forgotten.
"""

import asyncio
import base64
import json
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import httpx
from aiokafka import AIOKafkaProducer, ConsumerRecord
from starlette.applications import Starlette
from starlette.routing import Mount

import routing
from contracts.events import (
    CAPACITY,
    DECISION_REQUESTS,
    DECISIONS,
    HANDOFFS,
    NOTICES,
    QUARANTINE,
    QUESTIONS,
    REPLIES,
    ROUTING_TABLE,
    TablePublishedEvent,
)
from contracts.notices import NoticeChannel
from routing.data.model import Absence, Validity
from routing.versions.files import unpack
from services.delivery.app import WANTED as DELIVERY_WANTED
from services.delivery.model import Delivered, fold_for
from services.delivery.webhooks import queue_webhooks
from services.handoff.clocks import ClockWork
from services.handoff.handlers import WANTED as HANDOFF_WANTED
from services.handoff.handlers import Life
from services.handoff.model import QuestionState
from services.handoff.store import store_clocks
from services.intake.addresses import addresses
from services.intake.admission import Admission
from services.intake.app import WANTED as INTAKE_WANTED
from services.intake.beside import store_beside
from services.intake.door import Door
from services.intake.handlers import InTopics
from services.intake.telling import fold
from services.intake.texts import PersonalText, Vault, disclose, filled, forget
from services.intake.views import QuestionView
from services.notices.addresses import Addresses
from services.notices.app import WANTED as NOTICES_WANTED
from services.notices.fold import Telling
from services.notices.model import Followed
from services.notices.names import TableNames
from services.notices.ports import Message
from services.notices.sender import Sender
from services.notices.store import store_beside as store_beside_notices
from services.notices.words import load
from services.platform.database import open_pool
from services.platform.editions import Editions
from services.platform.inner import Inner
from services.platform.keyed import KeyedStore
from services.platform.migrate import migrate
from services.platform.process import Context
from services.platform.relay import Relay, publish
from services.platform.settings import Settings
from services.router.app import WANTED as ROUTER_WANTED
from services.router.aside import Aside
from services.router.governance import Right, Steward
from services.router.model import RoutedQuestion, Router
from services.router.stewardship import Stewardship

SERVICES = ("intake", "router", "handoff", "notices", "delivery")
LISTENERS = {
    QUESTIONS: ("router", "notices"),
    REPLIES: ("handoff",),
    CAPACITY: ("delivery",),
    QUARANTINE: ("delivery",),
    DECISIONS: ("handoff",),
    DECISION_REQUESTS: ("router",),
    HANDOFFS: ("intake", "delivery", "notices"),
    NOTICES: ("delivery", "intake"),
}
READERS = ("router", "intake", "handoff", "notices", "delivery")
PROPOSER, APPROVER = (Steward(role=role, may=frozenset(Right)) for role in ("beleid", "juridisch"))
_JSON = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


class Nowhere:
    """A port that always has sent it."""

    async def send(self, message: Message) -> None:
        assert message.address.to


class World:
    """The services in this process."""

    def __init__(self, settings: Settings, pools: dict[str, asyncpg.Pool], producer: AIOKafkaProducer | None) -> None:
        self.settings, self.pools, self.producer = settings, pools, producer
        self.now = datetime.now(UTC)
        self._offsets: dict[str, int] = {}
        table = routing.load(settings.table_path)

        def connected(agency: str) -> bool:
            found = table.organisation(agency, routing.day_of(self.now))
            return found is not None and found.connected_on(routing.day_of(self.now))

        self.life = life = Life(table)
        self._views, self._lives = KeyedStore(QuestionView), KeyedStore(QuestionState)
        admission, router = Admission(table), Router(table)
        library = routing.Library(settings.table_path)
        uses = {"router": router.use, "intake": admission.use, "handoff": life.use, "delivery": lambda _: None}
        names, texts, told = TableNames(table), load(), KeyedStore(Followed)
        uses["notices"] = names.use
        self.editions = {
            service: Editions(self._context(service), ROUTING_TABLE, TablePublishedEvent, library, use)
            for service, use in uses.items()
        }
        self.stewardship = Stewardship(self._context("router"), table.version, Aside())
        door = Door(self._views, admission, settings.source("intake"), settings.public_url)
        self.in_topics = InTopics(door, pools["intake"], Relay(settings, "intake"))
        self._inner = {
            "intake": self._of("intake", self._views, fold, INTAKE_WANTED, store_beside),
            "router": self._of("router", KeyedStore(RoutedQuestion), router.fold, ROUTER_WANTED),
            "handoff": self._of("handoff", self._lives, life.fold, HANDOFF_WANTED, store_clocks),
            "notices": self._of(
                "notices",
                told,
                Telling(names, texts, f"{settings.public_url}/v1/personal-texts/").fold,
                NOTICES_WANTED,
                store_beside_notices,
            ),
            "delivery": self._of(
                "delivery", KeyedStore(Delivered), fold_for(connected), DELIVERY_WANTED, queue_webhooks
            ),
        }
        source = settings.source("handoff")
        self.clocks = ClockWork(pools["handoff"], self._lives, Relay(settings, "handoff"), source, life)
        self.vault = Vault(settings.master_key.get_secret_value())
        inner = addresses(pools["intake"], self.vault, settings.notices_token.get_secret_value())
        intake = httpx.ASGITransport(Starlette(routes=[Mount("/inner/v1", inner)]))
        self.sender = Sender(
            pools["notices"],
            told,
            Relay(settings, "notices"),
            settings.source("notices"),
            texts,
            Addresses(settings, httpx.AsyncClient(transport=intake)),
            {NoticeChannel.EMAIL: Nowhere()},
        )

    def _of(self, service: str, store: Any, fold: Any, wanted: Any, *extra: Any) -> Inner[Any]:
        return Inner(self._context(service), store, fold, wanted, *extra)

    def _context(self, service: str) -> Context:
        relay, source = Relay(self.settings, service), self.settings.source(service)
        return Context(service, self.settings, self.pools[service], relay, Any, source)

    async def publish_table(self) -> None:
        """Two people change one rule a little; everybody goes by it from here on."""
        act = self.stewardship
        base = await act.last()
        files = unpack(await act.content(base))
        name = next(name for name in sorted(files) if name.startswith("rules/") and "checked: true" in files[name])
        changes = {name: files[name].replace("checked: true", "checked: false", 1)}
        made = await act.propose(PROPOSER, "Een proef.", base, await act.weigh(base, None, changes), self.now, None)
        await act.approve(made.proposal, APPROVER, self.now)
        await act.publish(made.proposal, PROPOSER, self.now, None, replaces_coming=False)
        await self.carry()
        await self._switch()

    async def roll_table_back(self) -> None:
        async with self.pools["router"].acquire() as connection:
            shipped = (await self.stewardship.history(connection)).shipped
        await self.stewardship.roll_back(shipped, APPROVER, self.now)
        await self.carry()
        await self._switch()

    async def away(self, organisation: str, stand_in: str) -> None:
        """An organisation is away for a month from today; its open questions go to who stands in."""
        table = self.life.table
        month = Validity(self.now.date(), self.now.date() + timedelta(days=30))
        self.life.use(replace(table, absences=(*table.absences, Absence(organisation, month, stand_in))))
        await self.clocks.reckon(self.now)
        self.life.use(table)
        await self.carry()

    async def _switch(self) -> None:
        """As when the moment of what was published has come."""
        for service, editions in self.editions.items():
            async with self.pools[service].acquire() as connection:
                await editions.in_force(connection, self.now + timedelta(minutes=1))

    async def write(self, agency: str, *values: bytes) -> None:
        """What an agency puts on its in-topic, taken in at once."""
        topic, records = f"gvd.in.{agency}", []
        for value in values:
            offset = self._offsets.get(topic, 0)
            self._offsets[topic] = offset + 1
            if self.producer is not None:
                sent = await self.producer.send_and_wait(topic, value, partition=0, headers=_JSON)
                assert sent.offset == offset
            records.append(_record(topic, offset, None, value, _JSON))
        await self.in_topics.handle(records)

    async def ask(self, agency: str, reference: str, **facts: Any) -> UUID:
        """A question through the front door and as far as it goes by itself."""
        of_question = {name: facts.pop(name) for name in ("dataref", "notify") if name in facts}
        await self.write(agency, asked(agency, reference, of_question, **facts))
        await self.carry()
        return UUID(str(await self.pools["intake"].fetchval(_BY_REFERENCE, reference)))

    async def reply(self, agency: str, question: UUID, handoff: int | None = None, /, **reply: Any) -> None:
        """A reply that saw the present version; `handoff` is the place of the hand-off in its question."""
        version = reply.pop("version", None)
        state = await self._lives.read(self.pools["handoff"], question)
        assert state is not None
        one = None if handoff is None else state.handoffs[handoff]
        seen = version or (state.version if one is None else one.version)
        data = {"question": str(question), "version": seen, "reply": reply}
        if one is not None:
            data["handoff"] = str(one.handoff)
        await self.write(agency, event(agency, "reply.given", data))
        await self.carry()

    async def carry(self) -> None:
        """Bring what was said to who listens, until nobody says anything more."""
        while any([await self._relay(service) for service in SERVICES]):
            pass

    async def _relay(self, service: str) -> int:
        pool = self.pools[service]
        rows = await pool.fetch(_UNPUBLISHED)
        if not rows:
            return 0
        if self.producer is not None:
            await publish(self.producer, rows)
        for topic in dict.fromkeys(row["topic"] for row in rows):
            records = [_record(topic, r["number"], r["key"], r["value"], []) for r in rows if r["topic"] == topic]
            for reader in READERS if topic == ROUTING_TABLE else ():
                await self.editions[reader].take(records)
            for listener in LISTENERS.get(topic, ()):
                await self._inner[listener].handle(records)
        await pool.execute("update relay_cursor set number = $1", rows[-1]["number"])
        return len(rows)

    async def leave_text(self, agency: str) -> UUID:
        content = PersonalText(name="Jansen", email="jansen@voorbeeld.example", text="Belt u mij na zessen")
        return await self.vault.leave(self.pools["intake"], agency, content, self.now)

    async def fetch_text(self, text: UUID, question: UUID, by: str) -> None:
        found = await self.vault.find(self.pools["intake"], text)
        assert found is not None
        assert found.content is not None
        await disclose(self.pools["intake"], text, question, by, filled(found.content), datetime.now(UTC))


def asked(agency: str, reference: str, of_question: dict[str, Any] | None = None, /, **facts: Any) -> bytes:
    data = {"reference": reference, "first_received_at": "2026-01-05T09:30:00Z", "facts": {"channel": "phone", **facts}}
    return event(agency, "question.asked", data | (of_question or {}))


def event(agency: str, kind: str, data: dict[str, Any]) -> bytes:
    return json.dumps(
        {
            "specversion": "1.0",
            "id": str(uuid4()),
            "source": f"urn:nld:gvd:{agency}:systeem:proef",
            "type": f"nl.geenverkeerdedeur.{kind}.v1",
            "time": datetime.now(UTC).isoformat(),
            "datacontenttype": "application/json",
            "data": data,
        }
    ).encode()


def _record(topic: str, offset: int, key: UUID | None, value: bytes, headers: Iterable[Any]) -> ConsumerRecord:
    raw = None if key is None else str(key).encode()
    return ConsumerRecord(topic, 0, offset, 0, 0, raw, value, None, 0, len(value), tuple(headers))


async def open_world(
    database: str, table: Path, kafka: str = "127.0.0.1:1", producer: AIOKafkaProducer | None = None
) -> World:
    """A new world in an empty database."""
    settings = Settings(
        database_url=database,
        kafka_bootstrap_servers=kafka,
        table_path=table,
        master_key=base64.b64encode(b"k" * 32).decode(),
        notices_token="proef",  # noqa: S106 - of nobody
    )
    await asyncio.to_thread(migrate, settings, SERVICES)
    pools = {service: await open_pool(settings, service, size=2) for service in SERVICES}
    world = World(settings, pools, producer)
    for editions in world.editions.values():
        await editions.start()
    return world


async def close_world(world: World) -> None:
    for pool in world.pools.values():
        await pool.close()


async def inquire(world: World) -> None:
    """Two inquiries about capacity, of which one is answered."""
    for _ in range(2):
        await world.write("duo", event("duo", "capacity.asked", {"organisation": "svb", "topic": "aow"}))
    inquiry = await world.pools["intake"].fetchval("select inquiry from capacity_inquiry limit 1")
    said = {"inquiry": str(inquiry), "answer": "waitlist", "waiting_days": 14}
    await world.write("svb", event("svb", "capacity.answered", said))
    await world.carry()


async def live_on(world: World) -> dict[str, UUID]:
    """What can happen beside and after that."""
    fate: dict[str, UUID] = {}
    for number, name in enumerate(("held", "cancelling", "failed", "reopened"), start=1):
        fate[name] = await world.ask("duo", f"DUO-1{number}", topic="aow")
        await world.reply("svb", fate[name], 0, action="start", contact="made")
    await world.reply("svb", fate["held"], 0, action="hold", reason="waiting-for-person")
    await world.reply("svb", fate["held"], 0, action="resume")
    await world.reply("svb", fate["held"], 0, action="hold", reason="waiting-for-information")
    await world.reply("duo", fate["cancelling"], 0, action="request-cancellation", reason="person-changed-mind")
    await world.reply("svb", fate["failed"], 0, action="fail", reason="person-not-found")
    await world.reply("svb", fate["reopened"], 0, action="complete", outcome="helped", person_informed=True)
    await world.reply("duo", fate["reopened"], action="reopen", reason="not-helped")
    await world.reply("svb", fate["reopened"], 1, action="accept")
    fate["kept"] = await world.ask("duo", "DUO-20", topic="aow")
    fate["merged"] = await world.ask("duo", "DUO-21", topic="kinderbijslag")
    await world.reply("duo", fate["merged"], action="merge", into=str(fate["kept"]))
    await world.reply("cjib", fate["kept"], action="repeat", channel="desk", reference="CJIB-1")
    await world.write("duo", asked("duo", "DUO-20", topic="aow"))
    await world.carry()
    whole = {"reference": "DUO-24", "first_received_at": world.now.isoformat(), "split_from": str(fate["kept"])}
    part = event("duo", "question.asked", {**whole, "facts": {"topic": "kinderbijslag", "channel": "phone"}})
    await world.write("duo", part)
    await world.carry()
    await inquire(world)
    fate["corrected"] = await world.ask("duo", "DUO-22", topic="aow")
    await world.reply("duo", fate["corrected"], action="correct", facts={"topic": "ww", "channel": "phone"})
    fate["returned"] = await world.ask("duo", "DUO-23")
    await world.reply("triage", fate["returned"], action="return", reason="private-matter")
    fate["handed-over"] = await world.ask("cak", "CAK-3", topic="aow")
    await world.reply("svb", fate["handed-over"], 0, action="accept")
    contact = {"reference": "ROL-1", "reachable_at": {"phone": "088 000 00 00"}, "since": world.now.isoformat()}
    named = {"action": "name-contact-person", "person": {"organisation": "uwv", **contact}}
    await world.reply("svb", fate["handed-over"], **named)
    await world.away("cak", "duo")
    return fate


async def live(world: World) -> dict[str, UUID]:
    """Everything that can happen to a question, once; gives each by its fate."""
    text = await world.leave_text("belastingdienst")
    dataref = f"{world.settings.public_url}/v1/personal-texts/{text}"
    fate: dict[str, UUID] = {}
    fate["silent"] = await world.ask("uwv", "UWV-2", topic="kinderbijslag")
    await world.reply("svb", fate["silent"], 0, action="accept")
    for days in (100, 100, 100, 130, 160, 190):  # the last step comes again
        await world.clocks.fire(datetime.now(UTC) + timedelta(days=days))
    await world.carry()
    fate["late"] = late = await world.ask("uwv", "UWV-1", topic="kinderbijslag")
    for _ in ("reminder", "warning", "breach"):
        await world.clocks.fire(datetime.now(UTC) + timedelta(days=100))
    await world.carry()
    await world.publish_table()
    fate["offered"] = await world.ask("duo", "DUO-1", topic="aow")
    fate["helped"] = await world.ask("belastingdienst", "BD-1", topic="aow", dataref=dataref)
    await world.fetch_text(text, fate["helped"], "svb")
    await world.reply("svb", fate["helped"], 0, action="receive", receiver_reference="SVB-7")
    await world.reply("svb", fate["helped"], 0, action="accept", version=1)
    await world.reply("svb", fate["helped"], 0, action="accept")
    await world.reply("svb", fate["helped"], 0, action="start", contact="made")
    await world.reply("svb", fate["helped"], 0, action="complete", outcome="helped", person_informed=True)
    fate["working"] = await world.ask("cak", "CAK-1", topic="aow")
    await world.reply("svb", fate["working"], 0, action="accept")
    fate["declined"] = await world.ask("belastingdienst", "BD-2", topic="aow")
    await world.reply("svb", fate["declined"], 0, action="decline", reason="not-competent")
    fate["placed"] = await world.ask("belastingdienst", "BD-3")
    await world.reply("triage", fate["placed"], action="place", organisation="uwv", reason="kent-de-persoon")
    await world.roll_table_back()
    fate["triaged"] = await world.ask("belastingdienst", "BD-4")
    fate["put-away"] = await world.ask("cak", "CAK-2")
    await world.reply("cak", fate["put-away"], action="end", outcome="helped-at-first-door")
    fate["asking"] = await world.ask("belastingdienst", "BD-5", topic="blauwe-envelop")
    fate["stopped"] = await world.ask("svb", "SVB-2", topic="studiefinanciering")
    await world.reply("svb", fate["stopped"], action="end", outcome="withdrawn-by-citizen")
    fate |= await live_on(world)
    fate["several"] = several = await world.ask(
        "belastingdienst", "BD-6", topic="schulden", residence={"municipality": "gm0363"}, involved=["svb", "uwv"]
    )
    await world.reply("svb", several, 1, action="accept")
    await world.write("belastingdienst", b"{", *[asked("belastingdienst", "BD-7", topic="aow")] * 2)
    await world.carry()
    mailed = f"{world.settings.public_url}/v1/personal-texts/{await world.leave_text('cak')}"
    fate["mailed"] = await world.ask("cak", "CAK-M", topic="aow", dataref=mailed, notify={"channel": "email"})
    while await world.sender.work():
        pass
    await world.carry()
    await world.reply("svb", fate["mailed"], 0, action="accept")
    gone = await world.leave_text("svb")
    await forget(world.pools["intake"], gone, "svb", datetime.now(UTC))
    await world.reply("svb", late, 0, action="accept")
    return fate


_BY_REFERENCE = "select key from keyed where state ->> 'reference' = $1"

_UNPUBLISHED = "select * from journal where number > (select number from relay_cursor) order by number"
