"""What the first door has to say to the person is on its list until it was said or overtaken."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from contracts.base import Contract
from contracts.notices import NoticeChannel, NoticeKind, NoticeSent, NoticeToTell, NoticeUndeliverable, Told
from services.intake.telling import fold, heard, told
from services.intake.views import QuestionView
from services.intake.work import Wanted, item, items, listed
from tests.unit.handoff.play import FOLLOWER, START

QUESTION = UUID(int=1, version=4)
WORDS = "Uw vraag is nu bij de SVB."


def view(**given: Any) -> QuestionView:
    moments = {"first_received_at": START, "accepted_at": START}
    about = {"question": QUESTION, "follower": FOLLOWER, "holder": "alfa", "reference": "D-1", "status": "offered"}
    return QuestionView(**{**about, **moments, **given})


def notice(number: int, kind: str = "forwarded", to: str = "person", how: type[Contract] = NoticeToTell) -> Any:
    more: dict[type[Contract], dict[str, Any]] = {
        NoticeToTell: {"why": "no-channel"},
        NoticeUndeliverable: {"reason": "wrong-address", "channel": NoticeChannel.EMAIL},
        NoticeSent: {"channel": NoticeChannel.EMAIL},
    }
    values = {
        "notice": UUID(int=100 + number, version=4),
        "question": QUESTION,
        "kind": NoticeKind(kind),
        "to": Told(to),
        "at": START + timedelta(hours=number),
        "follower": FOLLOWER,
        "reference": "D-1",
        "words": WORDS,
        **more[how],
    }
    return how(**{name: value for name, value in values.items() if name in how.model_fields})


def after(*notices: Any, **given: Any) -> QuestionView:
    found = view(**given)
    for one in notices:
        found = heard(found, one)
    return found


def kinds(found: QuestionView) -> list[str]:
    return [one.kind.value for one in found.telling]


@pytest.mark.parametrize(("how", "why"), [(NoticeToTell, "no-channel"), (NoticeUndeliverable, "wrong-address")])
def test_what_no_message_told_is_on_the_list_of_the_first_door_with_its_words(how, why):
    found = after(notice(1, how=how))
    [(place, row)] = [(place, row) for place, row in listed(found).items() if row[0] is Wanted.TO_TELL]
    assert place == (FOLLOWER, UUID(int=101, version=4))
    assert row[2] == START + timedelta(hours=1)
    shown = item(found, FOLLOWER, place[1], START + timedelta(days=9))
    assert shown is not None
    assert (shown.tell.words, shown.tell.why, shown.since, shown.overdue) == (WORDS, why, row[2], False)
    assert item(found, "alfa", place[1], START) is None
    assert all(one.tell is None for one in items(found, FOLLOWER, START))


def test_what_is_to_be_done_or_followed_stands_as_it_did():
    without, found = listed(view()), listed(after(notice(1)))
    assert {place: row for place, row in found.items() if row[0] is not Wanted.TO_TELL} == without


@pytest.mark.parametrize(
    ("first", "then", "left"),
    [
        ("forwarded", "accepted", ["accepted"]),
        ("no-answer", "accepted", ["accepted"]),
        ("appointment", "late", ["appointment", "late"]),
        ("late-bringing", "late-brought", ["late-brought"]),
        ("appointment", "contact-person", ["appointment", "contact-person"]),
        ("contact-person", "accepted", ["contact-person", "accepted"]),
        ("contact-person", "contact-person-changed", ["contact-person-changed"]),
    ],
)
def test_a_newer_one_overtakes_what_it_makes_old_and_nothing_else(first, then, left):
    assert kinds(after(notice(1, first), notice(2, then))) == left


def test_a_message_that_arrives_overtakes_too_and_each_of_two_people_hears_it():
    assert kinds(after(notice(1, how=NoticeUndeliverable), notice(2, "accepted", how=NoticeSent))) == []
    assert kinds(after(notice(1), notice(2, "accepted", "representative"))) == ["forwarded", "accepted"]


def test_told_is_off_the_list_and_in_the_history_once():
    found = after(notice(1), notice(2, "contact-person"))
    said = told(found, UUID(int=101, version=4), FOLLOWER, START)
    assert kinds(said) == ["contact-person"]
    assert (said.news[-1].what, said.news[-1].by, said.news[-1].reason) == ("told", FOLLOWER, "forwarded")
    assert said.steps == found.steps + 1
    assert told(said, UUID(int=101, version=4), FOLLOWER, START) is said


@pytest.mark.parametrize("status", ["ended", "merged"])
def test_what_ended_is_on_nobodys_list(status):
    assert listed(after(notice(1), status=status)) == {}


def test_a_notice_of_no_question_of_ours_changes_nothing():
    class Event:
        data = notice(1)

    event: Any = Event()
    assert fold(None, event, START) is None
    change = fold(view(), event, START)
    assert change is not None
    assert kinds(change.state) == ["forwarded"]
