"""One example of every event type. OINs of the test range (prefix 00000099); nobody in them exists."""

from typing import Any, Final

from contracts import events
from contracts.events import Envelope

_QUESTION: Final = "0198c2a4-5b1e-7c3d-9a4f-1d2e3c4b5a69"
_HANDOFF: Final = "0198c2a4-6c2f-7d4e-8b5a-2e3f4d5c6b7a"
_QUARANTINE: Final = "0198c2a4-7d3a-7e5f-8c6b-3f4a5e6d7c8b"
_TRACE: Final = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
_FLOW: Final = "5b0e6c1d-94a7-5c3f-8d21-7a6b0c9e4f18"
_ASKED: Final = "2026-03-02T08:12:00Z"
_TABLE: Final = "2026.03.01-3f9a1c0be7d2"
_REFERENCE: Final = "BD-2026-0012345"
_DATAREF: Final = f"https://router.example/v1/questions/{_QUESTION}/text"
_TELL: Final = "De Sociale Verzekeringsbank gaat over uw AOW. Zij bellen u zelf; u hoeft niets te doen."

_FACTS: Final[dict[str, Any]] = {
    "topic": "aow",
    "kind": "question",
    "channel": "phone",
    "residence": {"postcode": "3511", "municipality": "gm0344"},
    "involved": ["belastingdienst", "svb"],
    "domains": ["income"],
}
_SVB_CONTACT: Final[dict[str, Any]] = {"phone": "088 000 00 00", "website": "https://svb.example"}
_ABOUT_QUESTION: Final[dict[str, Any]] = {"question": _QUESTION, "question_version": 2, "follower": "belastingdienst"}
_ABOUT_HANDOFF: Final[dict[str, Any]] = {
    **_ABOUT_QUESTION,
    "handoff": _HANDOFF,
    "version": 1,
    "role": "lead",
    "receiver": "svb",
    "holder": "svb",
}
_NOTICE: Final[dict[str, Any]] = {
    "notice": "0198c2a4-9f5c-5a7b-8e8d-5b6c7f8e9d0c",
    "question": _QUESTION,
    "kind": "forwarded",
    "to": "person",
}
_DESK_TASK: Final[dict[str, Any]] = {
    "follower": "belastingdienst",
    "reference": _REFERENCE,
    "words": "Uw vraag ligt nu bij de Sociale Verzekeringsbank.",
    "at": "2026-03-02T08:15:03Z",
}
_NORM: Final[dict[str, Any]] = {
    "code": "standard",
    "accept": 960,
    "first_contact": 960,
    "resolve": 4800,
    "decide": 480,
}
_DECISION: Final[dict[str, Any]] = {
    "outcome": "responsible",
    "table_version": _TABLE,
    "rule": "aow-to-svb",
    "reason": "The SVB pays the AOW pension.",
    "lead": {
        "organisation": "svb",
        "name": "Sociale Verzekeringsbank",
        "tooi": "https://identifier.overheid.nl/tooi/id/zbo/zb000143",
        "connected": True,
        "contact": _SVB_CONTACT,
    },
    "tell": _TELL,
    "norm_class": "standard",
    "inputs": {"topic": "aow"},
    "alternatives": [
        {"rule": "topic-default", "organisation": "triage", "why": "A more specific rule applies."},
    ],
}

_INQUIRY: Final = "0198c2a4-9f5c-7a8b-8d1e-5b6c7f8e9dad"
_INQUIRED: Final[dict[str, Any]] = {
    "inquiry": _INQUIRY,
    "by": "belastingdienst",
    "organisation": "gemeente-gm0344",
    "topic": "schulden",
    "asked_at": "2026-03-02T08:15:01Z",
    "answer_by": "2026-03-02T10:15:01Z",
}
_DATA: Final[dict[type[Envelope], dict[str, Any]]] = {
    events.QuestionAskedEvent: {
        "reference": _REFERENCE,
        "contact": "BD-C-88231",
        "first_received_at": _ASKED,
        "submitter": "citizen",
        "notify": {"channel": "email"},
        "warm_transfer_agreed": True,
        "dataref": f"https://agency.example/v1/questions/{_REFERENCE}",
        "facts": _FACTS,
    },
    events.ReplyGivenEvent: {
        "question": _QUESTION,
        "handoff": _HANDOFF,
        "version": 1,
        "reply": {"action": "accept", "receiver_reference": "SVB-2026-778"},
    },
    events.QuestionAcceptedEvent: {
        "question": _QUESTION,
        "follower": "belastingdienst",
        "reference": _REFERENCE,
        "contact": "BD-C-88231",
        "first_received_at": _ASKED,
        "accepted_at": "2026-03-02T08:15:01Z",
        "submitter": "citizen",
        "dataref": _DATAREF,
        "notify": {"channel": "email"},
        "facts": _FACTS,
    },
    events.ReplyAcceptedEvent: {
        "question": _QUESTION,
        "handoff": _HANDOFF,
        "version": 1,
        "by": "svb",
        "received_at": "2026-03-02T09:02:00Z",
        "reply": {"action": "accept", "receiver_reference": "SVB-2026-778"},
    },
    events.DecisionMadeEvent: {
        "question": _QUESTION,
        "number": 1,
        "why": "accepted",
        "follower": "belastingdienst",
        "reference": _REFERENCE,
        "first_received_at": _ASKED,
        "dataref": _DATAREF,
        "facts": _FACTS,
        "hops": 0,
        "decision": _DECISION,
        "norm": _NORM,
    },
    events.DecisionRequestedEvent: {
        "question": _QUESTION,
        "why": "declined",
        "declined": ["svb"],
        "hops": 1,
    },
    events.HandoffRequestedEvent: {
        **_ABOUT_HANDOFF,
        "receiver_name": "Sociale Verzekeringsbank",
        "receiver_contact": _SVB_CONTACT,
        "connected": True,
        "reference": _REFERENCE,
        "first_received_at": _ASKED,
        "facts": _FACTS,
        "dataref": _DATAREF,
        "tell": _TELL,
        "rule": "aow-to-svb",
        "table_version": _TABLE,
        "accept_by": "2026-03-04T08:15:01Z",
    },
    events.HandoffChangedEvent: {
        **_ABOUT_HANDOFF,
        "version": 2,
        "question_version": 3,
        "state": "accepted",
        "previous": "requested",
        "by": "svb",
        "at": "2026-03-02T09:02:01Z",
        "receiver_reference": "SVB-2026-778",
    },
    events.QuestionTriagedEvent: {
        **_ABOUT_QUESTION,
        "holder": "triage",
        "desk_contact": {"phone": "088 000 00 01"},
        "reference": _REFERENCE,
        "first_received_at": _ASKED,
        "facts": {"channel": "desk", "kind": "question"},
        "dataref": _DATAREF,
        "reason": "The topic is not known.",
        "tell": "Wij zoeken uit wie u kan helpen. U hoort het van ons.",
        "decide_by": "2026-03-02T16:15:01Z",
    },
    events.QuestionAskingEvent: {
        **_ABOUT_QUESTION,
        "holder": "belastingdienst",
        "reference": _REFERENCE,
        "ask": {
            "code": "lives-abroad",
            "text": "Woont u in het buitenland?",
            "answers": [{"code": "yes", "text": "Ja"}, {"code": "no", "text": "Nee"}],
        },
        "tell": "Wij willen nog één ding van u weten.",
        "answer_by": "2026-03-03T08:15:01Z",
    },
    events.QuestionEndedEvent: {
        "question": _QUESTION,
        "question_version": 6,
        "follower": "belastingdienst",
        "reference": _REFERENCE,
        "kind": "question",
        "outcome": "helped",
        "by": "svb",
        "at": "2026-03-05T10:30:00Z",
        "hops": 1,
    },
    events.QuestionReturnedEvent: {
        **_ABOUT_QUESTION,
        "holder": "belastingdienst",
        "reference": _REFERENCE,
        "reason": "A dispute with a neighbour is for no public body to settle.",
        "tell": "De overheid gaat hier niet over. Wij vertellen u wie u wel kan helpen.",
        "tell_by": "2026-03-03T08:15:01Z",
    },
    events.QuestionReopenedEvent: {
        **_ABOUT_QUESTION,
        "holder": "belastingdienst",
        "reference": _REFERENCE,
        "first_received_at": _ASKED,
        "reopens": _HANDOFF,
        "reason": "not-helped",
        "by": "belastingdienst",
        "at": "2026-03-09T09:00:00Z",
    },
    events.QuestionMergedEvent: {
        **_ABOUT_QUESTION,
        "holder": "belastingdienst",
        "reference": _REFERENCE,
        "into": "0198c2a4-5b1e-7c3d-9a4f-1d2e3c4b5a70",
        "by": "belastingdienst",
        "at": "2026-03-03T09:00:00Z",
    },
    events.QuestionRepeatedEvent: {
        **_ABOUT_QUESTION,
        "holder": "svb",
        "by": "belastingdienst",
        "channel": "phone",
        "times": 1,
        "at": "2026-03-03T09:00:00Z",
    },
    events.QuestionHandedOverEvent: {
        "question": _QUESTION,
        "question_version": 4,
        "previous": "gemeente-gm0457",
        "follower": "gemeente-gm0363",
        "holder": "svb",
        "reference": _REFERENCE,
        "reason": "organisation-ended",
        "at": "2026-03-24T00:00:00Z",
    },
    events.ContactPersonNamedEvent: {
        **_ABOUT_QUESTION,
        "holder": "svb",
        "person": {
            "organisation": "svb",
            "team": "TEAM-AOW-3",
            "reference": "ADVISEUR-17",
            "reachable_at": {"phone": "088 000 00 00", "desk": "Marktplein 1, Zwolle"},
            "since": "2026-03-02T09:02:00Z",
        },
        "by": "svb",
        "at": "2026-03-02T09:02:01Z",
    },
    events.ReplyRefusedEvent: {
        "question": _QUESTION,
        "handoff": _HANDOFF,
        "reply_id": "svb-reply-1",
        "by": "svb",
        "action": "accept",
        "reason": "stale",
        "detail": "The hand-off has changed since; look at how it stands now.",
        "state": "withdrawn",
        "version": 3,
        "question_version": 4,
        "holder": "triage",
    },
    events.ClockBreachedEvent: {
        **_ABOUT_QUESTION,
        "handoff": _HANDOFF,
        "stage": "acceptance",
        "due_at": "2026-03-04T08:15:01Z",
        "holder": "svb",
    },
    events.ClockRemindedEvent: {
        **_ABOUT_QUESTION,
        "handoff": _HANDOFF,
        "stage": "acceptance",
        "step": "reminder",
        "started_at": "2026-03-02T08:15:01Z",
        "due_at": "2026-03-04T08:15:01Z",
        "holder": "svb",
    },
    events.NoticeSentEvent: {
        **_NOTICE,
        "channel": "email",
        "at": "2026-03-02T08:15:03Z",
    },
    events.NoticeToTellEvent: {
        **_NOTICE,
        **_DESK_TASK,
        "why": "no-channel",
    },
    events.NoticeUndeliverableEvent: {
        **_NOTICE,
        **_DESK_TASK,
        "channel": "email",
        "reason": "wrong-address",
    },
    events.OverviewMadeEvent: {
        "overview": "0198c2a4-9f5c-5a7b-8e8d-5b6c7f8e9d0d",
        "agency": "svb",
        "day": "2026-03-03",
        "at": "2026-03-03T08:00:00Z",
        "counts": {"open": 1, "late": 0, "bounced": 0, "reopened": 0, "stuck": 0, "helped": 2},
        "open": [
            {
                "question": _QUESTION,
                "handoff": _HANDOFF,
                "reference": _REFERENCE,
                "stage": "acceptance",
                "since": "2026-03-02T08:15:01Z",
                "due_at": "2026-03-04T08:15:01Z",
            }
        ],
    },
    events.CapacityAskedEvent: {"organisation": "gemeente-gm0344", "topic": "schulden"},
    events.CapacityAnsweredEvent: {"inquiry": _INQUIRY, "answer": "waitlist", "waiting_days": 14},
    events.CapacityInquiredEvent: _INQUIRED,
    events.CapacityKnownEvent: {
        **_INQUIRED,
        "answer": "waitlist",
        "waiting_days": 14,
        "answered_at": "2026-03-02T08:31:00Z",
    },
    events.InputQuarantinedEvent: {
        "quarantine": _QUARANTINE,
        "topic": "gvd.in.belastingdienst",
        "partition": 0,
        "offset": 4711,
        "agency": "belastingdienst",
        "event_id": "bd-2026-0099",
        "received_at": "2026-03-02T08:20:00Z",
        "faults": [
            {
                "code": "unknown-attribute",
                "where": "/data/facts/colour",
                "message": "is not part of this contract",
            }
        ],
    },
    events.TablePublishedEvent: {
        "publication": 7,
        "version": _TABLE,
        "effective_from": "2026-03-02T08:20:00Z",
        "previous": "2026.02.01-9d2c4b7a1e05",
        "why": "approved",
        "proposal": "0198c2a4-8e4b-7f6a-9d7c-4a5b6f7e8d9c",
        "proposed_by": "beleid-aow",
        "approved_by": "beleid-hoofd",
        "content": "H4sIAAAAAAAAA6tWyixJzVWyUqhWSklNU6rVUUrLzElVAgkp1QIAYmmqFRoAAAA=",
    },
    events.RepairRequestedEvent: {"topic": events.HANDOFFS, "key": _QUESTION, "first": 3, "last": 4},
}
_VERSION_KEY: Final = "f0b5a1c2-6f3e-5d4c-8b7a-2e1d0c9f8a7b"
_AGENCY: Final = {
    events.QuestionAskedEvent: "1",
    events.ReplyGivenEvent: "2",
    events.CapacityAskedEvent: "1",
    events.CapacityAnsweredEvent: "2",
}


def example(model: type[Envelope], event_type: str) -> dict[str, Any]:
    """A whole event of this type, as it travels."""
    oin = f"0000009900000000{_AGENCY.get(model, '9')}000"
    envelope = {
        "specversion": "1.0",
        "id": "8c1f6a0e-2b7d-5e94-a3c8-6d0f4b9e7a52",
        "source": f"urn:nld:oin:{oin}:systeem:{'contact' if model in _AGENCY else 'gvd'}",
        "type": event_type,
        "time": "2026-03-02T08:15:01Z",
        "datacontenttype": "application/json",
        "traceparent": _TRACE,
    }
    return envelope | ({} if model in _AGENCY else _numbered(_DATA[model])) | {"data": _DATA[model]}


def _numbered(data: dict[str, Any]) -> dict[str, str]:
    """What inner events carry more: their key, and their number on topic and key."""
    keys = (data.get(name) for name in ("question", "quarantine", "overview", "inquiry", "key"))
    subject = next((key for key in keys if key), _VERSION_KEY)
    return {"subject": subject, "sequence": "1", "sequencetype": "Integer", "correlationid": _FLOW}
