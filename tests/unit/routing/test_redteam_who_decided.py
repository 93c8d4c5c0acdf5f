"""Who took the decision has the question: not the home by itself, not the first door, not one name in passing."""

from typing import Any

import pytest

from contracts.base import Channel, Island, Kind
from contracts.decisions import DecisionOutcome
from contracts.questions import Facts, Residence
from routing import Table, decide
from tests.unit.routing.cases import AMSTERDAM, TODAY, Where, lead, partners, pointers

UTRECHT, ABROAD, SABA = Residence(municipality="gm0344"), Residence(abroad=True), Residence(island=Island.SABA)
CITY, HOME = "gemeente-gm0363", "gemeente-gm0344"
ANY_MUNICIPALITY = ("woz-waarde", "gemeentebelasting", "parkeervergunning", "auto-weggesleept", "leges", "precario")
DISPUTES = (Kind.OBJECTION, Kind.APPEAL)
OF_ANYBODY = {"decision-organisation", "decision-organisation-or-ask"}


def of_the_municipality(table: Table) -> list[str]:
    return [
        rule.topic for rule in table.rules if rule.topic and not rule.when and rule.to == "municipality-of-residence"
    ]


@pytest.mark.parametrize("residence", [UTRECHT, Residence(), ABROAD, SABA])
def test_the_municipality_that_decided_has_the_question_wherever_the_person_lives(
    table: Table, where: Where, residence: Residence
) -> None:
    """All topics of a municipality: who moved away keeps the debt, the assessment and the car there."""
    elsewhere = residence in (ABROAD, SABA)
    topics = set(of_the_municipality(table))
    # What another body does for who lives elsewhere stays there: passports, elections, onderstand.
    topics -= {"paspoort", "stemmen", "rni", "bsn-opvragen", "rijbewijs-aanvragen"} if elsewhere else set()
    for topic in sorted(topics):
        made = where("svb", topic=topic, residence=residence, decision_by=CITY)
        assert lead(made) == CITY, topic
        assert made.inputs["decision_by"] == CITY


def test_a_municipality_that_is_gone_is_followed_and_a_split_one_is_asked_about(where: Where) -> None:
    made = where("svb", topic="bijstand", residence=UTRECHT, decision_by="gemeente-gm0457")
    assert lead(made) == CITY
    assert "bestaat niet meer" in made.inputs["herindeling"]
    split = where("svb", topic="bijstand", residence=Residence(), decision_by="gemeente-gm0788")
    assert split.ask is not None
    assert "gm0757" in {one.code for one in split.ask.answers}


@pytest.mark.parametrize("decided", ["uwv", "gemeente-gm9999"])
def test_who_decided_and_is_no_municipality_takes_nothing_from_the_home(where: Where, decided: str) -> None:
    assert lead(where("svb", topic="bijstand", residence=UTRECHT, decision_by=decided)) == HOME


def test_support_stays_with_the_municipality_of_the_home(where: Where) -> None:
    harmed: dict[str, Any] = {"harmed_parent": True, "residence": UTRECHT, "decision_by": CITY}
    assert partners(where("svb", **harmed)) == [HOME]
    assert HOME in pointers(where("svb", topic="aow", **harmed))
    debts = where("duo", topic="studieschuld", involved=("cjib", "cak"), residence=UTRECHT, decision_by=CITY)
    assert lead(debts) == HOME


@pytest.mark.parametrize("topic", ANY_MUNICIPALITY)
def test_which_municipality_decided_is_asked_before_an_objection_goes_home(where: Where, topic: str) -> None:
    about: dict[str, Any] = {"topic": topic, "kind": "objection", "residence": UTRECHT}
    asked = where("svb", **about)
    assert asked.ask is not None
    assert asked.ask.code == "gemeente-besluit"
    answers = {"gm0363": CITY, "1011": CITY, "woongemeente": HOME, "weet-niet": HOME, "gm9999": HOME}
    for answer, organisation in answers.items():
        assert lead(where("svb", **about, answers={"gemeente-besluit": answer})) == organisation
    assert lead(where("svb", **about, decision_by=CITY)) == CITY
    assert lead(where("svb", **about, involved=(CITY,))) == CITY
    assert where(CITY, **about, involved=(CITY,)).ask is not None
    assert lead(where("svb", topic=topic, residence=UTRECHT)) == HOME


@pytest.mark.parametrize("door", ["uwv", "belastingdienst", "gemeente-gm0363"])
@pytest.mark.parametrize("kind", ["objection", "appeal", "complaint", "discrimination"])
def test_the_first_door_is_never_meant_because_it_is_the_door(table: Table, kind: str, door: str) -> None:
    """Named as involved or not, its question goes the same way, on every topic."""
    for topic in (None, *table.topics):
        facts = Facts(topic=topic, kind=kind, channel=Channel.PHONE, residence=AMSTERDAM)
        plain = decide(table, facts, source=door, today=TODAY)
        named = decide(table, facts.model_copy(update={"involved": (door,)}), source=door, today=TODAY)
        assert (lead(named), named.rule) == (lead(plain), plain.rule), topic


@pytest.mark.parametrize("kind", DISPUTES)
@pytest.mark.parametrize("named", ["uwv", "belastingdienst"])
def test_one_name_takes_no_objection_from_the_organisation_of_the_subject(table: Table, kind: Kind, named: str) -> None:
    for topic, one in table.topics.items():
        leads = {to for rule in table.rules if rule.topic == topic for to in (rule.to, *rule.fallback)}
        if named in leads or leads & OF_ANYBODY:
            continue
        facts = Facts(topic=one.code, kind=kind, channel=Channel.PHONE, residence=AMSTERDAM)
        plain = decide(table, facts, source="svb", today=TODAY)
        made = decide(table, facts.model_copy(update={"involved": (named,)}), source="svb", today=TODAY)
        assert lead(made) == lead(plain), topic


def test_one_other_name_still_tells_who_is_meant(where: Where) -> None:
    assert lead(where("uwv", topic="huurtoeslag", kind="objection", involved=("uwv",))) == "toeslagen"
    assert lead(where("svb", topic="aow", kind="objection", involved=("belastingdienst",))) == "svb"
    assert lead(where("svb", kind="objection", involved=("uwv",))) == "uwv"
    assert lead(where("svb", kind="objection", involved=("svb", "uwv"))) == "uwv"
    assert lead(where("svb", topic="bezwaar-maken", kind="objection", involved=("uwv",))) == "uwv"
    assert where("uwv", topic="bezwaar-maken", involved=("uwv",)).ask is not None
    assert lead(where("svb", topic="aow", kind="complaint", involved=("belastingdienst",))) == "belastingdienst"
    assert lead(where("svb", topic="aow", kind="complaint", decision_by="svb")) == "svb"


@pytest.mark.parametrize(
    ("topic", "organisation", "way"),
    [
        ("studieadvies", "school", "College van beroep voor de examens"),
        ("examen-op-school", "school", "commissie van beroep"),
        ("detentie", "dji", "commissie van toezicht"),
        ("bestemmingsplan", "raad-van-state", "Raad van State"),
        ("ww", "rechtspraak", "rechtbank"),
    ],
)
def test_an_appeal_goes_to_who_decides_on_it(where: Where, topic: str, organisation: str, way: str) -> None:
    made = where("svb", topic=topic, kind="appeal", residence=AMSTERDAM)
    assert lead(made) == organisation
    assert way in made.tell
    assert "juridisch-loket" in pointers(made)
    assert made.urgent


def test_a_driving_licence_abroad_is_the_same_by_its_question_as_by_its_topic(where: Where) -> None:
    answers = {"rijbewijs-vraag": "aanvragen"}
    assert lead(where("svb", topic="rijbewijs", residence=ABROAD, answers=answers)) == "rdw"
    assert lead(where("svb", topic="rijbewijs-aanvragen", residence=ABROAD)) == "rdw"
    assert lead(where("svb", topic="rijbewijs", residence=UTRECHT, answers=answers)) == HOME


@pytest.mark.parametrize(
    ("facts", "ombudsman"),
    [
        ({"topic": "bijstand", "residence": AMSTERDAM}, "ombudsman-metropool-amsterdam"),
        ({"topic": "bijstand", "residence": UTRECHT}, "nationale-ombudsman"),
        ({"topic": "bijstand", "residence": UTRECHT, "decision_by": CITY}, "ombudsman-metropool-amsterdam"),
        ({"decision_by": "gemeente-gm0457"}, "ombudsman-metropool-amsterdam"),
        ({"decision_by": "gemeente-gm0599"}, "ombudsman-rotterdam-rijnmond"),
        ({"decision_by": "gemeente-gm0518"}, "ombudsman-den-haag"),
        ({"topic": "ww", "residence": AMSTERDAM}, "nationale-ombudsman"),
        ({"topic": "bijstand"}, "nationale-ombudsman"),
        ({}, "nationale-ombudsman"),
        ({"topic": "ombudsman", "decision_by": CITY}, "ombudsman-metropool-amsterdam"),
    ],
)
def test_the_ombudsman_is_the_one_of_the_organisation_concerned(
    where: Where, facts: dict[str, Any], ombudsman: str
) -> None:
    """Gemeentewet, article 81p; after the procedure, at once when harrowing, and as what rides along."""
    for said in ({"complaint_procedure_used": True}, {"harrowing": True}):
        assert lead(where("svb", kind="complaint", **facts, **said)) == ombudsman
    first = where("svb", kind="complaint", **facts)
    if first.outcome is DecisionOutcome.RESPONSIBLE and lead(first) != ombudsman:
        assert pointers(first) == [ombudsman]
    if facts.get("topic") == "ombudsman":
        assert lead(where("svb", **facts)) == ombudsman
    declined = where("svb", kind="complaint", **facts, complaint_procedure_used=True, declined=(ombudsman,), hops=1)
    assert lead(declined) != ombudsman
