"""Conditions on problems that hang together: several organisations, areas of life or parts of one organisation.

They look only at what the desk says hangs together in this matter, never at what else is known of a person.
"""

from typing import Any

from contracts.base import Domain
from contracts.questions import Facts
from routing.data.model import Part, Settings
from routing.engine.asked import Asked, Test
from routing.engine.surroundings import Surroundings, WrongCondition, group, mapping

MUNICIPALITY = "municipality-of-residence"


def involved(wanted: Any, around: Surroundings) -> Test:
    spec = mapping("involved", wanted)
    if unknown := set(spec) - {"at_least", "of", "only"}:
        raise WrongCondition("involved", f"involved kent geen {', '.join(sorted(unknown))}")
    least = int(spec.get("at_least", 0 if "only" in spec else 1))
    among = group(spec["of"], around) if "of" in spec else None
    only = group(spec["only"], around) if "only" in spec else None

    def test(asked: Asked) -> bool:
        named = asked.facts.involved
        if len(named) < least:
            return False
        counted = {one for one in named if among is None or among.has(one)}
        return len(counted) >= least and (only is None or all(only.has(one) for one in named))

    return test


def domains(wanted: Any, _: Surroundings) -> Test:
    spec = mapping("domains", wanted)
    least, most = int(spec.get("at_least", 0)), int(spec.get("at_most", len(Domain)))
    some = frozenset(Domain(one) for one in spec["any"]) if "any" in spec else None

    def test(asked: Asked) -> bool:
        found = asked.facts.domains
        return least <= len(set(found)) <= most and (some is None or not some.isdisjoint(found))

    return test


def multi_problem(wanted: Any, around: Surroundings) -> Test:
    """R-30: two areas of life, two organisations, or a professional's word; a threat counts (001:641).

    `true` is any of these; `organisations` only the second, when several must sit at one table (000:157).
    """
    if wanted is True:
        return lambda asked: (
            asked.facts.stuck
            or asked.facts.professional_asks
            or several_domains(asked, around.settings)
            or several_organisations(asked, around)
            or threatens(asked.facts, around.settings)
        )
    if wanted == "organisations":
        return lambda asked: several_organisations(asked, around)
    raise WrongCondition("multi_problem", "multi_problem is true of organisations")


def several_domains(asked: Asked, settings: Settings) -> bool:
    found = asked.facts.domains
    return len(found) >= settings.min_domains and len(set(found)) >= settings.min_domains


def several_organisations(asked: Asked, around: Surroundings) -> bool:
    found = asked.facts.involved
    if len(found) < around.settings.min_organisations:
        return False
    counted = set(found)
    if not around.settings.count_first_door and asked.topic is not None and not _at_home(asked, around.homes):
        counted.discard(asked.source)
    return len(counted) >= around.settings.min_organisations


def threatens(facts: Facts, settings: Settings) -> bool:
    """A professional sees it coming and says so in answer to a question of the table."""
    return any(facts.answers.get(question) in answers for question, answers in settings.threat.items())


def _at_home(asked: Asked, homes: dict[str, str]) -> bool:
    """Whether the first door is itself responsible for the subject, and so really one of the organisations."""
    home = homes.get(asked.topic.code) if asked.topic is not None else None
    return home == asked.source or (home == MUNICIPALITY and asked.source.startswith("gemeente-"))


def stack(wanted: Any, around: Surroundings) -> Test:
    """At least so many parts play a role, and the topic is one of them or not known (I-07)."""
    spec = mapping("stack", wanted)
    parts = group(spec.get("of"), around).parts
    least = int(spec.get("at_least", 1))
    topics = frozenset[str]().union(*(part.topics for part in parts))

    def test(asked: Asked) -> bool:
        if asked.topic is not None and asked.topic.code not in topics:
            return False
        return len(parts_of(parts, asked)) >= least

    return test


def parts_of(parts: tuple[Part, ...], asked: Asked) -> list[str]:
    """Which parts of a stack play a role: by topic, by organisation, or by area of life."""
    topic = asked.topic.code if asked.topic is not None else None
    found: list[str] = []
    for part in parts:
        hit = (
            topic in part.topics
            or not part.organisations.isdisjoint(asked.facts.involved)
            or not part.domains.isdisjoint(asked.facts.domains)
        )
        if hit and part.unless.isdisjoint(found):
            found.append(part.name)
    return found
