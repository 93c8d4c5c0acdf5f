"""The same event twice in one batch, through the real door on the simulated database."""

from typing import Any
from uuid import UUID

import orjson
import pytest

from contracts.cloudevents import check_structured
from services.intake.admission import Admission
from services.intake.door import Door
from services.intake.inputs import Input
from services.intake.views import QuestionView
from services.platform.keyed import KeyedStore
from tests.simulation.database import Database, Pool
from tests.simulation.loop import Chance, run
from tests.simulation.record import Recorder
from tests.simulation.table import small_table
from tests.unit.handoff.play import START

NOBODYS = {"question": str(UUID(int=1)), "version": 1, "reply": {"action": "repeat", "channel": "phone"}}
QUESTION = {"reference": "A-1", "first_received_at": START.isoformat(), "facts": {"topic": "recht", "channel": "phone"}}
BATCH = (("e-1", "reply.given", NOBODYS), ("e-2", "question.asked", QUESTION)) * 2


def given(offset: int, event_id: str, kind: str, data: dict[str, Any]) -> Input:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": "urn:nld:gvd:alfa:systeem:kcc",
        "type": f"nl.geenverkeerdedeur.{kind}.v1",
        "time": START.isoformat(),
        "data": data,
    }
    checked = check_structured(orjson.dumps(event))
    assert not checked.faults
    return Input("alfa", "gvd.in.alfa", 0, offset, 0, checked.event, [], checked.event_id, checked.event_source)  # type: ignore[arg-type]


@pytest.fixture
def database() -> Database:
    chance = Chance(1)
    chance.faults = False
    return Database(chance, Recorder())


def admit(database: Database, *events: tuple[str, str, dict[str, Any]]) -> list[Input]:
    door = Door(KeyedStore(QuestionView), Admission(small_table()), "urn:nld:oin:0:systeem:t", "http://localhost")
    inputs = [given(offset, *event) for offset, event in enumerate(events)]
    run(door.admit(Pool(database), inputs, START, quarantine=True))  # type: ignore[arg-type]
    return inputs


def kept(database: Database) -> Any:
    return database.tally, database.inbox, database.quarantine, database.journal, database.keyed


def test_both_copies_of_a_refused_reply_are_refused_each_at_its_own_place(database: Database) -> None:
    refused, accepted, twin, again = admit(database, *BATCH)
    assert [[fault.code for fault in one.faults] for one in (refused, twin)] == [["unknown-question"]] * 2
    assert not twin.duplicate, "of what was never accepted there is no repeat"
    assert (accepted.faults, again.faults, again.duplicate) == ([], [], True)
    told = [orjson.loads(entry["value"])["data"] for entry in database.journal if entry["topic"] == "gvd.quarantine"]
    assert sorted(one["offset"] for one in told) == [0, 2]
    assert {one["quarantine"] for one in told} == {str(key) for key in database.quarantine}


def test_the_tally_of_a_batch_with_twins_adds_up(database: Database) -> None:
    admit(database, *BATCH)
    (offset, received, accepted, duplicates, refused) = database.tally["gvd.in.alfa", 0]
    assert (offset, received) == (4, 4)
    assert (accepted, duplicates, refused) == (1, 1, 2)
    assert (len(database.inbox), len(database.quarantine)) == (accepted, refused)


def test_the_same_batch_delivered_again_changes_nothing(database: Database) -> None:
    admit(database, *BATCH)
    before = repr(kept(database))
    assert all(one.late for one in admit(database, *BATCH))
    assert repr(kept(database)) == before


def test_a_third_copy_in_a_later_batch_is_refused_as_well(database: Database) -> None:
    admit(database, *BATCH)
    *_, third = admit(database, *BATCH, BATCH[0])
    assert (third.late, [fault.code for fault in third.faults]) == (False, ["unknown-question"])
    assert database.tally["gvd.in.alfa", 0] == [5, 5, 1, 1, 3]
