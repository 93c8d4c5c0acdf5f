"""The strict check of an event at the border: the event, or everything that is wrong with it at once.

Three profiles, each with the demands of the one before:

- `cloudevents`: CloudEvents 1.0, passes the public conformance events (standards: A9);
- `nlgov`: the NL GOV profile for CloudEvents 1.1;
- `gvd`: ours. A known type whose data fit the contract, no attribute we do not know, no denied one at
  any depth (requirements R-50, R-52, R-63) and no BSN anywhere (invariant 8).

Whatever the bytes, the functions answer and never raise. Messages never repeat what the stranger wrote.
"""

import json
import re
from collections.abc import Iterator, Mapping
from enum import StrEnum
from typing import Any, Final, NamedTuple, get_args

from contracts.attributes import cloudevents_faults, nlgov_faults
from contracts.denied import is_denied
from contracts.events import AgencyEvent, AnyEvent, Envelope
from contracts.kafkabinding import (
    Headers,
    format_fault,
    header,
    header_faults,
    header_texts,
    is_structured,
    read_binary,
)
from contracts.modelcheck import is_bottomless, is_suspect, merge, quick, validate
from contracts.names import safe_text
from contracts.privacy import document_faults, name_faults, structural_faults, text_faults
from contracts.quarantine import Fault
from contracts.strictjson import MAX_BYTES, WHOLE, Parsed, fault, parse


class Profile(StrEnum):
    """How much is demanded of an event."""

    CLOUDEVENTS = "cloudevents"
    NLGOV = "nlgov"
    GVD = "gvd"


class Checked(NamedTuple):
    """What came of the check. `event` is there if and only if there are no faults.

    It is a model of contracts/events.py in the `gvd` profile and else a dict without unset attributes.
    `event_id` and `event_source` are also there for a refused event, if they can be shown safely.
    """

    event: Envelope | dict[str, Any] | None
    faults: tuple[Fault, ...] = ()
    event_id: str | None = None
    event_source: str | None = None


Types = Mapping[str, type[Envelope]]


def _by_type(union: Any) -> Types:
    models = get_args(get_args(union)[0])
    return {get_args(model.model_fields["type"].annotation)[0]: model for model in models}


AGENCY_TYPES: Final = _by_type(AgencyEvent)
"""What an agency may send."""

ALL_TYPES: Final = _by_type(AnyEvent)
"""What may be on any topic."""

_VERSIONED = re.compile(r"(.+)\.v[0-9]+")
_LONGEST_ID, _LONGEST_SOURCE = 100, 200


def check_structured(value: bytes, profile: Profile | str = Profile.GVD, types: Types = AGENCY_TYPES) -> Checked:
    """Checks one event in the JSON format (structured mode)."""
    return _check(parse(value), value, Profile(profile), types, [])


def check_record(
    headers: Headers,
    value: bytes | None,
    profile: Profile | str = Profile.GVD,
    types: Types = AGENCY_TYPES,
    key: bytes | None = None,
) -> Checked:
    """Checks one Kafka record, in structured or binary mode; with `key`, that holds no BSN either."""
    chosen = Profile(profile)
    if _size(headers, value) > MAX_BYTES:
        return Checked(None, (fault("too-large", WHOLE, f"is larger than {MAX_BYTES} bytes"),))
    faults = _around(headers, key, chosen)
    texts = header_texts(headers)
    if not is_structured(texts):
        return _check(read_binary(texts, value), None, chosen, types, faults)
    if (unread := format_fault(texts)) is not None:
        return Checked(None, merge([*faults, unread], []))
    return _check(parse(value or b""), value, chosen, types, faults)


def _size(headers: Headers, value: bytes | None) -> int:
    return len(value or b"") + sum(len(name) + len(raw or b"") for name, raw in headers)


def _around(headers: Headers, key: bytes | None, profile: Profile) -> list[Fault]:
    """What is wrong around the value: in headers and key."""
    faults = list(header_faults(headers))
    if profile is Profile.GVD:
        faults += _private_headers(headers)
        if key is not None and is_suspect(key):
            faults += text_faults(key.decode(errors="replace"), "key")
    return faults


def _private_headers(headers: Headers) -> Iterator[Fault]:
    for name, raw in headers:
        bare = name.removeprefix("ce_")
        if is_denied(bare) or is_suspect(name.encode(errors="replace")):
            yield from name_faults(bare, header(name))
        if raw is not None and is_suspect(raw):
            yield from text_faults(raw.decode(errors="replace"), header(name))


def _check(parsed: Parsed, raw: bytes | None, profile: Profile, types: Types, faults: list[Fault]) -> Checked:
    document = parsed.document
    if parsed.fault is not None:
        faults = [*faults, parsed.fault]
        return Checked(None, merge(faults, []), *_identity(document))
    if not isinstance(document, dict):
        return Checked(None, merge([*faults, _no_object(document)], []))
    if profile is Profile.GVD and not faults and not parsed.repeats:
        good = _quick(raw, document, types)
        if good is not None:
            return Checked(good, (), good.id, good.source)
    return _thorough(document, profile, types, faults)


def _no_object(document: Any) -> Fault:
    if isinstance(document, list):
        return fault("batch", WHOLE, "is an array: send one event at a time, batches are not supported")
    return fault("not-an-object", WHOLE, "must be a JSON object")


def _quick(raw: bytes | None, document: dict[str, Any], types: Types) -> Envelope | None:
    """The good event, cheaply. None says no more than: look closer."""
    model = _model(document, types)
    if model is None or any(value is None for value in document.values()):
        return None
    good = quick(raw or json.dumps(document).encode(), document, model)
    return None if good is None or any(_attribute_faults(document, Profile.GVD)) else good


def _model(document: dict[str, Any], types: Types) -> type[Envelope] | None:
    kind = document.get("type")
    return types.get(kind) if isinstance(kind, str) else None


def _attribute_faults(event: dict[str, Any], profile: Profile) -> Iterator[Fault]:
    yield from cloudevents_faults(event)
    if profile is not Profile.CLOUDEVENTS:
        yield from nlgov_faults(event)


def _thorough(document: dict[str, Any], profile: Profile, types: Types, faults: list[Fault]) -> Checked:
    """Every fault there is. An attribute that is null is unset (JSON format §2.2)."""
    event = {name: value for name, value in document.items() if value is not None or name == "data"}
    private = document_faults(document) if profile is Profile.GVD else ()
    faults = [*faults, *structural_faults(document), *private, *_attribute_faults(event, profile)]
    good: Envelope | dict[str, Any] | None = event
    more: list[Fault] = []
    if profile is Profile.GVD:
        good, more = _against_contract(event, types, faults)
    all_faults = merge(faults, more)
    return Checked(None if all_faults else good, all_faults, *_identity(document))


def _against_contract(event: dict[str, Any], types: Types, faults: list[Fault]) -> tuple[Envelope | None, list[Fault]]:
    if is_bottomless(faults):
        return None, []
    model = _model(event, types)
    if model is not None:
        return validate(event, model)
    envelope = {name: value for name, value in event.items() if name not in {"type", "data"}}
    return None, [*_type_faults(event.get("type"), types), *validate(envelope, Envelope)[1]]


def _type_faults(kind: Any, types: Types) -> Iterator[Fault]:
    if not isinstance(kind, str):
        return
    if kind in ALL_TYPES:
        yield fault("unknown-type", "/type", "is published by the system itself; agencies may not send it")
    elif (match := _VERSIONED.fullmatch(kind)) and any(known.startswith(f"{match[1]}.v") for known in types):
        yield fault("unknown-version", "/type", "is a version of this event type that is not supported here")
    else:
        yield fault("unknown-type", "/type", "is no event type an agency may send here")


def _identity(document: Any) -> tuple[str | None, str | None]:
    if not isinstance(document, dict):
        return None, None
    return safe_text(document.get("id"), _LONGEST_ID), safe_text(document.get("source"), _LONGEST_SOURCE)
