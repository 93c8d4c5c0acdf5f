"""The bridge to Open Klant as a process, with real Kafka and PostgreSQL.

Against a server that behaves as Open Klant's documented API; `tests/openklant.py` says which.
"""

import asyncio
from collections.abc import AsyncIterator

import pytest

from tests.integration.klantoffice import (
    Trial,
    from_offer_to_helped,
    from_offer_to_withdrawn,
    from_refusal_to_the_next,
    trial,
)
from tests.openklant import TOKEN, FakeOpenKlant, serving
from tests.world import Agencies, until


@pytest.fixture(scope="module")
async def openklant() -> AsyncIterator[FakeOpenKlant]:
    async with serving(FakeOpenKlant()) as made:
        yield made


@pytest.fixture(scope="module")
async def made(agencies: Agencies, openklant: FakeOpenKlant) -> AsyncIterator[Trial]:
    async with trial(agencies, openklant.url, TOKEN) as running:
        yield running
    assert openklant.refused == []


async def test_from_offer_to_helped(made: Trial):
    await from_offer_to_helped(made)


async def test_from_refusal_to_the_next(made: Trial):
    await from_refusal_to_the_next(made)


async def test_from_offer_to_withdrawn(made: Trial):
    await from_offer_to_withdrawn(made)


async def test_what_open_klant_could_not_take_comes_when_it_can(made: Trial, openklant: FakeOpenKlant):
    openklant.out_of_order = True
    offer = await made.offered()
    tried = len(openklant.calls)
    await until(lambda: len(openklant.calls) > tried + 1, 60, "tried again")
    openklant.out_of_order = False
    await made.changed(offer, "received")


@pytest.mark.parametrize("kind", ["klantcontacten", "internetaken"])
async def test_killed_between_making_and_remembering(made: Trial, openklant: FakeOpenKlant, kind: str):
    openklant.hanging.clear()
    openklant.hang_after = ("POST", kind)
    offer = await made.offered()
    await asyncio.wait_for(openklant.hanging.wait(), 60)
    made.process.kill9()
    made.process.start()
    await asyncio.to_thread(made.process.await_ready)
    received = await made.changed(offer, "received")
    (contact,) = await made.office.contacts(offer)
    (task,) = [
        one for one in openklant.all("internetaken") if one["aanleidinggevendKlantcontact"]["uuid"] == contact["uuid"]
    ]
    assert received.data["receiver_reference"] == task["referentienummer"]
    await made.agencies.ear.wait("reply.accepted", handoff=offer.data["handoff"])
    replies = made.agencies.ear.find("reply.accepted", handoff=offer.data["handoff"])
    assert [reply.data["reply"]["action"] for reply in replies] == ["receive"]


async def test_nothing_of_the_person_and_no_text_of_employees_is_kept_or_logged(made: Trial):
    offer = await made.offered()
    task = await made.office.given(offer)
    await made.office.write(task, "Truus-van-de-Wetering belt morgen\nGVD: contact-gepland", done=False)
    await made.changed(offer, "in-progress", reason="contact-planned")
    rows = await made.agencies.sql("select state::text as state from klantinteracties.keyed")
    journal = await made.agencies.sql("select convert_from(value, 'UTF8') as value from klantinteracties.journal")
    kept = "".join(row[0] for row in [*rows, *journal]) + made.process.log.read_text()
    assert offer.data["handoff"] in kept
    assert "Truus" not in kept
    assert "Truus" in (await made.office.task(task))["toelichting"]
