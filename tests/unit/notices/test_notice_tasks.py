"""Who is to do what, and when the overview of it is due."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

import routing
from contracts.following import (
    QuestionAsking,
    QuestionEnded,
    QuestionHandedOver,
    QuestionMerged,
    QuestionReopened,
    QuestionReturned,
    QuestionTriaged,
)
from contracts.handoffs import ClockReminded
from services.notices.names import BACK, TableNames
from services.notices.overview import due_day
from tests.unit.notices.story import LEAD, OTHER, PARTNER, QUESTION, START, Story


def tasks(story: Story) -> set[tuple[Any, ...]]:
    assert story.state is not None
    return {(task.subject, task.agency, task.stage) for task in story.state.tasks}


def test_the_receiver_holds_what_it_was_offered_until_it_is_over():
    story = Story()
    story.offer()
    assert tasks(story) == {(LEAD, "svb", "acceptance")}
    story.change("accepted", act_by=START + timedelta(days=5))
    assert tasks(story) == {(LEAD, "svb", "first-contact")}
    assert story.state.tasks[0].due_at == START + timedelta(days=5)
    story.change("in-progress", "accepted", contact="made")
    story.change("on-hold", "in-progress", until=START)
    assert tasks(story) == {(LEAD, "svb", "on-hold")}
    story.change("completed", "in-progress")
    story.say(QuestionEnded)
    assert tasks(story) == set()
    assert story.state.helped_by == "svb"


def test_a_stage_that_goes_on_keeps_its_beginning():
    story = Story()
    story.offer()
    story.now += timedelta(hours=3)
    story.change("received")
    assert story.state.tasks[0].since == START
    assert story.state.tasks[0].due_at == START + timedelta(days=2)


def test_for_who_is_not_connected_the_follower_acts():
    story = Story()
    story.offer(connected=False)
    assert tasks(story) == {(LEAD, "delta", "acceptance")}


def test_a_partner_goes_on_when_the_lead_changes():
    story = Story()
    story.offer()
    story.offer("uwv", PARTNER, "partner")
    story.change("declined")
    story.offer("duo", OTHER)
    assert tasks(story) == {(PARTNER, "uwv", "acceptance"), (OTHER, "duo", "acceptance")}
    assert story.state.rounds == 2


@pytest.mark.parametrize(
    ("contract", "agency", "stage"),
    [(QuestionTriaged, "triage", "triage"), (QuestionAsking, "delta", "answer"), (QuestionReturned, "delta", "return")],
)
def test_a_stage_of_the_question_itself(contract, agency, stage):
    story = Story()
    story.offer()
    story.change("declined")
    story.say(contract)
    assert tasks(story) == {(QUESTION, agency, stage)}
    assert story.state.tasks[0].stuck == (stage == "triage")


def test_a_next_step_means_stuck_and_a_reminder_does_not():
    story = Story()
    story.offer()
    story.say(ClockReminded)
    assert not story.state.tasks[0].stuck
    story.say(ClockReminded, step="next-step")
    assert story.state.tasks[0].stuck


def test_merged_reopened_and_handed_over():
    story = Story()
    story.offer()
    story.say(QuestionMerged)
    assert tasks(story) == set()
    story = Story()
    story.offer(connected=False)
    story.say(QuestionHandedOver)
    assert tasks(story) == {(LEAD, "echo", "acceptance")}
    story.say(QuestionEnded)
    story.say(QuestionReopened)
    assert (story.state.reopened, story.state.helped_by) == (True, None)


@pytest.fixture(scope="module")
def table() -> routing.Table:
    return routing.load()


@pytest.mark.parametrize(
    ("agency", "now", "day"),
    [
        ("svb", datetime(2026, 11, 23, 7, 59, tzinfo=UTC), None),
        ("svb", datetime(2026, 11, 23, 8, 0, tzinfo=UTC), date(2026, 11, 23)),
        ("svb", datetime(2026, 11, 23, 22, 0, tzinfo=UTC), date(2026, 11, 23)),
        ("svb", datetime(2026, 11, 22, 12, 0, tzinfo=UTC), None),
        ("svb", datetime(2026, 12, 25, 12, 0, tzinfo=UTC), None),
    ],
    ids=["before-opening", "at-opening", "late-the-same-day", "sunday", "christmas"],
)
def test_the_overview_is_due_when_the_working_day_begins(table, agency, now, day):
    assert due_day(table, agency, now) == day


def test_every_connected_agency_has_a_human_route(table):
    names = TableNames(table)
    for agency in ("belastingdienst", "svb", "uwv", "triage"):
        assert names.route(agency).startswith(("Bel ", "Ga naar"))
    assert names.route("bestaat-niet") == BACK
