"""Events in, notices out; pure. What the person is told is decided here, once, in the order it happened.

Over a channel the person agreed to a notice is queued; without one the follower's desk gets the words to say.
"""

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from pydantic import TypeAdapter

from contracts.base import Contract
from contracts.events import NOTICES, Envelope, HandoffsEvent, QuestionAcceptedEvent
from contracts.following import QuestionHandedOver
from contracts.notices import NoticeChannel, NoticeKind, NoticeToTell, Told
from contracts.questions import QuestionAccepted
from services.notices import work
from services.notices.kinds import Fields, Said, common, what_to_tell
from services.notices.model import Followed, Notice, Status
from services.notices.names import Names
from services.notices.words import Texts
from services.platform import ids
from services.platform.batch import Change
from services.platform.events import Emit

Fold = Callable[[Followed | None, Envelope, datetime], Change[Followed] | None]
_EARLY: TypeAdapter[Envelope] = TypeAdapter(HandoffsEvent)


class Telling:
    """The fold over gvd.questions and gvd.handoffs. `texts_at` is where datarefs of our own vault begin."""

    def __init__(self, names: Names, texts: Texts, texts_at: str) -> None:
        self._names, self._texts, self._texts_at = names, texts, texts_at

    def fold(self, state: Followed | None, event: Envelope, now: datetime) -> Change[Followed] | None:
        state = state or Followed(question=UUID(event.subject))
        if isinstance(event, QuestionAcceptedEvent):
            return self._accepted(state, event.data, now)
        if not state.known:
            return Change(state.model_copy(update={"early": (*state.early, event.model_dump_json())}))
        return self._happened(state, event, now)

    def _accepted(self, state: Followed, data: QuestionAccepted, now: datetime) -> Change[Followed]:
        early = state.early
        state = state.model_copy(
            update={
                "early": (),
                "known": True,
                "follower": data.follower,
                "reference": data.reference,
                "kind": data.facts.kind,
                "received": data.first_received_at,
                "text": self._own_text(data),
                "channel": data.notify.channel if data.notify else None,
                "to": _to(data),
            }
        )
        # Whoever stands at a desk sees that it came in; a message gets a confirmation (Awb 2:17).
        received: Said = (NoticeKind.RECEIVED, {}) if _by_message(state) else None
        change = self._told(state, received, 0, now)
        for text in early:
            step = self._happened(change.state, _EARLY.validate_json(text, extra="ignore"), now)
            change = Change(step.state, (*change.emits, *step.emits))
        return change

    def _happened(self, state: Followed, event: Envelope, now: datetime) -> Change[Followed]:
        data: Contract = event.data  # type: ignore[attr-defined]  # every event class has it
        said = what_to_tell(state, data, self._names)
        after = work.after(state, data, event.time)
        # Who follows from here on is who is named; the rest of the sentence is of how it was.
        speaker = after if isinstance(data, QuestionHandedOver) else state
        change = self._told(speaker, said, int(event.sequence or 0), now)
        return Change(after.model_copy(update={"told": change.state.told}), change.emits)

    def _told(self, state: Followed, said: Said, number: int, now: datetime) -> Change[Followed]:
        if said is None:
            return Change(state)
        kind, own = said
        fields = self._texts.needed(kind, {**common(state, self._names), **own})
        why = _why_by_desk(state)
        notices = [_notice(state, kind, number, to, fields, now, queued=why is None) for to in state.to]
        emits = () if why is None else tuple(self._task(state, notice, fields, why) for notice in notices)
        return Change(state.model_copy(update={"told": (*state.told, *notices)}), emits)

    def _task(self, state: Followed, notice: Notice, fields: Fields, why: str) -> Emit:
        task = NoticeToTell(
            notice=notice.notice,
            question=state.question,
            follower=state.follower,
            reference=state.reference,
            kind=notice.kind,
            to=notice.to,
            why=why,
            words=self._texts.of(notice.kind).text(fields),
            at=notice.at,
        )
        return Emit(NOTICES, task)

    def _own_text(self, data: QuestionAccepted) -> UUID | None:
        where = str(data.dataref or "")
        if not where.startswith(self._texts_at):
            return None
        try:
            return UUID(where.removeprefix(self._texts_at))
        except ValueError:
            return None


def _to(data: QuestionAccepted) -> tuple[Told, ...]:
    """Somebody always hears how it goes (R-09)."""
    if data.represented is None:
        return (Told.PERSON,)
    wanted = ((Told.PERSON, data.represented.tell_person), (Told.REPRESENTATIVE, data.represented.tell_representative))
    return tuple(one for one, tell in wanted if tell) or (Told.REPRESENTATIVE,)


def _by_message(state: Followed) -> bool:
    return state.channel not in (None, NoticeChannel.PHONE)


def _why_by_desk(state: Followed) -> str | None:
    if state.channel is None:
        return "no-channel"
    if state.channel is NoticeChannel.PHONE:
        return "by-phone"
    return "no-address" if state.text is None else None


def _notice(
    state: Followed, kind: NoticeKind, number: int, to: Told, fields: Fields, now: datetime, *, queued: bool
) -> Notice:
    """Its id follows from question, event and who is told: a repeat is the same notice."""
    return Notice(
        notice=ids.derived("notice", state.question, number, to),
        event=number,
        kind=kind,
        to=to,
        status=Status.QUEUED if queued else Status.DESK,
        at=now,
        fields=fields if queued else {},
    )
