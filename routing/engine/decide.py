"""Decides where one question goes. Pure: the same table, facts and day give the same decision, years later."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from contracts.base import Kind
from contracts.decisions import Alternative, Ask, Decision, DecisionOutcome, Destination
from contracts.questions import Facts
from routing.data.model import Rule
from routing.data.tables import Table
from routing.engine.asked import LIVES, WHICH, Asked, present
from routing.engine.bundle import with_beside
from routing.engine.company import partners as partners_of
from routing.engine.company import pointers
from routing.engine.explain import READERS, findings
from routing.engine.reads import NAME_A_MUNICIPALITY
from routing.engine.resolve import DECIDED_HERE, NOW, Need, named_municipality, resolve
from routing.engine.trusted import decision
from routing.engine.understand import understood
from routing.engine.view import CACHED, Compiled, View, view_of

_NONE: tuple[Any, ...] = ()
_LONGEST = 600
PROFESSIONAL_ONLY = frozenset({"professional"})
_RETURNED = frozenset({Kind.QUESTION, Kind.COMPLAINT})


def decide(
    table: Table,
    facts: Facts,
    *,
    source: str,
    declined: frozenset[str] = frozenset(),
    hops: int = 0,
    today: date,
) -> Decision:
    """Exactly one outcome for every valid question; nobody is left without a desk (R-01, R-08).

    `hops` is how many organisations already had the question. Who declined is not chosen again (R-05);
    only the triage desk cannot decline.
    """
    view = view_of(table, today)
    asked = understood(view, facts, source, declined, hops)
    made = _decide(view, asked)
    return made if asked.beside is None else with_beside(view, asked, made, _decide)


def _decide(view: View, asked: Asked) -> Decision:
    facts, topic = asked.facts, asked.topic
    passed: list[Alternative] = []
    code = topic.code if topic is not None else None
    rules, asked.riding = view.possible(code, facts.kind, present(facts), facts.decision_by)
    if asked.hops >= view.settings.hop_limit and not facts.danger:
        return _triage(view, asked, "hop-limit", passed)
    for one in rules:
        for test, not_met in one.tests:
            if not test(asked):
                if one.rule.topic is not None:
                    passed.append(not_met)
                break
        else:
            made = _apply(view, asked, one, passed)
            if made is not None:
                return made
    return _triage(view, asked, _why_no_rule(asked, passed), passed)


def _why_no_rule(asked: Asked, passed: list[Alternative]) -> str:
    if asked.declined and any(one.organisation in asked.declined for one in passed):
        return "all-declined"
    if asked.topic is not None:
        return "no-destination"
    if asked.facts.topic is not None:
        return "unknown-topic"
    return "unknown-code" if asked.facts.agency_topic is not None else "no-topic"


def _apply(view: View, asked: Asked, one: Compiled, passed: list[Alternative]) -> Decision | None:
    """The rule's outcome for this question, or None when none of its destinations can take it."""
    rule = one.rule
    if rule.to is None:
        return _return(view, asked, one, passed) if rule.ask is None else _ask(view, asked, one, rule.ask, passed)
    words = (rule.to, *rule.candidates, *rule.fallback)
    for place, to in enumerate(words):
        found = resolve(view, asked, to)
        if isinstance(found, str):
            lead = usable(view, asked, rule.id, found, passed)
            if lead is not None:
                return _lead(view, asked, one, lead, passed, words[place + 1 : len(rule.candidates) + 1])
        elif isinstance(found, Need):
            made = _ask(view, asked, one, found.question, passed, found.among)
            if made is not None:
                return made
        else:
            passed.append(view.alternative(rule.id, None, found.why))
    return None


def usable(view: View, asked: Asked, rule: str, organisation: str, passed: list[Alternative]) -> Destination | None:
    """Not an organisation that declined (invariant 7), nor one that is not there on this day."""
    if organisation in asked.declined and organisation != view.settings.triage:
        why = "Deze organisatie heeft de vraag al teruggegeven."
        passed.append(view.alternative(rule, organisation, why))
        return None
    if organisation in view.absent:
        passed.append(view.alternative(rule, organisation, view.says_absent(organisation)))
        stand_in = view.absent[organisation]
        return None if stand_in is None else usable(view, asked, rule, stand_in, passed)
    destination = view.destination(organisation)
    if destination is None:
        why = "Deze organisatie staat niet in de tabel of is op deze dag niet open."
        passed.append(view.alternative(rule, organisation, why))
    return destination


def candidates(
    view: View, asked: Asked, rule: str, words: Iterable[str], lead: Destination, passed: list[Alternative]
) -> tuple[Destination, ...]:
    """Who else is offered it at once: each once, never who declined or is not there."""
    found = {lead.organisation: lead}
    for word in words:
        organisation = resolve(view, asked, word)
        if not isinstance(organisation, str):
            passed.append(view.alternative(rule, None, f"Niet bekend is wie '{word}' hier is."))
        elif organisation not in found and (one := usable(view, asked, rule, organisation, passed)) is not None:
            found.setdefault(one.organisation, one)
    return tuple(found.values())[1:]


def _lead(
    view: View,
    asked: Asked,
    one: Compiled,
    lead: Destination,
    passed: list[Alternative],
    beside: tuple[str, ...] = (),
) -> Decision:
    rule, facts = one.rule, asked.facts
    values = prepared(view, asked, rule, lead).copy()
    values["inputs"] = inputs(view, asked, one)
    if facts.acute or facts.danger or facts.harrowing:
        values["urgent"] = True
    if one.finds:
        values["findings"] = findings(asked, {*one.reads, *rule.when}, view.around, view.table.questions)
    if rule.topic is None and asked.topic is not None:
        _standard(view, asked, rule, lead, passed)
    others = candidates(view, asked, rule.id, beside, lead, passed) if beside else _NONE
    partners = partners_of(view, asked, rule.id, rule.partners, lead, passed) if rule.partners else _NONE
    if others and partners:
        partners = tuple(one for one in partners if one not in others)
    values["partners"] = partners
    if others:
        values |= at_once(view, rule.tell, values["reason"], lead, others)
    if passed:
        values["alternatives"] = tuple(passed)
    if rule.pointers or partners or others or asked.riding or lead.organisation in view.riding_with:
        values["pointers"] = pointers(view, asked, rule.pointers, (lead, *others, *partners))
    return decision(values)


def at_once(view: View, text: str, reason: str, lead: Destination, others: tuple[Destination, ...]) -> dict[str, Any]:
    """What is said when several are asked at once: all of them, and that the first to accept has it."""
    names = ", ".join(one.name for one in (lead, *others))
    return {
        "candidates": others,
        "reason": f"{reason} Tegelijk gevraagd: {names}. Wie het eerst aanneemt, heeft de vraag."[:_LONGEST],
        "tell": f"{text} {view.settings.tells.get('candidates', '')}".strip().replace("{namen}", names)[:_LONGEST],
    }


def _return(view: View, asked: Asked, one: Compiled, passed: list[Alternative]) -> Decision | None:
    """No public body is responsible: the first door says so and where help is (Awb 2:3 lid 2).

    Only what is certain: never an objection, danger or hardship, nor what an organisation gave back. People look at
    those, and at a day on which nobody who is pointed at can be called.
    """
    rule, facts = one.rule, asked.facts
    hard = facts.acute or facts.danger or facts.harrowing
    if facts.kind not in _RETURNED or hard or asked.declined:
        why = "Geen overheid gaat hierover, maar hier kijkt een mens: dit sturen we niet vanzelf terug."
        passed.append(view.alternative(rule.id, None, why))
        return None
    helping = pointers(view, asked, rule.pointers, ())
    if not any(one.contact.phone for one in helping):
        passed.append(view.alternative(rule.id, None, "Niemand naar wie we verwijzen, is nu te bellen."))
        return None
    subject = asked.topic.title if asked.topic is not None else "Deze vraag"
    said = rule.reason or f"{subject}: hierover gaat geen overheidsorganisatie."
    return decision(
        fields(
            view,
            outcome=DecisionOutcome.RETURN,
            rule=rule.id,
            reason=f"{said} Grond: {rule.basis}."[:_LONGEST],
            pointers=helping,
            tell=f"{rule.tell} {view.settings.tells.get('returned', '')}".strip()[:_LONGEST],
            norm_class=rule.norm,
            inputs=inputs(view, asked, one),
            alternatives=tuple(passed),
        )
    )


def inputs(view: View, asked: Asked, one: Compiled) -> dict[str, str]:
    """What was looked at for this rule, and which herindeling was followed for it.

    What was answered always counts: the table asked for it, and goes on by another rule when it leads nowhere.
    """
    facts = asked.facts
    reads = view.reads(one, asked.topic.code) if one.of_topic and asked.topic is not None else one.reads
    found = {key: READERS[key](facts) for key in reads}
    if facts.answers:
        found["answers"] = READERS["answers"](facts)
    for key in reads:
        if key in NAME_A_MUNICIPALITY and (gone := view.herindeling(named_municipality(facts, key))) is not None:
            found["herindeling"] = gone
    return found


def _standard(view: View, asked: Asked, rule: Rule, lead: Destination, passed: list[Alternative]) -> None:
    """Says who would have been responsible by the subject alone, when a general rule went before."""
    usual = resolve(view, asked, "organisation-of-topic")
    if isinstance(usual, str) and usual != lead.organisation and all(a.organisation != usual for a in passed):
        why = f"Gaat normaal over het onderwerp; hier gaat regel {rule.id} voor."
        passed.append(view.alternative(rule.id, usual[:60], why))


def prepared(view: View, asked: Asked, rule: Rule, lead: Destination) -> dict[str, Any]:
    """All that is the same for every question under this rule to this lead, remembered."""
    here = lead.organisation == asked.source
    key = (rule.id, asked.topic.code if asked.topic is not None else "", lead.organisation, here)
    found = view.prepared.get(key)
    if found is None:
        if len(view.prepared) >= CACHED:
            view.prepared.clear()
        found = view.prepared[key] = fields(
            view,
            outcome=_outcome(view, rule, lead),
            rule=rule.id,
            reason=_reason(asked, rule, lead),
            lead=lead,
            instruction=rule.instruction,
            tell=tell(view, rule.tell, lead, here=here),
            norm_class=rule.norm,
            urgent=rule.urgent,
        )
    return found


def fields(view: View, **values: Any) -> dict[str, Any]:
    """Every field of a decision, so that building one needs no defaults."""
    return {
        "table_version": view.table.version,
        "human": False,
        "lead": None,
        "candidates": _NONE,
        "partners": _NONE,
        "pointers": _NONE,
        "ask": None,
        "instruction": None,
        "urgent": False,
        "inputs": {},
        "findings": _NONE,
        "alternatives": _NONE,
        "bundle": _NONE,
        "suggestions": _NONE,
        **values,
    }


def _outcome(view: View, rule: Rule, lead: Destination) -> DecisionOutcome:
    """A rule that ends at the triage desk found no responsible organisation, whatever it is called."""
    outcome = DecisionOutcome(rule.outcome)
    if outcome is not DecisionOutcome.CRISIS and lead.organisation == view.settings.triage:
        return DecisionOutcome.TRIAGE
    return outcome


def _reason(asked: Asked, rule: Rule, lead: Destination) -> str:
    subject = asked.topic.title if asked.topic is not None else "Deze vraag"
    said = rule.reason or f"{subject} hoort bij {lead.name}."
    return f"{said} Grond: {rule.basis}."[:_LONGEST]


def tell(view: View, text: str, lead: Destination, *, here: bool) -> str:
    """What to tell: the rule's own words, then who calls and that the first desk follows (R-02, R-06)."""
    ending = _ending(view, lead, here=here)
    contact = lead.contact.phone or lead.contact.desk or ""
    said = f"{text} {view.settings.tells[ending]}".strip()
    return said.replace("{naam}", lead.name).replace("{contact}", contact)[:_LONGEST]


def _ending(view: View, lead: Destination, *, here: bool) -> str:
    """A desk for professionals calls the person; nobody is told to go there himself (R-33)."""
    if lead.organisation == view.settings.triage:
        return "to_triage"
    found = view.organisation(lead.organisation)
    if found is not None and found.roles == PROFESSIONAL_ONLY:
        return "professional"
    return "here" if here else "connected" if lead.connected else "not_connected"


def _ask(
    view: View, asked: Asked, one: Compiled, code: str, passed: list[Alternative], among: tuple[str, ...] = ()
) -> Decision | None:
    """One more question, unless it was answered and the answer led nowhere: then a human looks."""
    question = view.table.questions.get(code)
    if question is None or code in asked.facts.answers:
        why = _led_nowhere(view, asked, code)
        passed.append(view.alternative(one.rule.id, None, why))
        return None
    return decision(
        fields(
            view,
            outcome=DecisionOutcome.ASK,
            rule=one.rule.id,
            reason=f"Eerst moet dit bekend zijn: {question.text}"[:_LONGEST],
            ask=view.ask(question, among),
            tell=question.tell,
            norm_class=one.rule.norm,
            urgent=one.rule.urgent or asked.facts.acute or asked.facts.harrowing,
            inputs=inputs(view, asked, one),
            alternatives=tuple(passed),
        )
    )


def fits(ask: Ask, answer: str) -> bool:
    """Whether this answers the question: one on its list, or a place in the code's own words."""
    return ask.code in (LIVES, NOW, DECIDED_HERE) or any(one.code == answer for one in ask.answers)


def _led_nowhere(view: View, asked: Asked, code: str) -> str:
    question = view.table.questions.get(code)
    answer = asked.facts.answers.get(code)
    if question is not None and answer == question.unknown:
        return f"Het antwoord op de vraag '{code}' is niet bekend. Een mens zoekt het uit."
    if question is not None and code not in (LIVES, WHICH, DECIDED_HERE) and answer not in dict(question.answers):
        return f"Het antwoord '{answer}' hoort niet bij de vraag '{code}'. Een mens zoekt het uit."
    return f"De vraag '{code}' is beantwoord, maar het antwoord wijst geen organisatie aan."


def _triage(view: View, asked: Asked, why: str, passed: list[Alternative]) -> Decision:
    """A named human desk takes what no rule can place; that is a work item, never a drop (R-08)."""
    facts = asked.facts
    inputs = {"topic": READERS["topic"](facts), "kind": facts.kind.value, "hops": str(asked.hops)}
    if facts.answers:
        inputs["answers"] = READERS["answers"](facts)
    if asked.declined:
        inputs["declined"] = ", ".join(sorted(asked.declined))
    return decision(
        fields(
            view,
            outcome=DecisionOutcome.TRIAGE,
            rule=f"triage-{why}",
            reason=view.settings.reason_of_triage[why],
            lead=view.triage,
            pointers=pointers(view, asked, (), (view.triage,)) if asked.riding else _NONE,
            tell=tell(view, view.settings.tells["triage"], view.triage, here=False),
            norm_class=view.settings.norm,
            urgent=facts.acute or facts.danger or facts.harrowing,
            inputs=inputs,
            alternatives=tuple(passed),
        )
    )
