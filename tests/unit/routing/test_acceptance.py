"""The acceptance cases of requirements section 5 that the routing table answers, by their number."""

from typing import Any

import pytest

from contracts.base import Channel
from contracts.decisions import DecisionOutcome
from tests.unit.routing.cases import AMSTERDAM, GRONINGEN, Where, lead, partners, pointers


def test_c01_aow_question_at_the_belastingdienst_goes_to_svb(where: Where) -> None:
    decision = where("belastingdienst", topic="aow")
    assert lead(decision) == "svb"
    assert decision.outcome is DecisionOutcome.RESPONSIBLE
    assert decision.lead
    assert decision.lead.connected
    assert "Sociale Verzekeringsbank (SVB) neemt contact met u op" in decision.tell
    assert decision.lead.contact.phone is not None
    assert decision.lead.contact.phone in decision.tell
    assert "Wij blijven uw vraag volgen" in decision.tell


def test_c02_the_same_at_uwv(where: Where) -> None:
    assert lead(where("uwv", topic="aow")) == "svb"


def test_the_first_door_is_no_second_problem(where: Where) -> None:
    assert lead(where("belastingdienst", topic="aow", involved=("belastingdienst", "svb"))) == "svb"
    both = where("uwv", topic="wia", involved=("uwv", "svb"))
    assert (lead(both), partners(both)) == ("maatwerkplaats-uwv", ["maatwerkplaats-svb"])


@pytest.mark.parametrize("channel", list(Channel))
def test_c03_the_channel_makes_no_difference(where: Where, channel: Channel) -> None:
    assert where("uwv", topic="aow", channel=channel) == where("uwv", topic="aow")


def test_c04_studieschuld_at_a_gemeente_goes_to_duo(where: Where) -> None:
    assert lead(where("gemeente-gm0344", topic="studieschuld")) == "duo"


def test_c05_wrong_datum_and_no_idea_where_goes_to_mfo(where: Where) -> None:
    assert lead(where("gemeente-gm0363", topic="onjuist-gegeven", kind="wrong-data")) == "mfo"
    assert lead(where("gemeente-gm0363", kind="wrong-data")) == "mfo"


def test_c07_known_holder_of_the_datum_repairs_it_with_mfo_as_fallback(where: Where) -> None:
    known = where("belastingdienst", kind="wrong-data", registry_holder="rdw", topic="kenteken")
    assert lead(known) == "rdw"
    assert "mfo" in pointers(known)
    declined = where("belastingdienst", kind="wrong-data", registry_holder="rdw", declined=("rdw",), hops=1)
    assert lead(declined) == "mfo"


def test_c08_wrong_data_behind_a_decision_is_repaired_at_the_front(where: Where) -> None:
    decision = where("uwv", topic="ww", kind="wrong-data", decision_by="uwv")
    assert lead(decision) == "uwv"
    assert decision.norm_class == "herstel"
    assert "Bezwaar maken mag ook altijd" in decision.tell


def test_c09_stacked_tax_benefits_and_collection_goes_to_the_stellateam(where: Where) -> None:
    decision = where(
        "belastingdienst",
        topic="belastingschuld",
        involved=("belastingdienst", "toeslagen"),
        domains=("tax", "benefits", "debt"),
        acute=True,
    )
    assert lead(decision) == "stellateam"
    assert decision.outcome is DecisionOutcome.MAATWERK
    assert decision.urgent
    assert "vast contactpersoon" in decision.tell


def test_one_part_of_the_belastingdienst_is_no_stack(where: Where) -> None:
    decision = where("toeslagen", topic="belastingschuld", involved=("belastingdienst",), acute=True)
    assert lead(decision) == "belastingdienst"


@pytest.mark.parametrize(
    "facts",
    [
        {"topic": "belastingschuld", "answers": {"vroeg-signaal": "ja"}},
        {"topic": "zorgtoeslag", "involved": ("belastingdienst", "toeslagen")},
    ],
)
def test_c11_early_signals_go_to_stella_light(where: Where, facts: dict[str, Any]) -> None:
    assert lead(where("belastingdienst", **facts)) == "stella-light"


@pytest.mark.parametrize("topic", [None, "wia"])
@pytest.mark.parametrize("own", [(), ("uwv",)])
def test_c12_uwv_sees_svb_and_gemeente_problems_too(where: Where, topic: str | None, own: tuple[str, ...]) -> None:
    decision = where("uwv", topic=topic, involved=(*own, "svb", "gemeente-gm0363"))
    assert lead(decision) == "maatwerkplaats-uwv"
    assert partners(decision) == ["maatwerkplaats-svb", "gemeente-gm0363"]
    assert decision.outcome is DecisionOutcome.MAATWERK
    assert any(one.code == "meer-organisaties" and "uwv" in one.source for one in decision.findings)


def test_c13_stuck_gemeente_professional_goes_to_the_maatwerkloket(where: Where) -> None:
    decision = where(
        "gemeente-gm0014", topic="schulden", domains=("debt", "housing", "care"), stuck=True, residence=GRONINGEN
    )
    assert lead(decision) == "maatwerkloket"
    assert "gemeente-gm0014" not in partners(decision)
    assert {one.code for one in decision.findings} >= {"vastgelopen"}
    assert "U hoeft daar zelf niet naartoe" in decision.tell


def test_multi_problem_without_any_maatwerkplaats_goes_to_the_maatwerkloket(where: Where) -> None:
    decision = where("gemeente-gm0014", involved=("duo", "cak"), domains=("debt", "care"))
    assert lead(decision) == "maatwerkloket"
    assert partners(decision) == ["duo", "cak"]


def test_c19_uwv_cannot_establish_discrimination(where: Where) -> None:
    for facts in ({}, {"complaint_procedure_used": True}):
        decision = where("uwv", kind="discrimination", decision_by="uwv", residence=AMSTERDAM, **facts)
        assert lead(decision) == "college-rechten-van-de-mens"
        assert pointers(decision) == ["adv-gm0363"]


def test_c20_toeslagen_parent_may_go_straight_to_the_college(where: Where) -> None:
    decision = where("gemeente-gm0363", kind="discrimination", decision_by="toeslagen", residence=AMSTERDAM)
    assert lead(decision) == "college-rechten-van-de-mens"
    assert partners(decision) == ["toeslagen"]
    assert "neemt het oordeel altijd over" in decision.tell
    assert "adv-gm0363" in pointers(decision)


def test_c21_discrimination_at_any_agency_has_two_doors_and_the_adv(where: Where) -> None:
    decision = where("belastingdienst", kind="discrimination", decision_by="duo", residence=GRONINGEN)
    assert lead(decision) == "duo"
    assert partners(decision) == ["college-rechten-van-de-mens"]
    assert "adv-gm0014" in pointers(decision)


def test_r58_unknown_residence_still_names_an_adv(where: Where) -> None:
    assert pointers(where("uwv", kind="discrimination")) == ["discriminatie-nl"]


def test_c24_first_complaint_goes_to_the_agency_with_the_ombudsman_named(where: Where) -> None:
    decision = where("belastingdienst", kind="complaint", decision_by="cak")
    assert lead(decision) == "cak"
    assert pointers(decision) == ["nationale-ombudsman"]


def test_r36_ombudsman_after_the_procedure_and_at_once_when_harrowing(where: Where) -> None:
    after = where("belastingdienst", kind="complaint", decision_by="cak", complaint_procedure_used=True)
    assert lead(after) == "nationale-ombudsman"
    harrowing = where("belastingdienst", kind="complaint", decision_by="cak", harrowing=True)
    assert (lead(harrowing), partners(harrowing)) == ("nationale-ombudsman", ["cak"])
    assert harrowing.urgent


def test_c26_digitally_stuck_gets_a_human_of_the_responsible_organisation(where: Where) -> None:
    decision = where("digitaal-overheidsloket", topic="studiefinanciering", kind="digitally-stuck", channel="web")
    assert lead(decision) == "duo"
    assert "050 599 77 55" in decision.tell


def test_c29_toeslagschuld(where: Where) -> None:
    decision = where("gemeente-gm0363", topic="toeslagschuld")
    assert lead(decision) == "toeslagen"
    assert "regeling" in decision.tell


def test_c30_arrears_at_the_belastingdienst(where: Where) -> None:
    decision = where("belastingdienst", topic="belastingschuld")
    assert lead(decision) == "belastingdienst"
    assert decision.outcome is DecisionOutcome.RESPONSIBLE
    assert "goede adres" in decision.tell


def test_c31_traffic_fine(where: Where) -> None:
    decision = where("politie", topic="verkeersboete")
    assert lead(decision) == "cjib"
    assert "betalen in delen" in decision.tell


def test_c32_health_insurance_arrears(where: Where) -> None:
    assert lead(where("gemeente-gm0363", topic="zorgpremie-achterstand")) == "cak"


@pytest.mark.parametrize("topic", ["schulden", "belastingschuld", "studieschuld"])
def test_c34_debts_with_several_public_creditors(where: Where, topic: str) -> None:
    decision = where("duo", topic=topic, involved=("duo", "cjib", "cak"), domains=("debt",), residence=AMSTERDAM)
    assert lead(decision) == "gemeente-gm0363"
    assert partners(decision) == ["duo", "cjib", "cak"]
    assert any(one.code == "meer-organisaties" for one in decision.findings)


def test_c35_harmed_parent_gets_uht_and_the_gemeente(where: Where) -> None:
    decision = where(
        "serviceteam-kot",
        topic="gedupeerde-kinderopvangtoeslag",
        harmed_parent=True,
        domains=("housing", "debt"),
        residence=AMSTERDAM,
    )
    assert (lead(decision), partners(decision)) == ("uht", ["gemeente-gm0363"])


def test_harmed_parent_without_a_known_residence_does_not_wait(where: Where) -> None:
    decision = where("uht", topic="gedupeerde-kinderopvangtoeslag", harmed_parent=True)
    assert (lead(decision), partners(decision)) == ("uht", [])
    assert any("ontbreekt nog" in one.why for one in decision.alternatives)


def test_harmed_parent_with_another_question_keeps_its_own_door(where: Where) -> None:
    assert lead(where("uht", topic="aow", harmed_parent=True)) == "svb"


def test_c38_who_got_my_fsv_data(where: Where) -> None:
    assert lead(where("gemeente-gm0344", topic="fsv-registratie")) == "belastingdienst"


@pytest.mark.parametrize(
    ("topic", "door"),
    [
        ("wijkagent", "politie"),
        ("grensoverschrijdend-jongere", "halt"),
        ("slachtofferhulp", "slachtofferhulp"),
        ("huiselijk-geweld", "veilig-thuis"),
        ("overlast-zorg-en-veiligheid", "gemeente-gm0363"),
    ],
)
def test_c41_police_contact_that_is_no_criminal_case(where: Where, topic: str, door: str) -> None:
    decision = where("politie", topic=topic, residence=AMSTERDAM)
    assert lead(decision) == door
    if topic == "overlast-zorg-en-veiligheid":
        assert partners(decision) == ["zorg-veiligheidshuis"]


@pytest.mark.parametrize("topic", [None, "iets-heel-anders"])
def test_c48_no_rule_goes_to_named_triage(where: Where, topic: str | None) -> None:
    decision = where("cak", topic=topic)
    assert lead(decision) == "triage"
    assert decision.outcome is DecisionOutcome.TRIAGE
    assert decision.lead
    assert decision.lead.name == "Triage geen verkeerde deur"
    assert decision.lead.contact.desk


def test_c49_two_declines_and_then_a_human(where: Where) -> None:
    asked: dict[str, Any] = {"kind": "wrong-data", "registry_holder": "rdw"}
    first = where("uwv", **asked)
    second = where("uwv", **asked, declined=("rdw",), hops=1)
    third = where("uwv", **asked, declined=("rdw", "mfo"), hops=2)
    assert [lead(first), lead(second), lead(third)] == ["rdw", "mfo", "triage"]
    assert third.rule == "triage-all-declined"
    assert {one.organisation for one in third.alternatives} >= {"rdw", "mfo"}


def test_r05_hop_limit(where: Where) -> None:
    decision = where("uwv", topic="aow", hops=3)
    assert (lead(decision), decision.rule) == ("triage", "triage-hop-limit")


def test_danger_comes_before_everything(where: Where) -> None:
    decision = where("svb", topic="aow", danger=True, hops=9, stuck=True)
    assert decision.outcome is DecisionOutcome.CRISIS
    assert lead(decision) == "triage"
    assert decision.instruction
    assert all(number in decision.instruction for number in ("112", "113", "0800 2000"))
    assert decision.urgent


def test_residence_is_asked_and_every_answer_is_honoured(where: Where) -> None:
    asked = where("uwv", topic="bijstand")
    assert asked.outcome is DecisionOutcome.ASK
    assert asked.ask
    assert asked.ask.code == "woongemeente"
    answers = {
        "gm0363": "gemeente-gm0363",
        "1011": "gemeente-gm0363",
        "postcode-1011": "gemeente-gm0363",
        "buitenland": "loket-buitenland",
        "geen-vast-adres": None,
        "in-nederland": "triage",
        "gm9999": "triage",
    }
    for answer, door in answers.items():
        assert lead(where("uwv", topic="bijstand", answers={"woongemeente": answer})) == door
    here = where("gemeente-gm0344", topic="bijstand", answers={"woongemeente": "geen-vast-adres"})
    assert lead(here) == "gemeente-gm0344"


def test_questions_of_the_table_lead_somewhere(where: Where) -> None:
    assert where("svb", topic="pgb").ask is not None
    assert where("svb", topic="pgb", answers={"pgb-wet": "wlz"}).ask is not None
    wlz = where("svb", topic="pgb", answers={"pgb-wet": "wlz", "zorgkantoor": "zorgkantoor-dsw"})
    assert lead(wlz) == "zorgkantoor-dsw"
    assert lead(where("svb", topic="pgb", answers={"pgb-wet": "weet-niet"})) == "triage"
    assert lead(where("svb", topic="waterschapsbelasting", involved=("waterschap-ws0155",))) == "waterschap-ws0155"


def test_objection_goes_to_who_decided_and_keeps_its_date(where: Where) -> None:
    decision = where("belastingdienst", topic="ww", kind="objection")
    assert lead(decision) == "uwv"
    assert decision.norm_class == "bezwaar"
    assert "datum" in decision.tell
    assert pointers(decision) == ["juridisch-loket"]
    assert lead(where("uwv", topic="verkeersboete", kind="objection")) == "om"
    assert lead(where("uwv", topic="ww", kind="appeal")) == "rechtspraak"
