"""Good events to break in tests. OINs of the test range; nobody in them exists."""

import copy
import json
from typing import Any

CONTENT_TYPE = b"application/cloudevents+json; charset=UTF-8"
STRUCTURED = [("content-type", CONTENT_TYPE)]

QUESTION: dict[str, Any] = {
    "specversion": "1.0",
    "id": "6480da1a-5028-4301-acc3-fbae628207b3",
    "source": "urn:nld:oin:00000099000000001000:systeem:contact",
    "type": "nl.geenverkeerdedeur.question.asked.v1",
    "time": "2026-03-02T09:15:00+01:00",
    "datacontenttype": "application/json",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "data": {
        "reference": "BD-2026-0012345",
        "first_received_at": "2026-03-02T09:12:00+01:00",
        "dataref": "https://agency.example/v1/questions/BD-2026-0012345",
        "facts": {
            "topic": "aow",
            "channel": "phone",
            "residence": {"postcode": "3511", "municipality": "gm0344"},
            "involved": ["belastingdienst", "svb"],
            "domains": ["income"],
        },
    },
}
REPLY: dict[str, Any] = {
    "specversion": "1.0",
    "id": "reply-1",
    "source": "urn:nld:oin:00000099000000002000:systeem:contact",
    "type": "nl.geenverkeerdedeur.reply.given.v1",
    "time": "2026-03-02T10:15:00Z",
    "data": {
        "question": "6480da1a-5028-4301-acc3-fbae628207b3",
        "handoff": "1c1bcb1e-29ed-4d8c-9f0d-13f4fd1e36a1",
        "version": 1,
        "reply": {"action": "accept", "receiver_reference": "SVB-1"},
    },
}
REMOVED = object()


def changed(path: str, value: Any, event: dict[str, Any] = QUESTION) -> dict[str, Any]:
    """A copy of an event in which one attribute has another value, or is gone."""
    whole = copy.deepcopy(event)
    *steps, last = path.split("/")
    inner = whole
    for step in steps:
        inner = inner[step]
    if value is REMOVED:
        del inner[last]
    else:
        inner[last] = value
    return whole


def raw(event: Any) -> bytes:
    return json.dumps(event, ensure_ascii=False).encode()


def binary(event: dict[str, Any]) -> tuple[list[tuple[str, bytes]], bytes]:
    """The headers and value of an event in binary mode."""
    headers = [
        (f"ce_{name}", value.encode()) for name, value in event.items() if name not in {"data", "datacontenttype"}
    ]
    return [*headers, ("content-type", b"application/json")], raw(event["data"])
