"""Reading inner events: what is wanted, what is only ticked off, what is poison; and what we write ourselves."""

import json
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.cloudevents import Profile, check_structured
from contracts.events import HANDOFFS, DecisionMadeEvent, HandoffsEvent
from services.platform.events import TYPE_OF, Emit, Reader, outgoing
from tests.unit.handoff.play import QUESTION, SOURCE, START, offered

READER = Reader(HandoffsEvent)


def written(**changes: Any) -> bytes:
    data = offered().said[-1]
    event = json.loads(outgoing(SOURCE, Emit(HANDOFFS, data), QUESTION, 7, START, None).value)
    event.update(changes)
    return json.dumps({name: value for name, value in event.items() if value is not None}).encode()


def test_what_was_written_is_read_back():
    data = offered().said[-1]
    sent = outgoing(SOURCE, Emit(HANDOFFS, data), QUESTION, 7, START, None)
    read = READER.read(HANDOFFS, sent.value)
    assert (read.topic, read.key, read.sequence, read.value) == (HANDOFFS, QUESTION, 7, sent.value)
    assert (read.event.data, read.event.time, read.event.type) == (data, START, sent.type)


def test_what_we_write_passes_the_check_of_a_stranger():
    checked = check_structured(written(), Profile.NLGOV)
    assert checked.faults == ()


def test_the_same_event_written_again_has_the_same_bytes():
    data = offered().said[-1]
    one, two = (outgoing(SOURCE, Emit(HANDOFFS, data), QUESTION, 7, START, None) for _ in range(2))
    assert one == two


def test_an_event_of_another_type_is_only_ticked_off():
    read = Reader(DecisionMadeEvent).read(HANDOFFS, written())
    assert (read.key, read.sequence, read.event) == (QUESTION, 7, None)


def test_a_type_from_the_future_is_only_ticked_off():
    read = READER.read(HANDOFFS, written(type="nl.geenverkeerdedeur.handoff.teleported.v9", data={"x": 1}))
    assert (read.key, read.sequence, read.event) == (QUESTION, 7, None)


def test_a_newer_producer_may_say_more():
    data = json.loads(written())["data"] | {"mood": "sunny"}
    read = READER.read(HANDOFFS, written(data=data, priority="high"))
    assert read.event.data == offered().said[-1]


def test_an_unwanted_event_that_quotes_a_wanted_type_is_not_taken_for_it():
    wanted = "nl.geenverkeerdedeur.handoff.requested.v1"
    read = READER.read(HANDOFFS, written(type="nl.geenverkeerdedeur.other.v1", data={"about": wanted}))
    assert (read.event, read.sequence) == (None, 7)


POISON = {
    "nothing": b"",
    "not JSON": b"\xff\xfe",
    "half": b'{"subject":',
    "a list": b"[]",
    "a number": b"7",
    "no subject": written(subject=None),
    "no key": written(subject="the-question"),
    "a number as subject": written(subject=7),
    "no sequence": written(sequence=None),
    "a sequence that is no number": written(sequence="seven"),
    "a sequence that cannot be stored": written(sequence="9999999999"),
    "a sequence before the first": written(sequence="0"),
    "an unwanted one below the first": written(sequence=-1, type="nl.geenverkeerdedeur.other.v1"),
    "an unwanted one without end": written(type="other").replace(b'"sequence": "7"', b'"sequence": 1e999'),
    "wanted, but its data do not fit": written(data={}),
    "wanted, without data": written(data=None),
    "a type that is no text": written(type=7),
    "a type that is null": written().replace(b'"nl.geenverkeerdedeur.handoff.requested.v1"', b"null"),
    "deep": b"[" * 100_000,
}


@pytest.mark.parametrize("value", POISON.values(), ids=POISON.keys())
def test_poison_is_a_value_error_and_nothing_else(value):
    with pytest.raises(ValueError):  # noqa: PT011 - that it is this one and no other is the contract
        READER.read(HANDOFFS, value)


@given(
    st.binary(max_size=200)
    | st.recursive(st.none() | st.text() | st.integers(), st.lists).map(json.dumps).map(str.encode)
)
def test_whatever_comes_it_is_read_or_refused(value):
    try:
        READER.read(HANDOFFS, value)
    except ValueError:
        return


@given(
    st.dictionaries(
        st.sampled_from(["subject", "sequence", "type", "data", "time", "id"]),
        st.none()
        | st.integers()
        | st.text(max_size=8)
        | st.lists(st.none(), max_size=2)
        | st.dictionaries(st.text(), st.none()),
    )
)
def test_whatever_stands_in_the_envelope_it_is_read_or_refused(changes):
    event = json.loads(WRITTEN) | changes
    try:
        read = READER.read(HANDOFFS, json.dumps(event).encode())
    except ValueError:
        return
    assert isinstance(read.key, UUID)
    assert isinstance(read.sequence, int)


WRITTEN = written()


def test_every_data_contract_belongs_to_one_type():
    assert len(set(TYPE_OF.values())) == len(TYPE_OF)
