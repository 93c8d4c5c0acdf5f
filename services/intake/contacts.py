"""One moment at a desk, several questions: one bundle, several hand-offs, one view of how it goes (C-43)."""

from collections.abc import Iterable, Sequence
from typing import Final
from uuid import UUID

from contracts.base import Contract, Reference
from services.intake.views import QuestionView
from services.platform.database import Connection, Pool
from services.platform.keyed import KeyedStore

#: What is most urgent first: what the first door itself must do, then what waits for a decision, an answer, work.
URGENCY: Final = ("asking", "returned", "triage", "accepted", "deciding", "offered", "working", "ended")
_OTHERWISE = URGENCY.index("offered")


class ContactView(Contract):
    """All questions of one contact. What was merged is shown as the question it went on in."""

    contact: Reference
    status: str
    questions: tuple[QuestionView, ...]


def combined(statuses: Iterable[str]) -> str:
    """Ended only when all ended; otherwise the most urgent thing somebody must do.

    A status we do not know is not an end. There is at least one.
    """
    return min(statuses, key=_urgency)


def _urgency(status: str) -> tuple[float, str]:
    return (URGENCY.index(status) if status in URGENCY else _OTHERWISE - 0.5, status)


async def store_contacts(connection: Connection, found: Iterable[tuple[str, str, UUID]]) -> None:
    """Which questions an agency asked in which contact."""
    rows = sorted(found)
    if rows:
        await connection.execute(
            "insert into contact_question (agency, contact, question) "
            "select * from unnest($1::text[], $2::text[], $3::uuid[]) on conflict do nothing",
            *map(list, zip(*rows, strict=True)),
        )


async def look_up(pool: Pool, store: KeyedStore[QuestionView], agency: str, contact: str) -> ContactView | None:
    """The contact of this agency, as far as it still follows its questions."""
    found = await pool.fetch(
        "select question from contact_question where agency = $1 and contact = $2 order by question", agency, contact
    )
    async with pool.acquire() as connection:
        views = [await _goes_on_as(connection, store, row["question"]) for row in found]
    return bundle(contact, [view for view in views if view is not None and view.follower == agency])


def bundle(contact: str, views: Sequence[QuestionView]) -> ContactView | None:
    each = {view.question: view for view in views}
    if not each:
        return None
    status = combined(view.status for view in each.values())
    return ContactView(contact=contact, status=status, questions=tuple(each.values()))


async def _goes_on_as(connection: Connection, store: KeyedStore[QuestionView], question: UUID) -> QuestionView | None:
    """There are no circles of merged questions (relations.py)."""
    view = await store.read(connection, question)
    while view is not None and view.merged_into is not None:
        view = await store.read(connection, view.merged_into)
    return view
