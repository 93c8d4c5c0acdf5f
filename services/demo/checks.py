"""Does an event say what the script expects? Pure."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, datetime
from typing import Any

from services.demo.player import Heard
from services.demo.script import FOLLOWER, Expected


def differences(expected: Expected, heard: Heard, agency: str, follower: str) -> list[str]:
    """Everything that is not as expected, in words."""
    if heard.kind != expected.event:
        return [f"{agency} verwachtte {expected.event} maar kreeg {said(heard)}"]
    wrong = []
    for path, wanted in expected.says.items():
        got = look(heard.data, path.removesuffix("~"))
        if not _fits(got, _meant(wanted, follower), holds=path.endswith("~")):
            wrong.append(f"{agency}: {heard.kind} zegt {path} = {got!r}, verwacht {_meant(wanted, follower)!r}")
    return wrong


def always(heard: Heard, asked: Mapping[str, Any], secret: Iterable[str] = ()) -> Iterator[str]:
    """What must hold of every such event in every case. No `secret` value may stand in it anywhere."""
    data = heard.data
    if any(value.encode() in heard.raw for value in secret):
        yield "een verboden waarde staat in het bericht (R-50)"
    first = data.get("first_received_at")
    if first is not None and datetime.fromisoformat(first) != datetime.fromisoformat(asked["first_received_at"]):
        yield f"de eerste ontvangst is veranderd in {first} (Awb 6:15)"
    if heard.kind == "handoff.requested":
        if not data.get("tell"):
            yield "de medewerker hoort niet wat te zeggen (R-06)"
        contact = data.get("receiver_contact", {})
        if not (contact.get("phone") or contact.get("desk")):
            yield "er is geen mens te bereiken bij de ontvanger (R-21)"
    for deadline in ("accept_by", "decide_by", "answer_by"):
        if deadline in data and datetime.fromisoformat(data[deadline]) <= datetime.now(UTC):
            yield f"de termijn {deadline} loopt niet"


def look(data: Any, path: str) -> Any:
    """The value at a dotted path; `*` looks in each item of a list."""
    name, _, rest = path.partition(".")
    if name == "*":
        return [look(item, rest) for item in data] if isinstance(data, list) else None
    value = data.get(name) if isinstance(data, dict) else None
    return look(value, rest) if rest and value is not None else value


def said(heard: Heard) -> str:
    """One event in a few words, for a report."""
    shown = [str(heard.data[key]) for key in ("receiver", "state", "reason", "outcome") if key in heard.data]
    return " ".join([heard.kind, *shown])


def _meant(wanted: Any, follower: str) -> Any:
    return follower if wanted == FOLLOWER else wanted


def _fits(got: Any, wanted: Any, *, holds: bool) -> bool:
    if holds:
        return isinstance(got, str) and str(wanted) in got
    return bool(got == wanted)
