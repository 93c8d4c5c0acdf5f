"""Repeat contact: the same agency asks again under its own number while that question still runs.

A person who comes back gets no second hand-off: whoever holds the question is told (`repeat`). The table `asked` has
the last question of each number. Whether that one still runs is read from its view, under the lock of that view, so
that nothing has to be kept in step. Whoever claims a number first holds it until the end of the transaction: two doors
that ask the same at once make one question.
"""

from collections.abc import Mapping
from uuid import UUID

from contracts.questions import QuestionAsked
from services.intake.views import QuestionView
from services.platform.database import Connection

Number = tuple[str, str]
"""An agency, and its own number with topic, kind and what it says yes to: what makes two of its questions the same."""


def number_of(agency: str, asked: QuestionAsked) -> Number | None:
    """None when nobody can tell: without a topic each is a question of its own, so that nobody loses one.

    A part that was split off is never a repeat of the question it came from. Nor is who now is in danger, or stuck, a
    repeat of the calm question before: whatever a desk says yes to may ask for another road, and a repeat has no facts.
    """
    facts = asked.facts
    topic = facts.topic or (f":{facts.agency_topic}" if facts.agency_topic else None)
    if topic is None:
        return None
    part = [f"of:{asked.split_from}"] if asked.split_from else []
    yes = [f"with:{name}" for name, said in facts if said is True]
    return agency, " ".join((asked.reference, facts.kind.value, topic, *part, *yes))


def runs(view: QuestionView | None, agency: str) -> bool:
    """Whether a question of this agency's is still open."""
    return view is not None and view.follower == agency and view.open


async def claim_numbers(connection: Connection, wanted: Mapping[Number, UUID]) -> dict[Number, UUID]:
    """Lock the numbers, in their order; gives the last question of each, which is the wanted one if there was none."""
    ordered = sorted(wanted)
    if not ordered:
        return {}
    agencies, numbers = [agency for agency, _ in ordered], [number for _, number in ordered]
    await connection.execute(
        "insert into asked (agency, number, question) "
        "select * from unnest($1::text[], $2::text[], $3::uuid[]) on conflict do nothing",
        agencies,
        numbers,
        [wanted[number] for number in ordered],
    )
    rows = await connection.fetch(
        "select a.agency, a.number, a.question from asked a "
        "join unnest($1::text[], $2::text[]) as w(agency, number) using (agency, number) "
        "order by agency, number for update of a",
        agencies,
        numbers,
    )
    return {(row["agency"], row["number"]): row["question"] for row in rows}


async def renumber(connection: Connection, moved: Mapping[Number, UUID]) -> None:
    """The question under these numbers runs no more: from here on it is this one. The numbers are locked."""
    if not moved:
        return
    await connection.execute(
        "update asked a set question = w.question from unnest($1::text[], $2::text[], $3::uuid[]) "
        "as w(agency, number, question) where a.agency = w.agency and a.number = w.number",
        [agency for agency, _ in moved],
        [number for _, number in moved],
        list(moved.values()),
    )
