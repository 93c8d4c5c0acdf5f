"""On hold, negotiated cancellation and failing: the clock pauses and goes on, and the person is never let go."""

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.handoffs import ClockBreached, HandoffState
from services.handoff.model import SYSTEM, Stage
from tests.unit.handoff.play import FOLLOWER, Play, offered, refusal, working

HELPED = {"outcome": "helped", "person_informed": True}


def held(**more) -> Play:
    play = working()
    play.wait(hours=3).receiver("hold", reason="waiting-for-person", **more)
    return play


def test_t11_on_hold_puts_the_clock_away_and_counts_the_wait():
    play = working()
    before = play.clock
    (heard,) = play.wait(hours=3).receiver("hold", reason="waiting-for-person")
    assert (heard.state, heard.reason, heard.holder) == ("on-hold", "waiting-for-person", "alfa")
    assert (play.clock.stage, play.clock.minutes) == (Stage.HOLD, play.state.norm.hold)
    assert heard.until == heard.act_by == play.clock.due_at
    assert (play.lead.paused.stage, play.lead.paused.spent) == (Stage.RESOLUTION, 3 * 3600)
    assert play.lead.paused.started_at == before.started_at
    assert play.state.status == "working"


def test_t12_resumed_the_clock_goes_on_with_what_was_left():
    play = working()
    started, due = play.now, play.clock.due_at
    play.wait(hours=3).receiver("hold", reason="waiting-for-third-party")
    (heard,) = play.wait(days=7).receiver("resume")
    assert (heard.state, heard.previous) == ("in-progress", "on-hold")
    assert (play.clock.started_at, play.clock.stage) == (started, Stage.RESOLUTION)
    assert play.clock.due_at == due + timedelta(days=7), "one week of waiting, five working days"
    assert play.lead.paused is None


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=5))
@settings(max_examples=40, deadline=None)
def test_however_often_it_waits_the_working_time_counted_is_the_time_worked(spells):
    """Working hours of the receiver between the first contact and the norm, without those on hold."""
    play = working()
    calendar = play.table.calendars["kantoor"]
    started, worked = play.now, timedelta()
    since = play.now
    for work, wait in spells:
        play.wait(hours=work).receiver("hold", reason="waiting-for-information")
        worked += calendar.between(since, play.now)
        play.wait(hours=wait).receiver("resume")
        since = play.now
    left = timedelta(minutes=play.state.norm.resolve) - worked
    assert play.clock.due_at == calendar.after(since, left)
    assert play.clock.started_at == started


def test_steps_taken_before_the_wait_do_not_come_again():
    play = working()
    play.wait(days=9)
    assert [one.step for one in play.ring(play.clock)] == ["reminder"]
    play.receiver("hold", reason="waiting-for-person")
    play.wait(days=3).receiver("resume")
    assert play.clock.step == 1
    (heard,) = play.wait(days=40).ring(play.clock)
    assert heard.step == "warning"


def test_the_longest_wait_is_over_by_itself():
    play = held()
    play.wait(days=60)
    heard = [play.ring(play.clock) for _ in range(3)]
    breach, resumed = heard[2]
    assert isinstance(breach, ClockBreached)
    assert (breach.stage, resumed.state, resumed.reason, resumed.by) == ("hold", "in-progress", "hold-over", SYSTEM)
    assert play.clock.stage is Stage.RESOLUTION


def test_a_wait_until_a_day_ends_no_later_than_the_norm():
    play = working()
    until = play.now + timedelta(days=2)
    (heard,) = play.receiver("hold", reason="waiting-for-person", until=until)
    assert heard.until == until
    play.receiver("resume")
    (heard,) = play.receiver("hold", reason="waiting-for-person", until=play.now + timedelta(days=900))
    assert heard.until == play.table.calendars["kantoor"].after(play.now, timedelta(minutes=play.state.norm.hold))


def test_a_wait_until_yesterday_is_refused():
    play = working()
    assert refusal(play.receiver("hold", reason="waiting-for-person", until=play.now)) == "until-passed"


@pytest.mark.parametrize("first", ["in-progress", "on-hold"])
def test_t13_t14_the_receiver_confirms_and_the_router_chooses_again(first):
    play = working() if first == "in-progress" else held()
    (asked,) = play.reply(FOLLOWER, "request-cancellation", play.lead.handoff, reason="wrong-destination")
    assert (asked.state, asked.holder, play.clock.stage) == ("cancellation-requested", "alfa", Stage.CANCELLATION)
    (heard,) = play.receiver("confirm-cancellation")
    assert (heard.state, heard.reason, play.state.status) == ("withdrawn", "cancelled", "deciding")
    play.settle()
    assert (play.lead.receiver, play.state.declined) == ("bravo", ("alfa",))


@pytest.mark.parametrize("first", ["in-progress", "on-hold"])
def test_t15_the_receiver_goes_on_and_so_does_its_clock(first):
    play = working() if first == "in-progress" else held()
    started = play.clock.started_at if first == "in-progress" else play.lead.paused.started_at
    play.reply(FOLLOWER, "request-cancellation", play.lead.handoff, reason="solved-otherwise")
    (heard,) = play.receiver("refuse-cancellation", reason="nearly-done")
    assert (heard.state, heard.reason) == ("in-progress", "nearly-done")
    assert (play.clock.stage, play.clock.started_at) == (Stage.RESOLUTION, started)


def test_t16_finishing_overtakes_the_request():
    play = working()
    play.reply(FOLLOWER, "request-cancellation", play.lead.handoff, reason="person-changed-mind")
    changed, ended = play.receiver("complete", **HELPED)
    assert (changed.state, ended.outcome) == ("completed", "helped")


def test_the_receiver_cannot_ask_itself_and_the_follower_cannot_answer():
    play = working()
    asked = play.reply("alfa", "request-cancellation", play.lead.handoff, reason="wrong-destination")
    assert refusal(asked) == "not-yours"
    play.reply(FOLLOWER, "request-cancellation", play.lead.handoff, reason="wrong-destination")
    assert refusal(play.reply(FOLLOWER, "confirm-cancellation", play.lead.handoff)) == "not-yours"


def test_nobody_answers_the_request_the_receiver_keeps_the_person_and_the_desk_is_told():
    play = working()
    play.reply(FOLLOWER, "request-cancellation", play.lead.handoff, reason="wrong-destination")
    play.wait(days=40)
    heard = [one for _ in range(4) for one in play.ring(play.clock)]
    assert heard[-1].desk == "triage"
    assert (play.lead.state, play.state.holder) == (HandoffState.CANCELLATION_REQUESTED, "alfa")


@pytest.mark.parametrize("first", ["in-progress", "on-hold"])
def test_t17_failing_is_no_end_the_router_chooses_again(first):
    play = working() if first == "in-progress" else held()
    (heard,) = play.receiver("fail", reason="person-not-found")
    assert (heard.state, play.state.status, play.state.holder) == ("failed", "deciding", FOLLOWER)
    play.settle()
    assert (play.lead.receiver, play.state.hops) == ("bravo", 1)


def test_contact_attempts_are_counted_and_told():
    play = offered()
    planned_for = play.now + timedelta(days=1)
    (heard,) = play.receiver("start", contact="planned", planned_for=planned_for)
    assert (heard.contact, heard.planned_for) == ("planned", planned_for)
    for contact in ("cancelled", "not-reached", "made"):
        (heard,) = play.receiver("start", contact=contact)
        assert (heard.contact, heard.reason, heard.state) == (contact, f"contact-{contact}", "in-progress")
    assert play.lead.attempts == 4


def test_evidence_of_warmth_is_kept_with_the_hand_off():
    play = offered()
    warmth = {
        "by": "three-way-call",
        "received_by": "TEAM-3",
        "person_told": True,
        "story_passed_on": True,
        "at": play.now,
    }
    (heard,) = play.receiver("accept", warmth=warmth)
    play.receiver("start", contact="made")
    assert heard.warmth.by == play.lead.warmth.by == "three-way-call"
    assert play.view.state.handoffs[-1].warmth == play.lead.warmth
