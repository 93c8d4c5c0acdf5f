"""What stands beside the rules is validated like a rule: at its file and its line."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml

from contracts.denied import is_denied
from routing import PACKAGED, Fault, validate

HERE = Path(__file__).parents[2]
SVB, EVENTS, ALONG = "mappings/svb.yaml", "life_events.yaml", "companions.yaml"
AOW = "- code: AOW-HOOGTE\n"
# What is missing is shown where it is needed.
ELSEWHERE = {"unknown-question": ["table.yaml"], "college-without-adv": ["rechten.yaml"]}
LEEFTIJD = "    aow-leeftijd: AOW-leeftijd of ouder\n"


def faults(tmp_path: Path, name: str, old: str, new: str) -> list[Fault]:
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "table"))
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return validate(folder)


@pytest.mark.parametrize(
    ("name", "old", "new", "code"),
    [
        (SVB, "  topic: aio-aanvulling", "  topic: weg", "unknown-topic"),
        (SVB, AOW, "- code: AOW-AANVRAAG\n", "duplicate-id"),
        (SVB, AOW, "- code: nationaliteit\n", "denied-attribute"),
        (SVB, AOW, "- code: AOW/Godsdienst\n", "denied-attribute"),
        (SVB, AOW, "- code: met spatie\n", "wrong-id"),
        (SVB, AOW, "- code: 0123\n", "wrong-value"),
        (SVB, "{pgb-wet: wlz}", "{pgb-wet: weg}", "unknown-answer"),
        (SVB, "{pgb-wet: wlz}", "{pgb: wlz}", "unknown-question"),
        (SVB, "  kind: objection", "  kind: bezwaar", "wrong-value"),
        (EVENTS, "    - topic: anw\n", "    - topic: weg\n", "unknown-topic"),
        (EVENTS, "    - topic: anw\n", "    - topic: aow\n", "topic-twice"),
        (EVENTS, "  lead: overlijden\n", "  lead: ww\n", "wrong-value"),
        (EVENTS, "- code: geboorte\n", "- code: overlijden\n", "duplicate-id"),
        (EVENTS, "when: {abroad: false}", "when: {channel: web}", "wrong-condition"),
        (EVENTS, "together: [home-municipality]", "together: [iedereen]", "unknown-destination"),
        (EVENTS, '  source: "003:178-182; 001:92"\n', "", "missing-source"),
        (ALONG, "  to: juridisch-loket", "  to: weg", "unknown-destination"),
        (ALONG, "  who: [college-rechten-van-de-mens]", "  who: [college]", "unknown-organisation"),
        (ALONG, "  who: [college-rechten-van-de-mens]\n", "", "college-without-adv"),
        (ALONG, "{topic: [onderzoek-eigen-handelen]}", "{topic: [weg]}", "unknown-topic"),
        (ALONG, "{topic: [onderzoek-eigen-handelen]}", "{kind: [question]}", "college-without-adv"),
        (ALONG, "{topic: [onderzoek-eigen-handelen]}", "{topic: [aow, discriminatie]}", "college-without-adv"),
        (ALONG, "  when: {kind: [complaint]}", "  when: {decision_by: [svbb]}", "unknown-organisation"),
        (EVENTS, "when: {abroad: false}", "when: {municipality: [gm9999]}", "unknown-organisation"),
        (ALONG, "  when: {kind: [complaint]}\n", "", "wrong-value"),
        (ALONG, "  when: {kind: [complaint]}", "  when: {signal: true}", "wrong-condition"),
        (ALONG, '  source: "000:173"\n', "", "missing-source"),
        ("table.yaml", "  ladder: maatwerkplaats-first", "  ladder: weg", "wrong-value"),
        ("table.yaml", "{vroeg-signaal: [ja]}", "{vroeg-signaal: [misschien]}", "unknown-answer"),
        ("rules/samenloop.yaml", "  ladder: [maatwerkplaats-first]", "  ladder: [weg]", "unknown-ladder"),
        ("rules/samenloop.yaml", ", stuck: true, source_conn", ", signal: true, source_conn", "wrong-condition"),
        ("questions.yaml", f"{LEEFTIJD}    weet-niet: Dat is niet bekend\n", LEEFTIJD, "no-way-out"),
        ("questions.yaml", "- code: besluit-van", "- code: besluit-door", "unknown-question"),
        ("questions.yaml", "  findings: {ja: dreigt}", "  findings: {soms: dreigt}", "unknown-answer"),
    ],
)  # fmt: skip
def test_one_wrong_line_is_found_in_its_file(tmp_path: Path, name: str, old: str, new: str, code: str) -> None:
    found = [one for one in faults(tmp_path, name, old, new) if one.code == code]
    assert found, code
    assert {one.path.name for one in found} <= {Path(name).name, *ELSEWHERE.get(code, ())}


def test_a_list_of_an_agency_nobody_knows(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "table"))
    (folder / SVB).rename(folder / "mappings/sociale-dienst.yaml")
    found = [one for one in validate(folder) if one.code == "unknown-organisation"]
    assert {one.path.name for one in found} == {"sociale-dienst.yaml"}


def test_every_choice_of_ladder_leads_somewhere(tmp_path: Path) -> None:
    old = "  when: {kind: [question, digitally-stuck], multi_problem: true, source_connected: true}\n"
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "table"))
    file = folder / "rules" / "samenloop.yaml"
    text = file.read_text(encoding="utf-8")
    assert old in text
    only_first = text.replace(old, f"  ladder: [maatwerkplaats-first]\n{old}").replace(
        "  when: {kind: [question, digitally-stuck], multi_problem: true, source_connected: false}\n",
        "  ladder: [maatwerkplaats-first]\n"
        "  when: {kind: [question, digitally-stuck], multi_problem: true, source_connected: false}\n",
    )
    file.write_text(only_first, encoding="utf-8")
    (fault,) = (one for one in validate(folder) if one.code == "ladder-without-step")
    assert fault.path.name == "table.yaml"
    assert "always-maatwerkloket" in fault.message


def names(value: Any) -> set[str]:
    if isinstance(value, dict):
        return {str(key) for key in value} | {name for inner in value.values() for name in names(inner)}
    return {name for inner in value for name in names(inner)} if isinstance(value, list) else set()


def test_no_fixture_and_no_file_of_the_table_holds_a_denied_attribute() -> None:
    """R-50: neither the table nor what the tests feed it. Names of UPL products are no attributes."""
    read = [yaml.safe_load(file.read_text(encoding="utf-8")) for file in PACKAGED.rglob("*.yaml")]
    for file in [*HERE.rglob("*.json"), *HERE.rglob("*.jsonl")]:
        if "node" not in file.parts:
            text = file.read_text(encoding="utf-8")
            read += [json.loads(line) for line in (text.splitlines() if file.suffix == ".jsonl" else [text]) if line]
    assert len(read) > 50
    for entries in read:
        for entry in entries if isinstance(entries, list) else [entries]:
            bare = {key: one for key, one in entry.items() if key not in ("upl", "products")}
            assert not [name for name in names(bare) if is_denied(name)]
