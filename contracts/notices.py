"""What the person is told, over the channel they agreed to, and what an agency is told once a day."""

from datetime import date
from enum import StrEnum
from typing import Annotated
from uuid import UUID

from pydantic import Field, StringConstraints

from contracts.base import Code, Contract, OpenEnum, OrganisationId, Reference, Timestamp


class NoticeChannel(StrEnum):
    """How the person wants to hear of it (R-24). Electronic only after they agreed (Awb 2:8)."""

    EMAIL = "email"
    SMS = "sms"
    LETTER = "letter"
    PHONE = "phone"


class Notify(Contract):
    """The channel the person agreed to. Without one, or by phone, the desk that follows tells them."""

    channel: NoticeChannel


class NoticeKind(OpenEnum):
    """What there is to tell; each has a template in plain Dutch (services/notices/texts)."""

    RECEIVED = "received"
    FORWARDED = "forwarded"
    FORWARDED_TERM = "forwarded-term"
    FORWARDED_AGAIN = "forwarded-again"
    BRINGING = "bringing"
    BRINGING_TERM = "bringing-term"
    BRINGING_AGAIN = "bringing-again"
    SEVERAL_ASKED = "several-asked"
    LOOKING = "looking"
    ASKING = "asking"
    ACCEPTED = "accepted"
    BROUGHT = "brought"
    APPOINTMENT = "appointment"
    APPOINTMENT_CANCELLED = "appointment-cancelled"
    NOT_REACHED = "not-reached"
    ON_HOLD = "on-hold"
    ON_HOLD_YOU = "on-hold-you"
    RESUMED = "resumed"
    NO_ANSWER = "no-answer"
    EXPIRED = "expired"
    FAILED = "failed"
    LATE = "late"
    LATE_HERE = "late-here"
    LATE_BRINGING = "late-bringing"
    LATE_BROUGHT = "late-brought"
    RETURNED = "returned"
    HELPED = "helped"
    HELPED_HERE = "helped-here"
    STOPPED = "stopped"
    REOPENED = "reopened"
    MERGED = "merged"
    HANDED_OVER = "handed-over"
    CONTACT_PERSON = "contact-person"
    CONTACT_PERSON_CHANGED = "contact-person-changed"


class Told(StrEnum):
    """Who is told (R-09)."""

    PERSON = "person"
    REPRESENTATIVE = "representative"


Words = Annotated[str, StringConstraints(min_length=1, max_length=4000)]
"""A text of ours, filled in with names and routes of organisations. Nothing of or about the person."""


class NoticeSent(Contract):
    """The person was told. Neither the text nor the address is in it (Awb 2:3, kept as proof)."""

    notice: UUID
    question: UUID
    kind: NoticeKind
    channel: NoticeChannel
    to: Told
    at: Timestamp


class NoticeToTell(Contract):
    """The follower's desk is asked to tell the person, in these words."""

    notice: UUID
    question: UUID
    follower: OrganisationId
    reference: Reference
    kind: NoticeKind
    to: Told
    why: Code = Field(description="no-channel, by-phone or no-address.")
    words: Words
    at: Timestamp


class NoticeUndeliverable(Contract):
    """It could not be brought to the person: the follower's desk tells them another way (Awb 2:11)."""

    notice: UUID
    question: UUID
    follower: OrganisationId
    reference: Reference
    kind: NoticeKind
    channel: NoticeChannel
    to: Told
    reason: Code = Field(description="no-address, wrong-address, refused, forgotten, no-port or not-working.")
    words: Words
    at: Timestamp


class OpenHandoff(Contract):
    """One question an agency holds at the start of its day."""

    question: UUID
    handoff: UUID | None = None
    reference: Reference
    stage: Code
    since: Timestamp
    due_at: Timestamp | None = None
    late: bool = False
    bounced: int = Field(default=0, ge=0, description="How often it was sent on before.")
    reopened: bool = False
    stuck: bool = False


class OverviewCounts(Contract):
    """Never speed alone: next to time always helped, bounced, stuck and reopened (R-101)."""

    open: int = Field(ge=0)
    late: int = Field(ge=0)
    bounced: int = Field(ge=0)
    reopened: int = Field(ge=0)
    stuck: int = Field(ge=0)
    helped: int = Field(ge=0, description="Since the overview before.")


class OverviewMade(Contract):
    """What one agency holds, once at the start of each of its working days."""

    overview: UUID
    agency: OrganisationId
    day: date
    at: Timestamp
    counts: OverviewCounts
    open: tuple[OpenHandoff, ...] = Field(default=(), max_length=200, description="The longest waiting first.")
    more: int = Field(default=0, ge=0, description="Open ones that did not fit in the list.")
