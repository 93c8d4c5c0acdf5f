"""Router and hand-off life together under any order of right and wrong replies, late decisions and ringing clocks."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import routing
from contracts.events import DECISION_REQUESTS
from contracts.following import QuestionAsking, QuestionEnded, QuestionReturned, QuestionTriaged
from contracts.handoffs import HandoffChanged, HandoffRequested, ReplyRefused
from services.handoff.model import QuestionState, Stage, Status
from tests.simulation.table import CONNECTED, TOPICS, TRIAGE, UNCONNECTED, small_table
from tests.unit.handoff.play import QUESTION, START, Play

OUTCOMES = {"helped", "helped-at-first-door", "withdrawn-by-citizen"}
HANDOFF_REPLIES: dict[str, dict[str, Any]] = {
    "receive": {},
    "accept": {},
    "start": {"contact": "made"},
    "decline": {"reason": "other"},
    "complete": {"outcome": "helped", "person_informed": True},
    "withdraw": {"reason": "sent-in-error"},
    "hold": {"reason": "waiting-for-information"},
    "resume": {},
    "fail": {"reason": "impossible"},
    "request-cancellation": {"reason": "solved-otherwise"},
    "confirm-cancellation": {},
    "refuse-cancellation": {"reason": "would-harm"},
    "involve": {"reason": "needed"},
}
QUESTION_STAGES = {Stage.DECISION, Stage.TRIAGE, Stage.ANSWER, Stage.RETURN}
CONTACT = {"organisation": "alfa", "reference": "ROL-1", "reachable_at": {"phone": "14 000"}, "since": START}
QUESTION_REPLIES: dict[str, dict[str, Any]] = {
    "reopen": {"reason": "not-helped"},
    "repeat": {"channel": "desk"},
    "return": {"reason": "private-matter"},
    "name-contact-person": {"person": CONTACT, "reason": "other-team", "note": "NOTE-1"},
}
OVER = (Status.ENDED, Status.MERGED)
EVERYBODY = (*CONNECTED, *UNCONNECTED, TRIAGE)


class Lifecycle(RuleBasedStateMachine):
    """The agencies: each does the right or the wrong thing, with the version it sees or another."""

    table: routing.Table
    topics: tuple[str, ...]
    places: tuple[str, ...]

    @initialize(data=st.data())
    def ask(self, data: st.DataObject) -> None:
        topic = data.draw(st.sampled_from((*self.topics, None)))
        follower = data.draw(st.sampled_from(self.places))
        kind = data.draw(st.sampled_from(["question", "wrong-data"]))
        self.play = Play(topic, table=self.table, follower=follower, kind=kind)
        self.follower = follower
        self.before: QuestionState | None = None
        self.version = 0
        self.handoff_versions: dict[UUID, int] = {}
        self.silent = False

    @precondition(lambda self: self.play.waiting)
    @rule()
    def a_message_arrives(self) -> None:
        version = self.version
        self._heard(self.play.deliver())
        assert self.play.handoff.state is None or self.play.state.version - version in (0, 1)

    @rule(data=st.data(), action=st.sampled_from(sorted(HANDOFF_REPLIES)))
    def somebody_replies_about_a_hand_off(self, data: st.DataObject, action: str) -> None:
        handoffs = self.play.handoff.state.handoffs if self.play.handoff.state else ()
        handoff = data.draw(st.sampled_from([*(h.handoff for h in handoffs), UUID(int=7)]))
        fields = dict(HANDOFF_REPLIES[action])
        if action == "involve":
            fields["organisation"] = data.draw(st.sampled_from(self.places))
        if action == "complete":
            fields |= data.draw(st.sampled_from([{}, {"datum_corrected": True, "consequences_repaired": True}]))
        self._reply(data, action, handoff, fields)

    @precondition(lambda self: self.play.handoff.state and self.play.state.lead)
    @rule(data=st.data(), action=st.sampled_from(sorted(HANDOFF_REPLIES.keys() - {"involve", "withdraw"})))
    def the_receiver_does_what_it_should(self, data: st.DataObject, action: str) -> None:
        lead = self.play.lead
        by = lead.receiver if lead.connected else self.follower
        self._checked(by, action, lead.handoff, None, HANDOFF_REPLIES[action])

    @rule(data=st.data(), action=st.sampled_from(["end", "answer", "place", "correct", "merge", *QUESTION_REPLIES]))
    def somebody_replies_about_the_question(self, data: st.DataObject, action: str) -> None:
        if action in QUESTION_REPLIES:
            fields = QUESTION_REPLIES[action]
        elif action == "correct":
            fields = {"facts": {"topic": data.draw(st.sampled_from(self.topics)), "channel": "phone"}}
        elif action == "merge":
            fields = {"into": str(UUID(int=data.draw(st.sampled_from([7, QUESTION.int]))))}
        elif action == "end":
            fields = {"outcome": data.draw(st.sampled_from(["helped-at-first-door", "withdrawn-by-citizen"]))}
        elif action == "answer":
            asked = self.play.handoff.state and self.play.state.ask
            answers = [a.code for a in asked.answers] if asked else []
            fields = {"ask": asked.code if asked else "welke", "answer": data.draw(st.sampled_from([*answers, "geen"]))}
        else:
            fields = {"organisation": data.draw(st.sampled_from([*self.places, "opgeheven"])), "reason": "knows-best"}
        self._reply(data, action, None, fields)

    @precondition(lambda self: self.play.handoff.state)
    @rule(data=st.data(), hours=st.integers(0, 200))
    def time_passes_and_clocks_ring(self, data: st.DataObject, hours: int) -> None:
        self.play.wait(hours=hours)
        for clock in self.play.state.clocks:
            due = clock.next_at is not None and clock.next_at <= self.play.now
            heard = self.play.ring(clock)
            assert bool(heard) == due
            self._heard(heard)

    def _reply(self, data: st.DataObject, action: str, handoff: UUID | None, fields: dict[str, Any]) -> None:
        state = self.play.handoff.state
        involved = {self.follower, *(h.receiver for h in state.handoffs), state.holder} if state else {self.follower}
        by = data.draw(st.sampled_from([*sorted(involved), *self.places[:2], TRIAGE]))
        version = data.draw(st.sampled_from([None, None, None, 1, 2, 3, 99]))
        self._checked(by, action, handoff, version, fields)

    def _checked(self, by: str, action: str, handoff: UUID | None, version: int | None, fields: dict[str, Any]) -> None:
        """Every reply changes something, asks the router something, or is refused; never two of these."""
        before, waiting = self.play.handoff.state, len(self.play.waiting)
        heard = self.play.reply(by, action, handoff, version, **fields)
        refused = [one for one in heard if isinstance(one, ReplyRefused)]
        asked = self.play.waiting and len(self.play.waiting) > waiting
        if refused:
            assert len(heard) == 1
            assert not asked
            assert self.play.handoff.state == before
        else:
            assert heard or asked
            assert before is not None
            assert before.status not in OVER or action in ("reopen", "name-contact-person")
        self.silent = self.silent and (bool(refused) or action in ("repeat", "name-contact-person"))
        if asked and action in ("answer", "place", "correct"):
            self.silent = True  # nothing, or not all, is said until the router chose
        self._heard(heard)

    def _heard(self, heard: list[Any]) -> None:
        for one in heard:
            if isinstance(one, HandoffRequested | QuestionTriaged | QuestionAsking | QuestionReturned | QuestionEnded):
                self.silent = False
            if isinstance(one, HandoffRequested) and one.rule != "geplaatst-door-mens":
                assert one.receiver not in self._declined(), "who declined is not offered it again by itself"

    def _declined(self) -> set[str]:
        """Independent of the state: who said no, read from what was said."""
        changes = [one for one in self.play.said if isinstance(one, HandoffChanged)]
        return {one.receiver for one in changes if one.state == "declined"}

    @invariant()
    def the_question_has_one_follower_one_holder_and_its_clocks(self) -> None:
        state = self.play.handoff.state
        if state is None:
            return
        assert state.follower == self.follower
        assert state.holder
        assert sum(h.role == "lead" and h.open for h in state.handoffs) <= 1
        assert all(clock.next_at for clock in state.clocks), "a clock that never rings again leaves the person there"
        partners = {h.handoff for h in state.handoffs if h.role == "partner" and h.open}
        subjects = [clock.subject for clock in state.clocks]
        if state.status in OVER:
            assert not subjects
            assert not any(h.open for h in state.handoffs)
            return
        assert sorted(s for s in subjects if s in partners) == sorted(partners)
        (own,) = [clock for clock in state.clocks if clock.subject not in partners]
        on_lead = state.status in (Status.OFFERED, Status.WORKING)
        assert own.subject == (self.play.lead.handoff if on_lead else state.question)
        assert (own.stage in QUESTION_STAGES) == (not on_lead)

    @invariant()
    def it_ends_in_one_of_three_ways_for_good(self) -> None:
        state, before = self.play.handoff.state, self.before
        if before is not None and state is not None and before.status in OVER and state.status in OVER:
            assert state.outcome == before.outcome
            assert state.handoffs == before.handoffs
        if before is not None and state is not None:
            kept = {h.handoff: h.state for h in state.handoffs}
            assert all(kept[h.handoff] is h.state for h in before.handoffs if not h.open), "terminal is final"
        if state is not None:
            assert (state.status is Status.ENDED) == (state.outcome is not None)
            assert state.outcome is None or state.outcome.value in OUTCOMES
        self.before = state

    @invariant()
    def versions_only_go_up(self) -> None:
        state = self.play.handoff.state
        if state is None:
            return
        assert state.version >= self.version
        self.version = state.version
        for handoff in state.handoffs:
            known = self.handoff_versions.get(handoff.handoff, 0)
            assert handoff.version >= known
            assert handoff.open or handoff.version > 1
            self.handoff_versions[handoff.handoff] = handoff.version

    @invariant()
    def what_was_said_tells_the_same_story(self) -> None:
        """Who folds `gvd.handoffs` sees the question as the hand-off service does."""
        state, view = self.play.handoff.state, self.play.view.state
        if state is None or self.silent:
            return
        assert (view.status, view.holder, view.version) == (state.status.value, state.holder, state.version)
        assert (view.outcome, view.follower) == (state.outcome, state.follower)
        seen = [(h.handoff, h.state, h.version, h.receiver, h.receiver_reference) for h in view.handoffs]
        assert seen == [(h.handoff, h.state, h.version, h.receiver, h.receiver_reference) for h in state.handoffs]

    def teardown(self) -> None:
        """Whatever happened, the person can still be helped: the follower can end it."""
        if not hasattr(self, "play"):
            return
        self.play.settle()
        if self.play.state.status not in OVER:
            self.play.wait(seconds=1).follower("end", outcome="helped-at-first-door")
        assert self.play.state.status in OVER
        assert not any(request.topic == DECISION_REQUESTS for request in self.play.waiting)
        assert self.play.now - self.play.state.first_received_at >= timedelta(days=3)


class SmallTable(Lifecycle):
    table = small_table()
    topics = TOPICS
    places = (*CONNECTED, *UNCONNECTED)


class PackagedTable(Lifecycle):
    table = routing.load()
    topics = tuple(sorted(table.topics))
    places = tuple(sorted(table.organisations))[::7]


TestSmallTable = SmallTable.TestCase
TestPackagedTable = PackagedTable.TestCase
TestSmallTable.settings = settings(
    max_examples=100, stateful_step_count=30, deadline=None, suppress_health_check=list(HealthCheck)
)
TestPackagedTable.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
