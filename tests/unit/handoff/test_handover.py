"""An organisation ends, or is away: somebody else follows, and its open hand-offs are not left lying."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

import routing
from contracts.following import QuestionHandedOver
from contracts.handoffs import HandoffChanged
from routing.data.model import Absence, Validity
from services.handoff.clocks import digest_of
from services.handoff.handlers import Life
from tests.simulation.table import small_table
from tests.unit.handoff.play import FOLLOWER, START, Play, offered, refusal, working

TODAY = START.date()


def involve(play: Play, organisation: str) -> list:
    return play.receiver("involve", organisation=organisation, reason="needed", task="correct-datum")


def without(ended: str | None = None, absent: str | None = None, stand_in: str | None = None) -> routing.Table:
    """The small table in which one organisation ended yesterday, or is away this month."""
    table = small_table()
    organisations = dict(table.organisations)
    if ended:
        past = Validity(date(2020, 1, 1), TODAY - timedelta(days=1))
        organisations[ended] = replace(organisations[ended], validity=past)
    absences = [Absence(absent, Validity(TODAY, TODAY + timedelta(days=30)), stand_in, "proef")] if absent else []
    return replace(table, organisations=organisations, absences=tuple(absences), views={}, remembered={})


def swept(play: Play, table: routing.Table) -> list:
    """The sweep under another table, and what the router then says of it."""
    life = Life(table)
    change = life.reckoned(play.state, play.now)
    heard = play._change(play.handoff, change, None) if change.state != play.state else []
    play.use(table)
    play.settle()
    assert play.life.reckoned(play.state, play.now).emits == (), "a second sweep finds nothing to do"
    return heard


def test_who_is_there_keeps_everything():
    play = working("samen")
    before = play.state
    assert swept(play, small_table()) == []
    assert play.state == before


def test_an_offer_to_who_is_no_more_goes_elsewhere_by_itself():
    play = offered()
    (heard,) = swept(play, without(ended="alfa"))
    assert (heard.state, heard.reason) == ("withdrawn", "organisation-ended")
    assert (play.lead.receiver, play.state.follower, play.state.declined) == ("bravo", FOLLOWER, ())


def test_work_of_who_is_no_more_goes_elsewhere():
    play = working()
    (heard,) = swept(play, without(ended="alfa"))
    assert (heard.previous, heard.state) == ("in-progress", "withdrawn")
    assert play.lead.receiver == "bravo"


def test_an_offer_to_who_is_away_goes_to_the_stand_in():
    play = offered()
    swept(play, without(absent="alfa", stand_in="echo"))
    assert play.lead.receiver == "echo"


def test_who_only_is_away_keeps_its_work_and_its_clock():
    play = working()
    before = play.state
    assert swept(play, without(absent="alfa")) == []
    assert play.state == before


def test_work_goes_to_the_stand_in_when_there_is_one():
    play = working()
    (heard,) = swept(play, without(absent="alfa", stand_in="echo"))
    assert (heard.state, heard.reason) == ("withdrawn", "organisation-absent")
    assert play.lead.receiver == "echo"


def test_the_stand_in_follows_with_the_clocks_of_the_first_door():
    play = Play("vraag").settle()
    (heard,) = swept(play, without(absent=FOLLOWER, stand_in="echo"))
    assert isinstance(heard, QuestionHandedOver)
    assert (heard.previous, heard.follower, heard.holder) == (FOLLOWER, "echo", "echo")
    assert (play.state.follower, play.state.holder, play.clock.whose) == ("echo", "echo", "echo")
    assert play.view.state.follower == "echo"
    play.reply("echo", "answer", ask="welke", answer="een")
    play.settle()
    assert (play.lead.receiver, play.state.follower) == ("charlie", "echo")


def test_a_first_door_that_ended_without_successor_is_followed_by_the_desk():
    play = working()
    (heard,) = swept(play, without(ended=FOLLOWER))
    assert (heard.follower, heard.reason, play.state.holder) == ("triage", "organisation-ended", "alfa")
    play.receiver("decline", reason="other")
    play.settle()
    assert (play.lead.receiver, play.state.follower) == ("bravo", "triage")


def test_a_first_door_that_is_only_away_keeps_following():
    play = working()
    assert swept(play, without(absent=FOLLOWER)) == []
    assert play.state.follower == FOLLOWER


def test_a_partner_that_is_no_more_is_withdrawn_and_the_lead_goes_on():
    play = working("samen")
    (heard,) = swept(play, without(ended="bravo"))
    assert isinstance(heard, HandoffChanged)
    assert (heard.receiver, heard.state, heard.role) == ("bravo", "withdrawn", "partner")
    assert (play.lead.receiver, play.state.status) == ("alfa", "working")


def test_who_is_away_without_stand_in_is_not_involved_and_the_desk_not_instead():
    play = working()
    play.use(without(absent="echo"))
    assert refusal(involve(play, "echo")) == "not-there"
    assert not play.waiting


def test_who_is_away_is_involved_as_its_stand_in():
    play = working()
    play.use(without(absent="echo", stand_in="bravo"))
    assert involve(play, "echo") == []
    play.settle()
    assert play.partner("bravo").task == "correct-datum"
    assert refusal(involve(play, "echo")) == "already-involved"


def test_the_desk_is_nobody_s_partner():
    assert refusal(involve(working(), "triage")) == "not-a-partner"


@pytest.mark.parametrize("facts", [{}, {"danger": True}], ids=str)
def test_who_went_away_while_it_was_being_involved_is_replaced_by_nobody(facts):
    play = working(**facts)
    involve(play, "echo")
    play.use(without(absent="echo"))
    before = play.state
    play.settle()
    assert (play.state.handoffs, play.state.clocks) == (before.handoffs, before.clocks)


def test_the_stand_in_of_a_partner_gets_its_part():
    play = working("samen")
    play.reply("bravo", "accept", play.partner("bravo").handoff)
    swept(play, without(absent="bravo", stand_in="echo"))
    assert play.partner("echo").state == "requested"


def other_desk(table: routing.Table, desk: str = "echo") -> routing.Table:
    """The same, with another triage desk."""
    return replace(table, settings=replace(table.settings, triage=desk), views={}, remembered={})


def test_what_waits_at_a_desk_that_is_no_more_goes_to_the_desk_of_today():
    play = Play(None).settle()
    assert swept(play, other_desk(without(ended="triage"))) == []
    assert (play.state.status, play.state.holder, play.clock.whose) == ("triage", "echo", "echo")
    assert (play.view.state.status, play.view.state.holder, play.state.hops) == ("triage", "echo", 0)
    play.reply("echo", "place", organisation="alfa", reason="knows-best")
    play.settle()
    assert play.lead.receiver == "alfa"


def test_what_waits_at_a_desk_that_is_not_the_desk_any_more_goes_there_too():
    play = Play(None).settle()
    swept(play, other_desk(small_table()))
    assert (play.state.status, play.state.holder) == ("triage", "echo")
    assert refusal(play.reply("triage", "place", organisation="alfa", reason="knows-best")) == "not-yours"


def test_a_desk_of_danger_that_is_no_more_is_chosen_anew_and_one_that_is_there_keeps_it():
    play = Play("gevaar").settle()
    before = play.state
    assert swept(play, other_desk(small_table())) == []
    assert play.state == before
    swept(play, without(ended="golf"))
    assert (play.state.status, play.state.holder, play.clock.whose) == ("triage", "triage", "triage")


def test_the_sweep_looks_again_when_who_is_away_ends_or_gets_a_stand_in_or_the_desk_changes():
    tables = [
        small_table(),
        without(absent="alfa"),
        without(absent="alfa", stand_in="echo"),
        without(ended="alfa"),
        other_desk(small_table()),
    ]
    digests = [digest_of(table, Life(table).not_there(START)) for table in tables]
    assert len(set(digests)) == len(tables)
    assert digest_of(without(absent="alfa"), Life(without(absent="alfa")).not_there(START)) == digests[1]


def test_what_is_over_is_left_alone():
    play = working()
    play.receiver("complete", outcome="helped", person_informed=True)
    before = play.state
    assert swept(play, without(ended=FOLLOWER)) == []
    assert play.state == before
