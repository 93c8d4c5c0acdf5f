"""A human's choice of organisation, written down as a decision like any other (R-27)."""

from datetime import date

from contracts.decisions import Alternative, Decision, DecisionOutcome, DecisionReason, Destination
from contracts.questions import Facts
from routing.data.model import UnknownOrganisation
from routing.data.tables import Table
from routing.engine.asked import Asked, present
from routing.engine.company import pointers
from routing.engine.decide import PROFESSIONAL_ONLY, at_once, fields, tell
from routing.engine.explain import READERS
from routing.engine.trusted import decision
from routing.engine.view import View, view_of

RULE = "geplaatst-door-mens"
BY_PEOPLE = frozenset({DecisionReason.PLACED, DecisionReason.INVOLVED})
"""Who chose here must choose again when the organisation turns out not to be there."""
_LONGEST = 600
_BETWEEN = ", "


def place(
    table: Table,
    organisation: str,
    *,
    facts: Facts,
    by: str,
    because: str,
    today: date,
    candidates: tuple[str, ...] = (),
) -> Decision:
    """The decision that a person at `by` takes for reason `because`; raises UnknownOrganisation.

    Who is no more or absent is followed to who takes over. `candidates` are offered it at once; those that are not
    there are left out. What always travels with an organisation, such as the ADV with the College, does so here (R-58).
    """
    view = view_of(table, today)
    passed: list[Alternative] = []
    found = _found(view, (organisation, *candidates), passed)
    if not found:
        raise UnknownOrganisation(organisation)
    lead, *others = found
    chosen = view.organisation(lead.organisation)
    topic = table.topics.get(facts.topic) if facts.topic is not None else None
    asked = Asked(facts, by, topic)
    asked.riding = view.possible(topic.code if topic is not None else None, facts.kind, present(facts))[1]
    only = chosen is not None and chosen.roles == PROFESSIONAL_ONLY
    outcome = DecisionOutcome.MAATWERK if only else DecisionOutcome.RESPONSIBLE
    if lead.organisation == table.settings.triage:
        outcome, others = DecisionOutcome.TRIAGE, []
    own = view.own_rules(topic.code) if topic is not None else ()
    inputs = {"topic": READERS["topic"](facts), "by": by, "because": because}
    if lead.organisation != organisation:
        inputs["organisation"] = organisation
    if candidates:
        inputs["candidates"] = _BETWEEN.join(candidates)
    values = fields(
        view,
        outcome=outcome,
        rule=RULE,
        human=True,
        reason=f"Een medewerker van {by} koos {lead.name}, met als reden: {because}."[:_LONGEST],
        lead=lead,
        pointers=pointers(view, asked, (), (lead, *others)),
        tell=tell(view, table.settings.tells["placed"], lead, here=False),
        norm_class=own[-1].rule.norm if own else table.settings.norm,
        urgent=facts.acute or facts.danger or facts.harrowing,
        inputs=inputs,
        alternatives=tuple(passed),
    )
    if others:
        values |= at_once(view, table.settings.tells["placed"], values["reason"], lead, tuple(others))
    return decision(values)


def placed_again(table: Table, made: Decision, facts: Facts, today: date) -> Decision:
    """A human's decision from what it stored of itself, for replay; raises UnknownOrganisation."""
    given = made.inputs
    lead = made.lead.organisation if made.lead is not None else ""
    named = given.get("candidates")
    return place(
        table,
        given.get("organisation", lead),
        facts=facts,
        by=given["by"],
        because=given["because"],
        today=today,
        candidates=tuple(named.split(_BETWEEN)) if named else (),
    )


def _found(view: View, names: tuple[str, ...], passed: list[Alternative]) -> list[Destination]:
    """Those that are there, each once, and why the others are not chosen."""
    found: dict[str, Destination] = {}
    for number, name in enumerate(names):
        now = view.table.takes_over(name, view.today) or name
        destination = view.destination(now) if now not in view.absent else None
        if number and now == view.settings.triage:
            passed.append(view.alternative(RULE, now, "De triage is geen kandidaat: die kiest."))
        elif destination is None:
            passed.append(view.alternative(RULE, name, view.says_gone(name)))
        elif now not in found:
            found[now] = destination
            if now != name:
                passed.append(view.alternative(RULE, name, view.says_gone(name)))
    return list(found.values())
