"""What a red team found for who lives on an island or abroad: the right desk, and words that do not contradict it."""

import re
from datetime import date
from typing import Any

import pytest

from contracts.base import Channel, Island, Kind
from contracts.decisions import Decision
from contracts.questions import Facts, Residence
from routing import Table, decide

TODAY = date(2026, 11, 23)
BONAIRE, ABROAD = Residence(island=Island.BONAIRE), Residence(abroad=True)
EUROPEAN = frozenset(
    {"svb", "uwv", "belastingdienst", "toeslagen", "cak", "ciz", "om", "rechtspraak", "politie", "huurcommissie", "kvk"}
    | {"ind", "raad-kinderbescherming"}
)
BY_ITSELF = (Kind.QUESTION, Kind.COMPLAINT, Kind.OBJECTION, Kind.WRONG_DATA, Kind.DIGITALLY_STUCK)


def asking(table: Table, **facts: Any) -> Decision:
    return decide(table, Facts(channel=Channel.PHONE, **facts), source="rcn", today=TODAY)


def lead(decision: Decision) -> str:
    return decision.lead.organisation if decision.lead else ""


@pytest.mark.parametrize("kind", BY_ITSELF)
def test_no_question_of_an_islander_ends_at_a_european_agency_by_itself(table: Table, kind: Kind) -> None:
    """Except a debt to Toeslagen and a fine of the CJIB: those were made in the European Netherlands."""
    for topic in table.topics.keys() - {"toeslagschuld", "verkeersboete"}:
        assert lead(asking(table, topic=topic, kind=kind, residence=BONAIRE)) not in EUROPEAN, topic


@pytest.mark.parametrize("topic", ["zorgtoeslag", "huurtoeslag", "kinderopvangtoeslag", "kindgebonden-budget"])
def test_an_islander_hears_that_there_are_no_toeslagen(table: Table, topic: str) -> None:
    decision = asking(table, topic=topic, residence=BONAIRE)
    assert lead(decision) == "rcn"
    assert "gelden hier niet" in decision.tell


def test_what_an_islander_is_told_names_no_municipality(table: Table) -> None:
    for topic in table.topics:
        decision = asking(table, topic=topic, residence=BONAIRE)
        if lead(decision).startswith("cn-"):
            assert not re.search(r"\b(gemeente|provincie|waterschap)\b", decision.tell), f"{topic}: {decision.tell}"


def test_what_somebody_abroad_is_told_names_no_municipality_of_his_own(table: Table) -> None:
    for topic in table.topics:
        decision = asking(table, topic=topic, residence=ABROAD)
        if lead(decision) == "loket-buitenland":
            wrong = re.search(r"gemeente waar u woont|uw (nieuwe )?gemeente|bij de gemeente\b", decision.tell)
            assert not wrong, f"{topic}: {decision.tell}"


@pytest.mark.parametrize("topic", ["uithuiszetting", "maatschappelijke-opvang", "afsluiting-energie"])
def test_an_emergency_on_an_island_stays_urgent(table: Table, topic: str) -> None:
    decision = asking(table, topic=topic, residence=BONAIRE, domains=("debt", "housing"))
    alone = asking(table, topic=topic, residence=BONAIRE)
    assert (lead(decision), lead(alone)) == ("cn-bonaire", "cn-bonaire")
    assert alone.urgent
    assert alone.norm_class == "spoed"


@pytest.mark.parametrize(("residence", "organisation"), [(BONAIRE, "cn-bonaire"), (ABROAD, "loket-buitenland")])
def test_what_any_organisation_does_goes_to_the_one_that_is_known(
    table: Table, residence: Residence, organisation: str
) -> None:
    assert lead(asking(table, topic="schade-overheid", residence=residence)) == organisation
    assert lead(asking(table, topic="schade-overheid", residence=residence, decision_by="duo")) == "duo"
