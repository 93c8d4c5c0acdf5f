"""A second opinion by pieces of words: naive Bayes over groups of four letters.

It hears what whole words miss, such as an unknown form of a known word, and was measured to add two of a hundred.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

_LETTERS = 4
_SMOOTHING = 0.01


class Pieces:
    """How likely each topic is to be said with these pieces. Counts are weighed by how rare a piece is."""

    def __init__(self, topics: int, said: Iterable[tuple[int, list[str]]]) -> None:
        phrases = [(topic, Counter(_pieces(plain))) for topic, plain in said]
        where = Counter(piece for _, pieces in phrases for piece in pieces)
        self._rare = {piece: 1 + math.log((1 + len(phrases)) / (1 + count)) for piece, count in where.items()}
        counts: dict[str, dict[int, float]] = defaultdict(lambda: defaultdict(float))
        whole = [_SMOOTHING * len(where)] * topics
        for topic, pieces in phrases:
            for piece, weight in self._weigh(pieces).items():
                counts[piece][topic] += weight
                whole[topic] += weight
        self._base = [math.log(one) for one in whole]
        self._by_piece = {
            piece: tuple((topic, math.log1p(count / _SMOOTHING)) for topic, count in found.items())
            for piece, found in counts.items()
        }

    def _weigh(self, pieces: Counter[str]) -> dict[str, float]:
        found = {one: (1 + math.log(count)) * self._rare[one] for one, count in pieces.items() if one in self._rare}
        length = math.sqrt(sum(weight * weight for weight in found.values()))
        return {one: weight / length for one, weight in found.items()}

    def scores(self, plain: list[str]) -> list[float]:
        """Per topic how far above the others it is, in standard deviations."""
        pieces = self._weigh(Counter(_pieces(plain)))
        whole = sum(pieces.values())
        found = [-whole * base for base in self._base]
        for piece, weight in pieces.items():
            for topic, likely in self._by_piece[piece]:
                found[topic] += weight * likely
        mean = sum(found) / (len(found) or 1)
        spread = math.sqrt(sum((one - mean) ** 2 for one in found) / (len(found) or 1))
        return [(one - mean) / spread for one in found] if spread else found


def _pieces(plain: list[str]) -> Iterable[str]:
    for word in plain:
        padded = f" {word} "
        for start in range(max(1, len(padded) - _LETTERS + 1)):
            yield padded[start : start + _LETTERS]
