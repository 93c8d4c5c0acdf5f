"""What makes two questions the same, and what a contact says of all its questions; pure."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.questions import Facts, QuestionAsked
from services.intake.contacts import URGENCY, bundle, combined
from services.intake.relations import first_received, merge_fault
from services.intake.repeats import number_of
from services.intake.views import QuestionView
from tests.unit.handoff.play import START

EARLIER = START - timedelta(days=40)
STATUSES = st.lists(st.sampled_from([*URGENCY, "merged", "something-new"]), min_size=1, max_size=6)


def question(reference: str = "A-1", **more: Any) -> QuestionAsked:
    facts = {"channel": "phone", "topic": "recht", **more.pop("facts", {})}
    return QuestionAsked.model_validate({"reference": reference, "first_received_at": START, "facts": facts, **more})


def view(number: int = 1, **more: Any) -> QuestionView:
    known = {"follower": "alfa", "holder": "alfa", "reference": "A-1", "first_received_at": START, "accepted_at": START}
    known |= {"kind": "question", "topic": "recht"}
    return QuestionView.model_validate({"question": UUID(int=number), **known, **more})


@given(STATUSES)
def test_a_contact_has_ended_only_when_all_its_questions_have(statuses):
    assert (combined(statuses) == "ended") == (set(statuses) == {"ended"})
    assert combined(statuses) in statuses


@given(STATUSES, st.randoms(use_true_random=False))
def test_the_most_urgent_counts_whatever_the_order(statuses, dice):
    mixed = dice.sample(statuses, len(statuses))
    assert combined(mixed) == combined(statuses)
    assert combined([*statuses, "asking"]) == "asking"
    assert combined([*statuses, "ended"]) == combined(statuses)


def test_a_bundle_shows_each_question_once():
    found = bundle("C-1", [view(1, status="working"), view(2, status="ended"), view(1, status="working")])
    assert found is not None
    assert (found.status, [one.question for one in found.questions]) == ("working", [UUID(int=1), UUID(int=2)])
    assert bundle("C-1", []) is None


def test_the_number_of_a_question_is_its_reference_topic_and_kind():
    assert number_of("alfa", question()) == number_of("alfa", question(facts={"channel": "desk", "acute": False}))
    different = [
        number_of("alfa", question()),
        number_of("bravo", question()),
        number_of("alfa", question("A-2")),
        number_of("alfa", question(facts={"topic": "wonen"})),
        number_of("alfa", question(facts={"kind": "complaint"})),
        number_of("alfa", question(facts={"topic": None, "agency_topic": "recht"})),
        number_of("alfa", question(split_from=UUID(int=1))),
        number_of("alfa", question(split_from=UUID(int=2))),
    ]
    assert len(set(different)) == len(different)
    assert number_of("alfa", question(facts={"topic": None})) is None


_YES = [name for name, field in Facts.model_fields.items() if field.annotation in (bool, bool | None)]


def test_who_comes_back_in_danger_is_no_repeat():
    numbers = {number_of("alfa", question(facts={name: True})) for name in _YES}
    assert {"danger", "acute", "harrowing", "stuck", "professional_asks", "harmed_parent"} <= set(_YES)
    assert len(numbers - {number_of("alfa", question())}) == len(_YES)
    assert number_of("alfa", question(facts={"danger": True})) == number_of("alfa", question(facts={"danger": True}))


@given(st.integers(-100, 100))
def test_a_part_is_never_later_than_its_whole(hours):
    asked = question(first_received_at=START + timedelta(hours=hours))
    assert first_received(asked, view()) == min(START, asked.first_received_at)
    assert first_received(asked, None) == asked.first_received_at


@pytest.mark.parametrize(
    ("of", "into", "code"),
    [
        ({}, {}, None),
        ({}, {"status": "working"}, None),
        ({}, {"status": "ended"}, "closed"),
        ({}, {"status": "merged"}, "merged"),
        ({}, {"merging": "r-1"}, "merged"),
        ({}, {"follower": "bravo"}, "unknown-question"),
        ({"merging": "r-1"}, {}, "merging"),
        ({"status": "merged"}, {"follower": "bravo"}, None),
        ({"follower": "bravo"}, {"follower": "bravo"}, None),
        ({}, {"first_received_at": EARLIER}, None),
        ({"first_received_at": EARLIER}, {}, "younger"),
        ({}, {"topic": "wonen"}, None),
        ({"kind": "objection"}, {}, "other-kind"),
        ({}, {"kind": "appeal"}, "other-kind"),
        ({"kind": "complaint"}, {}, "other-kind"),
        ({"kind": None}, {"kind": None}, "other-kind"),
        ({"kind": "objection"}, {"kind": "objection"}, None),
        ({"kind": "objection"}, {"kind": "objection", "topic": "wonen"}, "other-topic"),
        ({"kind": "appeal", "topic": None}, {"kind": "appeal", "topic": None}, "other-topic"),
        ({"kind": "appeal", "first_received_at": EARLIER}, {"kind": "appeal"}, "younger"),
    ],
)
def test_which_merge_the_door_lets_through(of, into, code):
    fault = merge_fault("alfa", view(1, **of), view(2, **into))
    assert (fault.code if fault else None) == code
