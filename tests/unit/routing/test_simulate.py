"""Before a table is published, its owner sees for whom it changes something, and how many."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import islice
from typing import Any

import pytest

from contracts.base import Channel, Kind
from contracts.decisions import DecisionOutcome
from contracts.questions import Facts, Residence
from routing import Table, load
from routing.data.model import Validity
from routing.engine.decide import decide
from routing.versions.simulate import EXAMPLES, Case, Failure, cases_of, simulate
from routing.versions.standing import standing

DAY = date(2026, 11, 23)


@pytest.fixture(scope="module")
def old() -> Table:
    return load()


def with_rule(table: Table, name: str, **changed: Any) -> Table:
    assert any(rule.id == name for rule in table.rules)
    rules = tuple(replace(rule, **changed) if rule.id == name else rule for rule in table.rules)
    return replace(table, version="candidate", rules=rules, views={}, remembered={})


def case(topic: str, source: str = "belastingdienst", **more: Any) -> Case:
    return Case(
        facts=Facts(topic=topic, channel=Channel.PHONE, residence=Residence(municipality="gm0363")),
        source=source,
        **more,
    )


def test_it_counts_for_whom_and_shows_both_explanations(old: Table) -> None:
    new = with_rule(old, "aow", to="uwv")
    cases = [*[case("aow")] * 3, case("aow", "duo"), case("wia"), case("aow", declined=("svb",))]
    found = simulate(old, new, cases, today=DAY)
    assert (found.total, found.moved, found.told, found.explained, found.same, found.failed) == (6, 5, 0, 0, 1, 0)
    assert found.groups["follower"] == {("belastingdienst",) * 2: 4, ("duo", "duo"): 1}
    assert found.groups["move"]["svb", "uwv"] == 4
    assert found.groups["topic"] == {("aow", "aow"): 5}
    assert found.groups["rule"]["aow", "aow"] == 4
    assert found.groups["outcome"]["responsible", "responsible"] == 4
    first = found.examples[0]
    assert first.number == 1
    assert (first.old.lead, first.new.lead) != (None, None)
    assert "SVB" in first.old.reason
    assert "UWV" in first.new.reason
    for words in ("5 komen ergens anders uit", "svb → uwv", "nu: ", "straks: "):
        assert words in found.text()
    assert json.loads(json.dumps(found.plain()))["per_move"][0] == {"old": "svb", "new": "uwv", "count": 4}


@pytest.mark.parametrize(
    ("changed", "what"),
    [
        ({"tell": "De SVB kan u daar alles over vertellen."}, "told"),
        ({"norm": "spoed"}, "told"),
        ({"basis": "AOW, artikel 1"}, "explained"),
        ({"checked": False}, "same"),
    ],
)
def test_what_the_person_notices_is_apart_from_what_only_we_notice(old: Table, changed: Any, what: str) -> None:
    found = simulate(old, with_rule(old, "aow", **changed), [case("aow")], today=DAY)
    assert {name: getattr(found, name) for name in ("moved", "told", "explained", "same")} == {
        **dict.fromkeys(("moved", "told", "explained", "same"), 0),
        what: 1,
    }


def test_another_question_first_is_a_move(old: Table) -> None:
    new = with_rule(old, "aow", to="municipality-of-residence")
    nowhere = case("aow").model_copy(update={"facts": Facts(topic="aow", channel=Channel.WEB)})
    found = simulate(old, new, [nowhere], today=DAY)
    assert list(found.groups["move"]) == [("svb", "vraag woongemeente")]
    assert list(found.groups["outcome"]) == [("responsible", "ask")]


def test_on_a_day_of_the_case_or_as_if_all_came_on_one_day(old: Table) -> None:
    """A candidate that starts next year changes nothing for the past, and everything from its first day."""
    start = DAY + timedelta(days=60)
    rule = next(rule for rule in old.rules if rule.id == "aow")
    ends = replace(rule, validity=Validity(rule.validity.valid_from, start - timedelta(days=1)))
    follows = replace(rule, id="aow-nieuw", to="uwv", validity=Validity(start))
    rules = (*(one for one in old.rules if one.id != "aow"), ends, follows)
    new = replace(old, version="candidate", rules=rules, views={}, remembered={})
    cases = [case("aow", day=DAY), case("aow")]
    assert simulate(old, new, cases, today=DAY).moved == 0
    assert simulate(old, new, cases, today=start).moved == 1
    assert simulate(old, new, cases, today=DAY, on=start).moved == 2


def test_a_question_that_breaks_the_candidate_is_a_fault_and_the_rest_goes_on(old: Table) -> None:
    broken = with_rule(old, "aow", outcome="bestaat-niet")
    found = simulate(old, broken, [case("aow")] * 30 + [case("wia")], today=DAY)
    assert (found.failed, found.same, len(found.failures)) == (30, 1, EXAMPLES)
    assert found.failures[0].number == 1
    assert found.failures[0].why.startswith("ValueError")
    assert "30 gaven een fout" in found.text()
    assert found.plain()["failed"] == 30


def test_a_file_of_questions_is_read_line_by_line() -> None:
    good = case("aow", declined=("svb",), hops=1, day=DAY)
    lines = [good.model_dump_json(), "", "geen json", '{"facts": {"nationaliteit": "x"}, "source": "svb"}']
    first, second, third = cases_of(lines)
    assert first == good
    assert isinstance(second, Failure)
    assert isinstance(third, Failure)
    assert (second.number, third.number) == (2, 3)
    assert "facts.nationaliteit" in third.why
    assert "geen json" not in second.why


def test_memory_does_not_grow_with_the_number_of_cases(old: Table) -> None:
    """Only what the tables know is counted by name: topics and doors made up by whoever asks are one group."""
    new = with_rule(old, "gevaar", to="uwv")

    def strange() -> Iterator[Case]:
        for number in range(2_000):
            facts = Facts(topic=f"x-{number}", channel=Channel.WEB, danger=True)
            yield Case(facts=facts, source=f"deur-{number}")

    found = simulate(old, new, strange(), today=DAY)
    assert found.moved == 2_000
    assert [len(counts) for counts in found.groups.values()] == [1] * len(found.groups)
    assert len(found.examples) == 1


def test_the_standing_questions_reach_every_rule_in_force(old: Table) -> None:
    """What nobody asks cannot be seen to change, so the made-up questions try every rule, on every ladder."""
    missed = {rule.id for rule in old.rules if rule.validity.on(DAY)}
    for ladder in sorted(old.settings.ladders):
        table = replace(old, settings=replace(old.settings, ladder=ladder), views={}, remembered={})
        found = simulate(table, table, standing(table, table, DAY), today=DAY)
        assert found.failed == found.moved == 0
        assert found.total == found.same > 10 * len(old.topics)
        missed &= set(found.never_hit)
    assert sorted(missed) == []


def test_the_standing_questions_are_always_the_same_and_hold_new_topics(old: Table) -> None:
    topic = replace(old.topics["aow"], code="nieuw-onderwerp")
    rule = replace(next(rule for rule in old.rules if rule.id == "aow"), id="nieuw", topic="nieuw-onderwerp")
    new = replace(old, topics={**old.topics, topic.code: topic}, rules=(*old.rules, rule), views={}, remembered={})
    once = list(standing(old, new, DAY))
    assert once[:500] == list(islice(standing(old, new, DAY), 500))
    assert {one.facts.kind for one in once if one.facts.topic == "nieuw-onderwerp"} == set(Kind)
    found = simulate(old, new, once, today=DAY)
    assert set(found.groups["topic"]) == {("nieuw-onderwerp",) * 2}
    assert found.groups["outcome"]["triage", "responsible"] > 0


def test_every_outcome_is_among_the_standing_questions(old: Table) -> None:
    made = {decide(old, one.facts, source=one.source, today=DAY).outcome for one in standing(old, old, DAY)}
    assert made == set(DecisionOutcome)
