"""What comes on top of a decision: a signal, an agency's code nobody knows, and all that a life event asks for."""

from collections.abc import Callable
from typing import Any

from contracts.decisions import BundleItem, Decision, DecisionOutcome, Finding
from contracts.questions import Facts
from routing.data.model import LifeEvent
from routing.engine.asked import LIVES, WHICH, Asked
from routing.engine.company import partners, pointers
from routing.engine.resolve import NOW, WATERSCHAP, ZORGKANTOOR
from routing.engine.trusted import decision
from routing.engine.understand import suggestions
from routing.engine.view import View

_TOGETHER = frozenset({DecisionOutcome.RESPONSIBLE, DecisionOutcome.MAATWERK})
# A thing a life event asks for is a question of its own: of the matter at hand only where the person lives stays.
_WHERE = frozenset({LIVES, WHICH, NOW, WATERSCHAP, ZORGKANTOOR})
Alone = Callable[[View, Asked], Decision]


def with_beside(view: View, asked: Asked, made: Decision, alone: Alone) -> Decision:
    """The same decision, with what was said beside the topic. Lead and outcome never change by it (R-90)."""
    values = dict(made.__dict__)
    values["inputs"] = {**made.inputs, **(asked.beside or {})}
    if asked.facts.signal:
        said = f"Een professional van {asked.source} meldt dat regels of uitvoering hier niet goed uitpakken."
        values["findings"] = (*made.findings, Finding(code="signaal", source=said))
    if made.lead is not None and made.lead.organisation == view.settings.triage:
        values["suggestions"] = suggestions(view, asked)
    event = view.table.life_events.get(asked.facts.life_event or "")
    if event is not None:
        values["bundle"] = _bundle(view, asked, event, alone)
        values |= _together(view, asked, event, made)
    return decision(values)


def _bundle(view: View, asked: Asked, event: LifeEvent, alone: Alone) -> tuple[BundleItem, ...]:
    """Every item as the table would decide it by itself, in the order of the event."""
    found = []
    for item, conditions in view.items(event):
        topic = view.table.topics.get(item.topic)
        if topic is None or not all(one.test(asked) for one in conditions):
            continue
        lead = alone(view, Asked(_by_itself(asked.facts, item.topic), asked.source, topic)).lead
        found.append(
            BundleItem(
                topic=topic.code,
                title=topic.title,
                organisation=lead.organisation if lead is not None else None,
                name=lead.name if lead is not None else None,
                why=item.why,
            )
        )
    return tuple(found)


def _by_itself(facts: Facts, topic: str) -> Facts:
    """Made anew, so that a fact that is added later stays out by itself."""
    answers = {code: said for code, said in facts.answers.items() if code in _WHERE}
    return Facts(topic=topic, channel=facts.channel, residence=facts.residence, answers=answers)


def _together(view: View, asked: Asked, event: LifeEvent, made: Decision) -> dict[str, Any]:
    """Partners only where a source says that organisations must act as one; a bundle is no fan-out by itself."""
    if made.lead is None or made.outcome not in _TOGETHER or not event.together:
        return {}
    passed = list(made.alternatives)
    there = {one.organisation for one in made.partners}
    more = partners(view, asked, made.rule, event.together, made.lead, passed)
    everyone = (*made.partners, *(one for one in more if one.organisation not in there))
    known = {one.organisation: one for one in made.pointers}
    riding = {one.organisation: one for one in pointers(view, asked, (), (made.lead, *made.candidates, *everyone))}
    acting = {one.organisation for one in everyone}
    pointed = tuple(one for name, one in (known | riding).items() if name not in acting)
    return {"partners": everyone, "alternatives": tuple(passed), "pointers": pointed}
