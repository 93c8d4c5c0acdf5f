"""Reads JSON from strangers: UTF-8, every key once, no NaN, no bomb; says what is wrong, never raises.

RFC 8259 leaves repeated keys and huge nesting to the reader. Two readers that choose differently see two
different events, so both are refused here.
"""

import json
from dataclasses import dataclass
from typing import Any, Final

from contracts.quarantine import Fault

MAX_BYTES: Final = 64 * 1024
"""What every CloudEvents intermediary must forward (CloudEvents 1.0, size limits); we take no more."""

MAX_DEPTH: Final = 32
WHOLE: Final = "/"


class Repeated(dict[str, Any]):
    """An object in which a key stood more than once."""

    keys_repeated: tuple[str, ...] = ()


class RepeatedKeyError(Exception):
    """The quick reader met a repeated key; the other one can say where."""


@dataclass(frozen=True, slots=True)
class Parsed:
    """The document, or the one fault for which it could not be read."""

    document: Any = None
    fault: Fault | None = None
    repeats: bool = False


def fault(code: str, where: str, message: str) -> Fault:
    """A fault that fits its limits, whatever the name of the attribute it is about."""
    return Fault(code=code, where=where[:200], message=message[:300])


def parse(value: bytes, largest: int = MAX_BYTES) -> Parsed:
    """The document in the bytes. Size is looked at before anything else."""
    if len(value) > largest:
        return Parsed(fault=fault("too-large", WHOLE, f"is larger than {largest} bytes"))
    try:
        return _read(value.decode())
    except UnicodeDecodeError as error:
        return Parsed(fault=fault("not-utf8", WHOLE, f"is not UTF-8 at byte {error.start}"))
    except json.JSONDecodeError as error:
        return Parsed(fault=_not_json(error))
    except RecursionError:
        return Parsed(fault=too_deep(WHOLE))
    except ValueError:
        return Parsed(fault=fault("not-json", WHOLE, "holds a number that JSON or this system does not have"))


def _read(text: str) -> Parsed:
    try:
        return Parsed(_QUICK.decode(text))
    except RepeatedKeyError:
        return Parsed(_TELLING.decode(text), repeats=True)


def too_deep(where: str) -> Fault:
    return fault("too-deep", where, f"is nested deeper than {MAX_DEPTH} levels")


def _not_json(error: json.JSONDecodeError) -> Fault:
    where = f"line {error.lineno}, column {error.colno}"
    if error.msg.startswith("Invalid control character") or "\x00" in error.doc:
        return fault("control-character", WHOLE, f"holds a control character that JSON forbids ({where})")
    return fault("not-json", WHOLE, f"is not JSON ({where})")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    whole = dict(pairs)
    if len(whole) != len(pairs):
        raise RepeatedKeyError
    return whole


def _with_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    seen: set[str] = set()
    repeats: dict[str, None] = {}
    for key, _ in pairs:
        if key in seen:
            repeats[key] = None
        seen.add(key)
    if not repeats:
        return dict(pairs)
    whole = Repeated(pairs)
    whole.keys_repeated = tuple(repeats)
    return whole


def _no_constant(_: str) -> Any:
    raise ValueError


_QUICK = json.JSONDecoder(object_pairs_hook=_object, parse_constant=_no_constant)
_TELLING = json.JSONDecoder(object_pairs_hook=_with_repeats, parse_constant=_no_constant)
