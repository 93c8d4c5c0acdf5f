"""Which clock runs at which stage, and when its next step is; pure.

Every stage that waits for somebody has exactly one clock (invariant 5). It counts the working time of who must act,
and climbs a ladder whose steps each come once, in order; the last comes again for as long as the stage lasts. While a
hand-off is on hold its clock is put away, and goes on afterwards with what was left.
"""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.decisions import Norm
from contracts.handoffs import HandoffState, Role
from services.handoff.model import Clock, Handoff, QuestionState, Stage
from services.handoff.terms import At


class Step(StrEnum):
    """What happens on the way to the norm and past it."""

    REMINDER = "reminder"
    WARNING = "warning"
    BREACH = "breach"
    NEXT_STEP = "next-step"


LADDER = ((Step.REMINDER, 0.5), (Step.WARNING, 0.75), (Step.BREACH, 1.0), (Step.NEXT_STEP, 1.5))
"""At which part of the norm each step comes (design section 5)."""

_AGAIN = 8 * 60
"""The last step comes again every further norm, but not oftener than once a working day (in minutes)."""

STAGE_OF = {
    HandoffState.REQUESTED: Stage.ACCEPTANCE,
    HandoffState.RECEIVED: Stage.ACCEPTANCE,
    HandoffState.ACCEPTED: Stage.FIRST_CONTACT,
    HandoffState.IN_PROGRESS: Stage.RESOLUTION,
    HandoffState.ON_HOLD: Stage.HOLD,
    HandoffState.CANCELLATION_REQUESTED: Stage.CANCELLATION,
}
"""What an open hand-off waits for."""

_PAUSES = frozenset({Stage.HOLD, Stage.CANCELLATION})
_BREACHED = [step for step, _ in LADDER].index(Step.BREACH) + 1


def partner_clocks(state: QuestionState) -> tuple[Clock, ...]:
    """The clocks of open partner hand-offs, which run on whatever happens to the lead."""
    open_partners = {h.handoff for h in state.handoffs if h.open and h.role is Role.PARTNER}
    return tuple(clock for clock in state.clocks if clock.subject in open_partners)


def open_clock(
    state: QuestionState, subject: UUID, stage: Stage, whose: str, at: At, limit: datetime | None = None
) -> Clock:
    """A clock that starts now. `limit`: it comes to its norm no later than this."""
    clock = Clock(
        subject=subject,
        stage=stage,
        whose=whose,
        started_at=at.now,
        minutes=_minutes(state.norm, stage),
        limit=limit,
        due_at=at.now,
    )
    return _timed(clock, state, at)


def taken(clock: Clock) -> tuple[Step, int]:
    """The step a clock comes to now, and how often it took that step before."""
    last = len(LADDER) - 1
    return LADDER[min(clock.step, last)][0], max(clock.step - last, 0)


def stepped(clock: Clock, state: QuestionState, at: At) -> Clock:
    """One step further up the ladder."""
    after = _timed(clock.model_copy(update={"step": clock.step + 1}), state, at, due=False)
    return _with_time_to_answer(after, state, at) if after.step == _BREACHED else after


def _with_time_to_answer(clock: Clock, state: QuestionState, at: At) -> Clock:
    """Told late, for instance after we were down: from now there is as long as there would have been.

    The answer may wait at our own door; an offer does not expire before it was taken in.
    """
    left = clock.minutes * (LADDER[_BREACHED][1] - LADDER[_BREACHED - 1][1])
    earliest = at.after(at.now, left, clock.whose or state.holder, state.norm)
    if clock.next_at is None or clock.next_at >= earliest:
        return clock
    return clock.model_copy(update={"next_at": earliest})


def rescheduled(clock: Clock, state: QuestionState, at: At) -> Clock:
    """The same clock under other opening hours or another norm. What was told of a breach stays as it was told."""
    if clock.step >= len(LADDER) and clock.next_at is None:  # from before the last step came again
        return _timed(clock, state, at, due=False)
    if clock.step >= _BREACHED or clock.started_at is None:
        return clock
    return _timed(clock.model_copy(update={"minutes": _minutes(state.norm, clock.stage)}), state, at)


def moved_to(clock: Clock, whose: str, state: QuestionState, at: At) -> Clock:
    """The same clock, in the working time of who must act from now on."""
    after = clock.model_copy(update={"whose": whose})
    return after if clock.step >= _BREACHED else _timed(after, state, at)


def clocks_after(
    state: QuestionState, handoff: Handoff, to: HandoffState, at: At, until: datetime | None = None
) -> tuple[tuple[Clock, ...], Clock | None]:
    """The clocks when the hand-off goes `to` another state, and the one that is put away meanwhile."""
    running = next((clock for clock in state.clocks if clock.subject == handoff.handoff), None)
    others = tuple(clock for clock in state.clocks if clock is not running)
    stage = STAGE_OF.get(to)
    if stage is None:
        return others, None
    if running is not None and running.stage is stage:
        return state.clocks, handoff.paused  # receipt, or another contact attempt: the same stage goes on
    if handoff.paused is not None and stage is handoff.paused.stage:
        return (*others, _resumed(handoff.paused, state, at)), None
    put_away = handoff.paused
    if stage in _PAUSES and running is not None and running.stage not in _PAUSES:
        put_away = _paused(running, state, at)
    return (*others, open_clock(state, handoff.handoff, stage, who_acts(state, handoff), at, until)), put_away


def who_acts(state: QuestionState, handoff: Handoff) -> str:
    """The follower acts for an organisation that is not connected: it brings the person over."""
    return handoff.receiver if handoff.connected else state.follower


def _paused(clock: Clock, state: QuestionState, at: At) -> Clock:
    since = clock.since or clock.started_at or at.now
    spent = at.between(since, at.now, clock.whose or state.holder, state.norm)
    return clock.model_copy(update={"spent": clock.spent + int(spent.total_seconds()), "next_at": None})


def _resumed(clock: Clock, state: QuestionState, at: At) -> Clock:
    """From now on, with what was left; the norm may have changed meanwhile."""
    minutes = _minutes(state.norm, clock.stage)
    clock = clock.model_copy(update={"since": at.now, "minutes": minutes})
    return _timed(clock, state, at, due=clock.step < _BREACHED)


def _timed(clock: Clock, state: QuestionState, at: At, *, due: bool = True) -> Clock:
    if clock.started_at is None:  # from before there were ladders
        return clock.model_copy(update={"next_at": None})
    if clock.step < len(LADDER):
        next_at = _moment(clock, LADDER[clock.step][1], state, at)
    else:
        next_at = at.after(at.now, max(clock.minutes, _AGAIN), clock.whose or state.holder, state.norm)
    update: dict[str, object] = {"next_at": next_at}
    if due:
        update["due_at"] = _moment(clock, 1.0, state, at)
    return clock.model_copy(update=update)


def _moment(clock: Clock, part: float, state: QuestionState, at: At) -> datetime:
    """When this part of the norm has passed. A wait until a moment lasts until then, also when nobody is there."""
    since, whose = clock.since or clock.started_at or at.now, clock.whose or state.holder
    if clock.limit is not None and clock.limit < at.after(since, clock.minutes, whose, state.norm):
        return since + (clock.limit - since) * part
    return at.after(since, clock.minutes * part - clock.spent / 60, whose, state.norm)


def _minutes(norm: Norm, stage: Stage) -> int:
    return {
        Stage.DECISION: norm.decide,
        Stage.TRIAGE: norm.decide,
        Stage.ANSWER: norm.decide,
        Stage.RETURN: norm.decide,
        Stage.ACCEPTANCE: norm.accept,
        Stage.CANCELLATION: norm.accept,
        Stage.FIRST_CONTACT: norm.first_contact,
        Stage.RESOLUTION: norm.resolve,
        Stage.HOLD: norm.hold,
    }[stage]
