"""Says in plain words what a model refuses, without ever repeating what the stranger wrote.

Pydantic's own messages quote parts of the input ("found `z` at 0"), so only the kind of error and our
own limits are used.
"""

from collections.abc import Iterator, Sequence
from typing import Any, Final

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from contracts.names import pointer
from contracts.quarantine import Fault
from contracts.strictjson import fault

_MESSAGES: Final = {
    "extra_forbidden": ("unknown-attribute", "is not part of this contract"),
    "missing": ("missing", "is required"),
    "union_tag_not_found": ("missing", "lacks its {discriminator}"),
    "union_tag_invalid": ("invalid", "must have one of these as {discriminator}: {expected_tags}"),
    "string_type": ("invalid", "must be a text"),
    "bool_type": ("invalid", "must be true or false"),
    "int_type": ("invalid", "must be a whole number"),
    "int_from_float": ("invalid", "must be a whole number"),
    "model_type": ("invalid", "must be an object"),
    "dict_type": ("invalid", "must be an object"),
    "tuple_type": ("invalid", "must be an array"),
    "enum": ("invalid", "must be one of: {expected}"),
    "literal_error": ("invalid", "must be {expected}"),
    "string_pattern_mismatch": ("invalid", "must match {pattern}"),
    "string_too_short": ("invalid", "must have at least {min_length} characters"),
    "string_too_long": ("invalid", "may have at most {max_length} characters"),
    "too_long": ("invalid", "may have at most {max_length} items"),
    "too_short": ("invalid", "must have at least {min_length} items"),
    "greater_than_equal": ("invalid", "must be at least {ge}"),
    "less_than_equal": ("invalid", "must be at most {le}"),
    "uuid_parsing": ("invalid", "must be a UUID"),
    "uuid_type": ("invalid", "must be a UUID"),
    "url_type": ("invalid", "must be a URL"),
    "url_parsing": ("invalid", "must be a URL"),
    "url_scheme": ("invalid", "must be a URL that starts with {expected_schemes}"),
    "url_too_long": ("invalid", "may have at most {max_length} characters"),
    "timezone_aware": ("invalid", "must have an offset, such as Z or +01:00"),
    "datetime_type": ("invalid", "must be a time with date, seconds and offset (RFC 3339)"),
    "datetime_parsing": ("invalid", "must be a time with date, seconds and offset (RFC 3339)"),
    "datetime_from_date_parsing": ("invalid", "must be a time with date, seconds and offset (RFC 3339)"),
}
_OTHERWISE: Final = ("invalid", "is not valid")


def model_faults(error: ValidationError, document: Any) -> Iterator[Fault]:
    """Every error of a validation, with its place in the document."""
    details = error.errors(include_url=False, include_input=False)
    return (_fault(detail, document) for detail in details)


def _fault(detail: ErrorDetails, document: Any) -> Fault:
    code, message = _MESSAGES.get(detail["type"], _OTHERWISE)
    where = _place(detail["loc"], document)
    text = "is no name it may have" if detail["loc"][-1:] == ("[key]",) else message
    return fault(code, where, text.format_map(detail.get("ctx", {})))


def _place(steps: Sequence[str | int], document: Any) -> str:
    """Follows the steps through the document, past the ones Pydantic adds: union tags and `[key]`."""
    where, here = "/", document
    for number, step in enumerate(steps):
        if _leads_on(here, step):
            where, here = pointer(where, step), here[step]
        elif number == len(steps) - 1 and step != "[key]":
            where = pointer(where, step)
    return where


def _leads_on(here: Any, step: str | int) -> bool:
    if isinstance(step, int):
        return isinstance(here, list) and step < len(here)
    return isinstance(here, dict) and step in here
