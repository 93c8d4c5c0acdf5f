"""The front door, the same for Kafka and HTTP: checked, counted once, passed on or refused with every reason.

Only here do strangers choose the ids, so only here is a repeat known by (source, id); the same id with other
content is refused, not swallowed. Offsets are kept in the database beside what came of them, so that a record
is accepted, or quarantined, exactly once.
"""

from collections.abc import Sequence
from datetime import datetime
from hashlib import blake2b
from typing import TypeVar
from uuid import UUID

from contracts.capacity import CapacityAnswered, CapacityAsked
from contracts.events import CAPACITY, QUARANTINE, QUESTIONS, REPLIES, QuestionAskedEvent, ReplyGivenEvent
from contracts.quarantine import Fault, InputQuarantined
from contracts.questions import Dataref, QuestionAccepted, QuestionAsked
from contracts.replies import Merge, Repeat, ReplyAccepted, ReplyGiven
from services.intake.admission import Admission
from services.intake.beside import store_beside
from services.intake.capacity import answer_fault, answered, find_inquiries, inquired, store_inquiries, told
from services.intake.contacts import store_contacts
from services.intake.inputs import Input, Work
from services.intake.relations import first_received, may_merge, merge_fault, refers_to, split_fault, with_part
from services.intake.repeats import Number, claim_numbers, number_of, renumber, runs
from services.intake.store import (
    InboxEntry,
    Tally,
    find_in_inbox,
    lock_doors,
    refused_before,
    retire_door,
    store_inbox,
    store_tallies,
)
from services.intake.texts import at_our_address, claim_texts
from services.intake.views import QuestionView, first_view
from services.platform import ids, metrics
from services.platform.database import Connection, Pool
from services.platform.events import Emit
from services.platform.keyed import KeyedStore, Row
from services.platform.quarantine import Refused, store_refused

T = TypeVar("T")

_UNKNOWN = Fault(code="unknown-question", where="/data/question", message="No question here has this id.")
_PASSED_ON = ("reference", "contact", "submitter", "represented", "dataref", "notify", "split_from", "facts")
"""What the next services are told as the agency said it."""


class Door:
    """Admits batches of input, one transaction each."""

    def __init__(self, store: KeyedStore[QuestionView], admission: Admission, source: str, public_url: str) -> None:
        self._store, self._admission, self._source = store, admission, source
        self._texts_at = f"{public_url}/v1/personal-texts/"

    async def admit(self, pool: Pool, inputs: Sequence[Input], now: datetime, *, quarantine: bool) -> None:
        """Fills in what became of each input. Raises what the database raises; then nothing has happened."""
        for given in inputs:
            given.faults += self._judged(given, now)
        async with pool.acquire() as connection, connection.transaction():
            await self._admit(connection, inputs, Work(now), quarantine=quarantine)

    def _judged(self, given: Input, now: datetime) -> list[Fault]:
        if given.event is not None:
            return self._admission.faults(given.agency, given.event, now)
        known = {fault.where for fault in given.faults}
        sender = self._admission.sender(given.agency, given.event_source, now)
        return [fault for fault in sender if fault.where not in known or fault.where == "/"]

    async def _admit(self, connection: Connection, inputs: Sequence[Input], work: Work, *, quarantine: bool) -> None:
        if quarantine:
            await self._drop_late(connection, inputs, work.now)
        fresh = [given for given in inputs if not given.late]
        await self._drop_known(connection, fresh, work)
        await self._known_questions(connection, fresh, work)
        _judge_related(fresh, work)
        await self._claim_texts(connection, fresh)
        for given in fresh:
            self._take(given, work)
        _like_their_twins(fresh)
        if quarantine:
            self._quarantine(fresh, work)
        await store_inbox(connection, list(work.inbox.values()))
        await store_refused(connection, work.refused)
        await store_beside(connection, list(work.rows.values()))
        await store_contacts(connection, work.contacts)
        await store_inquiries(connection, work.inquiries.values())
        await self._store.write(connection, list(work.rows.values()))
        await store_tallies(connection, _tallies(inputs))

    async def _drop_late(self, connection: Connection, inputs: Sequence[Input], now: datetime) -> None:
        """Below the next offset is a repeat, unless nothing is known of it: then the topic was made anew.

        Its offsets start over while ours went on; dropping those records would lose citizens in silence.
        """
        doors = await lock_doors(connection, ((given.door, given.partition) for given in inputs))
        late = [given for given in inputs if given.offset < doors[(given.door, given.partition)]]
        if not late:
            return
        known = await find_in_inbox(connection, [_id(given) for given in late if given.event is not None])
        refused = await refused_before(connection, [_place(given) for given in late])
        anew = {
            (given.door, given.partition)
            for given in late
            if _place(given) not in refused and (given.event is None or _id(given) not in known)
        }
        for door, partition in sorted(anew):
            await retire_door(connection, door, partition, now)
        for given in late:
            given.late = (given.door, given.partition) not in anew or _place(given) in refused

    async def _drop_known(self, connection: Connection, inputs: Sequence[Input], work: Work) -> None:
        """The same (source, id) seen before, or twice in this batch, is the same event."""
        good = [given for given in inputs if given.new]
        known = await find_in_inbox(connection, [_id(given) for given in good])
        here: dict[tuple[str, str], Input] = {}
        for given in good:
            given.digest = _digest(given)
            if _id(given) not in known:
                given.question = _question_of(given, work.now)
                known[_id(given)] = (given.question, given.digest)
                here[_id(given)] = given
                continue
            given.twin_of = here.get(_id(given))
            given.question, first = known[_id(given)]
            given.duplicate = first == given.digest
            if not given.duplicate:
                given.faults.append(
                    Fault(code="id-reused", where="/id", message="This id was used before for another event.")
                )

    async def _known_questions(self, connection: Connection, inputs: Sequence[Input], work: Work) -> None:
        """Lock every question that is spoken of, and find which of the asked ones run already.

        Numbers first, then questions, each in their order: so two doors cannot wait for each other.
        """
        good = [given for given in inputs if given.new]
        numbered = [(given, number) for given in good if (number := _number(given)) is not None]
        wanted: dict[Number, UUID] = {}
        for given, number in numbered:
            wanted.setdefault(number, _sure(given.question))
        last = await claim_numbers(connection, wanted)
        spoken_of = {key for given in good if given.event for key in refers_to(given.event.data)}
        found = await self._store.lock(connection, spoken_of.union(last.values()).difference(wanted.values()))
        work.rows = {key: row for key, row in found.items() if row.stored}
        work.inquiries = await find_inquiries(connection, [key for key, row in work.rows.items() if row.state is None])
        over = {number for number, question in last.items() if question != wanted[number]}
        over = {number for number in over if not runs(work.view(last[number]), number[0])}
        await renumber(connection, {number: wanted[number] for number in over})
        for given, number in numbered:
            given.question = wanted[number] if number in over else last[number]

    async def _claim_texts(self, connection: Connection, inputs: Sequence[Input]) -> None:
        """A dataref into our own store must be a text this agency left and no other question uses."""
        wanted: dict[UUID, Input] = {}
        for given in inputs:
            text = self._own_text(given) if given.new else None
            if text is not None and wanted.setdefault(text, given) is not given:
                given.faults.append(_no_unused_text(given))
        refused = await claim_texts(
            connection, [(text, given.agency, given.question) for text, given in wanted.items()]
        )
        for text in refused:
            wanted[text].faults.append(_no_unused_text(wanted[text]))

    def _own_text(self, given: Input) -> UUID | None:
        dataref, where = _dataref(given)
        if dataref is None or not at_our_address(dataref, self._texts_at):
            return None
        try:
            return UUID(str(dataref).removeprefix(self._texts_at))
        except ValueError:
            given.faults.append(Fault(code="unknown-dataref", where=where, message="Not a text of ours."))
            return None

    def _take(self, given: Input, work: Work) -> None:
        if not given.new or given.event is None or given.question is None:
            return
        if isinstance(given.event, QuestionAskedEvent):
            self._asked(given, given.event.data, given.question, work)
        elif isinstance(given.event, ReplyGivenEvent):
            self._replied(given, given.event.data, work)
        else:
            self._inquiry(given, given.event.data, given.question, work)
        if given.faults:
            return
        source, event_id = _id(given)
        work.inbox[(source, event_id)] = InboxEntry(source, event_id, given.question, given.digest, work.now)

    def _asked(self, given: Input, asked: QuestionAsked, question: UUID, work: Work) -> None:
        original = work.view(asked.split_from) if asked.split_from else None
        if asked.contact is not None:
            work.contacts.add((given.agency, asked.contact, question))
        running = work.view(question)
        if running is None:
            self._new_question(given, asked, question, first_received(asked, original), work)
        else:
            given.repeat = True
            again = Repeat(
                action="repeat", channel=asked.facts.channel, reference=asked.reference, dataref=asked.dataref
            )
            self._pass_on(given, ReplyGiven(question=question, version=max(1, running.version), reply=again), work)

    def _new_question(self, given: Input, asked: QuestionAsked, question: UUID, received: datetime, work: Work) -> None:
        known = {name: getattr(asked, name) for name in _PASSED_ON}
        accepted = QuestionAccepted(
            question=question, follower=given.agency, first_received_at=received, accepted_at=work.now, **known
        )
        row = work.rows[question] = Row[QuestionView](question)
        row.change(first_view(accepted), [Emit(QUESTIONS, accepted)], self._source, work.now, given.event)
        if asked.split_from is not None:
            whole = work.rows[asked.split_from]
            whole.change(with_part(_sure(whole.state), question), (), self._source, work.now, given.event)

    def _replied(self, given: Input, reply: ReplyGiven, work: Work) -> None:
        view = _sure(work.view(reply.question))
        if isinstance(reply.reply, Merge) and may_merge(given.agency, view):
            self._merge(given, reply, view, reply.reply.into, work)
        else:
            self._pass_on(given, reply, work)

    def _merge(self, given: Input, reply: ReplyGiven, view: QuestionView, into: UUID, work: Work) -> None:
        """Marked from here until the handoff service merges or refuses: so no two questions go into each other."""
        fault = merge_fault(given.agency, view, work.view(into))
        if fault is not None:
            given.faults.append(fault)
            return
        self._pass_on(given, reply, work)
        row = work.rows[reply.question]
        row.state = view.model_copy(update={"merging": given.reply_id})

    def _inquiry(self, given: Input, data: CapacityAsked | CapacityAnswered, inquiry: UUID, work: Work) -> None:
        if isinstance(data, CapacityAsked):
            until = self._admission.answer_by(data.organisation, work.now)
            one = inquired(inquiry, given.agency, data, work.now, until)
            work.rows[inquiry] = Row[QuestionView](inquiry)
        else:
            before = work.inquiries.get(inquiry)
            if fault := answer_fault(given.agency, before):
                given.faults.append(fault)
                return
            one = answered(_sure(before), data, work.now)
        work.inquiries[inquiry] = one
        work.rows[inquiry].change(None, [Emit(CAPACITY, told(one))], self._source, work.now, given.event)

    def _pass_on(self, given: Input, reply: ReplyGiven, work: Work) -> None:
        row = work.rows[reply.question]
        accepted = ReplyAccepted(
            question=reply.question,
            handoff=reply.handoff,
            version=reply.version,
            by=given.agency,
            event_id=given.event.id if given.event else None,
            received_at=work.now,
            asked_again=given.repeat,
            reply=reply.reply,
        )
        row.change(row.state, [Emit(REPLIES, accepted)], self._source, work.now, given.event)
        said = row.says[-1]
        given.reply_id = ids.derived_text(f"{said.topic}/{said.key}/{said.sequence}")

    def _quarantine(self, inputs: Sequence[Input], work: Work) -> None:
        for given in inputs:
            if not given.faults:
                continue
            faults = tuple(given.faults[:50])
            key = _place(given)
            work.refused.append(Refused(key, given.door, given.partition, given.offset, given.agency, faults, work.now))
            metrics.QUARANTINED.labels("intake", faults[0].code).inc()
            event = InputQuarantined(
                quarantine=key,
                topic=given.door,
                partition=given.partition,
                offset=given.offset,
                agency=given.agency if self._admission.agency(given.agency, work.now) is None else None,
                event_id=given.event_id,
                event_source=given.event_source,
                received_at=work.now,
                faults=faults,
            )
            row = work.rows[key] = Row[QuestionView](key)
            row.change(None, [Emit(QUARANTINE, event)], self._source, work.now, None)


def _like_their_twins(inputs: Sequence[Input]) -> None:
    """A repeat of what was refused is refused too: nothing accepted stands for it."""
    for given in inputs:
        if given.duplicate and given.twin_of is not None and given.twin_of.faults:
            given.faults, given.duplicate = list(given.twin_of.faults), False


def _judge_related(inputs: Sequence[Input], work: Work) -> None:
    """Before a personal text is tied to it: the question it speaks of must be there."""
    for given in inputs:
        data = given.event.data if given.new and given.event else None
        if isinstance(data, ReplyGiven) and work.view(data.question) is None:
            given.faults.append(_UNKNOWN)
        elif isinstance(data, QuestionAsked) and data.split_from is not None:
            fault = split_fault(given.agency, work.view(data.split_from))
            given.faults += [fault] if fault else []


def _number(given: Input) -> Number | None:
    data = given.event.data if given.event else None
    return number_of(given.agency, data) if isinstance(data, QuestionAsked) else None


def _dataref(given: Input) -> tuple[Dataref | None, str]:
    """The personal text it points to, and where it says so."""
    data = given.event.data if given.event else None
    if isinstance(data, QuestionAsked):
        return data.dataref, "/data/dataref"
    if isinstance(data, ReplyGiven) and isinstance(data.reply, Repeat):
        return data.reply.dataref, "/data/reply/dataref"
    return None, ""


def _no_unused_text(given: Input) -> Fault:
    return Fault(code="unknown-dataref", where=_dataref(given)[1], message="No unused text of yours is there.")


def _sure(there: T | None) -> T:
    if there is None:
        raise ValueError("is there by now")
    return there


def _place(given: Input) -> UUID:
    """Where it was refused. The record's own time tells a place from the same one in a topic made anew."""
    return ids.derived(given.door, given.partition, given.offset, given.stamp)


def _id(given: Input) -> tuple[str, str]:
    if given.event is None:
        raise ValueError("only a readable event has an id")
    return given.event.source, given.event.id


def _question_of(given: Input, now: datetime) -> UUID:
    if given.event is not None and isinstance(given.event.data, ReplyGiven):
        return given.event.data.question
    if given.event is not None and isinstance(given.event.data, CapacityAnswered):
        return given.event.data.inquiry
    return ids.time_ordered(now)


def _digest(given: Input) -> bytes:
    """What it says. An attribute that was added to the contract since, and is not given, changes nothing."""
    data = given.event.data.model_dump_json(exclude_defaults=True).encode() if given.event else b""
    return blake2b(data, digest_size=16).digest()


def _tallies(inputs: Sequence[Input]) -> list[Tally]:
    tallies: dict[tuple[str, int], Tally] = {}
    for given in inputs:
        if given.late:
            continue
        tally = tallies.setdefault((given.door, given.partition), Tally(given.door, given.partition))
        tally.received += 1
        tally.next_offset = max(tally.next_offset, given.offset + 1)
        if given.faults:
            tally.refused += 1
        elif given.duplicate:
            tally.duplicates += 1
        else:
            tally.accepted += 1
    return list(tallies.values())
