"""The phrases are part of the table, and held to its rules; the command keeps nothing and never stops."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from routing import PACKAGED, validate
from services.cli.main import app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED, tmp_path / "table"))


def faults(folder: Path, text: str) -> set[str]:
    (folder / "phrases" / "zz.yaml").write_text(text, encoding="utf-8")
    return {fault.code for fault in validate(folder) if fault.path.name == "zz.yaml"}


def test_a_phrase_of_two_topics_is_a_fault(folder: Path) -> None:
    assert "phrase-twice" in faults(folder, "- topic: zzz\n  phrases: [mijn ex betaalt niet]\n")


def test_phrases_of_a_topic_that_is_not_there_are_a_fault(folder: Path) -> None:
    assert "unknown-topic" in faults(folder, "- topic: zzz\n  phrases: [iets dat niemand zegt]\n")


def test_a_denied_attribute_finds_no_topic(folder: Path) -> None:
    assert "denied-attribute" in faults(folder, "- topic: zzz\n  phrases: [uitkering door mijn nationaliteit]\n")


def run(given: bytes | None, *words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["suggest", *words], input=given)
    return result.exit_code, result.output


def test_one_line_out_for_each_line_in() -> None:
    odd = ["mijn ex betaalt niet", "", '"aow"', '{"text": "kinderbijslag"}', "\0", "😀", "[" * 5000, "{", "x" * 100_000]
    lines = "\n".join(odd).encode() + b"\n\xff\xfe\n"
    code, output = run(lines, "--json", "--limit", "2")
    assert code == 0
    found = [json.loads(line) for line in output.splitlines()]
    assert len(found) == len(odd) + 1
    assert [one["suggestions"][0]["topic"] for one in found[:4]] == ["alimentatie", None, "aow", "kinderbijslag"]
    first = found[0]["suggestions"][0]
    assert set(first) == {"topic", "organisation", "tooi", "score", "matched"}
    assert (first["organisation"], first["matched"]) == ("lbio", ["ex", "betaalt", "niet"][: len(first["matched"])])


def test_readable_answer() -> None:
    code, output = run(None, "mijn ex betaalt niet")
    assert code == 0
    assert "Landelijk Bureau Inning Onderhoudsbijdragen" in output
    assert "Niet zeker" in run(None, "pizza")[1]
    assert run(None)[0] == 2
