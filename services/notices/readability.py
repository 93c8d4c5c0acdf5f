"""How easy a Dutch text is to read: Flesch-Douma, sentences that are too long, and words to avoid; pure.

Douma (1960), for Dutch: 206.84 - 0.77 x syllables per 100 words - 0.93 x words per sentence. Higher is easier;
from about 70 on it is plain language. A formula sees length only, so the list holds what it cannot see. No library:
those that count Dutch syllables bring hyphenation data along, and counting vowel groups is off by less than the bar
is away.
"""

import re
from dataclasses import dataclass
from typing import Final

BAR: Final = 75.0
LONGEST_SENTENCE: Final = 15
_VOWELS = re.compile(r"aai|ooi|oei|eeu|ieu|aa|ee|oo|uu|ie|oe|eu|ui|ij|ei|au|ou|[aeiouyàáâäèéêëìíîïòóôöùúûü]")
_WORD = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_SENTENCE = re.compile(r"[.!?:]+(?=\s|$)|\n+")

HARD: Final[dict[str, str]] = {
    "aangaande": "over",
    "alsmede": "en",
    "alsnog": "later",
    "betreffende": "over",
    "bevoegd": "gaat over",
    "conform": "zoals",
    "derhalve": "daarom",
    "desbetreffende": "deze",
    "dient": "moet",
    "dienen": "moeten",
    "doorzenden": "doorsturen",
    "echter": "maar",
    "eveneens": "ook",
    "geadresseerde": "u",
    "hiertoe": "hiervoor",
    "hieromtrent": "hierover",
    "indien": "als",
    "ingevolge": "door",
    "inzake": "over",
    "jegens": "tegen",
    "krachtens": "door",
    "middels": "met",
    "mits": "als",
    "namens": "voor",
    "nochtans": "toch",
    "omtrent": "over",
    "onderhavige": "deze",
    "onverwijld": "meteen",
    "reeds": "al",
    "respectievelijk": "en",
    "schrijven": "brief",
    "teneinde": "om",
    "tevens": "ook",
    "thans": "nu",
    "tenzij": "behalve als",
    "trachten": "proberen",
    "uwerzijds": "van u",
    "vernemen": "horen",
    "vigerende": "geldende",
    "vooralsnog": "voorlopig",
    "voornoemde": "deze",
    "zorgdragen": "zorgen",
}
"""Words of offices, each with a plainer one."""


@dataclass(frozen=True, slots=True)
class Readability:
    """What was measured of one text."""

    score: float
    words: int
    sentences: int
    longest: int
    hard: tuple[str, ...]

    @property
    def passes(self) -> bool:
        return self.score >= BAR and self.longest <= LONGEST_SENTENCE and not self.hard

    def __str__(self) -> str:
        verdict = "goed" if self.passes else "te moeilijk"
        more = "".join(f"; '{word}' → '{HARD[word]}'" for word in self.hard)
        return f"{verdict}: Flesch-Douma {self.score:.0f} (lat {BAR:.0f}), langste zin {self.longest} woorden{more}"


def syllables(word: str) -> int:
    """Vowel groups, which are syllables in Dutch but for a few loan words."""
    return max(1, len(_VOWELS.findall(word.lower())))


def measure(text: str) -> Readability:
    """Of a text as a person gets it."""
    lengths = [len(_WORD.findall(part)) for part in _SENTENCE.split(text)]
    lengths = [length for length in lengths if length]
    words = _WORD.findall(text)
    if not words:
        return Readability(0.0, 0, 0, 0, ())
    per_hundred = 100 * sum(map(syllables, words)) / len(words)
    score = 206.84 - 0.77 * per_hundred - 0.93 * len(words) / len(lengths)
    hard = tuple(dict.fromkeys(word.lower() for word in words if word.lower() in HARD))
    return Readability(score, len(words), len(lengths), max(lengths), hard)
