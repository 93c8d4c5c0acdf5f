"""What decisions teach: each counted once, and a lesson only when enough people say the same."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.decisions import Refusal
from services.platform.events import Emit, outgoing
from services.router.lessons import AGAIN, REPEATED, UNKNOWN_CODE, Life, Ruled, Taught, due, sentence
from tests.unit.router.test_router_fold import Asked, requested

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
QUESTION = UUID(int=7)


def as_journaled(made: Any) -> dict[str, Any]:
    """The event as the journal keeps it."""
    sent = outgoing("urn:nld:oin:00000099000000001000:systeem:gvd-router", Emit("t", made), QUESTION, 1, NOW, None)
    found: dict[str, Any] = orjson.loads(sent.value)
    return found


def taught(*made: Any, rules: tuple[str, ...] = ("recht",)) -> Taught:
    found = Taught(dict.fromkeys(rules, "recht"))
    for one in made:
        found.hear(QUESTION, as_journaled(one) if not isinstance(one, dict) else one)
    return found


def test_a_refusal_is_about_the_rule_that_chose() -> None:
    asked = Asked("recht")
    refusal = Refusal(by="alfa", reason="not-competent", suggested="echo")
    again = asked.says(requested("declined", 1, declined=("alfa",), refusal=refusal))
    found = taught(asked.first, again)
    ruled = Ruled(asked.first.decision.table_version, "recht")
    assert found.decisions[ruled] == 2
    assert found.refused == {ruled: 1}
    assert found.suggestions == {("recht", "recht", "echo")}
    assert taught(asked.first, again, rules=("samen",)).suggestions == set()
    [one] = found.refusals
    assert (one.question, one.decision, one.by, one.reason, one.at) == (QUESTION, 2, "alfa", "not-competent", NOW)


def test_a_question_with_an_agencys_own_code_is_about_the_topic_of_the_rule() -> None:
    asked = Asked("recht")
    refusal = Refusal(by="alfa", reason="not-competent", suggested="echo")
    event = as_journaled(asked.says(requested("declined", 1, declined=("alfa",), refusal=refusal)))
    del event["data"]["facts"]["topic"]
    assert taught(event).suggestions == {("recht", "recht", "echo")}


def test_a_refusal_that_names_nobody_counts_but_suggests_nothing() -> None:
    asked = Asked("recht")
    again = asked.says(requested("declined", 1, declined=("alfa",), refusal=Refusal(by="alfa", reason="no-capacity")))
    found = taught(asked.first, again)
    assert sum(found.refused.values()) == 1
    assert found.suggestions == set()


def test_a_humans_choice_overrules_the_decision_before() -> None:
    asked = Asked("recht")
    placed = asked.says(requested("placed", 0, organisation="echo", by="triage", because="kent-de-persoon"))
    assert taught(asked.first, placed).overruled == [(QUESTION, 1)]
    assert taught(asked.first).overruled == []


def test_a_code_without_mapping_counts_once_per_question() -> None:
    event = as_journaled(Asked("onbekend-terrein").first)
    event["data"]["facts"] |= {"agency_topic": "X-12", "topic": None}
    event["data"]["decision"]["rule"] = UNKNOWN_CODE
    later = {**event, "data": {**event["data"], "number": 2}}
    assert [(one.agency, one.code) for one in taught(event, later).codes] == [("delta", "X-12")]


@given(st.integers(0, 200), st.integers(0, 200))
def test_a_lesson_is_raised_when_enough_say_so_and_again_when_it_has_doubled(said: int, weighed: int) -> None:
    assert due(None, None, said) == (said >= REPEATED)
    assert not due(Life.OPEN, None, said)
    for decided in (Life.REJECTED, Life.ACCEPTED):
        assert due(decided, weighed, said) == (said >= AGAIN * max(weighed, REPEATED))


@pytest.mark.parametrize("number", ["12", "40", "3"])
def test_the_sentence_has_the_counts(number: str) -> None:
    assert number in sentence("zorgtoeslag", 12, 40, 3, "cak")
