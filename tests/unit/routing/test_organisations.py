"""Every body the policy documents name as a door, a destination or a support is in the table, and can be reached."""

from datetime import date

import pytest

from routing import Table

TODAY = date(2026, 11, 23)
# Requirements section 1, by its paragraphs.
AGENCIES = (
    "belastingdienst toeslagen uht serviceteam-kot uwv svb duo cak cjib lbio douane rechtspraak om politie justis kvk"
)
DECENTRAL = "cn-bonaire cn-saba cn-sint-eustatius wijkteam"
DESKS = (
    "mfo digitaal-overheidsloket ido belastingtelefoon steunpunt-bd loket-buitenland juridisch-loket "
    "kennisnetwerk informatiepunt-kot"
)
PROFESSIONAL = (
    "maatwerkloket maatwerkregister maatwerkplaats-svb maatwerkplaats-uwv stellateam stellateam-toeslagen stella-light "
    "let ministerie-ingang wijkteam zorg-veiligheidshuis"
)
RIGHTS = (
    "nationale-ombudsman college-rechten-van-de-mens discriminatie-nl autoriteit-persoonsgegevens inspectie-btd "
    "adviescollege-oi bkr raad-van-state huis-voor-klokkenluiders raad-voor-rechtsbijstand erfgoedinspectie"
)
MINISTRIES = (
    "ministerie-szw ministerie-bzk ministerie-jenv ministerie-vws ministerie-ocw ministerie-az ministerie-ez financien"
)
JUSTICE = "politie om halt slachtofferhulp veilig-thuis raad-kinderbescherming reclassering"
OMBUDSMEN = (
    "kinderombudsman ombudsman-metropool-amsterdam ombudsman-rotterdam-rijnmond ombudsman-den-haag ombudsman-zeeland "
    "ombudsman-overijssel"
)
CARE = (
    "zorgkantoor-zilveren-kruis zorgkantoor-cz zorgkantoor-vgz zorgkantoor-menzis zorgkantoor-dsw zorgkantoor-salland "
    "zorgkantoor-zorg-en-zekerheid"
)
ISLANDS = (
    "rcn rcn-szw zjcn belastingdienst-cn ind-cn kpcn om-bes gerecht-bes slachtofferhulp-cn reclassering-cn "
    "voogdijraad-cn arbeidsinspectie-cn rdi-cn kvk-bonaire kvk-statia-saba cbp-bes"
)
NAMED = " ".join((AGENCIES, DECENTRAL, DESKS, PROFESSIONAL, RIGHTS, MINISTRIES, JUSTICE, OMBUDSMEN, CARE, ISLANDS))
WATERSCHAPPEN = (
    "0152 0155 0372 0539 0616 0621 0636 0646 0647 0650 0651 0652 0653 0654 0655 0656 0661 0662 0663 0664 0665"
)


@pytest.mark.parametrize("name", sorted(set(NAMED.split())))
def test_who_is_named_is_in_the_table_with_a_human_route_and_a_source(table: Table, name: str) -> None:
    found = table.organisations[name]
    assert found.reachable
    assert found.contact_source
    assert found.source
    assert found.in_service(TODAY) or found.status == "announced"


def test_all_waterschappen_and_provinces_can_be_called(table: Table) -> None:
    names = [f"waterschap-ws{code}" for code in WATERSCHAPPEN.split()]
    names += [f"provincie-pv{code}" for code in range(20, 32)]
    for name in names:
        found = table.organisations[name]
        assert found.phone
        assert found.tooi
        assert found.oin
    assert {name for name in table.organisations if name.startswith(("waterschap-", "provincie-"))} == set(names)


def test_the_maatwerkplaatsen_are_where_the_policy_says_they_are(table: Table) -> None:
    """001:632 names SVB and UWV; Toeslagen has a Stellateam of its own (000:145)."""
    teams = {one.id: one.maatwerkplaats for one in table.organisations.values() if one.maatwerkplaats}
    assert teams == {
        "svb": "maatwerkplaats-svb",
        "uwv": "maatwerkplaats-uwv",
        "toeslagen": "stellateam-toeslagen",
    }


@pytest.mark.parametrize("name", PROFESSIONAL.split())
def test_a_desk_for_professionals_is_no_desk_for_the_person(table: Table, name: str) -> None:
    """R-33."""
    assert table.organisations[name].roles == {"professional"}


def test_what_was_only_announced_receives_nobody(table: Table) -> None:
    assert not table.organisations["ministerie-ingang"].in_service(TODAY)


def test_a_ministry_is_a_door_but_no_rule_leads_there(table: Table) -> None:
    ministries = {name for name in table.organisations if name.startswith("ministerie-")} - {"ministerie-ingang"}
    assert all(table.organisations[name].roles == {"source", "feedback"} for name in ministries)
    assert not {to for rule in table.rules for to in (rule.to, *rule.fallback, *rule.partners)} & ministries


def test_nobody_has_the_number_of_an_agency_that_is_not_its_parent(table: Table) -> None:
    """A copied line would send people to the wrong door by phone."""
    owners: dict[str, str] = {}
    for one in table.organisations.values():
        if (
            one.phone
            and one.parent is None
            and one.contact_source.startswith("ROO")
            and not one.id.startswith("gemeente-")
        ):
            same = owners.setdefault(one.phone.replace(" ", ""), one.id)
            assert same == one.id, f"{one.id} has the phone of {same}"
