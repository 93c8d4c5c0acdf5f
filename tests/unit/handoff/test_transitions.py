"""The life of one hand-off, a test per transition (domain model T2-T10, T16) and its guards."""

from datetime import timedelta

import pytest

from contracts.following import QuestionEnded, QuestionTriaged
from contracts.handoffs import HandoffChanged, HandoffRequested
from services.handoff.model import Stage
from tests.unit.handoff.play import FOLLOWER, START, Play, offered, refusal, working

HELPED = {"outcome": "helped", "person_informed": True}


def test_the_first_decision_offers_the_question_to_the_responsible_organisation():
    play = Play("recht")
    play.deliver()
    (offer,) = play.deliver()
    assert isinstance(offer, HandoffRequested)
    assert (offer.receiver, offer.follower, offer.holder, offer.role) == ("alfa", FOLLOWER, "alfa", "lead")
    assert (offer.version, offer.question_version, offer.rule) == (1, 1, "recht")
    assert offer.accept_by == START + timedelta(days=1)  # eight working hours from ten in the morning


def test_t2_received_keeps_the_receivers_own_reference_and_the_running_clock():
    play = offered()
    before = play.clock
    (heard,) = play.wait(hours=1).receiver("receive", receiver_reference="A-7")
    assert (heard.state, heard.previous, heard.version) == ("received", "requested", 2)
    assert (heard.receiver_reference, play.state.status, play.state.holder) == ("A-7", "offered", "alfa")
    assert play.clock == before
    play.receiver("accept")
    assert play.lead.receiver_reference == "A-7"


@pytest.mark.parametrize("first", [(), ("receive",)])
def test_t3_accepted_makes_the_receiver_holder_with_the_clock_of_first_contact(first):
    play = offered()
    for action in first:
        play.receiver(action)
    (heard,) = play.wait(hours=2).receiver("accept")
    assert (heard.state, heard.holder, play.state.status) == ("accepted", "alfa", "working")
    assert play.clock.stage is Stage.FIRST_CONTACT
    assert (play.clock.started_at, play.clock.minutes) == (play.now, play.state.norm.first_contact)


@pytest.mark.parametrize("first", [(), ("receive",), ("accept",), ("accept", "start")], ids=str)
def test_t4_t5_declined_asks_the_router_again_and_the_follower_holds(first):
    play = offered()
    for action in first:
        play.receiver(action, **({"contact": "planned"} if action == "start" else {}))
    (heard,) = play.receiver("decline", reason="not-competent", suggested="bravo")
    assert (heard.state, heard.reason, heard.suggested, heard.holder) == (
        "declined",
        "not-competent",
        "bravo",
        FOLLOWER,
    )
    assert (play.state.status, play.state.holder, play.clock.stage) == ("deciding", FOLLOWER, Stage.DECISION)
    assert (play.state.declined, play.state.hops) == (("alfa",), 1)
    play.settle()
    assert (play.lead.receiver, play.state.follower) == ("bravo", FOLLOWER)


@pytest.mark.parametrize("first", [(), ("receive",), ("accept",)], ids=str)
def test_t6_t7_the_follower_withdraws_before_the_work_started(first):
    play = offered()
    for action in first:
        play.receiver(action)
    (heard,) = play.reply(FOLLOWER, "withdraw", play.lead.handoff, reason="wrong-destination")
    assert (heard.state, heard.by, heard.reason) == ("withdrawn", FOLLOWER, "wrong-destination")
    play.settle()
    assert play.lead.receiver == "bravo"


def test_t7_not_once_the_work_has_started():
    play = working()
    assert refusal(play.reply(FOLLOWER, "withdraw", play.lead.handoff, reason="sent-in-error")) == "not-now"


def test_only_the_follower_withdraws():
    play = offered()
    assert refusal(play.receiver("withdraw", reason="sent-in-error")) == "not-yours"


@pytest.mark.parametrize("first", [(), ("receive",), ("accept",)], ids=str)
def test_t8_t9_start_is_allowed_from_every_stage_before_it(first):
    play = offered()
    for action in first:
        play.receiver(action)
    (heard,) = play.receiver("start", contact="planned")
    assert (heard.state, heard.reason, play.state.status) == ("in-progress", "contact-planned", "working")
    assert play.clock.stage is Stage.RESOLUTION


def test_t10_another_contact_attempt_is_told_and_leaves_the_clock_running():
    play = working()
    before = play.clock
    (heard,) = play.wait(hours=3).receiver("start", contact="not-reached")
    assert (heard.state, heard.previous, heard.reason) == ("in-progress", "in-progress", "contact-not-reached")
    assert play.clock == before


@pytest.mark.parametrize("first", [("accept",), ("start",)])
def test_t16_completed_ends_the_question(first):
    play = offered()
    for action in first:
        play.receiver(action, **({"contact": "made"} if action == "start" else {}))
    changed, ended = play.receiver("complete", **HELPED)
    assert isinstance(changed, HandoffChanged)
    assert isinstance(ended, QuestionEnded)
    assert (changed.state, ended.outcome, ended.by) == ("completed", "helped", "alfa")
    assert (play.state.status, play.state.holder, play.state.clocks) == ("ended", FOLLOWER, ())


@pytest.mark.parametrize("first", [(), ("receive",)], ids=str)
def test_t16_not_before_it_was_accepted(first):
    play = offered()
    for action in first:
        play.receiver(action)
    assert refusal(play.receiver("complete", **HELPED)) == "not-now"


@pytest.mark.parametrize("outcome", ["helped-at-first-door", "withdrawn-by-citizen"])
def test_the_follower_ends_it_and_open_hand_offs_are_withdrawn(outcome):
    play = working("samen")
    heard = play.follower("end", outcome=outcome)
    assert [h.state for h in heard[:-1]] == ["withdrawn"] * 4
    assert heard[-1].outcome == outcome
    assert not any(h.open for h in play.state.handoffs)
    assert play.state.clocks == ()


def test_only_the_follower_ends_it_from_outside():
    play = working()
    assert refusal(play.reply("alfa", "end", outcome="helped-at-first-door")) == "not-yours"


def test_after_the_hop_limit_people_decide():
    play = offered("bezet")
    asked = []
    for _ in range(play.table.settings.hop_limit):
        asked.append(play.lead.receiver)
        by = play.lead.receiver if play.lead.connected else FOLLOWER
        play.receiver("decline", by=by, reason="no-capacity")
        play.settle()
    assert asked == ["echo", "foxtrot", "alfa"]
    assert isinstance(play.said[-1], QuestionTriaged)
    assert play.said[-1].declined == tuple(asked)
    assert (play.state.status, play.state.holder, play.clock.stage) == ("triage", "triage", Stage.TRIAGE)


def test_when_everybody_declined_people_decide_before_the_limit():
    play = offered("recht")
    for _ in range(2):
        play.receiver("decline", reason="not-competent")
        play.settle()
    assert (play.state.status, play.state.hops) == ("triage", 2)


@pytest.mark.parametrize(
    "repaired",
    [
        {},
        {"datum_corrected": True},
        {"consequences_repaired": True},
        {"datum_corrected": True, "consequences_repaired": False},
    ],
    ids=str,
)
def test_wrong_data_is_not_done_before_the_consequences_are_repaired(repaired):
    play = working(kind="wrong-data")
    assert refusal(play.receiver("complete", **HELPED, **repaired)) == "not-repaired"
    assert play.state.status == "working"


def test_wrong_data_is_done_with_both():
    play = working(kind="wrong-data")
    play.receiver("complete", **HELPED, datum_corrected=True, consequences_repaired=True)
    assert play.state.outcome == "helped"


@pytest.mark.parametrize("topic", ["recht", "samen", "bezet"])
def test_follower_reference_and_first_receipt_never_change(topic):
    play = offered(topic)
    kept = {"follower", "reference", "first_received_at"}
    at_first = play.state.model_dump(include=kept)
    while play.state.status != "triage":
        play.receiver("decline", by=play.lead.receiver, reason="other")
        play.settle()
    play.reply("triage", "place", organisation="golf", reason="knows-best")
    play.settle()
    play.receiver("accept", by=FOLLOWER)
    play.receiver("complete", by=FOLLOWER, **HELPED)
    assert play.state.outcome == "helped"
    assert play.state.model_dump(include=kept) == at_first
    stamps = {said.first_received_at for said in play.said if isinstance(said, HandoffRequested | QuestionTriaged)}
    assert stamps == {START - timedelta(days=3)}
