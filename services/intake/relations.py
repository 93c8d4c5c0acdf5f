"""Questions that have to do with each other: parts that are split off, and one that is merged into another; pure."""

from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from contracts.base import Contract, Kind
from contracts.capacity import CapacityAnswered
from contracts.quarantine import Fault
from contracts.questions import QuestionAsked
from contracts.replies import Merge, ReplyGiven
from services.intake.inputs import Input, Work
from services.intake.views import QuestionView

_NOT_YOURS = "There is no such question, or it is not yours."
_UNKNOWN = Fault(code="unknown-question", where="/data/question", message="No question here has this id.")
_WITH_A_TERM = frozenset({Kind.OBJECTION, Kind.APPEAL})


def refers_to(data: Contract) -> Iterator[UUID]:
    """The questions and inquiries that must be at hand, and locked, to judge this."""
    if isinstance(data, ReplyGiven):
        yield data.question
        if isinstance(data.reply, Merge):
            yield data.reply.into
    if isinstance(data, CapacityAnswered):
        yield data.inquiry
    if isinstance(data, QuestionAsked) and data.split_from is not None:
        yield data.split_from


def judge_related(inputs: Sequence[Input], work: Work) -> None:
    """Before a personal text is tied to it: the question it speaks of must be there."""
    for given in inputs:
        data = given.event.data if given.new and given.event else None
        if isinstance(data, ReplyGiven) and work.view(data.question) is None:
            given.faults.append(_UNKNOWN)
        elif isinstance(data, QuestionAsked) and data.split_from is not None:
            fault = split_fault(given.agency, work.view(data.split_from))
            given.faults += [fault] if fault else []


def split_fault(agency: str, original: QuestionView | None) -> Fault | None:
    """Only of its own question; one that went on as another is to be split there."""
    where = "/data/split_from"
    if original is None or original.follower != agency:
        return Fault(code="unknown-question", where=where, message=_NOT_YOURS)
    if original.merged:
        return Fault(code="merged", where=where, message="This question goes on as another one.")
    return None


def with_part(original: QuestionView, part: UUID) -> QuestionView:
    return original.model_copy(update={"parts": (*original.parts, part)})


def first_received(asked: QuestionAsked, original: QuestionView | None) -> datetime:
    """A part was received when the original was: the person loses no term by how a desk sorted it (Awb 6:15)."""
    if original is None:
        return asked.first_received_at
    return min(asked.first_received_at, original.first_received_at)


def may_merge(agency: str, view: QuestionView) -> bool:
    """Who does not follow it is refused by the handoff service, and learns nothing of the other question here."""
    return agency == view.follower and view.status != "merged"


def merge_fault(agency: str, view: QuestionView, into: QuestionView | None) -> Fault | None:
    """Into an open question of the same follower that is not on its way into another: so there are no circles."""
    if not may_merge(agency, view):
        return None
    where = "/data/reply/into"
    if into is None or into.follower != agency:
        return Fault(code="unknown-question", where=where, message=_NOT_YOURS)
    if view.merged:
        return Fault(code="merging", where=where, message="This question is being merged already.")
    if into.merged:
        return Fault(code="merged", where=where, message="That question goes on as another one.")
    if not into.open:
        return Fault(code="closed", where=where, message="That question has ended and would help nobody further.")
    return _lost_by_merging(view, into, where)


def _lost_by_merging(view: QuestionView, into: QuestionView, where: str) -> Fault | None:
    """The one that goes on keeps its own day and kind: no day may be lost by it, nor an objection (Awb 6:15)."""
    if view.kind is None or view.kind is not into.kind:
        return Fault(code="other-kind", where=where, message="Only questions of the same kind are the same question.")
    if view.kind in _WITH_A_TERM and (view.topic is None or view.topic != into.topic):
        return Fault(code="other-topic", where=where, message="This one asks for a decision about something else.")
    if into.first_received_at > view.first_received_at:
        return Fault(code="younger", where=where, message="This one came first: merge that question into this one.")
    return None
