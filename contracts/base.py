"""The model every contract is built from, and the small types they share."""

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, GetJsonSchemaHandler, StringConstraints
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema


class Contract(BaseModel):
    """Immutable and closed: an attribute we do not know is refused by name at the front door.

    Inside, consumers read with `extra="ignore"` so that a newer producer may add an attribute.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", validate_default=False)


class OpenEnum(StrEnum):
    """A list that may grow: a reader that meets a value it does not know treats it as news to look up."""

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        schema = handler.resolve_ref_schema(handler(core))
        schema["x-extensible-enum"] = True
        return schema


def _in_utc(moment: datetime) -> datetime:
    """A moment in year 1 or 9999 may have no UTC counterpart: that is an invalid time, not a crash."""
    try:
        return moment.astimezone(UTC) if moment.utcoffset() else moment
    except OverflowError:
        raise ValueError("outside the calendar") from None


Timestamp = Annotated[AwareDatetime, AfterValidator(_in_utc)]
"""RFC 3339 with any offset; kept and written in UTC with `Z` (API Design Rules /core/date-time)."""

OrganisationId = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""Id of an organisation, team or desk in the routing table: `svb`, `gemeente-gm0363`, `triage`."""

TopicCode = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""What a question is about, a code of the routing table: `aow`, `studieschuld`."""

Code = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
"""A machine-readable code: reason, question to ask, answer, norm class."""

SubjectCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,59}$")]
"""An agency's own code for the subject of a question, as its own list has it."""

Reference = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,63}$")]
"""An agency's own case number or role reference. Never a name, never a BSN."""

Text = Annotated[str, StringConstraints(min_length=1, max_length=600)]
"""Text of ours from the routing table, never a text of or about the person."""


class Channel(StrEnum):
    """How the person came in. Never decides who is responsible (requirements R-20)."""

    PHONE = "phone"
    DESK = "desk"
    EMAIL = "email"
    WEB = "web"
    LETTER = "letter"
    CHAT = "chat"


class Kind(StrEnum):
    """What sort of question it is; the Awb treats objections and appeals apart (art. 6:15)."""

    QUESTION = "question"
    COMPLAINT = "complaint"
    OBJECTION = "objection"
    APPEAL = "appeal"
    WRONG_DATA = "wrong-data"
    DISCRIMINATION = "discrimination"
    DIGITALLY_STUCK = "digitally-stuck"


class Domain(StrEnum):
    """Areas of life in which problems can hang together (requirements section 8)."""

    DEBT = "debt"
    HOUSING = "housing"
    CARE = "care"
    EDUCATION = "education"
    WORK = "work"
    FAMILY = "family"
    INCOME = "income"
    TAX = "tax"
    BENEFITS = "benefits"
    IDENTITY = "identity"
    MOBILITY = "mobility"
    JUSTICE = "justice"


class Island(StrEnum):
    """The public bodies of the Caribbean Netherlands: no BSN, no municipality (WolBES)."""

    BONAIRE = "bonaire"
    SABA = "saba"
    SINT_EUSTATIUS = "sint-eustatius"


class Submitter(StrEnum):
    """Who brings the question in; all get the same follow-up (requirements R-09)."""

    CITIZEN = "citizen"
    ENTREPRENEUR = "entrepreneur"
    REPRESENTATIVE = "representative"
    INTERMEDIARY = "intermediary"
    PROFESSIONAL = "professional"
