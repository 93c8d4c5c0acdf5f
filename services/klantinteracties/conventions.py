"""What employees write for us to read: lines `GVD: <code>` in the toelichting of the interne taak.

Klantinteracties has two task statuses on purpose and no place for an outcome (B0435): `verwerkt` also means
"looked at but not done". So what happened is a word on a line of its own. What is not in these lists is never guessed.
"""

import re
from collections import Counter
from enum import StrEnum

from contracts.base import Contract
from contracts.contact import ContactAttempt
from contracts.replies import (
    Complete,
    ConfirmCancellation,
    Decline,
    DeclineReason,
    Fail,
    FailReason,
    Hold,
    HoldReason,
    RefuseCancellation,
    Resume,
    Start,
)

Outcome = Complete | Decline | Fail | ConfirmCancellation
Progress = Start | Hold | Resume | RefuseCancellation

HELPED = Complete(action="complete", outcome="helped", person_informed=True)
REPAIRED = HELPED.model_copy(update={"datum_corrected": True, "consequences_repaired": True})

OUTCOMES: dict[str, Outcome] = {
    "geholpen": HELPED,
    "geholpen-en-hersteld": REPAIRED,
    "niet-voor-ons": Decline(action="decline", reason=DeclineReason.NOT_COMPETENT),
    "onvolledig": Decline(action="decline", reason=DeclineReason.INCOMPLETE),
    "geen-capaciteit": Decline(action="decline", reason=DeclineReason.NO_CAPACITY),
    "al-bekend": Decline(action="decline", reason=DeclineReason.ALREADY_KNOWN),
    "anders-geweigerd": Decline(action="decline", reason=DeclineReason.OTHER),
    "persoon-niet-gevonden": Fail(action="fail", reason=FailReason.PERSON_NOT_FOUND),
    "toch-niet-voor-ons": Fail(action="fail", reason=FailReason.NOT_COMPETENT_AFTER_ALL),
    "kan-niet": Fail(action="fail", reason=FailReason.IMPOSSIBLE),
    "anders-mislukt": Fail(action="fail", reason=FailReason.OTHER),
    "gestopt": ConfirmCancellation(action="confirm-cancellation"),
}
"""Count once the task is `verwerkt`. Exactly one may stand there."""

PROGRESS: dict[str, Progress] = {
    "contact-gepland": Start(action="start", contact=ContactAttempt.PLANNED),
    "contact-afgezegd": Start(action="start", contact=ContactAttempt.CANCELLED),
    "wacht-op-persoon": Hold(action="hold", reason=HoldReason.WAITING_FOR_PERSON),
    "wacht-op-informatie": Hold(action="hold", reason=HoldReason.WAITING_FOR_INFORMATION),
    "wacht-op-ander": Hold(action="hold", reason=HoldReason.WAITING_FOR_THIRD_PARTY),
    "weer-verder": Resume(action="resume"),
    "bijna-klaar": RefuseCancellation(action="refuse-cancellation", reason="nearly-done"),
    "stoppen-schaadt": RefuseCancellation(action="refuse-cancellation", reason="would-harm"),
    "persoon-wil-door": RefuseCancellation(action="refuse-cancellation", reason="person-wants-it"),
}
"""Count at once, in the order of the lines. Whoever does the same again adds the line again."""


class Fault(StrEnum):
    """What could not be understood."""

    NO_CODE = "no-code"
    SEVERAL_CODES = "several-codes"
    UNKNOWN_CODE = "unknown-code"
    NOT_REPAIRED = "not-repaired"
    CONTACT_UNCLEAR = "contact-unclear"
    REFUSED = "refused"
    REFUSED_AT_THE_DOOR = "refused-at-the-door"


FAULT_LINES: dict[Fault, str] = {
    Fault.NO_CODE: "de taak is verwerkt zonder uitkomst. Zet erbij: GVD: geholpen, of een andere code uit de lijst.",
    Fault.SEVERAL_CODES: "er staan verschillende uitkomsten. Laat er één staan.",
    Fault.UNKNOWN_CODE: "er staat een code die niet in de lijst staat.",
    Fault.NOT_REPAIRED: "een fout gegeven is pas klaar als ook de gevolgen zijn hersteld: GVD: geholpen-en-hersteld.",
    Fault.CONTACT_UNCLEAR: "bij een nieuw klantcontact staat niet of het contact is gelukt (ja of nee).",
    Fault.REFUSED: "uw reactie past nu niet bij de overdracht",
    Fault.REFUSED_AT_THE_DOOR: "uw reactie is niet aangenomen. Klopt de naam achter 'wel voor'?",
}
"""The line that says so on the task, for the employee."""


class Marked(Contract):
    """One line of progress; `key` tells it from the same word written earlier."""

    key: str
    reply: Progress


class Written(Contract):
    """What the lines of one toelichting say. The text itself is not kept."""

    outcomes: tuple[Outcome, ...] = ()
    progress: tuple[Marked, ...] = ()
    unknown: bool = False


_LINE = re.compile(r"[ \t]*gvd[ \t]*:(?P<rest>.*)", re.IGNORECASE)
_REST = re.compile(
    r"\s*(?P<code>[a-z]+(?:[ -]+[a-z]+)*)\s*(?:,\s*wel voor\s+(?P<other>[a-z0-9]+(?:-[a-z0-9]+)*)\s*)?\.?\s*"
)
_LONGEST_ORGANISATION = 60


def read_codes(toelichting: str) -> Written:
    """Every line of ours; capitals, and spaces for dashes, are fine."""
    outcomes: list[Outcome] = []
    progress: list[Marked] = []
    times: Counter[str] = Counter()
    unknown = False
    for line in toelichting.splitlines():
        if (ours := _LINE.fullmatch(line)) is None:
            continue
        code, other = _parts(ours["rest"])
        if code in PROGRESS and other is None:
            times[code] += 1
            progress.append(Marked(key=f"{code}/{times[code]}", reply=PROGRESS[code]))
        elif (outcome := _outcome(code, other)) is None:
            unknown = True
        elif outcome not in outcomes:
            outcomes.append(outcome)
    return Written(outcomes=tuple(outcomes), progress=tuple(progress), unknown=unknown)


def _parts(rest: str) -> tuple[str, str | None]:
    match = _REST.fullmatch(rest.lower())
    return (re.sub("[ -]+", "-", match["code"]), match["other"]) if match else ("", None)


def _outcome(code: str, other: str | None) -> Outcome | None:
    outcome = OUTCOMES.get(code)
    if other is None or outcome is None:
        return outcome
    if not isinstance(outcome, Decline) or len(other) > _LONGEST_ORGANISATION:
        return None
    return outcome.model_copy(update={"suggested": other})
