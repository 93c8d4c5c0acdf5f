"""The door's bookkeeping: what counts as what, and when two events with one id are the same."""

from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.quarantine import Fault
from services.intake.accounts import tallies_of
from services.intake.inputs import Input
from services.intake.known import digest_of, question_of
from tests.unit.handoff.play import QUESTION, START
from tests.unit.intake.test_admission import asked
from tests.unit.intake.test_admission import given as reply

FAULT = Fault(code="missing", where="/id", message="is required")


def came(offset: int = 0, door: str = "gvd.in.alfa", event: Any = None, **became: Any) -> Input:
    return Input("alfa", door, 0, offset, 0, event or asked(), became.pop("faults", []), **became)


def test_received_is_accepted_and_refused_and_duplicate():
    inputs = [came(4), came(5, faults=[FAULT]), came(6, duplicate=True), came(7, duplicate=True, faults=[FAULT])]
    (tally,) = tallies_of(inputs)
    assert (tally.received, tally.accepted, tally.refused, tally.duplicates) == (4, 1, 2, 1)
    assert tally.next_offset == 8


def test_what_came_late_is_not_counted_again():
    assert tallies_of([came(3, late=True)]) == []
    (tally,) = tallies_of([came(3, late=True), came(4)])
    assert (tally.received, tally.next_offset) == (1, 5)


@given(st.lists(st.tuples(st.sampled_from("ab"), st.booleans(), st.booleans(), st.booleans()), max_size=20))
def test_nothing_is_counted_twice_or_not_at_all(came_in):
    inputs = [
        came(offset, door, faults=[FAULT] if bad else [], duplicate=twice, late=late)
        for offset, (door, bad, twice, late) in enumerate(came_in)
    ]
    tallies = tallies_of(inputs)
    assert sum(t.received for t in tallies) == sum(not one.late for one in inputs)
    for tally in tallies:
        assert tally.received == tally.accepted + tally.refused + tally.duplicates


def test_the_same_words_are_the_same_event_and_other_words_are_not():
    assert digest_of(came(1)) == digest_of(came(2))
    assert digest_of(came(event=asked(topic="aow"))) != digest_of(came())
    assert digest_of(came(event=asked(kind="question", submitter="citizen"))) == digest_of(came()), "said or left out"
    assert digest_of(came(event=reply(action="receive"))) != digest_of(came(event=reply(action="accept")))


def test_a_reply_is_about_its_question_and_a_question_gets_a_fresh_id():
    assert question_of(came(event=reply(action="receive")), START) == QUESTION
    first, second = (question_of(came(), START) for _ in range(2))
    assert first != second
    assert first.version == 7


@pytest.mark.parametrize("became", [{"faults": [FAULT]}, {"duplicate": True}])
def test_refused_and_repeated_input_is_not_new(became):
    assert came().new
    assert not came(**became).new


def test_what_could_not_be_read_is_not_new():
    unread = came()
    unread.event = None
    assert not unread.new
    assert isinstance(question_of(unread, START), UUID)
