"""Checks a JSON document against one of our models: everything wrong with it, or the model's instance.

The quick way is for the good document, which is nearly every one: one validation, and one scan of the raw
bytes that decides whether anything in them could be a BSN or a name we have not checked. Only if so, or if
the model refuses, is the document walked value by value to say what is wrong.
"""

import json
import re
from collections.abc import Container, Iterator
from datetime import datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple, TypeVar, get_args, get_origin

from pydantic import AwareDatetime, BaseModel, ValidationError

from contracts.attributes import is_timestamp
from contracts.bsn import holds_bsn
from contracts.modelfaults import model_faults
from contracts.names import pointer
from contracts.privacy import document_faults, structural_faults
from contracts.quarantine import Fault
from contracts.strictjson import MAX_BYTES, WHOLE, fault, parse

MAX_FAULTS: Final = 50
"""More would make the quarantine record larger than the record it is about."""

Model = TypeVar("Model", bound=BaseModel)

_SHAPE: Final = bytes(0x30 if c in b"0123456789" else c if c in b".-/_ T:" else 0x78 for c in range(256))
_TIME_SHAPE: Final = b"0000-00-00T00:00"
_OIN_SHAPE: Final = b"0" * 20
_NINE: Final = re.compile(rb"0{9}(?!0)(?<!0{10})")
_GROUPS: Final = re.compile(rb"0([.\-/_ ])0{1,4}+\1[0]")


class CheckedData(NamedTuple):
    """A body that was checked: the model's instance, or every fault."""

    value: Any
    faults: tuple[Fault, ...] = ()


def check_data(
    value: bytes, model: type[BaseModel], personal: Container[str] = (), largest: int = MAX_BYTES
) -> CheckedData:
    """Checks a bare JSON body, as the HTTP door gets it.

    `personal` names the top-level attributes that carry the person's own words: those go into the
    encrypted store and not on the road, so they are not searched for a BSN or denied names.
    """
    parsed = parse(value, largest)
    if parsed.fault:
        return CheckedData(None, (parsed.fault,))
    if not parsed.repeats and (good := quick(value, parsed.document, model)) is not None:
        return CheckedData(good)
    faults = [*structural_faults(parsed.document), *document_faults(_without(parsed.document, personal))]
    return _conclude(faults, parsed.document, model)


def quick(raw: bytes, document: Any, model: type[Model]) -> Model | None:
    """The instance, if the document is beyond suspicion."""
    if is_suspect(raw) or (_loose(model).search(raw) and any(document_faults(document))):
        return None
    try:
        good = model.model_validate_json(raw, strict=True)
    except ValidationError:
        return None
    return None if any(moment_faults(document, model)) else good


def is_suspect(raw: bytes) -> bool:
    """Whether the bytes hold a BSN, or an escape or other script that could hide one or a control character.

    Only the shape is looked at first (digits as 0, letters as x): that costs a third of a full search.
    """
    if not raw.isascii() or b"\\" in raw or b"%" in raw or b"\x7f" in raw:
        return True
    shape = raw.translate(_SHAPE).replace(_TIME_SHAPE, b"x").replace(_OIN_SHAPE, b"x")
    return bool(_NINE.search(shape) or _GROUPS.search(shape)) and holds_bsn(raw.decode())


def validate(document: Any, model: type[Model]) -> tuple[Model | None, list[Fault]]:
    """The instance or every error. Strict as JSON Schema is: "1" is no number, 1 is no boolean."""
    faults = list(moment_faults(document, model))
    try:
        good = model.model_validate_json(json.dumps(document), strict=True)
    except ValidationError as error:
        return None, [*faults, *model_faults(error, document)]
    return (None, faults) if faults else (good, faults)


def moment_faults(document: Any, model: type[BaseModel], where: str = WHOLE) -> Iterator[Fault]:
    """Times that a lenient reader takes and RFC 3339 does not: to the minute, or seconds since 1970."""
    if isinstance(document, dict):
        for name in _moments(model):
            if isinstance(text := document.get(name), str) and not is_timestamp(text):
                message = "must be a time with date, seconds and offset (RFC 3339)"
                yield fault("invalid", pointer(where, name), message)
        for name, inner in _parts(model):
            yield from moment_faults(document.get(name), inner, pointer(where, name))


def merge(first: list[Fault], then: list[Fault]) -> tuple[Fault, ...]:
    """Each fault once; of a place already reported the model has nothing to add. At most MAX_FAULTS."""
    places = {f.where for f in first}
    faults = list(dict.fromkeys([*first, *(f for f in then if f.where not in places)]))
    if len(faults) <= MAX_FAULTS:
        return tuple(faults)
    rest = fault("more-faults", WHOLE, f"has {len(faults) - MAX_FAULTS} more faults that are not listed")
    return (*faults[:MAX_FAULTS], rest)


def is_bottomless(faults: list[Fault]) -> bool:
    """Nested so deep that writing it out again is not safe."""
    return any(f.code == "too-deep" for f in faults)


def _conclude(faults: list[Fault], document: Any, model: type[BaseModel]) -> CheckedData:
    if is_bottomless(faults):
        return CheckedData(None, merge(faults, []))
    good, more = validate(document, model)
    all_faults = merge(faults, more)
    return CheckedData(None if all_faults else good, all_faults)


def _without(document: Any, names: Container[str]) -> Any:
    if not isinstance(document, dict):
        return document
    return {name: value for name, value in document.items() if name not in names}


@lru_cache(maxsize=256)
def _moments(model: type[BaseModel]) -> tuple[str, ...]:
    return tuple(name for name, field in model.model_fields.items() if _is_moment(field.annotation))


def _is_moment(annotation: Any) -> bool:
    return any(kind in (datetime, AwareDatetime) for kind in _types(annotation))


@lru_cache(maxsize=256)
def _parts(model: type[BaseModel]) -> tuple[tuple[str, type[BaseModel]], ...]:
    """The attributes that are an object with a time in it, at any depth."""
    parts = (
        (name, kind)
        for name, field in model.model_fields.items()
        for kind in _types(field.annotation)
        if isinstance(kind, type) and issubclass(kind, BaseModel)
    )
    return tuple((name, kind) for name, kind in parts if _moments(kind) or _parts(kind))


@lru_cache(maxsize=256)
def _loose(model: type[BaseModel]) -> re.Pattern[bytes]:
    """Finds the attributes whose keys the sender chooses: those names the model does not check."""
    names = sorted(_loose_names(model))
    return re.compile("|".join(f'"{name}"' for name in names).encode() or b"(?!)")


def _loose_names(model: type[BaseModel]) -> set[str]:
    found: set[str] = set()
    for name, field in model.model_fields.items():
        kinds = list(_types(field.annotation))
        if dict in kinds:
            found.add(name)
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= _loose_names(kind)
    return found


def _types(annotation: Any) -> Iterator[Any]:
    """Every class in an annotation, with those inside unions and containers."""
    origin = get_origin(annotation)
    yield annotation if origin is None else origin
    for inner in get_args(annotation):
        yield from _types(inner)
