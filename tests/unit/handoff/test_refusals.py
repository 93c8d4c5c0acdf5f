"""Every action in every state: it changes as documented, or is refused with a reason and how things stand."""

from typing import Any
from uuid import UUID

import pytest

from contracts.handoffs import HandoffChanged, HandoffState, ReplyRefused
from tests.unit.handoff.play import FOLLOWER, Play, offered, refusal

S = HandoffState
REQUESTED, RECEIVED, ACCEPTED, STARTED = S.REQUESTED, S.RECEIVED, S.ACCEPTED, S.IN_PROGRESS
HELD, STOPPING = S.ON_HOLD, S.CANCELLATION_REQUESTED
FIELDS: dict[str, dict[str, Any]] = {
    "receive": {},
    "accept": {},
    "start": {"contact": "made"},
    "hold": {"reason": "waiting-for-person"},
    "resume": {},
    "decline": {"reason": "other"},
    "complete": {"outcome": "helped", "person_informed": True},
    "fail": {"reason": "person-not-found"},
    "withdraw": {"reason": "wrong-destination"},
    "request-cancellation": {"reason": "person-changed-mind"},
    "confirm-cancellation": {},
    "refuse-cancellation": {"reason": "nearly-done"},
    "involve": {"organisation": "charlie", "reason": "needed"},
}
FOLLOWERS = {"withdraw", "request-cancellation"}
#: The table of the domain model, written down a second time: from -> action -> to.
TABLE: dict[S, dict[str, S]] = {
    REQUESTED: {
        "receive": RECEIVED,
        "accept": ACCEPTED,
        "start": STARTED,
        "decline": S.DECLINED,
        "withdraw": S.WITHDRAWN,
    },
    RECEIVED: {"accept": ACCEPTED, "start": STARTED, "decline": S.DECLINED, "withdraw": S.WITHDRAWN},
    ACCEPTED: {
        "start": STARTED,
        "decline": S.DECLINED,
        "withdraw": S.WITHDRAWN,
        "complete": S.COMPLETED,
        "involve": ACCEPTED,
    },
    STARTED: {
        "start": STARTED,
        "hold": HELD,
        "decline": S.DECLINED,
        "complete": S.COMPLETED,
        "fail": S.FAILED,
        "request-cancellation": STOPPING,
        "involve": STARTED,
    },
    HELD: {"resume": STARTED, "fail": S.FAILED, "request-cancellation": STOPPING, "involve": HELD},
    STOPPING: {
        "confirm-cancellation": S.WITHDRAWN,
        "refuse-cancellation": STARTED,
        "complete": S.COMPLETED,
        "involve": STOPPING,
    },
    S.COMPLETED: {},
    S.DECLINED: {},
    S.WITHDRAWN: {},
    S.FAILED: {},
    S.ENTERED_IN_ERROR: {},
}
ROAD: dict[S, tuple[str, ...]] = {
    REQUESTED: (),
    RECEIVED: ("receive",),
    ACCEPTED: ("accept",),
    STARTED: ("start",),
    HELD: ("start", "hold"),
    STOPPING: ("start", "request-cancellation"),
    S.COMPLETED: ("accept", "complete"),
    S.DECLINED: ("decline",),
    S.WITHDRAWN: ("withdraw",),
    S.FAILED: ("start", "fail"),
    S.ENTERED_IN_ERROR: ("withdraw",),
}


def act(play: Play, handoff: UUID, action: str, **other: Any) -> list[Any]:
    by = FOLLOWER if action in FOLLOWERS else "alfa"
    return play.reply(other.pop("by", by), action, handoff, **(FIELDS[action] | other))


def brought_to(state: S) -> tuple[Play, UUID]:
    play = offered()
    handoff = play.lead.handoff
    error = {"reason": "sent-in-error"} if state is S.ENTERED_IN_ERROR else {}
    for action in ROAD[state]:
        act(play, handoff, action, **error)
    found = play.state.find(handoff)
    assert found is not None
    assert found.state is state
    return play, handoff


@pytest.mark.parametrize("action", FIELDS)
@pytest.mark.parametrize("state", TABLE)
def test_every_action_in_every_state(state, action):
    play, handoff = brought_to(state)
    before = play.state
    heard = act(play, handoff, action)
    wanted = TABLE[state].get(action)
    if wanted is None:
        (refused,) = heard
        assert isinstance(refused, ReplyRefused)
        assert refused.reason == ("not-now" if TABLE[state] else "closed")
        assert (refused.action, refused.state, refused.holder) == (action, state, before.holder)
        assert (refused.version, refused.question_version) == (before.find(handoff).version, before.version)
        assert refused.outcome == before.outcome
        assert play.state == before
    else:
        assert play.state.find(handoff).state is wanted
        if action != "involve":
            assert isinstance(heard[0], HandoffChanged)
            assert heard[0].version == before.find(handoff).version + 1


@pytest.mark.parametrize("action", FIELDS)
@pytest.mark.parametrize("off", [-1, 1])
def test_a_version_that_is_not_the_present_one_is_refused_with_the_present_one(action, off):
    play, handoff = brought_to(ACCEPTED)
    before = play.state
    (refused,) = act(play, handoff, action, version=2 + off)
    assert (refused.reason, refused.version) == ("stale-version", 2)
    assert play.state == before


@pytest.mark.parametrize("action", FIELDS)
def test_a_stranger_may_do_nothing(action):
    play, handoff = brought_to(ACCEPTED)
    assert refusal(act(play, handoff, action, by="echo")) == "not-yours"


@pytest.mark.parametrize("action", [a for a in FIELDS if a not in FOLLOWERS])
def test_the_follower_does_not_speak_for_a_receiver_that_is_connected(action):
    play, handoff = brought_to(ACCEPTED)
    assert refusal(act(play, handoff, action, by=FOLLOWER)) == "not-yours"


@pytest.mark.parametrize("action", FIELDS)
@pytest.mark.parametrize("handoff", [None, UUID(int=7)], ids=["none", "another"])
def test_a_hand_off_this_question_does_not_have(action, handoff):
    play, _ = brought_to(ACCEPTED)
    (refused,) = act(play, handoff, action, version=1)
    assert (refused.reason, refused.state, refused.question_version) == ("unknown-handoff", None, play.state.version)


@pytest.mark.parametrize("action", FIELDS)
def test_before_the_first_decision_everything_is_too_early(action):
    play = Play()
    assert refusal(act(play, UUID(int=7), action, version=1)) == "not-yet"
    assert play.handoff.state is None
    play.settle()
    assert play.lead.state is REQUESTED


QUESTION_SIDE = {
    "end": (FOLLOWER, {"outcome": "withdrawn-by-citizen"}),
    "answer": (FOLLOWER, {"ask": "welke", "answer": "een"}),
    "place": ("triage", {"organisation": "echo", "reason": "knows-best"}),
}


@pytest.mark.parametrize("action", QUESTION_SIDE)
def test_after_the_end_the_question_is_closed_for_every_reply_about_it(action):
    play = offered()
    play.follower("end", outcome="helped-at-first-door")
    by, fields = QUESTION_SIDE[action]
    (refused,) = play.reply(FOLLOWER if action == "place" else by, action, **fields)
    assert (refused.reason, refused.outcome) == ("closed", "helped-at-first-door")


@pytest.mark.parametrize("action", QUESTION_SIDE)
def test_a_stale_version_of_the_question_is_refused(action):
    topic = {"end": "recht", "answer": "vraag", "place": None}[action]
    play = Play(topic).settle()
    by, fields = QUESTION_SIDE[action]
    (refused,) = play.reply(by, action, version=play.state.version + 1, **fields)
    assert (refused.reason, refused.question_version) == ("stale-version", play.state.version)


@pytest.mark.parametrize(
    ("action", "topic"), [("answer", "recht"), ("answer", None), ("place", "recht"), ("place", "vraag")]
)
def test_what_was_not_asked_cannot_be_answered_or_placed(action, topic):
    play = Play(topic).settle()
    _, fields = QUESTION_SIDE[action]
    by = FOLLOWER if action == "answer" else play.state.holder
    assert refusal(play.reply(by, action, **fields)) == "not-now"


def test_a_reply_that_came_second_hears_how_things_stand_now():
    """Two of the receiver's systems answer at once: one wins, the other is told (optimistic concurrency)."""
    play, handoff = brought_to(RECEIVED)
    act(play, handoff, "accept", version=2)
    (refused,) = act(play, handoff, "decline", version=2)
    assert (refused.reason, refused.state, refused.version, refused.holder) == ("stale-version", ACCEPTED, 3, "alfa")
