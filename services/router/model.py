"""What the router remembers of one question, and how it answers; pure."""

from collections.abc import Iterable, Mapping
from datetime import datetime

import routing
from contracts.base import Code, Contract, OrganisationId
from contracts.decisions import (
    Decision,
    DecisionMade,
    DecisionReason,
    DecisionRequested,
    Refusal,
    TableVersion,
)
from contracts.events import DECISIONS, DecisionRequestedEvent, QuestionAcceptedEvent
from contracts.questions import Facts, QuestionAccepted
from contracts.replies import FailReason
from services.platform.batch import Change
from services.platform.events import Emit


class RoutedQuestion(Contract):
    """The question as accepted, with the answers that came later, and how often it was decided on."""

    question: QuestionAccepted
    decisions: int = 0
    hops: int = 0
    declined: tuple[OrganisationId, ...] = ()
    rule: Code | None = None
    table_version: TableVersion | None = None


class Router:
    """Folds over the version of the routing table that is in force."""

    def __init__(self, table: routing.Table) -> None:
        self.use(table)

    def use(self, table: routing.Table) -> None:
        """From the next batch on. A batch never sees two versions: this is called before it folds."""
        self.table = table
        self._norms = {code: table.norm(code) for code in table.norms}

    def fold(
        self,
        state: RoutedQuestion | None,
        event: QuestionAcceptedEvent | DecisionRequestedEvent,
        now: datetime,
    ) -> Change[RoutedQuestion] | None:
        if isinstance(event, QuestionAcceptedEvent):
            return self._first(event.data, now)
        # The handoff service only asks about what this service decided before: the state is there.
        return self._again(state, event.data, now) if state else None

    def _first(self, question: QuestionAccepted, now: datetime) -> Change[RoutedQuestion]:
        state = RoutedQuestion(question=question, decisions=1)
        return self._answer(state, DecisionReason.ACCEPTED, self._decide(state, now))

    def _again(self, state: RoutedQuestion, request: DecisionRequested, now: datetime) -> Change[RoutedQuestion]:
        follower = request.follower or state.question.follower
        refusal = _taught(state, request)
        state = state.model_copy(
            update={
                "question": state.question.model_copy(update={"follower": follower}),
                "decisions": state.decisions + 1,
                "hops": request.hops,
                "declined": request.declined,
            }
        )
        state = _with(state, self._facts(state, request, now))
        decision = self._place(state, request, now) if request.organisation else self._decide(state, now)
        return self._answer(state, request.why, decision, refusal, request.task)

    def _facts(self, state: RoutedQuestion, request: DecisionRequested, now: datetime) -> Facts:
        """What is known now. Corrected facts replace those before; of earlier answers what is still asked stays."""
        before = state.question.facts
        if request.facts is None:
            return _answered(before, request.answers)
        facts = _answered(request.facts, request.answers)
        state = state.model_copy(update={"hops": 0, "declined": ()})  # who has it does not change what is asked
        for _ in before.answers:
            ask = self._decide(_with(state, facts), now).ask
            said = before.answers.get(ask.code) if ask is not None else None
            if ask is None or said is None or not routing.fits(ask, said):
                break
            facts = _answered(facts, {ask.code: said})
        return facts

    def _decide(self, state: RoutedQuestion, now: datetime) -> Decision:
        question = state.question
        return decided_on(self.table, question.facts, question.follower, state.declined, state.hops, now)

    def _place(self, state: RoutedQuestion, request: DecisionRequested, now: datetime) -> Decision:
        """A human's choice. What the desk or a lead chose and the table no longer has goes back to people."""
        try:
            return routing.place(
                self.table,
                str(request.organisation),
                facts=state.question.facts,
                by=str(request.by),
                because=request.because or request.why.value,
                today=routing.day_of(now),
                candidates=request.candidates,
            )
        except routing.UnknownOrganisation:
            hops = self.table.settings.hop_limit if request.why in routing.BY_PEOPLE else state.hops
            return self._decide(state.model_copy(update={"hops": hops}), now)

    def _answer(
        self,
        state: RoutedQuestion,
        why: DecisionReason,
        decision: Decision,
        refusal: Refusal | None = None,
        task: Code | None = None,
    ) -> Change[RoutedQuestion]:
        question = state.question
        if why is not DecisionReason.INVOLVED:  # who joins is not who has it: a later refusal is about the lead's rule
            state = state.model_copy(update={"rule": decision.rule, "table_version": decision.table_version})
        made = DecisionMade(
            question=question.question,
            number=state.decisions,
            why=why,
            follower=question.follower,
            reference=question.reference,
            first_received_at=question.first_received_at,
            dataref=question.dataref,
            facts=question.facts,
            hops=state.hops,
            declined=state.declined,
            refusal=refusal,
            task=task,
            decision=decision,
            norm=self._norms[decision.norm_class],
        )
        return Change(state, (Emit(DECISIONS, made),))


def decided_on(
    table: routing.Table, facts: Facts, follower: str, declined: Iterable[str], hops: int, at: datetime
) -> Decision:
    """What the table says, on the Dutch day of that moment."""
    today = routing.day_of(at)
    return routing.decide(table, facts, source=follower, declined=frozenset(declined), hops=hops, today=today)


def _with(state: RoutedQuestion, facts: Facts) -> RoutedQuestion:
    return state.model_copy(update={"question": state.question.model_copy(update={"facts": facts})})


def _answered(facts: Facts, answers: Mapping[str, str]) -> Facts:
    return facts.model_copy(update={"answers": {**facts.answers, **answers}}) if answers else facts


def _taught(state: RoutedQuestion, request: DecisionRequested) -> Refusal | None:
    """A refusal with the rule it is about: the one that made the decision before.

    Only who says not to be the right one teaches, also when that shows late (T17). Silence, a lost race or a person
    who is not found says nothing of the table.
    """
    refusal = request.refusal
    if refusal is None:
        return None
    late = request.why is DecisionReason.FAILED and refusal.reason == FailReason.NOT_COMPETENT_AFTER_ALL
    if request.why is not DecisionReason.DECLINED and not late:
        return refusal.model_copy(update={"rule": None, "table_version": None})
    return refusal.model_copy(update={"rule": state.rule, "table_version": state.table_version})
