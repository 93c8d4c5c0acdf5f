"""No attribute the law forbids plays a role: not as a field, and not in the words of what steers (R-50, R-52, R-63)."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from contracts.denied import is_denied
from routing.data.read import Fault, Record
from routing.data.tables import Parsed
from routing.suggest.words import fold

_LONGEST_NAME = 3  # words: land van herkomst


def denied_faults(parsed: Parsed) -> Iterator[Fault]:
    """Every such name. Only what a topic says of itself may hold one: the FSV, or identity fraud."""
    yield from _fields(parsed)
    for record, key, text in _steering(parsed):
        if record is not None:
            for word in sorted(names_in(text)):
                yield record.fault("denied-attribute", f"'{word}' mag niet sturen: {text}", key)
    about = topics_about(parsed)
    for event in parsed.life_events:
        for item in event.items:
            for word in sorted(denied_words(item.why) - about[item.topic]):
                if event.record is not None:
                    yield event.record.fault("denied-attribute", f"'{word}' mag hier niet staan: {item.why}", "items")


def _steering(parsed: Parsed) -> Iterator[tuple[Record | None, str, str]]:
    """What a rule can look at, by its code and in the words in which a person is asked for it."""
    for question in parsed.questions:
        for key in ("code", "text", "tell"):
            yield question.record, key, getattr(question, key)
        for key, pairs in (("answers", question.answers), ("findings", question.findings.items())):
            yield from ((question.record, key, text) for pair in pairs for text in pair)
    for event in parsed.life_events:
        yield from ((event.record, key, getattr(event, key)) for key in ("code", "title"))
    for group in parsed.groups:
        yield group.record, "id", group.id
        yield from ((group.record, "parts", part.name) for part in group.parts)


def topics_about(parsed: Parsed) -> dict[str, set[str]]:
    """The words a topic says of itself: as its code, title, words or products."""
    about: dict[str, set[str]] = defaultdict(set)
    for topic in parsed.topics:
        for text in (topic.code, topic.title, *topic.words, *(name for name, _ in topic.upl)):
            about[topic.code].update(_words(text))
    return about


def denied_words(text: str) -> set[str]:
    return set(filter(is_denied, _words(text)))


def names_in(text: str) -> set[str]:
    """The forbidden names in a text, also one written as several words."""
    words = _words(text)
    alone = denied_words(text)
    joined = (
        " ".join(words[start : start + many])
        for many in range(2, _LONGEST_NAME + 1)
        for start in range(len(words) - many + 1)
        if alone.isdisjoint(words[start : start + many])
    )
    return alone | set(filter(is_denied, joined))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", fold(text))


def _fields(parsed: Parsed) -> Iterator[Fault]:
    for record in (one for entries in parsed.records.values() for one in entries):
        for key, name in _keys_of(record.values):
            if is_denied(name):
                yield record.fault("denied-attribute", f"'{name}' mag geen gegeven van de tabel zijn", key)


def _keys_of(values: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Every key at any depth, and every value a condition asks for, with the top key it is under.

    Product names of the UPL are no attributes, and a topic is named by whatever it is about.
    """
    for top, value in values.items():
        yield top, top
        if top not in ("upl", "products"):
            yield from ((top, name) for name in _keys(value))
        for when in _conditions(top, value):
            for key, wanted in when.items():
                if key not in ("topic", "kind"):
                    yield from ((top, name) for name in _leaves(wanted))


def _conditions(top: str, value: Any) -> Iterator[dict[str, Any]]:
    if top in ("when", "unless") and isinstance(value, dict):
        yield value
    elif top == "items" and isinstance(value, list):
        yield from (one["when"] for one in value if isinstance(one, dict) and isinstance(one.get("when"), dict))


def _keys(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield str(key)
            yield from _keys(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _keys(inner)


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _leaves(inner)
    else:
        yield str(value)
