"""Makes a reply of what somebody types: an action and `field=value`, checked as the front door will."""

import json
import uuid
from datetime import UTC, datetime
from enum import Enum
from typing import Any, Literal, get_args, get_origin

from pydantic import BaseModel

from contracts.cloudevents import check_structured
from contracts.quarantine import Fault
from contracts.replies import Action

ACTIONS: dict[str, type[BaseModel]] = {
    get_args(model.model_fields["action"].annotation)[0]: model for model in get_args(get_args(Action)[0])
}
TYPE = "nl.geenverkeerdedeur."


def event(agency: str, kind: str, data: dict[str, Any], now: datetime) -> dict[str, Any]:
    """An event as this agency makes it by hand."""
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid4()),
        "source": f"urn:nld:gvd:{agency}:systeem:gvd-work",
        "type": f"{TYPE}{kind}.v1",
        "time": now.astimezone(UTC).isoformat(),
        "datacontenttype": "application/json",
        "data": data,
    }


def faults(made: dict[str, Any]) -> tuple[Fault, ...]:
    """Everything that is wrong with it, before it is sent."""
    return tuple(check_structured(json.dumps(made).encode()).faults)


def reply(action: str, pairs: list[str]) -> dict[str, Any]:
    """`contact=made warmth.by=appointment`, with what can have one value only filled in. Raises ValueError."""
    found: dict[str, Any] = {"action": action}
    for name, field in ACTIONS[action].model_fields.items():
        choices = get_args(field.annotation) if get_origin(field.annotation) is Literal else ()
        if len(choices) == 1 and isinstance(choices[0], str):
            found[name] = choices[0]
    return put(found, pairs)


def put(found: dict[str, Any], pairs: list[str]) -> dict[str, Any]:
    """`a.b=1` at its place."""
    for pair in pairs:
        path, sign, text = pair.partition("=")
        if not sign or not path:
            raise ValueError(f"{pair}: schrijf naam=waarde")
        place = found
        *outer, last = path.split(".")
        for name in outer:
            place = place.setdefault(name, {})
            if not isinstance(place, dict):
                raise ValueError(f"{pair}: {name} heeft al een waarde")
        place[last] = _value(text)
    return found


def _value(text: str) -> Any:
    if text in ("true", "false") or text[:1] in ("[", "{"):
        try:
            return json.loads(text)
        except ValueError:
            raise ValueError(f"{text}: geen geldige JSON") from None
    return text


def fields(action: str) -> list[str]:
    """What an action takes, one line per field."""
    return [
        f"{name}{'' if field.is_required() else ' (mag weg)'}: {_choices(field.annotation) or field.description or ''}"
        for name, field in ACTIONS[action].model_fields.items()
        if name != "action"
    ]


def _choices(kind: Any) -> str:
    if isinstance(kind, type) and issubclass(kind, Enum):
        return " | ".join(str(one.value) for one in kind)
    if get_origin(kind) is Literal:
        return " | ".join(json.dumps(one) if isinstance(one, bool) else str(one) for one in get_args(kind))
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        return ", ".join(f".{name}" for name in kind.model_fields)
    return next((found for one in get_args(kind) if (found := _choices(one))), "")
