"""What a CloudEvents JSON reader must take and refuse, restated from the public conformance suite.

Facts of cloudevents/conformance, branch format-tests, format/json (read at c5bcce28): 10 events that are
valid and 25 that are not. Each row is what differs from the smallest valid event.
"""

from typing import Any

SMALLEST: dict[str, Any] = {"specversion": "1.0", "id": "1", "source": "https://example.org", "type": "org.example"}
GONE = object()

VALID: dict[str, dict[str, Any]] = {
    "smallest": {},
    "optional attributes null": dict.fromkeys(("datacontenttype", "dataschema", "subject", "time")),
    "all core attributes": {
        "datacontenttype": "text/plain",
        "dataschema": "https://example.org/schema",
        "subject": "s",
        "time": "2018-04-05T17:31:00Z",
    },
    "time in UTC": {"time": "2018-04-05T17:31:00Z"},
    "time to nanoseconds": {"time": "2018-04-05T17:31:00.000000000Z"},
    "time with offset ahead": {"time": "2018-04-05T18:31:00+01:00"},
    "time with offset behind": {"time": "2018-04-05T16:31:00-01:00"},
    "relative source": {"source": "#fragment"},
    "text as data": {"datacontenttype": "text/plain", "data": "some text"},
    "extensions of every type": {
        "extinteger": 10,
        "extboolean": True,
        "extstring": "text",
        "exturi": "https://example.org",
        "exturiref": "//authority/path",
        "exttimestamp": "2023-03-31T15:12:00Z",
        "extbinary": "TWE=",
    },
}

INVALID: dict[str, tuple[str, dict[str, Any]]] = {
    "no specversion": ("/specversion", {"specversion": GONE}),
    "no id": ("/id", {"id": GONE}),
    "no type": ("/type", {"type": GONE}),
    "no source": ("/source", {"source": GONE}),
    "time is a word": ("/time", {"time": "lunchtime"}),
    "time to the minute": ("/time", {"time": "2018-04-05T18:31Z"}),
    "offset X": ("/time", {"time": "2018-04-05T18:31:00X"}),
    "offset out of range": ("/time", {"time": "2018-04-05T18:31:00+25:00"}),
    "offset no number": ("/time", {"time": "2018-04-05T18:31:00+xx:00"}),
    "offset hour only": ("/time", {"time": "2018-04-05T18:31:00+05"}),
    "empty id": ("/id", {"id": ""}),
    "empty type": ("/type", {"type": ""}),
    "empty source": ("/source", {"source": ""}),
    "empty specversion": ("/specversion", {"specversion": ""}),
    "other specversion": ("/specversion", {"specversion": "0.9"}),
    "content type not of RFC 2046": ("/datacontenttype", {"datacontenttype": "xyz"}),
    "empty content type": ("/datacontenttype", {"datacontenttype": ""}),
    "empty dataschema": ("/dataschema", {"dataschema": ""}),
    "empty subject": ("/subject", {"subject": ""}),
    "id a number": ("/id", {"id": 25}),
    "id an object": ("/id", {"id": {"a": "b"}}),
    "extension with capitals": ("/MyExtension", {"MyExtension": "x"}),
    "extension with a dot": ("/my.extension", {"my.extension": "x"}),
    "extension a fraction": ("/my.extension", {"my.extension": 1.5}),
    "data twice": ("/data_base64", {"data": "text", "data_base64": "eyAieHl6IjogMTIzIH0="}),
}


def event(difference: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in (SMALLEST | difference).items() if value is not GONE}
