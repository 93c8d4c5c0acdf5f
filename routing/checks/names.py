"""What conditions name and the table does not have: a rule with a typo in its condition silently never holds."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from contracts.base import Domain
from routing.data.tables import Parsed
from routing.engine.conditions import compiled, kinds
from routing.engine.resolve import RESOLVERS
from routing.engine.surroundings import Surroundings, WrongCondition

MOST_INVOLVED = 20
"""Facts.involved takes no more."""
Wrong = tuple[str, str]


def unreadable(when: dict[str, Any], around: Surroundings) -> str | None:
    """Why these conditions cannot be read, if so."""
    try:
        kinds(when)
        compiled(when, around)
    except WrongCondition as error:
        return str(error)
    except (KeyError, TypeError, ValueError) as error:
        return f"voorwaarde niet te lezen ({error})"
    return None


@dataclass(frozen=True, slots=True)
class Names:
    """All that a condition may name, looked up once for the whole table."""

    organisations: frozenset[str]
    topics: frozenset[str]
    events: frozenset[str]
    questions: dict[str, frozenset[str]]
    parts: dict[str, int]

    @classmethod
    def of(cls, parsed: Parsed) -> "Names":
        # A municipality that ended is still said: by an old decision, an old address.
        ended = (name for one in parsed.herindelingen for name in (one.old, one.new))
        return cls(
            frozenset((*(one.id for one in parsed.organisations), *ended)),
            frozenset(one.code for one in parsed.topics),
            frozenset(one.code for one in parsed.life_events),
            {one.code: frozenset(code for code, _ in one.answers) for one in parsed.questions},
            {one.id: len(one.parts) for one in parsed.groups},
        )

    def unknown(self, when: dict[str, Any]) -> Iterator[Wrong]:
        """What is named here and is not there, or asks more than a question can say. `when` was read before."""
        if "answers" in when:
            yield from self._answers(when["answers"])
        yield from _missing("unknown-topic", "onderwerp", when.get("topic"), self.topics)
        yield from _missing("unknown-life-event", "gebeurtenis", when.get("life_event"), self.events)
        for key in ("decision_by", "registry_holder"):
            yield from _missing("unknown-organisation", f"{key}:", when.get(key), self.organisations)
        yield from _missing(
            "unknown-organisation", "topic_of:", when.get("topic_of"), self.organisations | set(RESOLVERS)
        )
        codes = {one.removeprefix("gemeente-") for one in self.organisations if one.startswith("gemeente-")}
        yield from _missing("unknown-organisation", "gemeente", when.get("municipality"), codes)
        yield from self._together(when)

    def _answers(self, answers: dict[str, Any]) -> Iterator[Wrong]:
        for question, accepted in answers.items():
            if question not in self.questions:
                yield "unknown-question", f"vraag {question} bestaat niet"
            elif wrong := {str(one) for one in accepted} - self.questions[question]:
                yield "unknown-answer", f"antwoord {', '.join(sorted(wrong))} hoort niet bij {question}"

    def _together(self, when: dict[str, Any]) -> Iterator[Wrong]:
        """Problems that hang together: who is counted, and numbers that a question can reach."""
        involved, domains, stack = (when.get(key) or {} for key in ("involved", "domains", "stack"))
        for key in ("of", "only"):
            yield from _missing("unknown-organisation", "involved:", involved.get(key), self.organisations)
        yield from _reachable("involved", involved, MOST_INVOLVED)
        yield from _reachable("domains", domains, len(Domain))
        yield from _reachable("stack", stack, self.parts.get(str(stack.get("of")), 0))
        for key, spec, known in (
            ("domains", domains, {"at_least", "at_most", "any"}),
            ("stack", stack, {"of", "at_least"}),
        ):
            if wrong := sorted(map(str, spec.keys() - known)):
                yield "wrong-condition", f"{key} kent geen {', '.join(wrong)}"


def _missing(code: str, kind: str, named: Any, known: frozenset[str] | set[str]) -> Iterator[Wrong]:
    """Words such as `known`, and groups, are no list and are checked where they are read."""
    for one in sorted(set(map(str, named)) - known) if isinstance(named, list) else ():
        yield code, f"{kind} {one} bestaat niet"


def _reachable(key: str, spec: dict[str, Any], most: int) -> Iterator[Wrong]:
    least, highest = int(spec.get("at_least", 0)), int(spec.get("at_most", most))
    if not 0 <= least <= highest <= most:
        yield "wrong-condition", f"{key}: at_least en at_most liggen tussen 0 en {most}"
