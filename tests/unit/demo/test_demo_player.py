"""An agency's system hears each event once, in order, in the right file, and notices what it missed."""

import asyncio
import json
from typing import Any

import pytest

from services.demo.player import Player

QUESTION = "01939f3e-7d00-7000-8000-000000000001"
OTHER = "01939f3e-7d00-7000-8000-000000000002"
REFUSED_ID = "01939f3e-7d00-7000-8000-000000000003"


def event(kind: str, sequence: int, subject: str = QUESTION, **data: Any) -> bytes:
    return json.dumps(
        {
            "type": f"nl.geenverkeerdedeur.{kind}.v1",
            "subject": subject,
            "sequence": str(sequence),
            "data": data,
        }
    ).encode()


def offer(sequence: int = 1, reference: str = "demo-1-C-01-1", version: int = 1) -> bytes:
    return event(
        "handoff.requested",
        sequence,
        question=QUESTION,
        handoff="h1",
        version=version,
        question_version=version,
        receiver="svb",
        reference=reference,
    )


@pytest.fixture
def player() -> Player:
    return Player("svb", "demo-1-")


def test_it_files_by_reference_and_then_by_question(player: Player) -> None:
    player.hear(offer())
    player.hear(
        event("handoff.changed", 2, question=QUESTION, handoff="h1", version=2, question_version=2, receiver="svb")
    )
    known = player.file("demo-1-C-01-1")
    assert [heard.kind for heard in known.events] == ["handoff.requested", "handoff.changed"]
    assert known.handoffs == {"svb": ("h1", 2)}
    assert known.question_version == 2


def test_what_others_asked_is_not_filed(player: Player) -> None:
    player.hear(offer(reference="anders-1"))
    player.hear(event("handoff.changed", 1, OTHER, question=OTHER, handoff="h9", version=1, receiver="svb"))
    assert player.files == {}


def test_a_repeat_is_dropped_and_counted(player: Player) -> None:
    player.hear(offer())
    player.hear(offer())
    assert len(player.file("demo-1-C-01-1").events) == 1
    assert player.repeats == 1
    assert player.missing == []


def test_a_missing_number_is_noticed(player: Player) -> None:
    player.hear(offer(1))
    player.hear(offer(3))
    assert len(player.missing) == 1


def test_a_missing_beginning_is_noticed(player: Player) -> None:
    player.hear(offer(2))
    assert len(player.missing) == 1


def test_refused_input_is_known_by_the_id_it_was_sent_under(player: Player) -> None:
    player.sent("event-1", "demo-1-C-50-1")
    player.hear(event("input.quarantined", 1, REFUSED_ID, quarantine=REFUSED_ID, event_id="event-1"))
    assert [heard.kind for heard in player.file("demo-1-C-50-1").events] == ["input.quarantined"]


def test_a_refused_reply_is_known_by_the_question_it_spoke_of(player: Player) -> None:
    player.replied(QUESTION, "demo-1-D-07-1")
    player.hear(event("reply.refused", 1, question=QUESTION, by="svb", reason="not-yours"))
    assert [heard.kind for heard in player.file("demo-1-D-07-1").events] == ["reply.refused"]


def test_a_clock_that_rings_is_heard_but_disturbs_no_script(player: Player) -> None:
    player.hear(offer(1))
    player.hear(event("clock.breached", 2, question=QUESTION))
    player.hear(offer(3, version=2))
    assert len(player.file("demo-1-C-01-1").events) == 2
    assert player.missing == []


async def test_the_next_event_is_waited_for(player: Player) -> None:
    known = player.file("demo-1-C-01-1")
    waiting = asyncio.ensure_future(known.next())
    await asyncio.sleep(0)
    assert not waiting.done()
    player.hear(offer())
    heard = await asyncio.wait_for(waiting, 5)
    assert heard.kind == "handoff.requested"
    assert known.unread() == []
