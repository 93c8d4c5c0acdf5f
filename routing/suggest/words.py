"""From free Dutch text to comparable words: folded, stemmed, and each with the place it stands in the text."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

import snowballstemmer

LONGEST = 2_000
_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)*")
_DOUBLED = re.compile(r"(aa|ee|oo|uu)")
_ENDING = re.compile(r"(?<=[^aeiou]{1})[dt]$")
_SHORTEST_STEMMED, _SHORTEST_ENDING = 4, 5
_IRREGULAR = {"kinderen": "kind", "gemeente": "gemeent", "gemeenten": "gemeent", "eieren": "ei", "schepen": "schip"}
_stemmer = snowballstemmer.stemmer("dutch")


@dataclass(frozen=True, slots=True)
class Word:
    """One word as it stands in the text, and what it is compared by."""

    text: str
    start: int
    end: int
    plain: str
    stem: str


def fold(text: str) -> str:
    """Lower case without accents, so that `financiële` and `FINANCIELE` are one word."""
    if text.isascii():
        return text.lower()
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


@lru_cache(maxsize=1 << 16)
def stem(plain: str) -> str:
    """Snowball's Dutch stem, with vowels undoubled and the ending of a verb off: betaalt, betaald, betalen."""
    if len(plain) < _SHORTEST_STEMMED or not plain.isalpha():
        return plain
    if plain in _IRREGULAR:
        return _IRREGULAR[plain]
    found = _DOUBLED.sub(lambda m: m.group(0)[0], _stemmer.stemWord(plain))
    return _ENDING.sub("", found) if len(found) > _SHORTEST_ENDING else found


def words(text: str) -> list[Word]:
    """The words of the first part of a text; nobody needs more than that to say what it is about."""
    found = []
    for match in _WORD.finditer(text[:LONGEST]):
        plain = fold(match.group(0)).replace("’", "'").removesuffix("'s")
        found.append(Word(match.group(0), match.start(), match.end(), plain, stem(plain)))
    return found
