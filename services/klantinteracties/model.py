"""What the bridge remembers: per question the hand-offs to its agency, and the task each became in Open Klant."""

from uuid import UUID

from contracts.base import Contract, Timestamp
from contracts.events import IN_PREFIX
from contracts.handoffs import HandoffRequested, HandoffState
from services.platform import ids


class Said(Contract):
    """Our last reply that was not answered yet."""

    event_id: str
    version: int
    action: str
    about: str | None = None


class Made(Contract):
    """What stands in Open Klant for one hand-off."""

    klantcontact: UUID
    internetaak: UUID
    number: str


class Task(Contract):
    """One hand-off to the agency and its interne taak."""

    offer: HandoffRequested
    version: int
    state: HandoffState
    changed_at: Timestamp | None = None
    made: Made | None = None
    notes: tuple[str, ...] = ()
    reopen: bool = False
    said: Said | None = None
    heard: tuple[str, ...] = ()
    done: bool = False

    @property
    def handoff(self) -> UUID:
        return self.offer.handoff

    @property
    def waits(self) -> bool:
        """Whether a reply of ours is on its way: one at a time, for each names the version it saw."""
        return self.said is not None and self.said.version == self.version


class Bridge(Contract):
    """All of one question; or, under the key of a quarantine, which event of ours was refused at the door."""

    question: UUID
    tasks: tuple[Task, ...] = ()
    replies: int = 0
    refused_event: str | None = None

    def find(self, handoff: UUID | None) -> Task | None:
        return next((task for task in self.tasks if task.handoff == handoff), None)

    def having(self, task: Task) -> "Bridge":
        """With this task instead of what was known of it."""
        if self.find(task.handoff) is None:
            return self.model_copy(update={"tasks": (*self.tasks, task)})
        tasks = tuple(task if one.handoff == task.handoff else one for one in self.tasks)
        return self.model_copy(update={"tasks": tasks})


def in_topic(agency: str) -> str:
    return f"{IN_PREFIX}{agency}"


def reply_id(agency: str, question: UUID, number: int) -> str:
    """The id the engine room gives the event with this number on our in-topic: how a refusal names it."""
    return ids.derived_text(f"{in_topic(agency)}/{question}/{number}")
