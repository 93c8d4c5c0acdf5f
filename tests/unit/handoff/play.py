"""One question through the pure folds of router, handoff and intake, with the real bytes between them."""

from collections import deque
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import routing
from contracts.base import Contract
from contracts.events import (
    DECISION_REQUESTS,
    DECISIONS,
    HANDOFFS,
    QUESTIONS,
    REPLIES,
    DecisionRequestedEvent,
    HandoffsEvent,
    QuestionAcceptedEvent,
)
from contracts.handoffs import ReplyRefused
from contracts.questions import Facts, QuestionAccepted
from contracts.replies import ReplyAccepted
from services.handoff import handlers
from services.handoff.model import Clock, Handoff, QuestionState
from services.intake.model import project
from services.intake.views import QuestionView, first_view
from services.platform.batch import Change
from services.platform.events import Emit, Outgoing, Reader
from services.platform.keyed import Row
from services.router.model import RoutedQuestion, Router
from tests.simulation.table import small_table

START = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
SOURCE = "urn:nld:oin:00000099000000001000:systeem:test"
QUESTION = UUID("01900000-0000-7000-8000-000000000001")
FOLLOWER = "delta"
_READERS = {
    QUESTIONS: Reader(QuestionAcceptedEvent),
    DECISION_REQUESTS: Reader(DecisionRequestedEvent),
    HANDOFFS: Reader(HandoffsEvent),
    **{topic: Reader(events) for topic, events in handlers.WANTED.items()},
}


class Play:
    """Decisions travel only when `settle` or `deliver` is called, so that replies can overtake them."""

    def __init__(
        self, topic: str | None = "recht", *, table: routing.Table | None = None, follower: str = FOLLOWER, **facts: Any
    ) -> None:
        self.now = START
        self.table = table or small_table()
        self.router = Row[RoutedQuestion](QUESTION)
        self.handoff = Row[QuestionState](QUESTION)
        accepted = _accepted(follower, Facts(topic=topic, channel="phone", **facts))
        self.view = Row[QuestionView](QUESTION, state=first_view(accepted))
        self.waiting: deque[Outgoing] = deque()
        self.said: list[Contract] = []
        self._sent = Row[Contract](QUESTION)
        self._router = Router(self.table)
        self.life = handlers.Life(self.table)
        self.waiting.append(self._send(QUESTIONS, accepted))

    @property
    def state(self) -> QuestionState:
        assert self.handoff.state is not None
        return self.handoff.state

    @property
    def lead(self) -> Handoff:
        assert self.state.lead is not None
        return self.state.lead

    @property
    def clock(self) -> Clock:
        """The clock of the question's own stage."""
        partners = {h.handoff for h in self.state.handoffs if h.open and h.role == "partner"}
        (clock,) = [clock for clock in self.state.clocks if clock.subject not in partners]
        return clock

    def partner(self, organisation: str) -> Handoff:
        (found,) = [h for h in self.state.handoffs if h.open and h.role == "partner" and h.receiver == organisation]
        return found

    def settle(self) -> "Play":
        while self.waiting:
            self.deliver()
        return self

    def deliver(self) -> list[Contract]:
        """The oldest message under way between router and handoff arrives."""
        return self._take(self.waiting.popleft())

    def reply(
        self, by: str, action: str, handoff: UUID | None = None, version: int | None = None, **fields: Any
    ) -> list[Contract]:
        """What `gvd.handoffs` says of a reply with, unless another is given, the version that fits."""
        known = self.handoff.state
        found = known.find(handoff) if known else None
        seen = version or (found.version if found else known.version if known else 1)
        given = {"question": QUESTION, "handoff": handoff, "version": seen, "by": by, "received_at": self.now}
        reply = ReplyAccepted.model_validate({**given, "reply": {"action": action, **fields}})
        return self._take(self._send(REPLIES, reply))

    def receiver(self, action: str, by: str | None = None, **fields: Any) -> list[Contract]:
        """The lead's receiver replies."""
        return self.reply(by or self.lead.receiver, action, self.lead.handoff, **fields)

    def follower(self, action: str, **fields: Any) -> list[Contract]:
        """The first door replies about the question as a whole."""
        return self.reply(self.state.follower, action, **fields)

    def use(self, table: routing.Table) -> None:
        """Router and hand-off go on under another version of the table."""
        self.table = table
        self._router.use(table)
        self.life.use(table)

    def wait(self, **duration: float) -> "Play":
        self.now += timedelta(**duration)
        return self

    def ring(self, clock: Clock) -> list[Contract]:
        return self._change(self.handoff, self.life.rang(self.state, clock.subject, clock.stage.value, self.now), None)

    def _send(self, topic: str, data: Contract) -> Outgoing:
        self._sent.says.clear()
        self._sent.change(None, [Emit(topic, data)], SOURCE, self.now, None)
        return self._sent.says[0]

    def _take(self, sent: Outgoing) -> list[Contract]:
        event = _READERS[sent.topic].read(sent.topic, sent.value).event
        row: Row[Any] = self.handoff if sent.topic in (DECISIONS, REPLIES) else self.router
        fold: Callable[..., Any] = self.life.fold if row is self.handoff else self._router.fold
        return self._change(row, fold(row.state, event, self.now), event)

    def _change(self, row: Row[Any], change: Change[Any] | None, cause: Any) -> list[Contract]:
        if change is None:
            return []
        row.says.clear()
        row.change(change.state, change.emits, SOURCE, self.now, cause)
        heard = []
        for sent in row.says:
            if sent.topic == HANDOFFS:
                heard.append(self._show(sent))
            else:
                self.waiting.append(sent)
        self.said += heard
        return heard

    def _show(self, sent: Outgoing) -> Contract:
        event = _READERS[HANDOFFS].read(HANDOFFS, sent.value).event
        change = project(self.view.state, event, self.now)
        assert change is not None
        self.view.state = change.state
        data: Contract = event.data
        return data


def refusal(heard: list[Contract]) -> str:
    """The reason of the one refusal that was heard."""
    (refused,) = heard
    assert isinstance(refused, ReplyRefused)
    return refused.reason


def offered(topic: str = "recht", **facts: Any) -> Play:
    return Play(topic, **facts).settle()


def working(topic: str = "recht", **facts: Any) -> Play:
    play = offered(topic, **facts)
    play.receiver("accept")
    play.receiver("start", contact="made")
    return play


def _accepted(follower: str, facts: Facts) -> QuestionAccepted:
    return QuestionAccepted(
        question=QUESTION,
        follower=follower,
        reference="D-1",
        first_received_at=START - timedelta(days=3),
        accepted_at=START,
        submitter="citizen",
        facts=facts,
    )
