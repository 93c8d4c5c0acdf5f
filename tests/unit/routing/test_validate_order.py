"""Rules in their order: what overlaps, what is never reached, and that danger comes first."""

from pathlib import Path

import pytest

from routing import validate
from tests.unit.routing.folders import GENERAL, KAAL, RULE, added, changed, line_of, only


def crisis(folder: Path) -> str:
    """The text of the rule for danger, whole."""
    text = (folder / GENERAL).read_text(encoding="utf-8")
    return text[text.index("- id: gevaar\n") : text.index("- id: klacht-schrijnend\n")]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("when: {danger: true}", "when: {danger: true, acute: true}"),
        ("when: {danger: true}", "when: {danger: true, kind: [question]}"),
        ("  outcome: crisis\n", ""),
        ("  to: triage\n", "  to: connected-partner\n"),
        ("  to: triage\n", "  to: triage\n  ladder: [maatwerkplaats-first]\n"),
        ("  to: triage\n", "  to: triage\n  valid_to: 2027-12-31\n"),
    ],
)
def test_danger_is_never_left_without_its_instruction(folder: Path, old: str, new: str) -> None:
    rule = crisis(folder)
    changed(folder, GENERAL, rule, rule.replace(old, new))
    fault = only(validate(folder), "no-crisis-rule")
    assert fault.path.name == "algemeen.yaml"
    assert fault.line == line_of(folder, GENERAL, "when: {danger: true")


def test_danger_without_instruction_or_without_a_rule(folder: Path) -> None:
    rule = crisis(folder)
    changed(folder, GENERAL, rule, rule[: rule.index("  instruction:")] + rule[rule.index("  tell:") :])
    assert only(validate(folder), "no-crisis-rule").path.name == "algemeen.yaml"
    changed(folder, GENERAL, crisis(folder), "")
    assert only(validate(folder), "no-crisis-rule").line > 1


@pytest.mark.parametrize("text", [RULE, KAAL], ids=["of one topic", "general"])
@pytest.mark.parametrize("when", ["{stuck: true}", "{danger: true}"])
def test_nothing_goes_before_danger(folder: Path, text: str, when: str) -> None:
    line = added(folder, "rules/inkomen.yaml", text.format(priority=1004, when=when, to="svb"))
    fault = only(validate(folder), "before-crisis")
    assert (fault.path.name, fault.line) == ("inkomen.yaml", line + (2 if text == RULE else 1))


@pytest.mark.parametrize("days", ["", "  valid_from: 2028-01-01\n  valid_to: 2028-12-31\n"])
def test_a_rule_for_everybody_hides_all_below_it(folder: Path, days: str) -> None:
    added(folder, "rules/inkomen.yaml", KAAL.format(priority=999, when="{}", to="municipality-of-residence") + days)
    hidden = {fault.path.name for fault in validate(folder) if fault.code == "unreachable"}
    assert {"algemeen.yaml", "samenloop.yaml", "inkomen.yaml", "zorg.yaml"} <= hidden


@pytest.mark.parametrize(
    ("priority", "when"),
    [
        (850, "{kind: [objection], acute: true}"),
        (748, "{kind: [question], acute: true}"),
        (548, "{stuck: true, island: true}"),
    ],
)
def test_overlap_of_a_topic_with_a_general_rule(folder: Path, priority: int, when: str) -> None:
    general = KAAL.replace("id: proef", "id: proef-2").format(
        priority=748, when="{topic_domain: [income], stuck: true}", to="uwv"
    )
    added(folder, GENERAL, general)
    line = added(folder, "rules/inkomen.yaml", RULE.format(priority=priority, when=when, to="svb"))
    found = [fault for fault in validate(folder) if fault.code == "overlap"]
    wanted = [("inkomen.yaml", line + 2)] if priority != 548 else []
    assert [(fault.path.name, fault.line) for fault in found] == wanted


def test_a_general_rule_that_overlaps_with_hundreds_leaves_room_for_other_faults(folder: Path) -> None:
    added(folder, GENERAL, KAAL.format(priority=100, when="{acute: true}", to="uwv"))
    found = [fault.message for fault in validate(folder) if fault.code == "overlap"]
    assert len(found) == 4
    assert any("andere regels" in message for message in found)


def test_rules_for_two_choices_of_the_owner_do_not_overlap(folder: Path) -> None:
    one = RULE.format(priority=300, when="{acute: true}", to="uwv")
    other = one.replace("id: proef", "id: proef-2")
    added(
        folder,
        "rules/inkomen.yaml",
        f"{one}  ladder: [maatwerkplaats-first]\n{other}  ladder: [always-maatwerkloket]\n",
    )
    assert validate(folder) == []


@pytest.mark.parametrize(
    "to", ["organisation-of-topic", "organisation-concerned", "maatwerkplaats", "connected-partner"]
)
def test_a_topic_does_not_lead_to_whoever_has_the_topic(folder: Path, to: str) -> None:
    text = RULE.format(priority=300, when="{acute: true}", to=to)
    line = added(folder, "rules/inkomen.yaml", text)
    fault = only(validate(folder), "circular")
    assert (fault.path.name, fault.line) == ("inkomen.yaml", line + 4)
    elsewhere = "{topic_of: [svb], island: true, acute: true}"
    changed(folder, "rules/inkomen.yaml", text, KAAL.format(priority=559, when=elsewhere, to=to))
    assert only(validate(folder), "circular").line == line + 3


def test_an_exception_under_a_plain_rule_that_resolves(folder: Path) -> None:
    topic = RULE.replace("topic: aow", "topic: bijstand")
    line = added(folder, "rules/inkomen.yaml", topic.format(priority=50, when="{acute: true}", to="uwv"))
    fault = only(validate(folder), "unreachable")
    assert (fault.path.name, fault.line) == ("inkomen.yaml", line)


def test_a_general_rule_for_one_topic_hides_the_rules_of_that_topic(folder: Path) -> None:
    added(folder, GENERAL, KAAL.format(priority=999, when="{topic: [aow], kind: [question]}", to="uwv"))
    assert validate(folder) == []  # an objection still reaches them
    changed(folder, GENERAL, ", kind: [question]}", "}")
    hidden = {(one.path.name, one.line) for one in validate(folder) if one.code == "unreachable"}
    assert ("inkomen.yaml", line_of(folder, "rules/inkomen.yaml", "id: aow")) in hidden


def test_a_general_rule_about_no_topic_at_all(folder: Path) -> None:
    added(folder, GENERAL, KAAL.format(priority=998, when="{topic_of: [voogdijraad-cn]}", to="uwv"))
    fault = only(validate(folder), "unreachable")
    assert fault.line == line_of(folder, GENERAL, "voogdijraad-cn")
