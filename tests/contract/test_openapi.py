"""The HTTP doors against the NLGov API Design Rules, as far as the document itself can show them."""

import re
from types import SimpleNamespace
from typing import Any

import pytest

from services.intake.api import VERSION, Api
from services.intake.worklist import WorkList
from services.platform.http import PROBLEM, describe
from services.router.api import Api as RouterApi
from services.router.insight import Insight

KEBAB = re.compile(r"^(/([a-z0-9-]+|\{[a-z]+\}))+$")
CAMEL = re.compile(r"^\$?[a-z][a-z\d]*([A-Z][a-z\d]*)*$")


def documents() -> dict[str, dict[str, Any]]:
    """What each service serves at /v1/openapi.json."""
    settings = SimpleNamespace(public_url="https://api.example.org", router_url="https://api.example.org")
    context: Any = SimpleNamespace(pool=None, settings=settings, relay=None)
    nothing: Any = None
    intake = Api(context, nothing, nothing, nothing)
    WorkList(intake, nothing, nothing)
    router = RouterApi(context, nothing, nothing)
    Insight(router, nothing, nothing, nothing, nothing)
    return {
        "intake": describe(intake.api),
        "router": describe(router.api),
    }


DOCUMENTS = documents()
OPERATIONS = [
    pytest.param(operation, id=f"{service} {method} {path}")
    for service, document in DOCUMENTS.items()
    for path, methods in document["paths"].items()
    for method, operation in methods.items()
]
each_document = pytest.mark.parametrize("document", DOCUMENTS.values(), ids=DOCUMENTS.keys())


@each_document
def test_info_says_who_to_ask_and_which_version(document):
    assert document["openapi"].startswith("3.")
    assert {"name", "url", "email"} <= document["info"]["contact"].keys()
    assert document["info"]["version"] == VERSION


@each_document
def test_the_major_version_is_in_the_server_address(document):
    assert [server["url"] for server in document["servers"]] == ["https://api.example.org/v1"]


@each_document
def test_paths_are_kebab_case_without_trailing_slash(document):
    assert document["paths"]
    assert [path for path in document["paths"] if not KEBAB.match(path)] == []


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_answer_has_its_version_header(operation):
    assert all("API-Version" in response["headers"] for response in operation["responses"].values())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_errors_are_problems_and_invalid_input_is_400(operation):
    errors = {status: r for status, r in operation["responses"].items() if status[0] in "45"}
    assert "400" in errors
    assert "422" not in errors
    assert all(list(response["content"]) == [PROBLEM] for response in errors.values())


@pytest.mark.parametrize("operation", OPERATIONS)
def test_query_keys_are_camel_case(operation):
    keys = [p["name"] for p in operation.get("parameters", []) if p["in"] == "query"]
    assert [key for key in keys if not CAMEL.match(key)] == []


@each_document
def test_a_problem_has_status_title_and_detail(document):
    assert {"status", "title", "detail"} <= set(document["components"]["schemas"]["Problem"]["required"])
