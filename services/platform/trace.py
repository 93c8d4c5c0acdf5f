"""W3C Trace Context through Kafka (CloudEvents distributed tracing extension)."""

import re
from hashlib import blake2b

_TRACEPARENT = re.compile(r"00-(?!0{32})([0-9a-f]{32})-[0-9a-f]{16}-([0-9a-f]{2})")


def child(traceparent: str | None, event_id: str) -> str:
    """The traceparent of an event caused by another.

    Derived from the event's id, so that publishing an event again gives the same bytes.
    """
    digest = blake2b(event_id.encode(), digest_size=24).hexdigest()
    known = _TRACEPARENT.fullmatch(traceparent or "")
    trace, flags = known.groups() if known else (digest[16:], "01")
    return f"00-{trace}-{digest[:16]}-{flags}"
