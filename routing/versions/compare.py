"""What is different between two versions of the table, field by field, ordered by what it does to people."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import Any

from routing.data.model import Validity
from routing.data.tables import Table
from routing.readable.dutch import plain

WHO, HOW, SAID, REST = range(4)
HEADINGS = (
    "Wie de vraag krijgt",
    "Hoe iemand bereikt wordt en wat er gevraagd wordt",
    "Wat er gezegd wordt en hoe lang het mag duren",
    "Woorden, bronnen en de rest",
)
# A field not named here decides, as far as this code knows, who gets a question: new fields are never hidden.
_WEIGHTS = {
    HOW: "phone desk website opening_hours connected_since pointers instruction answers urgent text",
    SAID: "tell reason reason_of_triage tells norm accept_hours first_contact_hours resolve_hours hold_hours "
    "says alone harmless",
    REST: "name title words phrases upl products aliases basis source contact_source checked why assumption "
    "tooi oin domain published version owner",
}
WEIGHT = {name: weight for weight, names in _WEIGHTS.items() for name in names.split()}
_WHOLE = {"questions": HOW, "norms": SAID, "danger": SAID, "phrases": REST, "unmapped": REST}
KINDS = {
    "settings": "instelling",
    "organisations": "organisatie",
    "postcodes": "postcode",
    "herindelingen": "herindeling",
    "topics": "onderwerp",
    "unmapped": "product zonder onderwerp",
    "phrases": "zinnen",
    "rules": "regel",
    "questions": "vraag",
    "norms": "norm",
    "groups": "groep",
    "companions": "verwijzing die meegaat",
    "life_events": "gebeurtenis",
    "mappings": "vertaling van een eigen code",
    "absences": "afwezigheid",
    "danger": "zinnen over gevaar",
}
CHANGED = {"added": "erbij", "removed": "weg", "changed": "anders"}
_SHOWN = 5
_CERTAIN = frozenset({"version", "views", "remembered"})


@dataclass(frozen=True, slots=True)
class Change:
    """One entry that came, went or changed; `count` is more than 1 for a group of alike postcodes."""

    kind: str
    name: str
    title: str
    change: str
    fields: dict[str, tuple[Any, Any]]
    count: int = 1

    @property
    def weight(self) -> int:
        if self.change != "changed":
            return _WHOLE.get(self.kind, WHO)
        if self.kind == "settings":
            return WEIGHT.get(self.name, WHO)
        return min(WEIGHT.get(field, WHO) for field in self.fields)

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        shown = {name: {"old": old, "new": new} for name, (old, new) in self.fields.items()}
        return {
            "kind": self.kind,
            "name": self.name,
            "title": self.title,
            "change": self.change,
            "count": self.count,
            "matters": HEADINGS[self.weight],
            "fields": shown,
        }


@dataclass(frozen=True, slots=True)
class Comparison:
    """All changes from one version to another, what matters most first."""

    old: str
    new: str
    changes: tuple[Change, ...]

    def counts(self) -> dict[str, dict[str, int]]:
        found: dict[str, Counter[str]] = defaultdict(Counter)
        for one in self.changes:
            found[one.kind][one.change] += one.count
        return {kind: dict(counts) for kind, counts in found.items()}

    def plain(self) -> dict[str, Any]:
        """As JSON has it."""
        changes = [one.plain() for one in self.changes]
        return {"old": self.old, "new": self.new, "counts": self.counts(), "changes": changes}

    def text(self) -> str:
        """As the owner of the table reads it."""
        if not self.changes:
            return f"{self.old} en {self.new} zeggen hetzelfde."
        lines = [f"Van {self.old} naar {self.new}"]
        for kind, counts in self.counts().items():
            lines.append(f"  {KINDS.get(kind, kind)}: {', '.join(f'{n} {CHANGED[one]}' for one, n in counts.items())}")
        for weight, heading in enumerate(HEADINGS):
            mine = [one for one in self.changes if one.weight == weight]
            if mine:
                lines += ["", heading, *_lines(mine)]
        return "\n".join(lines)


def _lines(changes: list[Change]) -> Iterator[str]:
    """Entries with the very same change on one line: a hundred municipalities that connect are one fact."""
    alike: dict[tuple[str, ...], list[Change]] = defaultdict(list)
    for one in changes:
        differences = (f"    {name}: {_difference(old, new)}" for name, (old, new) in one.fields.items())
        own = "" if one.change == "changed" else one.name
        alike[KINDS.get(one.kind, one.kind), CHANGED[one.change], own, *differences].append(one)
    for (kind, how, _, *shown), entries in alike.items():
        names = ", ".join(f"{one.title} ({one.name})" if one.title else one.name for one in entries[:_SHOWN])
        more = f" en nog {len(entries) - _SHOWN}" if len(entries) > _SHOWN else ""
        yield f"- {kind} {how}: {names}{more}"
        yield from shown


def _difference(old: Any, new: Any) -> str:
    """Of a list or a set of names only what came and went."""
    if isinstance(old, list) and isinstance(new, list):
        gone, come = [one for one in old if one not in new], [one for one in new if one not in old]
        return " ".join([f"−{plain(one)}" for one in gone] + [f"+{plain(one)}" for one in come]) or "andere volgorde"
    if isinstance(old, dict) and isinstance(new, dict) and old and new:
        keys = [key for key in {**old, **new} if old.get(key) != new.get(key)]
        return "; ".join(f"{key}: {plain(old.get(key))} → {plain(new.get(key))}" for key in keys)
    return f"{plain(old)} → {plain(new)}"


def compare(old: Table, new: Table) -> Comparison:
    """Every difference in what the tables say. Every field of `Table` takes part, also one made tomorrow."""
    changes: list[Change] = []
    for field in fields(Table):
        if field.name not in _CERTAIN:
            before, after = _entries(getattr(old, field.name)), _entries(getattr(new, field.name))
            found = _changes(field.name, before, after)
            changes += _together(found) if field.name == "postcodes" else found
    changes.sort(key=lambda one: (one.weight, list(KINDS).index(one.kind) if one.kind in KINDS else 99, one.name))
    return Comparison(old.version, new.version, tuple(changes))


def _changes(kind: str, before: dict[str, Any], after: dict[str, Any]) -> Iterator[Change]:
    for name in {**before, **after}:
        old, new = before.get(name), after.get(name)
        if old == new:
            continue
        was, now = _values(old), _values(new)
        changed = {key: (was.get(key), now.get(key)) for key in {**was, **now} if was.get(key) != now.get(key)}
        how = "added" if old is None else "removed" if new is None else "changed"
        if changed:
            yield Change(kind, name, _title(new if new is not None else old), how, changed)


def _together(changes: Iterator[Change]) -> Iterator[Change]:
    """Thousands of postcodes: one line per move, with the first few by number."""
    moves: dict[str, list[Change]] = defaultdict(list)
    for one in changes:
        moves[f"{one.change} {one.fields}"].append(one)
    for same in moves.values():
        names = ", ".join(one.name for one in same[:_SHOWN])
        more = f" en nog {len(same) - _SHOWN}" if len(same) > _SHOWN else ""
        yield Change("postcodes", names + more, "", same[0].change, same[0].fields, len(same))


def _entries(part: Any) -> dict[str, Any]:
    """A part of the table by the names of its entries."""
    if isinstance(part, dict):
        return part
    if is_dataclass(part):
        return {one.name: getattr(part, one.name) for one in fields(part) if one.compare}
    found: dict[str, Any] = {}
    for one in part:
        name = str(getattr(one, fields(one)[0].name))
        while name in found:
            name += "'"
        found[name] = one
    return found


def _values(entry: Any) -> dict[str, Any]:
    """An entry as plain values by field; what has no fields is one value."""
    if entry is None:
        return {}
    made = _plain(entry)
    if isinstance(made, dict) and is_dataclass(entry):
        validity = made.pop("validity", {})
        return {**made, **validity}
    return {"value": made}


def _plain(value: Any) -> Any:
    for kind, make in _MAKERS:
        if isinstance(value, kind):
            return make(value)
    if is_dataclass(value):
        return {one.name: _plain(getattr(value, one.name)) for one in fields(value) if one.compare}
    return value


def _term(value: Validity) -> dict[str, Any]:
    start = value.valid_from if value.valid_from > date.min else None
    return {"valid_from": _plain(start), "valid_to": _plain(value.valid_to)}


def _pairs(value: tuple[Any, ...]) -> Any:
    """Pairs of texts, such as answers with their codes, read as names with values."""
    if value and all(isinstance(one, tuple) and len(one) == 2 for one in value):
        return {str(key): _plain(inner) for key, inner in value}
    return [_plain(one) for one in value]


_MAKERS: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (Validity, _term),
    (date, lambda value: value.isoformat()),
    (frozenset, lambda value: sorted(map(str, value))),
    (tuple, _pairs),
    (list, lambda value: [_plain(one) for one in value]),
    (dict, lambda value: {str(key): _plain(inner) for key, inner in value.items()}),
)


def _title(entry: Any) -> str:
    """What people call it, when its name is only a code."""
    for name in ("title", "name"):
        if isinstance(found := getattr(entry, name, None), str):
            return found
    return ""
