"""The description for the Algoritmeregister says what is so, because it is counted and never kept by hand."""

import json
from dataclasses import replace

import pytest

from contracts.denied import NAMES_REFUSED, is_denied
from contracts.questions import Facts
from routing import Table, load
from routing.engine.conditions import KEYS
from routing.readable.register import Running, counts, entry, inputs, markdown, too_long
from routing.readable.registertext import EXCLUDED, INPUTS, LABELS, LONGEST, THEMES


@pytest.fixture(scope="module")
def table() -> Table:
    return load()


class MoreFacts(Facts):
    """A question with a fact nobody thought of yet."""

    shoe_size: int | None = None


def test_a_new_fact_of_a_question_appears_by_itself(table: Table) -> None:
    assert [one["name"] for one in inputs(table)] == list(Facts.model_fields)
    (new,) = (one for one in inputs(table, MoreFacts) if one["name"] not in Facts.model_fields)
    assert (new["name"], new["rules"]) == ("shoe_size", 0)
    assert "shoe_size" in markdown(entry(table, Running(), MoreFacts))


def test_every_fact_has_a_dutch_description_and_no_description_is_left_over() -> None:
    assert set(INPUTS) == set(Facts.model_fields)


def test_the_channel_is_read_by_no_rule_and_the_topic_by_many(table: Table) -> None:
    used = {one["name"]: one["rules"] for one in inputs(table)}
    assert used["channel"] == 0
    assert used["topic"] > len(table.topics)
    assert used["residence"] > 0
    rule = replace(next(rule for rule in table.rules if not rule.when), id="nieuw", when={"harrowing": True})
    more = {one["name"]: one["rules"] for one in inputs(replace(table, rules=(*table.rules, rule)))}
    assert more["harrowing"] == used["harrowing"] + 1


def test_what_may_never_take_part_is_the_list_that_refuses_it(table: Table) -> None:
    excluded = entry(table, Running())["details"]["excluded"]
    assert {name for one in excluded for name in one["names"]} == {x for names in NAMES_REFUSED.values() for x in names}
    assert all(is_denied(name) for one in excluded for name in one["names"])
    assert set(EXCLUDED) == set(NAMES_REFUSED)
    assert not [name for name in (*Facts.model_fields, *KEYS) if is_denied(name)]


def test_the_numbers_are_those_of_the_table(table: Table) -> None:
    made = entry(table, Running())
    number = counts(table)
    assert number["rules_checked"] == len([rule for rule in table.rules if rule.checked])
    assert f"bij {number['rules_checked']} van de {number['rules']}" in made["registration"]["proportionality"]
    assert table.version in made["registration"]["methods_and_models"]
    assert table.settings.owner in made["registration"]["human_intervention"]
    assert sum(made["details"]["laws"].values()) == len(table.rules)
    other = entry(replace(table, settings=replace(table.settings, hop_limit=7, owner="Iemand Anders")), Running())
    assert "7 keer doorgegeven" in other["registration"]["human_intervention"]
    assert "Iemand Anders" in other["registration"]["human_intervention"]


def test_it_names_how_to_object_and_where_to_report_a_doubt(table: Table) -> None:
    """R-54: a rule that may discriminate can be reported to the College and the AP, and switched off."""
    registration = entry(table, Running())["registration"]
    assert "Niet eens met de keuze?" in registration["human_intervention"]
    for name in ("College voor de Rechten van de Mens", "Autoriteit Persoonsgegevens"):
        assert name in registration["risks"]


def test_the_register_would_take_it(table: Table) -> None:
    registration = entry(table, Running("Gemeente Voorbeeld", "https://example.org", "2027-01"))["registration"]
    assert list(registration) == list(LABELS)
    assert too_long(registration) == []
    assert too_long({**registration, "name": "x" * 101}) == ["name"]
    assert set(LONGEST) <= set(registration)
    assert 1 <= len(registration["category"]) <= 3
    assert {topic.domain.value for topic in table.topics.values()} <= set(THEMES)
    assert "{" not in json.dumps(registration, ensure_ascii=False).replace("{", "", 1)


def test_what_only_a_human_can_say_is_asked_and_not_made_up(table: Table) -> None:
    made = entry(table, Running())
    assert made["missing"] == ["Organisatie", "Contactgegevens", "Toelichting op impacttoetsen"]
    assert made["registration"]["status"] == "In ontwikkeling"
    assert made["registration"]["begin_date"] == ""
    assert entry(table, Running(since="2027-01"))["registration"]["status"] == "In gebruik"
    assert str(table.settings.published.year) in markdown(made)
