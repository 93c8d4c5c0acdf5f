"""Made-up fields to look at a template with: nobody in them exists."""

from contracts.notices import NoticeKind
from services.notices.words import Template, Texts

SAMPLE = {
    "desk": "Belastingdienst",
    "route": "Bel 0800 0543",
    "reference": "BD-2026-0012345",
    "received": "2 maart 2026",
    "organisation": "UWV",
    "organisation_route": "Bel 088 898 92 94",
    "tell": "Zo weet u wie u helpt.",
    "ask": "Woont u in het buitenland?",
    "answers": "'Ja' of 'Nee'",
    "until": "uiterlijk 9 maart 2026",
    "when": "op maandag 9 maart om 10.00 uur",
    "help": "Juridisch Loket: gratis hulp. Bel 0800 8020.",
    "previous": "gemeente Muiden",
    "person": "ADVISEUR-17",
}


def shown(texts: Texts, kind: NoticeKind) -> tuple[Template, dict[str, str]]:
    """The template and its fields, filled with the sample."""
    return texts.of(kind), texts.needed(kind, SAMPLE)
