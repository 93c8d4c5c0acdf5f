"""What differs is found and said: a check that finds nothing would make every case pass."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.demo.checks import always, differences, look
from services.demo.player import Heard
from services.demo.script import FOLLOWER, Expected

ASKED = {"first_received_at": "2026-01-02T10:00:00+01:00"}


def heard(kind: str, **data: Any) -> Heard:
    return Heard(kind, data, "s", repr(data).encode())


def offer(**changed: Any) -> Heard:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    data = {
        "first_received_at": "2026-01-02T09:00:00Z",
        "tell": "De AOW regelt de SVB.",
        "receiver_contact": {"phone": "088 949 40 00"},
        "accept_by": later,
    }
    return heard("handoff.requested", **{**data, **changed})


def wrong(says: dict[str, Any], event: Heard) -> list[str]:
    return differences(Expected("handoff.requested", ("svb",), says), event, "svb", "uwv")


def test_another_event_differs() -> None:
    assert len(wrong({}, heard("question.ended", outcome="helped"))) == 1


@pytest.mark.parametrize(
    ("says", "differs"),
    [
        ({"receiver": "svb"}, False),
        ({"receiver": "uwv"}, True),
        ({"holder": FOLLOWER}, False),
        ({"receiver": FOLLOWER}, True),
        ({"tell~": "blijven"}, False),
        ({"tell~": "112"}, True),
        ({"pointers.*.organisation": ["mfo", "ido"]}, False),
        ({"pointers.*.organisation": ["ido"]}, True),
        ({"ask.code": None}, False),
        ({"absent": "iets"}, True),
        ({"receiver": "uwv", "holder": "svb"}, True),
    ],
)
def test_each_word_of_an_event_is_compared(says: dict[str, Any], differs: bool) -> None:  # noqa: FBT001
    event = heard(
        "handoff.requested",
        receiver="svb",
        holder="uwv",
        tell="Wij blijven volgen",
        pointers=[{"organisation": "mfo"}, {"organisation": "ido"}],
    )
    assert bool(wrong(says, event)) is differs


def test_every_difference_is_named() -> None:
    assert (
        len(wrong({"receiver": "uwv", "holder": "svb"}, heard("handoff.requested", receiver="svb", holder="uwv"))) == 2
    )


def test_a_good_offer_has_nothing_against_it() -> None:
    assert list(always(offer(), ASKED, ["geheim"])) == []


@pytest.mark.parametrize(
    "changed",
    [
        {"first_received_at": "2026-01-03T09:00:00Z"},
        {"tell": ""},
        {"receiver_contact": {"website": "https://svb.example"}},
        {"accept_by": "2026-01-01T00:00:00Z"},
        {"note": "hier staat een geheim woord"},
    ],
)
def test_what_must_always_hold_is_looked_at_in_every_event(changed: dict[str, Any]) -> None:
    assert len(list(always(offer(**changed), ASKED, ["geheim"]))) == 1


def test_a_path_may_lead_nowhere() -> None:
    assert look({"a": {"b": [{"c": 1}]}}, "a.b.*.c") == [1]
    assert look({"a": 1}, "a.b.c") is None
    assert look({"a": 1}, "a.*.c") is None
    assert look([], "a") is None
