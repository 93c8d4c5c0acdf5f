"""Whether the schemas still keep the promises of the last release. Pure; the schemas come in as dicts.

Who is promised what depends on who speaks:

- **Input** (what agencies send). Whatever was accepted is still accepted. Forbidden: a type or property that
  is gone, one that is newly required, a narrower type, list of values, pattern, format or limit, and another
  default, since it changes what leaving the property out means. Allowed: a new optional property, one that
  need no longer be given, a wider list, pattern dropped, or limit.
- **Output** (what agencies read). Whatever is sent now could have been sent before. Forbidden: a type or
  property that is gone, a property that need no longer be there, and everything wider: a new value in a list
  is one that no reader knows what to do with. Allowed: a new property (readers ignore what they do not know),
  one that is now always there, and everything narrower.
- **Inner** events are replayed from the journal years later: whatever was readable still is, and no property is
  gone. They may say more than before, because services are upgraded from the end of the road to its beginning:
  delivery, handoff, router, intake.

A list marked `x-extensible-enum` was promised as open: its readers look up what they do not know, so it may grow.
Before 1.0 a list may still be opened.

What is forbidden needs a new version of the type beside the old one (NL GOV profile, `type`). A pattern,
format or keyword that changes cannot be compared and counts as narrower and wider at once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from contracts.catalogue import Direction

Schema = dict[str, Any]

_ANNOTATIONS: Final = frozenset(
    {"title", "description", "examples", "deprecated", "$schema", "$id", "$defs", "discriminator", "default"}
    | {"x-extensible-enum"}
)
_LOWER_LIMITS: Final = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER_LIMITS: Final = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")
_COMPARED: Final = frozenset(
    {"type", "enum", "const", "required", "properties", "additionalProperties", "propertyNames", "items"}
    | {"anyOf", "oneOf", "$ref", *_LOWER_LIMITS, *_UPPER_LIMITS}
)


@dataclass(frozen=True, slots=True)
class Break:
    """One broken promise: in which schema, where, what kind, and in words."""

    type: str
    where: str
    kind: str
    message: str

    def __str__(self) -> str:
        return f"{self.type}: {self.where or '/'}: {self.message}"


@dataclass(frozen=True, slots=True, order=True)
class _Finding:
    where: str
    kind: str
    message: str


@dataclass(frozen=True, slots=True)
class _Pair:
    """What was allowed (`wide`) and what must still allow all of it (`narrow`), with their definitions."""

    wide: Schema
    narrow: Schema
    wide_defs: Mapping[str, Schema]
    narrow_defs: Mapping[str, Schema]
    ignores_unknown: bool
    where: str = ""

    def step(self, name: str, wide: Any, narrow: Any) -> "_Pair":
        where = f"{self.where}/{name}" if name else self.where
        return _Pair(_schema(wide), _schema(narrow), self.wide_defs, self.narrow_defs, self.ignores_unknown, where)


def breaks(
    old: Mapping[str, Schema], new: Mapping[str, Schema], directions: Mapping[str, Iterable[Direction]]
) -> list[Break]:
    """Every promise of the old schemas that the new ones break, by type."""
    return [found for name, schema in sorted(old.items()) for found in _of_type(name, schema, new, directions)]


def input_breaks(old: Schema, new: Schema) -> list[tuple[str, str, str]]:
    """What the new schema refuses and the old one took: place, kind, words."""
    found = [*_narrowed(_whole(old, new, ignores_unknown=False)), *_other_defaults(old, new)]
    return [(f.where, f.kind, f.message) for f in dict.fromkeys(found)]


def output_breaks(old: Schema, new: Schema) -> list[tuple[str, str, str]]:
    """What the new schema lets us send and the old one did not, and what it lets us leave out."""
    widened = _narrowed(_whole(new, old, ignores_unknown=True))
    found = [*_gone(_whole(old, new, ignores_unknown=True)), *(_turned(f) for f in widened)]
    return [(f.where, f.kind, f.message) for f in dict.fromkeys(found)]


def _of_type(
    name: str, old: Schema, new: Mapping[str, Schema], directions: Mapping[str, Iterable[Direction]]
) -> Iterator[Break]:
    if name not in new:
        yield Break(name, "", "removed-type", "this type is gone")
        return
    ways = set(directions.get(name, Direction))
    found: dict[tuple[str, str, str], None] = {}
    if ways & {Direction.FROM_AGENCY, Direction.INNER}:
        found |= dict.fromkeys(input_breaks(old, new[name]))
    if Direction.TO_AGENCY in ways:
        found |= dict.fromkeys(output_breaks(old, new[name]))
    elif Direction.INNER in ways:
        gone = _gone(_whole(old, new[name], ignores_unknown=True))
        found |= dict.fromkeys((f.where, f.kind, f.message) for f in gone)
    yield from (Break(name, *finding) for finding in found)


def _whole(wide: Schema, narrow: Schema, *, ignores_unknown: bool) -> _Pair:
    return _Pair(wide, narrow, wide.get("$defs", {}), narrow.get("$defs", {}), ignores_unknown)


def _schema(schema: Any) -> Schema:
    """JSON Schema writes `true` for anything."""
    return schema if isinstance(schema, dict) else {}


def _resolved(schema: Schema, definitions: Mapping[str, Schema]) -> Schema:
    while "$ref" in schema:
        schema = definitions[schema["$ref"].rpartition("/")[2]]
    return schema


def _forms(schema: Schema, definitions: Mapping[str, Schema]) -> list[Schema]:
    """The forms a value may have: the members of a union, or the schema itself."""
    whole = _resolved(schema, definitions)
    union = whole.get("anyOf") or whole.get("oneOf")
    return [form for member in union for form in _forms(member, definitions)] if union else [whole]


def _narrowed(pair: _Pair) -> Iterator[_Finding]:
    """Where `narrow` refuses what `wide` allows. Each form needs one that takes it whole."""
    forms = _forms(pair.narrow, pair.narrow_defs)
    for form in _forms(pair.wide, pair.wide_defs):
        attempts = [(list(_narrowed_form(pair.step("", form, other))), other) for other in forms]
        if all(findings for findings, _ in attempts):
            yield from min((_distance(form, *attempt), attempt[0]) for attempt in attempts)[1]


def _distance(form: Schema, findings: list[_Finding], other: Schema) -> tuple[bool, bool, int]:
    """Tells the form that was meant from the others: by name, else by type, else by fewest differences."""
    other_name = form.get("title") != other.get("title")
    return other_name, any(f.kind == "type" for f in findings), len(findings)


def _narrowed_form(pair: _Pair) -> Iterator[_Finding]:
    yield from _types(pair)
    yield from _values(pair)
    yield from _limits(pair)
    yield from _incomparable(pair)
    yield from _required(pair)
    yield from _properties(pair)
    yield from _inside(pair)


def _types(pair: _Pair) -> Iterator[_Finding]:
    allowed = pair.narrow.get("type")
    was = pair.wide.get("type")
    fits = allowed in (None, was) or (was, allowed) == ("integer", "number")
    if not fits:
        yield _Finding(pair.where, "type", "has a narrower type")


def _values(pair: _Pair) -> Iterator[_Finding]:
    allowed, was = _listed(pair.narrow), _listed(pair.wide)
    if allowed is None:
        return
    if pair.ignores_unknown and pair.wide.get("x-extensible-enum"):
        return
    gone = sorted(str(value) for value in was or () if value not in allowed)
    if was is None or gone:
        words = ", ".join(gone) if gone else "those outside a list"
        yield _Finding(pair.where, "enum", f"no longer takes these values: {words}")


def _listed(schema: Schema) -> list[Any] | None:
    return [schema["const"]] if "const" in schema else schema.get("enum")


def _limits(pair: _Pair) -> Iterator[_Finding]:
    for name in (*_LOWER_LIMITS, *_UPPER_LIMITS):
        if name not in pair.narrow:
            continue
        was, now = pair.wide.get(name), pair.narrow[name]
        if was is None or (now > was if name in _LOWER_LIMITS else now < was):
            yield _Finding(pair.where, "limit", f"has a narrower {name}")


def _incomparable(pair: _Pair) -> Iterator[_Finding]:
    """Patterns, formats and keywords that are not known here: the same or dropped, else narrower."""
    for name in pair.narrow.keys() - _COMPARED - _ANNOTATIONS:
        if pair.narrow[name] != pair.wide.get(name):
            yield _Finding(pair.where, name, f"has another {name}")


def _required(pair: _Pair) -> Iterator[_Finding]:
    for name in sorted(set(pair.narrow.get("required", ())) - set(pair.wide.get("required", ()))):
        yield _Finding(f"{pair.where}/{name}", "required", "is newly required")


def _properties(pair: _Pair) -> Iterator[_Finding]:
    known = pair.narrow.get("properties", {})
    for name, schema in pair.wide.get("properties", {}).items():
        if name in known:
            yield from _narrowed(pair.step(name, schema, known[name]))
        elif not pair.ignores_unknown:
            yield _Finding(f"{pair.where}/{name}", "removed", "is gone")


def _inside(pair: _Pair) -> Iterator[_Finding]:
    """The items of an array, the names and values of a free object."""
    for name in ("items", "propertyNames"):
        if name in pair.narrow:
            yield from _narrowed(pair.step(f"({name})", pair.wide.get(name, True), pair.narrow[name]))
    was, now = (side.get("additionalProperties", True) for side in (pair.wide, pair.narrow))
    if was is False or now is True:
        return
    if now is not False:
        yield from _narrowed(pair.step("(values)", was, now))
    elif not pair.ignores_unknown:
        yield _Finding(pair.where, "closed", "no longer takes other properties")


def _gone(pair: _Pair) -> Iterator[_Finding]:
    """Properties of the old schema that are gone from the new, which a reader may have relied on."""
    forms = _forms(pair.narrow, pair.narrow_defs)
    for form in _forms(pair.wide, pair.wide_defs):
        attempts = [list(_gone_from_form(pair.step("", form, other))) for other in forms if _is_same_kind(form, other)]
        yield from min(attempts, key=len, default=[])


def _is_same_kind(one: Schema, other: Schema) -> bool:
    return one.get("type") == other.get("type") and one.get("title") == other.get("title")


def _gone_from_form(pair: _Pair) -> Iterator[_Finding]:
    known = pair.narrow.get("properties", {})
    for name, schema in pair.wide.get("properties", {}).items():
        if name in known:
            yield from _gone(pair.step(name, schema, known[name]))
        else:
            yield _Finding(f"{pair.where}/{name}", "removed", "is gone")
    if "items" in pair.wide and "items" in pair.narrow:
        yield from _gone(pair.step("(items)", pair.wide["items"], pair.narrow["items"]))


def _turned(finding: _Finding) -> _Finding:
    """The words for a reader: what is narrower the one way is wider the other way."""
    if finding.kind == "required":
        return _Finding(finding.where, "no-longer-required", "need no longer be there")
    message = finding.message.replace("has a narrower", "has a wider").replace("no longer takes", "may now hold")
    return _Finding(finding.where, finding.kind, message)


def _other_defaults(old: Schema, new: Schema) -> Iterator[_Finding]:
    """Another default for the same property, wherever its object is used."""
    for name, was in {"": old, **old.get("$defs", {})}.items():
        now = new if name == "" else new.get("$defs", {}).get(name, {})
        for key, schema in was.get("properties", {}).items():
            other = now.get("properties", {}).get(key, {})
            if "default" in schema and "default" in other and _said(schema["default"]) != _said(other["default"]):
                yield _Finding(f"/{name}/{key}" if name else f"/{key}", "default", "has another default")


def _said(default: Any) -> Any:
    """What a default says. A null in it says nothing, so a new optional property does not change it."""
    return {k: v for k, v in default.items() if v is not None} if isinstance(default, dict) else default
