"""Who is not connected hears nothing from us: the first door brings the question there, and says only what is so."""

from typing import Any

import pytest

from contracts.contact import ContactAttempt
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
from contracts.handoffs import ClockBreached, HandoffState
from tests.unit.notices.story import LEAD, OTHER, Story

OF_THE_CONNECTED = {"forwarded", "forwarded-term", "forwarded-again", "accepted", "no-answer", "expired", "late"}
"""Kinds that say an organisation has it, was told, or did not answer us."""


def story(**given: Any) -> Story:
    """At a desk: its task has the words that are said."""
    return Story(channel=None, **given)


def bringing(**given: Any) -> Story:
    made = story(**given)
    made.offer("baarn", connected=False)
    return made


def said(notices: list[Any], of: Story) -> tuple[str, str]:
    (notice,) = notices
    return notice.kind.value, " ".join(of.tasks[-1].words.split())


@pytest.mark.parametrize(
    ("kind", "notice", "promise"),
    [
        ("question", "bringing", "Wij brengen uw vraag daarheen."),
        ("objection", "bringing-term", "Wij brengen het daarheen."),
        ("appeal", "bringing-term", "U hoeft het zelf niet te sturen. Dat doen wij."),
    ],
)
def test_the_first_door_says_that_it_will_bring_it_and_not_that_it_did(kind, notice, promise):
    told = story(kind=kind)
    found, words = said(told.offer("baarn", connected=False), told)
    assert found == notice
    assert promise in words
    assert "BAARN" in words
    assert "Zij bellen u." in words
    assert "gebracht" not in words


def test_the_day_of_an_objection_counts_also_when_we_bring_it():
    words = bringing(kind="objection").tasks[-1].words
    assert "Wij kregen het van u op 20 november 2026. Die dag telt" in words


def test_sent_on_to_one_that_is_not_connected():
    told = story()
    told.offer()
    told.change("declined", reason="not-competent")
    kind, words = said(told.offer("baarn", OTHER, connected=False), told)
    assert kind == "bringing-again"
    assert "gebracht" not in words


@pytest.mark.parametrize("change", [{"state": "accepted"}, {"state": "in-progress", "contact": "made"}])
def test_brought_is_said_when_it_was_taken_on(change):
    told = bringing()
    kind, words = said(told.change(receiver="baarn", by="delta", **change), told)
    assert kind == "brought"
    assert "wij hebben uw vraag naar BAARN gebracht" in words
    assert "neemt contact met u op" not in words


def test_an_offer_that_waits_too_long_waits_for_the_first_door():
    told = bringing()
    kind, words = said(told.say(ClockBreached, holder="delta"), told)
    assert kind == "late-bringing"
    assert "wij zijn te laat" in words
    assert "Wij doen dit nu." in words


@pytest.mark.parametrize("stage", ["first-contact", "resolution"])
def test_work_there_that_takes_too_long_is_asked_after_and_nobody_was_told_yet(stage):
    told = bringing()
    told.change("accepted", receiver="baarn", by="delta")
    kind, words = said(told.say(ClockBreached, stage=stage, holder="baarn"), told)
    assert kind == "late-brought"
    assert "Dat vragen wij hun nu" in words


def test_a_wait_that_our_clock_ends_is_not_work_that_goes_on_there():
    told = bringing()
    told.change("accepted", receiver="baarn", by="delta")
    told.change("on-hold", "in-progress", reason="waiting-for-information")
    over = {"previous": "on-hold", "reason": "hold-over", "receiver": "baarn"}
    assert said(told.change("in-progress", **over), told)[0] == "late-brought"
    assert said(told.change("in-progress", "on-hold", receiver="baarn", by="delta"), told)[0] == "resumed"
    connected = story()
    connected.offer()
    assert said(connected.change("in-progress", **over), connected)[0] == "resumed"


def test_a_candidate_we_have_to_ask_ourselves():
    told = story()
    assert said(told.offer("baarn", LEAD, "candidate", connected=False), told)[0] == "several-asked"
    told.offer("uwv", OTHER, "candidate")
    assert said(told.say(ClockBreached, holder="delta"), told)[0] == "late-here"
    assert told.say(ClockBreached, handoff=OTHER) == []
    accepted = told.change("accepted", receiver="baarn", by="delta", role="lead")
    assert said(accepted, told)[0] == "brought"


@pytest.mark.parametrize("stage", ["triage", "decision"])
def test_when_the_first_door_holds_it_nobody_else_is_late(stage):
    told = story()
    kind, words = said(told.say(ClockBreached, stage=stage, handoff=None, holder="delta"), told)
    assert kind == "late-here"
    assert "hun" not in words


def test_what_was_offered_before_we_kept_who_is_connected_is_told_as_it_was():
    told = story()
    told.offer()
    assert told.state is not None
    kept = told.state.model_dump_json(exclude_defaults=True)
    assert "connected" not in kept
    told.state = type(told.state).model_validate_json(kept)
    assert said(told.say(ClockBreached), told)[0] == "no-answer"


_ABOUT_THE_QUESTION = [
    QuestionTriaged,
    QuestionAsking,
    QuestionEnded,
    QuestionReopened,
    QuestionMerged,
    QuestionHandedOver,
    QuestionReturned,
    ContactPersonNamed,
]


@pytest.mark.parametrize("role", ["lead", "candidate"])
@pytest.mark.parametrize("state", [state for state in HandoffState if state is not HandoffState.EXPIRED], ids=str)
@pytest.mark.parametrize("previous", ["requested", "received", "accepted", "in-progress", "on-hold"])
def test_no_change_says_of_them_what_only_a_connected_one_does(state, previous, role):
    """An offer to who is not connected never expires, so that one is left out."""
    for contact in (None, *ContactAttempt):
        for reason in (None, "hold-over", "waiting-for-person"):
            told = bringing()
            found = told.change(
                state, previous, role=role, receiver="baarn", by="delta", contact=contact, reason=reason
            )
            assert not {notice.kind.value for notice in found} & OF_THE_CONNECTED


@pytest.mark.parametrize("stage", ["acceptance", "first-contact", "resolution", "hold", "cancellation"])
@pytest.mark.parametrize("role", ["lead", "candidate"])
def test_no_clock_does(stage, role):
    told = story()
    told.offer("baarn", role=role, connected=False)
    found = told.say(ClockBreached, stage=stage, holder="delta")
    assert not {notice.kind.value for notice in found} & OF_THE_CONNECTED


@pytest.mark.parametrize("contract", _ABOUT_THE_QUESTION)
def test_nor_does_what_happens_to_the_question(contract):
    told = bringing()
    assert not {notice.kind.value for notice in told.say(contract)} & OF_THE_CONNECTED
