"""What holds for every question, however strange: total, deterministic, blind to the channel."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.base import Channel, Domain, Island, Kind
from contracts.decisions import Decision, DecisionOutcome
from contracts.denied import is_denied
from contracts.questions import Facts, Residence
from routing import PACKAGED, Table, UnknownOrganisation, decide, load, place
from routing.engine.conditions import KEYS
from routing.engine.view import view_of

TABLE = load()
ORGANISATIONS = sorted(TABLE.organisations)
CODES = st.sampled_from(["x", "a-b-c", "0", "1011", "gm0363", "gm9999", "postcode-9711", "ja", "nee", "z" * 60])
KNOWN = ["svb", "uwv", "duo", "toeslagen", "belastingdienst", "gemeente-gm0363", "ministerie-ingang", "uht"]
SOMEONE = st.sampled_from(KNOWN) | st.sampled_from(ORGANISATIONS) | CODES
# A postcode in two municipalities, and one of these.
SHARED = next((code, among[0].removeprefix("gemeente-")) for code, among in TABLE.postcodes.items() if len(among) > 1)
WHERE = {"woongemeente", "welke-gemeente", "waar-nu", "woonwaterschap", "zorgkantoor"}
OWN_CONDUCT = "onderzoek-eigen-handelen"  # an organisation about itself: there is no citizen to support (000:275)
DAYS = st.dates(date(2020, 1, 1), date(2040, 12, 31))
CODES_OF_AGENCIES = [*(code for codes in TABLE.mappings.values() for code in codes), "Onbekend/Kinderbijslag", "x"]
ANSWERS = st.one_of(
    st.fixed_dictionaries(
        {},
        optional={
            code: st.sampled_from([answer for answer, _ in question.answers]) | CODES
            for code, question in TABLE.questions.items()
        },
    ),
    st.dictionaries(CODES, CODES, max_size=3),
)
RESIDENCES = st.builds(
    Residence,
    postcode=st.none() | st.sampled_from(sorted(TABLE.postcodes)) | st.just("9999"),
    municipality=st.none() | st.sampled_from(["gm0363", "gm0014", "gm0738", "gm0055"]) | st.just("gm9999"),
    abroad=st.booleans(),
    island=st.none() | st.sampled_from(Island),
)
FACTS = st.builds(
    Facts,
    topic=st.none() | st.sampled_from(sorted(TABLE.topics)) | CODES,
    kind=st.sampled_from(Kind),
    channel=st.sampled_from(Channel),
    residence=st.just(Residence()) | RESIDENCES,
    decision_by=st.none() | SOMEONE,
    registry_holder=st.none() | SOMEONE,
    involved=st.lists(SOMEONE, max_size=4).map(tuple),
    domains=st.lists(st.sampled_from(Domain), max_size=4).map(tuple),
    acute=st.booleans(),
    danger=st.integers(0, 9).map(lambda n: n == 0),
    stuck=st.integers(0, 4).map(lambda n: n == 0),
    professional_asks=st.integers(0, 4).map(lambda n: n == 0),
    complaint_procedure_used=st.none() | st.booleans(),
    harrowing=st.booleans(),
    harmed_parent=st.integers(0, 3).map(lambda n: n == 0),
    agency_topic=st.none() | st.sampled_from(CODES_OF_AGENCIES),
    signal=st.booleans(),
    life_event=st.none() | st.sampled_from([*TABLE.life_events, "iets-anders"]),
    answers=ANSWERS,
)
DECLINED = st.frozensets(st.sampled_from([*KNOWN, "mfo", "maatwerkloket", "maatwerkplaats-uwv", "uht"]), max_size=6)
ASKED = st.fixed_dictionaries({"source": SOMEONE, "declined": DECLINED, "hops": st.integers(0, 6), "today": DAYS})


def chosen(decision: Decision) -> set[str]:
    return {one.organisation for one in (decision.lead, *decision.candidates, *decision.partners) if one is not None}


@given(facts=FACTS, asked=ASKED)
@settings(max_examples=80, deadline=None)
def test_every_question_gets_exactly_one_valid_outcome(facts: Facts, asked: dict[str, Any]) -> None:
    decision = decide(TABLE, facts, **asked)
    assert Decision.model_validate_json(decision.model_dump_json()) == decision
    assert (decision.lead is None) == (decision.outcome in (DecisionOutcome.ASK, DecisionOutcome.RETURN))
    assert (decision.ask is None) == (decision.outcome is not DecisionOutcome.ASK)
    assert (decision.instruction is not None) == (decision.outcome is DecisionOutcome.CRISIS)
    assert facts.danger == (decision.outcome is DecisionOutcome.CRISIS)
    assert decision.norm_class in TABLE.norms
    assert decision.table_version == TABLE.version
    for one in (decision.lead, *decision.partners, *decision.pointers):
        assert one is None or one.contact.phone or one.contact.desk
    assert len(decision.partners) == len({one.organisation for one in decision.partners})
    assert decision.lead is None or decision.lead.organisation not in {p.organisation for p in decision.partners}
    assert "{" not in decision.tell
    offered = [one.organisation for one in (decision.lead, *decision.candidates, *decision.partners) if one is not None]
    assert len(offered) == len(set(offered))
    if decision.outcome is DecisionOutcome.RETURN:
        assert any(one.contact.phone for one in decision.pointers)
        assert facts.kind in (Kind.QUESTION, Kind.COMPLAINT)
        assert True not in (facts.acute, facts.danger, facts.harrowing)
        assert not asked["declined"]


@given(facts=FACTS, asked=ASKED)
@settings(max_examples=120, deadline=None)
def test_who_declined_is_never_chosen_again(facts: Facts, asked: dict[str, Any]) -> None:
    decision = decide(TABLE, facts, **asked)
    assert chosen(decision).isdisjoint(asked["declined"])
    for organisation in chosen(decision) - {"triage"}:
        again = {**asked, "declined": asked["declined"] | {organisation}}
        assert organisation not in chosen(decide(TABLE, facts, **again))


@given(facts=FACTS, asked=ASKED, channel=st.sampled_from(Channel))
@settings(max_examples=120, deadline=None)
def test_the_channel_never_changes_anything(facts: Facts, asked: dict[str, Any], channel: Channel) -> None:
    other = facts.model_copy(update={"channel": channel})
    assert decide(TABLE, other, **asked) == decide(TABLE, facts, **asked)


@given(facts=FACTS, asked=ASKED)
@settings(max_examples=80, deadline=None)
def test_a_fresh_table_decides_the_same(facts: Facts, asked: dict[str, Any]) -> None:
    """What was remembered of earlier questions is never part of the answer."""
    first = decide(TABLE, facts, **asked)
    TABLE.views.clear()
    assert decide(TABLE, facts, **asked) == first


@given(facts=FACTS, asked=ASKED)
@settings(max_examples=120, deadline=None)
def test_the_college_never_comes_without_an_adv(facts: Facts, asked: dict[str, Any]) -> None:
    decision = decide(TABLE, facts, **asked)
    if "college-rechten-van-de-mens" in chosen(decision) and decision.inputs.get("topic") != OWN_CONDUCT:
        named = [*chosen(decision), *(pointer.organisation for pointer in decision.pointers)]
        assert any(one == "discriminatie-nl" or one.startswith("adv-gm") for one in named)


@given(facts=FACTS, asked=ASKED)
@settings(max_examples=80, deadline=None)
def test_acute_raises_priority_and_nothing_else(facts: Facts, asked: dict[str, Any]) -> None:
    """R-37; only the Stellateam has acute circumstances in its own rule (000:161)."""
    calm = decide(TABLE, facts.model_copy(update={"acute": False}), **asked)
    acute = decide(TABLE, facts.model_copy(update={"acute": True}), **asked)
    assert acute.urgent
    if acute.rule != "stellateam":
        assert chosen(acute) == chosen(calm)


@given(facts=FACTS, asked=ASKED)
@settings(max_examples=120, deadline=None)
def test_a_signal_changes_nothing_but_what_is_known(facts: Facts, asked: dict[str, Any]) -> None:
    """R-90: reporting that rules do not work out takes nobody's holder away."""
    with_signal = decide(TABLE, facts.model_copy(update={"signal": True}), **asked)
    without = decide(TABLE, facts.model_copy(update={"signal": False}), **asked)
    said, other = with_signal.model_dump(), without.model_dump()
    assert said["inputs"].pop("signal") == "ja"
    assert said["findings"][-1]["code"] == "signaal"
    said["findings"] = said["findings"][:-1]
    assert said == other


@given(facts=FACTS, asked=ASKED, event=st.sampled_from(sorted(TABLE.life_events)))
@settings(max_examples=80, deadline=None)
def test_every_item_of_a_bundle_is_what_the_table_says_of_it_alone(
    facts: Facts, asked: dict[str, Any], event: str
) -> None:
    whole = decide(TABLE, facts.model_copy(update={"life_event": event}), **asked)
    assert whole.bundle
    for item in whole.bundle:
        where = {code: said for code, said in facts.answers.items() if code in WHERE}
        alone = Facts(topic=item.topic, channel=facts.channel, residence=facts.residence, answers=where)
        made = decide(TABLE, alone, source=asked["source"], today=asked["today"])
        assert item.organisation == (made.lead.organisation if made.lead is not None else None)
    if facts.topic is not None and not TABLE.life_events[event].together:
        plain = decide(TABLE, facts.model_copy(update={"life_event": None}), **asked)
        assert chosen(whole) == chosen(plain)


@given(facts=FACTS, other=FACTS, asked=ASKED, fields=st.sets(st.sampled_from(sorted(Facts.model_fields)), max_size=3))
@settings(max_examples=250, deadline=None)
def test_what_decided_is_in_the_inputs(facts: Facts, other: Facts, asked: dict[str, Any], fields: set[str]) -> None:
    """Two questions that go different ways differ in what the decision says it looked at (R-70)."""
    changed = facts.model_copy(update={field: getattr(other, field) for field in fields})
    one, another = decide(TABLE, facts, **asked), decide(TABLE, changed, **asked)
    if one.lead != another.lead or one.ask != another.ask:
        assert one.inputs != another.inputs


STEERS = st.fixed_dictionaries(
    {
        "residence": RESIDENCES,
        "decision_by": st.none() | SOMEONE,
        "involved": st.none() | SOMEONE,
        "answers": ANSWERS,
        "kind": st.sampled_from(Kind),
    }
)


@given(
    topic=st.sampled_from(sorted(TABLE.topics)),
    one=STEERS,
    other=STEERS,
    field=st.sampled_from(["residence", "answers"]),
)
@settings(max_examples=400, deadline=None)
def test_where_one_lives_and_what_was_answered_are_in_the_inputs(topic: str, one: Any, other: Any, field: str) -> None:
    """The same with a topic and one thing different: what steered most, and was not written down."""
    made = []
    for said in (one, {**one, field: other[field]}):
        involved = (said["involved"],) if said["involved"] else ()
        facts = Facts(topic=topic, channel=Channel.WEB, **{**said, "involved": involved})
        made.append(decide(TABLE, facts, source="svb", today=date(2026, 11, 23)))
    if made[0].lead != made[1].lead or made[0].ask != made[1].ask:
        assert made[0].inputs != made[1].inputs


@pytest.mark.parametrize(
    ("topic", "kind", "facts", "key"),
    [
        ("bijstand", "objection", {"residence": Residence(municipality="gm0363")}, "residence"),
        ("bijstand", "objection", {"answers": {"woongemeente": "gm0363"}}, "residence"),
        ("bijstand", "question", {"answers": {"woongemeente": SHARED[0], "welke-gemeente": SHARED[1]}}, "answers"),
        ("blauwe-envelop", "question", {"answers": {"brief-over": "weet-niet"}}, "answers"),
        ("overheid-klacht", "complaint", {"answers": {"besluit-van": "uwv"}}, "answers"),
        ("uitkering-terugbetalen", "digitally-stuck", {"answers": {"uitkering-van": "uwv"}}, "answers"),
        ("bijstand", "question", {"decision_by": "gemeente-gm0363"}, "decision_by"),
    ],
)
def test_a_stored_decision_says_what_decided(topic: str, kind: str, facts: dict[str, Any], key: str) -> None:
    asked = Facts(topic=topic, kind=kind, channel=Channel.PHONE, **facts)
    made = decide(TABLE, asked, source="svb", today=date(2026, 11, 23))
    assert made.lead is not None
    said = next(iter(facts.values()))
    for one in said.values() if isinstance(said, dict) else [getattr(said, "municipality", said)]:
        assert one in made.inputs[key]


def test_reading_twice_gives_the_same_version_and_a_change_another(tmp_path: Any) -> None:
    assert load().version == TABLE.version
    assert load(PACKAGED) == TABLE


def test_no_denied_name_steers_a_decision() -> None:
    """R-50: not as fact, not as condition, not as question or answer."""
    assert not [name for name in Facts.model_fields if is_denied(name)]
    assert not [name for name in KEYS if is_denied(name)]
    assert "channel" not in KEYS
    assert "signal" not in KEYS
    for question in TABLE.questions.values():
        assert not [code for code in (question.code, *(code for code, _ in question.answers)) if is_denied(code)]


def test_every_topic_has_somebody_for_every_kind() -> None:
    """The triage desk only where no public body has it, or where there is no citizen."""
    returned = {rule.topic for rule in TABLE.rules if rule.outcome == DecisionOutcome.RETURN}
    for topic in TABLE.topics:
        for kind in Kind:
            facts = Facts(topic=topic, kind=kind, channel=Channel.WEB, residence=Residence(postcode="1011"))
            made = decide(TABLE, facts, source="svb", today=date(2026, 11, 23))
            if made.outcome is DecisionOutcome.ASK:
                assert made.ask is not None
                assert len(made.ask.answers) > 1, topic
            elif made.outcome is DecisionOutcome.RETURN:
                assert topic in returned
            else:
                assert made.lead is not None
                assert made.lead.contact.phone or made.lead.contact.desk, topic
                assert made.lead.organisation != "triage" or topic in returned | {"verbindingstest"}, (topic, kind)


def test_a_human_may_choose_and_an_unknown_organisation_is_refused() -> None:
    facts = Facts(topic="aow", channel=Channel.PHONE, residence=Residence(municipality="gm0363"))
    day = date(2026, 11, 23)
    made = place(TABLE, "uwv", facts=facts, by="triage", because="kent-de-zaak", today=day)
    assert made.human
    assert made.lead is not None
    assert made.lead.organisation == "uwv"
    assert made.norm_class == "standaard"
    assert Decision.model_validate_json(made.model_dump_json()) == made
    college = place(TABLE, "college-rechten-van-de-mens", facts=facts, by="triage", because="x", today=day)
    assert [one.organisation for one in college.pointers] == ["adv-gm0363"]
    team = place(TABLE, "maatwerkloket", facts=facts, by="uwv", because="x", today=day)
    assert team.outcome is DecisionOutcome.MAATWERK
    for unknown in ("bestaat-niet", "ministerie-ingang"):
        with pytest.raises(UnknownOrganisation):
            place(TABLE, unknown, facts=facts, by="triage", because="x", today=day)


def test_the_owner_may_choose_always_the_maatwerkloket(folder_with: Callable[[str, str, str], Table]) -> None:
    table = folder_with("table.yaml", "ladder: maatwerkplaats-first", "ladder: always-maatwerkloket")
    assert table.version != TABLE.version
    facts = Facts(topic="wia", channel=Channel.PHONE, involved=("uwv", "svb"))
    made = decide(table, facts, source="uwv", today=date(2026, 11, 23))
    assert made.lead is not None
    assert made.lead.organisation == "maatwerkloket"


def test_organisations_of_every_municipality_and_day() -> None:
    day = date(2026, 11, 23)
    for name in ("gemeente-gm0363", "adv-gm0363", "svb"):
        assert TABLE.organisation(name, day) is not None
    assert TABLE.organisation("gemeente-gm9999", day) is None
    assert TABLE.organisation("mfo", date(2020, 12, 31)) is None
    assert TABLE.destination("gemeente-gm0363", day).connected
    assert not TABLE.destination("gemeente-gm0599", day).connected


def test_days_between_two_changes_share_one_view_and_a_change_starts_another() -> None:
    view = {day: view_of(TABLE, day) for day in (date(2026, 11, 23), date(2030, 1, 1), date(2021, 6, 30))}
    assert view[date(2026, 11, 23)] is view[date(2030, 1, 1)]
    before, after = view_of(TABLE, date(2021, 6, 30)), view_of(TABLE, date(2021, 7, 1))
    assert before.organisation("steunpunt-bd") is None
    assert after.organisation("steunpunt-bd") is not None


def test_every_day_is_as_if_it_were_the_only_one() -> None:
    facts = Facts(topic="bijstand", channel=Channel.WEB, residence=Residence(municipality="gm0363"))
    for day in (date(1, 1, 1), date(2025, 12, 31), date(2026, 1, 1), date(9999, 12, 31)):
        fresh = load()
        assert decide(fresh, facts, source="uwv", today=day) == decide(TABLE, facts, source="uwv", today=day)
