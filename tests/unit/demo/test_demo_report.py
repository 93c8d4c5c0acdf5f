"""The verdict: good only when nothing at all differs."""

import pytest
from rich.console import Console

from services.demo.board import place, table
from services.demo.cases import ALL
from services.demo.report import report
from services.demo.show import Performance, prepared
from services.demo.whole import chosen


def ended(*names: str) -> Performance:
    """As if these cases went as they should."""
    performance = prepared([case for case in ALL if case.id in names], "x")
    for result in performance.results:
        for course in result.courses:
            course.over, course.lead, course.outcome = True, course.script.to, course.script.outcome
    return performance


def test_all_as_expected_is_good() -> None:
    performance = ended("C-01", "C-03")
    assert performance.good
    lines = list(report(performance))
    assert lines[0].startswith("✓ C-01")
    assert lines[-1].startswith("Alle 2 gevallen liepen af zoals verwacht")


def test_one_difference_is_not_good() -> None:
    performance = ended("C-01", "C-02")
    performance.results[1].courses[0].wrong.append("bestemming: verwacht uwv, gekregen svb")
    lines = list(report(performance))
    assert not performance.good
    assert "✗ C-02  AOW-vraag bij UWV" in lines
    assert any("verwacht uwv, gekregen svb" in line for line in lines)
    assert lines[-1].startswith("NIET GOED: 1 van 2")


def test_a_case_that_is_not_over_is_not_good() -> None:
    performance = ended("C-01")
    performance.results[0].courses[0].over = False
    assert not performance.good
    assert next(report(performance)).startswith("✗ C-01")


@pytest.mark.parametrize("field", ["stray", "findings"])
def test_an_unexpected_event_or_a_finding_of_the_audit_is_not_good(field: str) -> None:
    performance = ended("C-01")
    getattr(performance, field).append("wat er mis is")
    lines = list(report(performance))
    assert not performance.good
    assert any("wat er mis is" in line for line in lines)
    assert lines[-1].startswith("NIET GOED")


def test_the_board_shows_what_is_going_on_first_and_fits_the_screen() -> None:
    performance = ended(*(case.id for case in ALL))
    last = performance.results[-1].courses[0]
    last.over, last.place, last.holder = False, "handoff.changed svb accepted", "svb"
    console = Console(width=140, record=True)
    console.print(table(performance, lambda name: (name or "").upper(), rows=16))
    shown = [line for line in console.export_text().splitlines() if " C-" in line or " D-" in line]
    assert len(shown) == 10
    assert performance.results[-1].case.id in shown[0]
    assert "aangenomen door SVB" in shown[0]
    assert "geholpen door SVB" in shown[1]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("handoff.requested svb", "aangeboden aan svb"),
        ("handoff.changed svb declined other", "teruggegeven door svb"),
        ("question.triaged De regels wijzen niets aan", "bij de triage"),
        ("nog niet gesteld", "nog niet gesteld"),
    ],
)
def test_where_a_question_is_reads_as_dutch(said: str, words: str) -> None:
    assert place(said, lambda name: name or "") == words


def test_the_board_says_when_only_the_audit_is_left() -> None:
    console = Console(width=140, record=True)
    console.print(table(ended("C-01"), str, rows=16))
    assert "controle" in console.export_text()


def test_cases_are_chosen_by_name() -> None:
    assert [case.id for case in chosen("C-05, C-01")] == ["C-01", "C-05"]
    assert chosen("") == ALL
    with pytest.raises(ValueError, match="C-99"):
        chosen("C-01,C-99")
