"""What the answer to a request for permission says (CloudEvents Web Hooks §4.2)."""

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.delivery.permission import Allowed, Refused, permission

US = "gvd.example"


def answer(status: int = 200, **headers: str) -> httpx.Response:
    return httpx.Response(status, headers={f"WebHook-Allowed-{name.title()}": value for name, value in headers.items()})


@pytest.mark.parametrize("origin", [US, "GVD.example", " gvd.example ", "*"])
@pytest.mark.parametrize(("rate", "allowed"), [("*", None), ("1", 1), ("120", 120), ("9" * 30, 2**31 - 1)])
def test_permission_is_for_us_or_all_at_a_rate(origin: str, rate: str, allowed: int | None) -> None:
    assert permission(answer(origin=origin, rate=rate), US) == Allowed(allowed)


@pytest.mark.parametrize(
    ("given_answer", "reason"),
    [
        (answer(), "without WebHook-Allowed-Origin"),
        (answer(rate="10"), "without WebHook-Allowed-Origin"),
        (answer(origin="other.example", rate="10"), "neither gvd.example nor"),
        (answer(origin="gvd.example, other.example", rate="10"), "neither gvd.example nor"),
        (answer(origin="gvd.example.evil.example", rate="10"), "neither gvd.example nor"),
        (answer(origin=""), "neither gvd.example nor"),
        (answer(origin=US), "WebHook-Allowed-Rate"),
        (answer(405, origin=US, rate="10"), "status 405"),
        (answer(302, origin=US, rate="10"), "status 302"),
        (answer(500), "status 500"),
    ],
)
def test_anything_else_is_no_permission_and_says_why(given_answer: httpx.Response, reason: str) -> None:
    outcome = permission(given_answer, US)
    assert isinstance(outcome, Refused)
    assert reason in outcome.reason
    assert not outcome.gone


def test_gone_is_for_good() -> None:
    assert permission(answer(410), US) == Refused("answered OPTIONS with status 410", gone=True)


@given(st.text(alphabet=st.characters(codec="latin-1", exclude_characters="\r\n\0")))
def test_no_strange_rate_is_an_error_or_a_licence(rate: str) -> None:
    response = httpx.Response(
        200, headers=[(b"WebHook-Allowed-Origin", b"*"), (b"WebHook-Allowed-Rate", rate.encode("latin-1"))]
    )
    match permission(response, US):
        case Allowed(None):
            assert rate.strip() == "*"
        case Allowed(number):
            assert number == min(int(rate), 2**31 - 1) > 0
        case Refused(reason):
            assert "WebHook-Allowed-Rate" in reason
            assert "rate.strip()" not in reason
