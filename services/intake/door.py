"""The front door, the same for Kafka and HTTP: checked, counted once, passed on or refused with every reason.

Only here do strangers choose the ids, so only here is a repeat known by (source, id); the same id with other
content is refused, not swallowed. Offsets are kept in the database beside what came of them, so that a record
is accepted, or quarantined, exactly once.
"""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from contracts.capacity import CapacityAnswered, CapacityAsked
from contracts.events import CAPACITY, QUESTIONS, REPLIES, QuestionAskedEvent, ReplyGivenEvent
from contracts.quarantine import Fault
from contracts.questions import QuestionAccepted, QuestionAsked
from contracts.replies import Merge, Repeat, ReplyAccepted, ReplyGiven
from services.intake.accounts import set_apart, tallies_of
from services.intake.admission import Admission
from services.intake.beside import store_beside
from services.intake.capacity import answer_fault, answered, inquired, store_inquiries, told
from services.intake.claims import claim_own_texts
from services.intake.contacts import store_contacts
from services.intake.inputs import Input, Work, sure
from services.intake.known import drop_known, drop_late, like_their_twins
from services.intake.relations import first_received, judge_related, may_merge, merge_fault, with_part
from services.intake.repeats import lock_questions
from services.intake.store import InboxEntry, store_inbox, store_tallies
from services.intake.views import QuestionView, first_view
from services.platform import ids
from services.platform.database import Connection, Pool
from services.platform.events import Emit
from services.platform.keyed import KeyedStore, Row
from services.platform.quarantine import store_refused

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
            await drop_late(connection, inputs, work.now)
        fresh = [given for given in inputs if not given.late]
        await drop_known(connection, fresh, work.now)
        await lock_questions(connection, self._store, fresh, work)
        judge_related(fresh, work)
        await claim_own_texts(connection, fresh, self._texts_at)
        for given in fresh:
            self._take(given, work)
        like_their_twins(fresh)
        if quarantine:
            set_apart(fresh, work, self._admission, self._source)
        await store_inbox(connection, list(work.inbox.values()))
        await store_refused(connection, work.refused)
        await store_beside(connection, list(work.rows.values()))
        await store_contacts(connection, work.contacts)
        await store_inquiries(connection, work.inquiries.values())
        await self._store.write(connection, list(work.rows.values()))
        await store_tallies(connection, tallies_of(inputs))

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
        source, event_id = given.id
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
            whole.change(with_part(sure(whole.state), question), (), self._source, work.now, given.event)

    def _replied(self, given: Input, reply: ReplyGiven, work: Work) -> None:
        view = sure(work.view(reply.question))
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
            one = answered(sure(before), data, work.now)
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
