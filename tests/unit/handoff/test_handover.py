"""An organisation ends, or is away: somebody else follows, and its open hand-offs are not left lying."""

from dataclasses import replace
from datetime import date, timedelta

import routing
from contracts.following import QuestionHandedOver
from contracts.handoffs import HandoffChanged
from routing.data.model import Absence, Validity
from services.handoff.handlers import Life
from tests.simulation.table import small_table
from tests.unit.handoff.play import FOLLOWER, START, Play, offered, working

TODAY = START.date()


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


def test_the_stand_in_of_a_partner_gets_its_part():
    play = working("samen")
    play.reply("bravo", "accept", play.partner("bravo").handoff)
    swept(play, without(absent="bravo", stand_in="echo"))
    assert play.partner("echo").state == "requested"


def test_what_is_over_is_left_alone():
    play = working()
    play.receiver("complete", outcome="helped", person_informed=True)
    before = play.state
    assert swept(play, without(ended=FOLLOWER)) == []
    assert play.state == before
