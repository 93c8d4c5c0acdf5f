"""Looks for a BSN or a denied attribute in many events. The same rules as the front door, made quick by remembering.

Most strings of an event are the same in all of them, or plainly an id or a time; what is left is looked at closely.
"""

import re
from collections.abc import Sequence
from typing import Any

import orjson

from contracts.bsn import holds_bsn
from contracts.denied import is_denied
from contracts.privacy import document_faults, name_faults, text_faults
from contracts.quarantine import Fault

_PRIVATE = frozenset({"bsn", "denied-attribute"})
_REMEMBERED = 200_000
# What holds_bsn sets aside as well, when it is the whole of a string.
_PLAIN = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"
    r"|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+)?Z"
    r"|00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}"
)


class Scanner:
    """Remembers what it found clean."""

    def __init__(self) -> None:
        self._names: set[str] = set()
        self._texts: set[str] = set()

    def event(self, value: bytes) -> list[str]:
        """What is wrong with one event, by place; never by content."""
        try:
            document = orjson.loads(value)
        except ValueError:
            return [*self.text(value), "cannot be read, so cannot be checked"]
        if self._clean(document):
            return []
        return _shown(list(document_faults(document)))

    def text(self, value: bytes | None) -> list[str]:
        """The same for what is no document: a key."""
        return _shown(list(text_faults((value or b"").decode(errors="replace"), "key")))

    def headers(self, headers: Sequence[tuple[str, bytes | None]]) -> list[str]:
        faults = [fault for name, _ in headers for fault in name_faults(name.removeprefix("ce_"), f"header {name}")]
        for name, raw in headers:
            faults += text_faults((raw or b"").decode(errors="replace"), f"header {name}")
        return _shown(faults)

    def _clean(self, node: Any) -> bool:
        if isinstance(node, str):
            return node in self._texts or self._clean_text(node)
        if isinstance(node, dict):
            return all((name in self._names or self._clean_name(name)) and self._clean(node[name]) for name in node)
        if isinstance(node, list):
            return all(map(self._clean, node))
        return isinstance(node, bool) or node is None or not holds_bsn(str(node))

    def _clean_name(self, name: str) -> bool:
        if is_denied(name) or holds_bsn(name):
            return False
        _remember(self._names, name)
        return True

    def _clean_text(self, text: str) -> bool:
        if _PLAIN.fullmatch(text):
            return True
        if holds_bsn(text):
            return False
        _remember(self._texts, text)
        return True


def _remember(known: set[str], text: str) -> None:
    if len(known) >= _REMEMBERED:
        known.clear()
    known.add(text)


def _shown(faults: list[Fault]) -> list[str]:
    return [f"{fault.code} at {fault.where}" for fault in faults if fault.code in _PRIVATE]
