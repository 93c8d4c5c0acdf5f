"""A triage desk that had the question hears that it ended."""

from datetime import UTC, datetime
from uuid import UUID

from contracts.base import Kind
from contracts.following import QuestionEnded
from contracts.handoffs import QuestionOutcome
from services.delivery.model import recipients


def ended(desk: str | None) -> QuestionEnded:
    return QuestionEnded(
        question=UUID(int=1),
        question_version=3,
        follower="duo",
        desk=desk,
        reference="D-1",
        kind=Kind.QUESTION,
        outcome=QuestionOutcome.WITHDRAWN_BY_CITIZEN,
        by="duo",
        at=datetime(2026, 1, 1, tzinfo=UTC),
        hops=0,
    )


def test_the_desk_hears_of_the_end_of_what_it_had():
    assert recipients(ended("triage")) == ["duo", "triage"]


def test_without_a_desk_only_the_follower_hears():
    assert recipients(ended(None)) == ["duo"]
