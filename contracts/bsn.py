"""Finds a burgerservicenummer in text, so that none ever travels (Wabb art. 10, invariant 8).

Nine digits that pass the 11-proof, or eight or nine in three groups or more (`1234.56.782`). What lies
within something else does not count: a UUID, time, date, traceparent or hash, nor an OIN or other longer
run of digits. An RSIN obeys the same proof and cannot be told apart: it is refused too.
"""

import re
import unicodedata
from collections.abc import Iterator
from urllib.parse import unquote

_LOOKALIKE = re.compile(
    r"""
      (?<![0-9A-Za-z])00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}(?![0-9A-Za-z])               # traceparent
    | (?<![0-9A-Za-z])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![0-9A-Za-z])   # UUID
    | (?<![0-9A-Za-z])[0-9a-fA-F]{32,}(?![0-9A-Za-z])                                       # hash
    | (?<![0-9])[0-9]{4}\.[0-9]{2}\.[0-9]{2}-[0-9a-f]{12}(?![0-9A-Za-z])                    # table version
    | (?<![0-9])[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?
      (?:[Zz]|[+-][0-9]{2}:?[0-9]{2})?                                                      # time
    | (?<![0-9])(?:19|20)[0-9]{2}([-./ ])(?:0[1-9]|1[0-2])\1(?:0[1-9]|[12][0-9]|3[01])(?![0-9])
    | (?<![0-9])(?:0[1-9]|[12][0-9]|3[01])([-./ ])(?:0[1-9]|1[0-2])\2(?:19|20)[0-9]{2}(?![0-9])
    | (?<=//)[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?=[:/]|$)                                        # IPv4 host
    """,
    re.VERBOSE,
)
_ENOUGH_DIGITS = re.compile(r"[0-9](?:[.\-/_ ]?[0-9]){7}")
_RUN = re.compile(r"(?<![0-9])[0-9]{9}(?![0-9])")
_USUAL = re.compile(r"(?<![0-9])(?:[0-9]{3} [0-9]{3} [0-9]{3}|[0-9]{4} [0-9]{2} [0-9]{3})(?![0-9])")
_SEPARATORS = ".-/_ "
_GROUPED = {
    separator: re.compile(
        r"(?<![0-9])(?<![0-9]{s})[0-9]{{1,4}}(?:{s}[0-9]{{1,4}}){{2,8}}(?![0-9])(?!{s}[0-9])".format(
            s=re.escape(separator)
        )
    )
    for separator in _SEPARATORS
}
_WEIGHTS = (9, 8, 7, 6, 5, 4, 3, 2, -1)


def passes_eleven_proof(digits: str) -> bool:
    """The check every BSN obeys; eight digits stand for nine with a zero in front."""
    number = digits.zfill(9)
    return int(number) > 0 and sum(w * int(d) for w, d in zip(_WEIGHTS, number, strict=True)) % 11 == 0


def holds_bsn(text: str) -> bool:
    """Whether a BSN stands anywhere in the text, also in other digits or percent-encoded."""
    plain = text if text.isascii() else _ascii_digits(text)
    if _scan(plain):
        return True
    return "%" in plain and _scan(unquote(plain))


def _scan(text: str) -> bool:
    if not _ENOUGH_DIGITS.search(text):
        return False
    found = [match.span() for match in _candidates(text) if _is_bsn(match.group())]
    return bool(found) and _stand_alone(text, found)


def _candidates(text: str) -> Iterator[re.Match[str]]:
    yield from _RUN.finditer(text)
    yield from _USUAL.finditer(text)
    for separator, pattern in _GROUPED.items():
        if separator in text:
            yield from pattern.finditer(text)


def _stand_alone(text: str, found: list[tuple[int, int]]) -> bool:
    """Whether any of the places found is not within something that only looks like it."""
    lookalikes = [match.span() for match in _LOOKALIKE.finditer(text)]
    return not all(any(a <= start and end <= z for a, z in lookalikes) for start, end in found)


def _is_bsn(candidate: str) -> bool:
    digits = re.sub("[^0-9]", "", candidate)
    return len(digits) in {8, 9} and passes_eleven_proof(digits)


def _ascii_digits(text: str) -> str:
    """Digits of any script, and spaces and dashes of any width, as their plain selves."""
    return "".join(_plain(c) for c in unicodedata.normalize("NFKC", text))


def _plain(char: str) -> str:
    category = unicodedata.category(char)
    if category == "Nd":
        return str(unicodedata.decimal(char))
    return {"Zs": " ", "Pd": "-", "Cf": ""}.get(category, char)
