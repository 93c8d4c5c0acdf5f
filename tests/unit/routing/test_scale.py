"""A table with ten times the rows tries no more rules per question (issue 4, design section 9)."""

from typing import Any

import pytest

from contracts.base import Kind
from contracts.questions import Facts
from routing import Table, decide
from routing.engine.asked import present
from routing.engine.view import view_of
from tests.benchmarks.decide import grown
from tests.unit.routing.cases import AMSTERDAM, TODAY


@pytest.fixture(scope="module")
def both(table: Table) -> tuple[Table, Table]:
    return table, grown(table, 10)


QUESTIONS: tuple[dict[str, Any], ...] = (
    {"topic": "aow"},
    {"topic": "bijstand", "residence": AMSTERDAM},
    {"topic": "belastingschuld", "involved": ("belastingdienst", "toeslagen"), "domains": ("tax", "benefits")},
    {"topic": "ww", "kind": Kind.OBJECTION, "decision_by": "uwv"},
    {"topic": None, "kind": Kind.COMPLAINT},
    {"topic": "overlijden", "life_event": "overlijden", "residence": AMSTERDAM},
)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_no_more_rules_are_tried(both: tuple[Table, Table], asked: dict[str, Any]) -> None:
    facts = Facts(channel="phone", **asked)
    small, large = (view_of(one, TODAY).possible(facts.topic, facts.kind, present(facts)) for one in both)
    assert len(both[1].rules) > 9 * len([one for one in both[0].rules if one.topic])
    assert [one.rule.id for one in large[0]] == [one.rule.id for one in small[0]]
    assert len(large[1]) == len(small[1])
    assert decide(both[1], facts, source="svb", today=TODAY) == decide(both[0], facts, source="svb", today=TODAY)


def test_a_plain_question_tries_only_the_rules_of_its_topic(table: Table) -> None:
    """General rules wait until somebody gives the fact they look at."""
    for topic in table.topics:
        facts = Facts(topic=topic, channel="phone", residence=AMSTERDAM)
        rules, _ = view_of(table, TODAY).possible(topic, facts.kind, present(facts))
        assert not [one.rule.id for one in rules if one.rule.topic is None and one.rule.priority > 600]
