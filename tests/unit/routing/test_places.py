"""Where a person lives: old municipality codes, shared postcodes, and the day a herindeling takes effect."""

import shutil
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts.base import Channel, Kind
from contracts.decisions import Decision, DecisionOutcome
from contracts.questions import Facts, Residence
from routing import PACKAGED, Fault, Table, decide, load, validate

TODAY = date(2026, 11, 23)
EVE, NEW_YEAR = date(2026, 12, 31), date(2027, 1, 1)
NO_ADDRESS_DATA = ("1099", "2268", "2633", "2885", "6679", "6683", "7089", "8292", "9662")
Where = Callable[..., Decision]


def asking(table: Table, today: date = TODAY, **facts: Any) -> Decision:
    facts = {"topic": "bijstand", "channel": Channel.PHONE, **facts}
    return decide(table, Facts(**facts), source="uwv", today=today)


def lead(decision: Decision) -> str | None:
    return decision.lead.organisation if decision.lead else None


def choices(decision: Decision) -> list[str]:
    return [one.code for one in decision.ask.answers if one.code.startswith("gm")] if decision.ask else []


def test_there_are_342_municipalities_and_each_has_postcodes(table: Table) -> None:
    municipalities = {name for name in table.organisations if name.startswith("gemeente-gm")}
    assert len(municipalities) == 342
    assert {one for names in table.postcodes.values() for one in names} == municipalities


@pytest.mark.parametrize(
    ("code", "successor"),
    [
        ("gm0738", "gemeente-gm1959"),  # Aalburg: Altena
        ("gm0457", "gemeente-gm0363"),  # Weesp: Amsterdam
        ("gm0501", "gemeente-gm1992"),  # Brielle: Voorne aan Zee
        ("gm0693", "gemeente-gm1978"),  # Graafstroom: Molenwaard in 2013, Molenlanden in 2019
        ("gm0265", "gemeente-gm1945"),  # Millingen aan de Rijn: Groesbeek in 2015, Berg en Dal in 2016
        ("gm0083", "gemeente-gm1949"),  # Menaldumadeel: Menameradiel in 2011, Waadhoeke in 2018
    ],
)
def test_an_old_code_leads_to_who_is_in_its_place(table: Table, code: str, successor: str) -> None:
    decision = asking(table, residence=Residence(municipality=code))
    assert lead(decision) == successor
    assert code in decision.inputs["herindeling"]
    assert "nu: Gemeente" in decision.inputs["herindeling"]
    assert asking(table, answers={"woongemeente": code}).lead == decision.lead


def test_a_code_of_today_tells_of_no_herindeling(table: Table) -> None:
    assert "herindeling" not in asking(table, residence=Residence(municipality="gm0363")).inputs


def test_a_split_municipality_asks_where_the_person_lives(table: Table) -> None:
    split = Residence(municipality="gm0055")
    decision = asking(table, residence=split)
    assert decision.outcome is DecisionOutcome.ASK
    assert decision.ask
    assert decision.ask.code == "woongemeente"
    assert choices(decision) == ["gm0074", "gm0080", "gm1900", "gm1940"]
    assert "Boarnsterhim" in decision.inputs["herindeling"]
    assert lead(asking(table, residence=split, answers={"woongemeente": "gm0074"})) == "gemeente-gm0074"
    assert lead(asking(table, residence=split, answers={"woongemeente": "9001"})) == "gemeente-gm0080"
    assert lead(asking(table, residence=Residence(municipality="gm0055", postcode="9001"))) == "gemeente-gm0080"
    assert lead(asking(table, residence=split, answers={"woongemeente": "in-nederland"})) is None
    assert lead(
        asking(table, residence=split, answers={"woongemeente": "in-nederland", "welke-gemeente": "andere"})
    ) == ("triage")


def test_a_postcode_in_two_municipalities_asks_which_one(table: Table) -> None:
    shared = [postcode for postcode, names in table.postcodes.items() if len(names) > 1]
    assert len(shared) == 20
    for postcode in shared:
        decision = asking(table, residence=Residence(postcode=postcode))
        assert [f"gemeente-{code}" for code in choices(decision)] == list(table.postcodes[postcode])
        answered = asking(table, answers={"woongemeente": postcode})
        assert answered.ask
        assert answered.ask.code == "welke-gemeente"
        for code in choices(answered):
            said = {"woongemeente": postcode, "welke-gemeente": code}
            assert lead(asking(table, answers=said)) == f"gemeente-{code}"


@pytest.mark.parametrize("postcode", NO_ADDRESS_DATA)
def test_a_postcode_without_addresses_is_asked_about(table: Table, postcode: str) -> None:
    assert postcode in (PACKAGED.parents[1] / "docs" / "places.md").read_text(encoding="utf-8")
    decision = asking(table, residence=Residence(postcode=postcode))
    assert decision.ask
    assert decision.ask.code == "woongemeente"


def test_what_an_old_municipality_decided_or_holds_is_for_who_is_in_its_place(table: Table) -> None:
    """Wet arhi, articles 39 and 44."""
    objection = asking(table, kind=Kind.OBJECTION, decision_by="gemeente-gm0738")
    assert lead(objection) == "gemeente-gm1959"
    assert "Aalburg" in objection.inputs["herindeling"]
    wrong = asking(table, kind=Kind.WRONG_DATA, registry_holder="gemeente-gm0693")
    assert lead(wrong) == "gemeente-gm1978"
    split: dict[str, Any] = {"kind": Kind.OBJECTION, "decision_by": "gemeente-gm0788"}
    assert choices(asking(table, **split)) == ["gm0757", "gm0824", "gm0855", "gm0865"]
    assert lead(asking(table, **split, residence=Residence(postcode="5296"))) == "gemeente-gm0757"


def test_the_adv_follows_the_herindeling(table: Table) -> None:
    decision = asking(
        table,
        kind=Kind.DISCRIMINATION,
        complaint_procedure_used=True,
        residence=Residence(municipality="gm0693"),
    )
    assert [one.organisation for one in decision.pointers] == ["adv-gm1978"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED, tmp_path / "table"))


def planned(folder: Path, *rows: str, ends: str = "2026-12-31", starts: str = "2027-01-01") -> Path:
    """Aalsmeer (gm0358) ends and gm9001 begins, with these rows in herindelingen.csv."""
    file = folder / "municipalities.csv"
    lines = file.read_text(encoding="utf-8").splitlines()
    at = next(number for number, line in enumerate(lines) if line.startswith("gemeente-gm0358,"))
    lines[at] = f"{lines[at].rsplit(',', 1)[0]},{ends}"
    lines.append(f"gemeente-gm9001,Gemeente Proefstad,,14 000,https://example.nl,pv27,,{starts},")
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with (folder / "herindelingen.csv").open("a", encoding="utf-8") as ending:
        ending.writelines(f"{row}\n" for row in rows)
    return folder


WHOLE = "gm0358,Aalsmeer,gm9001,2027-01-01,false,proef"


def test_a_planned_herindeling_takes_effect_at_midnight(folder: Path) -> None:
    table = load(planned(folder, WHOLE))
    for facts in (
        {"residence": Residence(municipality="gm0358")},
        {"residence": Residence(postcode="1431")},
        {"answers": {"woongemeente": "1431"}},
    ):
        before, after = asking(table, EVE, **facts), asking(table, NEW_YEAR, **facts)
        assert (lead(before), lead(after)) == ("gemeente-gm0358", "gemeente-gm9001")
        assert "herindeling" not in before.inputs
        assert asking(table, EVE, **facts) == before
    early = asking(table, EVE, residence=Residence(municipality="gm9001"))
    assert early.outcome is DecisionOutcome.ASK


def test_a_planned_split_asks_from_midnight(folder: Path) -> None:
    part = "gm0358,Aalsmeer,gm0394,2027-01-01,false,proef"
    table = load(planned(folder, WHOLE, part))
    home = Residence(postcode="1431")
    assert lead(asking(table, EVE, residence=home)) == "gemeente-gm0358"
    assert choices(asking(table, NEW_YEAR, residence=home)) == ["gm9001", "gm0394"]


@pytest.mark.parametrize(
    ("row", "code"),
    [
        ("gm0457,Weesp,gm0363,2022-03-24,true,proef", "duplicate-id"),
        ("gm0738,Aalburg,gm0363,2020-01-01,true,proef", "wrong-value"),
        ("gm0363,Amsterdam,gm0394,2025-01-01,true,proef", "still-there"),
        ("gm9998,Nergenshuizen,gm9999,2025-01-01,true,proef", "unknown-organisation"),
        ("gm9998,Nergenshuizen,gm0738,2025-01-01,true,proef", "unknown-organisation"),
        ("gm9998,Nergenshuizen,gm0363,,true,proef", "missing-field"),
        ("gm9998,Nergenshuizen,gm0363,morgen,true,proef", "wrong-value"),
        ("gm1,Nergenshuizen,gm0363,2025-01-01,true,proef", "wrong-value"),
        ("gm1959,Altena,gm0738,2018-01-01,true,proef", "cycle"),
    ],
)
def test_a_faulty_herindeling_is_named_with_its_line(folder: Path, row: str, code: str) -> None:
    file = folder / "herindelingen.csv"
    text = file.read_text(encoding="utf-8")
    file.write_text(f"{text}{row}\n", encoding="utf-8")
    line = text.count("\n") + 1
    assert (code, line) in {(one.code, one.line) for one in validate(folder) if one.path == file}


def named(faults: list[Fault]) -> set[tuple[str, str]]:
    return {(one.path.name, one.code) for one in faults}


def test_a_municipality_that_ends_must_have_a_successor_from_the_next_day(folder: Path) -> None:
    assert named(validate(planned(folder))) == {("municipalities.csv", "gap")}


def test_a_successor_that_begins_too_late_is_no_successor(folder: Path) -> None:
    assert named(validate(planned(folder, WHOLE, starts="2027-02-01"))) == {
        ("herindelingen.csv", "unknown-organisation")
    }


def test_a_municipality_that_outlives_its_herindeling_is_a_fault(folder: Path) -> None:
    found = named(validate(planned(folder, WHOLE, ends="2027-01-31")))
    assert found == {("herindelingen.csv", "still-there"), ("municipalities.csv", "gap")}


def test_the_same_postcode_twice_in_one_municipality_is_a_fault(folder: Path) -> None:
    with (folder / "postcodes.csv").open("a", encoding="utf-8") as file:
        file.write("1011,gemeente-gm0363\n")
    assert named(validate(folder)) == {("postcodes.csv", "duplicate-id")}
