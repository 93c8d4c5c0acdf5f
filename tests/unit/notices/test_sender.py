"""One notice that fails, in whatever way, goes back; the others leave."""

from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID

import pytest

from contracts.notices import NoticeChannel
from services.notices.addresses import Address
from services.notices.model import Followed, Status
from services.notices.ports import Message
from services.notices.sender import MOST_TRIES, Sender
from services.platform.keyed import Row
from tests.unit.notices.story import SOURCE, TEXTS, Story

GOOD, BAD = (UUID(int=n, version=4) for n in (101, 102))


class Queue:
    """Pool, connection and store of the questions in it."""

    def __init__(self, states: dict[UUID, Followed], attempts: int = 0) -> None:
        self.states, self.unreadable, self.said = states, set[UUID](), list[Any]()
        self.lines = {
            number: {"notice": state.told[0].notice, "question": question, "attempts": attempts}
            for number, (question, state) in enumerate(states.items())
        }

    async def fetch(self, *_: Any) -> list[dict[str, Any]]:
        return [{"position": position, **line} for position, line in self.lines.items()]

    async def execute(self, statement: str, position: int, *_: Any) -> None:
        if statement.startswith("delete"):
            del self.lines[position]
        else:
            self.lines[position]["attempts"] += 1

    @asynccontextmanager
    async def acquire(self) -> Any:
        yield self

    @asynccontextmanager
    async def transaction(self) -> Any:
        yield

    async def read(self, _: Any, question: UUID) -> Followed:
        if question in self.unreadable:
            raise KeyError("what is kept of it cannot be read")
        return self.states[question]

    async def lock(self, _: Any, questions: list[UUID]) -> dict[UUID, Row[Followed]]:
        return {question: Row(question, state=self.states[question]) for question in questions}

    async def write(self, _: Any, rows: list[Row[Followed]]) -> None:
        for row in rows:
            assert row.state is not None
            self.states[row.key] = row.state
            self.said += row.says

    def wake(self) -> None:
        pass

    def status(self, question: UUID) -> Status:
        return self.states[question].told[0].status


class Fragile:
    """Finds every address, and fails on one in a way nobody thought of."""

    async def find(self, _: UUID, question: UUID, *__: Any) -> Address:
        return Address("bad" if question == BAD else "jan@example.nl")

    async def send(self, message: Message) -> None:
        if message.address.to == "bad":
            raise AttributeError("NoneType of jan@example.nl")


def queue_of_two(attempts: int = 0) -> tuple[Queue, Sender]:
    states = {}
    for question in (BAD, GOOD):
        story = Story(begin=False)
        story.accepted = story.accepted.model_copy(update={"question": question})
        story.begin()
        assert story.state is not None
        states[question] = story.state.model_copy(update={"question": question})
    queue: Any = Queue(states, attempts)
    ports: Any = {NoticeChannel.EMAIL: Fragile()}
    addresses: Any = Fragile()
    return queue, Sender(queue, queue, queue, SOURCE, TEXTS, addresses, ports)


async def test_one_that_fails_goes_back_and_the_others_leave(capfd: pytest.CaptureFixture[str]) -> None:
    queue, sender = queue_of_two()
    assert await sender.work() == 2
    assert queue.status(GOOD) is Status.SENT
    assert [(line["question"], line["attempts"]) for line in queue.lines.values()] == [(BAD, 1)]
    assert "jan@" not in "".join(capfd.readouterr()), "a log may say what kind of error it was, never its words"


async def test_in_the_end_the_desk_tells_them() -> None:
    queue, sender = queue_of_two(MOST_TRIES - 1)
    await sender.work()
    assert queue.status(BAD) is Status.UNDELIVERABLE
    assert queue.lines == {}
    assert [b"not-working" in event.value for event in queue.said].count(True) == 1


async def test_what_cannot_be_read_waits_for_its_lease_alone() -> None:
    queue, sender = queue_of_two()
    queue.unreadable = {BAD}
    await sender.work()
    assert queue.status(GOOD) is Status.SENT
    assert [line["question"] for line in queue.lines.values()] == [BAD]
