"""Every kind of change that breaks a promise is caught, and every kind that does not passes."""

import copy
import json

import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import generate
from contracts.catalogue import CATALOGUE, VERSION, Direction
from contracts.compatibility import Break, breaks, input_breaks, output_breaks

OLD = {
    "type": "object",
    "title": "Event",
    "additionalProperties": False,
    "required": ["id", "data"],
    "properties": {
        "id": {"type": "string", "minLength": 1, "maxLength": 100},
        "time": {"type": "string", "format": "date-time"},
        "note": {"anyOf": [{"type": "string", "pattern": "^[a-z]+$"}, {"type": "null"}], "default": None},
        "free": {"type": "object", "additionalProperties": {"type": "integer"}, "propertyNames": {"maxLength": 9}},
        "data": {"$ref": "#/$defs/Data"},
    },
    "$defs": {
        "Data": {
            "type": "object",
            "title": "Data",
            "additionalProperties": False,
            "required": ["kind", "reply"],
            "properties": {
                "kind": {"$ref": "#/$defs/Kind"},
                "acute": {"type": "boolean", "default": False},
                "count": {"type": "integer", "minimum": 1, "maximum": 10},
                "topics": {"type": "array", "items": {"type": "string", "maxLength": 60}, "maxItems": 20},
                "reply": {"oneOf": [{"$ref": "#/$defs/Accept"}, {"$ref": "#/$defs/Decline"}]},
            },
        },
        "Kind": {"type": "string", "enum": ["question", "complaint"]},
        "Accept": {
            "type": "object",
            "title": "Accept",
            "additionalProperties": False,
            "required": ["action"],
            "properties": {"action": {"const": "accept", "type": "string"}, "number": {"type": "string"}},
        },
        "Decline": {
            "type": "object",
            "title": "Decline",
            "additionalProperties": False,
            "required": ["action", "reason"],
            "properties": {"action": {"const": "decline", "type": "string"}, "reason": {"type": "string"}},
        },
    },
}
GONE = object()


def mutated(path: str, value: object) -> dict:
    """A copy of the schema in which one keyword has another value, or is gone."""
    schema = copy.deepcopy(OLD)
    *steps, last = path.split("/")
    inner = schema
    for step in steps:
        inner = inner[int(step) if isinstance(inner, list) else step]
    if value is GONE:
        del inner[last]
    else:
        inner[int(last) if isinstance(inner, list) else last] = value
    return schema


DATA = "$defs/Data/properties"
NARROWER = [
    ("properties/time", GONE, "/time", "removed"),
    (f"{DATA}/count", GONE, "/data/count", "removed"),
    ("$defs/Accept/properties/number", GONE, "/data/reply/number", "removed"),
    ("properties/id/type", "integer", "/id", "type"),
    (f"{DATA}/count/type", "string", "/data/count", "type"),
    ("properties/id/minLength", 2, "/id", "limit"),
    ("properties/id/maxLength", 99, "/id", "limit"),
    ("properties/time/maxLength", 99, "/time", "limit"),
    (f"{DATA}/count/minimum", 2, "/data/count", "limit"),
    (f"{DATA}/count/maximum", 9, "/data/count", "limit"),
    (f"{DATA}/topics/maxItems", 19, "/data/topics", "limit"),
    (f"{DATA}/topics/items/maxLength", 59, "/data/topics/(items)", "limit"),
    ("properties/free/propertyNames/maxLength", 8, "/free/(propertyNames)", "limit"),
    ("properties/free/additionalProperties", {"type": "string"}, "/free/(values)", "type"),
    ("properties/free/additionalProperties", False, "/free", "closed"),
    ("properties/time/format", "date", "/time", "format"),
    ("properties/id/pattern", "^x", "/id", "pattern"),
    ("properties/note/anyOf/0/pattern", "^[a-y]+$", "/note", "pattern"),
    ("properties/note/anyOf", [{"type": "string", "pattern": "^[a-z]+$"}], "/note", "type"),
    ("$defs/Kind/enum", ["question"], "/data/kind", "enum"),
    ("properties/id/enum", ["a", "b"], "/id", "enum"),
    ("properties/id/const", "a", "/id", "enum"),
    ("$defs/Accept/properties/action/const", "agree", "/data/reply/action", "enum"),
    (f"{DATA}/reply/oneOf", [{"$ref": "#/$defs/Accept"}], "/data/reply/action", "enum"),
    (f"{DATA}/topics/uniqueItems", True, "/data/topics", "uniqueItems"),
]  # fmt: skip
NARROWER_FOR_READERS = [
    ("properties/id/minLength", 2),
    ("properties/id/maxLength", 99),
    ("properties/time/maxLength", 99),
    (f"{DATA}/count/maximum", 9),
    (f"{DATA}/topics/maxItems", 19),
    (f"{DATA}/topics/items/maxLength", 59),
    ("properties/free/propertyNames/maxLength", 8),
    ("properties/id/pattern", "^x"),
    ("properties/note/anyOf", [{"type": "string", "pattern": "^[a-z]+$"}]),
    ("$defs/Kind/enum", ["question"]),
    ("properties/id/const", "a"),
    (f"{DATA}/reply/oneOf", [{"$ref": "#/$defs/Accept"}]),
]
INCOMPARABLE = [
    ("properties/time/format", "date"),
    ("properties/note/anyOf/0/pattern", "^[a-y]+$"),
]
WIDER = [
    ("properties/id/minLength", 0),
    ("properties/id/minLength", GONE),
    ("properties/id/maxLength", 101),
    ("properties/id/maxLength", GONE),
    (f"{DATA}/count/type", "number"),
    (f"{DATA}/count/maximum", GONE),
    (f"{DATA}/topics/items/maxLength", 61),
    ("properties/note/anyOf/0/pattern", GONE),
    ("properties/time/format", GONE),
    ("properties/time/anyOf", [{"type": "string", "format": "date-time"}, {"type": "null"}]),
    ("$defs/Kind/enum", ["question", "complaint", "objection"]),
    ("$defs/Kind/enum", GONE),
    (f"{DATA}/reply/oneOf/1", {"type": "string"}),
    ("properties/free/additionalProperties", True),
]
HARMLESS = [
    ("description", "Other words."),
    ("properties/id/title", "Other"),
    (f"{DATA}/count/description", "Other words."),
    ("$defs/Kind/enum", ["complaint", "question"]),
]


@pytest.mark.parametrize(("path", "value", "where", "kind"), NARROWER)
def test_input_may_not_get_narrower(path, value, where, kind):
    found = input_breaks(OLD, mutated(path, value))
    assert (where, kind) in [(w, k) for w, k, _ in found]


@pytest.mark.parametrize(("path", "value"), NARROWER_FOR_READERS)
def test_output_may_get_narrower(path, value):
    assert output_breaks(OLD, mutated(path, value)) == []


@pytest.mark.parametrize(("path", "value"), [w for w in WIDER if w[0] != f"{DATA}/reply/oneOf/1"])
def test_input_may_get_wider(path, value):
    assert input_breaks(OLD, mutated(path, value)) == []


@pytest.mark.parametrize(("path", "value"), WIDER)
def test_output_may_not_get_wider(path, value):
    assert output_breaks(OLD, mutated(path, value))


@pytest.mark.parametrize(("path", "value"), INCOMPARABLE)
def test_what_cannot_be_compared_breaks_both(path, value):
    assert input_breaks(OLD, mutated(path, value))
    assert output_breaks(OLD, mutated(path, value))


@pytest.mark.parametrize(("path", "value"), HARMLESS)
def test_words_and_order_do_not_matter(path, value):
    assert input_breaks(OLD, mutated(path, value)) == output_breaks(OLD, mutated(path, value)) == []


@pytest.mark.parametrize("name", ["time", "free"])
def test_requiring_more_breaks_input_only(name):
    new = mutated("required", ["id", "data", name])
    assert [(w, k) for w, k, _ in input_breaks(OLD, new)] == [(f"/{name}", "required")]
    assert output_breaks(OLD, new) == []


def test_requiring_less_breaks_output_only():
    new = mutated("required", ["data"])
    assert input_breaks(OLD, new) == []
    assert [(w, k) for w, k, _ in output_breaks(OLD, new)] == [("/id", "no-longer-required")]


def test_a_property_that_is_gone_breaks_both():
    new = mutated(f"{DATA}/count", GONE)
    assert [(w, k) for w, k, _ in output_breaks(OLD, new)] == [("/data/count", "removed")]
    assert [(w, k) for w, k, _ in input_breaks(OLD, new)] == [("/data/count", "removed")]


def test_a_new_optional_property_breaks_nothing():
    new = mutated(f"{DATA}/extra", {"type": "string", "maxLength": 5})
    assert input_breaks(OLD, new) == output_breaks(OLD, new) == []


def test_a_new_form_of_a_reply_is_input_that_may_be_added():
    new = mutated(f"{DATA}/reply/oneOf", [*OLD["$defs"]["Data"]["properties"]["reply"]["oneOf"], {"type": "string"}])
    assert input_breaks(OLD, new) == []
    assert ("/data/reply", "type") in [(w, k) for w, k, _ in output_breaks(OLD, new)]


def test_another_default_changes_what_silence_means():
    new = mutated(f"{DATA}/count/default", 1)
    assert input_breaks(OLD, new) == []
    newer = copy.deepcopy(new)
    newer["$defs"]["Data"]["properties"]["count"]["default"] = 2
    assert [(w, k) for w, k, _ in input_breaks(new, newer)] == [("/Data/count", "default")]
    assert output_breaks(new, newer) == []


def test_the_direction_of_a_type_decides_which_promises_count():
    wider, narrower = mutated("properties/id/maxLength", 200), mutated("properties/id/maxLength", 50)
    for direction, refused in [
        (Direction.FROM_AGENCY, [narrower]),
        (Direction.TO_AGENCY, [wider]),
        (Direction.INNER, [narrower]),
    ]:
        assert [n for n in (narrower, wider) if breaks({"t": OLD}, {"t": n}, {"t": [direction]})] == refused


def test_a_type_that_is_gone_is_a_break_and_a_new_type_is_not():
    assert breaks({"t": OLD}, {}, {}) == [Break("t", "", "removed-type", "this type is gone")]
    assert breaks({}, {"t": OLD}, {}) == []


@pytest.mark.parametrize("name", [entry.type for entry in CATALOGUE])
def test_every_schema_keeps_its_own_promises(name):
    schema = generate.current()[name]
    assert breaks({name: schema}, {name: copy.deepcopy(schema)}, {}) == []


REPLIES = st.sampled_from(
    [{"action": "accept"}, {"action": "accept", "number": "1"}, {"action": "decline", "reason": ""}]
)
INSTANCES = st.fixed_dictionaries(
    {
        "id": st.text(min_size=1, max_size=100),
        "data": st.fixed_dictionaries(
            {"kind": st.sampled_from(["question", "complaint"]), "reply": REPLIES},
            optional={
                "acute": st.booleans(),
                "count": st.integers(1, 10),
                "topics": st.lists(st.text(max_size=60), max_size=20),
            },
        ),
    },
    optional={
        "time": st.just("2026-03-02T09:15:00Z"),
        "note": st.none() | st.from_regex("[a-z]+", fullmatch=True),
        "free": st.dictionaries(st.text(max_size=9), st.integers()),
    },
)
CHANGED = st.sampled_from([(path, value) for path, value, *_ in [*NARROWER, *WIDER, *HARMLESS]])


@settings(max_examples=150)
@given(CHANGED, INSTANCES)
def test_what_is_called_compatible_is(change, instance):
    """Against an independent judge: no break found means that every old event passes the new schema."""
    new = mutated(*change)
    jsonschema.validate(instance, OLD)
    if not input_breaks(OLD, new):
        jsonschema.validate(instance, new)


def test_the_last_release_is_kept_and_its_promises_too():
    assert (generate.ROOT / generate.RELEASED / VERSION).is_dir()
    assert len(generate.last_release()) > 10
    assert [str(found) for found in generate.broken_promises()] == []


def test_a_broken_promise_fails_the_check(tmp_path, capsys, monkeypatch):
    released = generate.ROOT / generate.RELEASED
    generate.release(tmp_path)
    kept = {path.name for path in (released / VERSION).iterdir()}
    assert kept <= {path.name for path in (tmp_path / generate.RELEASED / VERSION).iterdir()}
    newer = tmp_path / generate.RELEASED / "10.0.0"
    newer.mkdir()
    name = CATALOGUE[0].type
    promised = copy.deepcopy(generate.current()[name])
    promised["properties"]["colour"] = {"type": "string"}
    (newer / f"{name}.json").write_text(json.dumps(promised))
    found = generate.broken_promises(tmp_path)
    assert [(f.type, f.where, f.kind) for f in found] == [(name, "/colour", "removed")]
    monkeypatch.setattr(generate, "broken_promises", lambda: found)
    assert generate.main(["--check"]) == 1
    assert "/colour: is gone" in capsys.readouterr().err


def test_a_new_optional_property_in_a_default_says_nothing_more():
    old = mutated(f"{DATA}/count/default", {"place": None, "abroad": False})
    new = mutated(f"{DATA}/count/default", {"place": None, "abroad": False, "island": None})
    assert not [kind for _, kind, _ in input_breaks(old, new) if kind == "default"]
    spoken = mutated(f"{DATA}/count/default", {"place": None, "abroad": True})
    assert "default" in [kind for _, kind, _ in input_breaks(old, spoken)]


def test_an_open_list_may_grow_for_readers_and_a_closed_one_may_not():
    grown = mutated("$defs/Kind/enum", ["question", "complaint", "signal"])
    assert [kind for _, kind, _ in output_breaks(OLD, grown)] == ["enum"]
    opened = copy.deepcopy(grown)
    opened["$defs"]["Kind"]["x-extensible-enum"] = True
    assert output_breaks(OLD, opened) == []
    shrunk = copy.deepcopy(opened)
    shrunk["$defs"]["Kind"]["enum"] = ["question"]
    assert [kind for _, kind, _ in input_breaks(opened, shrunk)] == ["enum"]


def test_what_an_inner_event_said_before_it_still_says():
    gone = copy.deepcopy(OLD)
    del gone["$defs"]["Data"]["properties"]["count"]
    assert "removed" in {found.kind for found in breaks({"t": OLD}, {"t": gone}, {"t": [Direction.INNER]})}
