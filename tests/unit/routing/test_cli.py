"""`gvd table` says what is wrong and why a question goes where it goes."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from routing import PACKAGED, load
from routing.readable.overview import overview
from services.cli.table import app

DOCS = Path(__file__).parents[3] / "docs" / "routing.md"


def run(*words: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, list(words))
    return result.exit_code, result.output


def test_validate_ends_well_and_ends_1_with_every_fault(tmp_path: Path) -> None:
    assert run("validate")[0] == 0
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "table"))
    for name in ("inkomen", "zorg"):
        file = folder / "rules" / f"{name}.yaml"
        file.write_text(file.read_text(encoding="utf-8").replace("  to: svb", "  to: weg"), encoding="utf-8")
    code, output = run("validate", str(folder))
    assert code == 1
    assert "inkomen.yaml:" in output
    assert "zorg.yaml:" in output


def test_decide_explains_itself() -> None:
    code, output = run("decide", "--topic", "aow", "--source", "belastingdienst", "--postcode", "1011")
    assert code == 0
    assert "Sociale Verzekeringsbank (SVB)" in output
    assert "Algemene Ouderdomswet" in output
    assert "Gekeken naar: topic = aow" in output


def test_decide_as_json_with_everything() -> None:
    code, output = run(
        "decide", "--source", "uwv", "--topic", "pgb", "--answer", "pgb-wet=wmo", "--municipality", "gm0014",
        "--fact", "acute", "--on", "2026-11-23", "--json",
    )  # fmt: skip
    assert code == 0
    decision = json.loads(output)
    assert decision["lead"]["organisation"] == "gemeente-gm0014"
    assert decision["urgent"] is True


def test_decide_knows_islands_life_events_codes_of_an_agency_and_signals() -> None:
    code, output = run("decide", "--source", "svb", "--agency-topic", "PGB-WLZ", "--island", "saba", "--fact", "signal")
    assert code == 0
    assert "Gekeken naar: agency_topic = PGB-WLZ van svb: = pgb" in output
    assert "Bevinding: signaal: Een professional van svb" in output
    code, output = run("decide", "--source", "svb", "--life-event", "overlijden", "--municipality", "gm0363")
    assert code == 0
    assert "Naar: Gemeente Amsterdam" in output
    assert "Ook bij deze gebeurtenis: Erfbelasting: Belastingdienst." in output
    code, output = run("decide", "--source", "svb", "--agency-topic", "kinderbijslag/nieuw")
    assert code == 0
    assert "Misschien bedoeld: kinderbijslag (svb" in output


@pytest.mark.parametrize(
    "words",
    [("--postcode", "12"), ("--fact", "nationaliteit"), ("--on", "morgen"), ("--answer", "zonder-antwoord")],
)
def test_decide_refuses_what_is_no_fact(words: tuple[str, str]) -> None:
    assert run("decide", "--source", "uwv", *words)[0] == 2


def test_explain_a_topic() -> None:
    code, output = run("explain", "rijbewijs-aanvragen")
    assert code == 0
    assert output.index("rijbewijs-aanvragen-buitenland") < output.index("municipality-of-residence")
    assert run("explain", "rijbewijzz")[0] == 2


def test_the_counts_in_the_documentation_are_those_of_the_table() -> None:
    assert overview(load()) in DOCS.read_text(encoding="utf-8")
    assert run("overview")[1].strip() == overview(load())
