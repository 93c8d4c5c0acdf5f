"""Who is there, who stands in, and who takes over from an organisation that is no more."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts.base import Channel
from contracts.decisions import Decision
from contracts.questions import Facts
from routing import Table, decide
from routing.checks.presence import presence_faults
from routing.data.model import Absence, Validity
from routing.data.read import texts
from routing.data.tables import Parsed, parse
from routing.versions.loading import load_files

BEFORE, FIRST, LAST, AFTER = date(2026, 12, 6), date(2026, 12, 7), date(2026, 12, 18), date(2026, 12, 19)
AWAY = Validity(FIRST, LAST)


def with_absences(table: Table, *absences: Absence) -> Table:
    return replace(table, absences=absences, views={}, remembered={})


def asking(table: Table, today: date, **facts: Any) -> Decision:
    given = Facts(**{"topic": "aow", "channel": Channel.PHONE, **facts})
    return decide(table, given, source="uwv", today=today)


def lead(decision: Decision) -> str | None:
    return decision.lead.organisation if decision.lead else None


def test_an_absent_organisation_gets_nothing_new_and_its_stand_in_does(table: Table) -> None:
    away = with_absences(table, Absence("svb", AWAY, "duo"))
    assert [lead(asking(away, day)) for day in (BEFORE, FIRST, LAST, AFTER)] == ["svb", "duo", "duo", "svb"]
    decision = asking(away, FIRST)
    (why,) = [one.why for one in decision.alternatives if one.organisation == "svb"]
    assert why == "Deze organisatie is afwezig tot en met 18-12-2026; Dienst Uitvoering Onderwijs (DUO) neemt waar."
    assert [away.there("svb", day) for day in (BEFORE, FIRST, AFTER)] == [True, False, True]
    assert [away.takes_over("svb", day) for day in (BEFORE, FIRST, AFTER)] == [None, "duo", None]


def test_without_stand_in_it_goes_on_as_if_it_had_said_no(table: Table) -> None:
    away = with_absences(table, Absence("svb", Validity(FIRST)))
    decision = asking(away, LAST)
    assert lead(decision) == "triage"
    assert "Deze organisatie is afwezig." in [one.why for one in decision.alternatives]
    assert away.takes_over("svb", LAST) is None


def test_a_stand_in_that_is_away_too_has_a_stand_in(table: Table) -> None:
    away = with_absences(table, Absence("svb", AWAY, "duo"), Absence("duo", AWAY, "uwv"))
    assert away.takes_over("svb", FIRST) == "uwv"
    assert lead(asking(away, FIRST)) == "uwv"
    around = with_absences(table, Absence("svb", AWAY, "duo"), Absence("duo", AWAY, "svb"))
    assert around.takes_over("svb", FIRST) is None


def test_who_declined_does_not_come_back_as_stand_in(table: Table) -> None:
    away = with_absences(table, Absence("svb", AWAY, "duo"))
    facts = Facts(topic="aow", channel=Channel.PHONE)
    decision = decide(away, facts, source="uwv", declined=frozenset({"duo"}), hops=1, today=FIRST)
    assert lead(decision) == "triage"


def test_an_absent_partner_is_replaced_or_left_out(table: Table) -> None:
    together: dict[str, Any] = {"topic": None, "involved": ("svb", "duo"), "residence": {"municipality": "gm0363"}}
    usual = asking(table, FIRST, **together)
    partner = usual.partners[0].organisation
    by_other = asking(with_absences(table, Absence(partner, AWAY, "cak")), FIRST, **together)
    assert "cak" in [one.organisation for one in by_other.partners]
    without = asking(with_absences(table, Absence(partner, AWAY)), FIRST, **together)
    assert partner not in [one.organisation for one in without.partners]
    assert "svb" in [one.organisation for one in without.partners], "without its own team, itself"
    neither = asking(with_absences(table, Absence(partner, AWAY), Absence("svb", AWAY)), FIRST, **together)
    assert {partner, "svb"}.isdisjoint(one.organisation for one in neither.partners)
    assert "svb" in [one.organisation for one in neither.alternatives]


def test_a_municipality_that_is_gone_is_followed_with_its_adv(table: Table) -> None:
    assert table.takes_over("gemeente-gm0693", FIRST) == "gemeente-gm1978"
    assert table.takes_over("adv-gm0693", FIRST) == "adv-gm1978"
    assert table.takes_over("gemeente-gm0055", FIRST) is None, "it was split: the residence decides"
    assert table.takes_over("gemeente-gm0363", FIRST) is None, "it is there itself"
    assert table.takes_over("nooit-geweest", FIRST) is None
    assert not table.there("gemeente-gm0693", FIRST)


def test_an_organisation_that_ended_has_a_successor(table: Table) -> None:
    gone = replace(table.organisations["svb"], validity=Validity(date.min, BEFORE), successor="duo")
    changed = replace(table, organisations={**table.organisations, "svb": gone}, views={}, remembered={})
    assert [changed.takes_over("svb", day) for day in (BEFORE, FIRST)] == [None, "duo"]
    objection = asking(changed, FIRST, topic=None, kind="objection", decision_by="svb")
    assert lead(objection) == "duo"
    assert (
        objection.inputs["herindeling"]
        == "Sociale Verzekeringsbank (SVB) bestaat niet meer; nu: Dienst Uitvoering Onderwijs (DUO)"
    )


def test_older_tables_have_no_absences_and_keep_their_version(table: Table, packaged: dict[str, str]) -> None:
    older = {name: text for name, text in packaged.items() if name != "absences.csv"}
    assert load_files(older).version != table.version
    assert load_files(older).absences == ()
    assert table.absences == ()


@pytest.fixture(scope="module")
def packaged() -> dict[str, str]:
    from routing import PACKAGED

    return texts(PACKAGED)[0]


@pytest.fixture(scope="module")
def parsed(packaged: dict[str, str]) -> Parsed:
    return parse(packaged)


def absences(parsed: Parsed, *lines: str) -> set[str]:
    head = "organisation,from,until,stand_in,why"
    read = parse({"absences.csv": "\n".join((head, *lines)) + "\n"}).absences
    assert parsed.settings
    return {one.code for one in presence_faults(replace(parsed, absences=read), parsed.settings)}


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        (("svb,2026-12-07,2026-12-18,duo,verhuizing",), None),
        (("svb,2026-12-07,,,",), None),
        (("nergens,2026-12-07,,,",), "unknown-organisation"),
        (("svb,2026-12-07,,nergens,",), "unknown-organisation"),
        (("svb,2026-12-07,2026-12-01,,",), "wrong-value"),
        (("triage,2026-12-07,,,",), "wrong-value"),
        (("svb,2026-12-07,,gemeente,",), "not-in-service"),
        (("svb,2026-12-07,,duo,", "duo,2026-12-09,,svb,"), "cycle"),
        (("svb,2026-12-07,,svb,",), "cycle"),
        (("svb,2026-12-07,2026-12-18,,", "svb,2026-12-18,,,"), "overlap"),
        (("svb,2026-12-07,2026-12-18,,", "svb,2026-12-19,,,"), None),
    ],
)
def test_faults_of_absences(parsed: Parsed, lines: tuple[str, ...], code: str | None) -> None:
    assert absences(parsed, *lines) == ({code} if code else set())


@pytest.mark.parametrize(
    ("ends", "successor", "code"),
    [
        (date(2026, 12, 31), "duo", None),
        (None, "duo", "wrong-value"),
        (date(2026, 12, 31), "nergens", "unknown-organisation"),
        (date(2026, 12, 31), "svb", "cycle"),
        (date(2026, 12, 31), "gemeente-gm0000", "unknown-organisation"),
    ],
)
def test_faults_of_successors(parsed: Parsed, ends: date | None, successor: str, code: str | None) -> None:
    changed = [
        replace(one, validity=Validity(date.min, ends), successor=successor) if one.id == "svb" else one
        for one in parsed.organisations
    ]
    assert parsed.settings
    found = {one.code for one in presence_faults(replace(parsed, organisations=changed), parsed.settings)}
    assert found == ({code} if code else set())


def test_a_csv_without_a_first_day_is_a_fault(tmp_path: Path) -> None:
    faults = parse({"absences.csv": "organisation,from,until,stand_in,why\nsvb,,,,\n"}, tmp_path).faults
    assert "missing-field" in {one.code for one in faults if one.path.name == "absences.csv"}
