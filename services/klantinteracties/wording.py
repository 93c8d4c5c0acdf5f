"""The Dutch texts we put into Open Klant, within its field limits (Klantinteracties API 0.9.0, Open Klant 2.18).

No name, number or words of the person: only where whoever is entitled may fetch them.
"""

from datetime import datetime
from hashlib import sha256
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.base import Channel, Kind
from contracts.handoffs import HandoffRequested, Role
from services.klantinteracties.conventions import FAULT_LINES, Fault

SUBJECT, CONTENT, ASKED, NOTES, METADATA = 200, 1000, 200, 1000, 255
"""Longest onderwerp, inhoud, gevraagdeHandeling, toelichting and value in metadata."""

HANDOFF_KEY, QUESTION_KEY = "gvd-overdracht", "gvd-vraag"
"""Names in the metadata of a klantcontact. No underscores: Open Klant rewrites those."""

_NOTE, _FAULT = "GVD-melding", "GVD-fout"
_HERE = ZoneInfo("Europe/Amsterdam")

CHANNELS: dict[Channel, str] = {
    Channel.PHONE: "telefoon",
    Channel.DESK: "balie",
    Channel.EMAIL: "e-mail",
    Channel.WEB: "internet",
    Channel.LETTER: "brief",
    Channel.CHAT: "chat",
}
ROLES: dict[Role, str] = {Role.LEAD: "trekker", Role.PARTNER: "partner", Role.CANDIDATE: "kandidaat"}
TASKS = {"correct-datum": "het gegeven herstellen", "repair-consequences": "de gevolgen herstellen"}
KINDS: dict[Kind, str] = {
    Kind.QUESTION: "vraag",
    Kind.COMPLAINT: "klacht",
    Kind.OBJECTION: "bezwaar",
    Kind.APPEAL: "beroep",
    Kind.WRONG_DATA: "fout gegeven",
    Kind.DISCRIMINATION: "discriminatie",
    Kind.DIGITALLY_STUCK: "digitaal vastgelopen",
}


def number_of(handoff: UUID, attempt: int) -> str:
    """A referentienummer for this hand-off: ten digits, unique in Open Klant, the same at every try."""
    digest = sha256(f"{handoff}/{attempt}".encode()).digest()
    return str(1_000_000_000 + int.from_bytes(digest[:8], "big") % 9_000_000_000)


def shown(moment: datetime) -> str:
    return moment.astimezone(_HERE).strftime("%d-%m-%Y %H:%M")


def note_line(moment: datetime, text: str) -> str:
    return f"{_NOTE} {shown(moment)}: {text}"


def fault_line(text: str) -> str:
    return f"{_FAULT}: {text}"


def is_fault(line: str) -> bool:
    return line.startswith(_FAULT)


def line_of(fault: Fault) -> str:
    return fault_line(FAULT_LINES[fault])


def klantcontact(offer: HandoffRequested, number: str) -> dict[str, Any]:
    """The contact at the first door. `inhoud` is fit to show to the person: internal notes go into the task."""
    return {
        "nummer": number,
        "referentienummer": number,
        "kanaal": CHANNELS[offer.facts.channel],
        "onderwerp": _cut(f"Warme overdracht: {_subject(offer)}", SUBJECT),
        "inhoud": _cut(f"Overgedragen door {offer.follower}. Aan de persoon is verteld: {offer.tell}", CONTENT),
        "indicatieContactGelukt": True,
        "taal": "nld",
        "vertrouwelijk": True,
        "plaatsgevondenOp": instant(offer.first_received_at),
        "metadata": {HANDOFF_KEY: str(offer.handoff), QUESTION_KEY: str(offer.question)},
    }


def interne_taak(offer: HandoffRequested, number: str, contact: UUID, actor: UUID) -> dict[str, Any]:
    urgent = "SPOED. " if offer.urgent else ""
    asked = f"{urgent}Warme overdracht: {_subject(offer)}. Reageer voor {shown(offer.accept_by)}."
    return {
        "nummer": number,
        "referentienummer": number,
        "gevraagdeHandeling": _cut(asked, ASKED),
        "aanleidinggevendKlantcontact": {"uuid": str(contact)},
        "toegewezenAanActoren": [{"uuid": str(actor)}],
        "toelichting": _cut(_explained(offer), NOTES),
        "status": "te_verwerken",
    }


def _subject(offer: HandoffRequested) -> str:
    topic = offer.facts.topic or offer.facts.agency_topic or "onderwerp onbekend"
    return f"{KINDS[offer.facts.kind]} over {topic}"


def _explained(offer: HandoffRequested) -> str:
    person = offer.contact_person
    lines = [
        f"Overdracht {offer.handoff}",
        f"Verwijzer: {offer.follower}, kenmerk {offer.reference}",
        f"Uw rol: {ROLES[offer.role]}",
        *([f"Gevraagd deel: {TASKS.get(offer.task, offer.task)}"] if offer.task else []),
        *([f"Vaste contactpersoon: {person.organisation}, {person.reference}"] if person else []),
        *([f"Gegevens van de persoon: {offer.dataref}"] if offer.dataref else []),
        *([f"Eerst doen: {_cut(offer.instruction, 200)}"] if offer.instruction else []),
        "Klaar? Zet hieronder GVD: geholpen (of een andere code) en zet de taak op verwerkt.",
    ]
    return "\n".join(lines)


def with_lines(toelichting: str, lines: tuple[str, ...]) -> str | None:
    """The text with our lines under it, each once; None when nothing changes.

    What employees wrote is never cut: when it does not fit, our oldest notes make room, or the new line is left out.
    """
    kept = toelichting.splitlines()
    for line in lines:
        if line not in kept:
            kept = _fitted([*kept, line]) or kept
    text = "\n".join(kept)
    return text if text != toelichting else None


def _fitted(lines: list[str]) -> list[str] | None:
    while len("\n".join(lines)) > NOTES:
        ours = [place for place, line in enumerate(lines[:-1]) if line.startswith((_NOTE, _FAULT))]
        if not ours:
            return None
        del lines[ours[0]]
    return lines


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def instant(moment: datetime) -> str:
    return moment.isoformat().replace("+00:00", "Z")
