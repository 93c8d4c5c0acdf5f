"""On hold, negotiated cancellation and failing: the clock pauses and goes on, and the person is never let go."""

from collections import deque
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.handoffs import ClockBreached
from services.handoff.model import SYSTEM, Stage
from services.handoff.stages import open_clock
from services.handoff.terms import At
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


@pytest.mark.parametrize("first", ["in-progress", "on-hold"])
def test_t14_nobody_answers_the_request_and_the_question_comes_back(first):
    """The road out for who waits on a receiver that began and fell silent (issue 5)."""
    play = working() if first == "in-progress" else held()
    handoff = play.lead.handoff
    play.reply(FOLLOWER, "request-cancellation", handoff, reason="wrong-destination")
    heard = []
    for _ in range(4):
        play.now = play.clock.next_at
        heard += play.ring(play.clock)
    reminded, withdrawn = heard[-2:]
    assert (reminded.step, reminded.desk) == ("next-step", "triage")
    assert (withdrawn.state, withdrawn.by, withdrawn.reason) == ("withdrawn", SYSTEM, "no-answer")
    assert (play.state.status, play.state.holder, play.state.declined) == ("deciding", FOLLOWER, ("alfa",))
    assert refusal(play.reply("alfa", "refuse-cancellation", handoff, reason="nearly-done")) == "closed"
    play.settle()
    assert (play.lead.receiver, play.state.hops) == ("bravo", 1)


def test_t14_of_a_part_leaves_the_lead_at_work():
    play = working("samen")
    part = play.partner("bravo").handoff
    play.reply("bravo", "start", part, contact="made")
    play.reply(FOLLOWER, "request-cancellation", part, reason="solved-otherwise")
    for _ in range(4):
        clock = next(clock for clock in play.state.clocks if clock.subject == part)
        play.now = clock.next_at
        play.ring(clock)
    assert (play.state.find(part).state, play.lead.receiver, play.waiting) == ("withdrawn", "alfa", deque())


def test_a_wait_after_closing_time_lasts_until_its_moment():
    """`until` is a moment: no working time passes until then, but a wait does."""
    play = working()
    play.now = friday = datetime(2026, 11, 27, 18, 0, tzinfo=UTC)
    monday = datetime(2026, 11, 30, 7, 0, tzinfo=UTC)
    (heard,) = play.receiver("hold", reason="waiting-for-person", until=monday)
    assert heard.until == monday
    assert play.ring(play.clock) == []
    assert play.clock.next_at == friday + (monday - friday) / 2
    play.now = monday - timedelta(microseconds=1)
    assert [one.step for _ in range(3) for one in play.ring(play.clock)] == ["reminder", "warning"]
    play.now = monday
    assert play.ring(play.clock)[-1].reason == "hold-over"


def test_a_wait_until_sunday_does_not_end_when_the_office_closes_on_friday():
    play = working()
    play.now = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)
    sunday = datetime(2026, 11, 29, 12, 0, tzinfo=UTC)
    (heard,) = play.receiver("hold", reason="waiting-for-person", until=sunday)
    assert heard.until == heard.act_by == sunday


def test_a_wait_until_far_away_ends_by_the_norm_and_costs_no_more():
    """The end of all time is compared with the norm, not walked to day by day."""
    play = working()
    clock = open_clock(
        play.state,
        play.lead.handoff,
        Stage.HOLD,
        "alfa",
        At(play.now, play.table),
        datetime(9999, 12, 31, 23, tzinfo=UTC),
    )
    assert clock.due_at == play.table.calendars["kantoor"].after(play.now, timedelta(minutes=clock.minutes))


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
