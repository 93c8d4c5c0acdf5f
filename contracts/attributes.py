"""The rules for context attributes: CloudEvents 1.0 and, on top of it, the NL GOV profile.

Works on the attributes as a dict without the ones that are null, since null means unset
(CloudEvents JSON format 1.0 §2.2). Faults name the attribute, never its value.
"""

import base64
import binascii
import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Any, Final

from contracts.names import pointer
from contracts.privacy import has_control_character
from contracts.quarantine import Fault
from contracts.strictjson import fault

REQUIRED: Final = ("specversion", "id", "source", "type")
PAYLOAD: Final = frozenset({"data", "data_base64"})

_CHARS = r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=]|%[0-9A-Fa-f]{2})*"
_IP_LITERAL = r"(?://(?:[A-Za-z0-9\-._~:!$&'()*+,;=]*@)?\[[0-9A-Fa-f:.v]+\])?"
_URI = re.compile(rf"[A-Za-z][A-Za-z0-9+.\-]*:(?=.){_IP_LITERAL}{_CHARS}")
_URI_REFERENCE = re.compile(rf"(?:[A-Za-z][A-Za-z0-9+.\-]*:|(?![^/?#]*:)){_IP_LITERAL}{_CHARS}(?:#{_CHARS})?")
_TOKEN = r"[A-Za-z0-9!#$%&'*+\-.^_`|~]+"  # noqa: S105 - the word token of RFC 2045, not a secret
_MEDIA_TYPE = re.compile(rf'{_TOKEN}/{_TOKEN}(?:[ \t]*;[ \t]*{_TOKEN}=(?:{_TOKEN}|"(?:[^"\\]|\\.)*"))*')
_TIMESTAMP = re.compile(
    r"(?P<date>[0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]"
    r"(?:[01][0-9]|2[0-3]):[0-5][0-9]:(?:[0-5][0-9]|60)(?:\.[0-9]+)?"
    r"(?:[Zz]|[+-](?:[01][0-9]|2[0-3]):[0-5][0-9])"
)
_NAME = re.compile(r"[a-z0-9]+")
_NLD_SOURCE = re.compile(
    r"urn:nld:(?:oin:[0-9A-Z]{20}(?![0-9A-Za-z])|(?!oin:)[a-z0-9][a-z0-9-]*:[A-Za-z0-9])"
    rf"{_CHARS}"
)
_REVERSE_DNS = re.compile(r"nl(?:\.[A-Za-z0-9](?:[A-Za-z0-9_-]*[A-Za-z0-9])?)+")
_NUMBER = re.compile(r"v?[0-9]+")
_MAX_INTEGER = 2**31 - 1
_LONGEST_NAME = 20


def is_uri(text: str) -> bool:
    """An absolute URI without a fragment (RFC 3986 §4.3)."""
    return _URI.fullmatch(text) is not None


def is_uri_reference(text: str) -> bool:
    """A URI or a relative reference, not empty (RFC 3986 §4.1)."""
    return text != "" and _URI_REFERENCE.fullmatch(text) is not None


def is_media_type(text: str) -> bool:
    """`type/subtype` with parameters (RFC 2046)."""
    return _MEDIA_TYPE.fullmatch(text) is not None


def is_timestamp(text: str) -> bool:
    """A moment with date, seconds and offset, that exists (RFC 3339 §5.6)."""
    match = _TIMESTAMP.fullmatch(text)
    if match is None:
        return False
    try:
        date.fromisoformat(match["date"])
    except ValueError:
        return False
    return True


def is_nld_source(text: str) -> bool:
    """A URN that names a Dutch organisation, then its system (NL GOV profile, `source`)."""
    return _NLD_SOURCE.fullmatch(text) is not None


def is_nl_type(text: str) -> bool:
    """A reverse-DNS name under `nl`, with at most one version and that as `v1` (NL GOV profile, `type`)."""
    numbers = [label for label in text.split(".") if _NUMBER.fullmatch(label)]
    versioned_well = not numbers or (len(numbers) == 1 and numbers[0].startswith("v"))
    return versioned_well and _REVERSE_DNS.fullmatch(text) is not None


def is_sequence_number(text: str) -> bool:
    """A whole number from 1 to 2^31-1 (CloudEvents extension `sequence`, type Integer)."""
    return text.isascii() and text.isdigit() and len(text) <= 10 and 1 <= int(text) <= _MAX_INTEGER


Rule = tuple[Callable[[str], bool], str]

_STRINGS: Final[dict[str, Rule]] = {
    "id": (bool, "may not be empty"),
    "source": (is_uri_reference, "must be a URI reference, not empty (RFC 3986)"),
    "specversion": ("1.0".__eq__, "must be 1.0"),
    "type": (bool, "may not be empty"),
    "datacontenttype": (is_media_type, "must be a media type such as application/json (RFC 2046)"),
    "dataschema": (is_uri, "must be an absolute URI (RFC 3986 section 4.3)"),
    "subject": (bool, "may not be empty"),
    "time": (is_timestamp, "must be a time with date, seconds and offset (RFC 3339)"),
}
_NL_STRINGS: Final[dict[str, Rule]] = {
    "source": (is_nld_source, "must be a URN like urn:nld:oin:00000099000000001000:systeem:name (NL GOV)"),
    "type": (is_nl_type, "must be a reverse-DNS name under nl, with at most one version like v1 (NL GOV)"),
    "dataref": (is_uri_reference, "must be a URI reference, not empty (CloudEvents dataref)"),
    "sequence": (bool, "may not be empty (CloudEvents sequence)"),
}


def cloudevents_faults(event: dict[str, Any]) -> Iterator[Fault]:
    """What CloudEvents 1.0 demands of every event."""
    for name in REQUIRED:
        if name not in event:
            yield fault("missing", f"/{name}", "is required")
    for name, value in event.items():
        if name not in PAYLOAD:
            yield from _attribute_faults(name, value)
    yield from _payload_faults(event)


def nlgov_faults(event: dict[str, Any]) -> Iterator[Fault]:
    """What the NL GOV profile 1.1 demands more."""
    for name, rule in _NL_STRINGS.items():
        if isinstance(event.get(name), str):
            yield from _core_faults(rule, event[name], name)
    for name in event.keys() - PAYLOAD:
        if len(name) > _LONGEST_NAME:
            yield fault("invalid", pointer("/", name), f"has a name longer than {_LONGEST_NAME} characters (NL GOV)")
    yield from _sequence_faults(event)


def _attribute_faults(name: str, value: Any) -> Iterator[Fault]:
    if not _NAME.fullmatch(name):
        yield fault("invalid-name", pointer("/", name), "is no attribute name: only a-z and 0-9")
    if name in _STRINGS:
        yield from _core_faults(_STRINGS[name], value, name)
    elif not _is_extension_value(value):
        message = "must be a text, true or false, or a whole number of at most 32 bits"
        yield fault("invalid", pointer("/", name), message)
    if isinstance(value, str) and has_control_character(value):
        message = "holds a control character or another that is no text"
        yield fault("control-character", pointer("/", name), message)


def _core_faults(rule: Rule, value: Any, name: str) -> Iterator[Fault]:
    holds, message = rule
    if not isinstance(value, str):
        yield fault("invalid", f"/{name}", "must be a text")
    elif not holds(value):
        yield fault("invalid", f"/{name}", message)


def _is_extension_value(value: Any) -> bool:
    if isinstance(value, str | bool):
        return True
    return isinstance(value, int) and -_MAX_INTEGER - 1 <= value <= _MAX_INTEGER


def _payload_faults(event: dict[str, Any]) -> Iterator[Fault]:
    if "data_base64" not in event:
        return
    if "data" in event:
        yield fault("invalid", "/data_base64", "may not be there beside data (JSON format section 3.1)")
    if not _is_base64(event["data_base64"]):
        yield fault("invalid", "/data_base64", "must be a text in base64 (RFC 4648)")


def _is_base64(value: Any) -> bool:
    if not isinstance(value, str):
        return False
    try:
        base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


def _sequence_faults(event: dict[str, Any]) -> Iterator[Fault]:
    """The specification writes `Integer`, the profile's example `integer`: both are taken."""
    sequence, kind = event.get("sequence"), event.get("sequencetype")
    if kind in ("Integer", "integer") and not (isinstance(sequence, str) and is_sequence_number(sequence)):
        yield fault("invalid", "/sequence", "must be a whole number from 1 to 2147483647 written as text")
