"""The table from what happened to what the person is told, if anything; pure.

Told is what changes something for the person. Partners, candidates that were not chosen and what desks say among
themselves tell the person nothing. One event never gives two notices.

An organisation that is not connected hears nothing from us: the first door brings the question there (Awb 2:3), and
when that takes too long it is the first door that is late. Saying anything else would not be true.
"""

from collections.abc import Callable
from typing import Any

from contracts.base import Contract, Kind
from contracts.contact import ContactAttempt
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
from contracts.handoffs import ClockBreached, HandoffChanged, HandoffRequested, HandoffState, QuestionOutcome, Role
from contracts.notices import NoticeKind
from services.notices.model import Followed, Offer
from services.notices.names import Names, day, help_at, hour, route

Fields = dict[str, str]
Said = tuple[NoticeKind, Fields] | None

_WITH_A_TERM = frozenset({Kind.OBJECTION, Kind.APPEAL})
_OFFERED = frozenset({HandoffState.REQUESTED, HandoffState.RECEIVED})
_WORKED_ON = frozenset(
    {
        HandoffState.ACCEPTED,
        HandoffState.IN_PROGRESS,
        HandoffState.ON_HOLD,
        HandoffState.CANCELLATION_REQUESTED,
    }
)
_CONTACT = {
    ContactAttempt.PLANNED: NoticeKind.APPOINTMENT,
    ContactAttempt.NOT_REACHED: NoticeKind.NOT_REACHED,
    ContactAttempt.CANCELLED: NoticeKind.APPOINTMENT_CANCELLED,
}
_OUTCOME = {
    QuestionOutcome.HELPED: NoticeKind.HELPED,
    QuestionOutcome.HELPED_AT_FIRST_DOOR: NoticeKind.HELPED_HERE,
    QuestionOutcome.WITHDRAWN_BY_CITIZEN: NoticeKind.STOPPED,
}
_LATE = frozenset({"first-contact", "resolution", "decision", "triage"})
_WHEN_WE_BRING = {
    NoticeKind.FORWARDED: NoticeKind.BRINGING,
    NoticeKind.FORWARDED_TERM: NoticeKind.BRINGING_TERM,
    NoticeKind.FORWARDED_AGAIN: NoticeKind.BRINGING_AGAIN,
    NoticeKind.ACCEPTED: NoticeKind.BROUGHT,
    NoticeKind.NO_ANSWER: NoticeKind.LATE_BRINGING,
    NoticeKind.LATE: NoticeKind.LATE_BROUGHT,
}
"""What is told in place of what is only true of a connected organisation."""


def what_to_tell(state: Followed, data: Contract, names: Names) -> Said:
    """The kind of notice and the fields only this event knows."""
    found = _TABLE.get(type(data))
    return found(state, data, names) if found is not None else None


def common(state: Followed, names: Names) -> Fields:
    """What every notice can name: who follows, how a human there is reached, and since when."""
    lead = state.lead
    return {
        "desk": names.name(state.follower),
        "route": names.route(state.follower),
        "reference": state.reference,
        "received": day(state.received) if state.received else "",
        "organisation": lead.name if lead else names.name(state.follower),
        "organisation_route": lead.route if lead else names.route(state.follower),
    }


def _by(kind: NoticeKind, *, connected: bool) -> NoticeKind:
    return kind if connected else _WHEN_WE_BRING.get(kind, kind)


def _requested(state: Followed, data: HandoffRequested, _: Names) -> Said:
    if data.role is Role.PARTNER:
        return None
    if data.role is Role.CANDIDATE:
        return None if state.round_version == data.question_version else (NoticeKind.SEVERAL_ASKED, {})
    fields = {
        "organisation": data.receiver_name,
        "organisation_route": route(data.receiver_contact),
        "tell": data.tell,
    }
    kind = NoticeKind.FORWARDED_AGAIN if state.rounds else NoticeKind.FORWARDED
    if data.facts.kind in _WITH_A_TERM:
        kind = NoticeKind.FORWARDED_TERM
    return _by(kind, connected=data.connected), fields


def _changed(state: Followed, data: HandoffChanged, names: Names) -> Said:
    offer = state.named(data.handoff)
    if data.role is Role.PARTNER or offer is None:
        return None
    kind, fields = _step(data)
    if kind is None:
        return None
    if data.reason == "hold-over" and not offer.connected:  # the clock's doing: nobody there knows of it
        kind = NoticeKind.LATE_BROUGHT
    kind = _by(kind, connected=offer.connected)
    return kind, {"organisation": offer.name, "organisation_route": offer.route, **fields}


def _step(data: HandoffChanged) -> tuple[NoticeKind | None, Fields]:
    match data.state:
        case HandoffState.ACCEPTED:
            return (NoticeKind.ACCEPTED if data.previous in _OFFERED else None), {}
        case HandoffState.IN_PROGRESS:
            return _in_progress(data)
        case HandoffState.ON_HOLD:
            until = f"uiterlijk {day(data.until)}" if data.until else "zo snel als het kan"
            mine = data.reason == "waiting-for-person"
            return (NoticeKind.ON_HOLD_YOU if mine else NoticeKind.ON_HOLD), {"until": until}
        case HandoffState.EXPIRED:
            return (NoticeKind.EXPIRED if data.role is Role.LEAD else None), {}
        case HandoffState.FAILED | HandoffState.DECLINED:
            return (NoticeKind.FAILED if data.previous in _WORKED_ON else None), {}
        case _:
            return None, {}


def _in_progress(data: HandoffChanged) -> tuple[NoticeKind | None, Fields]:
    if data.contact in _CONTACT:
        when = hour(data.planned_for) if data.planned_for else "op een dag die u nog hoort"
        return _CONTACT[data.contact], {"when": when}
    if data.previous in _OFFERED:
        return NoticeKind.ACCEPTED, {}
    return (NoticeKind.RESUMED if data.previous is HandoffState.ON_HOLD else None), {}


def _triaged(_: Followed, data: QuestionTriaged, names: Names) -> Said:
    return NoticeKind.LOOKING, {
        "organisation": names.name(data.holder),
        "organisation_route": route(data.desk_contact),
        "tell": data.tell,
    }


def _asking(_: Followed, data: QuestionAsking, __: Names) -> Said:
    answers = " of ".join(f"'{answer.text}'" for answer in data.ask.answers)
    return NoticeKind.ASKING, {"ask": data.ask.text, "answers": answers, "until": f"uiterlijk {day(data.answer_by)}"}


def _returned(_: Followed, data: QuestionReturned, __: Names) -> Said:
    return NoticeKind.RETURNED, {"tell": data.tell, "help": help_at(data.pointers)}


def _ended(_: Followed, data: QuestionEnded, __: Names) -> Said:
    return _OUTCOME[data.outcome], {}


def _reopened(_: Followed, __: QuestionReopened, ___: Names) -> Said:
    return NoticeKind.REOPENED, {}


def _merged(_: Followed, __: QuestionMerged, ___: Names) -> Said:
    return NoticeKind.MERGED, {}


def _handed_over(_: Followed, data: QuestionHandedOver, names: Names) -> Said:
    return NoticeKind.HANDED_OVER, {"previous": names.name(data.previous)}


def _contact_person(_: Followed, data: ContactPersonNamed, names: Names) -> Said:
    kind = NoticeKind.CONTACT_PERSON if data.previous is None else NoticeKind.CONTACT_PERSON_CHANGED
    return kind, {
        "organisation": names.name(data.person.organisation),
        "organisation_route": route(data.person.reachable_at),
        "person": data.person.reference,
    }


def _breached(state: Followed, data: ClockBreached, names: Names) -> Said:
    offer = state.named(data.handoff) if data.handoff else None
    if data.handoff is not None and offer is None:
        return None
    if data.stage == "acceptance" and offer is not None:
        return _unanswered(state, offer)
    if data.stage not in _LATE:
        return None
    if offer is not None:
        return _by(NoticeKind.LATE, connected=offer.connected), {"organisation": offer.name}
    if data.holder == state.follower:
        return NoticeKind.LATE_HERE, {}
    return NoticeKind.LATE, {"organisation": names.name(data.holder)}


def _unanswered(state: Followed, offer: Offer) -> Said:
    """Of several that were asked the first to be late is told, and no other."""
    if offer is state.lead:
        kind = _by(NoticeKind.NO_ANSWER, connected=offer.connected)
        return kind, {"organisation": offer.name, "organisation_route": offer.route}
    if state.silent:
        return None
    if not offer.connected:
        return NoticeKind.LATE_HERE, {}
    return NoticeKind.NO_ANSWER, {"organisation": "De organisatie die wij vroegen"}


_TABLE: dict[type[Contract], Callable[[Followed, Any, Names], Said]] = {
    HandoffRequested: _requested,
    HandoffChanged: _changed,
    QuestionTriaged: _triaged,
    QuestionAsking: _asking,
    QuestionReturned: _returned,
    QuestionEnded: _ended,
    QuestionReopened: _reopened,
    QuestionMerged: _merged,
    QuestionHandedOver: _handed_over,
    ContactPersonNamed: _contact_person,
    ClockBreached: _breached,
}
