"""A lesson changes one line of one rule, and what people wrote around it stays."""

from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import routing
from routing.data import build
from routing.data.model import Rule
from routing.data.read import read, texts
from routing.engine.resolve import RESOLVERS
from services.router import amend

FILE = """# Wat mensen schreven, blijft staan.

- id: een
  topic: recht
  priority: 100
  to: svb  # sinds 2020
  norm: standaard
  basis: Wet
  source: R-08
  tell: Dit regelt de Sociale Verzekeringsbank.
  checked: true   # met de wet vergeleken

- id: twee
  topic: plicht
  priority: 100
  to: svb
  norm: standaard
  basis: Wet
  source: R-08
  tell: Dit regelt de Sociale Verzekeringsbank.
"""


@cache
def packaged() -> routing.Table:
    return routing.load()


@cache
def files() -> dict[str, str]:
    return texts(routing.PACKAGED)[0]


def rules_of(text: str) -> dict[str, Rule]:
    records, _ = read(Path("rules/proef.yaml"), text)
    made, faults = build.make("rule", build.rule, records)
    assert not faults
    return {rule.id: rule for rule in made}


def test_only_the_line_changes_and_it_is_not_checked_any_more():
    after = amend.amended(FILE, rules_of(FILE)["een"], "uwv")
    changed = [(old, new) for old, new in zip(FILE.splitlines(), after.splitlines(), strict=True) if old != new]
    assert changed == [
        ("  to: svb  # sinds 2020", "  to: uwv  # sinds 2020"),
        ("  checked: true   # met de wet vergeleken", "  checked: false   # met de wet vergeleken"),
    ]


def test_quotes_and_line_ends_are_no_obstacle():
    text = FILE.replace("to: svb  # sinds 2020", 'to: "svb"').replace("\n", "\r\n")
    after = amend.amended(text, rules_of(text)["een"], "uwv")
    assert after == text.replace('to: "svb"', "to: uwv").replace("checked: true", "checked: false")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("to: svb  # sinds 2020", "to: municipality-of-residence", "depends on the question"),
        ("to: svb  # sinds 2020", "to:\n    svb", "otherwise than expected"),
        ("  topic: recht\n", "", "every topic"),
        ("to: svb  # sinds 2020", "ask: welke", "not lead to an organisation"),
    ],
)
def test_what_is_not_plain_is_left_to_a_human(old, new, says):
    text = FILE.replace(old, new)
    with pytest.raises(amend.Unsafe, match=says):
        amend.amended(text, rules_of(text)["een"], "uwv")


def test_a_file_that_is_not_the_one_the_rule_came_from_is_left_alone():
    rule = rules_of(FILE)["een"]
    with pytest.raises(amend.Unsafe):
        amend.amended("\n" + FILE, rule, "uwv")
    with pytest.raises(amend.Unsafe):
        amend.amended(FILE.partition("  to: svb")[0], rule, "uwv")


def test_the_place_is_where_a_policy_officer_finds_it():
    assert amend.place_of(rules_of(FILE)["twee"]) == "rules/proef.yaml:16"


@settings(deadline=None)
@given(st.integers(min_value=0))
def test_any_rule_of_the_real_table_changes_alone_or_is_left_to_a_human(number):
    rules = packaged().rules
    rule = rules[number % len(rules)]
    text = files()[amend.file_of(rule)]
    if rule.topic is None or rule.to is None or rule.to in RESOLVERS:
        with pytest.raises(amend.Unsafe):
            amend.amended(text, rule, "triage")
        return
    after = amend.amended(text, rule, "elders")
    before, now = rules_of(text), rules_of(after)
    assert now[rule.id].to == "elders"
    assert not now[rule.id].checked
    assert {key: one for key, one in now.items() if key != rule.id} == {
        key: one for key, one in before.items() if key != rule.id
    }


def test_it_is_said_when_the_words_still_name_the_old_one():
    rule = next(one for one in packaged().rules if one.id == "zorgtoeslag")
    assert amend.still_says(rule, packaged())
    assert not amend.still_says(replace(rule, tell="Dit regelt een ander.", reason=None), packaged())
