"""How people were in touch: proof that a hand-off was warm, contact attempts, and who stays the person's contact."""

from enum import StrEnum
from typing import Annotated

from pydantic import Field, StringConstraints

from contracts.base import Contract, OpenEnum, OrganisationId, Reference, Timestamp


class ContactAttempt(OpenEnum):
    """What became of a moment at which the person was to be spoken to (BSeR 5.1.1 to 5.1.4)."""

    PLANNED = "planned"
    MADE = "made"
    NOT_REACHED = "not-reached"
    CANCELLED = "cancelled"


class WarmBy(StrEnum):
    """How the person went from one desk to the next without starting again."""

    THREE_WAY_CALL = "three-way-call"
    APPOINTMENT = "appointment"
    CALL_BACK = "call-back"
    DESK_ACCOMPANIED = "desk-accompanied"


class Warmth(Contract):
    """Evidence that the hand-off was warm. Says what happened and which role received; never who somebody is."""

    by: WarmBy
    received_by: Reference = Field(description="Role or team that received the person, such as `TEAM-AOW-3`.")
    person_told: bool = Field(description="The person knows who helps from here.")
    story_passed_on: bool = Field(description="The person does not have to tell it again.")
    at: Timestamp


Phone = Annotated[str, StringConstraints(pattern=r"^\+?[0-9][0-9 -]{2,23}$")]
"""Digits, as people write them: `088 000 00 00`, `14 030`, `+31 30 000 00 00`."""

_WORDS = r"[A-Za-zÀ-ÿ'-]{1,30}( [A-Za-zÀ-ÿ'-]{1,30}){0,3}"
Address = Annotated[
    str, StringConstraints(pattern=rf"^([0-9]{{1,2}}e )?{_WORDS} [0-9]{{1,5}}[A-Za-z]?, {_WORDS}$", max_length=80)
]
"""Street, number and place, and no more."""


class PersonRoute(Contract):
    """Where the professional can be called or visited. Goes to the citizen as it is, so nothing else fits in it."""

    phone: Phone | None = None
    desk: Address | None = Field(default=None, description="Of an office: street, number, place. Never of the person.")


class ContactPerson(Contract):
    """Fixed contact person: stays through every hop and after the end (R-29, 000:145). A role, never a name."""

    organisation: OrganisationId
    team: Reference | None = None
    reference: Reference = Field(description="The professional, by a role reference of the organisation.")
    reachable_at: PersonRoute
    since: Timestamp
    until: Timestamp | None = Field(default=None, description="Empty: for as long as the person needs it.")
