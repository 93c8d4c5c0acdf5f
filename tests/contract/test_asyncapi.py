"""The AsyncAPI document, against AsyncAPI's own parser and against the code that lives by it."""

import copy
import hashlib
import json
import os
import shutil
import subprocess
from pathlib import Path

import jsonschema
import pytest

from contracts.asyncapi import asyncapi
from contracts.catalogue import AGENCY_IN, CATALOGUE, TOPICS, on_topic
from contracts.cloudevents import ALL_TYPES, Profile, check_record

ROOT = Path(__file__).resolve().parents[2]
NODE = ROOT / "tests/node"
FILES = ("package.json", "package-lock.json", ".npmrc", "asyncapi.mjs")


@pytest.fixture(scope="session")
def parser() -> Path:
    """AsyncAPI's own parser, installed once per version of the lock file. CI must have Node."""
    if shutil.which("npm") is None:
        assert not os.environ.get("CI"), "CI needs Node 20 or newer for AsyncAPI's own parser"
        pytest.skip("no Node on this machine: AsyncAPI's own parser is not asked (CI does)")
    lock = hashlib.sha256((NODE / "package-lock.json").read_bytes()).hexdigest()[:12]
    folder = ROOT / ".local/node" / lock
    folder.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(NODE / name, folder / name)
    if not (folder / "done").exists():
        subprocess.run(["npm", "ci", "--no-fund", "--no-audit"], cwd=folder, check=True, timeout=240)
        (folder / "done").touch()
    return folder


def ask(parser: Path, document: object, folder: Path) -> tuple[int, list[dict[str, object]]]:
    (folder / "asyncapi.json").write_text(json.dumps(document))
    command = ["node", "asyncapi.mjs", str(folder / "asyncapi.json")]
    done = subprocess.run(command, cwd=parser, capture_output=True, text=True, timeout=120, check=False)
    assert done.stdout, done.stderr
    return done.returncode, json.loads(done.stdout)


@pytest.mark.timeout(400)
def test_asyncapi_parser_finds_nothing_wrong(parser, tmp_path):
    code, diagnostics = ask(parser, asyncapi(), tmp_path)
    assert [d for d in diagnostics if d["code"] != "asyncapi-latest-version"] == []
    assert code == 0


@pytest.mark.timeout(400)
def test_asyncapi_parser_would_find_something_wrong(parser, tmp_path):
    wrong = copy.deepcopy(asyncapi())
    wrong["operations"]["send-gvd.handoffs"]["action"] = "shout"
    code, diagnostics = ask(parser, wrong, tmp_path)
    assert code == 1
    assert diagnostics


def references(part: object) -> list[str]:
    if isinstance(part, dict):
        own = [part["$ref"]] if isinstance(part.get("$ref"), str) else []
        return own + [ref for value in part.values() for ref in references(value)]
    return [ref for item in part for ref in references(item)] if isinstance(part, list) else []


def resolve(document: dict, reference: str) -> dict:
    for step in reference.removeprefix("#/").split("/"):
        document = document[step]
    return document


def test_every_reference_leads_somewhere():
    document = asyncapi()
    found = references(document)
    assert len(found) > 100
    assert all(resolve(document, ref) for ref in found)


def test_every_topic_and_type_is_in_it():
    document = asyncapi()
    assert {channel["address"] for channel in document["channels"].values()} == set(TOPICS)
    types = {message["name"] for message in document["components"]["messages"].values()}
    assert {entry.type for entry in CATALOGUE} <= types


def test_agencies_write_in_and_read_out_and_nothing_else():
    channels = asyncapi()["channels"]
    for_agencies = {name for name, channel in channels.items() if "parameters" in channel}
    assert for_agencies == {"gvd.in", "gvd.out"}
    operations = asyncapi()["operations"]
    assert {name for name in operations if name.endswith(tuple(for_agencies))} == {"receive-gvd.in", "send-gvd.out"}


MESSAGES = asyncapi()["components"]["messages"]


@pytest.mark.parametrize("name", MESSAGES)
def test_examples_fit_headers_and_payload_and_pass_the_door(name):
    document = asyncapi()
    message = document["components"]["messages"][name]
    trait = resolve(document, message["traits"][0]["$ref"])
    [shown] = message["examples"]
    jsonschema.validate(shown["headers"], trait["headers"])
    jsonschema.validate(shown["payload"], message["payload"] | {"components": document["components"]})
    headers = [(key, value.encode()) for key, value in shown["headers"].items()]
    assert check_record(headers, json.dumps(shown["payload"]).encode(), Profile.GVD, ALL_TYPES).faults == ()


def test_agencies_may_use_both_modes():
    names = asyncapi()["channels"]["gvd.in"]["messages"]
    assert set(names) == {f"{e.model.__name__}{mode}" for e in on_topic(AGENCY_IN) for mode in ("", "Binary")}
