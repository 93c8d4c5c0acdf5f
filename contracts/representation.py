"""Who speaks for the person, and who is told how it goes."""

from enum import StrEnum

from pydantic import Field

from contracts.base import Code, Contract


class Acts(StrEnum):
    """In what capacity somebody acts for the person (R-09; Awb 2:1)."""

    AUTHORISED = "authorised"
    GUARDIAN = "guardian"
    ADMINISTRATOR = "administrator"
    MENTOR = "mentor"
    LAWYER = "lawyer"
    CARE_WORKER = "care-worker"
    JOURNALIST = "journalist"
    OTHER = "other"


class Representation(Contract):
    """Who speaks for the person, and who is told how it goes. Follow-up is the same for all (R-09)."""

    acts: Acts
    authority: Code | None = Field(default=None, description="What the authority rests on, as a code: `machtiging`.")
    tell_person: bool = True
    tell_representative: bool = True
