"""One more question is a real outcome: every answer leads somewhere, soon, and who does not know meets a human."""

from collections.abc import Iterator
from typing import Any

import pytest

from contracts.base import Kind
from contracts.decisions import Decision, DecisionOutcome
from contracts.questions import Facts, Residence
from routing import Table, decide
from tests.unit.routing.cases import TODAY, lead

MOST_QUESTIONS = 3
BEGINNINGS: tuple[dict[str, Any], ...] = (
    {},
    {"residence": Residence(postcode="1011")},
    {"residence": Residence(abroad=True)},
    {"residence": Residence(island="bonaire")},
    {"involved": ("svb",)},
    {"decision_by": "gemeente-gm0001"},
)


def ways(table: Table, facts: Facts, asked: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Facts, Decision]]:
    """Every way through the questions, each as far as it goes."""
    decision = decide(table, facts, source="uwv", today=TODAY)
    if decision.ask is None or len(asked) > MOST_QUESTIONS:
        yield asked, facts, decision
        return
    assert decision.ask.code not in asked, "asked twice"
    for answer in decision.ask.answers:
        answers = {**facts.answers, decision.ask.code: answer.code}
        yield from ways(table, facts.model_copy(update={"answers": answers}), (*asked, decision.ask.code))


@pytest.mark.parametrize("kind", list(Kind))
def test_every_answer_to_every_question_leads_somewhere_in_three_questions(table: Table, kind: Kind) -> None:
    met: set[str] = set()
    for topic in (None, *table.topics):
        for beginning in BEGINNINGS:
            for asked, facts, decision in ways(table, Facts(topic=topic, kind=kind, channel="web", **beginning)):
                assert decision.outcome is not DecisionOutcome.ASK, (topic, facts.answers)
                assert len(asked) <= MOST_QUESTIONS
                assert decision.lead is not None or decision.outcome is DecisionOutcome.RETURN
                met.update(asked)
    if kind is Kind.QUESTION:
        never = {"lukt-zelf", "vroeg-signaal", "vastgelopen-door", "besluit-van", "welke-gemeente", "gemeente-besluit"}
        assert met >= table.questions.keys() - never


def test_who_does_not_know_meets_a_human(table: Table) -> None:
    """The one answer every question has; it never brings the same question back."""
    for topic in table.topics:
        for asked, facts, decision in ways(table, Facts(topic=topic, channel="phone")):
            unknown = [code for code in asked if facts.answers[code] == table.questions[code].unknown]
            if unknown:
                assert decision.lead is not None
                assert decision.lead.contact.phone or decision.lead.contact.desk


@pytest.mark.parametrize("answer", ["staat-er-niet-bij", "weet-niet"])
def test_the_decision_says_why_an_answer_led_nowhere(table: Table, answer: str) -> None:
    facts = Facts(topic="pgb", channel="phone", answers={"pgb-wet": answer})
    decision = decide(table, facts, source="svb", today=TODAY)
    assert lead(decision) == "triage"
    says = "hoort niet bij" if answer == "staat-er-niet-bij" else "niet bekend"
    assert any("pgb-wet" in one.why and says in one.why for one in decision.alternatives)
