"""What stands in the way of a reply although its state allows it. Each guard's docstring is a line of the docs."""

from collections.abc import Callable
from typing import Any

from contracts.base import Kind
from contracts.handoffs import HandoffState, Role
from services.handoff.model import WORKING, Handoff, QuestionState
from services.handoff.terms import At

CORRECT_DATUM, REPAIR_CONSEQUENCES = "correct-datum", "repair-consequences"


class Unfit(Exception):
    """Why a reply cannot be carried out."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason)
        self.reason, self.detail = reason, detail


Guard = Callable[[QuestionState, Handoff, Any, At], None]


def data_repaired(state: QuestionState, handoff: Handoff, reply: Any, _: At) -> None:
    """wrong data is complete when the datum is right *and* the consequences are repaired (001:622-624)"""
    if state.facts.kind is not Kind.WRONG_DATA or handoff.role is not Role.LEAD:
        return
    parts = (h for h in state.handoffs if h.parent == handoff.handoff)  # those of an earlier round are of another datum
    done = {h.task for h in parts if h.state is HandoffState.COMPLETED}
    corrected = reply.datum_corrected or CORRECT_DATUM in done
    repaired = reply.consequences_repaired or REPAIR_CONSEQUENCES in done
    if not (corrected and repaired):
        raise Unfit("not-repaired", "Both the datum and the consequences must be repaired first.")


def nothing_left_to_others(state: QuestionState, handoff: Handoff, _: Any, __: At) -> None:
    """the lead completes when no partner works and every part it asked for is over"""
    if handoff.role is not Role.LEAD:
        return
    partners = [h for h in state.handoffs if h.role is Role.PARTNER and h.open]
    if any(h.state in WORKING for h in partners):
        raise Unfit("partners-working", "Another organisation still works on this question.")
    if any(h.task is not None for h in partners):
        raise Unfit("parts-open", "A part you asked another organisation for is still open.")


def until_ahead(_: QuestionState, __: Handoff, reply: Any, at: At) -> None:
    """a wait ends in the future"""
    if reply.until is not None and reply.until <= at.now:
        raise Unfit("until-passed", "The wait would be over already.")
