"""Who works on a question, and since when: what the daily overview of an agency is made of; pure."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from contracts.base import Contract
from contracts.following import (
    QuestionAsking,
    QuestionEnded,
    QuestionHandedOver,
    QuestionMerged,
    QuestionReopened,
    QuestionReturned,
    QuestionTriaged,
)
from contracts.handoffs import (
    ClockBreached,
    ClockReminded,
    HandoffChanged,
    HandoffRequested,
    HandoffState,
    QuestionOutcome,
    Role,
)
from services.notices.model import Followed, Offer, Task
from services.notices.names import route

_STAGE = {
    HandoffState.REQUESTED: "acceptance",
    HandoffState.RECEIVED: "acceptance",
    HandoffState.ACCEPTED: "first-contact",
    HandoffState.IN_PROGRESS: "resolution",
    HandoffState.ON_HOLD: "on-hold",
    HandoffState.CANCELLATION_REQUESTED: "cancellation",
}


def after(state: Followed, data: Contract, at: datetime) -> Followed:
    """The state with what this event says of who leads and who must act."""
    found = _TABLE.get(type(data))
    return found(state, data, at) if found is not None else state


def _with(state: Followed, **update: object) -> Followed:
    return state.model_copy(update=update)


def _parts(state: Followed) -> tuple[Task, ...]:
    """What partners do goes on, whatever the lead does."""
    return tuple(task for task in state.tasks if task.role is Role.PARTNER)


def _requested(state: Followed, data: HandoffRequested, at: datetime) -> Followed:
    task = Task(
        subject=data.handoff,
        agency=data.receiver if data.connected else data.follower,
        stage="acceptance",
        since=at,
        due_at=data.accept_by,
        role=data.role,
    )
    if data.role is Role.PARTNER:
        return _with(state, tasks=(*state.tasks, task))
    offer = Offer(
        handoff=data.handoff,
        organisation=data.receiver,
        name=data.receiver_name,
        route=route(data.receiver_contact),
        connected=data.connected,
    )
    if data.role is Role.CANDIDATE and state.round_version == data.question_version:
        return _with(state, asked=(*state.asked, offer), tasks=(*state.tasks, task))
    return _with(
        state,
        lead=offer if data.role is Role.LEAD else None,
        asked=(offer,) if data.role is Role.CANDIDATE else (),
        silent=False,
        rounds=state.rounds + 1,
        round_version=data.question_version,
        tasks=(*_parts(state), task),
    )


def _changed(state: Followed, data: HandoffChanged, at: datetime) -> Followed:
    stage = _STAGE.get(data.state)
    tasks: list[Task] = []
    for task in state.tasks:
        if task.subject != data.handoff:
            tasks.append(task)
        elif stage is not None:
            tasks.append(_moved(task, stage, data, at))
    state = _with(state, tasks=tuple(tasks))
    if data.role is Role.LEAD and (offer := state.named(data.handoff)) is not None:
        return _with(state, lead=offer)
    return state


def _moved(task: Task, stage: str, data: HandoffChanged, at: datetime) -> Task:
    update: dict[str, object] = {"role": data.role}
    if data.act_by is not None:
        update["due_at"] = data.act_by
    if stage != task.stage:
        update |= {"stage": stage, "since": at, "due_at": data.act_by or data.until}
    return task.model_copy(update=update)


def _of_question(state: Followed, agency: str, stage: str, due: datetime, at: datetime, *, stuck: bool) -> Followed:
    task = Task(subject=state.question, agency=agency, stage=stage, since=at, due_at=due, stuck=stuck)
    return _with(state, tasks=(*_parts(state), task))


def _triaged(state: Followed, data: QuestionTriaged, at: datetime) -> Followed:
    return _of_question(state, data.holder, "triage", data.decide_by, at, stuck=True)


def _asking(state: Followed, data: QuestionAsking, at: datetime) -> Followed:
    return _of_question(state, data.follower, "answer", data.answer_by, at, stuck=False)


def _returned(state: Followed, data: QuestionReturned, at: datetime) -> Followed:
    return _of_question(state, data.follower, "return", data.tell_by, at, stuck=False)


def _ended(state: Followed, data: QuestionEnded, _: datetime) -> Followed:
    if data.outcome is QuestionOutcome.WITHDRAWN_BY_CITIZEN:
        return _with(state, tasks=())
    return _with(state, tasks=(), helped_by=data.by, helped_at=data.at)


def _reopened(state: Followed, _: QuestionReopened, __: datetime) -> Followed:
    return _with(state, reopened=True, helped_by=None, helped_at=None)


def _merged(state: Followed, _: QuestionMerged, __: datetime) -> Followed:
    return _with(state, tasks=())


def _handed_over(state: Followed, data: QuestionHandedOver, _: datetime) -> Followed:
    tasks = tuple(
        task.model_copy(update={"agency": data.follower}) if task.agency == data.previous else task
        for task in state.tasks
    )
    return _with(state, follower=data.follower, tasks=tasks)


def _rang(state: Followed, data: ClockReminded | ClockBreached, _: datetime) -> Followed:
    subject = data.handoff or state.question
    stuck = isinstance(data, ClockReminded) and data.step == "next-step"
    tasks = tuple(
        task.model_copy(update={"due_at": data.due_at, "stuck": task.stuck or stuck})
        if task.subject == subject
        else task
        for task in state.tasks
    )
    named = state.named(subject)
    silent = state.silent or (
        isinstance(data, ClockBreached) and data.stage == "acceptance" and named is not None and named != state.lead
    )
    return _with(state, tasks=tasks, silent=silent)


_TABLE: dict[type[Contract], Callable[[Followed, Any, datetime], Followed]] = {
    HandoffRequested: _requested,
    HandoffChanged: _changed,
    QuestionTriaged: _triaged,
    QuestionAsking: _asking,
    QuestionReturned: _returned,
    QuestionEnded: _ended,
    QuestionReopened: _reopened,
    QuestionMerged: _merged,
    QuestionHandedOver: _handed_over,
    ClockReminded: _rang,
    ClockBreached: _rang,
}
