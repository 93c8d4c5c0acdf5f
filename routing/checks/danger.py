"""The faults of what is said in danger: a phrase that can never be heard, or that may play no role (R-08, R-50)."""

from collections.abc import Iterator

from routing.checks.denied import names_in
from routing.data.model import Danger
from routing.data.read import Fault
from routing.data.tables import Parsed
from routing.suggest.words import words


def danger_faults(parsed: Parsed) -> Iterator[Fault]:
    """Topics that exist, words that may play a role, no phrase twice. What to do first: the rules (order.py)."""
    topics = {one.code for one in parsed.topics}
    said: dict[str, str] = {}
    for one in parsed.danger:
        if one.record is None:
            continue
        for topic in sorted({*one.topics} - topics):
            yield one.record.fault("unknown-topic", f"onderwerp {topic} bestaat niet", "topics")
        for key, phrase in _phrases(one):
            for code, wrong in _wrong(phrase):
                yield one.record.fault(code, f"{one.about}: {wrong} '{phrase}'", key)
            if phrase in said:
                yield one.record.fault("phrase-twice", f"'{phrase}' staat er al bij {said[phrase]}", key)
            said.setdefault(phrase, one.about)


def _phrases(one: Danger) -> Iterator[tuple[str, str]]:
    for key in ("says", "alone", "harmless"):
        yield from ((key, phrase) for phrase in getattr(one, key))


def _wrong(phrase: str) -> Iterator[tuple[str, str]]:
    alternatives = [word for place in phrase.split() or [""] for word in place.split("/")]
    if not all(map(words, alternatives)):
        yield "wrong-value", "een leeg woord in"
    if denied := names_in(phrase):
        yield "denied-attribute", f"{', '.join(sorted(denied))} mag geen rol spelen in"
