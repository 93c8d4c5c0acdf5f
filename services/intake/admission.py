"""Who may say what: the checks that need the routing table or the sender, not only the event; pure."""

from collections.abc import Iterable
from datetime import datetime, timedelta

import routing
from contracts.base import Kind, Submitter
from contracts.capacity import CapacityAsked
from contracts.events import CapacityAnsweredEvent, CapacityAskedEvent, QuestionAskedEvent, ReplyGivenEvent
from contracts.quarantine import Fault
from contracts.questions import Facts, QuestionAsked
from contracts.replies import (
    Accept,
    Action,
    Correct,
    Decline,
    Hold,
    Involve,
    Merge,
    NameContactPerson,
    Place,
    Reopen,
    Repeat,
    Return,
    Start,
)
from routing.data.model import Organisation

_CLOCK_SKEW = timedelta(minutes=5)
_FARTHEST = timedelta(days=3653)
"""Ten years: a date further away is no plan but a way to say "never", and would be told to a person as a date."""
_FOR_THEMSELVES = frozenset({Submitter.CITIZEN, Submitter.ENTREPRENEUR})
_ALWAYS_FORWARDED = frozenset({Kind.OBJECTION, Kind.APPEAL})
_NO_WARM_TRANSFER = "Without their yes nobody is handed over: the first door keeps the person and helps them by itself."
_ABOUT_THE_QUESTION = (Correct, Reopen, Repeat, Merge, Return, NameContactPerson)
"""Where a hand-off makes no sense. `end`, `answer` and `place` may name one, as they always could."""

AgencyEvent = QuestionAskedEvent | ReplyGivenEvent | CapacityAskedEvent | CapacityAnsweredEvent


class Admission:
    """The rules of the door under the version of the routing table that is in force."""

    def __init__(self, table: routing.Table) -> None:
        self.use(table)

    def use(self, table: routing.Table) -> None:
        self._table = table

    def agency(self, agency: str, now: datetime) -> Fault | None:
        """Only a connected organisation has a door of its own."""
        organisation = self._find(agency, now)
        if organisation is None:
            return _fault("unknown-agency", "/", "This organisation is not in the routing table.")
        if not organisation.connected_on(routing.day_of(now)):
            return _fault("not-connected", "/", "This organisation is not connected.")
        return None

    def faults(self, agency: str, event: AgencyEvent, now: datetime) -> list[Fault]:
        """Everything that is wrong with a well-formed event from this agency, at once."""
        found = self.sender(agency, event.source, now)
        if isinstance(event, QuestionAskedEvent):
            found += self._question(event, now)
        elif isinstance(event, ReplyGivenEvent):
            found += self._reply(event, now)
        elif isinstance(event, CapacityAskedEvent):
            found += self._inquiry(agency, event.data, now)
        return found

    def sender(self, agency: str, source: str | None, now: datetime) -> list[Fault]:
        """What is wrong with who sends; to be told also when the event itself could not be read."""
        found = [self.agency(agency, now), self._source(agency, source) if source else None]
        return [fault for fault in found if fault is not None]

    def _source(self, agency: str, source: str) -> Fault | None:
        if source.startswith(tuple(self.sources(agency))):
            return None
        return _fault(
            "source-not-yours",
            "/source",
            "The source names another organisation than the door this came in through.",
        )

    def sources(self, agency: str) -> list[str]:
        """The beginnings an agency's `source` may have. No OIN in public data: then its TOOI (standards A4)."""
        organisation = self._table.organisations.get(agency)
        if organisation is None:
            return []
        known = [f"urn:nld:tooi:{organisation.tooi.rsplit('/', 1)[-1]}:systeem:"] if organisation.tooi else []
        if organisation.oin:
            known.append(f"urn:nld:oin:{organisation.oin}:systeem:")
        return [*known, f"urn:nld:gvd:{agency}:systeem:"]

    def _question(self, event: QuestionAskedEvent, now: datetime) -> Iterable[Fault]:
        asked = event.data
        if asked.first_received_at > now + _CLOCK_SKEW:
            yield _fault("in-the-future", "/data/first_received_at", "This moment has not come yet.")
        if not asked.warm_transfer_agreed and asked.facts.kind not in _ALWAYS_FORWARDED:
            yield _fault("no-warm-transfer", "/data/warm_transfer_agreed", _NO_WARM_TRANSFER)
        yield from _represented(asked)
        yield from self._facts(asked.facts, "/data/facts", now)

    def _facts(self, facts: Facts, where: str, now: datetime) -> Iterable[Fault]:
        named = [("decision_by", facts.decision_by), ("registry_holder", facts.registry_holder)]
        named += [(f"involved/{index}", organisation) for index, organisation in enumerate(facts.involved)]
        yield from self._known([(f"{where}/{name}", organisation) for name, organisation in named], now)

    def _reply(self, event: ReplyGivenEvent, now: datetime) -> Iterable[Fault]:
        """What can be wrong with a reply whatever the state of its question; the rest is the handoff service's."""
        given, reply = event.data, event.data.reply
        if given.handoff is not None and isinstance(reply, _ABOUT_THE_QUESTION):
            yield _fault("not-about-a-handoff", "/data/handoff", "This is about the question as a whole.")
        yield from self._known(_organisations(reply), now)
        if isinstance(reply, Correct):
            yield from self._facts(reply.facts, "/data/reply/facts", now)
        if isinstance(reply, Merge) and reply.into == given.question:
            yield _fault("same-question", "/data/reply/into", "A question cannot be merged into itself.")
        if isinstance(reply, Accept | Start) and reply.warmth is not None and reply.warmth.at > now + _CLOCK_SKEW:
            yield _fault("in-the-future", "/data/reply/warmth/at", "This moment has not come yet.")
        for where, moment in _planned(reply):
            if moment is not None and moment > now + _FARTHEST:
                yield _fault("too-far-ahead", f"/data/reply/{where}", "This is more than ten years ahead.")
        if isinstance(reply, NameContactPerson) and reply.person.until and reply.person.until <= reply.person.since:
            yield _fault("ends-before-it-begins", "/data/reply/person/until", "This is not after `since`.")

    def _inquiry(self, agency: str, asked: CapacityAsked, now: datetime) -> Iterable[Fault]:
        """Who is not connected could not answer: call them."""
        where, found = "/data/organisation", self._find(asked.organisation, now)
        if found is None:
            yield from self._known([(where, asked.organisation)], now)
        elif not found.connected_on(routing.day_of(now)):
            yield _fault("not-connected", where, "This organisation is not connected and cannot be asked here.")
        if asked.organisation == agency:
            yield _fault("yourself", where, "This is your own organisation.")
        if asked.topic not in self._table.topics:
            yield _fault("unknown-topic", "/data/topic", "This topic is not in the routing table.")

    def answer_by(self, organisation: str, now: datetime) -> datetime:
        """Somebody stands at a desk: the norm within which a triage desk takes a question on, in working time."""
        norm = self._table.norms[self._table.settings.norm]
        return self._table.calendar(organisation).after(now, timedelta(hours=norm.accept_hours))

    def _known(self, named: Iterable[tuple[str, str | None]], now: datetime) -> Iterable[Fault]:
        for where, organisation in named:
            if organisation is not None and self._find(organisation, now) is None:
                yield _fault("unknown-organisation", where, "This organisation is not in the routing table.")

    def _find(self, organisation: str, now: datetime) -> Organisation | None:
        return self._table.organisation(organisation, routing.day_of(now))


def _represented(asked: QuestionAsked) -> Iterable[Fault]:
    """Follow-up is the same for all who bring a question in; somebody must hear how it goes (R-09)."""
    if (represented := asked.represented) is None:
        return
    if asked.submitter in _FOR_THEMSELVES:
        yield _fault("not-represented", "/data/represented", "This submitter speaks for themselves.")
    if not (represented.tell_person or represented.tell_representative):
        yield _fault("nobody-told", "/data/represented", "The person or who speaks for them must hear how it goes.")


def _planned(reply: Action) -> Iterable[tuple[str, datetime | None]]:
    """The moments a reply looks ahead to."""
    if isinstance(reply, Hold):
        yield "until", reply.until
    if isinstance(reply, Start):
        yield "planned_for", reply.planned_for
    if isinstance(reply, NameContactPerson):
        yield "person/since", reply.person.since
        yield "person/until", reply.person.until


def _organisations(reply: Action) -> Iterable[tuple[str, str | None]]:
    """The organisations a reply names, and where."""
    if isinstance(reply, Place | Involve):
        yield "/data/reply/organisation", reply.organisation
    if isinstance(reply, Place):
        yield from ((f"/data/reply/candidates/{index}", one) for index, one in enumerate(reply.candidates))
    if isinstance(reply, Decline):
        yield "/data/reply/suggested", reply.suggested
    if isinstance(reply, NameContactPerson):
        yield "/data/reply/person/organisation", reply.person.organisation


def _fault(code: str, where: str, message: str) -> Fault:
    return Fault(code=code, where=where, message=message)
