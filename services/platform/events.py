"""Reading inner events off the wire and writing them in one fixed form."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any, get_args
from uuid import UUID

import orjson
from pydantic import TypeAdapter, ValidationError

from contracts.base import Contract
from contracts.events import AgencyEvent, AnyEvent, Envelope
from services.platform import ids, trace

CONTENT_TYPE = (("content-type", b"application/cloudevents+json; charset=UTF-8"),)

_LAST_SEQUENCE = 2**31 - 1
_FROM_OUTSIDE = get_args(get_args(AgencyEvent)[0])

#: The event type of each data contract; one contract belongs to one type.
TYPE_OF: Mapping[type[Contract], str] = {
    event.model_fields["data"].annotation: get_args(event.model_fields["type"].annotation)[0]
    for event in get_args(get_args(AnyEvent)[0])
}


@dataclass(frozen=True, slots=True)
class Emit:
    """An event to be published: where, about which key, and what."""

    topic: str
    data: Contract


@dataclass(frozen=True, slots=True)
class Incoming:
    """One event as it came in: enough to order it, and the event itself if this service wants it."""

    topic: str
    key: UUID
    sequence: int
    value: bytes
    event: Any


@dataclass(frozen=True, slots=True)
class Outgoing:
    """One journal entry, without the number it gets when it is written."""

    topic: str
    key: UUID
    sequence: int
    type: str
    value: bytes


class Reader:
    """Reads the events of one topic that a service wants; of the others only key and sequence."""

    def __init__(self, wanted: Any) -> None:
        self._adapter: TypeAdapter[Any] = TypeAdapter(wanted)
        union = get_args(wanted)[0] if get_args(wanted) else wanted
        classes = get_args(union) or (union,)
        self._types = tuple(get_args(c.model_fields["type"].annotation)[0].encode() for c in classes)

    def read(self, topic: str, value: bytes) -> Incoming:
        """Raises ValueError when key and sequence cannot be read: that record is poison."""
        try:
            # A newer producer may say more than we know; what we need must be there.
            event = self._adapter.validate_json(value, extra="ignore")
        except ValidationError:
            return self._only_its_place(topic, value)
        return _placed(topic, event.subject, event.sequence, value, event)

    def _only_its_place(self, topic: str, value: bytes) -> Incoming:
        envelope = orjson.loads(value)
        if not isinstance(envelope, dict):
            raise ValueError("not a JSON object")
        kind = envelope.get("type")
        if not isinstance(kind, str) or kind.encode() in self._types:
            raise ValueError("data does not fit its type")
        return _placed(topic, envelope.get("subject"), envelope.get("sequence"), value, None)


def _placed(topic: str, subject: Any, sequence: Any, value: bytes, event: Any) -> Incoming:
    """An event with a key and a number that the database can hold; else it is poison."""
    if not isinstance(subject, str) or not isinstance(sequence, str):
        raise ValueError("no subject or sequence")
    number = int(sequence)
    if not 1 <= number <= _LAST_SEQUENCE:
        raise ValueError("sequence out of range")
    return Incoming(topic, UUID(subject), number, value, event)


def outgoing(source: str, emit: Emit, key: UUID, sequence: int, now: datetime, cause: Envelope | None) -> Outgoing:
    """The bytes of one event. The envelope's attributes are ours and need no escaping."""
    kind = TYPE_OF[type(emit.data)]
    subject = str(key)
    event_id = ids.derived_text(f"{emit.topic}/{subject}/{sequence}")
    parent = trace.child(cause.traceparent if cause else None, event_id)
    flow = _flow_of(cause)
    flow_attribute = f'"correlationid":"{flow}",' if flow else ""
    data = emit.data.__pydantic_serializer__.to_json(emit.data, exclude_none=True)
    head = (
        f'{{"specversion":"1.0","id":"{event_id}","source":"{source}","type":"{kind}","subject":"{subject}",'
        f'"time":"{_zulu(now)}","datacontenttype":"application/json",'
        f'"sequence":"{sequence}","sequencetype":"Integer","traceparent":"{parent}",{flow_attribute}"data":'
    )
    return Outgoing(emit.topic, key, sequence, kind, head.encode() + data + b"}")


def _flow_of(cause: Envelope | None) -> str | None:
    """The id of the question or reply, as the door passed it on, that set off what `cause` causes.

    What comes in at the door begins a flow of its own: whose trace or correlation it continues is its own affair.
    """
    if cause is None or isinstance(cause, _FROM_OUTSIDE):
        return None
    return cause.correlationid or cause.id


@lru_cache(maxsize=4)
def _zulu(now: datetime) -> str:
    """One batch has one moment: written once."""
    return now.isoformat().replace("+00:00", "Z")
