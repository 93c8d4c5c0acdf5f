"""The AsyncAPI 3.0 document of everything on Kafka, from the point of view of this system. Pure.

FastStream's own document says nothing of CloudEvents, headers or who may read what, so this one is ours.
"""

from typing import Any, Final

from contracts.catalogue import AGENCY_IN, CATALOGUE, TOPICS, VERSION, Direction, EventType, Topic, on_topic
from contracts.examples import example
from contracts.schemadoc import shared_schemas

_STRUCTURED: Final = "application/cloudevents+json; charset=UTF-8"
_BINDING: Final = "0.5.0"
_TRACEPARENT: Final = {"type": "string", "pattern": "^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$"}


def asyncapi() -> dict[str, Any]:
    """The whole document."""
    return {
        "asyncapi": "3.0.0",
        "info": _info(),
        "defaultContentType": "application/cloudevents+json",
        "servers": {"kafka": _server()},
        "channels": {_key(topic): _channel(topic) for topic in TOPICS.values()},
        "operations": dict(entry for topic in TOPICS.values() for entry in _operations(topic)),
        "components": {
            "messages": _messages(),
            "messageTraits": {"structured": _structured_trait(), "binary": _binary_trait()},
            "schemas": shared_schemas(),
        },
    }


def _info() -> dict[str, Any]:
    return {
        "title": "Geen Verkeerde Deur: events",
        "version": VERSION,
        "description": (
            "Event-driven referral router for public services. Every event is a CloudEvent 1.0 in the NL GOV "
            "profile, on Kafka in structured mode; agencies may also use binary mode. `send` and `receive` "
            "are what this system does: an agency writes gvd.in.{agency} and reads gvd.out.{agency}. No "
            "event carries a citizen service number (BSN), personal text or a denied attribute."
        ),
        "license": {"name": "EUPL-1.2"},
        "tags": [{"name": direction.value} for direction in Direction],
    }


def _server() -> dict[str, Any]:
    return {
        "host": "{broker}",
        "protocol": "kafka-secure",
        "description": "Apache Kafka. Access per agency and topic is an ACL of the broker.",
        "variables": {"broker": {"default": "localhost:9092", "description": "Address of the broker."}},
    }


def _key(topic: Topic) -> str:
    """A name that may stand in a reference: `gvd.in.{agency}` becomes `gvd.in`."""
    return topic.address.removesuffix(".{agency}")


def _channel(topic: Topic) -> dict[str, Any]:
    messages = [entry.model.__name__ for entry in on_topic(topic.address)]
    if topic.address == AGENCY_IN:
        messages += [_binary_name(entry) for entry in on_topic(topic.address)]
    channel = {
        "address": topic.address,
        "description": f"{topic.about} Written by {_and(topic.writers)}, read by {_and(topic.readers)}.",
        "messages": {name: {"$ref": f"#/components/messages/{name}"} for name in messages},
        "bindings": {"kafka": {"bindingVersion": _BINDING}},
        "tags": [{"name": topic.direction.value}],
    }
    if "{agency}" in topic.address:
        channel["parameters"] = {"agency": {"description": "Id of the agency in the routing table."}}
    return channel


def _and(names: tuple[str, ...]) -> str:
    return " and ".join(names)


def _operations(topic: Topic) -> list[tuple[str, dict[str, Any]]]:
    actions = {
        Direction.FROM_AGENCY: ("receive",),
        Direction.TO_AGENCY: ("send",),
        Direction.INNER: ("send", "receive"),
    }[topic.direction]
    return [(f"{action}-{_key(topic)}", _operation(topic, action)) for action in actions]


def _operation(topic: Topic, action: str) -> dict[str, Any]:
    who = topic.writers if action == "send" else topic.readers
    return {
        "action": action,
        "channel": {"$ref": f"#/channels/{_key(topic)}"},
        "summary": f"By {_and(who)}.",
        "bindings": {"kafka": {"bindingVersion": _BINDING}},
    }


def _messages() -> dict[str, Any]:
    structured = {entry.model.__name__: _structured(entry) for entry in CATALOGUE}
    return structured | {_binary_name(entry): _binary(entry) for entry in on_topic(AGENCY_IN)}


def _binary_name(entry: EventType) -> str:
    return f"{entry.model.__name__}Binary"


def _structured(entry: EventType) -> dict[str, Any]:
    whole = example(entry.model, entry.type)
    return {
        "name": entry.type,
        "title": entry.type,
        "summary": entry.about,
        "contentType": _STRUCTURED,
        "traits": [{"$ref": "#/components/messageTraits/structured"}],
        "payload": {"$ref": f"#/components/schemas/{entry.model.__name__}"},
        "examples": [{"headers": {"content-type": _STRUCTURED}, "payload": whole}],
    }


def _binary(entry: EventType) -> dict[str, Any]:
    whole = example(entry.model, entry.type)
    attributes = {f"ce_{n}": v for n, v in whole.items() if n not in {"data", "datacontenttype"}}
    data = entry.model.model_fields["data"].annotation
    return {
        "name": f"{entry.type} (binary mode)",
        "title": f"{entry.type} (binary mode)",
        "summary": entry.about,
        "contentType": "application/json",
        "traits": [{"$ref": "#/components/messageTraits/binary"}],
        "payload": {"$ref": f"#/components/schemas/{getattr(data, '__name__', '')}"},
        "examples": [{"headers": attributes | {"content-type": "application/json"}, "payload": whole["data"]}],
    }


def _structured_trait() -> dict[str, Any]:
    """Structured mode: the value is the whole event (CloudEvents Kafka binding §3.3)."""
    headers = {
        "type": "object",
        "required": ["content-type"],
        "properties": {
            "content-type": {"type": "string", "pattern": "^application/cloudevents\\+json"},
            "traceparent": _TRACEPARENT,
        },
    }
    return {"headers": headers, "bindings": _key_binding()}


def _binary_trait() -> dict[str, Any]:
    """Binary mode: every attribute a `ce_` header, the value is the data (§3.2)."""
    required = {name: {"type": "string", "minLength": 1} for name in ("ce_id", "ce_source", "ce_type")}
    headers = {
        "type": "object",
        "required": ["content-type", "ce_specversion", "ce_id", "ce_source", "ce_type", "ce_time"],
        "properties": {
            "content-type": {"type": "string", "const": "application/json"},
            "ce_specversion": {"type": "string", "const": "1.0"},
            **required,
            "ce_time": {"type": "string", "format": "date-time"},
            "ce_traceparent": _TRACEPARENT,
        },
    }
    return {"headers": headers, "bindings": _key_binding()}


def _key_binding() -> dict[str, Any]:
    key = {"type": "string", "description": "What is ordered together, mostly the question. Never a BSN."}
    return {"kafka": {"key": key, "bindingVersion": _BINDING}}
