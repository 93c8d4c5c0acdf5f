"""What a red team found: people who went to the wrong door, or to none, on the table as it is."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from contracts.base import Channel, Island
from contracts.decisions import Decision
from contracts.questions import Facts, Residence
from routing import InvalidTable, Table, decide

TODAY = date(2026, 11, 23)
AMSTERDAM, UTRECHT = Residence(municipality="gm0363"), Residence(municipality="gm0344")
NO_ADDRESS = {"woongemeente": "geen-vast-adres"}
Where = Callable[..., Decision]


@pytest.fixture
def where(table: Table) -> Where:
    def ask(source: str, *, today: date = TODAY, **facts: Any) -> Decision:
        facts.setdefault("channel", Channel.PHONE)
        return decide(table, Facts(**facts), source=source, today=today)

    return ask


def lead(decision: Decision) -> str | None:
    return decision.lead.organisation if decision.lead else None


def partners(decision: Decision) -> list[str]:
    return [one.organisation for one in decision.partners]


def pointers(decision: Decision) -> list[str]:
    return [one.organisation for one in decision.pointers]


def asked(decision: Decision) -> str | None:
    return decision.ask.code if decision.ask else None


@pytest.mark.parametrize("topic", ["bijstand", "maatschappelijke-opvang", "inschrijven-gemeente", "schulden"])
def test_who_has_no_address_is_helped_where_he_is(where: Where, topic: str) -> None:
    """Wmo 2015, article 1.2.1: any municipality."""
    assert asked(where("uwv", topic=topic, answers=NO_ADDRESS)) == "waar-nu"
    for said in ("1011", "gm0363", "postcode-1011"):
        here = where("uwv", topic=topic, answers={**NO_ADDRESS, "waar-nu": said})
        assert lead(here) == "gemeente-gm0363"
        assert said in here.inputs["residence"]
    assert lead(where("uwv", topic=topic, answers={**NO_ADDRESS, "waar-nu": "weet-niet"})) == "triage"
    assert lead(where("gemeente-gm0344", topic=topic, answers=NO_ADDRESS)) == "gemeente-gm0344"


def test_a_shared_postcode_of_who_has_no_address_is_asked_about_too(where: Where, table: Table) -> None:
    shared, among = next((code, found) for code, found in table.postcodes.items() if len(found) > 1)
    answers = {**NO_ADDRESS, "waar-nu": shared}
    assert asked(where("uwv", topic="bijstand", answers=answers)) == "welke-gemeente"
    chosen = among[-1].removeprefix("gemeente-")
    assert lead(where("uwv", topic="bijstand", answers={**answers, "welke-gemeente": chosen})) == among[-1]
    assert lead(where("uwv", topic="bijstand", answers={**answers, "welke-gemeente": "andere"})) == "triage"


@pytest.mark.parametrize("topic", ["handhaving", "inspraak", "leges"])
def test_a_complaint_goes_where_the_topic_itself_would_go(where: Where, topic: str) -> None:
    """The topic's own fallback, not the triage desk."""
    assert lead(where("uwv", topic=topic, kind="complaint", residence=AMSTERDAM)) == "gemeente-gm0363"


FIRST = [
    ("huiselijk-geweld", "veilig-thuis"),
    ("uithuiszetting", "gemeente-gm0363"),
    ("afsluiting-energie", "gemeente-gm0363"),
    ("maatschappelijke-opvang", "gemeente-gm0363"),
    ("zorgen-om-persoon", "meldpunt-zorgwekkend-gedrag"),
]


@pytest.mark.parametrize(("topic", "first"), FIRST)
def test_in_an_emergency_the_first_responder_leads_and_the_team_rides_along(
    where: Where, topic: str, first: str
) -> None:
    problems: dict[str, Any] = {"topic": topic, "domains": ("debt", "housing"), "residence": AMSTERDAM}
    several = where("uwv", **problems, acute=True)
    assert lead(several) == first
    assert "maatwerkplaats-uwv" in partners(several)
    assert several.urgent
    assert several.lead
    assert str(several.lead.contact.phone) in several.tell
    assert any(one.code == "meer-domeinen" for one in several.findings)
    harmed = where("uwv", **problems, harmed_parent=True)
    assert lead(harmed) == first
    assert {"uht", "gemeente-gm0363"} <= {first, *partners(harmed)}
    payer = {"answers": {"vastgelopen-door": "betaler-onbekend"}}
    for said in ({"stuck": True}, {"professional_asks": True}, payer):
        helped = where("uwv", topic=topic, residence=AMSTERDAM, **said)
        assert lead(helped) == first
        assert "maatwerkloket" in partners(helped)


def test_without_a_maatwerkplaats_the_maatwerkloket_rides_along(where: Where) -> None:
    decision = where("gemeente-gm0363", topic="uithuiszetting", domains=("debt", "housing"), residence=AMSTERDAM)
    assert (lead(decision), partners(decision)) == ("gemeente-gm0363", ["maatwerkloket"])


def test_the_owner_who_always_wants_the_maatwerkloket_still_has_a_first_responder(
    folder_with: Callable[[str, str, str], Table],
) -> None:
    table = folder_with("table.yaml", "ladder: maatwerkplaats-first", "ladder: always-maatwerkloket")
    facts = Facts(topic="huiselijk-geweld", channel=Channel.PHONE, domains=("care", "debt"))
    decision = decide(table, facts, source="uwv", today=TODAY)
    assert (lead(decision), partners(decision)) == ("veilig-thuis", ["maatwerkloket"])


def test_whatever_is_urgent_by_itself_has_a_first_responder(table: Table) -> None:
    """A topic that gets the norm of an emergency later is not forgotten in the group."""
    usual = {rule.topic for rule in table.rules if rule.topic and not rule.when and rule.norm == "spoed"}
    assert usual <= table.groups["eerste-hulp"].topics


@pytest.mark.parametrize(
    ("topic", "organisation"),
    [
        ("consument", "acm"),
        ("klacht-zorg", "landelijk-meldpunt-zorg"),
        ("woonoverlast", "gemeente-gm0363"),
        ("arbeidsomstandigheden", "arbeidsinspectie"),
        ("privacy", "autoriteit-persoonsgegevens"),
        ("discriminatie", "adv-gm0363"),
        ("ombudsman", "nationale-ombudsman"),
    ],
)
def test_a_complaint_about_somebody_else_is_no_complaint_about_who_hears_it(
    where: Where, topic: str, organisation: str
) -> None:
    complaint: dict[str, Any] = {"topic": topic, "kind": "complaint", "residence": AMSTERDAM}
    decision = where("uwv", **complaint)
    assert lead(decision) == organisation
    assert "eerst zelf" not in decision.tell
    assert "nationale-ombudsman" not in pointers(decision)
    for about in ({"decision_by": "acm"}, {"involved": ("acm",)}):
        own = where("uwv", **complaint, **about)
        assert (lead(own), pointers(own)) == ("acm", ["nationale-ombudsman"])
        assert "eerst zelf" in own.tell


@pytest.mark.parametrize(
    ("topic", "holder"),
    [
        ("kenteken", "rdw"),
        ("kadaster", "kadaster"),
        ("verhuizing", "gemeente-gm0363"),
        ("brp-uittreksel", "gemeente-gm0363"),
        ("geboorteaangifte", "gemeente-gm0363"),
        ("akte-opvragen", "gemeente-gm0363"),
        ("overlijden", "gemeente-gm0363"),
        ("adresonderzoek", "gemeente-gm0363"),
        ("gegevens-bij-uwv", "uwv"),
        ("handelsregister", "kvk"),
        ("strafblad-inzage", "justid"),
        ("bkr-registratie", "bkr"),
    ],
)
def test_a_wrong_datum_goes_to_who_obviously_holds_it(where: Where, topic: str, holder: str) -> None:
    """000:153: the MFO is for who does not know where."""
    wrong: dict[str, Any] = {"topic": topic, "kind": "wrong-data", "residence": AMSTERDAM}
    decision = where("svb", **wrong)
    assert lead(decision) == holder
    assert topic == "bkr-registratie" or "mfo" in pointers(decision)
    assert lead(where("svb", **wrong, registry_holder="duo")) == "duo"


def test_the_bkr_is_no_register_of_the_government(where: Where) -> None:
    decision = where("svb", topic="bkr-registratie", kind="wrong-data")
    assert "geen register van de overheid" in decision.tell
    assert "mfo" not in pointers(decision)


@pytest.mark.parametrize(
    ("topic", "kind", "organisation", "way"),
    [
        ("bkr-registratie", "objection", "bkr", "schuldeiser"),
        ("alimentatie", "objection", "rechtspraak", "rechter"),
        ("huurverhoging", "objection", "huurcommissie", "verhuurder"),
        ("huurverhoging", "appeal", "rechtspraak", "kantonrechter"),
        ("aangifte", "objection", "rechtspraak", "gerechtshof"),
        ("geen-vervolging", "objection", "rechtspraak", "gerechtshof"),
        ("strafbeschikking", "objection", "om", "verzet"),
        ("ontslag", "objection", "rechtspraak", "kantonrechter"),
    ],
)
def test_where_no_objection_exists_the_real_way_is_told(
    where: Where, topic: str, kind: str, organisation: str, way: str
) -> None:
    decision = where("uwv", topic=topic, kind=kind)
    assert lead(decision) == organisation
    assert way in decision.tell
    assert "Wij sturen uw bezwaar door" not in decision.tell


def test_who_objects_to_a_company_hears_that_this_does_not_exist(where: Where) -> None:
    decision = where("svb", topic="consument", kind="objection")
    assert (lead(decision), pointers(decision)) == ("acm", ["juridisch-loket"])
    assert "geen bezwaar maken" in decision.tell
    decided = where("svb", topic="consument", kind="objection", decision_by="acm")
    assert "Wij sturen uw bezwaar door" in decided.tell


@pytest.mark.parametrize(
    "topic", ["overheid-klacht", "woo-verzoek", "bezwaar-maken", "besluit-te-laat", "bestuurlijke-boete"]
)
@pytest.mark.parametrize("kind", ["question", "complaint", "objection"])
def test_which_organisation_is_asked_before_a_human_looks(where: Where, topic: str, kind: str) -> None:
    about: dict[str, Any] = {"topic": topic, "kind": kind, "residence": UTRECHT}
    assert asked(where("svb", **about)) == "besluit-van"
    answers = {"rdw": "rdw", "gemeente": "gemeente-gm0344", "andere": "triage", "weet-niet": "triage"}
    for answer, organisation in answers.items():
        assert lead(where("svb", **about, answers={"besluit-van": answer})) == organisation
    assert lead(where("svb", **about, decision_by="cjib")) == "cjib"


def test_a_letter_nobody_can_name_goes_to_who_sends_most(where: Where) -> None:
    assert lead(where("svb", topic="blauwe-envelop", answers={"brief-over": "weet-niet"})) == "belastingdienst"


@pytest.mark.parametrize("topic", ["zwembad-onveilig", "natuurvergunning", "natuursubsidie"])
def test_what_is_the_provinces_goes_to_the_province_of_the_municipality(where: Where, topic: str) -> None:
    homes = {"gm0363": "pv27", "gm0344": "pv26", "gm0715": "pv29", "gm0668": "pv25", "gm1959": "pv30", "gm0050": "pv24"}
    for municipality, province in homes.items():
        decision = where("svb", topic=topic, residence=Residence(municipality=municipality))
        assert lead(decision) == f"provincie-{province}"
    assert asked(where("svb", topic=topic)) == "woongemeente"
    assert lead(where("rcn", topic=topic, residence=Residence(island=Island.SABA))) == "cn-saba"
    assert lead(where("svb", topic=topic, residence=Residence(postcode="1011"))) == "provincie-pv27"


def test_every_municipality_is_in_a_province_and_a_wrong_one_is_a_fault(
    table: Table, folder_with: Callable[[str, str, str], Table]
) -> None:
    count: dict[str, int] = {}
    for one in table.organisations.values():
        if one.id.startswith("gemeente-gm"):
            count[one.province or ""] = count.get(one.province or "", 0) + 1
    assert list(dict(sorted(count.items())).values()) == [10, 18, 12, 25, 6, 51, 26, 44, 50, 13, 56, 31]
    with pytest.raises(InvalidTable, match="provincie-pv99 staat niet in de tabel"):
        folder_with("municipalities.csv", "www.almere.nl,pv24", "www.almere.nl,pv99")


@pytest.mark.parametrize(
    ("facts", "organisation"),
    [
        ({"topic": "naturalisatie", "decision_by": "ind"}, "ind"),
        ({"topic": "naturalisatie"}, "gemeente-gm0363"),
        ({"topic": "visum-verlengen"}, "ind"),
        ({"topic": "visum", "decision_by": "ind"}, "ind"),
        ({"topic": "visum"}, "loket-buitenland"),
        ({"topic": "taakstraf-minderjarige"}, "raad-kinderbescherming"),
        ({"topic": "reclassering", "answers": {"leeftijd": "onder-18"}}, "raad-kinderbescherming"),
        ({"topic": "reclassering"}, "reclassering"),
        ({"topic": "apostille"}, "rechtspraak"),
        ({"topic": "huur-geschil"}, "juridisch-loket"),
        ({"topic": "goed-verhuurderschap"}, "gemeente-gm0363"),
        ({"topic": "beslagvrije-voet"}, "juridisch-loket"),
        ({"topic": "beslagvrije-voet", "decision_by": "cjib"}, "cjib"),
    ],
)
def test_the_right_door_for_what_went_wrong_or_was_missing(
    where: Where, facts: dict[str, Any], organisation: str
) -> None:
    assert lead(where("svb", residence=AMSTERDAM, **facts)) == organisation


def test_who_registers_as_non_resident_hears_where_and_with_whom(where: Where) -> None:
    decision = where("svb", topic="rni")
    assert "RNI-loket" in decision.tell
    assert "RvIG" in decision.tell
    assert pointers(decision) == ["rni-loket"]


def test_the_first_door_investigates_discrimination_too_and_says_so(where: Where) -> None:
    """C-21."""
    decision = where("belastingdienst", kind="discrimination", decision_by="duo", residence=AMSTERDAM)
    assert (lead(decision), partners(decision)) == ("duo", ["college-rechten-van-de-mens"])
    assert "onderzoekt uw melding zelf" in decision.tell
    assert "College" in decision.tell
    assert pointers(decision) == ["adv-gm0363"]


@pytest.mark.parametrize("kind", ["question", "complaint", "discrimination"])
def test_discrimination_by_nobody_named_goes_to_the_adv_with_the_college(where: Where, kind: str) -> None:
    """R-58: the College never without the ADV, whatever the question is called."""
    decision = where("svb", topic="discriminatie", kind=kind, residence=AMSTERDAM)
    assert lead(decision) == "adv-gm0363"
    assert "college-rechten-van-de-mens" in (*partners(decision), *pointers(decision))
    without_topic = where("svb", kind="discrimination", residence=AMSTERDAM)
    assert (lead(without_topic), pointers(without_topic)) == ("college-rechten-van-de-mens", ["adv-gm0363"])


@pytest.mark.parametrize(
    ("topic", "words"),
    [
        ("adresonderzoek", ("Kreeg u zelf een brief", "uitschrijven")),
        ("onverzekerd", ("Kies zelf", "drie maanden", "boete")),
        ("belastingaanslag-onjuist", ("bezwaar", "zes weken")),
        ("echtscheiding", ("advocaat", "Juridisch Loket")),
        ("gezag", ("advocaat", "Juridisch Loket")),
        ("identiteitsfraude", ("Centraal Meldpunt Identiteitsfraude", "aangifte")),
    ],
)
def test_what_is_told_says_what_to_do(where: Where, topic: str, words: tuple[str, ...]) -> None:
    decision = where("svb", topic=topic, residence=AMSTERDAM)
    assert not [word for word in words if word not in decision.tell]
    assert topic != "identiteitsfraude" or "politie" in pointers(decision)


@pytest.mark.parametrize("topic", [None, "studiefinanciering"])
def test_who_is_stuck_online_hears_a_number_once(where: Where, topic: str | None) -> None:
    decision = where("uwv", topic=topic, kind="digitally-stuck")
    assert decision.lead
    contact = decision.lead.contact.phone or ""
    assert decision.tell.count(contact or "triage") == 1
    assert ": ." not in decision.tell


def test_names_need_no_article_where_contact_is_sought(where: Where) -> None:
    """'contact met Huurcommissie' is no Dutch."""
    decision = where("svb", topic="huurverhoging")
    assert decision.lead
    assert not decision.lead.connected
    assert "contact met" not in decision.tell


def test_justice_can_be_phoned(table: Table) -> None:
    for name in ("om", "rechtspraak"):
        assert table.organisations[name].phone
        assert "nakijken" in table.organisations[name].contact_source


def test_the_domain_of_a_subject_is_no_second_problem(where: Where) -> None:
    """Rubbish is 'housing' for the table; who also parks a car has no problems that hang together."""
    decision = where("svb", topic="afval-ophalen", domains=("mobility",), residence=AMSTERDAM)
    assert lead(decision) == "gemeente-gm0363"
    assert decision.findings == ()


def test_who_cannot_do_tax_online_near_terneuzen_goes_to_the_steunpunt(where: Where) -> None:
    """C-27, and not before it was there (001:580-584)."""
    near = Residence(municipality="gm0715")
    stuck: dict[str, Any] = {"topic": "inkomstenbelasting", "kind": "digitally-stuck"}
    assert lead(where("gemeente-gm0715", **stuck, residence=near)) == "steunpunt-bd"
    assert lead(where("gemeente-gm0715", **stuck, residence=AMSTERDAM)) == "belastingdienst"
    assert "steunpunt-bd" in pointers(where("svb", topic="inkomstenbelasting", residence=near))
    assert lead(where("gemeente-gm0715", **stuck, residence=near, today=date(2021, 6, 30))) == "belastingdienst"


@pytest.mark.parametrize(
    ("file", "old", "new", "fault"),
    [
        (
            "groups.yaml",
            "[huiselijk-geweld, ",
            "[huiselijk-gewelt, ",
            "onderwerp huiselijk-gewelt staat niet in de tabel",
        ),
        ("rules/algemeen.yaml", "topic_in: eigen-registratie", "topic_in: schuldeisers", "een groep van onderwerpen"),
        ("rules/algemeen.yaml", "topic_not_in: klacht-over-een-ander", "topic_not_in: weg", "groep 'weg' bestaat niet"),
    ],
)
def test_a_group_of_topics_that_is_none_is_a_fault(
    folder_with: Callable[[str, str, str], Table], file: str, old: str, new: str, fault: str
) -> None:
    with pytest.raises(InvalidTable, match=fault):
        folder_with(file, old, new)
