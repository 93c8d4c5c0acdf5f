"""What was said beside the topic: an agency's own code, a life event, a professional's signal.

A code or a life event can only say which topic is meant. From there on the decision is the one the topic gives,
so the same question gives the same organisation whatever its agency calls it (R-20).
"""

import re
from typing import Any

from contracts.base import Kind
from contracts.decisions import Suggestion
from contracts.questions import Facts
from routing.data.model import Mapped
from routing.engine.asked import Asked
from routing.engine.view import View

_PARTS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
_MOST_SUGGESTED = 3


def understood(view: View, facts: Facts, source: str, declined: frozenset[str], hops: int) -> Asked:
    """The question with the topic that is meant. What is given in our own words always wins."""
    code = facts.topic
    if code is not None and facts.life_event is None and not facts.signal:
        return Asked(facts, source, view.table.topics.get(code), declined, hops)
    beside: dict[str, str] = {}
    changes: dict[str, Any] = {}
    if facts.agency_topic is not None and facts.topic is None:
        mapped = mapping_of(view, source, facts.agency_topic)
        means = f"= {mapped.topic}" if mapped is not None else "staat niet in de lijst"
        beside["agency_topic"] = f"{facts.agency_topic} van {source}: {means}"
        changes |= _mapped(facts, mapped) if mapped is not None else {}
    if facts.life_event is not None:
        event = view.table.life_events.get(facts.life_event)
        beside["life_event"] = facts.life_event if event is not None else f"{facts.life_event}: niet bekend"
        if event is not None and facts.topic is None and "topic" not in changes:
            changes["topic"] = event.lead
    if facts.signal:
        beside["signal"] = "ja"
    meant = facts.model_copy(update=changes) if changes else facts
    topic = view.table.topics.get(meant.topic) if meant.topic is not None else None
    return Asked(meant, source, topic, declined, hops, beside or None)


def mapping_of(view: View, source: str, code: str) -> Mapped | None:
    """From the agency's own list, or for a team from the list of the organisation it is part of."""
    of_source = view.table.organisations.get(source)
    for agency in (source, of_source.parent if of_source is not None else None):
        found = view.table.mappings.get(agency or "", {}).get(code)
        if found is not None:
            return found
    return None


def _mapped(facts: Facts, mapped: Mapped) -> dict[str, Any]:
    changes: dict[str, Any] = {"topic": mapped.topic}
    if mapped.kind is not None and facts.kind is Kind.QUESTION:
        changes["kind"] = mapped.kind
    if mapped.answers:
        changes["answers"] = {**mapped.answers, **facts.answers}
    return changes


def suggestions(view: View, asked: Asked) -> tuple[Suggestion, ...]:
    """Topics an unmapped code may mean, from the words in the code itself, for who decides by hand.

    Loaded only here: deciding never needs the search index.
    """
    code = asked.facts.agency_topic
    if code is None or asked.topic is not None or asked.facts.topic is not None:
        return ()
    from routing.suggest import suggest

    found = suggest(view.table, " ".join(_PARTS.findall(code)), today=view.today, limit=_MOST_SUGGESTED)
    return tuple(
        Suggestion(topic=one.topic, organisation=one.organisation, score=min(one.score, 1.0), matched=one.matched)
        for one in found
        if one.topic is not None
    )
