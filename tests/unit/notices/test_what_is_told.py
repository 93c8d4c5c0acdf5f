"""From what happened to what the person is told: each event at most one notice, and never noise."""

from datetime import UTC, datetime
from typing import Any

import pytest

from contracts.events import HandoffsEvent
from contracts.following import (
    ContactPersonNamed,
    QuestionAsking,
    QuestionEnded,
    QuestionHandedOver,
    QuestionMerged,
    QuestionReopened,
    QuestionReturned,
    QuestionTriaged,
)
from contracts.handoffs import ClockBreached, ClockReminded
from contracts.notices import NoticeKind
from services.notices import kinds, work
from services.notices.model import Status
from tests.unit.notices.story import LEAD, OTHER, PARTNER, ROUTE, START, Story


def kinds_of(notices: list[Any]) -> list[str]:
    return [notice.kind.value for notice in notices]


def forwarded(**given: Any) -> Story:
    story = Story(**given)
    story.offer()
    return story


def test_it_came_in_and_was_forwarded_at_once():
    story = Story(begin=False)
    assert kinds_of(story.begin()) == ["received"]
    (notice,) = story.offer()
    assert (notice.kind, notice.status, notice.event) == (NoticeKind.FORWARDED, Status.QUEUED, 1)
    assert notice.fields["organisation"] == "SVB"
    assert notice.fields["tell"] == "Zij bellen u."
    assert notice.fields["received"] == "20 november 2026"


def test_at_a_desk_nobody_needs_to_hear_that_it_came_in():
    story = Story(channel=None, begin=False)
    assert story.begin() == []
    assert kinds_of(story.offer()) == ["forwarded"]


@pytest.mark.parametrize("kind", ["objection", "appeal"])
def test_an_objection_keeps_the_day_it_first_came_in_at_every_hop(kind):
    story = Story(kind=kind)
    assert kinds_of(story.offer()) == ["forwarded-term"]
    (again,) = story.offer("uwv", OTHER)
    assert (again.kind, again.fields["received"]) == (NoticeKind.FORWARDED_TERM, "20 november 2026")


def test_sent_on_to_another():
    story = forwarded()
    assert story.change("declined", reason="not-competent") == []
    assert kinds_of(story.offer("uwv", OTHER)) == ["forwarded-again"]


def test_partners_are_noise():
    story = forwarded()
    assert story.offer("uwv", PARTNER, "partner") == []
    for state in ("accepted", "in-progress", "expired", "completed"):
        assert story.change(state, handoff=PARTNER, role="partner", receiver="uwv") == []
    assert story.say(ClockBreached, handoff=PARTNER) == []


def test_several_are_asked_and_only_who_says_yes_is_news():
    story = Story()
    assert kinds_of(story.offer("svb", LEAD, "candidate")) == ["several-asked"]
    assert story.offer("uwv", OTHER, "candidate") == []
    assert kinds_of(story.say(ClockBreached)) == ["no-answer"]
    assert story.say(ClockBreached, handoff=OTHER) == []
    assert story.change("expired", role="candidate") == []
    (notice,) = story.change("accepted", handoff=OTHER, receiver="uwv", by="uwv")
    assert (notice.kind, notice.fields["organisation"]) == (NoticeKind.ACCEPTED, "UWV")
    assert story.change("not-selected", role="candidate") == []


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"state": "received"}, None),
        ({"state": "accepted"}, "accepted"),
        ({"state": "accepted", "previous": "cancellation-requested"}, None),
        ({"state": "in-progress", "contact": "made"}, "accepted"),
        ({"state": "in-progress", "previous": "accepted", "contact": "made"}, None),
        ({"state": "in-progress", "previous": "accepted", "contact": "planned"}, "appointment"),
        ({"state": "in-progress", "previous": "in-progress", "contact": "not-reached"}, "not-reached"),
        ({"state": "in-progress", "previous": "in-progress", "contact": "cancelled"}, "appointment-cancelled"),
        ({"state": "on-hold", "previous": "in-progress", "reason": "waiting-for-information"}, "on-hold"),
        ({"state": "on-hold", "previous": "in-progress", "reason": "waiting-for-person"}, "on-hold-you"),
        ({"state": "in-progress", "previous": "on-hold"}, "resumed"),
        ({"state": "cancellation-requested", "previous": "in-progress"}, None),
        ({"state": "expired"}, "expired"),
        ({"state": "declined", "previous": "accepted"}, "failed"),
        ({"state": "failed", "previous": "in-progress"}, "failed"),
        ({"state": "withdrawn"}, None),
        ({"state": "completed", "previous": "in-progress"}, None),
        ({"state": "entered-in-error"}, None),
    ],
    ids=lambda value: value if isinstance(value, str) else None,
)
def test_a_change_of_the_lead(change, kind):
    assert kinds_of(forwarded().change(**change)) == ([kind] if kind else [])


def test_when_and_until_are_said():
    story = forwarded()
    planned = story.change("in-progress", contact="planned", planned_for=START.replace(hour=14))
    assert planned[0].fields["when"] == "op maandag 23 november om 15.00 uur"
    held = story.change("on-hold", "in-progress", until=START.replace(day=30))
    assert held[0].fields["until"] == "uiterlijk 30 november 2026"


@pytest.mark.parametrize("moment", [datetime(9999, 12, 31, 23, 30, tzinfo=UTC), datetime(1, 1, 1, tzinfo=UTC)])
def test_a_moment_at_the_edge_of_the_calendar_is_told_too(moment):
    story = forwarded()
    (notice,) = story.change("in-progress", contact="planned", planned_for=moment)
    assert str(moment.day) in notice.fields["when"]
    (notice,) = story.change("on-hold", "in-progress", until=moment)
    assert str(moment.year) in notice.fields["until"]


@pytest.mark.parametrize(
    ("contract", "given", "kind"),
    [
        (QuestionTriaged, {}, "looking"),
        (QuestionAsking, {}, "asking"),
        (QuestionReturned, {}, "returned"),
        (QuestionEnded, {}, "helped"),
        (QuestionEnded, {"outcome": "helped-at-first-door"}, "helped-here"),
        (QuestionEnded, {"outcome": "withdrawn-by-citizen"}, "stopped"),
        (QuestionReopened, {}, "reopened"),
        (QuestionMerged, {}, "merged"),
        (QuestionHandedOver, {}, "handed-over"),
        (ContactPersonNamed, {}, "contact-person"),
        (ClockBreached, {}, "no-answer"),
        (ClockBreached, {"stage": "first-contact"}, "late"),
        (ClockBreached, {"stage": "triage", "handoff": None}, "late"),
        (ClockBreached, {"stage": "answer", "handoff": None}, None),
        (ClockReminded, {}, None),
    ],
)
def test_what_happens_to_the_question(contract, given, kind):
    assert kinds_of(forwarded().say(contract, **given)) == ([kind] if kind else [])


def test_another_contact_person_is_told_as_another():
    person = {"organisation": "svb", "reference": "A-1", "reachable_at": ROUTE, "since": START}
    (notice,) = forwarded().say(ContactPersonNamed, previous=person)
    assert notice.kind is NoticeKind.CONTACT_PERSON_CHANGED


def test_who_follows_from_here_on_is_named_and_gets_the_tasks():
    story = forwarded(channel=None)
    story.say(QuestionHandedOver)
    assert story.tasks[-1].follower == "echo"
    assert "Vanaf nu volgt ECHO uw vraag" in story.tasks[-1].words
    story.say(QuestionReopened, follower="echo")
    assert story.tasks[-1].follower == "echo"


def test_where_help_is_when_the_government_is_not_the_place():
    pointer = {"organisation": "jl", "name": "Juridisch Loket", "contact": ROUTE, "why": "Gratis hulp."}
    story = Story(channel=None)
    story.say(QuestionReturned, pointers=[pointer])
    assert "Juridisch Loket: Gratis hulp. Bel 088 000 00 00." in story.tasks[-1].words


@pytest.mark.parametrize(
    ("story", "why"),
    [
        (Story(channel=None), "no-channel"),
        (Story(channel="phone"), "by-phone"),
        (Story(text=False), "no-address"),
        (Story(text=False, dataref="https://elders.example/v1/personal-texts/1"), "no-address"),
    ],
    ids=["no-channel", "by-phone", "no-text", "a-text-elsewhere"],
)
def test_without_a_channel_the_desk_gets_the_words(story, why):
    (notice,) = story.offer()
    task = story.tasks[-1]
    assert (notice.status, notice.fields) == (Status.DESK, {})
    assert (task.why, task.follower, task.notice, task.kind) == (why, "delta", notice.notice, NoticeKind.FORWARDED)
    assert "SVB" in task.words
    assert "Bel delta" in task.words


@pytest.mark.parametrize(
    ("person", "representative", "told"),
    [(True, True, ["person", "representative"]), (True, False, ["person"]), (False, True, ["representative"])],
)
def test_who_is_told_when_somebody_acts_for_the_person(person, representative, told):
    acts = {"acts": "lawyer", "tell_person": person, "tell_representative": representative}
    story = Story(represented=acts, submitter="representative")
    notices = story.offer()
    assert [notice.to.value for notice in notices] == told
    assert len({notice.notice for notice in notices}) == len(told)


def test_what_comes_before_intakes_own_event_waits_for_it():
    early, late = Story(begin=False), Story(begin=False)
    late.begin()
    late.offer()
    assert early.offer() == []
    assert [n.kind for n in early.begin()] == [NoticeKind.RECEIVED, NoticeKind.FORWARDED]
    assert early.state == late.state


def test_the_same_event_is_the_same_notice():
    assert [n.notice for n in forwarded().state.told] == [n.notice for n in forwarded().state.told]


def test_every_kind_can_happen_and_every_event_was_thought_of():
    """A new event type has to be in the table, or in this list of what tells the person nothing."""
    silent = {"QuestionRepeated", "ReplyRefused", "ClockReminded"}
    said = {event.model_fields["data"].annotation for event in HandoffsEvent.__origin__.__args__}
    assert {contract.__name__ for contract in said - set(kinds._TABLE)} == silent
    assert {contract.__name__ for contract in said - set(work._TABLE)} == {
        "QuestionRepeated",
        "ReplyRefused",
        "ContactPersonNamed",
    }
