"""What an agency's system writes: CloudEvents in the NL GOV profile."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from services.demo.script import Asks

Event = dict[str, Any]


def question(agency: str, reference: str, act: Asks, *, dataref: str | None = None) -> Event:
    """A question as the first door passes it on."""
    received = datetime.now(UTC).replace(microsecond=0) - timedelta(days=act.received_days_ago, minutes=1)
    data: dict[str, Any] = {
        "reference": reference,
        "first_received_at": received.isoformat(),
        "submitter": act.submitter,
        "facts": {**act.facts, **act.spoilt},
    }
    if act.contact is not None:
        data["contact"] = act.contact
    return _event(agency, "question.asked", data if dataref is None else {**data, "dataref": dataref})


def reply(agency: str, about: UUID, handoff: str | None, version: int, said: dict[str, Any]) -> Event:
    """A reply to a hand-off, or to the question itself."""
    data = {"question": str(about), "version": version, "reply": said}
    return _event(agency, "reply.given", data if handoff is None else {**data, "handoff": handoff})


def _event(agency: str, kind: str, data: dict[str, Any]) -> Event:
    return {
        "specversion": "1.0",
        "id": str(uuid4()),
        "source": f"urn:nld:gvd:{agency}:systeem:demonstratie",
        "type": f"nl.geenverkeerdedeur.{kind}.v1",
        "time": datetime.now(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }


def written(event: Event) -> bytes:
    """The event in structured mode."""
    return json.dumps(event, ensure_ascii=False).encode()
