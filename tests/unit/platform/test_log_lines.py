"""No personal data in a log line, whatever is thrown at the logger (invariant 8)."""

import io
import json
import sys
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st

from services.platform import logging as gvd

PERSON = "Truus-van-de-Wetering"


class Output:
    """Stands where standard output was."""

    def __init__(self) -> None:
        self.buffer = io.BytesIO()

    def lines(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.buffer.getvalue().splitlines()]
        self.buffer.seek(0)
        self.buffer.truncate()
        return lines


@pytest.fixture(scope="module")
def output():
    with pytest.MonkeyPatch.context() as patch:
        written = Output()
        patch.setattr(sys, "stdout", written)
        gvd.configure("router", "INFO")
        yield written
    structlog.reset_defaults()
    structlog.contextvars.clear_contextvars()


@pytest.fixture(scope="module")
def log(output) -> Any:
    return structlog.get_logger()


def test_a_line_says_what_happened_where_and_when(output, log):
    log.info("batch", records=3, milliseconds=1.5)
    (line,) = output.lines()
    assert {name: line[name] for name in ("event", "service", "level", "records", "milliseconds")} == {
        "event": "batch",
        "service": "router",
        "level": "info",
        "records": 3,
        "milliseconds": 1.5,
    }
    assert line["timestamp"].endswith("Z")


def test_a_level_below_the_one_asked_for_is_silent(output, log):
    log.debug("batch")
    assert output.lines() == []


#: Every way to carry a name to the logger under a field that nobody put on the list.
CARRIERS: list[Callable[[str], Any]] = [
    lambda name: name,
    lambda name: [name],
    lambda name: {"name": name},
    lambda name: ValueError(name),
    lambda name: name.encode(),
    lambda name: (name, 1),
    lambda name: {name},
    lambda name: type(name, (), {}),
]
UNKNOWN = st.from_regex(r"[a-z_]{1,12}", fullmatch=True).filter(lambda name: name not in gvd.FIELDS)
CALLS = st.sampled_from(["info", "warning", "error", "critical"])


@given(CALLS, st.dictionaries(UNKNOWN, st.sampled_from(CARRIERS), min_size=1, max_size=4))
def test_a_field_that_is_not_on_the_list_does_not_reach_the_log(output, log, call, fields):
    getattr(log, call)("batch", **{name: carry(PERSON) for name, carry in fields.items()})
    (line,) = output.lines()
    assert PERSON not in json.dumps(line)
    assert set(line) <= gvd.FIELDS


@given(CALLS, st.sampled_from(sorted(gvd.FIELDS - {"event"})), st.sampled_from(CARRIERS[1:]))
def test_a_listed_field_carries_no_structure_and_no_exception(output, log, call, name, carry):
    getattr(log, call)("batch", **{name: carry(PERSON)})
    assert PERSON not in json.dumps(output.lines())


@given(st.sampled_from(["exc_info", "stack_info", "exception", "stack", "extra"]), st.sampled_from(CARRIERS))
def test_no_trace_of_an_exception(output, log, field, carry):
    try:
        raise ValueError(PERSON)
    except ValueError:
        log.exception("batch.failed")
        log.error("batch.failed", **{field: carry(PERSON)})
        log.error("batch.failed", **{field: True})
    assert PERSON not in json.dumps(output.lines())


def test_an_exception_is_named_by_its_class_only():
    name = gvd.error_name(UnicodeDecodeError("utf-8", PERSON.encode(), 0, 1, PERSON))
    assert name == "builtins.UnicodeDecodeError"


def test_known_scalars_pass(output, log):
    log.info("x", agency="svb", number=UUID(int=1), attempt=None)
    (line,) = output.lines()
    assert (line["agency"], line["number"], line["attempt"]) == ("svb", str(UUID(int=1)), None)


def test_no_listed_field_names_a_thing_of_the_person():
    personal = {"name", "phone", "email", "address", "text", "message", "error", "value", "data", "body", "key", "id"}
    assert not personal & gvd.FIELDS
