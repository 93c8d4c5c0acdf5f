"""Several that may each take a question are asked at once; what no public body has goes back with who can help."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from contracts.base import Channel, Kind
from contracts.decisions import Decision, DecisionOutcome
from contracts.questions import Facts, Residence
from routing import PACKAGED, Table, UnknownOrganisation, decide, describe, place, placed_again
from routing.checks.rules import rule_faults
from routing.data import build
from routing.data.model import Absence, Validity
from routing.data.read import read, texts
from routing.data.tables import Parsed, parse
from routing.readable.page import render
from routing.versions.simulate import Case, simulate
from tests.unit.routing.cases import TODAY, Where, lead, pointers

ABROAD = Residence(abroad=True)
RNI = ["gemeente-gm0363", "gemeente-gm0014", "gemeente-gm0344", "gemeente-gm0518"]
RETURNED = "ruilen-in-de-winkel"


def offered(decision: Decision) -> list[str]:
    return [one.organisation for one in (decision.lead, *decision.candidates) if one is not None]


def test_every_connected_rni_desk_is_asked_at_once(where: Where) -> None:
    decision = where("svb", topic="bsn-opvragen", residence=ABROAD)
    assert offered(decision) == RNI
    for one in (decision.lead, *decision.candidates):
        assert one is not None
        assert one.connected
        assert one.name in decision.tell
        assert one.name in decision.reason
    assert "Tegelijk gevraagd: Gemeente Utrecht" in describe(decision)


@pytest.mark.parametrize("number", range(len(RNI) + 1))
def test_who_declined_is_left_out_and_the_next_leads(where: Where, number: int) -> None:
    decision = where("svb", topic="bsn-opvragen", residence=ABROAD, declined=tuple(RNI[:number]), hops=number and 1)
    assert offered(decision) == (RNI[number:] or ["rni-loket"])
    assert {one.organisation for one in decision.alternatives} >= set(RNI[:number])
    assert ("tegelijk" in decision.tell) == (number < len(RNI) - 1), "one is no choice"


def test_one_in_the_middle_that_declined_or_is_away_is_only_left_out(table: Table, where: Where) -> None:
    decision = where("svb", topic="bsn-opvragen", residence=ABROAD, declined=(RNI[2],), hops=1)
    assert offered(decision) == [RNI[0], RNI[1], RNI[3]]
    away = replace(table, absences=(Absence(RNI[1], Validity(TODAY), RNI[3]),), views={}, remembered={})
    facts = Facts(topic="bsn-opvragen", channel=Channel.PHONE, residence=ABROAD)
    assert offered(decide(away, facts, source="svb", today=TODAY)) == [RNI[0], RNI[3], RNI[2]]


@pytest.mark.parametrize("kind", [Kind.OBJECTION, Kind.APPEAL, Kind.COMPLAINT])
def test_nobody_competes_for_an_objection_or_a_complaint(where: Where, kind: Kind) -> None:
    assert where("svb", topic="bsn-opvragen", residence=ABROAD, kind=kind).candidates == ()


def test_the_desk_may_ask_several_at_once(table: Table) -> None:
    facts, by = Facts(topic="aow", channel=Channel.PHONE), {"by": "triage", "because": "kent-de-zaak", "today": TODAY}
    made = place(table, "uwv", facts=facts, candidates=("svb", "bestaat-niet", "svb", "triage", "uwv"), **by)
    assert offered(made) == ["uwv", "svb"]
    assert {one.organisation for one in made.alternatives} == {"bestaat-niet", "triage"}
    assert Decision.model_validate_json(made.model_dump_json()) == made
    assert placed_again(table, made, facts, TODAY) == made, "it replays from what it says of itself"
    only = place(table, "bestaat-niet", facts=facts, candidates=("svb",), **by)
    assert offered(only) == ["svb"]
    assert placed_again(table, only, facts, TODAY) == only
    with pytest.raises(UnknownOrganisation):
        place(table, "bestaat-niet", facts=facts, candidates=("ook-niet",), **by)
    assert place(table, "triage", facts=facts, candidates=("svb",), **by).candidates == ()


def test_a_human_who_names_who_is_no_more_or_away_gets_who_takes_over(table: Table) -> None:
    facts, by = Facts(topic="aow", channel=Channel.PHONE), {"by": "triage", "because": "kent-de-zaak", "today": TODAY}
    gone = place(table, "gemeente-gm0693", facts=facts, **by)
    assert (lead(gone), gone.inputs["organisation"]) == ("gemeente-gm1978", "gemeente-gm0693")
    assert "Molenlanden" in gone.alternatives[0].why
    assert placed_again(table, gone, facts, TODAY) == gone
    away = replace(table, absences=(Absence("svb", Validity(TODAY), "duo"),), views={}, remembered={})
    assert lead(place(away, "svb", facts=facts, **by)) == "duo"
    alone = replace(table, absences=(Absence("svb", Validity(TODAY)),), views={}, remembered={})
    with pytest.raises(UnknownOrganisation):
        place(alone, "svb", facts=facts, **by)


def test_what_no_public_body_has_goes_back_with_who_can_help(table: Table, where: Where) -> None:
    """Awb 2:3 lid 2."""
    back = [rule for rule in table.rules if rule.outcome == "return"]
    assert len(back) >= 5
    for rule in back:
        decision = where("uwv", topic=rule.topic, residence=Residence(postcode="1011"))
        assert (decision.outcome, decision.lead, decision.ask) == (DecisionOutcome.RETURN, None, None)
        assert all(one.contact.phone for one in decision.pointers)
        assert "geen overheid" in decision.tell.lower()
        assert Decision.model_validate_json(decision.model_dump_json()) == decision
        assert "Uitkomst: return" in describe(decision)


@pytest.mark.parametrize(
    ("said", "organisation"),
    [
        ({"kind": "objection"}, "triage"),
        ({"kind": "appeal"}, "rechtspraak"),
        ({"danger": True}, "triage"),
        ({"acute": True}, "triage"),
        ({"harrowing": True}, "triage"),
        ({"declined": ("uwv",), "hops": 1}, "triage"),
        ({"kind": "digitally-stuck"}, "triage"),
        ({"kind": "wrong-data"}, "mfo"),
        ({"kind": "discrimination", "complaint_procedure_used": True}, "college-rechten-van-de-mens"),
    ],
)
def test_people_look_at_what_is_not_certain(where: Where, said: dict[str, Any], organisation: str) -> None:
    decision = where("svb", topic=RETURNED, **said)
    assert lead(decision) == organisation


def test_a_complaint_about_a_shop_is_none_about_a_government(where: Where) -> None:
    assert where("svb", topic=RETURNED, kind="complaint").outcome is DecisionOutcome.RETURN
    about = where("svb", topic=RETURNED, kind="complaint", decision_by="duo")
    assert lead(about) == "duo"


def test_nobody_is_sent_back_to_numbers_that_nobody_answers(table: Table) -> None:
    helping = pointers(decide(table, Facts(topic=RETURNED, channel=Channel.WEB), source="svb", today=TODAY))
    gone = {one: replace(table.organisations[one], validity=Validity(date.min, date(2020, 1, 1))) for one in helping}
    without = replace(table, organisations={**table.organisations, **gone}, views={}, remembered={})
    assert lead(decide(without, Facts(topic=RETURNED, channel=Channel.WEB), source="svb", today=TODAY)) == "triage"


def test_page_and_simulation_show_them(table: Table) -> None:
    page = render(table)
    assert "Geen overheidsorganisatie" in page
    assert "Wie het eerst aanneemt, heeft de vraag" in page
    rules = tuple(replace(one, candidates=()) if one.candidates else one for one in table.rules)
    fewer = replace(table, rules=rules, version="2026.11.23-000000000000", views={}, remembered={})
    facts = Facts(topic="bsn-opvragen", channel=Channel.PHONE, residence=ABROAD)
    back = Facts(topic=RETURNED, channel=Channel.PHONE)
    cases = [Case(facts=facts, source="svb", day=TODAY), Case(facts=back, source="svb", day=TODAY)]
    found = simulate(table, fewer, cases, today=TODAY)
    assert (found.total, found.moved) == (2, 1)
    assert dict(found.groups["move"]) == {(" | ".join(RNI), RNI[0]): 1}


HEAD = "- {id: proef, topic: aow, priority: 300, norm: standaard, basis: Wet, source: Wet, tell: Dit is een proef."
CANDIDATES = "when: {kind: [question]}, to: svb, reason: Beide mogen het"
BACK = "outcome: return, when: {life_event: [overlijden]}"
POINTS = "pointers: [{to: juridisch-loket, why: Gratis advies}]"


@pytest.fixture(scope="module")
def parsed() -> Parsed:
    return parse(texts(PACKAGED)[0])


def faults(parsed: Parsed, rule: str) -> dict[str, str]:
    """What is wrong with this one rule."""
    records, _ = read(Path("proef.yaml"), rule)
    rules, wrong = build.make("rule", build.rule, records)
    assert parsed.settings
    wrong += rule_faults(replace(parsed, rules=rules), parsed.settings)
    return {one.code: str(one) for one in wrong if one.path == Path("proef.yaml")}


@pytest.mark.parametrize(
    ("rule", "codes"),
    [
        (f"{CANDIDATES}, candidates: [uwv, municipality-of-residence]", set()),
        (f"{CANDIDATES}, candidates: [svb]", {"duplicate-id"}),
        (f"{CANDIDATES}, candidates: [uwv, uwv]", {"duplicate-id"}),
        (f"{CANDIDATES}, candidates: [uwv], partners: [uwv]", {"duplicate-id"}),
        (f"{CANDIDATES}, candidates: [nergens]", {"unknown-destination"}),
        (f"{CANDIDATES}, candidates: [triage]", {"candidates-not-here"}),
        (f"{CANDIDATES}, outcome: crisis, candidates: [uwv]", {"candidates-not-here"}),
        (f"{CANDIDATES}, outcome: triage, candidates: [uwv]", {"candidates-not-here"}),
        ("when: {kind: [question]}, ask: woongemeente, reason: x, candidates: [uwv]", {"candidates-not-here"}),
        ("when: {acute: true}, to: svb, reason: Mag, candidates: [uwv]", {"candidates-not-here"}),
        ("when: {kind: [complaint]}, to: svb, reason: Mag, candidates: [uwv]", {"candidates-not-here"}),
        ("when: {kind: [question]}, to: svb, candidates: [uwv]", {"missing-reason"}),
        (f"{CANDIDATES}, candidates: [a1, a2, a3, a4, a5, a6, a7, a8, a9, b1]", {"unknown-destination", "wrong-value"}),
        (f"{BACK}, {POINTS}", set()),
        (BACK, {"no-human-route"}),
        (f"{BACK}, pointers: [{{to: municipality-of-residence, why: Kent de weg}}]", {"no-human-route"}),
        (f"{BACK}, {POINTS}, fallback: [svb]", {"return-not-here"}),
        (f"{BACK}, {POINTS}, urgent: true", {"return-not-here"}),
        (f"{BACK}, {POINTS}, to: svb", {"wrong-value"}),
        (f"outcome: return, when: {{kind: [objection]}}, {POINTS}", {"return-not-here"}),
    ],
)
def test_faults(parsed: Parsed, rule: str, codes: set[str]) -> None:
    found = faults(parsed, f"{HEAD}, {rule}}}")
    assert set(found) == codes, found


def test_nobody_is_sent_back_for_every_topic_at_once(parsed: Parsed) -> None:
    assert set(faults(parsed, f"{HEAD.replace('topic: aow, ', '')}, {BACK}, {POINTS}}}")) == {"return-not-here"}
