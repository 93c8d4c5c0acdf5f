"""One question as the notices service hears of it, event by event, with the real bytes between."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.base import Contract
from contracts.events import HANDOFFS, QUESTIONS, HandoffsEvent, QuestionAcceptedEvent
from contracts.following import (
    ContactPersonNamed,
    QuestionAsking,
    QuestionEnded,
    QuestionHandedOver,
    QuestionMerged,
    QuestionReopened,
    QuestionReturned,
    QuestionTriaged,
)
from contracts.handoffs import ClockBreached, ClockReminded, HandoffChanged, HandoffRequested
from contracts.notices import NoticeToTell
from contracts.questions import QuestionAccepted
from services.notices.fold import Telling
from services.notices.model import Followed, Notice
from services.notices.words import load
from services.platform.events import Emit, Reader, outgoing

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000099000000001000:systeem:test"
QUESTION, LEAD, OTHER, PARTNER = (UUID(int=n, version=4) for n in range(1, 5))
TEXT = UUID(int=77, version=4)
TEXTS_AT = "http://127.0.0.1/v1/personal-texts/"
FACTS = {"channel": "phone", "topic": "aow", "kind": "question"}
ROUTE = {"phone": "088 000 00 00"}
TEXTS = load()
READERS = {QUESTIONS: Reader(QuestionAcceptedEvent), HANDOFFS: Reader(HandoffsEvent)}


class Few:
    """Names by rule."""

    def name(self, organisation: str) -> str:
        return organisation.upper()

    def route(self, organisation: str) -> str:
        return f"Bel {organisation}"


class Story:
    """`channel` None: the person agreed to none."""

    def __init__(self, channel: str | None = "email", *, text: bool = True, begin: bool = True, **given: Any) -> None:
        self.state: Followed | None = None
        self.tasks: list[NoticeToTell] = []
        self.now = START
        self._telling = Telling(Few(), TEXTS, TEXTS_AT)
        self._numbers = {QUESTIONS: 0, HANDOFFS: 0}
        kind = given.pop("kind", "question")
        self.accepted = QuestionAccepted.model_validate(
            {
                "question": QUESTION,
                "follower": "delta",
                "reference": "D-1",
                "first_received_at": START - timedelta(days=3),
                "accepted_at": START,
                "submitter": "citizen",
                "facts": {**FACTS, "kind": kind},
                **({"dataref": f"{TEXTS_AT}{TEXT}"} if text else {}),
                **({"notify": {"channel": channel}} if channel else {}),
                **given,
            }
        )
        if begin:
            self.begin()

    def begin(self) -> list[Notice]:
        return self.tell(self.accepted, QUESTIONS)

    def tell(self, data: Contract, topic: str = HANDOFFS, number: int | None = None) -> list[Notice]:
        """The notices this event gives."""
        self._numbers[topic] += 1
        sent = outgoing(SOURCE, Emit(topic, data), QUESTION, number or self._numbers[topic], self.now, None)
        change = self._telling.fold(self.state, READERS[topic].read(topic, sent.value).event, self.now)
        assert change is not None
        before = len(self.state.told) if self.state else 0
        self.state = change.state
        self.tasks += [emit.data for emit in change.emits if isinstance(emit.data, NoticeToTell)]
        return list(self.state.told[before:])

    def offer(self, receiver: str = "svb", handoff: UUID = LEAD, role: str = "lead", **given: Any) -> list[Notice]:
        kind = self.accepted.facts.kind
        return self.tell(
            HandoffRequested.model_validate(
                {
                    **_ABOUT,
                    "handoff": handoff,
                    "version": 1,
                    "role": role,
                    "receiver": receiver,
                    "receiver_name": receiver.upper(),
                    "receiver_contact": ROUTE,
                    "connected": True,
                    "holder": receiver,
                    "first_received_at": START,
                    "facts": {**FACTS, "kind": kind},
                    "tell": "Zij bellen u.",
                    "rule": "aow",
                    "table_version": "2026.03.01-3f9a1c0be7d2",
                    "accept_by": START + timedelta(days=2),
                    **given,
                }
            )
        )

    def change(self, state: str, previous: str = "requested", handoff: UUID = LEAD, **given: Any) -> list[Notice]:
        return self.tell(
            HandoffChanged.model_validate(
                {
                    **{name: value for name, value in _ABOUT.items() if name != "reference"},
                    "handoff": handoff,
                    "version": 2,
                    "role": "lead",
                    "receiver": "svb",
                    "holder": "svb",
                    "state": state,
                    "previous": previous,
                    "by": "svb",
                    "at": self.now,
                    **given,
                }
            )
        )

    def say(self, contract: type[Contract], **given: Any) -> list[Notice]:
        about = {name: value for name, value in _ABOUT.items() if name in contract.model_fields}
        return self.tell(contract.model_validate({**about, **_MORE[contract], **given}))


_ABOUT = {"question": QUESTION, "question_version": 2, "follower": "delta", "holder": "svb", "reference": "D-1"}
_CLOCK = {"stage": "acceptance", "due_at": START, "handoff": LEAD}
_MORE: dict[type[Contract], dict[str, Any]] = {
    QuestionTriaged: {
        "holder": "triage",
        "desk_contact": ROUTE,
        "first_received_at": START,
        "facts": FACTS,
        "reason": "Onbekend.",
        "tell": "Wij zoeken het uit.",
        "decide_by": START,
    },
    QuestionAsking: {
        "ask": {
            "code": "land",
            "text": "Woont u hier?",
            "answers": [{"code": "ja", "text": "Ja"}, {"code": "nee", "text": "Nee"}],
        },
        "tell": "Nog een ding.",
        "answer_by": START,
    },
    QuestionReturned: {"reason": "Buren.", "tell": "Vraag het de buurtrechter.", "tell_by": START},
    QuestionEnded: {"kind": "question", "outcome": "helped", "by": "svb", "at": START, "hops": 0},
    QuestionReopened: {"first_received_at": START, "reason": "not-helped", "by": "delta", "at": START},
    QuestionMerged: {"into": OTHER, "by": "delta", "at": START},
    QuestionHandedOver: {"previous": "delta", "follower": "echo", "reason": "organisation-ended", "at": START},
    ContactPersonNamed: {
        "person": {"organisation": "svb", "reference": "ADVISEUR-17", "reachable_at": ROUTE, "since": START},
        "by": "svb",
        "at": START,
    },
    ClockBreached: _CLOCK,
    ClockReminded: {**_CLOCK, "started_at": START, "step": "reminder"},
}
