"""What the first door still has to say to the person, in the words of notices (Awb 2:3); pure.

A notice that no channel carries, or that did not arrive, is the desk's to tell. It stays until the desk says it did, or
until a newer one overtakes it. Who is the fixed contact person stands apart from how it goes; and a notice that only
says it takes longer pushes out nothing the person does not know yet.
"""

from datetime import datetime
from typing import Annotated, Final
from uuid import UUID

from pydantic import Field

from contracts.base import Contract
from contracts.events import Envelope, NoticeSentEvent, NoticeToTellEvent, NoticeUndeliverableEvent
from contracts.notices import NoticeKind, NoticeSent, NoticeToTell, NoticeUndeliverable
from services.intake.model import project
from services.intake.steps import Step, What
from services.intake.views import QuestionView, ToTell
from services.platform.batch import Change

Telling = Annotated[NoticeToTellEvent | NoticeUndeliverableEvent | NoticeSentEvent, Field(discriminator="type")]
"""What intake reads of `gvd.notices`; overviews are of no question."""

_CONTACT: Final = frozenset({NoticeKind.CONTACT_PERSON, NoticeKind.CONTACT_PERSON_CHANGED})
_LONGER: Final = frozenset(
    {NoticeKind.NO_ANSWER, NoticeKind.LATE, NoticeKind.LATE_HERE, NoticeKind.LATE_BRINGING, NoticeKind.LATE_BROUGHT}
)


def fold(state: QuestionView | None, event: Envelope, now: datetime) -> Change[QuestionView] | None:
    """One event of `gvd.handoffs` or of `gvd.notices`."""
    data: Contract = event.data  # type: ignore[attr-defined]  # every event class has it
    if not isinstance(data, NoticeToTell | NoticeUndeliverable | NoticeSent):
        return project(state, event, now)
    return Change(heard(state, data)) if state is not None else None


def heard(view: QuestionView, data: NoticeToTell | NoticeUndeliverable | NoticeSent) -> QuestionView:
    """The view with what is to be told after this notice."""
    left = tuple(one for one in view.telling if one.to is not data.to or not _overtakes(data.kind, one.kind))
    if not isinstance(data, NoticeSent):
        why = data.why if isinstance(data, NoticeToTell) else data.reason
        left += (ToTell(notice=data.notice, kind=data.kind, to=data.to, why=why, words=data.words, since=data.at),)
    return view.model_copy(update={"telling": left})


def told(view: QuestionView, notice: UUID, by: str, at: datetime) -> QuestionView:
    """The desk told them: off the list, and in the history as proof. The same view when it was not there any more."""
    found = next((one for one in view.telling if one.notice == notice), None)
    if found is None:
        return view
    step = Step(at=at, what=What.TOLD, holder=view.holder, by=by, reason=found.kind.value)
    left = tuple(one for one in view.telling if one is not found)
    return view.model_copy(update={"telling": left, "steps": view.steps + 1, "news": (*view.news, step)})


def _overtakes(new: NoticeKind, old: NoticeKind) -> bool:
    if new in _CONTACT or old in _CONTACT:
        return new in _CONTACT and old in _CONTACT
    return new not in _LONGER or old in _LONGER
