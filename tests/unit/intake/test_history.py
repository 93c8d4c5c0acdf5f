"""Who held a question, since when, and what changed."""

from datetime import timedelta

from services.intake.steps import What, held
from tests.unit.handoff.play import FOLLOWER, START, Play, offered, working


def steps(play: Play):
    assert play.view.state is not None
    assert play.view.state.steps == len(play.view.state.news)
    return play.view.state.news


def test_every_moment_has_one_holder_until_the_end():
    play = offered()
    play.wait(minutes=1).receiver("accept")
    play.wait(minutes=1).receiver("decline", reason="not-competent")
    play.wait(minutes=1).follower("end", outcome="withdrawn-by-citizen")
    found = held(steps(play))
    assert [(one.holder, one.since, one.until) for one in found] == [
        (FOLLOWER, START, START),
        ("alfa", START, START + timedelta(minutes=2)),
        (FOLLOWER, START + timedelta(minutes=2), START + timedelta(minutes=3)),
    ]


def test_who_still_holds_it_has_no_end():
    assert held(steps(working()))[-1].until is None


def test_a_step_says_who_did_what_and_why():
    play = offered()
    play.receiver("decline", reason="not-competent")
    asked, offer, declined = steps(play)
    assert (asked.what, asked.by) == (What.ASKED, FOLLOWER)
    assert (offer.what, offer.receiver, offer.state, offer.rule) == (What.OFFERED, "alfa", "requested", "recht")
    assert (declined.by, declined.state, declined.reason) == ("alfa", "declined", "not-competent")


def test_a_reminder_and_a_breach_are_in_it_and_a_refused_reply_is_not():
    play = offered()
    play.reply("echo", "accept", play.lead.handoff)
    play.wait(days=30).ring(play.clock)
    play.ring(play.clock).clear()
    play.ring(play.clock)
    assert [(step.what, step.reason) for step in steps(play)[2:]] == [
        (What.REMINDED, "reminder"),
        (What.REMINDED, "warning"),
        (What.BREACHED, None),
    ]


def test_the_history_goes_beside_the_view_and_never_into_it():
    view = offered().view.state
    assert view is not None
    assert "news" not in view.model_dump(mode="json")
    assert '"news"' not in view.model_dump_json()
