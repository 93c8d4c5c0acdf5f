"""Denied names and citizen service numbers: found however they are written, and nothing else mistaken for one."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.nl import bsn as stdnum_bsn

from contracts.bsn import holds_bsn, passes_eleven_proof
from contracts.cloudevents import ALL_TYPES, check_record, check_structured
from contracts.denied import is_denied
from tests.contract.samples import QUESTION, STRUCTURED, binary, changed, raw

DENIED = """
    nationality nationaliteit Nationaliteit dual_nationality dualNationality tweede-nationaliteit
    dubbele_nationaliteit nationaliteiten partnerNationality2 citizenship ethnicity etniciteit ethnic_origin
    etnische_achtergrond afkomst descent landVanHerkomst country_of_origin migratieachtergrond birthplace
    birth_place place-of-birth geboorteplaats GEBOORTEPLAATS geboorteland country_of_birth countryofbirth
    birthCountry religion religie godsdienst religious_belief geloof geloofsovertuiging race ras race_code
    personRace skin_color fraud fraude fraudeur fraudIndicator isFraudster riskScore risk_score risicoscore
    risico_profiel risk opzet opzettelijk opzet_grove_schuld groveSchuld gross-negligence grossNegligence intent
    intentional blacklist black_list zwarte_lijst zwartelijst watchlist fsv ogs suspect verdachte
    seksuele_geaardheid politieke_voorkeur bsn BSN bsnNummer persoon_bsn burgerservicenummer
    burger_service_nummer sofinummer sofi-nummer citizen_service_number n.a.t.i.o.n.a.l.i.t.y nationalité
    ｎａｔｉｏｎａｌｉｔｙ
""".split()  # noqa: SIM905 - a list of words reads best as words
ALLOWED = """
    trace traceparent tracestate asterisk jobs_name grass brace rasp description international notion
    intake content reference subject topic birthday contact facts person crisis
""".split()  # noqa: SIM905 - likewise


@pytest.mark.parametrize("name", DENIED)
def test_denied_name(name):
    assert is_denied(name)


@pytest.mark.parametrize("name", ALLOWED)
def test_innocent_name(name):
    assert not is_denied(name)


def test_very_long_names_are_judged_too():
    assert is_denied("x" * 1000 + "nationaliteit")
    assert not is_denied("x" * 1000)


def names_of(schema: object) -> set[str]:
    """Every attribute name in a JSON Schema, at any depth."""
    if isinstance(schema, list):
        return {name for item in schema for name in names_of(item)}
    if not isinstance(schema, dict):
        return set()
    return set(schema.get("properties", {})) | {name for value in schema.values() for name in names_of(value)}


@pytest.mark.parametrize("kind", ALL_TYPES)
def test_no_contract_has_a_denied_attribute(kind):
    """Requirement R-50: the deny-list has a failing test."""
    names = names_of(ALL_TYPES[kind].model_json_schema())
    assert len(names) > 10
    assert [name for name in names if is_denied(name)] == []


@pytest.mark.parametrize(
    "path", ["nationality", "data/nationality", "data/facts/nationality", "data/facts/residence/nationality"]
)
def test_denied_attribute_is_refused_by_name_at_any_depth(path):
    found = check_structured(raw(changed(path, "secret"))).faults
    assert [(f.code, f.where) for f in found] == [("denied-attribute", f"/{path}")]


def test_denied_name_among_keys_the_sender_chooses():
    found = check_structured(raw(changed("data/facts/answers", {"nationaliteit": "x"}))).faults
    assert [(f.code, f.where) for f in found] == [("denied-attribute", "/data/facts/answers/nationaliteit")]


def test_denied_name_behind_an_escape():
    value = raw(QUESTION).replace(b'"topic"', b'"\\u006eationality"')
    assert "denied-attribute" in {f.code for f in check_structured(value).faults}


def test_denied_name_as_binary_header():
    headers, value = binary(QUESTION)
    found = check_record([*headers, ("ce_nationality", b"x")], value).faults
    assert {f.code for f in found} == {"denied-attribute"}


WRITTEN = [
    "111222333", "x111222333y", "1112.22.333", "111 222 333", "111-222-333", "111.222.333", "1112 22 333",
    "nr. 111222333.", "dossier 12 111 222 333", "dossier 12 1112.22.333", "2024-1112.22.333", "2026-03-02 111 222 333",
    "6480da1a-5028-4301-acc3-fbae628207b3 1112.22.333", "1 1 1 2 2 2 3 3 3", "111/222/333", "111_222_333",
    "１１１２２２３３３", "١١١٢٢٢٣٣٣", "111\u00a0222\u00a0333", "111\u2011222\u2011333", "11\u200b1222333",
    "https://x.example/?a=%31%31%31222333", "10.000.008", "1000.00.08",
]  # fmt: skip


@pytest.mark.parametrize("text", WRITTEN)
def test_bsn_is_found(text):
    assert holds_bsn(text)


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("path", ["id", "subject", "tracestate", "surname", "data/reference", "data/facts/topic"])
def test_bsn_is_refused_wherever_it_stands(text, path):
    for value in (raw(changed(path, text)), raw(changed(path, [{"a": text}]))):
        found = check_structured(value).faults
        assert "bsn" in {f.code for f in found}
        assert text not in "".join(f.where + f.message for f in found)


def test_bsn_as_number_key_or_escape():
    for event in (changed("data/number", 111222333), changed("data/111222333", 1)):
        assert "bsn" in {f.code for f in check_structured(raw(event)).faults}
    escaped = raw(QUESTION).replace(b"BD-2026-0012345", b"\\u0031\\u0031\\u0031222333")
    assert {f.code for f in check_structured(escaped).faults} == {"bsn"}
    assert [f.code for f in check_record([*STRUCTURED, ("x", b"111222333")], raw(QUESTION)).faults] == ["bsn"]


@pytest.mark.parametrize(
    "text",
    ["111222334", "1112223330", "0111222333", "000000000", "12345678", "BD-2026-0012345", "2026-12345", "gm0344",
     "00000099111222333000", "00000001002179908000", "2026-03-02", "02-03-2026", "2026.03.02-111222333abc",
     "2026-03-02T10:00:00.111222333Z", "http://10.10.10.100:80/x", "088 949 40 00", "020-1234567", "14030",
     "+31 20 123 4567", "06 12 34 56 78", "00-11122233300000000000000000000000-1112223330000000-01", "", "%", "%zz"],
)  # fmt: skip
def test_what_only_looks_like_a_bsn(text):
    assert not holds_bsn(text)


@given(st.uuids())
def test_no_uuid_is_mistaken(value: uuid.UUID):
    assert not holds_bsn(str(value))
    assert not holds_bsn(f"urn:uuid:{value} {value.hex}")


@given(st.from_regex(r"0000(0001|0004|0099)[0-9]{12}", fullmatch=True))
def test_no_oin_is_mistaken(oin: str):
    assert not holds_bsn(f"urn:nld:oin:{oin}:systeem:x")


MOMENTS = st.datetimes(timezones=st.just(UTC)).filter(lambda moment: moment.year >= 1000)


@given(MOMENTS, st.integers(0, 999_999_999))
def test_no_time_is_mistaken(moment: datetime, nanos: int):
    assert not holds_bsn(moment.isoformat())
    assert not holds_bsn(f"{moment:%Y-%m-%dT%H:%M:%S}.{nanos:09d}Z")


@given(st.from_regex(r"00-[0-9a-f]{32}-[0-9a-f]{16}-0[01]", fullmatch=True))
def test_no_traceparent_is_mistaken(traceparent: str):
    assert not holds_bsn(traceparent)


@given(st.integers(1, 999_999_999))
def test_the_proof_is_that_of_stdnum(number: int):
    assert passes_eleven_proof(str(number)) == stdnum_bsn.is_valid(f"{number:09d}")


def completed(start: int) -> str:
    """Eight digits and the ninth that makes them pass the 11-proof; empty if there is none."""
    candidates = (f"{start:08d}{last}" for last in range(10))
    return next((number for number in candidates if stdnum_bsn.is_valid(number)), "")


@given(st.integers(1_000_000, 99_999_999).map(completed).filter(bool), st.text(max_size=5))
def test_every_bsn_of_nine_digits_is_found(number: str, around: str):
    padding = "".join(c for c in around if not c.isnumeric() and c != "%")
    assert holds_bsn(f"{padding} {number} {padding}")
