"""The conditions a rule may put on the facts, compiled once; channel and denied attributes are not among them."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from contracts.base import Domain, Kind
from routing.engine.asked import FLAGS, ISLANDS, PARTIES, Asked, Test, lives_abroad, lives_on
from routing.engine.surroundings import Surroundings, WrongCondition, group, listed, mapping, yes_or_no
from routing.engine.together import domains, involved, multi_problem, stack

# `signal` is not here, on purpose: who reports that rules do not work out never loses the holder of a question by it.
ABOUT_TOPIC = frozenset({"topic", "topic_domain", "topic_in", "topic_not_in", "topic_known", "topic_of"})
KEYS = frozenset(
    {*FLAGS, *PARTIES, *ABOUT_TOPIC, "kind", "abroad", "island", "municipality", "source_connected", "life_event"}
    | {"involved", "domains", "answers", "multi_problem", "stack"}
)
_MUNICIPALITY = re.compile(r"^gm[0-9]{4}$")


@dataclass(frozen=True, slots=True)
class Condition:
    """One test, the fact it reads, and how an employee reads it."""

    key: str
    test: Test
    says: str


def kinds(when: dict[str, Any]) -> frozenset[Kind]:
    """The kinds of question a rule is for; none named means all."""
    named = when.get("kind")
    if named is None:
        return frozenset(Kind)
    try:
        return frozenset(Kind(one) for one in ([named] if isinstance(named, str) else named))
    except (TypeError, ValueError) as error:
        raise WrongCondition("kind", f"kind: {error}") from error


def compiled(when: dict[str, Any], around: Surroundings) -> tuple[Condition, ...]:
    """All conditions of a rule except `kind`, which the index already settles."""
    found: list[Condition] = []
    for key, wanted in when.items():
        if key not in KEYS:
            raise WrongCondition(key, f"'{key}' is geen gegeven waarop de tabel mag sturen")
        if key != "kind":
            found += _compile(key, wanted, around)
    return tuple(found)


def _compile(key: str, wanted: Any, around: Surroundings) -> Iterable[Condition]:
    says = f"{key} = {_words(wanted)}"
    if key in FLAGS:
        return [Condition(key, _flag(key, wanted), says)]
    if key in PARTIES:
        return [Condition(key, _party(key, wanted), says)]
    if key == "answers":
        return [_answer(code, values) for code, values in mapping(key, wanted).items()]
    return [Condition(key, _OTHERS[key](wanted, around), says)]


def _words(wanted: Any) -> str:
    if isinstance(wanted, bool):
        return "ja" if wanted else "nee"
    if isinstance(wanted, dict):
        return ", ".join(f"{key} {_words(value)}" for key, value in wanted.items())
    return "/".join(map(str, wanted)) if isinstance(wanted, list) else str(wanted)


def _flag(key: str, wanted: Any) -> Test:
    if yes_or_no(key, wanted):
        return lambda asked: getattr(asked.facts, key) is True
    return lambda asked: not getattr(asked.facts, key)


def _party(key: str, wanted: Any) -> Test:
    if wanted == "known":
        return lambda asked: getattr(asked.facts, key) is not None
    if wanted == "unknown":
        return lambda asked: getattr(asked.facts, key) is None
    if wanted == "source":
        return lambda asked: getattr(asked.facts, key) == asked.source
    if wanted == "municipality":
        return lambda asked: (getattr(asked.facts, key) or "").startswith("gemeente-")
    if not isinstance(wanted, list):
        raise WrongCondition(key, f"{key} is known, unknown, source, municipality of een lijst van organisaties")
    members = frozenset(wanted)
    return lambda asked: getattr(asked.facts, key) in members


def _answer(code: str, values: Any) -> Condition:
    accepted = listed(f"answers.{code}", values)
    return Condition(
        "answers", lambda asked: asked.facts.answers.get(code) in accepted, f"antwoord op {code} = {_words(values)}"
    )


def _abroad(wanted: Any, _: Surroundings) -> Test:
    answer = yes_or_no("abroad", wanted)
    return lambda asked: lives_abroad(asked.facts) is answer


def _island(wanted: Any, _: Surroundings) -> Test:
    if isinstance(wanted, bool):
        return lambda asked: (lives_on(asked.facts) is not None) is wanted
    members = listed("island", wanted)
    if not ISLANDS.issuperset(members):
        raise WrongCondition("island", "island is true, false of een lijst van bonaire, saba en sint-eustatius")
    return lambda asked: lives_on(asked.facts) in members


def _municipality(wanted: Any, around: Surroundings) -> Test:
    """Lives surely in one of these; a postcode that several municipalities share does not tell."""
    codes = listed("municipality", wanted)
    if not all(map(_MUNICIPALITY.match, codes)):
        raise WrongCondition("municipality", "municipality is een lijst van gemeentecodes, zoals gm0363")
    members = frozenset(f"gemeente-{code}" for code in codes)

    def test(asked: Asked) -> bool:
        found = around.living(asked.facts)
        return len(found) == 1 and found[0] in members

    return test


def _topic(wanted: Any, _: Surroundings) -> Test:
    members = listed("topic", wanted)
    return lambda asked: asked.topic is not None and asked.topic.code in members


def _topic_of(wanted: Any, around: Surroundings) -> Test:
    """Who has the topic when nothing special is the matter."""
    members, homes = listed("topic_of", wanted), around.homes
    return lambda asked: asked.topic is not None and homes.get(asked.topic.code) in members


def _topic_in(wanted: Any, around: Surroundings) -> Test:
    """A group of topics with a name, so that one general rule can speak of all of them."""
    topics = _topics("topic_in", wanted, around)
    return lambda asked: asked.topic is not None and asked.topic.code in topics


def _topic_not_in(wanted: Any, around: Surroundings) -> Test:
    topics = _topics("topic_not_in", wanted, around)
    return lambda asked: asked.topic is None or asked.topic.code not in topics


def _topics(key: str, wanted: Any, around: Surroundings) -> frozenset[str]:
    found = group(wanted, around, key).topics
    if not found:
        raise WrongCondition(key, f"{key} is een groep van onderwerpen")
    return found


def _topic_domain(wanted: Any, _: Surroundings) -> Test:
    named = listed("topic_domain", wanted)
    members = frozenset(Domain(one) for one in named - {"unknown"})
    if_unknown = "unknown" in named
    return lambda asked: if_unknown if asked.topic is None else asked.topic.domain in members


def _topic_known(wanted: Any, _: Surroundings) -> Test:
    answer = yes_or_no("topic_known", wanted)
    return lambda asked: (asked.topic is not None) is answer


def _source_connected(wanted: Any, around: Surroundings) -> Test:
    """Whether the first door is connected, and so may bring a case to the Maatwerkloket itself (R-33)."""
    answer, connected = yes_or_no("source_connected", wanted), around.connected
    return lambda asked: (asked.source in connected) is answer


def _life_event(wanted: Any, _: Surroundings) -> Test:
    members = listed("life_event", wanted)
    return lambda asked: asked.facts.life_event in members


_OTHERS: dict[str, Callable[[Any, Surroundings], Test]] = {
    "abroad": _abroad,
    "island": _island,
    "municipality": _municipality,
    "topic": _topic,
    "topic_of": _topic_of,
    "topic_in": _topic_in,
    "topic_not_in": _topic_not_in,
    "topic_domain": _topic_domain,
    "topic_known": _topic_known,
    "source_connected": _source_connected,
    "life_event": _life_event,
    "involved": involved,
    "domains": domains,
    "multi_problem": multi_problem,
    "stack": stack,
}
