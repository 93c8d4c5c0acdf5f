"""Events in: which function of the pure domain takes which event."""

from datetime import datetime
from uuid import UUID

import routing
from contracts.events import DECISIONS, HANDOFFS, REPLIES, DecisionMadeEvent, ReplyAcceptedEvent
from contracts.handoffs import ReplyRefused
from services.handoff.decided import decided
from services.handoff.handover import handed_over
from services.handoff.ladder import rang, under_new_terms
from services.handoff.model import QuestionState
from services.handoff.replies import replied
from services.handoff.terms import At
from services.platform.batch import Change
from services.platform.events import Emit

WANTED = {
    DECISIONS: DecisionMadeEvent,
    REPLIES: ReplyAcceptedEvent,
}

NotThere = tuple[str, bool, str | None]
"""An organisation, whether it ended, and who takes over."""


class Life:
    """The life of questions under the version of the routing table that is in force."""

    def __init__(self, table: routing.Table) -> None:
        self.use(table)

    def use(self, table: routing.Table) -> None:
        """From the next batch or clock on: its norms, opening hours and closed days."""
        self.table = table

    def fold(
        self, state: QuestionState | None, event: DecisionMadeEvent | ReplyAcceptedEvent, now: datetime
    ) -> Change[QuestionState] | Change[None] | None:
        at = At(now, self.table)
        if isinstance(event, DecisionMadeEvent):
            return decided(state, event.data, at)
        if state is None:
            return Change(None, (Emit(HANDOFFS, _too_early(event)),))
        return replied(state, event.data, event.id, at)

    def rang(self, state: QuestionState, subject: UUID, stage: str, now: datetime) -> Change[QuestionState] | None:
        return rang(state, subject, stage, At(now, self.table))

    def reckoned(self, state: QuestionState, now: datetime) -> Change[QuestionState]:
        """Under the terms of today: norms, opening hours, and who is there to act."""
        at = At(now, self.table)
        after = under_new_terms(state, at)
        return handed_over(after, at) or Change(after)

    def not_there(self, now: datetime) -> list[NotThere]:
        """The organisations that cannot act today, in order: whether they will be back, and who acts for them."""
        at = At(now, self.table)
        gone = sorted(one for one in self.table.organisations if not at.there(one))
        return [(one, at.ended(one), at.takes_over(one)) for one in gone]


def _too_early(event: ReplyAcceptedEvent) -> ReplyRefused:
    """A reply overtook the first decision; nothing is known yet that it could fit."""
    return ReplyRefused(
        question=event.data.question,
        handoff=event.data.handoff,
        reply_id=event.id,
        event_id=event.data.event_id,
        by=event.data.by,
        action=event.data.reply.action,
        reason="not-yet",
        detail="The question is still being routed; try again in a moment.",
    )
