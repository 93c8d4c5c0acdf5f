"""The faults of rules that ask several at once, and of rules that say that no public body is responsible."""

from collections.abc import Iterator, Mapping

from contracts.base import Kind
from contracts.decisions import DecisionOutcome
from routing.data.model import Organisation, Rule, Settings
from routing.data.read import Fault, Record
from routing.engine.conditions import kinds
from routing.engine.surroundings import WrongCondition

MOST_CANDIDATES = 9
_ONE_BODY_DECIDES = frozenset({Kind.OBJECTION, Kind.APPEAL, Kind.COMPLAINT})
_TAKEN_ON = frozenset({DecisionOutcome.RESPONSIBLE, DecisionOutcome.MAATWERK})
_NOT_WITH_RETURN = ("candidates", "fallback", "partners", "instruction", "urgent")


def candidate_faults(rule: Rule, record: Record, settings: Settings) -> Iterator[Fault]:
    """Several may be asked only where any of them may take it, and a source says so."""
    if rule.to is None or rule.outcome not in _TAKEN_ON:
        message = f"regel {rule.id}: candidates staan naast 'to', bij een uitkomst waarin iemand de vraag aanneemt"
        yield record.fault("candidates-not-here", message, "candidates")
    if not _ONE_BODY_DECIDES.isdisjoint(_kinds(rule)):
        message = (
            f"regel {rule.id}: over bezwaar, beroep of een klacht gaat er één; noem met 'kind' waar de regel voor is"
        )
        yield record.fault("candidates-not-here", message, "candidates")
    if len(rule.candidates) > MOST_CANDIDATES:
        message = f"regel {rule.id}: meer dan {MOST_CANDIDATES} kandidaten"
        yield record.fault("wrong-value", message, "candidates")
    named = (rule.to, *rule.candidates, *rule.partners, *rule.fallback)
    for name in sorted({one for one in rule.candidates if named.count(one) > 1}):
        yield record.fault("duplicate-id", f"regel {rule.id}: {name} staat er twee keer", "candidates")
    if {settings.triage, "triage"} & set(named[: 1 + len(rule.candidates)]):
        yield record.fault("candidates-not-here", f"regel {rule.id}: de triage is geen kandidaat", "candidates")
    if not rule.reason:
        message = f"regel {rule.id}: zeg in 'reason' waarom elk van hen het mag doen, en in 'source' waar dat staat"
        yield record.fault("missing-reason", message, "candidates")


def return_faults(rule: Rule, record: Record, organisations: Mapping[str, Organisation]) -> Iterator[Fault]:
    """Who is sent back gets a number to call, and only for a subject that is certain (Awb 2:3 lid 2 and 3)."""
    if rule.topic is None:
        message = f"regel {rule.id}: 'return' hoort bij één onderwerp, nooit bij een regel voor alle"
        yield record.fault("return-not-here", message, "outcome")
    for key in _NOT_WITH_RETURN:
        if getattr(rule, key):
            yield record.fault("return-not-here", f"regel {rule.id}: {key} past niet bij 'return'", key)
    if not _kinds(rule) & {Kind.QUESTION, Kind.COMPLAINT}:
        yield record.fault("return-not-here", f"regel {rule.id}: alleen een vraag of klacht gaat terug", "when")
    phones = {one.id for one in organisations.values() if one.phone and one.validity.valid_to is None}
    if not any(one.to in phones for one in rule.pointers):
        message = f"regel {rule.id} wijst niemand aan die te bellen is"
        yield record.fault("no-human-route", message, "pointers" if "pointers" in record.lines else "outcome")


def _kinds(rule: Rule) -> frozenset[Kind]:
    try:
        return kinds(rule.when)
    except WrongCondition:
        return frozenset()
