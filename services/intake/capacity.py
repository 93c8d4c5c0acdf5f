"""Inquiries about capacity: kept by their own id, with nobody's identity in them.

In `keyed` an inquiry has a row without state, for its lock and its numbering; what it says is in its own table.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts.base import Contract, OrganisationId, Timestamp, TopicCode
from contracts.capacity import Capacity, CapacityAnswered, CapacityAsked, CapacityInquired, CapacityKnown
from contracts.quarantine import Fault
from services.platform.database import Connection, Pool


class Stand(StrEnum):
    """How it stands with an inquiry."""

    ASKED = "asked"
    ANSWERED = "answered"
    LAPSED = "lapsed"


class Inquiry(Contract):
    """What was asked, and the answer once it is there."""

    inquiry: UUID
    by: OrganisationId
    organisation: OrganisationId
    topic: TopicCode
    asked_at: Timestamp
    answer_by: Timestamp
    answer: Capacity | None = None
    waiting_days: int | None = None
    answered_at: Timestamp | None = None


class InquiryView(Inquiry):
    """The same with its status at this moment."""

    status: Stand


def shown(one: Inquiry, now: datetime) -> InquiryView:
    """Lapsed when the norm passed without an answer. One that still comes is shown: it says what holds then."""
    status = Stand.ANSWERED if one.answer else Stand.LAPSED if now > one.answer_by else Stand.ASKED
    return InquiryView(**one.model_dump(), status=status)


def inquired(inquiry: UUID, by: str, asked: CapacityAsked, now: datetime, answer_by: datetime) -> Inquiry:
    return Inquiry(
        inquiry=inquiry,
        by=by,
        organisation=asked.organisation,
        topic=asked.topic,
        asked_at=now,
        answer_by=answer_by,
    )


def answer_fault(agency: str, one: Inquiry | None) -> Fault | None:
    """Only the organisation that was asked answers, once. Who was not asked learns nothing."""
    where = "/data/inquiry"
    if one is None or one.organisation != agency:
        return Fault(code="unknown-inquiry", where=where, message="You were not asked this.")
    if one.answer is not None:
        return Fault(code="already-answered", where=where, message="This was answered before; a new one can be asked.")
    return None


def answered(one: Inquiry, said: CapacityAnswered, now: datetime) -> Inquiry:
    return one.model_copy(update={"answer": said.answer, "waiting_days": said.waiting_days, "answered_at": now})


def told(one: Inquiry) -> CapacityInquired | CapacityKnown:
    """What is published of it as it stands."""
    known = one.model_dump(exclude_none=True)
    return CapacityKnown.model_validate(known) if one.answer else CapacityInquired.model_validate(known)


async def find_inquiries(connection: Connection | Pool, inquiries: Sequence[UUID]) -> dict[UUID, Inquiry]:
    """The rows in `keyed` are locked before, when somebody is to change them."""
    if not inquiries:
        return {}
    rows = await connection.fetch("select * from capacity_inquiry where inquiry = any($1)", inquiries)
    return {row["inquiry"]: Inquiry.model_validate(dict(row)) for row in rows}


async def store_inquiries(connection: Connection, found: Iterable[Inquiry]) -> None:
    for one in found:
        await connection.execute(
            'insert into capacity_inquiry (inquiry, "by", organisation, topic, asked_at, answer_by) '
            "values ($1, $2, $3, $4, $5, $6) on conflict do nothing",
            one.inquiry,
            one.by,
            one.organisation,
            one.topic,
            one.asked_at,
            one.answer_by,
        )
        if one.answer is not None:
            await connection.execute(
                "update capacity_inquiry set answer = $2, waiting_days = $3, answered_at = $4 where inquiry = $1",
                one.inquiry,
                one.answer.value,
                one.waiting_days,
                one.answered_at,
            )
