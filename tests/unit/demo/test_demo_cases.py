"""The scripts are sound before they are played: what they send passes the front door, and the table agrees."""

from datetime import date
from uuid import uuid4

import pytest

import routing
from contracts.base import Channel
from contracts.cloudevents import check_structured
from contracts.decisions import DecisionOutcome
from contracts.questions import Facts
from services.demo import messages
from services.demo.cases import ALL
from services.demo.script import Asks, Case, Replies, Script
from services.demo.show import prepared

TABLE = routing.load()
TODAY = date.today()  # noqa: DTZ011 - the table speaks of Dutch days
PROMISED = {
    *("C-01", "C-02", "C-03", "C-04", "C-05", "C-07", "C-08", "C-09", "C-11", "C-12", "C-13", "C-15", "C-16", "C-18"),
    *("C-19", "C-20", "C-21", "C-23", "C-24", "C-26", "C-27", "C-29", "C-30", "C-31", "C-32", "C-34", "C-35", "C-38"),
    *("C-40", "C-41", "C-43", "C-45", "C-46", "C-48", "C-49", "C-50"),
}


def scripts() -> list[object]:
    return [
        pytest.param(script, id=f"{case.id}-{number}") for case in ALL for number, script in enumerate(case.scripts, 1)
    ]


def test_every_promised_case_is_there_once() -> None:
    ids = [case.id for case in ALL]
    assert len(ids) == len(set(ids))
    assert set(ids) >= PROMISED


def test_c_03_asks_the_same_question_over_every_channel() -> None:
    case = next(case for case in ALL if case.id == "C-03")
    asked = [script.steps[0].act for script in case.scripts]
    facts = [dict(act.facts) for act in asked if isinstance(act, Asks)]
    assert {one.pop("channel") for one in facts} == {channel.value for channel in Channel}
    assert all(one == facts[0] for one in facts)
    assert {script.to for script in case.scripts} == {"svb"}


@pytest.mark.parametrize("script", scripts())
def test_what_is_sent_passes_the_front_door_unless_it_is_meant_not_to(script: Script) -> None:
    for step in script.steps:
        if isinstance(step.act, Asks):
            event = messages.question(script.follower, "demo-1", step.act)
            faults = {fault.code for fault in check_structured(messages.written(event)).faults}
            assert faults == ({"denied-attribute"} if step.act.spoilt else set())
        if isinstance(step.act, Replies):
            event = messages.reply("svb", uuid4(), str(uuid4()), 1, dict(step.act.reply))
            assert not check_structured(messages.written(event)).faults


@pytest.mark.parametrize("script", scripts())
def test_the_first_expected_destinations_are_those_of_the_routing_table(script: Script) -> None:
    act = script.steps[0].act
    assert isinstance(act, Asks)
    if act.spoilt:
        return
    decision = routing.decide(TABLE, Facts.model_validate(act.facts), source=script.follower, today=TODAY)
    lead = (decision.lead,) if decision.lead else ()
    wanted = [(d.organisation, d.connected) for d in (*lead, *decision.candidates, *decision.partners)]
    first = script.steps[1].then[0]
    if first.event == "question.asking":
        assert decision.ask is not None
        assert decision.ask.code == first.says["ask.code"]
    elif first.event == "question.returned":
        assert decision.outcome is DecisionOutcome.RETURN
        assert first.says["pointers.*.organisation"] == [one.organisation for one in decision.pointers]
    elif first.event == "question.triaged":
        assert [name for name, _ in wanted] == ["triage"]
    else:
        offers = [step.then[0].says for step in script.steps[1 : 1 + len(wanted)]]
        assert [(says["receiver"], says["connected"]) for says in offers] == wanted


@pytest.mark.parametrize("case", ALL, ids=lambda case: case.id)
def test_who_speaks_has_a_door_and_who_is_said_to_be_connected_is(case: Case) -> None:
    for script in case.scripts:
        for agency in script.agencies():
            found = TABLE.organisation(agency, TODAY)
            assert found is not None
            assert found.connected_on(TODAY)


def test_no_two_questions_share_a_reference() -> None:
    performance = prepared(ALL, "x")
    references = [course.reference for result in performance.results for course in result.courses]
    assert len(references) == len(set(references))
    assert all(reference.startswith(performance.mark) for reference in references)
