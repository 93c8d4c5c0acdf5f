"""Who hears what: total over everything on the inner topics, and only who is connected."""

from types import SimpleNamespace
from typing import Any

import pytest

from contracts.base import Contract
from contracts.events import HANDOFFS, QUARANTINE, HandoffsEvent, InputQuarantinedEvent
from contracts.following import ContactPersonNamed
from contracts.handoffs import ReplyRefused
from contracts.quarantine import Fault, InputQuarantined
from services.delivery.model import Delivered, fold_for, out_topic, recipients
from services.platform.batch import Change
from services.platform.events import Emit, Reader, outgoing
from tests.unit.handoff.play import FOLLOWER, QUESTION, SOURCE, START, Play, offered

EVERYBODY = {"alfa", "bravo", "charlie", "delta", "echo", "foxtrot", "triage"}


def told(data: Contract, topic: str = HANDOFFS, connected: set[str] = EVERYBODY) -> Change[Delivered] | None:
    reader = Reader(HandoffsEvent if topic == HANDOFFS else InputQuarantinedEvent)
    event = reader.read(topic, outgoing(SOURCE, Emit(topic, data), QUESTION, 1, START, None).value).event
    return fold_for(connected.__contains__)(None, event, START)


def to(data: Any, **given: Any) -> list[str]:
    change = told(data, **given)
    return [] if change is None else [emit.topic.removeprefix("gvd.out.") for emit in change.emits]


def refused() -> ReplyRefused:
    play = offered()
    (heard,) = play.reply("echo", "accept", play.lead.handoff)
    assert isinstance(heard, ReplyRefused)
    return heard


def quarantined(agency: str | None) -> InputQuarantined:
    return InputQuarantined(
        quarantine=QUESTION,
        topic="gvd.in.alfa",
        partition=0,
        offset=1,
        agency=agency,
        received_at=START,
        faults=(Fault(code="missing", where="/id", message="is required"),),
    )


def test_an_offer_goes_to_receiver_and_follower():
    assert to(offered().said[-1]) == ["alfa", FOLLOWER]


def test_a_change_goes_to_receiver_and_follower():
    assert to(offered().receiver("accept")[0]) == ["alfa", FOLLOWER]


def test_triage_and_a_breach_go_to_holder_and_follower():
    play = Play(None).settle()
    assert to(play.said[-1]) == ["triage", FOLLOWER]
    assert to(play.wait(days=9).ring(play.clock)[0]) == ["triage", FOLLOWER]


def test_one_more_question_and_the_end_go_to_the_follower():
    play = Play("vraag").settle()
    assert to(play.said[-1]) == [FOLLOWER]
    assert to(play.follower("end", outcome="helped-at-first-door")[0]) == [FOLLOWER]


def test_a_fixed_contact_person_is_told_that_they_are_one_and_that_they_no_longer_are():
    play = offered().settle()
    person = {"reference": "ROL-1", "reachable_at": {"phone": "088 000 00 00"}, "since": START}
    first = {**person, "organisation": "bravo"}
    (named,) = play.reply(FOLLOWER, "name-contact-person", person=first)
    assert set(to(named)) == {"bravo", "alfa", FOLLOWER}
    other = {**person, "organisation": "charlie"}
    (named,) = play.reply(FOLLOWER, "name-contact-person", person=other, reason="moved", note="N-1")
    assert to(named) == ["charlie", "bravo", named.holder, FOLLOWER]


def test_a_refusal_goes_to_who_replied():
    assert to(refused()) == ["echo"]


def test_refused_input_goes_back_to_its_agency_if_that_is_known():
    assert to(quarantined("alfa"), topic=QUARANTINE) == ["alfa"]
    assert to(quarantined(None), topic=QUARANTINE) == []


def test_who_is_both_hears_it_once():
    assert to(offered("recht").said[-1].model_copy(update={"receiver": FOLLOWER})) == [FOLLOWER]


def test_who_is_not_connected_has_no_topic_and_the_follower_still_hears():
    offer = offered("telefoon").said[-1]
    assert offer.receiver == "foxtrot"
    assert to(offer, connected=EVERYBODY - {"foxtrot"}) == [FOLLOWER]
    assert told(offer, connected=set()) is None


def test_what_is_told_is_what_was_said():
    offer = offered().said[-1]
    change = told(offer)
    assert [emit.data for emit in change.emits] == [offer, offer]
    assert change.state == Delivered(question=QUESTION)


@pytest.mark.parametrize("kind", HandoffsEvent.__origin__.__args__, ids=lambda kind: kind.__name__)
def test_everything_the_handoff_service_says_has_somebody_to_hear_it(kind):
    """A new event type that nobody is told of would be silent: the match ends in 'nobody'."""
    data_type = kind.model_fields["data"].annotation
    attributes = ("receiver", "follower", "holder", "by", "previous")
    named: dict[str, Any] = {name: "alfa" for name in attributes if name in data_type.model_fields}
    if data_type is ContactPersonNamed:
        named |= {"person": SimpleNamespace(organisation="alfa"), "previous": None}
    assert recipients(data_type.model_construct(**named)) == ["alfa"]


def test_out_topic_names_the_agency():
    assert out_topic("svb") == "gvd.out.svb"
