"""A forbidden value is stored nowhere: every table, every topic, every log and every metric is searched for it.

Not searched are `gvd.in.*`: what an agency wrote on its own topic is there until its retention is over.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Mapping

import httpx
import pytest

from tests.bad_input import AGENCY, Wrong, a_marker, cases
from tests.integration.test_front_door_bad_input import raise_limit
from tests.mailbox import Mailbox
from tests.world import (
    AGENCIES,
    INNER,
    NOT_IN_THE_TABLE,
    SERVICES,
    Agencies,
    World,
    agencies_of,
    question,
    until,
    whole_topics,
    world,
)

SCHEMAS = (*SERVICES, "notices")


@pytest.fixture(scope="module")
async def place(mailbox: Mailbox) -> AsyncIterator[World]:
    """A world of its own, with notices: who tells a person by mail has had the address in hand."""
    env = {"GVD_LOG_LEVEL": "DEBUG", "GVD_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}"}
    made = world(services=SCHEMAS, env=env)
    yield await asyncio.to_thread(made.__enter__)
    await asyncio.to_thread(made.__exit__, None, None, None)


@pytest.fixture(scope="module")
async def agencies(place: World) -> AsyncIterator[Agencies]:
    async with agencies_of(place) as found:
        yield found


class Everything:
    """All that the installation has kept or shown, as bytes with the place it was found."""

    def __init__(self, places: Mapping[str, bytes]) -> None:
        self.places = places

    def holding(self, value: str) -> list[str]:
        """Where the value is, written plainly, in hex, or with signs between its parts."""
        plain = value.encode()
        wanted = [plain, plain.hex().encode()]
        if value.isdigit():
            wanted.append(f"{value[:4]}.{value[4:6]}.{value[6:]}".encode())
        return [place for place, content in self.places.items() if any(each in content for each in wanted)]


async def everything(place: World, agencies: Agencies) -> Everything:
    found: dict[str, bytes] = {f"log {path.name}": path.read_bytes() for path in place.log_folder.glob("*.log")}
    for process in place.processes.values():
        async with httpx.AsyncClient() as client:
            found[f"metrics of {process.name}"] = (await client.get(f"{process.url}/metrics")).content
    for schema in SCHEMAS:
        tables = await agencies.sql("select tablename from pg_tables where schemaname = $1", schema)
        for table in (f"{schema}.{row['tablename']}" for row in tables):
            rows = await agencies.sql(f"select t::text as line from {table} t")  # noqa: S608
            found[f"table {table}"] = "\n".join(row["line"] for row in rows).encode()
    topics = [f"gvd.{name}" for name in INNER] + [f"gvd.out.{agency}" for agency in (*AGENCIES, NOT_IN_THE_TABLE)]
    for topic in topics:
        parts = []
        for record in await whole_topics(place.kafka.bootstrap, [topic]):
            parts += [record.key or b"", record.value or b"", repr(record.headers).encode()]
        found[f"topic {topic}"] = b"\n".join(parts)
    return Everything(found)


@pytest.fixture(scope="module")
async def planted(place: World, agencies: Agencies) -> list[Wrong]:
    """Fresh forbidden values over both doors, also without a token, at wrong paths and as personal text."""
    raise_limit(place, f"gvd.in.{AGENCY}", 5_000_000)
    fresh = cases()
    for wrong in fresh:
        sent = await agencies.send(AGENCY, wrong.value, headers=wrong.headers, key=wrong.key)
        if not wrong.kafka_only:
            for path in ("/questions", "/replies"):
                assert (await agencies.post(AGENCY, path, wrong.value)).status_code >= 400
            await agencies.http.post("/questions", content=wrong.value, headers={"authorization": "Bearer x"})
        await agencies.http.get(f"/questions/{wrong.planted}")
        await agencies.get(AGENCY, f"/questions/{wrong.planted}?{wrong.planted}=1", prefer=wrong.planted)
        await agencies.ear.wait(
            "input.quarantined", f"gvd.out.{AGENCY}", topic=sent.topic, partition=sent.partition, offset=sent.offset
        )
    await agencies.settled()
    return fresh


async def test_a_forbidden_value_is_nowhere(place: World, agencies: Agencies, planted: list[Wrong]) -> None:
    said = await everything(place, agencies)
    assert {wrong.name: found for wrong in planted if (found := said.holding(wrong.planted))} == {}


async def test_personal_words_are_nowhere_to_be_read(place: World, agencies: Agencies) -> None:
    words = {"name": a_marker(), "phone": a_marker(), "email": a_marker(), "text": a_marker()}
    left = await agencies.post(AGENCY, "/personal-texts", words, content_type="application/json")
    asked = question(AGENCY, dataref=left.json()["dataref"])
    await agencies.send(AGENCY, asked)
    await agencies.offered(asked)
    await agencies.settled()
    assert (await agencies.get("svb", left.json()["dataref"].partition("/v1")[2])).json() == words
    said = await everything(place, agencies)
    assert {name: found for name, word in words.items() if (found := said.holding(word))} == {}


async def test_who_is_told_by_mail_is_nowhere_to_be_read(place: World, agencies: Agencies, mailbox: Mailbox) -> None:
    name, who = a_marker(), a_marker()
    words = {"name": name, "email": f"{who}@voorbeeld.example"}
    left = await agencies.post(AGENCY, "/personal-texts", words, content_type="application/json")
    asked = question(AGENCY, dataref=left.json()["dataref"], notify={"channel": "email"})
    await agencies.send(AGENCY, asked)
    key = (await agencies.offered(asked)).data["question"]
    await until(lambda: len(agencies.ear.find("notice.sent", question=key)) == 2)
    assert len(mailbox.of(words["email"])) == 2
    await agencies.settled()
    said = await everything(place, agencies)
    assert {marker: found for marker in (name, who) if (found := said.holding(marker))} == {}


async def test_a_token_is_nowhere_to_be_read(place: World, agencies: Agencies) -> None:
    token = await agencies.token("svb")
    await agencies.get("svb", "/questions/01890000-0000-7000-8000-000000000000")
    assert (await everything(place, agencies)).holding(token) == []


async def test_this_search_finds_what_is_there(place: World, agencies: Agencies) -> None:
    """An allowed value, planted the same way, is found in tables and on topics; and logs and metrics are read."""
    marker = a_marker()
    await agencies.send(AGENCY, question(AGENCY, reference=marker))
    await agencies.ear.wait("handoff.requested", "gvd.out.svb", reference=marker)
    await agencies.settled()
    await until(lambda: _projected(agencies, marker))
    await agencies.ear.wait("notice.to-tell", f"gvd.out.{AGENCY}", reference=marker)
    found = (await everything(place, agencies)).holding(marker)
    for schema in ("intake", "router", "handoff", "notices"):
        assert {f"table {schema}.keyed", f"table {schema}.journal"} <= set(found)
    assert {"topic gvd.questions", "topic gvd.decisions", "topic gvd.handoffs", "topic gvd.out.svb"} <= set(found)
    said = await everything(place, agencies)
    for name in place.processes:
        assert said.holding("consumer.assigned").count(f"log {name}.log") == 1
        assert re.search(rb"gvd_relayed_total", said.places[f"metrics of {name}"])


async def _projected(agencies: Agencies, marker: str) -> bool:
    rows = await agencies.sql("select 1 from intake.keyed where state ->> 'reference' = $1", marker)
    return bool(rows)
