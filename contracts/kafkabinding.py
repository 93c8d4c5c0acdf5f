"""Takes an event out of a Kafka record: structured or binary mode (CloudEvents Kafka binding 1.0.2 §3).

What comes out is one document, the same for both modes, so that every later check is written once.
"""

import base64
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from contracts.names import pointer
from contracts.quarantine import Fault
from contracts.strictjson import Parsed, fault, parse

Headers = Sequence[tuple[str, bytes | None]]

STRUCTURED: Final = "application/cloudevents"
_CONTENT_TYPE: Final = "content-type"
_PREFIX: Final = "ce_"
_NO_ATTRIBUTES: Final = frozenset({"ce_data", "ce_data_base64", "ce_datacontenttype"})
_JSON_FORMAT: Final = "application/cloudevents+json"


def header_texts(headers: Headers) -> dict[str, str]:
    """The headers that can be read as text; `header_faults` says which cannot."""
    return {name: text for name, raw in headers if (text := _text(raw)) is not None}


def header_faults(headers: Headers) -> Iterator[Fault]:
    """Headers that are no UTF-8, and attributes given twice, of which readers could take either."""
    for name, raw in headers:
        if raw is not None and _text(raw) is None:
            yield fault("not-utf8", header(name), "is not UTF-8")
    for name, times in Counter(name.lower() for name, _ in headers).items():
        if times > 1 and (name.startswith(_PREFIX) or name == _CONTENT_TYPE):
            yield fault("duplicate-key", header(name), "stands more than once in the headers")
        if name in _NO_ATTRIBUTES:
            yield fault("invalid-name", header(name), "is no attribute: use the content-type and the value")


def header(name: str) -> str:
    """How a fault names a header."""
    return f"header{pointer('/', name)}"


def content_type(texts: Mapping[str, str]) -> str | None:
    """The content type, whatever the case of the header's name."""
    return next((text.strip() for name, text in texts.items() if name.lower() == _CONTENT_TYPE), None)


def is_structured(texts: Mapping[str, str]) -> bool:
    """The prefix of the content type decides the mode (Kafka binding §3)."""
    return (content_type(texts) or "").lower().startswith(STRUCTURED)


def format_fault(texts: Mapping[str, str]) -> Fault | None:
    """A structured event in a format we do not read: a batch, Avro, another character set."""
    media, *parameters = (content_type(texts) or "").lower().split(";")
    charsets = [p.partition("=")[2].strip(' "\t') for p in parameters if p.strip().startswith("charset")]
    if media.strip().startswith(f"{STRUCTURED}-batch"):
        return fault("batch", header(_CONTENT_TYPE), "names a batch: send one event per record")
    if media.strip() != _JSON_FORMAT or any(c != "utf-8" for c in charsets):
        return fault("unsupported-format", header(_CONTENT_TYPE), f"must be {_JSON_FORMAT}; charset=UTF-8")
    return None


def read_binary(texts: Mapping[str, str], value: bytes | None) -> Parsed:
    """The event of which each attribute is a `ce_` header and the data are the value (§3.2)."""
    given = {name: text for name, text in texts.items() if name not in _NO_ATTRIBUTES}
    attributes: dict[str, Any] = {n[len(_PREFIX) :]: t for n, t in given.items() if n.startswith(_PREFIX)}
    if not attributes:
        message = "is no CloudEvent: no content-type application/cloudevents+json and no ce_ headers"
        return Parsed(fault=fault("not-an-event", "/", message))
    media = content_type(texts)
    if media is not None:
        attributes["datacontenttype"] = media
    return _with_data(attributes, value)


def _with_data(attributes: dict[str, Any], value: bytes | None) -> Parsed:
    if not value:
        return Parsed(attributes)
    if not _is_json(attributes.get("datacontenttype")):
        return Parsed(attributes | _opaque(value))
    data = parse(value)
    if data.fault:
        return Parsed(attributes, data.fault.model_copy(update={"where": "/data"}))
    return Parsed(attributes | {"data": data.document}, repeats=data.repeats)


def _is_json(media: str | None) -> bool:
    """Absent means JSON, as in the JSON format (§3.1)."""
    kind = (media or "application/json").partition(";")[0].strip().lower()
    return kind.endswith(("/json", "+json"))


def _opaque(value: bytes) -> dict[str, str]:
    try:
        return {"data": value.decode()}
    except UnicodeDecodeError:
        return {"data_base64": base64.b64encode(value).decode()}


def _text(raw: bytes | None) -> str | None:
    try:
        return None if raw is None else raw.decode()
    except UnicodeDecodeError:
        return None
