"""JSON Schemas of the event types, from the models the code itself runs on. Pure."""

from functools import cache
from typing import Any, Final

from pydantic.json_schema import models_json_schema

from contracts.attributes import REQUIRED
from contracts.catalogue import CATALOGUE, EventType
from contracts.events import Envelope

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_IN_ASYNCAPI: Final = "#/components/schemas/{model}"


@cache
def event_schema(entry: EventType) -> dict[str, Any]:
    """The schema of one whole event in structured mode."""
    schema = _as_sent(entry.model.model_json_schema())
    head = {"$schema": DIALECT, "$id": f"{entry.type}.json", "title": entry.type, "description": entry.about}
    return head | {name: value for name, value in schema.items() if name not in head}


def shared_schemas() -> dict[str, dict[str, Any]]:
    """The schemas of all models by name, for one document that holds them all."""
    models: list[tuple[type[Envelope], Any]] = [(entry.model, "validation") for entry in CATALOGUE]
    _, whole = models_json_schema(models, ref_template=_IN_ASYNCAPI)
    events = {entry.model.__name__ for entry in CATALOGUE}
    definitions = whole["$defs"]
    return {name: _plain(_as_sent(s) if name in events else s) for name, s in sorted(definitions.items())}


def _as_sent(schema: dict[str, Any]) -> dict[str, Any]:
    """The model fills in `specversion` for our own events; on the wire it is required."""
    required = sorted({*schema["required"], *REQUIRED}, key=list(schema["properties"]).index)
    return schema | {"required": required}


def _plain(schema: Any) -> Any:
    """Without `discriminator`, which means something else in AsyncAPI; the constants say the same."""
    if isinstance(schema, dict):
        return {name: _plain(value) for name, value in schema.items() if not _is_openapi_hint(name, value)}
    return [_plain(item) for item in schema] if isinstance(schema, list) else schema


def _is_openapi_hint(name: str, value: Any) -> bool:
    return name == "discriminator" and isinstance(value, dict) and "propertyName" in value
