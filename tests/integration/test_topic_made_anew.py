"""A repeat at the door is dropped; a new record at an old offset, because the topic was made anew, is not."""

import asyncio
import json
import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest

import routing
from contracts.cloudevents import check_structured
from services.intake.admission import Admission
from services.intake.door import Door
from services.intake.inputs import Input
from services.intake.views import QuestionView
from services.platform.database import Pool, open_pool
from services.platform.keyed import KeyedStore
from services.platform.migrate import migrate
from services.platform.settings import Settings

DOOR = "gvd.in.svb"
NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    settings = Settings.model_validate({"database_url": database})
    await asyncio.to_thread(migrate, settings, ["intake"])
    made = await open_pool(settings, "intake")
    yield made
    await made.close()


def asked() -> bytes:
    event = {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": "urn:nld:gvd:svb:systeem:test",
        "type": "nl.geenverkeerdedeur.question.asked.v1",
        "time": "2026-11-20T08:00:00Z",
        "data": {
            "reference": "S-1",
            "first_received_at": "2026-11-20T08:00:00Z",
            "facts": {"topic": "aow", "channel": "desk"},
        },
    }
    return json.dumps(event).encode()


def records(values: list[bytes], stamp: int) -> list[Input]:
    checked = [check_structured(value) for value in values]
    return [Input("svb", DOOR, 0, nr, stamp + nr, c.event, list(c.faults)) for nr, c in enumerate(checked)]  # type: ignore[arg-type]


async def admit(pool: Pool, given: list[Input]) -> list[Input]:
    door = Door(KeyedStore(QuestionView), Admission(routing.load()), "urn:nld:oin:0:systeem:t", "http://localhost")
    await door.admit(pool, given, NOW, quarantine=True)
    return given


async def questions(pool: Pool) -> int:
    return int(await pool.fetchval("select count(*) from inbox"))


async def test_what_was_delivered_before_is_dropped_without_a_trace(pool: Pool) -> None:
    values = [asked(), b"broken", asked(), asked()]
    await admit(pool, records(values, 1000))
    again = await admit(pool, records(values, 1000))
    assert [given.late for given in again] == [True] * 4
    assert await questions(pool) == 3
    assert await pool.fetchval("select count(*) from quarantine") == 1
    assert [tuple(row) for row in await pool.fetch("select door, next_offset, received from tally")] == [(DOOR, 4, 4)]


async def test_a_topic_made_anew_loses_nobody(pool: Pool) -> None:
    await admit(pool, records([asked(), b"broken", asked(), asked()], 1000))
    anew = await admit(pool, records([asked(), b"broken again"], 9000))
    assert [given.late for given in anew] == [False, False]
    assert await questions(pool) == 4
    assert await pool.fetchval("select count(*) from quarantine") == 2
    tallies = {row["door"]: row for row in await pool.fetch("select * from tally")}
    assert (tallies[DOOR]["received"], tallies[DOOR]["next_offset"]) == (2, 2)
    [retired] = [row for door, row in tallies.items() if door.startswith(f"{DOOR}/until/")]
    assert (retired["received"], retired["accepted"], retired["refused"]) == (4, 3, 1)


async def test_what_the_old_topic_had_is_a_duplicate_in_the_new_one(pool: Pool) -> None:
    first, second = asked(), asked()
    await admit(pool, records([asked(), asked(), first], 1000))
    anew = await admit(pool, records([second, first], 9000))
    assert [given.duplicate for given in anew] == [False, True]
    assert await questions(pool) == 4
