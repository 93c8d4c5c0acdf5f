"""Can you take a question about this topic now? Asked between organisations, about nobody in particular.

The values are those of Gravity SDOHCC (capacity, no-capacity, waitlist, additional-assessment-required).
"""

from uuid import UUID

from pydantic import Field

from contracts.base import Contract, OpenEnum, OrganisationId, Timestamp, TopicCode


class Capacity(OpenEnum):
    """What an organisation can take on."""

    CAPACITY = "capacity"
    NO_CAPACITY = "no-capacity"
    WAITLIST = "waitlist"
    ADDITIONAL_ASSESSMENT_REQUIRED = "additional-assessment-required"


class CapacityAsked(Contract):
    """An agency asks an organisation. There is no place here to say for whom."""

    organisation: OrganisationId
    topic: TopicCode


class CapacityInquired(Contract):
    """The inquiry as it reaches the organisation, and as receipt the agency that asks."""

    inquiry: UUID
    by: OrganisationId
    organisation: OrganisationId
    topic: TopicCode
    asked_at: Timestamp
    answer_by: Timestamp = Field(description="Without an answer by then it has lapsed: decide without it.")


class CapacityAnswered(Contract):
    """The organisation's answer: what holds now, no promise and no hand-off."""

    inquiry: UUID
    answer: Capacity
    waiting_days: int | None = Field(default=None, ge=0, le=3650, description="How long people wait, about.")


class CapacityKnown(Contract):
    """The answer as it reaches the agency that asked."""

    inquiry: UUID
    by: OrganisationId
    organisation: OrganisationId
    topic: TopicCode
    asked_at: Timestamp
    answer_by: Timestamp
    answer: Capacity
    waiting_days: int | None = None
    answered_at: Timestamp
