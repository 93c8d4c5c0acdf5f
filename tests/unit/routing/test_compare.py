"""What changed between two versions: everything, in the order of what it does to people."""

from collections.abc import Callable
from dataclasses import fields, replace
from datetime import date
from typing import Any

import pytest

from routing import Table
from routing.data.model import Absence, Topic, Validity
from routing.readable.dutch import conditions, few, named
from routing.versions.compare import HEADINGS, HOW, REST, SAID, WHO, Comparison, compare
from routing.versions.files import load_files, pack, unpack

Change = Callable[[str, str, str], Comparison]


@pytest.fixture(scope="module")
def files() -> dict[str, str]:
    return unpack(pack())


@pytest.fixture(scope="module")
def old(files: dict[str, str]) -> Table:
    return load_files(files)


@pytest.fixture
def changed(files: dict[str, str], old: Table) -> Change:
    def change(name: str, was: str, now: str) -> Comparison:
        assert files[name].count(was) >= 1
        return compare(old, load_files({**files, name: files[name].replace(was, now, 1)}))

    return change


def test_the_same_table_has_no_changes(old: Table, files: dict[str, str]) -> None:
    same = compare(old, load_files(files))
    assert same.changes == ()
    assert "zeggen hetzelfde" in same.text()


def test_another_destination_comes_before_another_word(old: Table, files: dict[str, str]) -> None:
    new = {
        **files,
        "rules/inkomen.yaml": files["rules/inkomen.yaml"].replace("to: svb", "to: uwv", 1),
        "topics/inkomen.yaml": files["topics/inkomen.yaml"].replace("ouderdomspensioen", "oudedagspensioen", 1),
        "table.yaml": files["table.yaml"].replace("hop_limit: 3", "hop_limit: 4"),
    }
    found = compare(old, load_files(new))
    assert [(one.kind, one.weight) for one in found.changes] == [("settings", WHO), ("rules", WHO), ("topics", REST)]
    assert found.changes[1].fields == {"to": ("svb", "uwv")}
    text = found.text()
    assert text.index("svb → uwv") < text.index("−ouderdomspensioen +oudedagspensioen")
    assert text.index(HEADINGS[WHO]) < text.index(HEADINGS[REST])
    assert HEADINGS[SAID] not in text


@pytest.mark.parametrize(
    ("name", "was", "now", "kind", "weight"),
    [
        ("norms.yaml", "accept_hours: ", "accept_hours: 0.", "norms", SAID),
        ("questions.yaml", "text: ", "text: Nog even dit. ", "questions", HOW),
        ("table.yaml", "Een mens van de triage", "Een mens van onze triage", "settings", SAID),
        ("table.yaml", "published: 20", "published: 21", "settings", REST),
        ("topics/inkomen.yaml", "checked: true", "checked: false", "topics", REST),
    ],
)
def test_every_part_says_how_much_it_matters(
    changed: Change, name: str, was: str, now: str, kind: str, weight: int
) -> None:
    (one,) = changed(name, was, now).changes
    assert (one.kind, one.change, one.weight) == (kind, "changed", weight)
    assert one.plain()["matters"] == HEADINGS[weight]


def test_what_came_and_went_is_told_whole(old: Table) -> None:
    rule = old.rules[-1]
    without = replace(old, version="x", rules=old.rules[:-1])
    (gone,) = compare(old, without).changes
    (come,) = compare(without, old).changes
    assert (gone.change, come.change, gone.name) == ("removed", "added", rule.id)
    assert come.fields["basis"] == (None, rule.basis)
    assert come.fields["to"] == (None, rule.to) if rule.to else come.fields["ask"] == (None, rule.ask)
    assert compare(without, old).counts() == {"rules": {"added": 1}}
    assert f"regel erbij: {rule.id}" in compare(without, old).text()


def test_a_move_of_many_postcodes_is_one_line(old: Table) -> None:
    place = next(iter(old.postcodes.values()))
    moved = {code: "gemeente-gm0014" for code, here in old.postcodes.items() if here == place}
    (one,) = compare(old, replace(old, postcodes={**old.postcodes, **moved})).changes
    assert (one.kind, one.count, one.weight) == ("postcodes", len(moved), WHO)


def test_a_hundred_municipalities_that_connect_are_one_line(old: Table) -> None:
    names = [name for name, one in old.organisations.items() if name.startswith("gemeente-gm1")]
    connected = {name: replace(old.organisations[name], connected_since=date(2027, 2, 1)) for name in names}
    found = compare(old, replace(old, organisations={**old.organisations, **connected}))
    assert len(found.changes) == len(names)
    assert found.changes[0].weight == HOW
    assert len([line for line in found.text().splitlines() if line.startswith("- ")]) == 1
    assert f"en nog {len(names) - 5}" in found.text()


@pytest.mark.parametrize("part", [one.name for one in fields(Table) if one.name not in {"version", "settings"}])
def test_no_part_of_a_table_is_left_out(old: Table, part: str) -> None:
    """A field added to the table tomorrow is compared too, or this test says so."""
    whole: Any = getattr(old, part)
    if part in {"views", "remembered"}:
        assert compare(old, replace(old, **{part: {"x": 1}})).changes == ()
        return
    if part == "absences" and not whole:  # as shipped everybody is there
        whole = (Absence("svb", Validity(date(2027, 1, 1))),)
        old = replace(old, absences=whole)
    assert whole, "nothing to leave out"
    fewer = dict(list(whole.items())[1:]) if isinstance(whole, dict) else whole[1:]
    (one,) = compare(old, replace(old, **{part: fewer})).changes
    assert (one.kind, one.change) == (part, "removed")


def test_a_field_nobody_weighed_counts_as_a_destination(old: Table) -> None:
    topic = old.topics["aow"]
    other = Topic(**{**{one.name: getattr(topic, one.name) for one in fields(topic)}, "code": "aow-nieuw"})
    (one,) = compare(old, replace(old, topics={**old.topics, "aow": other})).changes
    assert (one.fields, one.weight) == ({"code": ("aow", "aow-nieuw")}, WHO)


def test_the_comparison_is_plain_data(changed: Change) -> None:
    import json

    found = changed("table.yaml", "hop_limit: 3", "hop_limit: 2")
    assert json.loads(json.dumps(found.plain())) == found.plain()
    assert found.plain()["changes"][0]["fields"] == {"value": {"old": 3, "new": 2}}


def test_a_long_list_of_names_is_cut_and_counted() -> None:
    assert few(list("abcdef")) == "a, b, c, d, e, f", "to save one name is no gain"
    assert few(list("abcdefg")) == "a, b, c, d, e en 2 andere"


def test_every_condition_and_destination_has_words(old: Table) -> None:
    """A policy officer reads words, not codes (R-106)."""
    from routing.engine.conditions import KEYS
    from routing.engine.resolve import PARTNER_WORDS, RESOLVERS

    for rule in old.rules:
        clauses = conditions(rule.when, old)
        assert len(clauses) >= len(rule.when)
        assert not [one for one in clauses if one.split(":")[0] in KEYS]
        for to in (rule.to, *rule.fallback, *rule.partners):
            assert to is None or " " in named(to, old) or named(to, old) != to
    for to in (*RESOLVERS, *PARTNER_WORDS):
        assert named(to, old) != to
