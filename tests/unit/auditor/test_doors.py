"""What the auditor makes of the records of an in-topic, against what intake kept of them."""

from typing import Any

import orjson
import pytest
from aiokafka import ConsumerRecord

from services.auditor.doors import Doors
from services.auditor.report import Result

SOURCE = "urn:nld:gvd:alfa:systeem:kcc"
HEADERS = [("content-type", b"application/cloudevents+json; charset=UTF-8")]


class Kept:
    """The inbox of intake, and an empty quarantine."""

    def __init__(self, *inbox: tuple[str, str]) -> None:
        self.inbox = inbox

    async def fetch(self, _: str, *columns: list[Any]) -> list[dict[str, str]]:
        asked = set(zip(*columns, strict=True)) & set(self.inbox)
        return [{"source": source, "id": event_id} for source, event_id in asked]


def record(event_id: str) -> ConsumerRecord[Any, Any]:
    event = {
        "specversion": "1.0",
        "id": event_id,
        "source": SOURCE,
        "type": "nl.geenverkeerdedeur.question.asked.v1",
        "time": "2026-11-20T08:00:00Z",
        "data": {"reference": "A-1", "first_received_at": "2026-11-20T08:00:00Z", "facts": {"channel": "phone"}},
    }
    value = orjson.dumps(event)
    return ConsumerRecord("gvd.in.alfa", 0, 7, 0, 0, None, value, None, 0, len(value), HEADERS)  # type: ignore[arg-type]


@pytest.mark.parametrize("event_id", ["zaak-1", "zaak-é-1", "zaak 1"])
async def test_an_accepted_event_is_found_by_its_own_id(event_id: str) -> None:
    assert (await accounting(Kept((SOURCE, event_id)), event_id)).holds
    assert not (await accounting(Kept(), event_id)).holds


async def accounting(kept: Any, event_id: str) -> Result:
    result = Result("3", "")
    await Doors(kept, result, Result("8", "")).take([record(event_id)])
    return result
