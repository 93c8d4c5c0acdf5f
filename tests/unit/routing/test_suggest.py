"""Suggest hears what people mean, says which words it went by, and admits when it does not know."""

from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from contracts.questions import Residence
from routing import Table, suggest
from tests.evaluation.score import measure, questions

TODAY = date(2026, 11, 23)
TOP_1, TOP_3, TOPIC_1, TOPIC_3 = (
    0.89,
    0.96,
    0.82,
    0.94,
)  # a little under what `python -m tests.evaluation` measures on the test split


def best(table: Table, text: str) -> tuple[str | None, str | None]:
    found = suggest(table, text, today=TODAY)[0]
    return found.topic, found.organisation


@pytest.mark.parametrize(
    ("text", "topic", "organisation"),
    [
        ("blauwe envelop", "blauwe-envelop", "belastingdienst"),
        ("mijn ex betaalt niet", "alimentatie", "lbio"),
        ("ik ben mijn baan kwijt", "ww", "uwv"),
        ("ik kan mijn huur niet betalen", "huurachterstand", "gemeente"),
        ("mw belt, haar studieschud is te hoog om af te losen", "studieschuld", "duo"),
        ("aowuitkering", "aow", "svb"),
        ("AOW uitkering", "aow", "svb"),
        ("kinder bijslag voor mijn baby", "kinderbijslag", "svb"),
        ("kinderopvangtoeslagschuld terugbetalen", "toeslagschuld", "toeslagen"),
        ("ik wil naturaliseren: hóé wordt ik Nederlander", "naturalisatie", "gemeente"),
        ("zuiveringsheffing", "waterschapsbelasting", "waterschap"),
    ],
)
def test_hears_errors_compounds_and_situations(table: Table, text: str, topic: str, organisation: str) -> None:
    assert best(table, text) == (topic, organisation)


def test_an_organisation_that_only_sent_somebody_on_does_not_win(table: Table) -> None:
    assert best(table, "de Belastingdienst zegt dat ik voor mijn AOW ergens anders moet zijn") == ("aow", "svb")
    assert best(table, "UWV zegt dat ik voor AOW bij de SVB moet zijn") == ("aow", "svb")


def test_what_it_is_not_about_counts_less(table: Table) -> None:
    assert best(table, "het gaat niet over mijn huurtoeslag maar over mijn WIA")[0] == "wia"


def test_who_decided_is_who_is_named(table: Table) -> None:
    assert best(table, "ik wil bezwaar maken tegen een besluit van DUO") == ("bezwaar-maken", "duo")


@pytest.mark.parametrize(
    ("text", "topic", "organisation"),
    [
        ("ik wil bezwaar maken", "bezwaar-maken", None),
        ("mijn aanvraag is afgewezen", "bezwaar-maken", None),
        ("ik wil een klacht indienen", "overheid-klacht", None),
        ("ambtenaar was onbeleefd", "overheid-klacht", None),
        ("beslissing duurt te lang", "besluit-te-laat", None),
        ("bezwaar tegen afwijzing aow", "bezwaar-maken", "svb"),
        ("bezwaar tegen afwijzing bijstand", "bijstand", "gemeente"),
        ("klacht over uitkering medewerker gemeente", "overheid-klacht", "gemeente"),
    ],
)
def test_who_decided_is_never_made_up(table: Table, text: str, topic: str, organisation: str | None) -> None:
    """Only the text itself says who: by name, or by the subject that somebody has."""
    assert best(table, text) == (topic, organisation)


def test_an_objection_is_for_who_has_its_subject(table: Table) -> None:
    for text in ("bezwaar tegen afwijzing bijstand", "ik ben het niet eens met de afwijzing van mijn bijstand"):
        found = {one.topic: one.organisation for one in suggest(table, text, today=TODAY)}
        assert found["bezwaar-maken"] == "gemeente"
    near = suggest(table, "bezwaar tegen afwijzing wmo", today=TODAY, residence=Residence(postcode="1011"))
    assert {one.topic: one.organisation for one in near}["bezwaar-maken"] == "gemeente-gm0363"


@pytest.mark.parametrize(
    "text",
    [
        "ik krijg minder loon dan mijn mannelijke collega",
        "we mogen de club niet in en anderen wel",
        "de makelaar geeft mij nooit een bezichtiging door mijn naam",
        "de taxi weigert mij met mijn geleidehond",
        "ik ben afgewezen omdat ik doof ben",
        "op mijn werk word ik uitgescholden om mijn uiterlijk",
    ],
)
def test_hears_discrimination_in_peoples_own_words(table: Table, text: str) -> None:
    assert best(table, text) == ("discriminatie", "discriminatie-nl")


def test_the_kind_of_organisation_until_it_is_known_where_somebody_lives(table: Table) -> None:
    anywhere = suggest(table, "mijn paspoort is verlopen", today=TODAY)[0]
    assert (anywhere.organisation, anywhere.tooi) == ("gemeente", None)
    amsterdam = suggest(table, "mijn paspoort is verlopen", today=TODAY, residence=Residence(postcode="1011"))[0]
    assert amsterdam.organisation == "gemeente-gm0363"
    assert amsterdam.tooi == "https://identifier.overheid.nl/tooi/id/gemeente/gm0363"
    assert best(table, "mijn paspoort is verlopen, ik woon op Saba")[1] == "cn-saba"


def test_nobody_can_be_sent_to_a_kind_of_organisation(table: Table) -> None:
    for kind in ("gemeente", "waterschap", "zorgkantoor"):
        assert table.organisation(kind, TODAY) is None


def test_names_the_words_as_they_stand_in_the_text(table: Table) -> None:
    found = suggest(table, "Help! Mijn Kinderbeislag, en de énveloppe...", today=TODAY)[0]
    assert found.topic == "kinderbijslag"
    assert "Kinderbeislag" in found.matched


@pytest.mark.parametrize(
    "text",
    ["", "   ", "wordt het morgen mooi weer", "ik wil een pizza bestellen", "I lost my job what now", "😀", "\0"],
)
def test_says_not_sure(table: Table, text: str) -> None:
    assert best(table, text) == (None, None)


def test_limit_and_room_for_other_organisations(table: Table) -> None:
    assert len(suggest(table, "rijbewijs", today=TODAY, limit=1)) == 1
    three = suggest(table, "uitkering aanvragen want ik heb geen werk", today=TODAY)
    assert len({one.organisation for one in three}) > 1


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.one_of(
        st.text(max_size=300),
        st.lists(
            st.sampled_from(["uwv", "zegt", "niet om", "maar", "aow", "geen", "toeslag", "saba", "en", "x" * 40, "1"])
        ).map(" ".join),
    )
)
def test_total_deterministic_and_in_order(table: Table, text: str) -> None:
    found = suggest(table, text, today=TODAY)
    assert found == suggest(table, text, today=TODAY)
    assert 1 <= len(found) <= 3
    scores = [one.score for one in found]
    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    for one in found:
        assert one.topic is None or one.topic in table.topics
        assert one.organisation is None or table.organisations[one.organisation].tooi == one.tooi
        assert all(word in text for word in one.matched)


def test_a_very_long_text_is_read_no_further_than_needed(table: Table) -> None:
    assert best(table, "kinderbijslag " + "x " * 500_000)[0] == "kinderbijslag"


def test_understands_citizens_as_well_as_measured(table: Table) -> None:
    found = measure(table, questions("test"), today=TODAY)
    assert found.top_1 >= TOP_1
    assert found.top_3 >= TOP_3
    assert found.topic_1 >= TOPIC_1
    assert found.topic_3 >= TOPIC_3
    assert found.refused >= found.outside / 2
