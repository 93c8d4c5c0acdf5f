"""Our own profile: the contract, unknown attributes, versions, and what may be said of a refusal."""

import json

import pytest

from contracts.cloudevents import ALL_TYPES, Profile, check_record, check_structured
from contracts.events import QuestionAskedEvent, ReplyGivenEvent
from tests.contract.samples import QUESTION, REMOVED, REPLY, STRUCTURED, binary, changed, raw


def faults(event: object) -> set[tuple[str, str]]:
    return {(f.code, f.where) for f in check_structured(raw(event)).faults}


@pytest.mark.parametrize(("event", "model"), [(QUESTION, QuestionAskedEvent), (REPLY, ReplyGivenEvent)])
def test_good_event_becomes_its_model(event, model):
    checked = check_structured(raw(event))
    assert checked.faults == ()
    assert isinstance(checked.event, model)
    assert (checked.event_id, checked.event_source) == (event["id"], event["source"])


@pytest.mark.parametrize("event", [QUESTION, REPLY])
def test_both_modes_give_the_same_event(event):
    structured = check_record(STRUCTURED, raw(event))
    assert structured.faults == ()
    assert (
        check_record(*binary(event)).event
        == check_structured(raw(event | {"datacontenttype": "application/json"})).event
    )
    assert structured.event == check_structured(raw(event)).event


@pytest.mark.parametrize(
    ("path", "value", "expected"),
    [
        ("surname", "x", ("unknown-attribute", "/surname")),
        ("data/surname", "x", ("unknown-attribute", "/data/surname")),
        ("data/facts/residence/street", "x", ("unknown-attribute", "/data/facts/residence/street")),
        ("data/facts", REMOVED, ("missing", "/data/facts")),
        ("data/facts/channel", REMOVED, ("missing", "/data/facts/channel")),
        ("data/facts/channel", "fax", ("invalid", "/data/facts/channel")),
        ("data/facts/involved", ["svb", "SVB!"], ("invalid", "/data/facts/involved/1")),
        ("data/facts/acute", 1, ("invalid", "/data/facts/acute")),
        ("data/facts/acute", "true", ("invalid", "/data/facts/acute")),
        ("data/first_received_at", "2026-03-02T09:12Z", ("invalid", "/data/first_received_at")),
        ("data/first_received_at", "1767225600", ("invalid", "/data/first_received_at")),
        ("data/first_received_at", 1767225600, ("invalid", "/data/first_received_at")),
        ("data/first_received_at", "0001-01-01T00:00:00+10:00", ("invalid", "/data/first_received_at")),
        ("data/dataref", "ftp://agency.example/1", ("invalid", "/data/dataref")),
        ("data/facts/answers", {"A b": "c"}, ("invalid", "/data/facts/answers/(name withheld)")),
        ("data", [], ("invalid", "/data")),
        ("data", None, ("invalid", "/data")),
        ("data", REMOVED, ("missing", "/data")),
        ("time", REMOVED, ("missing", "/time")),
        ("time", None, ("missing", "/time")),
        ("specversion", REMOVED, ("missing", "/specversion")),
        ("datacontenttype", "text/plain", ("invalid", "/datacontenttype")),
        ("traceparent", "x", ("invalid", "/traceparent")),
        ("sequencetype", "String", ("invalid", "/sequencetype")),
        ("source", "/agency", ("invalid", "/source")),
        ("id", "x" * 101, ("invalid", "/id")),
        ("type", "nl.geenverkeerdedeur.question.asked.v2", ("unknown-version", "/type")),
        ("type", "nl.geenverkeerdedeur.question.asked", ("unknown-type", "/type")),
        ("type", "nl.geenverkeerdedeur.question.shouted.v1", ("unknown-type", "/type")),
        ("type", "nl.geenverkeerdedeur.question.accepted.v1", ("unknown-type", "/type")),
    ],
)
def test_one_fault_is_found_where_it_is(path, value, expected):
    assert faults(changed(path, value)) == {expected}


@pytest.mark.parametrize(
    ("reply", "expected"),
    [
        ({"action": "help"}, {("invalid", "/data/reply")}),
        ({}, {("missing", "/data/reply")}),
        ([], {("invalid", "/data/reply")}),
        ({"action": "accept", "note": "x"}, {("unknown-attribute", "/data/reply/note")}),
        ({"action": "decline"}, {("missing", "/data/reply/reason")}),
        ({"action": "complete", "outcome": "sent", "person_informed": False},
         {("invalid", "/data/reply/outcome"), ("invalid", "/data/reply/person_informed")}),
    ],
)  # fmt: skip
def test_faults_in_a_reply(reply, expected):
    assert faults(changed("data/reply", reply, REPLY)) == expected


@pytest.mark.parametrize("version", [0, 2**31, 10**30, 1.0, "1", None])
def test_version_is_a_number_that_can_be_stored(version):
    assert faults(changed("data/version", version, REPLY)) == {("invalid", "/data/version")}


def test_every_fault_is_told_at_once():
    event = changed("data/facts/channel", "fax", changed("id", "", changed("time", "x")))
    event["data"]["surname"] = event["nationality"] = "x"
    assert faults(event) == {
        ("invalid", "/id"),
        ("invalid", "/time"),
        ("denied-attribute", "/nationality"),
        ("unknown-attribute", "/data/surname"),
        ("invalid", "/data/facts/channel"),
    }


def test_null_means_unset():
    assert faults(QUESTION | {"subject": None, "datacontenttype": None, "surname": None}) == set()


@pytest.mark.parametrize("kind", ["Integer", "integer"])
def test_both_spellings_of_the_sequence_type(kind):
    assert faults(QUESTION | {"sequence": "12", "sequencetype": kind}) == set()


def test_inner_types_can_be_checked_when_asked_for():
    event = changed("type", "nl.geenverkeerdedeur.question.accepted.v1")
    codes = {f.code for f in check_structured(raw(event), Profile.GVD, ALL_TYPES).faults}
    assert codes == {"missing"}


@pytest.mark.parametrize(
    ("value", "code"),
    [
        (b"", "not-json"),
        (b"{", "not-json"),
        (b"{} {}", "not-json"),
        (b'{"a": NaN}', "not-json"),
        (b'{"a": -Infinity}', "not-json"),
        (b'{"a": 1e999}', "not-json"),
        (b"1" * 5000, "not-json"),
        (b"\xef\xbb\xbf{}", "not-json"),
        (b"\xff{}", "not-utf8"),
        (b'{"a": "\xed\xa0\x80"}', "not-utf8"),
        (b'{"a": "\x00"}', "control-character"),
        (b'{"a": "\\u0000"}', "control-character"),
        (b'{"a": "\\ud800"}', "control-character"),
        (b'{"a": "\x7f"}', "control-character"),
        (b"[]", "batch"),
        (b'"text"', "not-an-object"),
        (b"null", "not-an-object"),
        (b'{"a": 1, "a": 2}', "duplicate-key"),
        (b'{"a": {"b": 1, "\\u0062": 2}}', "duplicate-key"),
        (b'{"a":' + b"[" * 40 + b"]" * 40 + b"}", "too-deep"),
        (b"[" * 30000, "too-deep"),
        (b'{"a":' * 10000, "too-deep"),
        (b'{"a": "' + b"x" * 65536 + b'"}', "too-large"),
    ],
)
def test_what_is_no_json_of_ours(value, code):
    assert code in {f.code for f in check_structured(value).faults}


def test_duplicate_key_in_a_good_event_is_refused_with_its_place():
    twice = raw(QUESTION).replace(b'"topic": "aow"', b'"topic": "aow", "topic": "wao"')
    assert [(f.code, f.where) for f in check_structured(twice).faults] == [("duplicate-key", "/data/facts/topic")]


def test_the_number_of_faults_has_an_end():
    event = QUESTION | {f"x{n}": 1 for n in range(2000)}
    found = check_structured(raw(event)).faults
    assert len(found) == 51
    assert found[-1].code == "more-faults"


PERSONAL = "Jansen-De-Vries-0612"


@pytest.mark.parametrize(
    "path",
    ["id", "source", "type", "time", "subject", "surname", "traceparent", "dataschema", "datacontenttype", "data",
     "data/reference", "data/first_received_at", "data/dataref", "data/facts", "data/surname", "data/nationality",
     "data/facts/topic", "data/facts/kind", "data/facts/acute", "data/facts/domains", "data/facts/answers"],
)  # fmt: skip
def test_no_message_repeats_a_value(path):
    for value in (f"{PERSONAL} \n", [PERSONAL], {f"{PERSONAL} x": PERSONAL}):
        found = check_structured(raw(changed(path, value))).faults
        assert found
        assert PERSONAL not in "".join(f.where + f.message for f in found)


@pytest.mark.parametrize("path", ["data/question", "data/handoff", "data/version", "data/reply", "data/reply/action"])
def test_no_message_about_a_reply_repeats_a_value(path):
    found = check_structured(raw(changed(path, PERSONAL, REPLY))).faults
    assert found
    assert PERSONAL not in "".join(f.where + f.message for f in found)


def test_identity_of_a_refused_event_is_told_if_it_can_be_shown():
    refused = check_structured(raw(changed("data/surname", "x")))
    assert (refused.event_id, refused.event_source) == (QUESTION["id"], QUESTION["source"])
    for unsafe in ("111222333", "Jan Jansen", "x" * 101, "é", 5, ""):
        assert check_structured(raw(changed("data/surname", "x") | {"id": unsafe})).event_id is None


def record_faults(headers, value, **more) -> set[tuple[str, str]]:
    return {(f.code, f.where) for f in check_record(headers, value, **more).faults}


def test_headers_around_the_event_are_checked_too():
    value = raw(QUESTION)
    assert record_faults([*STRUCTURED, ("nationality", b"x")], value) == {("denied-attribute", "header/nationality")}
    assert record_faults([*STRUCTURED, ("x-case", b"1112.22.333")], value) == {("bsn", "header/x-case")}
    assert record_faults([*STRUCTURED, ("111222333", b"x")], value) == {("bsn", "header/(name withheld)")}
    assert record_faults(STRUCTURED, value, key=b"111222333") == {("bsn", "key")}
    assert record_faults([*STRUCTURED, ("x-case", b"\xff")], value) == {("not-utf8", "header/x-case")}
    assert record_faults([*STRUCTURED, ("x-null", None)], value, key=b"8f14e45f-0001") == set()


@pytest.mark.parametrize(
    ("headers", "value", "expected"),
    [
        ([], b"{}", {("not-an-event", "/")}),
        ([], None, {("not-an-event", "/")}),
        ([("content-type", b"application/json")], b"{}", {("not-an-event", "/")}),
        ([("content-type", b"application/cloudevents-batch+json")], b"[]", {("batch", "header/content-type")}),
        ([("content-type", b"application/cloudevents+avro")], b"x", {("unsupported-format", "header/content-type")}),
        ([("content-type", b"application/cloudevents+json; charset=latin1")], b"{}",
         {("unsupported-format", "header/content-type")}),
        (STRUCTURED, None, {("not-json", "/")}),
        ([*STRUCTURED, ("x", b"y" * 65536)], b"{}", {("too-large", "/")}),
    ],
)  # fmt: skip
def test_records_that_hold_no_event_we_read(headers, value, expected):
    assert record_faults(headers, value) == expected


def test_binary_mode_faults():
    headers, value = binary(QUESTION)
    assert record_faults([*headers, ("ce_id", b"2")], value) == {("duplicate-key", "header/ce_id")}
    assert record_faults([*headers, ("ce_data", b"2")], value) == {("invalid-name", "header/ce_data")}
    assert record_faults(headers, None) == {("missing", "/data")}
    assert record_faults(headers, b"{") == {("not-json", "/data")}
    assert record_faults(headers, b'{"facts": {}, "facts": {}}') >= {("duplicate-key", "/data/facts")}
    assert record_faults([*headers, ("ce_surname", b"x")], value) == {("unknown-attribute", "/surname")}
    assert check_record(headers, b"{").event_id == QUESTION["id"]


def test_other_payloads_pass_the_general_profile_in_binary_mode():
    headers = [("ce_specversion", b"1.0"), ("ce_id", b"1"), ("ce_source", b"/x"), ("ce_type", b"org.example")]
    text = check_record([*headers, ("content-type", b"text/plain")], b"hello", "cloudevents").event
    other = check_record([*headers, ("content-type", b"image/png")], b"\xff\xd8", "cloudevents").event
    assert (text["data"], other["data_base64"]) == ("hello", "/9g=")


def test_the_order_of_attributes_does_not_matter():
    turned = dict(reversed(QUESTION.items()))
    assert check_structured(json.dumps(turned).encode()).event == check_structured(raw(QUESTION)).event
