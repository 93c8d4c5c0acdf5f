"""Names no attribute may have: the one list, for events, HTTP bodies, headers and the routing table.

Why: nationality, ethnicity, birthplace and religion may not be a variable anywhere (requirements R-50..R-52),
a mistake is never stored or passed on as fraud (R-63), and a BSN has no place on the road (Wabb art. 10).
"""

import re
import unicodedata
from functools import lru_cache

_ORIGIN = (
    "nationalit",  # nationaliteit, nationality, tweede_nationaliteit, dualNationality
    "citizenship",
    "staatsburgerschap",
    "ethnic",
    "etnic",
    "etnisch",
    "afkomst",
    "afstamming",
    "descent",
    "ancestry",
    "herkomstland",
    "landvanherkomst",
    "countryoforigin",
    "nationalorigin",
    "migratieachtergrond",
    "migrationbackground",
    "geboorteplaats",
    "geboorteland",
    "geboortestad",
    "geboortegemeente",
    "placeofbirth",
    "countryofbirth",
    "cityofbirth",
    "townofbirth",
    "birthplace",
    "birthcountry",
    "birthcity",
    "birthtown",
    "huidskleur",
    "skincolor",
    "skincolour",
)
_CONVICTION = (
    "religi",
    "godsdienst",
    "geloofsovertuiging",
    "levensovertuiging",
    "kerkgenootschap",
    "politiekevoorkeur",
    "politicalopinion",
    "politicalaffiliation",
    "seksuelegeaardheid",
    "seksuelevoorkeur",
    "sexualorientation",
)
_SUSPICION = (
    "fraud",
    "risk",
    "risico",
    "opzet",
    "intent",
    "groveschuld",
    "grossnegligen",
    "negligence",
    "nalatigheid",
    "zwartelijst",
    "blacklist",
    "denylist",
    "watchlist",
    "strafblad",
    "criminalrecord",
    "verdacht",
    "suspect",
    "suspicio",
    "wantrouw",
)
_NUMBER = ("burgerservicen", "citizenservicen", "sofinummer", "sofinr", "socialsecuritynumber")

_STEM = re.compile("|".join((*_ORIGIN, *_CONVICTION, *_SUSPICION, *_NUMBER)))
_WORDS = frozenset({"bsn", "sofi", "ras", "race", "racial", "geloof", "faith", "fsv", "ogs"})
NAMES_REFUSED = {
    "origin": _ORIGIN,
    "conviction": _CONVICTION,
    "suspicion": _SUSPICION,
    "number": _NUMBER,
    "word": tuple(sorted(_WORDS)),
}
"""The same list for who wants to read it, such as the description for the Algoritmeregister."""

_BSN = re.compile(r"^bsn|bsn$")
_INNOCENT = re.compile("asterisk|stopzet")
_USUAL_LENGTH = 64
_WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")


def is_denied(name: str) -> bool:
    """Whether an attribute may not be called this, however it is spelled or joined to other words.

    Long names are found anywhere in a name (`partner_Nationaliteit2`); short ones only as a whole
    word, or `trace` would be refused for the `race` in it.
    """
    return _remembered(name) if len(name) <= _USUAL_LENGTH else _is_denied(name)


def _is_denied(name: str) -> bool:
    plain = _without_accents(name)
    joined = "".join(c for c in plain.lower() if c.isalnum())
    if _STEM.search(_INNOCENT.sub("", joined)) or _BSN.search(joined) or joined in _WORDS:
        return True
    return any(word.lower() in _WORDS for word in _WORD.findall(plain))


_remembered = lru_cache(maxsize=4096)(_is_denied)


def _without_accents(name: str) -> str:
    """Full-width and accented letters as plain ones, so that they hide nothing."""
    if name.isascii():
        return name
    return "".join(c for c in unicodedata.normalize("NFKD", name) if not unicodedata.combining(c))
