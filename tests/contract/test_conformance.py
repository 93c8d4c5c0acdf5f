"""The public CloudEvents conformance events, and rules of the specification beside them."""

import pytest

from contracts.cloudevents import check_record, check_structured
from tests.contract import conformance
from tests.contract.samples import CONTENT_TYPE, raw


def places(event: object, profile: str = "cloudevents") -> set[str]:
    return {f.where for f in check_structured(raw(event), profile).faults}


@pytest.mark.parametrize("name", conformance.VALID)
def test_valid_event_is_taken(name):
    difference = conformance.VALID[name]
    checked = check_structured(raw(conformance.event(difference)), "cloudevents")
    assert checked.faults == ()
    assert checked.event == {n: v for n, v in conformance.event(difference).items() if v is not None}


@pytest.mark.parametrize("name", conformance.INVALID)
def test_invalid_event_is_refused_at_the_right_place(name):
    where, difference = conformance.INVALID[name]
    assert places(conformance.event(difference)) == {where}


def test_the_suite_is_whole():
    assert (len(conformance.VALID), len(conformance.INVALID)) == (10, 25)


@pytest.mark.parametrize(
    "media", ["application/cloudevents+json", "application/cloudevents+json; charset=utf-8", CONTENT_TYPE.decode()]
)
def test_kafka_structured_mode(media):
    event = conformance.event({"data": {"message": "hello"}, "time": "2018-04-05T03:56:24Z"})
    assert check_record([("content-type", media.encode())], raw(event), "cloudevents").event == event


def test_kafka_binary_mode():
    headers = [(f"ce_{name}", value.encode()) for name, value in conformance.SMALLEST.items()]
    headers += [("ce_time", b"2018-04-05T03:56:24Z"), ("content-type", b"application/json")]
    checked = check_record(headers, b'{"message": "hello"}', "cloudevents")
    assert checked.event == conformance.event(
        {"time": "2018-04-05T03:56:24Z", "datacontenttype": "application/json", "data": {"message": "hello"}}
    )


@pytest.mark.parametrize(
    ("difference", "where"),
    [
        ({"time": "2018-02-30T10:00:00Z"}, "/time"),
        ({"time": "2018-04-05 10:00:00Z"}, "/time"),
        ({"time": "2018-04-05T24:00:00Z"}, "/time"),
        ({"time": "２018-04-05T10:00:00Z"}, "/time"),
        ({"source": "a b"}, "/source"),
        ({"source": "1a:b"}, "/source"),
        ({"source": "/a%zz"}, "/source"),
        ({"dataschema": "/relative"}, "/dataschema"),
        ({"dataschema": "https://example.org/s#part"}, "/dataschema"),
        ({"datacontenttype": "text/plain; charset"}, "/datacontenttype"),
        ({"ext": 2**31}, "/ext"),
        ({"ext": 1.0}, "/ext"),
        ({"ext": ["a"]}, "/ext"),
        ({"ext": {"a": "b"}}, "/ext"),
        ({"subject": "a\nb"}, "/subject"),
        ({"subject": "a\ufffeb"}, "/subject"),
        ({"data_base64": "not base64"}, "/data_base64"),
        ({"data_base64": 1}, "/data_base64"),
        ({"id": None}, "/id"),
    ],
)
def test_more_of_the_specification(difference, where):
    assert places(conformance.event(difference)) == {where}


@pytest.mark.parametrize(
    "difference",
    [
        {"source": "urn:uuid:6e8bc430-9c3a-11d9-9669-0800200c9a66"},
        {"source": "mailto:cncf@example.org"},
        {"source": "https://[::1]:8080/a?b=c#d"},
        {"source": "/cloudevents/spec/pull/123"},
        {"datacontenttype": 'multipart/form-data; boundary="a b"; x=y'},
        {"time": "2016-12-31T23:59:60Z"},
        {"ext": -(2**31)},
        {"ext": ""},
        {"data_base64": "TWE="},
        {"data": [1.5, None, {"a": False}]},
    ],
)
def test_what_the_specification_allows(difference):
    assert places(conformance.event(difference)) == set()


def nl(difference: dict[str, object]) -> set[str]:
    base = {"source": "urn:nld:oin:00000099000000001000:systeem:x", "type": "nl.brp.persoon.verhuisd"}
    return places(conformance.event(base | difference), "nlgov")


@pytest.mark.parametrize(
    "difference",
    [
        {},
        {"source": "urn:nld:kvknr:09220932.burgerzakensysteem"},
        {"type": "nl.brp.verhuisd.v1"},
        {"sequence": "1", "sequencetype": "Integer"},
        {"sequence": "2147483647", "sequencetype": "integer"},
        {"sequence": "0001"},
        {"dataref": "https://example.org/1"},
        {"a" * 20: "x"},
    ],
)
def test_nl_gov_allows(difference):
    assert nl(difference) == set()


@pytest.mark.parametrize(
    ("difference", "where"),
    [
        ({"source": "https://example.org"}, "/source"),
        ({"source": "urn:nld:oin:0000009900000000100:systeem:x"}, "/source"),
        ({"source": "urn:nld:oin:000000990000000010000:systeem:x"}, "/source"),
        ({"type": "org.example"}, "/type"),
        ({"type": "nl"}, "/type"),
        ({"type": "nl..x"}, "/type"),
        ({"type": "nl.brp.verhuisd.v1.2"}, "/type"),
        ({"type": "nl.brp.verhuisd.1"}, "/type"),
        ({"sequence": "0", "sequencetype": "Integer"}, "/sequence"),
        ({"sequence": "2147483648", "sequencetype": "Integer"}, "/sequence"),
        ({"sequencetype": "integer"}, "/sequence"),
        ({"sequence": ""}, "/sequence"),
        ({"dataref": ""}, "/dataref"),
        ({"a" * 21: "x"}, "/" + "a" * 21),
    ],
)
def test_nl_gov_refuses(difference, where):
    assert nl(difference) == {where}


def test_all_faults_come_at_once():
    assert places({"specversion": "0.9", "id": "", "time": "x"}) == {
        "/specversion", "/id", "/source", "/type", "/time",
    }  # fmt: skip
