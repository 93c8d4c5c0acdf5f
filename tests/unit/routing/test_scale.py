"""A table with ten times the rows tries no more rules per question (issue 4, design section 9)."""

from typing import Any

import pytest

from contracts.base import Kind
from contracts.questions import Facts
from routing import Table, decide
from routing.data.model import Rule
from routing.engine.asked import present
from routing.engine.view import view_of
from tests.benchmarks.decide import grown
from tests.unit.routing.cases import AMSTERDAM, TODAY


@pytest.fixture(scope="module")
def both(table: Table) -> tuple[Table, Table]:
    return table, grown(table, 10)


def listed(table: Table) -> list[Rule]:
    """General rules for decisions of some organisations: an ombudsman per municipality adds hundreds."""
    return [one for one in table.rules if not one.topic and isinstance(one.when.get("decision_by"), list)]


def test_a_rule_for_decisions_of_some_is_tried_only_for_those(both: tuple[Table, Table]) -> None:
    view = view_of(both[1], TODAY)
    facts = Facts(channel="phone", kind=Kind.DISCRIMINATION, decision_by="svb")
    rules, _ = view.possible("aow", facts.kind, present(facts), facts.decision_by)
    assert not {one.id for one in listed(both[1])} & {one.rule.id for one in rules}
    rules, _ = view.possible("aow", facts.kind, present(facts), "toeslagen")
    assert [one.rule.id for one in rules if one.deciders] == ["discriminatie-toeslagen"]


QUESTIONS: tuple[dict[str, Any], ...] = (
    {"topic": "aow"},
    {"topic": "bijstand", "residence": AMSTERDAM},
    {"topic": "belastingschuld", "involved": ("belastingdienst", "toeslagen"), "domains": ("tax", "benefits")},
    {"topic": "ww", "kind": Kind.OBJECTION, "decision_by": "uwv"},
    {"topic": None, "kind": Kind.COMPLAINT},
    {"topic": "aow", "kind": Kind.COMPLAINT, "complaint_procedure_used": True, "decision_by": "gemeente-gm0363"},
    {"topic": "aow", "kind": Kind.COMPLAINT, "complaint_procedure_used": True, "decision_by": "gemeente-gm0014"},
    {"topic": "bijstand", "kind": Kind.DISCRIMINATION, "decision_by": "toeslagen"},
    {"topic": "aow", "kind": Kind.APPEAL, "decision_by": "rcn", "residence": {"island": "saba"}},
    {"topic": "overlijden", "life_event": "overlijden", "residence": AMSTERDAM},
)


@pytest.mark.parametrize("asked", QUESTIONS)
def test_no_more_rules_are_tried(both: tuple[Table, Table], asked: dict[str, Any]) -> None:
    facts = Facts(channel="phone", **asked)
    key = (facts.topic, facts.kind, present(facts), facts.decision_by)
    small, large = (view_of(one, TODAY).possible(*key) for one in both)
    assert len(both[1].rules) > 9 * len([one for one in both[0].rules if one.topic]) + 9 * len(listed(both[0]))
    assert [one.rule.id for one in large[0]] == [one.rule.id for one in small[0]]
    assert len(large[1]) == len(small[1])
    assert decide(both[1], facts, source="svb", today=TODAY) == decide(both[0], facts, source="svb", today=TODAY)


def test_a_plain_question_tries_only_the_rules_of_its_topic(table: Table) -> None:
    """General rules wait until somebody gives the fact they look at."""
    for topic in table.topics:
        facts = Facts(topic=topic, channel="phone", residence=AMSTERDAM)
        rules, _ = view_of(table, TODAY).possible(topic, facts.kind, present(facts))
        assert not [one.rule.id for one in rules if one.rule.topic is None and one.rule.priority > 600]
