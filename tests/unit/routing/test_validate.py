"""Each kind of fault is caught, at its file and its line; the table as shipped has none."""

from pathlib import Path

import pytest

from routing import InvalidTable, load, validate
from tests.unit.routing.folders import RULE, added, changed, line_of, only


def test_the_shipped_table_has_no_fault() -> None:
    assert validate() == []


def test_a_faulty_table_is_refused_as_a_whole(folder: Path) -> None:
    changed(folder, "rules/inkomen.yaml", "  to: svb", "  to: nergens")
    with pytest.raises(InvalidTable) as refused:
        load(folder)
    assert "inkomen.yaml" in str(refused.value)


def test_all_faults_come_at_once(folder: Path) -> None:
    changed(folder, "rules/inkomen.yaml", "  to: svb", "  to: nergens")
    changed(folder, "rules/zorg.yaml", "  to: cak", "  to: ook-nergens")
    changed(folder, "organisations/rechten.yaml", '  phone: "0800 80 20"\n', "")
    changed(folder, "table.yaml", "hop_limit: 3", "hop_limit: 0")
    assert {fault.path.name for fault in validate(folder)} >= {"inkomen.yaml", "zorg.yaml", "table.yaml"}


RECHTEN, UITVOERING = "organisations/rechten.yaml", "organisations/uitvoering.yaml"


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        ("rules/inkomen.yaml", "  to: svb", "  to: nergens", "unknown-destination"),
        ("rules/inkomen.yaml", "  norm: standaard", "  norm: nooit", "missing-norm"),
        ("rules/inkomen.yaml", "  to: svb", "  to: ministerie-ingang", "not-in-service"),
        ("rules/inkomen.yaml", "  topic: aow", "  topic: aauw", "unknown-topic"),
        ("rules/inkomen.yaml", "  priority: 100", "  priority: hoog", "wrong-value"),
        ("rules/inkomen.yaml", "  priority: 100", "  prioriteit: 100", "unknown-field"),
        ("rules/zorg.yaml", "pgb-wet: [wlz]", "pgb-wet: [wls]", "unknown-answer"),
        ("rules/zorg.yaml", "pgb-wet: [wlz]", "pgb-wat: [wlz]", "unknown-question"),
        ("rules/algemeen.yaml", "danger: true", "channel: [phone]", "wrong-condition"),
        ("rules/algemeen.yaml", "danger: true", "nationaliteit: true", "denied-attribute"),
        ("rules/samenloop.yaml", "of: stella, at_least: 2", "of: geen-groep, at_least: 2", "wrong-condition"),
        ("topics/inkomen.yaml", "  title: AOW-pensioen", "  geboorteland: x\n  title: AOW", "denied-attribute"),
        ("topics/inkomen.yaml", "domain: income", "domain: geld", "wrong-value"),
        ("questions.yaml", "- code: pgb-wet", "- code: tweede-nationaliteit", "denied-attribute"),
        ("questions.yaml", "    zvw: Verp", "    godsdienst: Verp", "denied-attribute"),
        ("norms.yaml", "  assumption: true", "  assumption: false", "norm-without-assumption"),
        ("norms.yaml", "  accept_hours: 8", "  accept_hours: 800", "wrong-value"),
        ("groups.yaml", "[belastingdienst, toeslagen, cak", "[belastingdienst, weg, cak", "unknown-organisation"),
        ("table.yaml", "triage: triage", "triage: ministerie-ingang", "unknown-destination"),
        ("table.yaml", "hop_limit: 3", "risicoscore: 3\nhop_limit: 3", "denied-attribute"),
        ("companions.yaml", "  to: adv-of-residence", "  to: juridisch-loket", "college-without-adv"),
        (UITVOERING, "maatwerkplaats: maatwerkplaats-uwv", "maatwerkplaats: weg", "unknown-organisation"),
        ("organisations/ombudslieden.yaml", "[gemeente-gm0518]", "[gemeente-gm9518]", "unknown-organisation"),
    ],
)  # fmt: skip
def test_one_wrong_line_is_found_in_its_file(folder: Path, name: str, old: str, new: str, code: str) -> None:
    line = line_of(folder, name, old)
    fault = only(validate(changed(folder, name, old, new)), code)
    assert fault.path == folder / name
    assert abs(fault.line - line) <= 12
    assert str(fault).startswith(f"{folder / name}:{fault.line}: {code}: ")


@pytest.mark.parametrize("key", ["source", "tell", "basis"])
def test_a_rule_without_its_ground_or_its_words(folder: Path, key: str) -> None:
    text = RULE.format(priority=300, when="{acute: true}", to="svb")
    line = added(
        folder,
        "rules/inkomen.yaml",
        "".join(one for one in text.splitlines(keepends=True) if not one.startswith(f"  {key}:")),
    )
    fault = only(validate(folder), f"missing-{key}")
    assert (fault.path.name, fault.line) == ("inkomen.yaml", line)


def test_overlap_at_equal_priority(folder: Path) -> None:
    line = added(folder, "rules/inkomen.yaml", RULE.format(priority=100, when="{acute: true}", to="uwv"))
    fault = only(validate(folder), "overlap")
    assert (fault.path.name, fault.line) == ("inkomen.yaml", line + 2)
    assert "aow" in fault.message


def test_conditions_that_exclude_each_other_do_not_overlap(folder: Path) -> None:
    first = RULE.format(priority=300, when="{acute: true}", to="uwv")
    added(folder, "rules/inkomen.yaml", first + RULE.format(priority=300, when="{acute: false}", to="svb")
          .replace("id: proef", "id: proef-2"))  # fmt: skip
    assert validate(folder) == []


def test_unreachable_rule(folder: Path) -> None:
    line = added(folder, "rules/inkomen.yaml", RULE.format(priority=50, when="{acute: true}", to="uwv"))
    fault = only(validate(folder), "unreachable")
    assert (fault.path.name, fault.line) == ("inkomen.yaml", line)


def test_topic_without_default_rule(folder: Path) -> None:
    line = added(folder, "topics/inkomen.yaml", "- code: proef\n  title: Proef\n  domain: income\n")
    fault = only(validate(folder), "no-default")
    assert (fault.path.name, fault.line) == ("inkomen.yaml", line)


def test_end_date_that_leaves_a_gap(folder: Path) -> None:
    changed(folder, "rules/inkomen.yaml", "  topic: aow\n", "  topic: aow\n  valid_to: 2027-12-31\n")
    fault = only(validate(folder), "gap")
    assert fault.line == line_of(folder, "rules/inkomen.yaml", "valid_to: 2027-12-31")
    assert "2028-01-01" in fault.message
    successor = RULE.format(priority=100, when="{}", to="svb") + "  valid_from: 2028-01-01\n"
    added(folder, "rules/inkomen.yaml", successor)
    assert validate(folder) == []


def test_destination_that_ends_before_its_rule(folder: Path) -> None:
    changed(folder, "organisations/uitvoering.yaml", "- id: svb\n", "- id: svb\n  valid_to: 2027-12-31\n")
    assert "inkomen.yaml" in {fault.path.name for fault in validate(folder) if fault.code == "gap"}


def test_destination_without_a_human(folder: Path) -> None:
    changed(folder, "organisations/uitvoering.yaml", '  phone: "088 949 40 00"\n', "")
    fault = only(validate(folder), "no-human-route")
    assert (fault.path.name, fault.line) == (
        "uitvoering.yaml",
        line_of(folder, "organisations/uitvoering.yaml", "- id: svb"),
    )


def test_duplicate_ids(folder: Path) -> None:
    line = added(folder, "topics/inkomen.yaml", "- code: aow\n  title: Nog een keer\n  domain: income\n")
    assert only(validate(folder), "duplicate-id").line == line


@pytest.mark.parametrize(
    "tell",
    ["Kort.", "Zin " * 100, "Wij " + "woord " * 24 + "einde."],
)
def test_a_tell_that_cannot_be_said(folder: Path, tell: str) -> None:
    text = RULE.format(priority=300, when="{acute: true}", to="svb")
    added(folder, "rules/inkomen.yaml", text.replace("Dit is een proef voor de test van de tabel.", tell))
    fault = only(validate(folder), "hard-to-read")
    assert fault.line == line_of(folder, "rules/inkomen.yaml", tell.strip()[:40])


def test_the_same_key_twice_and_broken_yaml(folder: Path) -> None:
    changed(folder, "rules/inkomen.yaml", "  to: svb\n", "  to: svb\n  to: uwv\n")
    changed(folder, "norms.yaml", "- id: standaard", "- id: [standaard")
    faults = [fault for fault in validate(folder) if fault.code == "unreadable"]
    assert {fault.path.name for fault in faults} == {"inkomen.yaml", "norms.yaml"}
    assert all(fault.line > 1 for fault in faults)


def test_wrong_municipalities_and_postcodes(folder: Path) -> None:
    added(folder, "postcodes.csv", "12345,gemeente-gm0363\n1011,gemeente-gm9999\n1011,gemeente-gm0363\n")
    codes = {fault.code for fault in validate(folder)}
    assert codes >= {"wrong-value", "unknown-organisation", "duplicate-id"}


@pytest.mark.parametrize("name", ["table.yaml", "norms.yaml", "municipalities.csv", "questions.yaml"])
def test_a_missing_file_is_a_fault_and_not_a_crash(folder: Path, name: str) -> None:
    (folder / name).unlink()
    assert only(validate(folder), "unreadable").path.name == name


def test_no_table_at_all(tmp_path: Path) -> None:
    assert {fault.code for fault in validate(tmp_path)} == {"unreadable"}


TYPOS = {
    "{decision_by: [svbb]}": "unknown-organisation",
    "{registry_holder: [rdww]}": "unknown-organisation",
    "{municipality: [gm9999]}": "unknown-organisation",
    "{topic_of: [belastingdients]}": "unknown-organisation",
    "{involved: {of: [svbb]}}": "unknown-organisation",
    "{involved: {only: [svbb]}}": "unknown-organisation",
    "{involved: {at_least: 99}}": "wrong-condition",
    "{domains: {at_least: 99}}": "wrong-condition",
    "{domains: {at_least: 3, at_most: 2}}": "wrong-condition",
    "{domains: {atleast: 2}}": "wrong-condition",
    "{stack: {of: stella, at_least: 9}}": "wrong-condition",
    "{stack: {of: stella, atleast: 2}}": "wrong-condition",
}


def test_a_typo_in_a_condition(folder: Path) -> None:
    for number, when in enumerate(TYPOS):
        text = RULE.replace("id: proef", f"id: proef-{number}")
        added(folder, "rules/inkomen.yaml", text.format(priority=300 + number, when=when, to="uwv"))
    found = {fault.line: fault.code for fault in validate(folder) if fault.code in TYPOS.values()}
    assert found == {line_of(folder, "rules/inkomen.yaml", f"when: {when}"): code for when, code in TYPOS.items()}


def test_a_municipality_that_ended_is_still_known(folder: Path) -> None:
    when = "{decision_by: [gemeente-gm0065, gemeente-gm0363], municipality: [gm0065, gm0363]}"
    added(folder, "rules/inkomen.yaml", RULE.format(priority=300, when=when, to="uwv"))
    assert validate(folder) == []


def test_values_out_of_bounds(folder: Path) -> None:
    changed(folder, "organisations/rechten.yaml", '  phone: "0800 80 20"', '  phone: "geen"')
    changed(folder, "municipalities.csv", ",14 036,", ",bel de balie,")
    settings = {"hop_limit: 3": "hop_limit: 99", "min_domains: 2": "min_domains: 0"}
    settings |= {"min_organisations: 2": "min_organisations: 1000"}
    for old, new in settings.items():
        changed(folder, "table.yaml", old, new)
    found = [(fault.path.name, fault.line) for fault in validate(folder) if fault.code == "wrong-value"]
    multi = line_of(folder, "table.yaml", "multi_problem:")
    assert sorted(found) == sorted(
        [
            ("municipalities.csv", line_of(folder, "municipalities.csv", "bel de balie")),
            ("rechten.yaml", line_of(folder, "organisations/rechten.yaml", 'phone: "geen"')),
            ("table.yaml", line_of(folder, "table.yaml", "hop_limit: 99")),
            ("table.yaml", multi),
            ("table.yaml", multi),
        ]
    )


def test_every_municipality_has_a_postcode(folder: Path) -> None:
    (folder / "postcodes.csv").write_text("pc4,municipality\n", encoding="utf-8")
    found = [fault for fault in validate(folder) if fault.code == "no-postcode"]
    assert len(found) == 342
    assert found[0].line == line_of(folder, "municipalities.csv", "gemeente-gm0014")


DENIED = (
    ("questions.yaml", "  text: In welke gemeente woont", "  text: Wat is de nationaliteit van wie hier woont"),
    ("questions.yaml", "    bonaire: Op Bonaire", "    bonaire: Geboren op Bonaire, land van herkomst"),
    ("questions.yaml", "  tell: Elke gemeente mag", "  tell: Uw geloof telt. Elke gemeente mag"),
    ("questions.yaml", "  findings: {ja: dreigt}", "  findings: {ja: mogelijk-risico}"),
    ("life_events.yaml", "- code: geboorte", "- code: tweede-nationaliteit"),
    ("life_events.yaml", "  title: Iemand is overleden", "  title: Een verdachte is overleden"),
    ("groups.yaml", "- id: schuldeisers", "- id: schuldeisers-met-risico"),
)


def test_what_steers_never_says_a_denied_attribute(folder: Path) -> None:
    """R-50, R-63: not in a code, and not in the words in which somebody is asked for it."""
    for name, old, new in DENIED:
        changed(folder, name, old, new)
    changed(folder, "rules/zorg.yaml", "pgb-wet: [wlz]", "pgb-wet: [nationaliteit]")
    found = {(fault.path.name, fault.line) for fault in validate(folder) if fault.code == "denied-attribute"}
    wanted = {(name, line_of(folder, name, new.strip())) for name, _, new in DENIED if "bonaire" not in old + new}
    assert wanted - found == set()
    assert [fault for fault in validate(folder) if "land van herkomst" in fault.message]
    assert any(name == "zorg.yaml" for name, _ in found)


def test_only_a_topic_about_such_a_word_brings_it_in(folder: Path) -> None:
    """What a life event says about a topic may name what that topic is about, and nothing else may."""
    why = '      why: "Iemand misbruikt uw gegevens: identiteitsfraude."\n'
    added(
        folder,
        "life_events.yaml",
        "- code: proef\n  title: Een proef\n  lead: identiteitsfraude\n  source: proef\n  items:\n"
        f"    - topic: identiteitsfraude\n{why}",
    )
    assert validate(folder) == []
    changed(folder, "life_events.yaml", "topic: identiteitsfraude", "topic: aow")
    changed(folder, "life_events.yaml", "lead: identiteitsfraude", "lead: aow")
    assert only(validate(folder), "denied-attribute").line == line_of(folder, "life_events.yaml", "- code: proef") + 4
