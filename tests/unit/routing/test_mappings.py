"""What an agency calls a subject in its own list makes no difference to who is responsible."""

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.base import Channel, Kind
from contracts.questions import Facts, Residence
from routing import Table, decide, load
from tests.unit.routing.cases import AMSTERDAM, TODAY, Where, lead

TABLE = load()
MAPPED = [one for codes in TABLE.mappings.values() for one in codes.values()]
HOMES = st.sampled_from([Residence(), AMSTERDAM, Residence(abroad=True), Residence(island="saba")])


@given(
    one=st.sampled_from(MAPPED),
    channel=st.sampled_from(Channel),
    other=st.sampled_from(Channel),
    kind=st.sampled_from(Kind),
    rest=st.fixed_dictionaries({"residence": HOMES, "stuck": st.booleans(), "signal": st.booleans()}),
)
@settings(max_examples=200, deadline=None)
def test_the_same_question_over_any_list_and_channel_gives_the_same_organisation(
    one: Any, channel: Channel, other: Channel, kind: Kind, rest: dict[str, Any]
) -> None:
    own = Facts(agency_topic=one.code, channel=channel, kind=kind, **rest)
    meant = one.kind if one.kind is not None and kind is Kind.QUESTION else kind
    ours = Facts(topic=one.topic, channel=other, kind=meant, answers=one.answers, **rest)
    by_code = decide(TABLE, own, source=one.agency, today=TODAY)
    by_topic = decide(TABLE, ours, source=one.agency, today=TODAY)
    assert "agency_topic" in by_code.inputs
    said = by_code.model_dump()
    del said["inputs"]["agency_topic"]
    assert said == by_topic.model_dump()


def test_two_agencies_mean_the_same(where: Where) -> None:
    codes = {"svb": "AOW-HOOGTE", "uwv": "DOOR.AOW", "belastingdienst": "ANDERS/AOW", "gemeente-gm0344": "DOOR-AOW"}
    assert {lead(where(agency, agency_topic=code)) for agency, code in codes.items()} == {"svb"}


def test_a_team_uses_the_list_of_its_organisation(where: Where) -> None:
    assert lead(where("belastingtelefoon", agency_topic="TSL/HUUR")) == "toeslagen"


def test_our_own_topic_wins(where: Where) -> None:
    decision = where("svb", topic="ww", agency_topic="AOW-HOOGTE")
    assert lead(decision) == "uwv"
    assert "agency_topic" not in decision.inputs


def test_what_the_desk_says_wins_from_what_the_code_suggests(where: Where) -> None:
    assert where("svb", agency_topic="PGB-WLZ").ask is not None
    chosen = where("svb", agency_topic="PGB-WLZ", residence=AMSTERDAM, answers={"pgb-wet": "wmo"})
    assert lead(chosen) == "gemeente-gm0363"


def test_an_unknown_code_goes_to_triage_with_suggestions_and_shows_as_work(where: Where) -> None:
    decision = where("svb", agency_topic="Kinderbijslag-nieuw")
    assert (lead(decision), decision.rule) == ("triage", "triage-unknown-code")
    assert decision.inputs["agency_topic"] == "Kinderbijslag-nieuw van svb: staat niet in de lijst"
    assert decision.suggestions[0].topic == "kinderbijslag"
    assert decision.suggestions[0].organisation == "svb"
    assert where("svb", agency_topic="Kinderbijslag-nieuw") == decision


def test_a_code_counts_only_for_the_agency_that_owns_it(where: Where) -> None:
    assert where("uwv", agency_topic="AOW-HOOGTE").rule == "triage-unknown-code"


def test_an_unknown_code_does_not_hide_what_is_known(where: Where) -> None:
    assert lead(where("svb", agency_topic="X9", kind="complaint", decision_by="cak")) == "cak"
    assert where("svb", agency_topic="X9", danger=True).instruction is not None


def test_the_version_knows_whose_list_it_is(table: Table) -> None:
    assert set(table.mappings) >= {"belastingdienst", "svb", "uwv", "gemeente-gm0344"}
    assert len(MAPPED) >= 40
