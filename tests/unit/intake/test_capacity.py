"""An inquiry about capacity: asked, answered once, lapsed; pure."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.capacity import Capacity, CapacityAnswered, CapacityAsked, CapacityInquired, CapacityKnown
from services.intake.capacity import Stand, answer_fault, answered, inquired, shown, told
from tests.unit.handoff.play import START

ID = UUID(int=3)
ASKED = inquired(ID, "alfa", CapacityAsked(organisation="bravo", topic="recht"), START, START + timedelta(hours=2))


def said(answer: Capacity = Capacity.WAITLIST, days: int | None = 14) -> CapacityAnswered:
    return CapacityAnswered(inquiry=ID, answer=answer, waiting_days=days)


@given(st.integers(-10, 1000), st.sampled_from(Capacity), st.none() | st.integers(0, 100))
def test_it_lapses_after_the_norm_and_an_answer_that_still_comes_is_shown(minutes, answer, days):
    now = START + timedelta(minutes=minutes)
    assert shown(ASKED, now).status is (Stand.LAPSED if minutes > 120 else Stand.ASKED)
    after = answered(ASKED, said(answer, days), now)
    assert (shown(after, now).status, after.answer, after.waiting_days) == (Stand.ANSWERED, answer, days)
    assert after.answer_by == ASKED.answer_by


@pytest.mark.parametrize(("agency", "code"), [("bravo", None), ("alfa", "unknown-inquiry"), ("x", "unknown-inquiry")])
def test_only_who_was_asked_answers(agency: str, code: str | None):
    fault = answer_fault(agency, ASKED)
    assert (fault.code if fault else None) == code
    assert answer_fault("bravo", None) == answer_fault("alfa", ASKED), "a stranger learns nothing"


def test_it_is_answered_once():
    fault = answer_fault("bravo", answered(ASKED, said(), START))
    assert fault is not None
    assert fault.code == "already-answered"


def test_what_is_told_has_no_person_in_it():
    first, then = told(ASKED), told(answered(ASKED, said(), START))
    assert isinstance(first, CapacityInquired)
    assert isinstance(then, CapacityKnown)
    names: set[Any] = {*CapacityInquired.model_fields, *CapacityKnown.model_fields}
    known = {"inquiry", "by", "organisation", "topic", "asked_at", "answer_by", "answer", "waiting_days", "answered_at"}
    assert names == known
