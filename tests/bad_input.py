"""Everything an agency can get wrong, one case each, with a value planted in it that may be kept nowhere."""

import json
import random
import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from tests.world import CONTENT_TYPE, event_of, now, question

AGENCY = "belastingdienst"
Headers = list[tuple[str, bytes]]


@dataclass(frozen=True)
class Wrong:
    """One bad input: what is sent, what must be said of it, and what may never be seen again."""

    name: str
    value: bytes | None
    says: frozenset[tuple[str, str]]
    planted: str
    status: int = 400
    headers: Headers = field(default_factory=lambda: list(CONTENT_TYPE))
    key: bytes | None = None
    kafka_only: bool = False


def a_bsn() -> str:
    """A number in the range for tests that passes the 11-proof; made here so that no file holds one."""
    while True:
        digits = [9, 9, 9, 9, *(random.randrange(10) for _ in range(4))]  # noqa: S311
        last = sum(digit * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11
        if last < 10:
            return "".join(map(str, [*digits, last]))


def a_marker() -> str:
    return f"geheim-{secrets.token_hex(8)}"


def cases() -> list[Wrong]:
    """Fresh values at every call."""
    return [make() for make in _CASES]


Make = Callable[[], Wrong]
_CASES: list[Make] = []


def _case(make: Make) -> Make:
    _CASES.append(make)
    return make


def _json(event: Any) -> bytes:
    return json.dumps(event).encode()


def _wrong(name: str, value: Any, planted: str, *says: tuple[str, str], **more: Any) -> Wrong:
    raw = value if isinstance(value, bytes | None) else _json(value)
    return Wrong(name, raw, frozenset(says), planted, **more)


def _plain(name: str, change: Callable[[str], dict[str, Any]], *says: tuple[str, str], bsn: bool = False) -> None:
    """A case that is a good question but for one change made with the planted value."""

    def make() -> Wrong:
        planted = a_bsn() if bsn else a_marker()
        return _wrong(name, change(planted), planted, *says)

    _CASES.append(make)


def _dots(bsn: str) -> str:
    return f"{bsn[:4]}.{bsn[4:6]}.{bsn[6:]}"


_plain(
    "envelope",
    lambda m: question(attributes={"id": None, "time": f"gisteren {m}", "specversion": f"0.3-{m}"}),
    ("missing", "/id"),
    ("invalid", "/time"),
    ("invalid", "/specversion"),
)
_plain("no-type", lambda m: question(attributes={"type": None, "subject": m}), ("missing", "/type"))
_plain(
    "unknown-version",
    lambda m: question(attributes={"type": "nl.geenverkeerdedeur.question.asked.v9", "subject": m}),
    ("unknown-version", "/type"),
)
_plain("unknown-type", lambda m: event_of(AGENCY, f"question.{m}", {"a": m}), ("unknown-type", "/type"))
_plain("inner-type", lambda m: event_of(AGENCY, "question.accepted", {"a": m}), ("unknown-type", "/type"))
_plain(
    "for-another",
    lambda m: question(reference=m, attributes={"source": "urn:nld:gvd:svb:systeem:klantcontact"}),
    ("source-not-yours", "/source"),
)
_plain(
    "two-layers",
    lambda m: question(note=m, attributes={"source": "urn:nld:gvd:svb:systeem:klantcontact"}),
    ("unknown-attribute", "/data/note"),
    ("source-not-yours", "/source"),
)
_plain("denied-on-top", lambda m: question(attributes={"nationaliteit": m}), ("denied-attribute", "/nationaliteit"))
_plain(
    "denied-deep",
    lambda m: question(facts={"residence": {"postcode": "3511", "geboorteland": m}}),
    ("denied-attribute", "/data/facts/residence/geboorteland"),
)
_plain(
    "denied-answer",
    lambda m: question(facts={"answers": {"risk-score": m}}),
    ("denied-attribute", "/data/facts/answers/risk-score"),
)
_plain("unknown-attribute", lambda m: question(note=m), ("unknown-attribute", "/data/note"))
_plain(
    "name-as-key",
    lambda m: question(facts={m + " de Vries": True}),
    ("unknown-attribute", "/data/facts/(name withheld)"),
)
_plain("bsn-in-reference", lambda b: question(reference=b), ("bsn", "/data/reference"), bsn=True)
_plain("bsn-with-dots", lambda b: question(contact=f"KLANT-{_dots(b)}"), ("bsn", "/data/contact"), bsn=True)
_plain("bsn-as-number", lambda b: question(facts={"acute": int(b)}), ("bsn", "/data/facts/acute"), bsn=True)
_plain("bsn-as-id", lambda b: question(attributes={"id": b}), ("bsn", "/id"), bsn=True)
_plain("bsn-as-subject", lambda b: question(attributes={"subject": b}), ("bsn", "/subject"), bsn=True)
_plain(
    "bsn-in-source",
    lambda b: question(attributes={"source": f"urn:nld:gvd:{AGENCY}:systeem:{b}"}),
    ("bsn", "/source"),
    bsn=True,
)
_plain(
    "bsn-in-dataref",
    lambda b: question(dataref=f"https://dossiers.example/{b}"),
    ("bsn", "/data/dataref"),
    bsn=True,
)
_plain(
    "bsn-as-key",
    lambda b: question(facts={"answers": {b: "ja"}}),
    ("bsn", "/data/facts/answers/(name withheld)"),
    bsn=True,
)
_plain("nul", lambda m: question(reference=f"{m}\0x"), ("control-character", "/data/reference"))
_plain(
    "half-a-character",
    lambda m: question(reference=f"{m}\ud800"),
    ("control-character", "/data/reference"),
    ("invalid", "/"),
)
_plain(
    "in-the-future",
    lambda m: question(reference=m, first_received_at="2099-01-01T00:00:00Z"),
    ("in-the-future", "/data/first_received_at"),
)
_plain(
    "unknown-organisations",
    lambda m: question(facts={"involved": ["svb", f"o{m}"], "decision_by": m}),
    ("unknown-organisation", "/data/facts/involved/1"),
    ("unknown-organisation", "/data/facts/decision_by"),
)
_plain(
    "postcode-too-fine",
    lambda m: question(facts={"residence": {"postcode": f"3511{m}"}}),
    ("invalid", "/data/facts/residence/postcode"),
)
_plain("unknown-question", lambda m: _reply(m), ("unknown-question", "/data/question"))
_plain("too-large", lambda m: question(reference=m, attributes={"x": m * 3000}), ("too-large", "/"))
_plain("huge", lambda m: question(reference=m, attributes={"x": m * 90_000}), ("too-large", "/"))


def _reply(planted: str) -> dict[str, Any]:
    data = {"question": "01890000-0000-7000-8000-000000000000", "version": 1}
    action = {"action": "accept", "receiver_reference": planted}
    return event_of(AGENCY, "reply.given", {**data, "reply": action})


@_case
def _cut_off() -> Wrong:
    planted = a_marker()
    return _wrong("cut-off", _json(question(reference=planted))[:-1], planted, ("not-json", "/"))


@_case
def _raw_nul() -> Wrong:
    planted = a_marker()
    value = _json(question(reference=planted)).replace(planted.encode(), planted.encode() + b"\0")
    return _wrong("raw-nul", value, planted, ("control-character", "/"))


@_case
def _twice() -> Wrong:
    planted = a_marker()
    value = f'{{"type": "{planted}", '.encode() + _json(question())[1:]
    return _wrong("key-twice", value, planted, ("duplicate-key", "/type"))


@_case
def _not_utf8() -> Wrong:
    planted = a_marker()
    return _wrong("not-utf8", _json(question(reference=planted)) + b"\xff", planted, ("not-utf8", "/"))


@_case
def _bottomless() -> Wrong:
    planted = a_marker()
    deep = json.loads('{"a":' * 60 + json.dumps(planted) + "}" * 60)
    return _wrong("too-deep", question(facts=deep), planted, ("too-deep", "/data/facts" + "/a" * 31))


@_case
def _array() -> Wrong:
    planted = a_marker()
    return _wrong("batch", [question(reference=planted)], planted, ("batch", "/"))


@_case
def _tombstone() -> Wrong:
    planted = a_marker()
    return _wrong("no-value", None, planted, ("not-json", "/"), key=planted.encode(), kafka_only=True)


@_case
def _no_headers() -> Wrong:
    planted = a_marker()
    value = _json(question(reference=planted))
    return _wrong("no-headers", value, planted, ("not-an-event", "/"), headers=[], kafka_only=True)


@_case
def _header_not_text() -> Wrong:
    planted = a_marker()
    headers = [*CONTENT_TYPE, ("x-note", planted.encode() + b"\xff")]
    value = _json(question())
    return _wrong("header-not-utf8", value, planted, ("not-utf8", "header/x-note"), headers=headers, kafka_only=True)


@_case
def _bsn_in_header() -> Wrong:
    planted = a_bsn()
    headers = [*CONTENT_TYPE, ("x-klant", planted.encode())]
    return _wrong("bsn-in-header", question(), planted, ("bsn", "header/x-klant"), headers=headers, kafka_only=True)


@_case
def _bsn_as_record_key() -> Wrong:
    planted = a_bsn()
    return _wrong("bsn-as-record-key", question(), planted, ("bsn", "key"), key=planted.encode(), kafka_only=True)


@_case
def _denied_header() -> Wrong:
    planted = a_marker()
    headers, value = in_binary(question())
    headers.append(("ce_nationality", planted.encode()))
    says = {("denied-attribute", "header/ce_nationality"), ("denied-attribute", "/nationality")}
    return _wrong("denied-header", value, planted, *says, headers=headers, kafka_only=True)


def in_binary(event: dict[str, Any]) -> tuple[Headers, bytes]:
    """The same event in binary mode: attributes as headers, data as value."""
    attributes = {name: text for name, text in event.items() if name not in ("data", "datacontenttype")}
    headers = [(f"ce_{name}", text.encode()) for name, text in attributes.items()]
    return [*headers, ("content-type", b"application/json")], _json(event["data"])


def good() -> dict[str, Any]:
    return question(AGENCY, first_received_at=now(minutes=1))
