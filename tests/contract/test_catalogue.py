"""The catalogue is whole, what is generated from it is up to date, and every example is a good event."""

import json
from functools import cache

import jsonschema
import pytest
from hypothesis import given, settings

from contracts import generate
from contracts.catalogue import AGENCY_IN, AGENCY_OUT, CATALOGUE, TOPICS, EventType, on_topic
from contracts.cloudevents import AGENCY_TYPES, ALL_TYPES, Profile, check_structured
from contracts.examples import example
from contracts.schemadoc import DIALECT, event_schema
from tests.contract.test_total import CHANGES, applied

IDS = [entry.type for entry in CATALOGUE]


@cache
def validator(entry: EventType) -> jsonschema.Draft202012Validator:
    schema = event_schema(entry)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_catalogue_has_every_type_once():
    assert {entry.type: entry.model for entry in CATALOGUE} == dict(ALL_TYPES)
    assert len(CATALOGUE) == len(ALL_TYPES)
    assert {entry.type for entry in on_topic(AGENCY_IN)} == set(AGENCY_TYPES)


def test_every_topic_is_used_and_known():
    assert {address for entry in CATALOGUE for address in entry.topics} == set(TOPICS)
    assert TOPICS[AGENCY_OUT].writers == ("delivery",)


def test_nothing_generated_is_out_of_date():
    assert generate.differences() == [], "run: python -m contracts.generate"


def test_drift_is_noticed_and_repaired(tmp_path, capsys, monkeypatch):
    generate.write(tmp_path)
    assert generate.differences(tmp_path) == []
    schemas = tmp_path / generate.SCHEMAS
    (schemas / "asyncapi.json").write_text("{}")
    (schemas / f"{IDS[0]}.json").unlink()
    (schemas / "nl.geenverkeerdedeur.gone.v1.json").write_text("{}")
    names = [f"{IDS[0]}.json", "asyncapi.json", "nl.geenverkeerdedeur.gone.v1.json"]
    assert generate.differences(tmp_path) == sorted(str(generate.SCHEMAS / name) for name in names)
    monkeypatch.setattr(generate, "differences", lambda: ["x.json"])
    assert generate.main(["--check"]) == 1
    assert "x.json is out of date" in capsys.readouterr().err
    generate.write(tmp_path)
    monkeypatch.undo()
    assert generate.differences(tmp_path) == []
    assert generate.main(["--check"]) == 0


@pytest.mark.parametrize("entry", CATALOGUE, ids=IDS)
def test_example_is_a_good_event(entry):
    whole = example(entry.model, entry.type)
    checked = check_structured(json.dumps(whole).encode(), Profile.GVD, ALL_TYPES)
    assert checked.faults == ()
    assert isinstance(checked.event, entry.model)
    assert list(validator(entry).iter_errors(whole)) == []


@pytest.mark.parametrize("entry", CATALOGUE, ids=IDS)
def test_example_is_of_the_test_range(entry):
    assert example(entry.model, entry.type)["source"].startswith("urn:nld:oin:00000099")


@pytest.mark.parametrize("entry", CATALOGUE, ids=IDS)
def test_schema_is_closed_and_names_its_dialect(entry):
    schema = event_schema(entry)
    assert schema["$schema"] == DIALECT
    objects = [schema, *schema["$defs"].values()]
    assert all(o["additionalProperties"] is False for o in objects if "properties" in o)
    assert {"specversion", "id", "source", "type", "time", "data"} <= set(schema["required"])


@pytest.mark.parametrize("name", ["specversion", "id", "source", "type", "time", "data"])
def test_schema_refuses_an_event_without(name):
    whole = example(CATALOGUE[0].model, CATALOGUE[0].type)
    del whole[name]
    assert [error.validator for error in validator(CATALOGUE[0]).iter_errors(whole)] == ["required"]


@settings(max_examples=150)
@given(CHANGES)
def test_what_the_door_takes_the_schema_takes(changes):
    """Whoever validates with the published schema is never stricter than the door, except on unset attributes."""
    event = applied(changes)
    if check_structured(json.dumps(event).encode()).faults:
        return
    sent = {name: value for name, value in event.items() if value is not None}
    kind = next(entry for entry in CATALOGUE if entry.type == sent["type"])
    assert list(validator(kind).iter_errors(sent)) == []


@pytest.mark.parametrize("entry", CATALOGUE, ids=IDS)
def test_page_tells_of_every_type_and_attribute(entry):
    page = generate.artefacts()[generate.PAGE]
    assert f"\n## {entry.type}\n" in page
    for name in entry.model.model_fields["data"].annotation.model_fields:
        assert f"| `{name}` |" in page
