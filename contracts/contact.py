"""How people were in touch: proof that a hand-off was warm, contact attempts, and who stays the person's contact."""

from enum import StrEnum

from pydantic import Field

from contracts.base import Contract, OpenEnum, OrganisationId, Reference, Timestamp
from contracts.decisions import ContactRoute


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


class ContactPerson(Contract):
    """Fixed contact person: stays through every hop and after the end (R-29, 000:145). A role, never a name."""

    organisation: OrganisationId
    team: Reference | None = None
    reference: Reference = Field(description="The professional, by a role reference of the organisation.")
    reachable_at: ContactRoute
    since: Timestamp
    until: Timestamp | None = Field(default=None, description="Empty: for as long as the person needs it.")
