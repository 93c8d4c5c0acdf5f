"""The templates: one file per kind in `texts/`, in plain Dutch (B1), with known fields only.

Stricter than `str.format`: a field is a plain name, known for that kind, and there is nothing to look up behind it.
"""

import string
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import yaml

from contracts.notices import NoticeKind

FOLDER: Final = Path(__file__).parent / "texts"
ALWAYS: Final = frozenset({"desk", "route", "reference", "received", "organisation", "organisation_route"})
"""Fields every kind may use."""
HUMAN: Final = frozenset({"desk", "route"})
"""Fields every text must use: who follows, and how a human there is reached (Awb 2:1, R-21)."""
OWN: Final[Mapping[NoticeKind, frozenset[str]]] = {
    NoticeKind.FORWARDED: frozenset({"tell"}),
    NoticeKind.FORWARDED_TERM: frozenset({"tell"}),
    NoticeKind.FORWARDED_AGAIN: frozenset({"tell"}),
    NoticeKind.BRINGING: frozenset({"tell"}),
    NoticeKind.BRINGING_TERM: frozenset({"tell"}),
    NoticeKind.BRINGING_AGAIN: frozenset({"tell"}),
    NoticeKind.LOOKING: frozenset({"tell"}),
    NoticeKind.ASKING: frozenset({"ask", "answers", "until"}),
    NoticeKind.APPOINTMENT: frozenset({"when"}),
    NoticeKind.APPOINTMENT_CANCELLED: frozenset({"when"}),
    NoticeKind.NOT_REACHED: frozenset({"when"}),
    NoticeKind.ON_HOLD: frozenset({"until"}),
    NoticeKind.ON_HOLD_YOU: frozenset({"until"}),
    NoticeKind.RETURNED: frozenset({"tell", "help"}),
    NoticeKind.HANDED_OVER: frozenset({"previous"}),
    NoticeKind.CONTACT_PERSON: frozenset({"person"}),
    NoticeKind.CONTACT_PERSON_CHANGED: frozenset({"person"}),
}
"""Fields only this kind has, because its event says them."""
_PARTS: Final = ("subject", "text", "short")


class BadTemplate(ValueError):
    """A template that cannot be used; says which and why."""


@dataclass(frozen=True)
class Template:
    """The words for one kind of notice: subject and text for mail and letter, `short` for a text message."""

    kind: NoticeKind
    parts: Mapping[str, str]

    def subject(self, fields: Mapping[str, str]) -> str:
        return " ".join(self._filled("subject", fields).split())

    def text(self, fields: Mapping[str, str]) -> str:
        return self._filled("text", fields).strip()

    def short(self, fields: Mapping[str, str]) -> str:
        return " ".join(self._filled("short", fields).split())

    @cached_property
    def fields(self) -> frozenset[str]:
        return frozenset().union(*(_fields(self.parts[part]) for part in _PARTS))

    def _filled(self, part: str, fields: Mapping[str, str]) -> str:
        return self.parts[part].format_map({name: fields[name] for name in _fields(self.parts[part])})


class Texts:
    """All templates; every kind has exactly one."""

    def __init__(self, templates: Mapping[NoticeKind, Template]) -> None:
        self._templates = templates

    def of(self, kind: NoticeKind) -> Template:
        return self._templates[kind]

    def needed(self, kind: NoticeKind, fields: Mapping[str, str]) -> dict[str, str]:
        """Only what the template uses: nothing is kept that is not said."""
        return {name: fields[name] for name in sorted(self.of(kind).fields)}


def load(folder: Path = FOLDER) -> Texts:
    """Every template, checked; raises BadTemplate."""
    found = {path.stem: path for path in sorted(folder.glob("*.yaml"))}
    wanted = {kind.value for kind in NoticeKind}
    if differing := wanted ^ found.keys():
        raise BadTemplate(f"no template, or no such kind: {', '.join(sorted(differing))}")
    return Texts({kind: template(kind, yaml.safe_load(found[kind].read_text("utf-8"))) for kind in NoticeKind})


def template(kind: NoticeKind, values: Any) -> Template:
    """One template, checked; raises BadTemplate."""
    if not isinstance(values, dict) or values.keys() != set(_PARTS):
        raise BadTemplate(f"{kind}: has not exactly {', '.join(_PARTS)}")
    if not all(isinstance(value, str) and value.strip() for value in values.values()):
        raise BadTemplate(f"{kind}: every part is a text")
    known = ALWAYS | OWN.get(kind, frozenset())
    for part in _PARTS:
        if unknown := _fields(values[part], kind) - known:
            raise BadTemplate(f"{kind}: {part} has no field {', '.join(sorted(unknown))}")
    for part, needed in (("text", HUMAN), ("short", {"route"})):
        if lacking := needed - _fields(values[part]):
            raise BadTemplate(f"{kind}: {part} does not say {', '.join(sorted(lacking))}")
    return Template(kind, {part: values[part] for part in _PARTS})


def _fields(text: str, kind: str = "") -> frozenset[str]:
    try:
        parsed = list(string.Formatter().parse(text))
    except ValueError as error:
        raise BadTemplate(f"{kind}: {error}") from None
    names: set[str] = set()
    for _, name, specification, conversion in parsed:
        if name is None:
            continue
        if not name.isidentifier() or specification or conversion:
            raise BadTemplate(f"{kind}: '{name}' is not the plain name of a field")
        names.add(name)
    return frozenset(names)
