"""Replies that repeat, overtake or contradict each other: the rows of the table in docs/hand-off.md, by name.

The rows about the door itself (doubles, reused ids, unknown questions) are tests of tests/integration.
"""

import re
from pathlib import Path
from uuid import UUID

from contracts.handoffs import HandoffState
from tests.unit.handoff.play import FOLLOWER, Play, offered, refusal, working

ROOT = Path(__file__).parents[3]
HELPED = {"outcome": "helped", "person_informed": True}
S = HandoffState


def test_every_row_of_the_table_is_a_test():
    page = (ROOT / "docs" / "hand-off.md").read_text(encoding="utf-8")
    table = page.split("## When replies repeat")[1].split("\n## ")[0]
    rows = [line for line in table.splitlines() if line.startswith("| ") and "`" in line]
    tests = {
        name
        for file in [Path(__file__), *(ROOT / "tests" / "integration").glob("test_*.py")]
        for name in re.findall(r"def test_(\w+)", file.read_text(encoding="utf-8"))
    }
    assert len(rows) >= 17
    for row in rows:
        named = re.findall(r"`(\w+)`", row.split("|")[-2])
        assert named, row
        assert set(named) <= tests, row


def test_a_hand_off_this_question_never_had():
    play = offered()
    (refused,) = play.reply("alfa", "accept", UUID(int=7), version=1)
    assert (refused.reason, refused.state, refused.question_version) == ("unknown-handoff", None, play.state.version)


def test_a_reply_that_overtakes_the_first_decision():
    play = Play()
    assert refusal(play.reply("alfa", "accept", UUID(int=7), version=1)) == "not-yet"
    play.settle()
    assert play.lead.state is S.REQUESTED


def test_a_reply_after_the_hand_off_is_over():
    play = offered()
    old = play.lead.handoff
    play.receiver("decline", reason="other")
    play.settle()
    (refused,) = play.reply("alfa", "accept", old)
    assert (refused.reason, refused.state, refused.holder) == ("closed", "declined", "bravo")


def test_a_reply_after_the_question_ended():
    play = working()
    handoff = play.lead.handoff
    play.receiver("complete", **HELPED)
    (refused,) = play.reply("alfa", "decline", handoff, reason="other")
    assert (refused.reason, refused.state, refused.outcome) == ("closed", "completed", "helped")
    assert refusal(play.follower("end", outcome="withdrawn-by-citizen")) == "closed"


def test_a_reply_that_saw_an_older_version():
    play = offered()
    play.receiver("receive")
    (refused,) = play.receiver("accept", version=1)
    assert (refused.reason, refused.state, refused.version) == ("stale-version", "received", 2)


def test_start_overtakes_accept():
    play = offered()
    (started,) = play.receiver("start", contact="made", version=1)
    assert (started.previous, started.state, play.state.status) == ("requested", "in-progress", "working")
    assert refusal(play.receiver("accept", version=1)) == "stale-version"
    assert play.lead.state is S.IN_PROGRESS


def test_complete_overtakes_accept():
    play = offered()
    assert refusal(play.receiver("complete", version=1, **HELPED)) == "not-now"
    play.receiver("accept", version=1)
    *_, ended = play.receiver("complete", version=2, **HELPED)
    assert ended.outcome == "helped"


def test_two_desks_of_one_receiver_at_once():
    play = offered()
    play.receiver("accept", version=1)
    (refused,) = play.receiver("decline", version=1, reason="other")
    assert (refused.reason, refused.state, refused.holder) == ("stale-version", "accepted", "alfa")


def test_two_people_at_the_triage_desk_at_once():
    play = Play(None).settle()
    seen = play.state.version
    play.reply("triage", "place", version=seen, organisation="echo", reason="knows-best")
    (refused,) = play.reply("triage", "place", version=seen, organisation="alfa", reason="knows-best")
    assert (refused.reason, refused.holder) == ("stale-version", FOLLOWER)
    play.settle()
    (refused,) = play.reply("triage", "return", version=seen, reason="no-public-body")
    assert (refused.reason, refused.holder) == ("stale-version", "echo")
    assert refusal(play.reply("triage", "place", organisation="alfa", reason="knows-best")) == "not-now"


def test_two_candidates_accept_at_once():
    play = Play(None).settle()
    play.reply("triage", "place", organisation="alfa", candidates=["bravo", "charlie"], reason="any-of-them")
    play.settle()
    alfa, bravo, charlie = play.state.candidates
    assert play.state.holder == FOLLOWER, "of several that may take it nobody has it yet"
    heard = play.reply("bravo", "accept", bravo.handoff, version=1)
    assert [(one.receiver, one.state, one.role) for one in heard] == [
        ("bravo", "accepted", "lead"),
        ("alfa", "not-selected", "candidate"),
        ("charlie", "not-selected", "candidate"),
    ]
    (refused,) = play.reply("alfa", "accept", alfa.handoff, version=1)
    assert (refused.reason, refused.state, refused.holder) == ("closed", "not-selected", "bravo")
    assert (play.lead.receiver, play.state.holder, len(play.state.clocks)) == ("bravo", "bravo", 1)
    assert play.state.declined == (), "not selected is no refusal"
    assert charlie.handoff not in {clock.subject for clock in play.state.clocks}


def test_withdrawn_and_accepted_at_once():
    play = offered()
    handoff = play.lead.handoff
    play.receiver("accept", version=1)
    (refused,) = play.reply(FOLLOWER, "withdraw", handoff, version=1, reason="wrong-destination")
    assert (refused.reason, refused.state) == ("stale-version", "accepted")
    play = offered()
    handoff = play.lead.handoff
    play.reply(FOLLOWER, "withdraw", handoff, version=1, reason="wrong-destination")
    assert refusal(play.reply("alfa", "accept", handoff, version=1)) == "closed"


def test_completed_and_cancelled_at_once():
    play = working()
    handoff, version = play.lead.handoff, play.lead.version
    play.receiver("complete", version=version, **HELPED)
    (refused,) = play.reply(FOLLOWER, "request-cancellation", handoff, version=version, reason="solved-otherwise")
    assert (refused.reason, refused.state, refused.outcome) == ("closed", "completed", "helped")
    play = working()
    handoff, version = play.lead.handoff, play.lead.version
    play.reply(FOLLOWER, "request-cancellation", handoff, version=version, reason="solved-otherwise")
    (refused,) = play.receiver("complete", version=version, **HELPED)
    assert (refused.reason, refused.version) == ("stale-version", version + 1)
    *_, ended = play.receiver("complete", version=version + 1, **HELPED)
    assert ended.outcome == "helped"


def test_accepted_after_it_expired():
    play = offered()
    handoff = play.lead.handoff
    for _ in range(4):
        play.now = play.clock.next_at
        play.ring(play.clock)
    (refused,) = play.reply("alfa", "accept", handoff, version=1)
    assert (refused.reason, refused.state, refused.holder) == ("closed", "expired", FOLLOWER)
    play.settle()
    assert play.lead.receiver == "bravo"


def test_a_decision_that_comes_too_late():
    for end in ({"action": "end", "outcome": "withdrawn-by-citizen"}, {"action": "merge", "into": str(UUID(int=9))}):
        play = offered()
        play.receiver("decline", reason="other")
        play.follower(**end)
        before = play.state
        assert play.waiting
        play.settle()
        assert play.state == before


def only_the_last_counts(play: Play, asked: int) -> Play:
    """Each answer but the last arrives and changes nothing; then the last does."""
    router_done = [play.deliver() for _ in range(asked)]
    assert len(router_done) == len(play.waiting) == asked
    before = play.state
    for _ in range(asked - 1):
        assert play.deliver() == []
        assert play.state == before
    play.settle()
    return play


def test_corrected_while_the_router_is_choosing():
    play = offered()
    play.receiver("decline", reason="other")
    play.follower("correct", facts={"topic": "bezet", "channel": "phone"})
    only_the_last_counts(play, 2)
    assert (play.lead.receiver, play.state.facts.topic, play.state.awaited) == ("echo", "bezet", 3)


def test_corrected_twice_in_a_row():
    play = offered()
    for topic in ("bezet", "samen"):
        play.follower("correct", facts={"topic": topic, "channel": "phone"})
    only_the_last_counts(play, 2)
    assert (play.lead.receiver, play.state.facts.topic) == ("alfa", "samen")
    assert sum(h.open and h.role == "lead" for h in play.state.handoffs) == 1
    assert "echo" not in {h.receiver for h in play.state.handoffs}, "it never heard of it"


def test_ended_and_reopened_while_the_router_is_choosing():
    play = offered()
    play.receiver("decline", reason="other")
    play.follower("end", outcome="helped-at-first-door")
    play.follower("reopen", reason="not-helped")
    only_the_last_counts(play, 2)
    assert (play.lead.receiver, play.state.status, play.state.hops) == ("bravo", "offered", 0)


def test_who_joins_meanwhile_is_no_answer_to_the_correction():
    play = working()
    play.receiver("involve", organisation="echo", reason="needed")
    play.receiver("decline", reason="other")
    play.deliver()
    play.deliver()
    assert [one.receiver for one in play.deliver()] == ["echo"]
    assert play.state.status == "deciding"
    assert [one.receiver for one in play.deliver()] == ["bravo"]


def test_a_decision_for_who_declined_meanwhile():
    play = offered("samen")
    charlie = play.partner("charlie").handoff
    play.receiver("decline", reason="no-capacity")
    play.deliver()
    play.reply("charlie", "decline", charlie, reason="no-capacity")
    play.settle()
    assert (play.lead.receiver, play.state.declined) == ("delta", ("alfa", "charlie"))


def test_a_reply_by_a_stranger():
    play = offered()
    (refused,) = play.receiver("accept", by="echo")
    assert (refused.reason, refused.state, refused.holder) == ("not-yours", None, None)
