"""What decisions teach about the table: counts per rule, refusals that name another, codes nobody mapped; pure."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

REPEATED = 3
"""So many questions must say the same before it is a lesson: one may be an exception, two a coincidence or one
employee's view. Where the table serves a hundred questions a day, three of one kind are seen within days."""

AGAIN = 2
"""Times as many questions as when somebody decided on it: then it is worth their time once more."""

OVERRULES = "placed"
"""Only the desk says that the table was wrong: who brings in a partner or comes back to a desk does not."""

UNKNOWN_CODE = "triage-unknown-code"


class Life(StrEnum):
    OPEN = "open"
    ACCEPTED = "accepted"
    REJECTED = "rejected"


class Ruled(NamedTuple):
    """A rule of one version."""

    table_version: str
    rule: str


class Refused(NamedTuple):
    """One refusal of what a rule chose."""

    question: UUID
    decision: int
    table_version: str
    rule: str
    topic: str | None
    by: str
    reason: str
    suggested: str | None
    at: datetime


class Seen(NamedTuple):
    """A subject code of an agency that its mapping lacks, once."""

    agency: str
    code: str
    at: datetime


@dataclass(slots=True)
class Taught:
    """What a stretch of the journal adds to the counts. `topics`: the rules of the table, each with its topic."""

    topics: Mapping[str, str | None]
    decisions: Counter[Ruled] = field(default_factory=Counter)
    refusals: list[Refused] = field(default_factory=list)
    codes: list[Seen] = field(default_factory=list)
    overruled: list[tuple[UUID, int]] = field(default_factory=list)

    def hear(self, question: UUID, event: dict[str, Any]) -> None:
        made, at = event["data"], datetime.fromisoformat(event["time"])
        decision, facts = made["decision"], made["facts"]
        self.decisions[Ruled(decision["table_version"], decision["rule"])] += 1
        refusal = made.get("refusal")
        if refusal and refusal.get("rule") and refusal.get("table_version"):
            # An agency's own code stands in the place of the topic: then it is the rule that knows it.
            topic = facts.get("topic") or self.topics.get(refusal["rule"])
            about = refusal["table_version"], refusal["rule"], topic
            said = refusal["by"], refusal["reason"], refusal.get("suggested")
            self.refusals.append(Refused(question, made["number"], *about, *said, at))
        if decision.get("human") and made["number"] > 1 and made["why"] == OVERRULES:
            self.overruled.append((question, made["number"] - 1))
        if decision["rule"] == UNKNOWN_CODE and made["number"] == 1 and facts.get("agency_topic"):
            self.codes.append(Seen(made["follower"], facts["agency_topic"], at))

    @property
    def refused(self) -> Counter[Ruled]:
        return Counter(Ruled(one.table_version, one.rule) for one in self.refusals)

    @property
    def suggestions(self) -> set[tuple[str, str, str]]:
        """Rule, topic and organisation of what was said now about rules of the table itself."""
        return {
            (one.rule, one.topic, one.suggested)
            for one in self.refusals
            if one.topic and one.suggested and one.rule in self.topics
        }


def due(status: Life | None, weighed: int | None, said: int) -> bool:
    """Whether a lesson is to be raised, now that so many questions say it."""
    if status is None:
        return said >= REPEATED
    return status is not Life.OPEN and said >= AGAIN * max(weighed or 0, REPEATED)


def sentence(rule: str, declined: int, decisions: int, said: int, suggested: str) -> str:
    """The lesson as the owner of the table reads it."""
    return f"Regel {rule}: {declined} van {decisions} keer teruggegeven; {said} keer is gezegd dat het {suggested} is."
