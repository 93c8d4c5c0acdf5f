"""Repeat contact: the same agency asks again under its own number while that question still runs.

A person who comes back gets no second hand-off: whoever holds the question is told (`repeat`). The table `asked` has
the last question of each number. Whether that one still runs is read from its view, under the lock of that view, so
that nothing has to be kept in step. Whoever claims a number first holds it until the end of the transaction: two doors
that ask the same at once make one question.
"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from contracts.questions import QuestionAsked
from services.intake.capacity import find_inquiries
from services.intake.inputs import Input, Work, sure
from services.intake.relations import refers_to
from services.intake.views import QuestionView
from services.platform.database import Connection
from services.platform.keyed import KeyedStore

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


async def lock_questions(
    connection: Connection, store: KeyedStore[QuestionView], inputs: Sequence[Input], work: Work
) -> None:
    """Lock every question that is spoken of, and find which of the asked ones run already.

    Numbers first, then questions, each in their order: so two doors cannot wait for each other.
    """
    good = [given for given in inputs if given.new]
    numbered = [(given, number) for given in good if (number := _number(given)) is not None]
    wanted: dict[Number, UUID] = {}
    for given, number in numbered:
        wanted.setdefault(number, sure(given.question))
    last = await claim_numbers(connection, wanted)
    spoken_of = {key for given in good if given.event for key in refers_to(given.event.data)}
    found = await store.lock(connection, spoken_of.union(last.values()).difference(wanted.values()))
    work.rows = {key: row for key, row in found.items() if row.stored}
    work.inquiries = await find_inquiries(connection, [key for key, row in work.rows.items() if row.state is None])
    over = {number for number, question in last.items() if question != wanted[number]}
    over = {number for number in over if not runs(work.view(last[number]), number[0])}
    await renumber(connection, {number: wanted[number] for number in over})
    for given, number in numbered:
        given.question = wanted[number] if number in over else last[number]


def _number(given: Input) -> Number | None:
    data = given.event.data if given.event else None
    return number_of(given.agency, data) if isinstance(data, QuestionAsked) else None


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
