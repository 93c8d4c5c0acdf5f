"""The acceptance cases of requirements section 5 about problems that hang together, life events and signals."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from pydantic import ValidationError

from contracts.base import Channel
from contracts.decisions import DecisionOutcome
from contracts.questions import Facts, Residence
from routing import Table, decide
from tests.unit.routing.cases import AMSTERDAM, TODAY, Where, lead, partners, pointers


def test_c15_a_gemeente_that_is_not_connected_brings_its_case_in_through_who_is(where: Where) -> None:
    stuck: dict[str, Any] = {"topic": "schulden", "stuck": True, "domains": ("debt", "care")}
    decision = where("gemeente-gm0599", **stuck, involved=("cak", "uwv"))
    assert (lead(decision), decision.outcome) == ("maatwerkplaats-uwv", DecisionOutcome.MAATWERK)
    assert partners(decision) == ["cak"]
    assert {"niet-aangesloten", "vastgelopen"} <= {one.code for one in decision.findings}
    without_a_team = where("gemeente-gm0599", **stuck, involved=("cak",))
    assert lead(without_a_team) == "cak"
    alone = where("gemeente-gm0599", **stuck, residence=Residence(municipality="gm0599"))
    assert (lead(alone), alone.outcome) == ("triage", DecisionOutcome.TRIAGE)
    assert "niet-aangesloten" in {one.code for one in alone.findings}
    for one in (decision, without_a_team, alone):
        assert "maatwerkloket" not in {lead(one), *partners(one), *pointers(one)}


def test_c16_help_is_known_and_the_payer_is_not(where: Where) -> None:
    decision = where("gemeente-gm0363", topic="wmo", answers={"vastgelopen-door": "betaler-onbekend"})
    assert (lead(decision), decision.outcome) == ("maatwerkloket", DecisionOutcome.MAATWERK)
    assert "Overbruggingsprocedure" in decision.reason
    assert "hulp alvast kan beginnen" in decision.tell
    assert [one.code for one in decision.findings] == ["betaler-onbekend"]
    assert "gemeente-gm0363" in decision.findings[0].source


@pytest.mark.parametrize("why", ["bestuurders-oneens", "bevoegdheid-betwist"])
def test_c18_boards_that_disagree_meet_through_the_maatwerkloket(where: Where, why: str) -> None:
    decision = where("uwv", topic="wia", involved=("uwv", "svb"), answers={"vastgelopen-door": why})
    assert lead(decision) == "maatwerkloket"
    assert partners(decision) == ["maatwerkplaats-uwv", "maatwerkplaats-svb"]
    assert "Escalatie Team" in decision.reason
    assert why in {one.code for one in decision.findings}


def test_c18_nobody_is_sent_to_the_escalation_team_by_the_table(table: Table) -> None:
    """R-34: only the Maatwerkloket deploys its instruments."""
    named = {name for rule in table.rules for name in (rule.to, *rule.fallback, *rule.partners)}
    assert "let" not in named


def test_c23_an_agency_asks_about_its_own_rule(where: Where) -> None:
    decision = where("uwv", topic="onderzoek-eigen-handelen")
    assert lead(decision) == "college-rechten-van-de-mens"
    assert (partners(decision), pointers(decision)) == ([], [])


@pytest.mark.parametrize("topic", ["inkomstenbelasting", "zorgtoeslag"])
def test_c27_tax_help_near_terneuzen(table: Table, where: Where, topic: str) -> None:
    near: dict[str, Any] = {"topic": topic, "residence": Residence(municipality="gm0715")}
    stuck = where("gemeente-gm0715", kind="digitally-stuck", **near)
    assert lead(stuck) == "steunpunt-bd"
    assert stuck.lead
    assert stuck.lead.contact.desk
    assert "steunpunt-bd" in pointers(where("gemeente-gm0715", **near))
    facts = Facts(channel=Channel.DESK, kind="digitally-stuck", **near)
    before = decide(table, facts, source="gemeente-gm0715", today=date(2021, 6, 30))
    assert lead(before) in {"belastingdienst", "toeslagen"}
    assert "steunpunt-bd" not in pointers(before)
    elsewhere = where("uwv", topic=topic, kind="digitally-stuck", residence=AMSTERDAM)
    assert lead(elsewhere) in {"belastingdienst", "toeslagen"}
    other_tax = where("uwv", topic="waterschapsbelasting", kind="digitally-stuck", residence=near["residence"])
    assert lead(other_tax) != "steunpunt-bd"


def test_c40_an_entrepreneur_meets_the_same_rules(where: Where) -> None:
    """Who brings the question in is no fact of the table (R-09), so it can steer nothing."""
    assert "submitter" not in Facts.model_fields
    assert lead(where("belastingdienst", topic="bijstand-zelfstandigen", residence=AMSTERDAM)) == "gemeente-gm0363"


def test_c43_a_death_is_one_bundle_with_several_organisations(where: Where) -> None:
    decision = where("svb", life_event="overlijden", residence=AMSTERDAM)
    assert (lead(decision), partners(decision)) == ("gemeente-gm0363", [])
    found = {one.topic: one.organisation for one in decision.bundle}
    assert found["overlijden"] == "gemeente-gm0363"
    assert (found["anw"], found["erfbelasting"], found["zorgtoeslag"]) == ("svb", "belastingdienst", "toeslagen")
    assert next(iter(found)) == "overlijden"
    assert all(one.why and one.title for one in decision.bundle)
    assert decision.inputs["life_event"] == "overlijden"
    by_topic = where("svb", life_event="overlijden", topic="anw", residence=AMSTERDAM)
    assert lead(by_topic) == "svb"
    assert by_topic.bundle == decision.bundle


def test_c43_an_item_that_needs_one_more_question_has_no_organisation_yet(where: Where) -> None:
    decision = where("svb", life_event="overlijden")
    assert decision.outcome is DecisionOutcome.ASK
    found = {one.topic: one.organisation for one in decision.bundle}
    assert found["overlijden"] is None
    assert found["anw"] == "svb"


def test_c43_only_who_must_act_as_one_becomes_partner(where: Where) -> None:
    decision = where("duo", life_event="gedupeerd", residence=AMSTERDAM)
    assert (lead(decision), partners(decision)) == ("uht", ["gemeente-gm0363"])


@pytest.mark.parametrize("topic", [None, "bijstand", "aow"])
def test_c45_a_signal_never_takes_the_holder_away(where: Where, topic: str | None) -> None:
    asked: dict[str, Any] = {"topic": topic, "residence": AMSTERDAM}
    plain, signal = where("uwv", **asked), where("uwv", **asked, signal=True)
    assert (lead(signal), signal.outcome, signal.rule) == (lead(plain), plain.outcome, plain.rule)
    assert signal.inputs["signal"] == "ja"
    (finding,) = (one for one in signal.findings if one.code == "signaal")
    assert "uwv" in finding.source


def test_c46_a_journalist_complains_about_disclosure(table: Table, where: Where) -> None:
    assert lead(where("belastingdienst", topic="openbaarheid-klacht")) == "adviescollege-oi"
    used = where("belastingdienst", topic="openbaarheid-klacht", kind="complaint", complaint_procedure_used=True)
    assert lead(used) == "adviescollege-oi"
    college = table.organisations["adviescollege-oi"]
    gone = replace(
        table, organisations={**table.organisations, college.id: replace(college, status="announced")}, views={}
    )
    facts = Facts(topic="openbaarheid-klacht", kind="complaint", channel="web", decision_by="duo")
    assert lead(decide(gone, facts, source="duo", today=TODAY)) == "duo"


def test_c50_a_denied_attribute_does_not_come_in() -> None:
    with pytest.raises(ValidationError):
        Facts.model_validate({"topic": "aow", "channel": "web", "nationaliteit": "x"})


def test_r30_every_finding_names_who_said_it(where: Where) -> None:
    """R-30: two areas of life, two organisations, a professional's word, or a threat; never a score."""
    cases: tuple[tuple[dict[str, Any], str], ...] = (
        ({"domains": ("debt", "care")}, "meer-domeinen"),
        ({"involved": ("uwv", "svb")}, "meer-organisaties"),
        ({"answers": {"vroeg-signaal": "ja"}}, "dreigt"),
        ({"professional_asks": True}, "professional-vraagt"),
        ({"stuck": True}, "vastgelopen"),
    )
    for facts, code in cases:
        decision = where("uwv", topic="wia", **facts)
        assert decision.outcome is DecisionOutcome.MAATWERK, code
        assert code in {one.code for one in decision.findings}
        assert all("uwv" in one.source for one in decision.findings)
    assert where("uwv", topic="wia", domains=("debt",), answers={"vroeg-signaal": "nee"}).findings == ()


def test_r31_the_rule_says_which_step_of_the_ladder(where: Where) -> None:
    one = where("uwv", topic="wia", domains=("income", "care"))
    assert (one.rule, lead(one), partners(one)) == ("maatwerkplaats", "maatwerkplaats-uwv", [])
    more = where("uwv", topic="wia", involved=("uwv", "svb"))
    assert (more.rule, lead(more)) == ("maatwerkplaatsen-samen", "maatwerkplaats-uwv")
    none = where("gemeente-gm0363", topic="wmo", domains=("care", "housing"), residence=AMSTERDAM)
    assert (none.rule, lead(none)) == ("maatwerkloket-zonder-maatwerkplaats", "maatwerkloket")
    declined = where("uwv", topic="wia", domains=("income", "care"), declined=("maatwerkplaats-uwv",))
    assert lead(declined) == "maatwerkloket"


def test_r33_the_person_is_never_told_to_go_to_the_maatwerkloket(where: Where) -> None:
    decision = where("uwv", topic="wia", stuck=True)
    assert "U hoeft daar zelf niet naartoe" in decision.tell
    assert "maatwerkloket" not in pointers(decision)


def test_i07_the_parts_that_stack_are_named(where: Where) -> None:
    stacked: dict[str, Any] = {"topic": "belastingschuld", "involved": ("toeslagen",), "answers": {"lukt-zelf": "nee"}}
    decision = where("belastingdienst", **stacked)
    assert lead(decision) == "stellateam"
    sources = {one.code: one.source for one in decision.findings}
    assert sources["stapeling"] == "toeslagen, inning; opgegeven door belastingdienst."
    assert "belastingdienst" in sources["komt-er-zelf-niet-uit"]
    across = where("toeslagen", topic="huurtoeslag", domains=("benefits", "housing"))
    assert lead(across) == "stellateam-toeslagen"


def test_wrong_data_at_several_holders_has_the_mfo_as_ketenregisseur(where: Where) -> None:
    decision = where("gemeente-gm0363", kind="wrong-data", involved=("belastingdienst", "gemeente-gm0363"))
    assert (lead(decision), partners(decision)) == ("mfo", ["belastingdienst", "gemeente-gm0363"])


@pytest.mark.parametrize(
    ("facts", "along"),
    [
        ({"topic": "ww", "kind": "objection"}, "juridisch-loket"),
        ({"topic": "ww", "kind": "appeal"}, "juridisch-loket"),
        ({"topic": "ww", "kind": "complaint"}, "nationale-ombudsman"),
        ({"topic": "studieschuld"}, "gemeente-gm0363"),
        ({"topic": "belastingschuld"}, "gemeente-gm0363"),
        ({"topic": "aow", "harmed_parent": True}, "uht"),
        ({"kind": "discrimination"}, "adv-gm0363"),
    ],
)
def test_what_must_ride_along_does(where: Where, facts: dict[str, Any], along: str) -> None:
    assert along in pointers(where("svb", residence=AMSTERDAM, **facts))


def test_nobody_is_pointed_at_who_already_has_the_question(where: Where) -> None:
    harrowing = where("cak", kind="complaint", decision_by="cak", harrowing=True)
    assert pointers(harrowing) == []


@pytest.mark.parametrize(
    ("answer", "door"),
    [("aow-leeftijd", "svb"), ("18-tot-aow", "gemeente-gm0363"), ("weet-niet", "gemeente-gm0363")],
)
def test_age_counts_only_where_the_law_does(where: Where, answer: str, door: str) -> None:
    asked: dict[str, Any] = {"topic": "bijstand", "involved": ("svb",), "residence": AMSTERDAM}
    first = where("svb", **asked)
    assert first.ask
    assert first.ask.code == "leeftijd"
    assert lead(where("svb", **asked, answers={"leeftijd": answer})) == door
    assert lead(where("svb", topic="paspoort", residence=AMSTERDAM, answers={"leeftijd": answer})) == "gemeente-gm0363"


def test_an_objection_without_topic_asks_whose_decision_it_is(where: Where) -> None:
    asked = where("svb", kind="objection")
    assert asked.ask
    assert asked.ask.code == "besluit-van"
    assert lead(where("svb", kind="objection", answers={"besluit-van": "uwv"})) == "uwv"
    of_the_gemeente = where("svb", kind="objection", answers={"besluit-van": "gemeente"})
    assert of_the_gemeente.ask
    assert of_the_gemeente.ask.code == "woongemeente"
    for unknown in ("weet-niet", "hoort-er-niet-bij"):
        human = where("svb", kind="objection", answers={"besluit-van": unknown})
        assert lead(human) == "triage"
        assert pointers(human) == ["juridisch-loket"]
