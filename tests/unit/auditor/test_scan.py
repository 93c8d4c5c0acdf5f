"""The quick scan of the auditor must find whatever the careful one of the front door finds."""

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.bsn import passes_eleven_proof
from contracts.privacy import document_faults
from services.auditor.scan import Scanner

PRIVATE = {"bsn", "denied-attribute"}
NUMBER = str(next(n for n in range(990_000_000, 999_999_999) if passes_eleven_proof(str(n))))
ORDINARY = ("aow", "BD-1", "2026-01-05T09:30:00Z", "0f3e6f6e-6c1f-5a57-9b0e-0e5b1a1d8a11", "020 656 56 56")
TEXTS = st.one_of(
    st.sampled_from([*ORDINARY, NUMBER, f"nr {NUMBER}.", f"{NUMBER[:4]}.{NUMBER[4:6]}.{NUMBER[6:]}", f"{NUMBER}0"]),
    st.text(alphabet="0123456789-. aT:Z", max_size=40),
)
NAMES = st.sampled_from(["topic", "reference", "tweede_nationaliteit", "bsn", "trace", NUMBER, "rule"])
DOCUMENTS = st.recursive(
    st.one_of(TEXTS, st.integers(-(10**9), 10**10), st.booleans(), st.none(), st.just(int(NUMBER))),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(NAMES, inner, max_size=4)),
    max_leaves=12,
)


@given(st.lists(DOCUMENTS, min_size=1, max_size=6))
def test_nothing_the_careful_scan_finds_is_missed(documents: list[object]) -> None:
    scanner = Scanner()  # one for all of them: what it remembers may hide nothing
    for document in documents:
        careful = [f"{one.code} at {one.where}" for one in document_faults(document) if one.code in PRIVATE]
        assert scanner.event(orjson.dumps(document)) == careful


@pytest.mark.parametrize("value", [b"", b"{", b"\xff", f"{{{NUMBER}".encode()])
def test_what_cannot_be_read_is_said(value: bytes) -> None:
    found = Scanner().event(value)
    assert found[-1] == "cannot be read, so cannot be checked"
    assert (len(found) == 2) == (NUMBER.encode() in value)


def test_headers_are_searched_too() -> None:
    scanner = Scanner()
    assert scanner.headers([("content-type", b"application/json"), ("journal", b"7"), ("empty", None)]) == []
    assert scanner.headers([("ce_bsn", b"x"), ("x", NUMBER.encode())]) == [
        "denied-attribute at header ce_bsn",
        "bsn at header x",
    ]
