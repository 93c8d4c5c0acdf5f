"""Offers, changes and what Open Klant shows, for the tests of the bridge."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from contracts.events import Envelope
from contracts.handoffs import HandoffChanged, HandoffRequested, HandoffState, ReplyRefused
from services.klantinteracties.model import Bridge, Said, Task
from services.klantinteracties.projection import OUT_EVENT, fold_for
from services.platform.events import Emit, Reader, outgoing

AGENCY, FOLLOWER = "cak", "belastingdienst"
QUESTION = UUID("018f0000-0000-7000-8000-000000000001")
HANDOFF = UUID("018f0000-0000-5000-8000-000000000002")
NOW = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
TOPIC = f"gvd.out.{AGENCY}"
SOURCE = "urn:nld:oin:00000099000000001000:systeem:gvd-delivery"


def offer(**changes: Any) -> HandoffRequested:
    facts = {"topic": "eigen-bijdrage-wlz", "channel": "phone", **changes.pop("facts", {})}
    return HandoffRequested.model_validate(
        {
            "question": QUESTION,
            "handoff": HANDOFF,
            "version": 1,
            "question_version": 1,
            "role": "lead",
            "receiver": AGENCY,
            "receiver_name": "CAK",
            "receiver_contact": {"phone": "0800 00 87"},
            "connected": True,
            "follower": FOLLOWER,
            "holder": AGENCY,
            "reference": "BD-2026-1",
            "first_received_at": NOW,
            "facts": facts,
            "dataref": "https://gvd.example/v1/personal-texts/018f0000-0000-7000-8000-000000000003",
            "tell": "De eigen bijdrage berekent en int het CAK.",
            "rule": "eigen-bijdrage-wlz",
            "table_version": "2026.11.20-0123456789ab",
            "accept_by": NOW + timedelta(days=2),
            **changes,
        }
    )


def changed(state: HandoffState, version: int = 2, by: str = FOLLOWER, **changes: Any) -> HandoffChanged:
    return HandoffChanged(
        **{
            "question": QUESTION,
            "handoff": HANDOFF,
            "version": version,
            "question_version": version,
            "role": "lead",
            "receiver": AGENCY,
            "follower": FOLLOWER,
            "holder": AGENCY,
            "state": state,
            "previous": HandoffState.REQUESTED,
            "by": by,
            "at": NOW + timedelta(hours=1),
            **changes,
        }
    )


def refusal(event_id: str | None, reason: str, action: str = "complete", by: str = AGENCY) -> ReplyRefused:
    return ReplyRefused(
        question=QUESTION,
        handoff=HANDOFF,
        reply_id="r",
        event_id=event_id,
        by=by,
        action=action,
        reason=reason,
        detail="From requested this is not possible.",
    )


def task(state: HandoffState = HandoffState.REQUESTED, **changes: Any) -> Task:
    about = changes.pop("offer", None) or offer()
    return Task(**{"offer": about, "version": 1, "state": state, **changes})


def said(action: str = "complete", version: int = 1, about: str | None = None) -> Said:
    return Said(event_id="e-1", version=version, action=action, about=about)


def told(state: Bridge | None, data: Any, topic: str = TOPIC) -> Bridge | None:
    """The state after an event that came over the wire."""
    entry = outgoing(SOURCE, Emit(topic, data), QUESTION, 1, NOW, None)
    event: Envelope | None = Reader(OUT_EVENT).read(topic, entry.value).event
    assert event is not None
    change = fold_for(AGENCY)(state, event, NOW)
    assert change is None or not change.emits
    return state if change is None else change.state


def bridge(*tasks: Task) -> Bridge:
    return Bridge(question=QUESTION, tasks=tasks or (task(),))
