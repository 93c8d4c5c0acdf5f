"""A dataref of our own is known as ours, however it was written; on our address nothing else can be one."""

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import pytest

from contracts.questions import QuestionAsked
from services.intake.claims import _own_text
from services.intake.inputs import Input
from services.platform.settings import Settings

TEXT = UUID("01939f2e-7a68-7cc2-8cd6-4b1d3a5c7e10")
ASKED = {
    "reference": "SVB-1",
    "first_received_at": "2026-11-20T09:00:00Z",
    "facts": {"topic": "aow", "channel": "phone"},
}


def own_text(public_url: str, dataref: str) -> tuple[UUID | None, list[str]]:
    """What the door makes of a question with this dataref."""
    asked = QuestionAsked.model_validate({**ASKED, "dataref": dataref})
    event: Any = SimpleNamespace(data=asked)
    given = Input("svb", "http", 0, 0, 0, event, [])
    texts_at = f"{Settings(public_url=public_url).public_url}/v1/personal-texts/"
    return _own_text(given, texts_at), [fault.code for fault in given.faults]


@pytest.mark.parametrize(
    "base", ["https://Intake.example.nl", "https://intake.example.nl:443", "http://127.0.0.1:8080"]
)
def test_our_own_text_is_ours(base: str) -> None:
    assert own_text(base, f"{base}/v1/personal-texts/{TEXT}") == (TEXT, [])


@pytest.mark.parametrize(
    "dataref",
    [
        f"https://intake.example.nl/v1/personal-text/{TEXT}",
        "https://intake.example.nl/v1/personal-texts/",
        "https://intake.example.nl/V1/personal-texts/" + str(TEXT),
        f"http://intake.example.nl/v1/personal-texts/{TEXT}",
    ],
)
def test_what_is_on_our_address_and_no_text_is_refused(dataref: str) -> None:
    assert own_text("https://intake.example.nl", dataref) == (None, ["unknown-dataref"])


@pytest.mark.parametrize(
    ("base", "dataref"),
    [
        ("https://intake.example.nl", f"https://texts.svb.example/v1/personal-texts/{TEXT}"),
        ("https://intake.example.nl", f"https://intake.example.nl:8443/v1/personal-texts/{TEXT}"),
        ("https://api.example.nl/gvd", f"https://api.example.nl/svb/texts/{TEXT}"),
        ("https://api.example.nl/gvd", f"https://api.example.nl/gvd-of-another/{TEXT}"),
    ],
)
def test_what_is_somewhere_else_is_somebody_elses(base: str, dataref: str) -> None:
    assert own_text(base, dataref) == (None, [])
