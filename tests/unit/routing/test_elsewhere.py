"""Who lives on Bonaire, Sint Eustatius or Saba, or abroad: no municipality, no BSN, often another organisation."""

from datetime import date
from typing import Any

import pytest

from contracts.base import Channel, Island, Kind
from contracts.decisions import Decision, DecisionOutcome
from contracts.questions import Facts, Residence
from routing import Table, decide
from routing.engine.view import homes

TODAY = date(2026, 11, 23)
BONAIRE, ABROAD = Residence(island=Island.BONAIRE), Residence(abroad=True)
EUROPEAN_ONLY = frozenset(
    {"svb", "uwv", "belastingdienst", "toeslagen", "cak", "ciz", "ind", "coa", "politie", "om", "rechtspraak", "kvk"}
    | {"rdw", "cbr", "huurcommissie", "arbeidsinspectie", "slachtofferhulp", "raad-kinderbescherming", "reclassering"}
)


def asking(table: Table, source: str = "rcn", **facts: Any) -> Decision:
    facts.setdefault("channel", Channel.PHONE)
    return decide(table, Facts(**facts), source=source, today=TODAY)


def lead(decision: Decision) -> str | None:
    return decision.lead.organisation if decision.lead else None


@pytest.mark.parametrize("island", list(Island))
def test_the_public_body_is_the_municipality_of_an_island(table: Table, island: Island) -> None:
    said = asking(table, topic="paspoort", residence=Residence(island=island))
    assert lead(said) == f"cn-{island}"
    assert said.inputs["residence"] == island
    assert lead(asking(table, topic="paspoort", answers={"woongemeente": island.value})) == f"cn-{island}"


@pytest.mark.parametrize(
    ("topic", "organisation"),
    [
        ("inkomstenbelasting", "belastingdienst-cn"),
        ("kinderbijslag", "rcn-szw"),
        ("ziektewet", "rcn-szw"),
        ("bijstand", "rcn-szw"),
        ("wlz-indicatie", "zjcn"),
        ("wlz-zorg", "zjcn"),
        ("jeugdhulp", "zjcn"),
        ("zorgtoeslag", "rcn"),
        ("toeslagschuld", "toeslagen"),
        ("verblijfsvergunning", "ind-cn"),
        ("aangifte", "kpcn"),
        ("handelsregister", "kvk-bonaire"),
        ("echtscheiding", "gerecht-bes"),
        ("kenteken", "cn-bonaire"),
        ("waterschapsbelasting", "cn-bonaire"),
        ("wmo", "cn-bonaire"),
        ("studiefinanciering", "duo"),
        ("privacy", "cbp-bes"),
        ("gedupeerde-kinderopvangtoeslag", "uht"),
    ],
)
def test_an_islander_goes_to_who_serves_the_islands(table: Table, topic: str, organisation: str) -> None:
    assert lead(asking(table, topic=topic, residence=BONAIRE)) == organisation


def test_saba_shares_its_chamber_of_commerce_with_sint_eustatius(table: Table) -> None:
    assert lead(asking(table, topic="handelsregister", residence=Residence(island=Island.SABA))) == "kvk-statia-saba"


def test_aow_of_an_islander_is_asked_about(table: Table) -> None:
    asked = asking(table, topic="aow", residence=BONAIRE)
    assert asked.ask
    assert asked.ask.code == "aow-of-aov"
    for answer, organisation in (("aow", "svb"), ("aov", "rcn-szw"), ("weet-niet", "rcn-szw")):
        decision = asking(table, topic="aow", residence=BONAIRE, answers={"aow-of-aov": answer})
        assert lead(decision) == organisation


def test_no_topic_sends_an_islander_to_an_agency_that_does_not_serve_the_islands(table: Table) -> None:
    """Also of topics that come later; the exceptions are debts and pensions from European Netherlands."""
    exceptions = {"toeslagschuld"}
    for topic in table.topics:
        decision = asking(table, topic=topic, residence=BONAIRE)
        assert lead(decision) not in EUROPEAN_ONLY or topic in exceptions, f"{topic}: {lead(decision)}"
        assert lead(decision) is None or not str(lead(decision)).startswith(("gemeente-", "waterschap-"))


def test_an_objection_or_complaint_of_an_islander_goes_there_too(table: Table) -> None:
    for kind in (Kind.OBJECTION, Kind.COMPLAINT):
        assert lead(asking(table, topic="kinderbijslag", kind=kind, residence=BONAIRE)) == "rcn-szw"
    appeal: dict[str, Any] = {"topic": "kinderbijslag", "kind": Kind.APPEAL, "residence": BONAIRE}
    assert lead(asking(table, **appeal, decision_by="rcn-szw")) == "gerecht-bes"
    assert lead(asking(table, **appeal, decision_by="svb")) == "rechtspraak"


def test_discrimination_on_an_island_comes_with_the_national_support(table: Table) -> None:
    decision = asking(
        table,
        topic="kinderbijslag",
        kind=Kind.DISCRIMINATION,
        complaint_procedure_used=True,
        residence=BONAIRE,
    )
    assert (lead(decision), [one.organisation for one in decision.pointers]) == (
        "college-rechten-van-de-mens",
        ["discriminatie-nl"],
    )


def test_without_a_topic_an_islander_has_one_point_of_contact(table: Table) -> None:
    """001:2280-2282."""
    assert lead(asking(table, "svb", residence=BONAIRE)) == "rcn"


def test_an_island_is_not_abroad(table: Table) -> None:
    both = Residence(island=Island.SABA, abroad=True)
    assert lead(asking(table, topic="paspoort", residence=both)) == "cn-saba"
    assert lead(asking(table, topic="inkomstenbelasting", residence=both)) == "belastingdienst-cn"


@pytest.mark.parametrize(("home", "number"), [(BONAIRE, "911"), (ABROAD, "noodnummer van het land")])
def test_danger_elsewhere_names_a_number_that_works_there(table: Table, home: Residence, number: str) -> None:
    decision = asking(table, residence=home, danger=True)
    assert decision.outcome is DecisionOutcome.CRISIS
    assert decision.instruction
    assert number in decision.instruction
    assert "0800" not in decision.instruction


@pytest.mark.parametrize(
    ("topic", "organisation"),
    [
        ("inkomstenbelasting", "belastingdienst-buitenland"),
        ("zorgtoeslag", "toeslagen-buitenland"),
        ("zorgverzekering-buitenland", "cak-buitenland"),
        ("aow", "svb"),
        ("ww", "uwv"),
        ("studieschuld", "duo"),
        ("stemmen", "gemeente-gm0518"),
        ("rijbewijs-aanvragen", "rdw"),
        ("bsn-opvragen", "gemeente-gm0363"),
        ("rni", "rvig"),
        ("paspoort", "loket-buitenland"),
        ("bijstand", "loket-buitenland"),
    ],
)
def test_who_lives_abroad_goes_to_who_serves_abroad(table: Table, topic: str, organisation: str) -> None:
    assert lead(asking(table, topic=topic, residence=ABROAD)) == organisation
    assert lead(asking(table, topic=topic, answers={"woongemeente": "buitenland"})) == organisation


def test_the_loket_buitenland_is_there_day_and_night(table: Table) -> None:
    """003:182-187."""
    assert table.organisations["loket-buitenland"].opening_hours == "24/7"


def test_where_the_team_abroad_declines_the_agency_itself_is_next(table: Table) -> None:
    facts = Facts(topic="inkomstenbelasting", channel=Channel.PHONE, residence=ABROAD)
    declined = frozenset({"belastingdienst-buitenland"})
    again = decide(table, facts, source="svb", declined=declined, hops=1, today=TODAY)
    assert lead(again) == "belastingdienst"


def test_living_elsewhere_changes_nothing_for_who_lives_here(table: Table) -> None:
    usual = homes(table.rules)
    for topic in ("inkomstenbelasting", "kinderbijslag", "verblijfsvergunning", "aow", "rni"):
        here = asking(table, topic=topic, residence=Residence(municipality="gm0363"))
        assert lead(here) == usual[topic]
        assert here.alternatives == ()


@pytest.mark.parametrize(
    ("municipality", "ombudsman"),
    [
        ("gemeente-gm0363", "ombudsman-metropool-amsterdam"),
        ("gemeente-gm0599", "ombudsman-rotterdam-rijnmond"),
        ("gemeente-gm0518", "ombudsman-den-haag"),
        ("gemeente-gm0344", "nationale-ombudsman"),
    ],
)
def test_a_complaint_the_municipality_dealt_with_goes_to_its_own_ombudsman(
    table: Table, municipality: str, ombudsman: str
) -> None:
    complaint: dict[str, Any] = {"topic": "wmo", "kind": Kind.COMPLAINT, "decision_by": municipality}
    assert lead(asking(table, **complaint, complaint_procedure_used=True)) == ombudsman
    assert lead(asking(table, **complaint)) == municipality
