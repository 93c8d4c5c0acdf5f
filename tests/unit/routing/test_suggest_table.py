"""The phrases are part of the table, and held to its rules; the command keeps nothing and never stops."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from routing import PACKAGED, load, validate
from routing.suggest.words import fold
from services.cli.main import app
from tests.evaluation.score import questions

SHORT, COINCIDE = 4, 34  # words; and how many of the 653 questions are so short and in the table by chance


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


def test_no_sentence_we_measure_by_is_in_the_table() -> None:
    """A few words, such as a subject and a verb, two people may write the same; a sentence they do not."""
    table = load()
    said = {" ".join(fold(one).split()) for phrases in table.phrases.values() for one in phrases}
    said |= {fold(one) for danger in table.danger for one in (*danger.says, *danger.alone, *danger.harmless)}
    measured = [" ".join(fold(one.text).split()) for one in questions("test")]
    copied = [len(text.split()) for text in measured if text in said]
    assert max(copied, default=0) <= SHORT
    assert len(copied) <= COINCIDE


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
