"""The endless stream: the same for the same seed, as digital as the figures say, and every word passes the door."""

import itertools
import json
import random
from collections import Counter
from typing import Any
from uuid import UUID

import pytest

import routing
from contracts.cloudevents import check_structured
from services.demo import messages
from services.demo.citizens import NON_DIGITAL, visits
from services.demo.staff import DECLINED, FORGOTTEN, Asked, Move, moves
from services.demo.stream import Employee, connected

QUESTION, HANDOFF = "01939f3e-7d00-7000-8000-000000000001", "01939f3e-7d00-7000-8000-000000000002"
MANY = 4000
REPLY = {
    "question": QUESTION,
    "handoff": HANDOFF,
    "version": 3,
    "question_version": 5,
    "receiver": "svb",
    "follower": "uwv",
    "by": "svb",
    "role": "lead",
    "connected": True,
    "holder": "svb",
}


def answers(me: str, kind: str, asked: Asked | None = None, **data: Any) -> list[Move]:
    """What many employees would do."""
    known = asked or Asked("stroom-1-1")
    return [
        move
        for seed in range(MANY)
        for move in moves(me, kind, {**REPLY, **data}, known, random.Random(seed))  # noqa: S311
    ]


def test_the_same_seed_asks_the_same() -> None:
    first, again, other = ([(v.door, v.asks) for v in itertools.islice(visits(seed), 50)] for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_sixteen_in_a_hundred_do_not_come_digitally() -> None:
    channels = Counter(visit.asks.facts["channel"] for visit in itertools.islice(visits(1), MANY))
    share = sum(channels[name] for name in ("phone", "desk", "letter")) / MANY
    assert abs(share - NON_DIGITAL) < 0.02
    assert set(channels) == {"phone", "desk", "letter", "web", "email", "chat"}


def test_every_question_passes_the_front_door_and_names_what_the_table_has() -> None:
    table, doors = routing.load(), set(connected())
    for visit in itertools.islice(visits(3), 500):
        event = messages.question(visit.door, f"stroom-1-{visit.number}", visit.asks)
        assert not check_structured(messages.written(event)).faults
        assert visit.door in doors
        assert visit.asks.facts.get("topic") in {None, *table.topics}


def test_a_receiver_mostly_accepts_sometimes_declines_and_now_and_then_forgets() -> None:
    made = Counter(move.reply["action"] for move in answers("svb", "handoff.requested"))
    assert set(made) == {"accept", "decline"}
    assert abs(made["decline"] / MANY - DECLINED) < 0.02
    assert abs(1 - sum(made.values()) / MANY - FORGOTTEN) < 0.01


def test_the_first_door_only_ends_what_only_it_can_see() -> None:
    made = answers("uwv", "handoff.requested")
    assert {move.reply["outcome"] for move in made} == {"helped-at-first-door", "withdrawn-by-citizen"}
    assert {(move.handoff, move.version) for move in made} == {(None, 5)}
    assert answers("uwv", "handoff.requested", role="partner") == []


def test_the_first_door_speaks_for_a_receiver_without_a_door() -> None:
    assert {m.reply["action"] for m in answers("uwv", "handoff.requested", connected=False)} == {
        "accept",
        "decline",
        "end",
    }
    assert answers("svb", "handoff.requested", connected=False) == []
    assert {m.reply["action"] for m in answers("uwv", "handoff.changed", by="uwv", state="accepted")} == {"start"}


def test_who_has_no_part_in_it_says_nothing() -> None:
    for kind in ("handoff.requested", "handoff.changed", "question.ended", "clock.breached"):
        assert answers("duo", kind, state="accepted") == []


@pytest.mark.parametrize("state", ["declined", "withdrawn", "completed", "received"])
def test_what_is_over_stays_over(state: str) -> None:
    assert answers("svb", "handoff.changed", state=state) == []


def test_wrong_data_is_completed_with_its_consequences() -> None:
    plain = answers("svb", "handoff.changed", state="in-progress")
    wrong_data = answers("svb", "handoff.changed", Asked("stroom-1-1", "wrong-data"), state="in-progress")
    assert not any("datum_corrected" in move.reply for move in plain)
    assert all(move.reply["datum_corrected"] and move.reply["consequences_repaired"] for move in wrong_data)


def test_triage_never_places_with_who_declined() -> None:
    made = answers("triage", "question.triaged", holder="triage", declined=["svb", "uwv"])
    assert {move.reply["organisation"] for move in made}.isdisjoint({"svb", "uwv"})
    assert answers("uwv", "question.triaged", holder="triage") == []


def test_the_answer_is_one_of_those_offered() -> None:
    ask = {"code": "brief-over", "answers": [{"code": "belasting"}, {"code": "toeslag"}, {"code": "weet-niet"}]}
    assert {move.reply["answer"] for move in answers("uwv", "question.asking", ask=ask)} == {"belasting", "toeslag"}


def test_every_reply_passes_the_front_door() -> None:
    ask = {"code": "woongemeente", "answers": []}
    made = [
        *answers("svb", "handoff.requested"),
        *answers("uwv", "handoff.requested"),
        *answers("svb", "handoff.changed", state="accepted"),
        *answers("svb", "handoff.changed", state="in-progress"),
        *answers("triage", "question.triaged", holder="triage"),
        *answers("uwv", "question.asking", ask=ask),
        *answers("svb", "reply.refused", reason="partners-working"),
    ]
    for reply, handoff, version in {(json.dumps(m.reply), m.handoff, m.version) for m in made}:
        event = messages.reply("svb", UUID(QUESTION), handoff, version, json.loads(reply))
        assert not check_structured(messages.written(event)).faults


def test_after_a_pause_only_how_things_stand_now_matters() -> None:
    planned: list[Move] = []
    employee = Employee("svb", 1, lambda _agency, _question, move: planned.append(move))

    def hear(kind: str, **data: Any) -> None:
        event = {"type": f"nl.geenverkeerdedeur.{kind}.v1", "subject": QUESTION, "data": {**REPLY, **data}}
        employee.hear(json.dumps(event).encode())

    hear("handoff.requested", reference="stroom-1-1", version=1)
    hear("handoff.changed", state="accepted", version=2)
    hear("handoff.changed", state="in-progress", reason="contact-made", version=3)
    assert planned == []
    employee.go_live()
    assert [(move.reply["action"], move.version) for move in planned] == [("complete", 3)]
    hear("handoff.changed", state="completed", version=4)
    assert len(planned) == 1
