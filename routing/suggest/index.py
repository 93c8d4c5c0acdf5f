"""All that people say, laid out per word, so that a text is compared with thousands of phrases in a millisecond."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import TypeVar

from rapidfuzz.distance import DamerauLevenshtein
from rapidfuzz.process import extractOne

from routing.data.tables import Table
from routing.suggest.common import GENERIC, STOPWORDS
from routing.suggest.pieces import Pieces
from routing.suggest.words import Word, fold, stem, words

T = TypeVar("T")

# How much counts beside the word itself: a corrected word, a part of a compound, a word found in every subject.
GUESSED, PART, COMMON, NUMBER = 0.6, 0.3, 0.6, 0.4
RARE = 5  # a word of one or two subjects may be there by chance, so it counts as one of some more
LOOSE_PART = 0.75  # a part of a compound that is not in the table as a whole
SHORTEST_GUESSED, LONG = 5, 8
_SHORTEST_PART, _SHORTEST_SPLIT = 4, 8
_LINKS = ("", "s", "en", "e", "n")


class Index:
    """The words and phrases of one table. Built once per table; reading changes only what it remembers."""

    def __init__(self, table: Table) -> None:
        self.topics = tuple(table.topics)
        self._plain: dict[str, str] = {}  # every word of the table, with its stem
        every = [(number, words(text)) for number, text in _all(table, self.topics)]
        said = [(number, _content(found)) for number, found in every]
        for _, stems in said:
            for one, plain in stems.items():
                self._plain.setdefault(plain, one)
        self._stems = frozenset(self._plain.values())
        self._long = {
            first: tuple(one for one in self._plain if one[0] == first and len(one) >= SHORTEST_GUESSED)
            for first in {plain[0] for plain in self._plain}
        }
        self.parts = {one: found for plain, one in self._plain.items() if (found := self._split(plain))}
        self._lay_out([(number, self._with_parts(stems)) for number, stems in said if stems])
        self.pieces = Pieces(len(self.topics), ((number, [one.plain for one in found]) for number, found in every))
        self.meant = lru_cache(maxsize=1 << 14)(self._meant)

    def _with_parts(self, stems: Iterable[str]) -> dict[str, float]:
        found = dict.fromkeys(stems, 1.0)
        for one in stems:
            for part in self.parts.get(one, ()):
                found.setdefault(part, PART)
        return found

    def _lay_out(self, said: list[tuple[int, dict[str, float]]]) -> None:
        """Postings: per word the phrases and the topics with it. A word of few topics says most."""
        counts: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        for topic, stems in said:
            for one, weight in stems.items():
                counts[one][topic] += weight
        self.topics_of = {one: dict(topics) for one, topics in counts.items()}
        self.by_topic = {one: shares(topics) for one, topics in counts.items()}
        self.weight = {
            one: _common(one) * math.log(1 + len(self.topics) / (len(t) + RARE)) for one, t in counts.items()
        }
        self.phrases: list[tuple[int, float]] = []
        self.by_phrase: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for topic, stems in said:
            whole = sum(self.weight[one] for one, weight in stems.items() if weight == 1.0)
            for one, weight in stems.items():
                self.by_phrase[one].append((len(self.phrases), weight))
            self.phrases.append((topic, whole))

    def known(self, plain: str) -> str | None:
        """The stem of a word, when the table has it in some form."""
        found = self._plain.get(plain)
        if found is None and (root := stem(plain)) in self._stems:
            return root
        return found

    def has(self, plain: str) -> bool:
        """Whether the table has the word in just this form."""
        return plain in self._plain

    def joined(self, one: str, other: str) -> str | None:
        """The word that was written as two, as in `kinder bijslag`."""
        return self._plain.get(one + other) if len(one + other) >= _SHORTEST_SPLIT else None

    def _meant(self, plain: str) -> tuple[tuple[str, float], ...]:
        """What a word stands for: itself in some form, a word with a typing error, or the parts of a compound."""
        if (exact := self.known(plain)) is not None:
            return ((exact, 1.0), *((part, PART) for part in self.parts.get(exact, ())))
        if not plain.isalpha() or len(plain) < SHORTEST_GUESSED:
            return ()
        if (near := self._near(plain, 1)) is not None:
            return ((near, GUESSED),)
        if parts := self._compound(plain):
            return tuple((part, LOOSE_PART) for part in parts)
        if len(plain) >= LONG and (near := self._near(plain, 2)) is not None:
            return ((near, GUESSED),)
        return ()

    def _near(self, plain: str, most: int) -> str | None:
        """The nearest word of the table; people seldom get the first letter wrong."""
        same = self._long.get(plain[0], ())
        found = extractOne(plain, same, scorer=DamerauLevenshtein.distance, score_cutoff=most)
        return self._plain[found[0]] if found is not None else None

    def _split(self, plain: str) -> tuple[str, ...]:
        """The two known words that a word of the table is made of: woning and corporatie."""
        if len(plain) < _SHORTEST_SPLIT or not plain.isalpha():
            return ()
        return next(self._cuts(plain, _SHORTEST_PART), ())

    def _compound(self, plain: str) -> tuple[str, ...]:
        """The known words that an unknown one begins and ends with: kinderopvangtoeslagschuld, aowuitkering."""
        for parts in self._cuts(plain, _SHORTEST_PART - 1):
            return parts
        for cut in range(len(plain) - _SHORTEST_PART, _SHORTEST_PART, -1):
            if (first := self.known(plain[:cut])) is not None:
                return (first, *self._compound(plain[cut:]))
        for cut in range(_SHORTEST_PART, len(plain) - _SHORTEST_PART):
            if (last := self.known(plain[cut:])) is not None:
                return (last,)
        return ()

    def _cuts(self, plain: str, shortest: int) -> Iterator[tuple[str, str]]:
        for cut in range(len(plain) - shortest, shortest - 1, -1):
            if (first := self.known(plain[:cut])) is None:
                continue
            for link in _LINKS:
                rest = plain[cut:].removeprefix(link) if plain.startswith(link, cut) else ""
                if len(rest) >= shortest and (last := self.known(rest)) is not None:
                    yield first, last


def shares(counts: dict[T, float]) -> tuple[tuple[T, float], ...]:
    """Divides a word over all that have it; the root keeps small shares in sight."""
    whole = sum(counts.values())
    return tuple((one, math.sqrt(count / whole)) for one, count in counts.items())


def _common(one: str) -> float:
    if one.isdigit():
        return NUMBER
    return COMMON if one in GENERIC else 1.0


def _all(table: Table, topics: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Every way in which the table says a topic, with the number of the topic."""
    for number, code in enumerate(topics):
        topic = table.topics[code]
        said = (topic.title, *topic.words, *table.phrases.get(code, ()), *(name for name, _ in topic.upl))
        for text in dict.fromkeys(map(fold, said)):
            yield number, text


def _content(found: list[Word]) -> dict[str, str]:
    """The stems of a phrase, each with the word it came from. A phrase of small words only keeps them."""
    full = [one for one in found if one.plain not in STOPWORDS] or found
    return {one.stem: one.plain for one in full}
