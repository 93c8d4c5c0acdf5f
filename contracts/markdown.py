"""docs/events.md: the catalogue for people who connect an agency. Pure; generated, never edited."""

import json
from collections.abc import Iterable, Iterator
from typing import Any, Final

from contracts.catalogue import CATALOGUE, TOPICS, VERSION, Direction, EventType
from contracts.events import Envelope
from contracts.examples import example
from contracts.schemadoc import event_schema

_HEAD: Final = f"""\
# Events

Version {VERSION}. Generated from `contracts/` by `python -m contracts.generate`; do not edit.
The same in machine-readable form: a JSON Schema per type in `contracts/schemas/` and the AsyncAPI document
`contracts/schemas/asyncapi.json`.

Every event is a [CloudEvent 1.0](https://github.com/cloudevents/spec) in the NL GOV profile. On Kafka it
travels in structured mode: header `content-type: application/cloudevents+json; charset=UTF-8`, and the whole
event as value. Agencies may also publish in binary mode: a header `ce_<name>` per attribute, and the data as
value. One event per record; at most 64 KiB. Try an event before sending it: `gvd event check FILE`.

Never in any event, at any depth, in any name, value, header or key: a citizen service number (BSN), text of
or about the person, nationality, ethnicity, descent, place of birth, religion, or a label of fraud, risk or
intent. An attribute that is not listed here is refused by its name.
"""
_FLOW: Final = """\
```mermaid
flowchart LR
  agency([agency]) -- "gvd.in.{agency}" --> intake
  intake -- gvd.questions --> router
  intake -- gvd.replies --> handoff
  router -- gvd.decisions --> handoff
  handoff -- gvd.decision-requests --> router
  handoff -- gvd.handoffs --> delivery
  handoff -- gvd.handoffs --> intake
  intake -- gvd.capacity --> delivery
  intake -- gvd.quarantine --> delivery
  intake -- gvd.questions --> notices
  handoff -- gvd.handoffs --> notices
  notices -- gvd.notices --> delivery
  notices -- gvd.notices --> intake
  delivery -- "gvd.out.{agency}" --> agency2([agency])
```
"""
_ENVELOPE_NOTES: Final = """\
`id` is stable over retries: an event sent twice is the same event. Inner events and events to agencies carry
`subject` (the question) and `sequence`, which counts from 1 per topic and subject without gaps, so that a
reader notices a repeat or a loss. Unknown attributes in what you *read* are to be ignored: a minor version
may add them.
"""


def events_page() -> str:
    """The whole page."""
    parts = [_HEAD, "## Topics\n", _FLOW, _topics(), "## Types\n", _types(), "## Attributes of every event\n"]
    parts += [_fields(_envelope()), _ENVELOPE_NOTES]
    parts += [_event(entry) for entry in CATALOGUE]
    parts += ["## Shared objects\n", *_shared_objects()]
    return "\n".join(parts)


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    columns = list(head)
    lines = [columns, ["---"] * len(columns), *rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines)


def _topics() -> str:
    head = ("Topic", "Direction", "Written by", "Read by", "Key", "What for")
    return _table(head, ([f"`{t.address}`", t.direction, _list(t.writers), _list(t.readers), t.key, t.about]
                         for t in TOPICS.values()))  # fmt: skip


def _list(names: Iterable[str]) -> str:
    return ", ".join(names)


def _types() -> str:
    rows = ([f"[`{e.type}`](#{_anchor(e.type)})", _list(e.directions), e.about] for e in CATALOGUE)
    return _table(("Type", "Direction", "When"), rows)


def _anchor(heading: str) -> str:
    return "".join(c for c in heading.lower() if c.isalnum() or c in "-_")


def _envelope() -> dict[str, Any]:
    schema = event_schema(CATALOGUE[0])
    properties = {n: p for n, p in schema["properties"].items() if n in Envelope.model_fields}
    return schema | {"properties": properties}


def _event(entry: EventType) -> str:
    schema = event_schema(entry)
    data = _resolve(schema["properties"]["data"], schema)
    topics = (TOPICS[address] for address in entry.topics)
    ways = [f"- `{t.address}`: published by {_list(t.writers)}, read by {_list(t.readers)}\n" for t in topics]
    note = _note_for_agencies(entry)
    shown = json.dumps(example(entry.model, entry.type), indent=2, ensure_ascii=False)
    lines = [f"## {entry.type}\n", f"{entry.about}\n", "".join(ways)]
    lines += [note] if note else []
    return "\n".join([*lines, "`data`:\n", _fields(data), f"```json\n{shown}\n```\n"])


def _note_for_agencies(entry: EventType) -> str:
    if Direction.FROM_AGENCY in entry.directions:
        return "Published by agencies; the front door checks it against this contract.\n"
    return "" if Direction.TO_AGENCY in entry.directions else "Not visible to agencies.\n"


def _fields(schema: dict[str, Any]) -> str:
    required = set(schema.get("required", ()))
    rows = (
        [f"`{name}`", _kind(p), "yes" if name in required else "", _about(p)]
        for name, p in schema["properties"].items()
    )
    return _table(("Attribute", "What it is", "Required", "Meaning"), rows)


def _about(schema: dict[str, Any]) -> str:
    about = _safe(str(schema.get("description", "")))
    default = schema.get("default")
    shown = "" if default is None or default in ([], {}) or "const" in schema else f" Default `{json.dumps(default)}`."
    return (about + shown).strip()


def _safe(text: str) -> str:
    """In a table cell: on one line, and `<OIN>` is no HTML."""
    return text.replace("\n", " ").replace("|", "\\|").replace("<", "&lt;")


def _kind(schema: dict[str, Any]) -> str:
    """What a value may be, in a few words; an object is a link to its own table."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{_anchor(name)})"
    if "const" in schema:
        return f"`{schema['const']}`"
    if "enum" in schema:
        return _choices(schema["enum"])
    for union in ("anyOf", "oneOf"):
        if union in schema:
            return " or ".join(_kind(s) for s in schema[union] if s.get("type") != "null")
    return _plain_kind(schema)


def _plain_kind(schema: dict[str, Any]) -> str:
    if schema.get("type") == "array":
        return f"list of {_kind(schema['items'])}"
    if schema.get("type") == "object":
        return "object of names and values"
    words = {"string": "text", "integer": "whole number", "boolean": "true or false"}
    formats = {"date-time": "time (RFC 3339)", "uuid": "UUID", "uri": "URL"}
    kind = formats.get(schema.get("format", ""), words.get(schema.get("type", ""), "any"))
    pattern = str(schema.get("pattern", "")).replace("|", "\\|")
    return (f"{kind} `{pattern}`" if pattern else kind) + _limits(schema)


def _limits(schema: dict[str, Any]) -> str:
    words = {"minimum": "from {}", "maximum": "to {}", "maxLength": "at most {} characters"}
    return "".join(f", {text.format(schema[name])}" for name, text in words.items() if name in schema)


def _choices(values: Iterable[Any]) -> str:
    return ", ".join(f"`{value}`" for value in values)


def _shared_objects() -> Iterator[str]:
    definitions: dict[str, dict[str, Any]] = {}
    for entry in CATALOGUE:
        definitions |= event_schema(entry).get("$defs", {})
    data = {str(getattr(e.model.model_fields["data"].annotation, "__name__", "")) for e in CATALOGUE}
    for name, schema in sorted(definitions.items()):
        if name not in data:
            yield f"### {name}\n"
            yield _about(schema) + "\n"
            yield _fields(schema) if "properties" in schema else f"One of {_choices(schema['enum'])}.\n"


def _resolve(schema: dict[str, Any], whole: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = whole["$defs"][schema["$ref"].rpartition("/")[2]]
    return found
