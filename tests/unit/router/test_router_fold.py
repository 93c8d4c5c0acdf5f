"""The router's memory of a question and its answers, in the form the handoff service needs."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from contracts.decisions import DecisionMade, DecisionRequested
from contracts.events import DECISIONS, DecisionRequestedEvent, QuestionAcceptedEvent
from contracts.questions import Facts, QuestionAccepted
from services.router.model import RoutedQuestion, Router
from tests.simulation.table import small_table

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
QUESTION = UUID("01900000-0000-7000-8000-000000000001")
ENVELOPE = {"id": "1", "source": "urn:nld:oin:00000099000000001000:systeem:test", "time": NOW}


def accepted(topic: str | None, **facts: Any) -> QuestionAcceptedEvent:
    data = QuestionAccepted(
        question=QUESTION,
        follower="delta",
        reference="D-1",
        first_received_at=NOW,
        accepted_at=NOW,
        submitter="citizen",
        dataref="https://agency.example/texts/1",
        facts=Facts(topic=topic, channel="desk", **facts),
    )
    return QuestionAcceptedEvent(type="nl.geenverkeerdedeur.question.accepted.v1", data=data, **ENVELOPE)


def requested(why: str, hops: int = 0, **given: Any) -> DecisionRequestedEvent:
    data = DecisionRequested(question=QUESTION, why=why, hops=hops, **given)
    return DecisionRequestedEvent(type="nl.geenverkeerdedeur.decision.requested.v1", data=data, **ENVELOPE)


class Asked:
    """A question and what the router said of it last."""

    def __init__(self, topic: str | None, **facts: Any) -> None:
        self.router, self.state = Router(small_table()), None
        self.first = self.says(accepted(topic, **facts))

    def says(self, event: Any, now: datetime = NOW) -> DecisionMade:
        change = self.router.fold(self.state, event, now)
        assert change is not None
        self.state: RoutedQuestion | None = change.state
        (emit,) = change.emits
        assert emit.topic == DECISIONS
        made = emit.data
        assert isinstance(made, DecisionMade)
        return made


def test_the_decision_carries_what_the_hand_off_needs_of_the_question():
    asked = Asked("recht", acute=True)
    question = asked.state.question
    for name in ("question", "follower", "reference", "first_received_at", "dataref", "facts"):
        assert getattr(asked.first, name) == getattr(question, name)
    assert (asked.first.number, asked.first.why, asked.first.hops, asked.first.declined) == (1, "accepted", 0, ())
    assert (asked.first.decision.lead.organisation, asked.first.decision.table_version) == (
        "alfa",
        small_table().version,
    )


def test_decisions_are_numbered_and_each_knows_who_declined():
    asked = Asked("recht")
    second = asked.says(requested("declined", 1, declined=("alfa",)))
    third = asked.says(requested("declined", 2, declined=("alfa", "bravo")))
    assert (second.number, second.decision.lead.organisation, second.hops) == (2, "bravo", 1)
    assert (third.number, third.decision.outcome, third.declined) == (3, "triage", ("alfa", "bravo"))


def test_an_answer_is_remembered_for_the_decisions_after_it():
    asked = Asked("vraag")
    assert (asked.first.decision.outcome, asked.first.decision.lead) == ("ask", None)
    second = asked.says(requested("answered", answers={"welke": "een"}))
    assert (second.decision.lead.organisation, second.facts.answers) == ("charlie", {"welke": "een"})
    third = asked.says(requested("declined", 1, declined=("charlie",)))
    assert (third.facts.answers, third.decision.outcome) == ({"welke": "een"}, "triage")


def test_the_hop_limit_leads_to_people():
    asked = Asked("bezet")
    limit = small_table().settings.hop_limit
    assert asked.says(requested("declined", limit - 1, declined=("echo",))).decision.outcome == "responsible"
    assert asked.says(requested("declined", limit, declined=("echo",))).decision.outcome == "triage"


@pytest.mark.parametrize("why", ["placed", "involved"])
def test_a_human_choice_is_a_decision_with_its_reason(why):
    asked = Asked("recht")
    made = asked.says(requested(why, organisation="echo", by="triage", because="knows-best"))
    assert (made.decision.human, made.decision.lead.organisation, made.why) == (True, "echo", why)
    assert made.decision.inputs["because"] == "knows-best"


def test_a_choice_the_table_no_longer_has_goes_back_to_people():
    asked = Asked("recht")
    made = asked.says(requested("placed", organisation="opgeheven", by="triage", because="knows-best"))
    assert (made.decision.outcome, made.decision.human) == ("triage", False)
    assert asked.state.hops == 0, "being sent back is not a hop"


def test_a_request_about_a_question_it_never_decided_on_is_ignored():
    assert Router(small_table()).fold(None, requested("declined", 1), NOW) is None


def test_the_day_of_a_decision_is_the_day_in_the_netherlands():
    """At half past eleven in the evening UTC it is already the next day here."""
    seen = []
    router = Router(small_table())
    table = router.table
    router.fold(None, accepted("recht"), datetime(2027, 6, 30, 22, 30, tzinfo=UTC))
    seen += [day.isoformat() for day in table.views]
    assert "2027-07-01" in seen
    assert "2027-06-30" not in seen


def test_norms_come_in_minutes_and_what_people_decide_goes_by_the_triage_norm():
    asked, norms = Asked("recht"), small_table().norms
    norm, triage = norms["standaard"], norms[small_table().settings.norm]
    assert asked.first.norm.model_dump() == {
        "code": "standaard",
        "accept": norm.accept_hours * 60,
        "first_contact": norm.first_contact_hours * 60,
        "resolve": norm.resolve_hours * 60,
        "decide": triage.accept_hours * 60,
        "hold": norm.hold_hours * 60,
        "around_the_clock": norm.around_the_clock,
    }


def test_the_same_inputs_give_the_same_state_and_decisions():
    events = [accepted("samen"), requested("declined", 1, declined=("alfa",)), requested("withdrawn", 2)]
    runs = []
    for _ in range(2):
        state, said, router = None, [], Router(small_table())
        for event in events:
            change = router.fold(state, event, NOW)
            state, said = change.state, [*said, *change.emits]
        runs.append((state, said))
    assert runs[0] == runs[1]
