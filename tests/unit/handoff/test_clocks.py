"""The ladder of a clock, in working time of who must act; and the next step when nobody does."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest

from contracts.handoffs import ClockBreached, ClockReminded, HandoffChanged
from routing.data.calendar import Calendar
from services.handoff.handlers import Life
from services.handoff.model import SYSTEM, Stage
from services.handoff.stages import LADDER
from tests.simulation.table import small_table
from tests.unit.handoff.play import FOLLOWER, QUESTION, START, Play, offered, working


def climb(play: Play, subject=None, steps: int = len(LADDER)) -> list:
    """All that is heard when nobody does anything and each step is taken at its time."""
    heard = []
    subject = subject or play.clock.subject
    for _ in range(steps):
        clock = next(c for c in play.state.clocks if c.subject == subject)
        play.now = clock.next_at
        heard += play.ring(clock)
    return heard


def steps(heard: list) -> list[str]:
    return [
        "breach" if isinstance(one, ClockBreached) else one.step
        for one in heard
        if isinstance(one, ClockBreached | ClockReminded)
    ]


def test_each_step_comes_once_in_order_and_not_before_its_time():
    play = offered()
    for step, part in LADDER:
        clock = play.clock
        moment = play.life.table.calendars["kantoor"].after(START, timedelta(minutes=clock.minutes * part))
        assert clock.next_at == moment
        play.now = moment - timedelta(microseconds=1)
        assert play.ring(clock) == []
        play.now = moment
        heard = play.ring(clock)
        assert steps(heard) == [step]
        assert play.ring(clock) == []


def test_half_a_working_day_over_a_weekend_is_a_reminder_on_monday():
    play = offered()
    friday = datetime(2026, 11, 27, 15, 0, tzinfo=UTC)  # four in the afternoon
    play.now = friday
    play.receiver("accept")  # first contact within 16 working hours
    assert play.clock.next_at == datetime(2026, 11, 30, 15, 0, tzinfo=UTC)
    assert play.clock.due_at == datetime(2026, 12, 1, 15, 0, tzinfo=UTC)


def test_a_breach_names_stage_holder_and_follower():
    play = offered()
    breached = next(one for one in climb(play) if isinstance(one, ClockBreached))
    assert (breached.stage, breached.holder, breached.follower) == ("acceptance", "alfa", FOLLOWER)
    assert breached.handoff == play.state.handoffs[0].handoff


def test_a_silent_receiver_leads_to_the_next_organisation_by_itself():
    """T18: the offer expires, the follower holds meanwhile, and the silent one is not chosen again by itself."""
    play = offered()
    heard = climb(play)
    assert steps(heard) == ["reminder", "warning", "breach", "next-step"]
    expired = heard[-1]
    assert isinstance(expired, HandoffChanged)
    assert (expired.state, expired.by, expired.reason, expired.holder) == ("expired", SYSTEM, "no-answer", FOLLOWER)
    assert (play.state.status, play.state.declined, play.state.hops) == ("deciding", ("alfa",), 1)
    play.settle()
    assert play.lead.receiver == "bravo"
    assert play.state.follower == FOLLOWER
    assert play.view.state.status == "offered"


def test_when_everybody_is_silent_people_decide():
    play = offered()
    for _ in range(5):
        if play.state.status != "offered":
            break
        climb(play)
        play.settle()
    assert (play.state.status, play.state.holder) == ("triage", "triage")


@pytest.mark.parametrize("first", [("accept",), ("accept", "start")], ids=str)
def test_who_took_it_on_keeps_it_and_the_desk_is_told(first):
    play = offered()
    for action in first:
        play.receiver(action, **({"contact": "made"} if action == "start" else {}))
    heard = climb(play)
    assert steps(heard) == ["reminder", "warning", "breach", "next-step"]
    assert [one.desk for one in heard if isinstance(one, ClockReminded)] == [None, None, "triage"]
    assert (play.state.holder, play.state.status) == ("alfa", "working")


@pytest.mark.parametrize("first", [("accept",), ("accept", "start"), ()], ids=str)
def test_a_stage_that_goes_on_is_told_again_every_further_norm_also_to_the_desk(first):
    play = offered() if first else offered("telefoon")
    for action in first:
        play.receiver(action, **({"contact": "made"} if action == "start" else {}))
    climb(play)
    for again in (1, 2, 3):
        wanted = play.table.calendars["kantoor"].after(play.now, timedelta(minutes=play.clock.minutes))
        assert play.clock.next_at == wanted
        (heard,) = climb(play, steps=1)
        assert (heard.step, heard.again, heard.desk, heard.follower) == ("next-step", again, "triage", FOLLOWER)
    assert play.lead.open


def test_a_norm_of_minutes_does_not_fill_the_desk_s_list():
    play = Play(None).settle()
    assert play.clock.minutes == 120
    climb(play)
    assert play.clock.next_at == play.table.calendars["kantoor"].after(play.now, timedelta(hours=8))


def test_after_a_long_time_down_the_last_step_comes_again_once():
    play = working()
    climb(play)
    play.wait(days=400)
    assert [one.again for one in play.ring(play.clock)] == [1]
    assert play.ring(play.clock) == []


def test_a_clock_from_before_the_last_step_came_again_is_set_by_the_sweep():
    play = working()
    climb(play)
    silent = play.clock.model_copy(update={"next_at": None})
    state = play.state.model_copy(update={"clocks": (silent,)})
    (clock,) = play.life.reckoned(state, play.now).state.clocks
    assert clock == play.clock


@pytest.mark.parametrize("days", [1.2, 3, 40])
def test_after_we_were_down_there_is_half_a_norm_left_to_answer(days):
    """The acceptance may have waited at our door all that time: nobody is said to be silent who was not."""
    play = offered()
    play.wait(days=days)
    assert [step for _ in range(4) for step in steps(play.ring(play.clock))] == ["reminder", "warning", "breach"]
    half = timedelta(minutes=play.clock.minutes / 2)
    assert play.clock.next_at == play.table.calendars["kantoor"].after(play.now, half)
    (heard,) = play.receiver("accept")
    assert heard.state == "accepted"


def test_late_by_less_than_a_poll_is_as_good_as_in_time():
    play = offered()
    planned = play.table.calendars["kantoor"].after(START, timedelta(minutes=play.clock.minutes * 1.5))
    climb(play, steps=2)
    play.now = play.clock.next_at + timedelta(milliseconds=400)
    play.ring(play.clock)
    assert planned <= play.clock.next_at <= planned + timedelta(milliseconds=400)


def test_an_organisation_that_is_not_connected_is_brought_the_person_and_does_not_expire():
    play = offered("telefoon")
    heard = climb(play)
    assert steps(heard) == ["reminder", "warning", "breach", "next-step"]
    assert {one.holder for one in heard} == {FOLLOWER}
    assert play.lead.receiver == "foxtrot"


def test_a_silent_partner_lapses_and_the_lead_goes_on():
    play = offered("samen")
    partner = play.partner("bravo")
    heard = climb(play, partner.handoff)
    assert (heard[-1].state, heard[-1].receiver) == ("expired", "bravo")
    assert (play.lead.receiver, play.state.status) == ("alfa", "offered")


def test_a_reminder_leaves_version_holder_and_status():
    play = offered()
    before = play.state
    play.now = play.clock.next_at
    play.ring(play.clock)
    assert play.state == before.model_copy(update={"clocks": play.state.clocks})


def test_a_stopped_clock_does_not_ring():
    play = offered()
    clock = play.clock
    play.receiver("accept")
    assert play.wait(days=9).ring(clock) == []


def test_a_new_stage_has_a_fresh_clock():
    play = offered()
    play.now = play.clock.next_at
    play.ring(play.clock)
    play.receiver("accept")
    assert (play.clock.step, play.clock.started_at) == (0, play.now)


def test_who_is_late_is_the_partner_itself_or_the_follower_for_one_that_is_not_connected():
    play = offered("samen")
    late = {}
    play.wait(days=9)
    for clock in play.state.clocks:
        (reminded,) = play.ring(clock)
        late[play.state.find(clock.subject).receiver] = reminded.holder
    assert late == {"alfa": "alfa", "bravo": "bravo", "charlie": "charlie", "foxtrot": FOLLOWER}


def test_the_clock_of_the_question_itself_names_no_hand_off():
    play = Play(None).settle()
    (reminded,) = play.wait(days=9).ring(play.clock)
    assert (reminded.handoff, reminded.holder, reminded.stage) == (None, "triage", "triage")


def test_a_clock_nobody_set_does_not_ring():
    play = offered()
    assert play.life.rang(play.state, QUESTION, Stage.TRIAGE.value, play.wait(days=9).now) is None


def test_danger_does_not_wait_for_opening_hours():
    table = small_table()
    norms = {code: replace(one, around_the_clock=True) for code, one in table.norms.items()}
    play = Play("recht", table=replace(table, norms=norms, views={})).settle()
    assert play.clock.due_at == START + timedelta(minutes=play.clock.minutes)


def _closed_until(day: int) -> Life:
    """The same table, where nobody is there until this day of December."""
    table = small_table()
    kantoor = table.calendars["kantoor"]
    closed = frozenset(START.date() + timedelta(days=n) for n in range(day + 7))
    later = Calendar("kantoor", kantoor.zone, kantoor.week, closed)
    return Life(replace(table, calendars={**table.calendars, "kantoor": later}, views={}))


def test_other_opening_hours_move_open_clocks_and_ring_nothing_twice():
    play = offered()
    play.now = play.clock.next_at
    play.ring(play.clock)
    after = _closed_until(10).reckoned(play.state, play.now).state
    (clock,) = after.clocks
    assert clock.step == play.clock.step == 1
    assert clock.next_at > play.clock.next_at
    assert clock.due_at.astimezone(UTC).day >= 3
    assert _closed_until(10).reckoned(after, play.now).state == after


def test_what_was_told_of_a_breach_stays_as_it_was_told():
    play = working()
    for _ in range(3):
        play.now = play.clock.next_at
        play.ring(play.clock)
    assert _closed_until(10).reckoned(play.state, play.now).state.clocks == play.state.clocks


def test_another_norm_moves_open_clocks():
    play = offered()
    table = small_table()
    norms = {code: replace(one, accept_hours=one.accept_hours * 2) for code, one in table.norms.items()}
    after = Life(replace(table, norms=norms, views={})).reckoned(play.state, play.now).state
    assert after.clocks[0].minutes == 2 * play.clock.minutes
    assert after.clocks[0].due_at > play.clock.due_at


def test_opening_hours_are_those_of_who_must_act():
    table = small_table()
    night = Calendar("nacht", table.calendars["kantoor"].zone, (((time(20), time(23)),),) * 7)
    alfa = replace(table.organisations["alfa"], calendar="nacht")
    own = replace(
        table,
        organisations={**table.organisations, "alfa": alfa},
        calendars={**table.calendars, "nacht": night},
        views={},
    )
    play = Play("recht", table=own).settle()
    assert play.clock.next_at.astimezone(night.zone).hour >= 20
