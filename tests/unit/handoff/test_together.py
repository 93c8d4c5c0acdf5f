"""Several organisations on one question, receivers that are not connected, one more question, and the triage desk."""

from contracts.events import DECISION_REQUESTS
from contracts.following import QuestionAsking, QuestionTriaged
from contracts.handoffs import HandoffRequested
from services.handoff.model import Stage
from tests.unit.handoff.play import FOLLOWER, Play, offered, refusal, working

HELPED = {"outcome": "helped", "person_informed": True}


def test_one_lead_and_partners_each_with_a_clock_of_its_own():
    play = offered("samen")
    offers = [said for said in play.said if isinstance(said, HandoffRequested)]
    assert [(o.receiver, o.role) for o in offers] == [
        ("alfa", "lead"),
        ("bravo", "partner"),
        ("charlie", "partner"),
        ("foxtrot", "partner"),
    ]
    assert {o.holder for o in offers} == {"alfa"}
    assert [c.stage for c in play.state.clocks] == [Stage.ACCEPTANCE] * 4
    assert {c.subject for c in play.state.clocks} == {o.handoff for o in offers}


def test_a_partner_does_its_part_without_moving_the_question():
    play = working("samen")
    bravo = play.partner("bravo").handoff
    for action, fields in (("accept", {}), ("start", {"contact": "made"}), ("complete", HELPED)):
        (heard,) = play.reply("bravo", action, bravo, **fields)
        assert (heard.role, heard.holder, play.state.status) == ("partner", "alfa", "working")
    assert bravo not in {clock.subject for clock in play.state.clocks}


def test_the_lead_is_not_done_while_a_partner_works():
    play = working("samen")
    play.reply("bravo", "accept", play.partner("bravo").handoff)
    assert refusal(play.receiver("complete", **HELPED)) == "partners-working"
    play.reply("bravo", "complete", play.partner("bravo").handoff, **HELPED)
    heard = play.receiver("complete", **HELPED)
    assert [(h.receiver, h.state, h.reason) for h in heard[1:-1]] == [
        ("charlie", "withdrawn", "lead-completed"),
        ("foxtrot", "withdrawn", "lead-completed"),
    ]
    assert heard[-1].outcome == "helped"


def test_a_partner_that_declined_is_not_offered_the_question_again():
    play = offered("samen")
    play.reply("charlie", "decline", play.partner("charlie").handoff, reason="not-competent")
    assert play.state.status == "offered"
    assert not play.waiting
    play.receiver("decline", reason="no-capacity")
    play.settle()
    assert play.lead.receiver == "delta", "charlie is the first fallback, but declined as a partner"
    assert play.state.declined == ("charlie", "alfa")


def test_a_partner_that_declines_while_the_router_chooses_it_as_lead_is_not_offered_it():
    play = offered("samen")
    play.receiver("decline", reason="no-capacity")
    play.deliver()  # the router chooses charlie ...
    play.reply("charlie", "decline", play.partner("charlie").handoff, reason="not-competent")  # ... which just said no
    assert play.deliver() == []
    assert play.state.status == "deciding"
    play.settle()
    assert play.lead.receiver == "delta"


def test_partners_stay_when_the_lead_changes():
    play = offered("samen")
    play.reply("bravo", "accept", play.partner("bravo").handoff)
    play.receiver("decline", reason="no-capacity")
    play.settle()
    assert play.partner("bravo").state == "accepted"
    assert sum(h.receiver == "bravo" for h in play.state.handoffs) == 1


def test_the_lead_involves_another_which_joins_as_partner():
    play = working()
    assert play.receiver("involve", organisation="echo", reason="needed") == []
    assert (play.waiting[0].topic, play.state.status) == (DECISION_REQUESTS, "working")
    play.settle()
    offer = play.said[-1]
    assert (offer.receiver, offer.role, offer.rule) == ("echo", "partner", "geplaatst-door-mens")
    assert (play.state.holder, len(play.state.clocks)) == ("alfa", 2)


def test_involving_leaves_the_version_the_follower_has_seen():
    """Nothing happened yet that the follower could have heard of."""
    play = working()
    play.receiver("involve", organisation="echo", reason="needed")
    assert play.view.state.version == play.state.version


def test_who_already_works_on_it_cannot_be_involved_again():
    play = working("samen")
    for organisation in ("bravo", "alfa"):
        assert refusal(play.receiver("involve", organisation=organisation, reason="needed")) == "already-involved"


def test_involved_twice_before_the_answer_joins_once():
    play = working()
    for _ in range(2):
        play.receiver("involve", organisation="echo", reason="needed")
    play.settle()
    assert sum(h.receiver == "echo" for h in play.state.handoffs) == 1


def test_only_the_lead_involves():
    play = working("samen")
    bravo = play.partner("bravo").handoff
    play.reply("bravo", "accept", bravo)
    assert refusal(play.reply("bravo", "involve", bravo, organisation="echo", reason="needed")) == "not-yours"


def test_an_involved_organisation_that_comes_after_the_end_is_not_offered_anything():
    play = working()
    play.receiver("involve", organisation="echo", reason="needed")
    play.receiver("complete", **HELPED)
    before = play.state
    play.settle()
    assert play.state == before


def test_for_a_receiver_that_is_not_connected_the_follower_holds_and_replies():
    play = offered("telefoon")
    assert (play.lead.receiver, play.lead.connected, play.state.holder) == ("foxtrot", False, FOLLOWER)
    play.receiver("receive", by=FOLLOWER)
    assert play.state.holder == FOLLOWER
    (heard,) = play.receiver("accept", by=FOLLOWER)
    assert (heard.by, heard.receiver, heard.holder) == (FOLLOWER, "foxtrot", "foxtrot")
    play.receiver("start", by=FOLLOWER, contact="made")
    play.receiver("complete", by=FOLLOWER, **HELPED)
    assert play.state.outcome == "helped"


def test_an_organisation_that_is_not_connected_may_still_speak_for_itself_once_it_can():
    play = offered("telefoon")
    (heard,) = play.receiver("decline", by="foxtrot", reason="not-competent")
    assert heard.by == "foxtrot"
    play.settle()
    assert play.lead.receiver == "delta"


def test_danger_with_a_desk_that_is_not_connected_stays_with_the_follower():
    play = Play("gevaar").settle()
    triaged = play.said[-1]
    assert isinstance(triaged, QuestionTriaged)
    assert (triaged.holder, triaged.instruction) == (FOLLOWER, "Bel nu 112.")
    play.follower("place", organisation="alfa", reason="safe-again")
    play.settle()
    assert play.lead.receiver == "alfa"


def test_one_more_question_is_asked_answered_and_decides():
    play = Play("vraag").settle()
    asking = play.said[-1]
    assert isinstance(asking, QuestionAsking)
    assert (asking.ask.code, asking.holder, play.clock.stage) == ("welke", FOLLOWER, Stage.ANSWER)
    play.follower("answer", ask="welke", answer="een")
    assert (play.state.status, play.clock.stage) == ("deciding", Stage.DECISION)
    play.settle()
    assert (play.lead.receiver, play.state.facts.answers, play.state.ask) == ("charlie", {"welke": "een"}, None)


def test_an_answer_the_table_does_not_know_goes_to_people():
    play = Play("vraag").settle()
    play.follower("answer", ask="welke", answer="geen-van-beide")
    play.settle()
    assert play.state.status == "triage"


def test_another_question_than_the_one_asked_and_another_than_the_follower():
    play = Play("vraag").settle()
    assert refusal(play.follower("answer", ask="andere", answer="een")) == "not-asked"
    assert refusal(play.reply("alfa", "answer", ask="welke", answer="een")) == "not-yours"


def test_the_triage_desk_places_and_nobody_else():
    play = Play(None).settle()
    assert play.state.holder == "triage"
    assert refusal(play.reply(FOLLOWER, "place", organisation="echo", reason="knows-best")) == "not-yours"
    play.reply("triage", "place", organisation="echo", reason="knows-best")
    assert (play.state.status, play.state.holder) == ("deciding", FOLLOWER)
    play.settle()
    assert (play.lead.receiver, play.said[-1].rule) == ("echo", "geplaatst-door-mens")


def test_people_may_place_it_with_who_declined_before():
    play = offered("recht")
    for _ in range(2):
        play.receiver("decline", reason="not-competent")
        play.settle()
    play.reply("triage", "place", organisation="alfa", reason="talked-it-over")
    play.settle()
    assert (play.lead.receiver, play.state.declined) == ("alfa", ("alfa", "bravo"))
    play.receiver("decline", reason="other")
    assert play.state.declined == ("alfa", "bravo")


def test_a_place_that_left_the_table_meanwhile_comes_back_to_people():
    play = Play(None).settle()
    play.reply("triage", "place", organisation="opgeheven", reason="knows-best")
    play.settle()
    assert (play.state.status, play.state.holder) == ("triage", "triage")
