"""What may not be in anything that is let in, at any depth: denied names, a BSN, control characters.

Invariant 8 and requirements R-50..R-52 and R-63. Works on parsed JSON of any shape, so the Kafka door and
the HTTP door share it. Faults name the place, never the value.
"""

import math
from collections.abc import Iterator
from typing import Any

from contracts.bsn import holds_bsn
from contracts.denied import is_denied
from contracts.names import Path, place
from contracts.quarantine import Fault
from contracts.strictjson import MAX_DEPTH, Repeated, fault, too_deep


def document_faults(document: Any, path: Path = ()) -> Iterator[Fault]:
    """Every fault in a parsed document, in the order of the document."""
    if len(path) > MAX_DEPTH:
        return
    if isinstance(document, dict):
        for key, value in document.items():
            yield from name_faults(key, (*path, key))
            yield from document_faults(value, (*path, key))
    elif isinstance(document, list):
        for number, item in enumerate(document):
            yield from document_faults(item, (*path, number))
    else:
        yield from _scalar_faults(document, path)


def structural_faults(document: Any, path: Path = ()) -> Iterator[Fault]:
    """What makes the document ambiguous or unreadable, whatever it is about."""
    if len(path) > MAX_DEPTH:
        yield too_deep(place(path))
    elif isinstance(document, dict):
        yield from _repeats(document, path)
        for key, value in document.items():
            yield from structural_faults(value, (*path, key))
    elif isinstance(document, list):
        for number, item in enumerate(document):
            yield from structural_faults(item, (*path, number))
    elif isinstance(document, float) and not math.isfinite(document):
        yield fault("not-json", place(path), "is a number too large for JSON readers")


def name_faults(name: str, path: Path | str) -> Iterator[Fault]:
    """Faults of the name of an attribute or header."""
    if is_denied(name):
        yield fault("denied-attribute", place(path), "may not be asked, kept or passed on")
    yield from text_faults(name, path, "has a name that holds")


def text_faults(text: str, path: Path | str, verb: str = "holds") -> Iterator[Fault]:
    """Faults of a text: a BSN, or characters nobody can see."""
    if holds_bsn(text):
        yield fault("bsn", place(path), f"{verb} a citizen service number (BSN)")
    if has_control_character(text):
        yield fault("control-character", place(path), f"{verb} a control character or another that is no text")


def has_control_character(text: str) -> bool:
    """Characters a CloudEvents String may not have (CloudEvents 1.0, type system)."""
    return not text.isprintable() and any(_is_forbidden(ord(c)) for c in text)


def _is_forbidden(code: int) -> bool:
    control = code < 0x20 or 0x7F <= code <= 0x9F
    surrogate = 0xD800 <= code <= 0xDFFF
    noncharacter = 0xFDD0 <= code <= 0xFDEF or code & 0xFFFE == 0xFFFE
    return control or surrogate or noncharacter


def _repeats(document: dict[str, Any], path: Path) -> Iterator[Fault]:
    if isinstance(document, Repeated):
        for key in document.keys_repeated:
            yield fault("duplicate-key", place((*path, key)), "stands more than once in the same object")


def _scalar_faults(value: Any, path: Path) -> Iterator[Fault]:
    if isinstance(value, str):
        yield from text_faults(value, path)
    elif isinstance(value, int | float) and not isinstance(value, bool) and holds_bsn(str(value)):
        yield fault("bsn", place(path), "holds a citizen service number (BSN)")
