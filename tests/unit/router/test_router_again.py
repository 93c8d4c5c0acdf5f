"""What the router does with all that the handoff service may ask again."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import orjson
import pytest

from contracts.base import Domain
from contracts.decisions import DecisionMade, Refusal
from contracts.events import DECISIONS, DecisionMadeEvent
from routing import Table
from routing.data.model import Absence, PointerTo, Topic, Validity
from services.auditor.decisions import differences
from services.router.lessons import Taught
from tests.simulation.table import _rule, small_table
from tests.unit.router.test_router_fold import ENVELOPE, NOW, QUESTION, Asked, requested


def table() -> Table:
    """The small table, with a question for several at once and one that no public body has."""
    small = small_table()
    rules = (
        _rule("keuze", to="alfa", candidates=("bravo", "charlie"), reason="Elk mag het doen."),
        _rule("terug", outcome="return", pointers=(PointerTo("delta", "Geeft raad."),)),
    )
    called = {**small.organisations, "delta": replace(small.organisations["delta"], phone="0800 11 11")}
    topics = {**small.topics, **{one.id: Topic(one.id, one.id, Domain.INCOME) for one in rules}}
    ordered = tuple(sorted((*small.rules, *rules), key=lambda one: (-one.priority, one.id)))
    return replace(small, rules=ordered, topics=topics, organisations=called, views={}, remembered={})


class Again(Asked):
    """The same on this table; everything it says must replay."""

    def __init__(self, topic: str | None, **facts: object) -> None:
        self.table = table()
        super().__init__(topic, **facts)

    def says(self, event, now=NOW) -> DecisionMade:
        self.router.use(self.table)
        made = super().says(event, now)
        assert differences(self.table, stored(made)) == []
        return made


def stored(made: DecisionMade) -> dict:
    """As the journal has it."""
    event = DecisionMadeEvent(type="nl.geenverkeerdedeur.decision.made.v1", data=made, **ENVELOPE)
    found: dict = orjson.loads(event.model_dump_json())
    return found


def offered(made: DecisionMade) -> list[str]:
    return [one.organisation for one in (made.decision.lead, *made.decision.candidates) if one is not None]


def test_several_are_asked_at_once_and_who_said_no_is_left_out() -> None:
    asked = Again("keuze")
    assert offered(asked.first) == ["alfa", "bravo", "charlie"]
    assert offered(asked.says(requested("declined", 1, declined=("alfa", "charlie")))) == ["bravo"]


def test_the_desk_asks_several_at_once() -> None:
    asked = Again("recht")
    made = asked.says(
        requested("placed", organisation="echo", candidates=("golf", "weg"), by="triage", because="kan-beide")
    )
    assert offered(made) == ["echo", "golf"]
    assert [one.organisation for one in made.decision.alternatives] == ["weg"]


def test_what_no_public_body_has_is_returned_and_never_after_a_refusal() -> None:
    asked = Again("terug")
    assert (asked.first.decision.outcome, asked.first.decision.lead) == ("return", None)
    again = asked.says(requested("declined", 1, declined=("echo",)))
    assert (again.decision.outcome, offered(again)) == ("triage", ["triage"])


def test_corrected_facts_replace_those_before() -> None:
    asked = Again("recht", acute=True)
    right = asked.first.facts.model_copy(update={"topic": "telefoon", "acute": False})
    made = asked.says(requested("corrected", facts=right))
    assert (made.facts, offered(made), made.why) == (right, ["foxtrot"], "corrected")
    assert asked.state is not None
    assert asked.state.question.facts == right


def test_an_answer_stays_where_it_is_still_asked_for() -> None:
    asked = Again("vraag")
    asked.says(requested("answered", answers={"welke": "een"}))
    right = asked.first.facts.model_copy(update={"acute": True})
    made = asked.says(requested("corrected", facts=right))
    assert (offered(made), made.facts.answers, made.facts.acute) == (["charlie"], {"welke": "een"}, True)
    other = asked.says(requested("corrected", facts=right.model_copy(update={"topic": "recht"})))
    assert (offered(other), other.facts.answers) == (["alfa"], {})
    said = right.model_copy(update={"answers": {"welke": "twee"}})
    assert offered(asked.says(requested("corrected", facts=said))) == ["golf"], "the correction has its own answer"


def test_an_answer_that_is_not_on_the_list_any_more_is_asked_again() -> None:
    asked = Again("vraag")
    asked.says(requested("answered", answers={"welke": "geen-van-beide"}))
    made = asked.says(requested("corrected", facts=asked.first.facts))
    assert (made.decision.outcome, made.facts.answers) == ("ask", {})


def test_an_answer_stays_even_after_too_many_hops() -> None:
    asked = Again("vraag")
    asked.says(requested("answered", answers={"welke": "een"}))
    made = asked.says(requested("corrected", 9, facts=asked.first.facts))
    assert (made.decision.rule, made.facts.answers) == ("triage-hop-limit", {"welke": "een"})


def test_who_follows_now_is_who_the_next_decision_names() -> None:
    asked = Again("recht")
    made = asked.says(requested("handed-over", follower="bravo"))
    assert (asked.first.follower, made.follower) == ("delta", "bravo")
    assert asked.says(requested("declined", 1, declined=("alfa",))).follower == "bravo", "it is remembered"


def test_the_part_that_was_asked_for_comes_back_with_the_decision() -> None:
    asked = Again("recht")
    made = asked.says(requested("involved", organisation="echo", by="alfa", because="weet-het", task="correct-datum"))
    assert (made.task, offered(made)) == ("correct-datum", ["echo"])
    assert asked.says(requested("declined", 1, declined=("alfa",))).task is None


def test_reopened_goes_back_to_who_had_it_or_to_who_the_table_says() -> None:
    asked = Again("recht")
    back = asked.says(requested("reopened", organisation="echo", by="delta", because="not-helped"))
    assert (offered(back), back.decision.human, back.decision.inputs["by"]) == (["echo"], True, "delta")
    gone = asked.says(requested("reopened", organisation="opgeheven", by="delta", because="not-helped"))
    assert (offered(gone), gone.decision.human) == (["alfa"], False), "the table knows who has it now"
    elsewhere = asked.says(requested("reopened", declined=("alfa",)))
    assert offered(elsewhere) == ["bravo"]


def test_an_absent_organisation_is_passed_by_until_it_is_back() -> None:
    asked = Again("recht")
    day = NOW.astimezone(UTC).date()
    asked.table = replace(asked.table, absences=(Absence("alfa", Validity(day, day), "golf"),), views={}, remembered={})
    assert offered(asked.says(requested("reopened"))) == ["golf"]
    later = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
    change = asked.router.fold(asked.state, requested("reopened"), later)
    assert change is not None
    assert change.state is not None
    assert change.state.rule == "recht"
    [emit] = change.emits
    assert emit.topic == DECISIONS
    assert offered(emit.data) == ["alfa"]
    assert later - NOW == timedelta(days=1)


def taught(*made: DecisionMade) -> Taught:
    found = Taught({rule.id: rule.topic for rule in table().rules})
    for one in made:
        found.hear(QUESTION, stored(one))
    return found


@pytest.mark.parametrize(
    ("why", "reason", "teaches"),
    [
        ("declined", "not-competent", True),
        ("failed", "not-competent-after-all", True),
        ("failed", "person-not-found", False),
        ("failed", "impossible", False),
        ("cancelled", "wrong-destination", False),
        ("expired", "silent", False),
        ("withdrawn", "wrong-destination", False),
    ],
)
def test_only_who_is_not_the_right_one_teaches(why: str, reason: str, teaches: bool) -> None:  # noqa: FBT001
    asked = Again("recht")
    refusal = Refusal(by="alfa", reason=reason, suggested="echo")
    made = asked.says(requested(why, 1, declined=("alfa",), refusal=refusal))
    assert made.refusal is not None
    assert made.refusal.rule == ("recht" if teaches else None)
    assert taught(made).suggestions == ({("recht", "recht", "echo")} if teaches else set())


def test_a_late_refusal_is_about_the_rule_of_the_lead_and_not_of_who_joined() -> None:
    asked = Again("recht")
    joined = asked.says(requested("involved", organisation="echo", by="alfa", because="weet-het"))
    refusal = Refusal(by="alfa", reason="not-competent-after-all")
    made = asked.says(requested("failed", 1, declined=("alfa",), refusal=refusal))
    assert made.refusal is not None
    assert made.refusal.rule == "recht"
    assert taught(asked.first, joined).overruled == [], "who joins overrules nobody"
