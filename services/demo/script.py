"""What a case is made of: who does what, what everybody is told of it, and how it must end.

Plain data. One step is one action of one agency and every event it must lead to, to each agency in that order:
an event that no step expects is a difference too.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

FOLLOWER = "@follower"
"""Stands for the agency that asked: the first door, which follows until the person is helped (R-02)."""

REFUSED = "refused"
"""The outcome of input that was not let in, so that no question came of it."""


@dataclass(frozen=True, slots=True)
class Asks:
    """The first door passes a question on."""

    facts: Mapping[str, Any]
    submitter: str = "citizen"
    contact: str | None = None
    """The agency's number of the contact: questions of one contact share it."""
    received_days_ago: int = 0
    times: int = 1
    """How often the very same event is sent."""
    over_http: bool = False
    personal_text: bool = False
    """The person's own words are left at the HTTP door first; the event carries only where (claim check)."""
    spoilt: Mapping[str, str] = field(default_factory=dict)
    """Attributes put among the facts that have no place there."""
    same_id: bool = False
    """Another question under the id of the first one."""


@dataclass(frozen=True, slots=True)
class Replies:
    """An agency says something back."""

    reply: Mapping[str, Any]
    receiver: str | None = None
    """Whose hand-off it is about; None for what is said of the question itself."""
    versions_behind: int = 0
    knows_from: str | None = None
    """An agency that was not told of the hand-off takes what this one knows."""
    over_http: bool = False
    status: int = 200


@dataclass(frozen=True, slots=True)
class Fetches:
    """An agency fetches the person's own words."""

    allowed: bool


@dataclass(frozen=True, slots=True)
class ChecksWebhook:
    """What was posted to an agency is what stands on its out-topic."""


Act = Asks | Replies | Fetches | ChecksWebhook


@dataclass(frozen=True, slots=True)
class Expected:
    """One event: its type, who is told, and what it must say.

    A path like `pointers.*.organisation` gives a list; a path ending in `~` means: holds this text.
    """

    event: str
    to: tuple[str, ...]
    says: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Step:
    """One line of a script. Without an act it is the system's turn."""

    who: str
    does: str
    act: Act | None = None
    then: tuple[Expected, ...] = ()


@dataclass(frozen=True, slots=True)
class Script:
    """The life of one question, and how it must end: at which organisation and with which outcome."""

    steps: tuple[Step, ...]
    to: str | None
    outcome: str

    @property
    def follower(self) -> str:
        return self.steps[0].who

    def agencies(self) -> set[str]:
        """Everyone who says or is told something."""
        told = {agency for step in self.steps for expected in step.then for agency in expected.to}
        return ({step.who for step in self.steps if step.act} | told) - {FOLLOWER}


@dataclass(frozen=True, slots=True)
class Case:
    """One worked example of the requirements. Its questions are played side by side."""

    id: str
    about: str
    basis: str
    scripts: tuple[Script, ...]
