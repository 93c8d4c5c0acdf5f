"""Messages that come when they no longer matter."""

from tests.unit.handoff.play import FOLLOWER, Play, offered, working


def test_a_decision_after_the_end_is_ignored():
    play = offered()
    play.receiver("decline", reason="other")
    play.follower("end", outcome="withdrawn-by-citizen")
    before = play.state
    assert play.waiting
    play.settle()
    assert play.state == before


def test_the_follower_may_end_it_while_the_router_chooses():
    play = offered()
    play.receiver("decline", reason="other")
    (ended,) = play.follower("end", outcome="helped-at-first-door")
    assert (ended.outcome, ended.hops, play.state.clocks) == ("helped-at-first-door", 1, ())


def test_what_the_triage_desk_held_it_no_longer_holds_after_the_end():
    """Who holds a question may read what the person wrote; after the end that is the first door alone."""
    play = Play(None).settle()
    play.follower("end", outcome="helped-at-first-door")
    assert play.state.holder == play.view.state.holder == FOLLOWER
    assert play.view.state.parties() == {FOLLOWER}


def test_after_the_end_nothing_is_asked_any_more():
    play = Play("vraag").settle()
    play.follower("end", outcome="withdrawn-by-citizen")
    assert play.state.ask is None
    assert play.view.state.ask is None


def test_an_involvement_that_comes_while_the_router_chooses_a_new_lead_joins():
    play = working()
    play.receiver("involve", organisation="echo", reason="needed")
    play.receiver("decline", reason="other")
    play.deliver()
    play.deliver()
    play.deliver()
    assert (play.state.status, play.partner("echo").state) == ("deciding", "requested")
    assert len(play.state.clocks) == 2
    play.settle()
    assert (play.lead.receiver, play.partner("echo").state) == ("bravo", "requested")
