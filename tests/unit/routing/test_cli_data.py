"""`gvd table` shows the owner what a candidate does, before anybody meets it."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from routing import PACKAGED
from services.cli.main import app

CASE = {"facts": {"topic": "aow", "channel": "phone"}, "source": "duo", "day": "2026-11-23"}


def run(*words: str, typed: str | None = None) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["table", *words], input=typed)
    return result.exit_code, result.output


@pytest.fixture
def candidate(tmp_path: Path) -> str:
    """The AOW goes to the UWV."""
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "candidate"))
    file = folder / "rules" / "inkomen.yaml"
    head, rule, rest = file.read_text(encoding="utf-8").partition("- id: aow\n")
    file.write_text(head + rule + rest.replace("  to: svb", "  to: uwv", 1), encoding="utf-8")
    return str(folder)


def test_diff_names_the_change(candidate: str) -> None:
    code, output = run("diff", candidate)
    assert code == 0
    assert "to: uwv → svb" in output
    code, output = run("diff", str(PACKAGED), candidate, "--json")
    assert [one["fields"] for one in json.loads(output)["changes"]] == [{"to": {"old": "svb", "new": "uwv"}}]
    assert run("diff", candidate, str(Path(candidate) / "rules"))[0] == 1


def test_simulate_a_file_of_questions(candidate: str, tmp_path: Path) -> None:
    file = tmp_path / "questions.jsonl"
    file.write_text(f"{json.dumps(CASE)}\n" * 3, encoding="utf-8")
    code, output = run("simulate", candidate, "--questions", str(file))
    assert code == 0
    assert "3 komen ergens anders uit" in output
    code, output = run(
        "simulate", candidate, "--questions", "-", "--on", "2026-12-01", "--json", typed=json.dumps(CASE)
    )
    assert code == 0
    assert json.loads(output)["per_move"] == [{"old": "svb", "new": "uwv", "count": 1}]
    code, output = run("simulate", candidate, "--questions", "-", typed=f"{json.dumps(CASE)}\nonzin\n")
    assert code == 1
    assert "1 gaven een fout" in output
    assert run("simulate", candidate, "--questions", str(tmp_path / "weg.jsonl"))[0] == 2


def test_simulate_without_questions_makes_them_up(candidate: str) -> None:
    code, output = run("simulate", candidate, "--on", "2026-11-23", "--json")
    assert code == 0
    found = json.loads(output)
    assert found["moved"] > 0
    assert {one["old"] for one in found["per_topic"]} == {"aow"}
    assert "svb" not in {one["new"] for one in found["per_move"]}


def test_export_for_the_algorithm_register() -> None:
    code, output = run("export", "--algorithm-register")
    assert code == 0
    assert "Nog in te vullen door wie dit gebruikt: Organisatie, Contactgegevens" in output
    words = ("--organisation", "Gemeente Voorbeeld", "--contact", "https://example.org", "--since", "2027-01", "--json")
    code, output = run("export", "--algorithm-register", *words)
    made = json.loads(output)
    assert made["missing"] == ["Toelichting op impacttoetsen"]
    assert made["registration"]["status"] == "In gebruik"
    assert made["registration"]["organization"] == "Gemeente Voorbeeld"
    assert run("export", "--algorithm-register", "--organisation", "x" * 101)[0] == 2
    assert run("export")[0] == 2


def test_page_writes_one_file(tmp_path: Path) -> None:
    code, output = run("page", "--out", str(tmp_path / "site"))
    assert code == 0
    assert output.strip() == str(tmp_path / "site" / "routeringstabel.html")
    assert [one.name for one in (tmp_path / "site").iterdir()] == ["routeringstabel.html"]
