"""Ids in time order or made again by a repeat; traces that travel along and are made again too."""

import re
from datetime import UTC, datetime, timedelta
from uuid import RFC_4122

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.platform import ids, trace

MOMENTS = st.datetimes(
    min_value=datetime(1970, 1, 2),  # noqa: DTZ001 - hypothesis adds the zone
    max_value=datetime(2999, 1, 1),  # noqa: DTZ001
    timezones=st.just(UTC),
)
W3C = re.compile(r"00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}")
PARENT = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-00"


@given(MOMENTS)
def test_a_fresh_id_is_a_uuid_of_version_7_with_the_moment_in_front(moment):
    made = ids.time_ordered(moment)
    assert (made.version, made.variant) == (7, RFC_4122)
    assert made.int >> 80 == int(moment.timestamp() * 1000)


@given(MOMENTS, st.integers(1, 10**9))
def test_a_later_moment_gives_a_higher_id(moment, milliseconds):
    assert ids.time_ordered(moment) < ids.time_ordered(moment + timedelta(milliseconds=milliseconds))


def test_fresh_ids_of_one_moment_differ():
    moment = datetime(2026, 11, 23, tzinfo=UTC)
    assert len({ids.time_ordered(moment) for _ in range(10_000)}) == 10_000


@given(st.lists(st.integers() | st.uuids() | st.from_regex(r"[a-z.-]{1,20}", fullmatch=True), min_size=1))
def test_the_same_parts_give_the_same_id(parts):
    assert ids.derived(*parts) == ids.derived(*parts)
    assert ids.derived(*parts).version == 5
    assert ids.derived(*parts) != ids.derived(*parts, 1)


def test_a_derived_id_is_the_same_in_years():
    """Stored ids point at each other: the way they are made may never change."""
    assert str(ids.derived("gvd.handoffs", "q", 1)) == "2152e401-d374-5dc9-aa6d-dd910fd56398"


@given(st.text(max_size=60), st.none() | st.just(PARENT) | st.text(max_size=60))
def test_a_traceparent_has_the_w3c_form_and_is_made_again_by_a_repeat(event_id, parent):
    made = trace.child(parent, event_id)
    assert W3C.fullmatch(made)
    assert made == trace.child(parent, event_id)


@given(st.text(max_size=60))
def test_the_trace_goes_on_under_a_span_of_its_own(event_id):
    made = trace.child(PARENT, event_id)
    assert (made[:35], made[-2:]) == (PARENT[:35], "00")
    assert made[36:52] != PARENT[36:52]


@pytest.mark.parametrize(
    "parent",
    [
        None,
        "",
        "00-xyz",
        PARENT.upper(),
        PARENT.replace("00-", "01-", 1),
        PARENT + "-more",
        "00-" + "0" * 32 + PARENT[35:],
        PARENT + "\n",
    ],
    ids=str,
)
def test_what_is_no_traceparent_starts_a_new_trace(parent):
    made = trace.child(parent, "event-1")
    assert made == trace.child(None, "event-1")
    assert made[3:35] != trace.child(None, "event-2")[3:35]


def test_two_events_of_one_cause_have_one_trace_and_two_spans():
    one, two = trace.child(PARENT, "1"), trace.child(PARENT, "2")
    assert one[3:35] == two[3:35]
    assert one[36:52] != two[36:52]
