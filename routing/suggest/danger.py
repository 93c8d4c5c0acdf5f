"""Hears that somebody may be in danger now, so that what to do at once comes before any paperwork (R-08).

It decides nothing: an employee who hears it acts, and sets `danger` on the question.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache

from rapidfuzz.distance import DamerauLevenshtein

from routing.data import model
from routing.suggest.common import GENERIC, STOPWORDS
from routing.suggest.index import LONG, SHORTEST_GUESSED, Index
from routing.suggest.words import Word, stem, words

_BETWEEN = 3  # small words that may stand between two words of a phrase: "wil eigenlijk gewoon dood"
_ALTERNATIVE = "/"
Phrase = tuple[frozenset[str], ...]  # per place the words that may stand there


@dataclass(frozen=True, slots=True)
class Heard:
    """A phrase of danger in the text: which places of it, and the topics that have this danger, if any has."""

    places: range
    topics: tuple[str, ...]


class Alarm:
    """The danger phrases of one table. An empty list never hears anything."""

    def __init__(self, found: tuple[model.Danger, ...], index: Index) -> None:
        self._index = index
        self._says: dict[str, list[tuple[Phrase, bool, tuple[str, ...]]]] = defaultdict(list)
        self._harmless: dict[str, list[Phrase]] = defaultdict(list)
        for one in found:
            for alone, phrases in ((False, one.says), (True, one.alone)):
                for phrase in map(_phrase, phrases):
                    for first in phrase[0]:
                        self._says[first].append((phrase, alone, one.topics))
            for phrase in map(_phrase, one.harmless):
                for first in phrase[0]:
                    self._harmless[first].append(phrase)
        self._stems = self._by_stem(found)
        self._meant = lru_cache(maxsize=1 << 14)(self._stands_for)

    def _by_stem(self, found: tuple[model.Danger, ...]) -> dict[str, set[str]]:
        """Every word of danger. Short words have no stem: `dode` is not `dood`."""
        stems: dict[str, set[str]] = defaultdict(set)
        for one in found:
            for phrase in map(_phrase, (*one.says, *one.alone)):
                for plain in frozenset[str]().union(*phrase):
                    stems[_stem(plain)].add(plain)
        return dict(stems)

    def _stands_for(self, plain: str) -> frozenset[str]:
        """The words of danger that this is: itself, in another form, or with a typing error.

        A word that the table has for something else is that: `geslaagd` is no form of `geslagen`.
        """
        alike = self._stems.get(_stem(plain), set())
        if plain in alike or (alike and not self._index.has(plain)):
            return frozenset(alike)
        if not self._may_be_wrong(plain):
            return frozenset()
        most = 2 if len(plain) >= LONG else 1
        near = (one for every in self._stems.values() for one in every if one[0] == plain[0])
        return frozenset(
            one
            for one in near
            if len(one) >= SHORTEST_GUESSED and DamerauLevenshtein.distance(plain, one, score_cutoff=most) <= most
        )

    def _may_be_wrong(self, plain: str) -> bool:
        long = len(plain) >= SHORTEST_GUESSED and plain.isalpha()
        return long and stem(plain) not in GENERIC and self._index.known(plain) is None

    def hear(self, said: list[Word]) -> list[Heard]:
        """What is said of danger, in the order of the text."""
        meant = [self._meant(one.plain) for one in said]
        harmless = self._without_harm(said)
        content = {place for place, one in enumerate(said) if not _small(one)}
        found = []
        for start, first in enumerate(meant):
            for phrase, alone, topics in (each for one in sorted(first) for each in self._says.get(one, ())):
                places = _at(phrase, start, said, meant)
                rest = content - {*places} if content else {*range(len(said))} - {*places}
                if places and harmless.isdisjoint(places) and not (alone and rest):
                    found.append(Heard(places, topics))
        return found

    def _without_harm(self, said: list[Word]) -> set[int]:
        """The places of harmless phrases, to the letter: who writes `zelfmoord plegen` has not done it."""
        plain = [frozenset({one.plain}) for one in said]
        return {
            place
            for start, one in enumerate(said)
            for phrase in self._harmless.get(one.plain, ())
            for place in _at(phrase, start, said, plain)
        }


def _stem(plain: str) -> str:
    return stem(plain) if len(plain) >= SHORTEST_GUESSED else plain


def _small(word: Word) -> bool:
    return word.plain in STOPWORDS or word.plain.isdigit()


def _phrase(text: str) -> Phrase:
    """`mijn man/vrouw slaat`: a word, or one of several in that place."""
    return tuple(
        frozenset(one.plain for other in place.split(_ALTERNATIVE) for one in words(other)) for place in text.split()
    )


def _at(phrase: Phrase, start: int, said: list[Word], meant: list[frozenset[str]]) -> range:
    """Where the phrase that begins here stands: its words in order, with at most some small words between them."""
    last = start
    for wanted in phrase[1:]:
        for place in range(last + 1, min(last + 2 + _BETWEEN, len(said))):
            if not wanted.isdisjoint(meant[place]):
                last = place
                break
            if not _small(said[place]):
                return range(0)
        else:
            return range(0)
    return range(start, last + 1)
