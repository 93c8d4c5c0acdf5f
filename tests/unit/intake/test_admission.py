"""Who may say what at the door, under one version of the routing table."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.events import CapacityAskedEvent, QuestionAskedEvent, ReplyGivenEvent
from services.intake.admission import Admission
from tests.simulation.table import small_table
from tests.unit.handoff.play import QUESTION, START

OIN, TOOI = "00000099000000005000", "zb000099"


def admission() -> Admission:
    table = small_table()
    alfa = replace(table.organisations["alfa"], oin=OIN, tooi=f"https://identifier.overheid.nl/tooi/id/zbo/{TOOI}")
    return Admission(replace(table, organisations={**table.organisations, "alfa": alfa}, views={}))


_OF_THE_QUESTION = ("submitter", "represented", "split_from", "warm_transfer_agreed")


def test_an_organisation_is_connected_from_the_first_minute_of_its_dutch_day():
    """Half past midnight here is the day before in UTC."""
    table = small_table()
    alfa = replace(table.organisations["alfa"], connected_since=date(2026, 11, 23))
    door = Admission(replace(table, organisations={**table.organisations, "alfa": alfa}, views={}))
    fault = door.agency("alfa", datetime(2026, 11, 22, 22, 59, tzinfo=UTC))
    assert fault is not None
    assert fault.code == "not-connected"
    assert door.agency("alfa", datetime(2026, 11, 22, 23, 30, tzinfo=UTC)) is None


def asked(source: str = "urn:nld:gvd:alfa:systeem:kcc", received: timedelta = timedelta(0), **facts: Any) -> Any:
    more = {name: facts.pop(name) for name in _OF_THE_QUESTION if name in facts}
    data = {"reference": "A-1", "first_received_at": START + received, "facts": {"channel": "phone", **facts}, **more}
    return QuestionAskedEvent(
        id="1", source=source, time=START, type="nl.geenverkeerdedeur.question.asked.v1", data=data
    )


def given(handoff: Any = None, **reply: Any) -> Any:
    data = {"question": QUESTION, "handoff": handoff, "version": 1, "reply": reply}
    source = "urn:nld:gvd:alfa:systeem:kcc"
    return ReplyGivenEvent(id="1", source=source, time=START, type="nl.geenverkeerdedeur.reply.given.v1", data=data)


def found(event: Any, agency: str = "alfa") -> set[tuple[str, str]]:
    return {(fault.code, fault.where) for fault in admission().faults(agency, event, START)}


def test_a_good_question_and_reply_pass():
    assert found(asked(topic="recht", involved=["bravo"], decision_by="foxtrot")) == set()
    assert found(given(action="receive")) == set()


@pytest.mark.parametrize(
    "source",
    [
        f"urn:nld:oin:{OIN}:systeem:kcc",
        f"urn:nld:tooi:{TOOI}:systeem:kcc",
        "urn:nld:gvd:alfa:systeem:kcc",
    ],
)
def test_three_ways_to_name_oneself(source):
    assert found(asked(source)) == set()


@pytest.mark.parametrize(
    "source",
    [
        "urn:nld:gvd:bravo:systeem:kcc",
        "urn:nld:gvd:alfa-bis:systeem:kcc",
        "urn:nld:gvd:alfa",
        "urn:nld:oin:00000099000000005001:systeem:kcc",
        f"urn:nld:oin:{OIN}",
        "urn:nld:tooi::systeem:kcc",
        "urn:nld:oin:None:systeem:kcc",
    ],
)
def test_who_speaks_in_another_name_is_refused(source):
    assert found(asked(source)) == {("source-not-yours", "/source")}


def test_without_oin_or_tooi_those_ways_are_closed():
    assert admission().sources("bravo") == ["urn:nld:gvd:bravo:systeem:"]
    assert admission().sources("nobody") == []


@pytest.mark.parametrize("kind", ["question", "complaint", "wrong-data"])
def test_who_says_no_to_the_warm_hand_off_is_kept_by_the_first_door(kind):
    assert found(asked(kind=kind, warm_transfer_agreed=True)) == set()
    no = found(asked(kind=kind, warm_transfer_agreed=False))
    assert no == {("no-warm-transfer", "/data/warm_transfer_agreed")}


@pytest.mark.parametrize("kind", ["objection", "appeal"])
def test_an_objection_is_forwarded_whatever_the_person_says_of_it(kind):
    assert found(asked(kind=kind, warm_transfer_agreed=False)) == set()


def test_a_door_is_for_who_is_connected():
    assert {code for code, _ in found(asked("urn:nld:gvd:foxtrot:systeem:x"), "foxtrot")} == {"not-connected"}
    assert {code for code, _ in found(asked("urn:nld:gvd:nobody:systeem:x"), "nobody")} == {
        "unknown-agency",
        "source-not-yours",
    }


def test_the_first_receipt_lies_in_the_past_give_or_take_a_clock():
    assert found(asked(received=timedelta(minutes=5))) == set()
    assert found(asked(received=timedelta(minutes=5, seconds=1))) == {("in-the-future", "/data/first_received_at")}


def test_everything_wrong_is_said_at_once():
    event = asked("urn:nld:gvd:bravo:systeem:x", timedelta(days=1), involved=["alfa", "wie"], registry_holder="wat")
    assert found(event) == {
        ("source-not-yours", "/source"),
        ("in-the-future", "/data/first_received_at"),
        ("unknown-organisation", "/data/facts/involved/1"),
        ("unknown-organisation", "/data/facts/registry_holder"),
    }


@pytest.mark.parametrize("action", ["place", "involve"])
def test_who_is_placed_or_involved_must_exist(action):
    assert found(given(action=action, organisation="golf", reason="x")) == set()
    assert found(given(action=action, organisation="wie", reason="x")) == {
        ("unknown-organisation", "/data/reply/organisation")
    }


def test_who_is_suggested_must_exist():
    assert found(given(action="decline", reason="other")) == set()
    assert found(given(action="decline", reason="other", suggested="wie")) == {
        ("unknown-organisation", "/data/reply/suggested")
    }


def test_an_unknown_topic_is_no_fault_but_a_question_for_people():
    assert found(asked(topic="nooit-van-gehoord")) == set()


@pytest.mark.parametrize("submitter", ["representative", "intermediary", "professional"])
def test_who_speaks_for_another_may_say_in_what_capacity(submitter):
    assert found(asked(submitter=submitter, represented={"acts": "guardian", "authority": "machtiging"})) == set()


@pytest.mark.parametrize("submitter", ["citizen", "entrepreneur"])
def test_who_speaks_for_themselves_is_not_represented_and_somebody_must_be_told(submitter):
    nobody = {"acts": "lawyer", "tell_person": False, "tell_representative": False}
    assert found(asked(submitter=submitter, represented=nobody)) == {
        ("not-represented", "/data/represented"),
        ("nobody-told", "/data/represented"),
    }


FACTS = {"channel": "phone", "topic": "recht"}
PERSON = {
    "organisation": "alfa",
    "reference": "TEAM-1",
    "reachable_at": {"phone": "088 000 00 00"},
    "since": START.isoformat(),
}
ABOUT_THE_QUESTION: dict[str, dict[str, Any]] = {
    "correct": {"facts": FACTS},
    "reopen": {"reason": "came-back"},
    "repeat": {"channel": "desk"},
    "merge": {"into": UUID(int=7)},
    "return": {"reason": "nobody"},
    "name-contact-person": {"person": PERSON},
}


@pytest.mark.parametrize(("action", "more"), ABOUT_THE_QUESTION.items(), ids=ABOUT_THE_QUESTION)
def test_what_is_about_the_question_names_no_handoff(action, more):
    assert found(given(action=action, **more)) == set()
    assert found(given(handoff=UUID(int=9), action=action, **more)) == {("not-about-a-handoff", "/data/handoff")}


def test_end_may_name_a_handoff_as_it_always_could():
    assert found(given(handoff=UUID(int=9), action="end", outcome="withdrawn-by-citizen")) == set()


def test_corrected_facts_are_judged_as_those_of_a_question_and_all_at_once():
    facts = {**FACTS, "decision_by": "wie", "involved": ["alfa", "wat"]}
    assert found(given(handoff=UUID(int=9), action="correct", facts=facts)) == {
        ("not-about-a-handoff", "/data/handoff"),
        ("unknown-organisation", "/data/reply/facts/decision_by"),
        ("unknown-organisation", "/data/reply/facts/involved/1"),
    }


def test_nonsense_that_no_state_of_a_question_could_make_right():
    late = (START + timedelta(hours=1)).isoformat()
    warmth = {"by": "appointment", "received_by": "TEAM-1", "person_told": True, "story_passed_on": True, "at": late}
    person = {**PERSON, "organisation": "wie", "until": START.isoformat()}
    assert found(given(action="merge", into=QUESTION)) == {("same-question", "/data/reply/into")}
    assert found(given(action="accept", warmth=warmth)) == {("in-the-future", "/data/reply/warmth/at")}
    assert found(given(action="start", contact="made", warmth={**warmth, "at": START.isoformat()})) == set()
    assert found(given(action="place", organisation="golf", reason="x", candidates=["alfa", "wie"])) == {
        ("unknown-organisation", "/data/reply/candidates/1")
    }
    assert found(given(action="name-contact-person", person=person)) == {
        ("unknown-organisation", "/data/reply/person/organisation"),
        ("ends-before-it-begins", "/data/reply/person/until"),
    }


def inquiry(organisation: str, topic: str = "recht") -> Any:
    source, kind = "urn:nld:gvd:alfa:systeem:kcc", "nl.geenverkeerdedeur.capacity.asked.v1"
    data = {"organisation": organisation, "topic": topic}
    return CapacityAskedEvent(id="1", source=source, time=START, type=kind, data=data)


def test_who_can_be_asked_for_capacity_is_another_and_connected():
    assert found(inquiry("bravo")) == set()
    assert found(inquiry("foxtrot")) == {("not-connected", "/data/organisation")}
    assert found(inquiry("alfa", "wat")) == {("yourself", "/data/organisation"), ("unknown-topic", "/data/topic")}
    assert found(inquiry("wie")) == {("unknown-organisation", "/data/organisation")}
    assert admission().answer_by("bravo", START) > START
