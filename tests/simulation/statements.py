"""What each statement of the services means, by verb and table."""

from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg

if TYPE_CHECKING:
    from tests.simulation.database import Transaction

Rows = list[dict[str, Any]]


async def select_keyed(tx: "Transaction", keys: list[Any]) -> Rows:
    """`for update` locks the rows that are there; a key without a row cannot be locked."""
    found = []
    for key in keys:
        if key in tx.database.keyed:
            await tx.hold(("keyed", key))
            version, seen, said, state = tx.database.keyed[key]
            found.append({"key": key, "version": version, "seen": seen, "said": said, "state": state})
    return found


async def with_(tx: "Transaction", *columns: Any) -> Any:
    """`_WRITE` of keyed.py, or `_GAPS` of repair.py, which takes but one thing; nothing is set aside here."""
    if len(columns) == 1:
        return _gaps(tx)
    keys, versions, seen, said, states, stored, *says = columns
    database, written = tx.database, 0
    for key, is_stored, *row in zip(keys, stored, versions, seen, said, states, strict=True):
        await tx.hold(("keyed", key))  # an insert waits for another's insert of the same key
        if is_stored or key not in database.keyed:
            written += 1
            tx.writes.append(lambda key=key, row=row: database.keyed.update({key: tuple(row)}))
    if written < len(keys):
        return None
    await tx.hold("journal_head")
    last = len(database.journal)
    for number, (topic, key, sequence, kind, value) in enumerate(zip(*says, strict=True), last + 1):
        entry = {"number": number, "topic": topic, "key": key, "sequence": sequence, "type": kind, "value": value}
        tx.writes.append(lambda entry=entry: database.journal.append(entry))
    return last + len(says[0])


def _gaps(tx: "Transaction") -> Rows:
    import orjson

    waiting: dict[Any, list[int]] = {}
    for key, topic, sequence in tx.database.parked:
        waiting.setdefault((topic, key), []).append(sequence)
    gaps = []
    for (topic, key), sequences in waiting.items():
        row = tx.database.keyed.get(key)
        first = (orjson.loads(row[1]).get(topic, 0) if row else 0) + 1
        gap = {"topic": topic, "key": key, "first": first, "last": min(sequences) - 1, "parked": len(sequences)}
        if gap["first"] <= gap["last"]:
            gaps.append(gap)
    return gaps


async def select_parked(tx: "Transaction", keys: list[Any]) -> Rows:
    wanted = set(keys)
    return [
        {"topic": topic, "key": key, "sequence": sequence, "value": value}
        for (key, topic, sequence), value in tx.database.parked.items()
        if key in wanted
    ]


async def insert_parked(tx: "Transaction", topic: str, key: Any, sequence: int, value: bytes) -> None:
    parked = tx.database.parked
    tx.writes.append(lambda: parked.setdefault((key, topic, sequence), value))


async def delete_parked(tx: "Transaction", topic: str, key: Any, sequence: int) -> None:
    parked = tx.database.parked
    tx.writes.append(lambda: parked.pop((key, topic, sequence), None))


async def select_journal(tx: "Transaction", *given: Any) -> Rows:
    """By cursor and limit or what waited (relay), topics after a cursor, by key (repair), or a stretch (replay)."""
    journal = tx.database.journal
    if len(given) == 1:
        return [{"topic": topic} for topic in sorted({entry["topic"] for entry in journal[given[0] :]})]
    if len(given) == 2:
        return journal[given[0] : given[0] + given[1]]
    if len(given) == 3:
        first, last, topics = given
        return [entry for entry in journal[first - 1 : last] if not topics or entry["topic"] in topics][:2000]
    if isinstance(given[0], str):
        topic, first, last, limit = given
        return [entry for entry in journal[first - 1 : last] if entry["topic"] == topic][:limit]
    key, topic, first, last = given
    return [e for e in journal if e["key"] == key and e["topic"] == topic and first <= e["sequence"] <= last]


async def select_relay_cursor(tx: "Transaction") -> int:
    return tx.database.cursor


async def update_relay_cursor(tx: "Transaction", old: int, new: int) -> str:
    await tx.hold("relay_cursor")
    if tx.database.cursor != old:
        return "UPDATE 0"
    tx.writes.append(lambda: setattr(tx.database, "cursor", new))
    return "UPDATE 1"


async def select_relay_waiting(tx: "Transaction") -> Rows:
    return [{"topic": topic, "number": number} for topic, number in sorted(tx.database.waiting.items())]


async def insert_relay_waiting(tx: "Transaction", topic: str, number: int) -> None:
    tx.writes.append(lambda: tx.database.waiting.setdefault(topic, number))


async def update_relay_waiting(tx: "Transaction", topic: str, number: int) -> None:
    tx.writes.append(lambda: tx.database.waiting.update({topic: number}))


async def delete_relay_waiting(tx: "Transaction", topic: str) -> None:
    tx.writes.append(lambda: tx.database.waiting.pop(topic))


async def select_clock(tx: "Transaction", first: Any, limit: int) -> Rows:
    """Clocks at a step by now, or the questions on the clock after this one."""
    clock = tx.database.clock
    if isinstance(first, UUID):
        return [{"question": one} for one in sorted({place[0] for place in clock if place[0] > first})[:limit]]
    due = [(next_at, place) for place, (_, _, next_at) in clock.items() if next_at is not None and next_at <= first]
    return [dict(zip(("question", "subject", "stage"), place, strict=True)) for _, place in sorted(due)[:limit]]


async def delete_clock(tx: "Transaction", *columns: Any) -> None:
    clocks = tx.database.clock
    for place in zip(*columns, strict=True):
        tx.writes.append(lambda place=place: clocks.pop(place))


async def insert_clock(tx: "Transaction", *columns: Any) -> None:
    for question, subject, stage, *value in zip(*columns, strict=True):
        tx.writes.append(lambda p=(question, subject, stage), v=tuple(value): _one_clock(tx, p, v))


def _one_clock(tx: "Transaction", place: Any, value: Any) -> None:
    assert place not in tx.database.clock, "the clock table has one row per open stage"
    tx.database.clock[place] = value
    if value[1]:
        tx.database.rung.append((place, value[1]))


async def select_clock_terms(tx: "Transaction") -> str:
    return tx.database.clock_terms


async def update_clock_terms(tx: "Transaction", digest: str) -> None:
    tx.writes.append(lambda: setattr(tx.database, "clock_terms", digest))


async def insert_tally(tx: "Transaction", *given: Any) -> None:
    """Rows of zeroes for doors never seen, at once; or what is to be added."""
    tally = tx.database.tally
    if len(given) == 2:
        for place in zip(*given, strict=True):
            tally.setdefault(place, [0, 0, 0, 0, 0])
        return
    door, partition, next_offset, *counts = given
    tx.writes.append(lambda: _add(tally[door, partition], next_offset, counts))


def _add(row: list[int], next_offset: int, counts: list[int]) -> None:
    row[0] = max(row[0], next_offset)
    for place, count in enumerate(counts, 1):
        row[place] += count


async def select_tally(tx: "Transaction", doors: list[str], partitions: list[int]) -> Rows:
    found = []
    for place in zip(doors, partitions, strict=True):
        await tx.hold(("tally", place))
        row = tx.database.tally[place]
        found.append({"door": place[0], "partition": place[1], "next_offset": row[0]})
    return found


async def select_inbox(tx: "Transaction", sources: list[str], ids: list[str]) -> Rows:
    found = []
    for source, event_id in zip(sources, ids, strict=True):
        if (source, event_id) in tx.database.inbox:
            question, digest = tx.database.inbox[source, event_id]
            found.append({"source": source, "id": event_id, "question": question, "digest": digest})
    return found


async def insert_inbox(tx: "Transaction", *columns: Any) -> None:
    inbox = tx.database.inbox
    for source, event_id, question, digest, _ in zip(*columns, strict=True):
        await tx.hold(("inbox", source, event_id))
        if (source, event_id) in inbox:
            raise asyncpg.exceptions.UniqueViolationError("simulated")
        tx.writes.append(lambda place=(source, event_id), value=(question, digest): inbox.update({place: value}))


async def select_quarantine(tx: "Transaction", quarantines: list[Any]) -> Rows:
    return [{"quarantine": one} for one in quarantines if one in tx.database.quarantine]


async def insert_quarantine(tx: "Transaction", quarantine: Any, *rest: Any) -> None:
    kept = tx.database.quarantine
    tx.writes.append(lambda: kept.setdefault(quarantine, rest))


async def insert_work(tx: "Transaction", *columns: Any) -> None:
    work = tx.database.work
    for agency, question, subject, *rest in zip(*columns, strict=True):
        tx.writes.append(lambda place=(agency, question, subject), row=tuple(rest): work.update({place: row}))


async def delete_work(tx: "Transaction", *columns: Any) -> None:
    for place in zip(*columns, strict=True):
        tx.writes.append(lambda place=place: tx.database.work.pop(place))


async def insert_history(tx: "Transaction", *columns: Any) -> None:
    history = tx.database.history
    for question, number, step in zip(*columns, strict=True):
        if (question, number) in history:
            raise asyncpg.exceptions.UniqueViolationError("simulated")
        tx.writes.append(lambda place=(question, number), step=step: history.update({place: step}))


async def insert_asked(tx: "Transaction", agencies: list[str], numbers: list[str], questions: list[Any]) -> None:
    """An insert waits for another's insert of the same number."""
    for agency, number, question in zip(agencies, numbers, questions, strict=True):
        await tx.hold(("asked", agency, number))
        if (agency, number) not in tx.database.asked:
            tx.asked[agency, number] = question
            tx.writes.append(lambda place=(agency, number), one=question: tx.database.asked.update({place: one}))


async def select_asked(tx: "Transaction", agencies: list[str], numbers: list[str]) -> Rows:
    known = tx.database.asked | tx.asked
    return [
        {"agency": agency, "number": number, "question": known[agency, number]}
        for agency, number in zip(agencies, numbers, strict=True)
    ]


async def update_asked(tx: "Transaction", agencies: list[str], numbers: list[str], questions: list[Any]) -> None:
    for agency, number, question in zip(agencies, numbers, questions, strict=True):
        tx.writes.append(lambda place=(agency, number), one=question: tx.database.asked.update({place: one}))
