"""What came of each input, for the account of its door: every one is accepted, a repeat, or refused and told so."""

from collections.abc import Sequence

from contracts.events import QUARANTINE
from contracts.quarantine import InputQuarantined
from services.intake.admission import Admission
from services.intake.inputs import Input, Work
from services.intake.store import Tally
from services.intake.views import QuestionView
from services.platform import metrics
from services.platform.events import Emit
from services.platform.keyed import Row
from services.platform.quarantine import Refused


def set_apart(inputs: Sequence[Input], work: Work, admission: Admission, source: str) -> None:
    """Into quarantine, by place and reason, and said to the agency."""
    for given in inputs:
        if not given.faults:
            continue
        faults = tuple(given.faults[:50])
        key = given.place
        work.refused.append(Refused(key, given.door, given.partition, given.offset, given.agency, faults, work.now))
        metrics.QUARANTINED.labels("intake", faults[0].code).inc()
        event = InputQuarantined(
            quarantine=key,
            topic=given.door,
            partition=given.partition,
            offset=given.offset,
            agency=given.agency if admission.agency(given.agency, work.now) is None else None,
            event_id=given.event_id,
            event_source=given.event_source,
            received_at=work.now,
            faults=faults,
        )
        row = work.rows[key] = Row[QuestionView](key)
        row.change(None, [Emit(QUARANTINE, event)], source, work.now, None)


def tallies_of(inputs: Sequence[Input]) -> list[Tally]:
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
