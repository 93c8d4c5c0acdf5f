"""What the parties see of a question, folded from `gvd.handoffs` alone."""

from uuid import UUID

from contracts.events import HANDOFFS, HandoffsEvent
from services.intake.model import _seen, project
from services.intake.views import QuestionView
from services.platform.events import Emit, Reader, outgoing
from tests.unit.handoff.play import FOLLOWER, QUESTION, SOURCE, START, Play, offered, working


def view(play: Play) -> QuestionView:
    assert play.view.state is not None
    return play.view.state


def test_until_the_first_decision_the_follower_holds():
    play = Play()
    assert (view(play).status, view(play).holder, view(play).version) == ("accepted", FOLLOWER, 0)
    assert view(play).parties() == {FOLLOWER}


def test_an_offer_shows_to_whom_and_what_to_tell():
    shown = view(offered())
    assert (shown.status, shown.holder, shown.version) == ("offered", "alfa", 1)
    assert "Alfa" in shown.tell
    assert [(h.receiver, h.role, h.state) for h in shown.handoffs] == [("alfa", "lead", "requested")]


def test_a_partner_changes_neither_status_nor_what_to_tell():
    play = offered("samen")
    tell = view(play).tell
    play.receiver("accept")
    play.reply("bravo", "accept", play.partner("bravo").handoff)
    play.reply("bravo", "decline", play.partner("bravo").handoff, reason="other")
    assert (view(play).status, view(play).tell, view(play).holder) == ("working", tell, "alfa")


def test_who_declined_may_no_longer_look():
    play = offered()
    assert "alfa" in view(play).parties()
    play.receiver("decline", reason="other")
    assert view(play).parties() == {FOLLOWER}
    assert view(play).status == "deciding"


def test_who_completed_may_still_look():
    play = working()
    play.receiver("complete", outcome="helped", person_informed=True)
    assert view(play).parties() == {FOLLOWER, "alfa"}
    assert (view(play).status, view(play).outcome) == ("ended", "helped")


def test_asking_shows_the_question_and_an_offer_takes_it_away():
    play = Play("vraag").settle()
    assert (view(play).status, view(play).ask.code) == ("asking", "welke")
    play.follower("answer", ask="welke", answer="een")
    play.settle()
    assert (view(play).status, view(play).ask) == ("offered", None)


def test_an_instruction_comes_first_and_goes_with_the_danger():
    play = Play("gevaar").settle()
    assert view(play).instruction == "Bel nu 112."
    play.follower("place", organisation="alfa", reason="safe-again")
    play.settle()
    assert view(play).instruction is None


def test_the_last_refusals_and_flows_are_kept_and_no_more():
    play = offered()
    for _ in range(12):
        play.reply("echo", "accept", play.lead.handoff)
    assert len(view(play).refused) == len(view(play).flows) == 8
    assert {refused.by for refused in view(play).refused} == {"echo"}


def test_what_a_reply_set_off_is_known_by_it_also_after_the_router_chose_again():
    play = offered()
    play.receiver("decline", reason="not-competent")
    declined = view(play).flows[-1]
    play.settle()
    assert view(play).status == "offered"
    assert view(play).flows[-1] == declined
    play.receiver("accept")
    assert view(play).flows[-1] != declined


def test_what_intake_never_took_in_is_not_shown():
    data = offered().said[-1]
    event = Reader(HandoffsEvent).read(
        HANDOFFS, outgoing(SOURCE, Emit(HANDOFFS, data), UUID(int=3), 1, START, None).value
    )
    assert project(None, event.event, START) is None


def test_a_breach_changes_nothing_but_the_history():
    play = offered()
    before = view(play)
    play.wait(days=9).ring(play.clock)
    after = view(play)
    kept = {"steps": before.steps + 1, "news": after.news}
    assert after == before.model_copy(update=kept)
    assert view(play).question == QUESTION


def test_a_refused_merge_leaves_the_way_open_for_another():
    play = working()
    play.view.state = view(play).model_copy(update={"merging": "another-reply"})
    play.follower("merge", into=UUID(int=7))
    assert view(play).merging == "another-reply"
    play.view.state = view(play).model_copy(update={"merging": view(play).refused[-1].reply_id})
    play.view.state = _seen(view(play), view(play).refused[-1])
    assert view(play).merging is None


def test_a_merged_question_shows_where_it_went_on():
    play = offered()
    play.view.state = view(play).model_copy(update={"merging": "r-1"})
    play.follower("merge", into=UUID(int=7))
    assert (view(play).status, view(play).merged_into, view(play).merging) == ("merged", UUID(int=7), None)
    assert not view(play).open


def test_a_view_from_before_the_kind_was_kept_learns_it_from_the_next_offer():
    play = offered()
    play.view.state = QuestionView.model_validate(view(play).model_dump(exclude={"kind", "news"}))
    assert view(play).kind is None
    play.receiver("decline", reason="not-competent")
    play.settle()
    assert view(play).kind == "question"
