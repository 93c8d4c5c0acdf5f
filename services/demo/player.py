"""One agency's contact system: knows only what its own out-topic told it, as a real one would."""

import asyncio
import json
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

PREFIX = "nl.geenverkeerdedeur."


@dataclass(frozen=True, slots=True)
class Heard:
    """One event from the out-topic: its short type, what it says, and its bytes."""

    kind: str
    data: dict[str, Any]
    subject: str
    raw: bytes


@dataclass(slots=True)
class File:
    """What one agency knows of one question."""

    events: list[Heard] = field(default_factory=list)
    read: int = 0
    question: UUID | None = None
    question_version: int = 0
    handoffs: dict[str, tuple[str, int]] = field(default_factory=dict)
    """Per receiver its last hand-off and the version this agency saw."""
    dataref: str | None = None
    more: asyncio.Event = field(default_factory=asyncio.Event)

    def add(self, heard: Heard) -> None:
        self.events.append(heard)
        data = heard.data
        if "question" in data:
            self.question = UUID(data["question"])
        self.question_version = data.get("question_version") or self.question_version
        self.dataref = data.get("dataref", self.dataref)
        if "receiver" in data:
            self.handoffs[data["receiver"]] = (data["handoff"], data["version"])
        self.more.set()

    async def next(self) -> Heard:
        """The next event nobody looked at yet, as soon as there is one."""
        while self.read >= len(self.events):
            self.more.clear()
            await self.more.wait()
        self.read += 1
        return self.events[self.read - 1]

    def unread(self) -> list[Heard]:
        return self.events[self.read :]


FOR_PEOPLE = frozenset({"clock.breached", "clock.reminded", "notice.to-tell", "notice.undeliverable", "overview.made"})


class Player:
    """Files what it hears by its own reference, drops repeats, and notices when something is missing."""

    def __init__(self, agency: str, mine: str) -> None:
        self.agency = agency
        self.files: dict[str, File] = {}
        self.missing: list[str] = []
        self.repeats = 0
        self._mine = mine
        self._of_question: dict[str, str] = {}
        self._of_event: dict[str, str] = {}
        self._sequences: dict[str, int] = {}

    def file(self, reference: str) -> File:
        return self.files.setdefault(reference, File())

    def sent(self, event_id: str, reference: str) -> None:
        """Remember under which id a question went out: a refusal names that id only."""
        self._of_event[event_id] = reference

    def replied(self, question: str, reference: str) -> None:
        """Remember which question it spoke of: a refusal names only that."""
        self._of_question.setdefault(question, reference)

    def hear(self, raw: bytes) -> None:
        """Take in one record of the out-topic. What only people act on is no step of a script."""
        event = json.loads(raw)
        heard = Heard(event["type"].removeprefix(PREFIX).removesuffix(".v1"), event["data"], event["subject"], raw)
        reference = self._reference(heard)
        if reference is None or not self._in_order(heard, int(event["sequence"])) or heard.kind in FOR_PEOPLE:
            return
        self.file(reference).add(heard)

    def _reference(self, heard: Heard) -> str | None:
        """Whose file it belongs in; None when it is not of this play."""
        data = heard.data
        if data.get("reference", "").startswith(self._mine):
            self._of_question.setdefault(heard.subject, data["reference"])
        return self._of_question.get(heard.subject) or self._of_event.get(data.get("event_id", ""))

    def _in_order(self, heard: Heard, sequence: int) -> bool:
        last = self._sequences.get(heard.subject, 0)
        if sequence <= last:
            self.repeats += 1
            return False
        if sequence > last + 1:
            self.missing.append(f"{self.agency} hoorde nummer {last + 1} tot {sequence} niet over {heard.subject}")
        self._sequences[heard.subject] = sequence
        return True
