"""Whatever comes in, the check answers: it never raises, and its quick way says what the thorough way says."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts import cloudevents, modelcheck
from contracts.cloudevents import Profile, check_record, check_structured
from contracts.modelcheck import MAX_FAULTS, check_data
from contracts.questions import QuestionAsked
from tests.contract.samples import CONTENT_TYPE, QUESTION, REMOVED, REPLY, binary, changed, raw

PROFILES = st.sampled_from(Profile)
SCALARS = st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.just("111222333")
JSON = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner), max_leaves=10)
PATHS = ["id", "source", "specversion", "type", "time", "subject", "dataschema", "sequence", "sequencetype",
         "tracestate", "new", "data", "data/reference", "data/dataref", "data/first_received_at", "data/contact",
         "data/new", "data/facts", "data/facts/topic", "data/facts/answers", "data/facts/residence"]  # fmt: skip
PLAUSIBLE = st.sampled_from(
    ["1.0", "1", "Integer", "x", "", "nl.geenverkeerdedeur.reply.given.v1", "2026-03-02T09:15:00Z", "1969-12-31",
     "2026-03-02T09:15:60Z", "0000-01-01T00:00:00Z", "9999-12-31T23:59:59-23:59", "http://x/", "http://", "a/1",
     {"a": "b"}, {"bsn": "b"}, {"a": "111222333"}, {"nationaliteit": "nl"}, [], {}, REMOVED]
)  # fmt: skip
CHANGES = st.lists(st.tuples(st.sampled_from(PATHS), PLAUSIBLE | JSON), max_size=3)


def is_well_formed(checked: cloudevents.Checked) -> bool:
    """Faults or an event, never both or neither."""
    return (checked.event is None) == bool(checked.faults) and len(checked.faults) <= MAX_FAULTS + 1


def applied(changes) -> dict:
    event = QUESTION
    for path, value in changes:
        try:
            event = changed(path, value, event)
        except (KeyError, TypeError, IndexError):
            continue
    return event


@given(st.binary(), PROFILES)
def test_any_bytes(value, profile):
    assert is_well_formed(check_structured(value, profile))


@given(JSON, PROFILES)
def test_any_json(document, profile):
    assert is_well_formed(check_structured(json.dumps(document).encode(), profile))


@settings(max_examples=200)
@given(CHANGES, PROFILES)
def test_any_change_of_a_good_event(changes, profile):
    assert is_well_formed(check_structured(json.dumps(applied(changes)).encode(), profile))


@given(st.integers(0, 800), st.binary(max_size=3), PROFILES)
def test_any_damage_to_a_good_event(place, damage, profile):
    whole = raw(QUESTION)
    assert is_well_formed(check_structured(whole[:place] + damage + whole[place + 1 :], profile))


HEADER_NAMES = st.sampled_from(["content-type", "ce_id", "ce_data", "ce_", "ce_Type", "x", "nationality"]) | st.text()
MEDIA = st.sampled_from([CONTENT_TYPE, b"application/json", b"text/plain", b"application/cloudevents"])
HEADERS = st.lists(st.tuples(HEADER_NAMES, MEDIA | st.binary() | st.none()), max_size=5)


@given(HEADERS, st.binary() | st.none() | st.just(raw(QUESTION)), PROFILES, st.binary() | st.none())
def test_any_record(headers, value, profile, key):
    assert is_well_formed(check_record(headers, value, profile, key=key))


@given(HEADERS, st.sampled_from([QUESTION, REPLY]))
def test_any_headers_beside_a_good_event(headers, event):
    own, value = binary(event)
    assert is_well_formed(check_record([*own, *headers], value))


@settings(max_examples=200)
@given(CHANGES)
def test_quick_and_thorough_agree(changes):
    """The quick way may send a good event the long way round, but never lets in what that would refuse."""
    value = json.dumps(applied(changes), ensure_ascii=False).encode(errors="surrogatepass")
    quick = check_structured(value)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(cloudevents, "quick", lambda *_: None)
        thorough = check_structured(value)
    assert (quick.event, quick.faults) == (thorough.event, thorough.faults)


@settings(max_examples=500)
@given(
    st.text("0123456789Tx:.-/_ ", max_size=30)
    | st.from_regex(r"(1112[.-]22[.-]333|111222333|10 000 008)[0-9./ _T:-]{0,9}")
)
def test_the_scan_of_raw_bytes_misses_nothing(text):
    document = json.dumps({"a": text}).encode()
    seen = modelcheck.is_suspect(document)
    assert seen or not modelcheck.holds_bsn(text)


@given(st.binary() | JSON.map(lambda document: json.dumps(document).encode()))
def test_any_body(value):
    checked = check_data(value, QuestionAsked)
    assert (checked.value is None) == bool(checked.faults)


def test_a_bare_body_is_checked_like_the_data_of_an_event():
    assert check_data(raw(QUESTION["data"]), QuestionAsked).value.facts.topic == "aow"
    body = QUESTION["data"] | {"surname": "x", "bsn": "x", "reference": "111222333", "first_received_at": "2026-01-01"}
    assert {(f.code, f.where) for f in check_data(raw(body), QuestionAsked).faults} == {
        ("unknown-attribute", "/surname"),
        ("denied-attribute", "/bsn"),
        ("bsn", "/reference"),
        ("invalid", "/first_received_at"),
    }


def test_personal_parts_are_not_searched_but_still_read_strictly():
    body = raw(QUESTION["data"] | {"reference": "111222333"})
    assert check_data(body, QuestionAsked, personal={"reference"}).faults == ()
    twice = body.replace(b'"topic"', b'"topic": "wao", "topic"')
    assert [f.code for f in check_data(twice, QuestionAsked, personal={"facts"}).faults] == ["duplicate-key", "bsn"]
