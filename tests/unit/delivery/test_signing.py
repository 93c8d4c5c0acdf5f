"""Signatures of webhooks, against the vectors of the standards and against the receiver's side of the docs."""

import base64
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from services.delivery.signing import NoKeyError, Signer, key_id, signature_base, target
from services.demo.verify import verify
from services.platform.settings import Settings

ROOT = Path(__file__).parents[3]
RFC_9421_SEED = base64.urlsafe_b64decode("n4Ni-HpISpVObnQMW0wOhCKROaIKqKtW_2ZYb2p9KcU=")
RFC_8037_SEED = base64.urlsafe_b64decode("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A=")
URL, MEDIA = "https://agency.example:8443/events?a=1", "application/cloudevents+json; charset=UTF-8"
BODY = b'{"hello": "world"}'


def lowered(headers: dict[str, str]) -> dict[str, str]:
    return {name.lower(): value for name, value in headers.items()}


def keys_of(signer: Signer) -> dict[str, str]:
    return {key["kid"]: key["x"] for key in signer.published()["keys"]}


def test_the_request_of_rfc_9421_b_2_6_gets_the_signature_of_the_rfc() -> None:
    covered = {
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "@method": "POST",
        "@path": "/foo",
        "@authority": "example.com",
        "content-type": "application/json",
        "content-length": "18",
    }
    signed, base = signature_base(covered, 'created=1618884473;keyid="test-key-ed25519"')
    names = '("date" "@method" "@path" "@authority" "content-type" "content-length")'
    assert signed == f'{names};created=1618884473;keyid="test-key-ed25519"'
    assert base.decode().splitlines() == [
        '"date": Tue, 20 Apr 2021 02:07:55 GMT',
        '"@method": POST',
        '"@path": /foo',
        '"@authority": example.com',
        '"content-type": application/json',
        '"content-length": 18',
        f'"@signature-params": {signed}',
    ]
    signature = Ed25519PrivateKey.from_private_bytes(RFC_9421_SEED).sign(base)
    wanted = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    assert base64.b64encode(signature).decode() == wanted


def test_a_key_is_published_as_rfc_8037_a_2_and_named_as_a_3() -> None:
    published = Signer([RFC_8037_SEED]).published()["keys"][0]
    assert published["x"] == "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
    assert published["kid"] == "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
    assert (published["kty"], published["crv"], "d" in published) == ("OKP", "Ed25519", False)


def test_another_implementation_makes_the_same_headers() -> None:
    """Ed25519 is deterministic: this is what http-message-signatures 3.0.0 made of the same post, key and moment."""
    headers = Signer([RFC_9421_SEED]).headers(URL, MEDIA, BODY, datetime.fromtimestamp(1618884473, UTC))
    assert headers == {
        "Content-Type": MEDIA,
        "Content-Digest": "sha-256=:X48E9qOokqqrvdts8nOJRJN3OWDUoyWxBf7kbu9DBPE=:",
        "Signature-Input": 'gvd=("@method" "@target-uri" "content-type" "content-digest");created=1618884473;'
        'keyid="poqkLGiymh_W0uP6PZFw-dvez3QJT5SolqXBCW38r0U";alg="ed25519";expires=1618884773;tag="gvd-webhook"',
        "Signature": "gvd=:7YO8TDk/OQ/2LQWYFWJ3jkPXEXPTKLQ8PsOQBmq0dpuBV5MfpBsF/SbF22bAmuqRozNztCt0GaqeUnle37CeBA==:",
    }


@pytest.mark.parametrize(
    ("url", "wire"),
    [
        ("https://Agency.Example:443", "https://agency.example/"),
        ("http://127.0.0.1:80/x?y=a%20b", "http://127.0.0.1/x?y=a%20b"),
        ("https://bücher.example/a b#c", "https://xn--bcher-kva.example/a%20b"),
    ],
)
def test_the_address_is_signed_as_it_goes_over_the_wire(url: str, wire: str) -> None:
    assert target(url) == wire


@given(body=st.binary(min_size=1), place=st.integers(min_value=0), change=st.integers(1, 255))
def test_a_receiver_takes_what_we_signed_and_no_changed_byte(body: bytes, place: int, change: int) -> None:
    signer = Signer([RFC_9421_SEED])
    headers, keys = lowered(signer.headers(URL, MEDIA, body, datetime.now(UTC))), keys_of(signer)
    verify(URL, headers, body, keys)
    place %= len(body)
    changed = body[:place] + bytes([body[place] ^ change]) + body[place + 1 :]
    with pytest.raises(InvalidSignature):
        verify(URL, headers, changed, keys)


@pytest.mark.parametrize(
    ("url", "header", "old", "new"),
    [
        pytest.param("https://other.example/", "", "", "", id="another address"),
        pytest.param(URL, "content-type", "json", "xml", id="another media type"),
        pytest.param(URL, "signature-input", '"content-digest"', '"content-length"', id="the body not covered"),
        pytest.param(URL, "signature-input", "gvd-webhook", "gvd-other", id="another purpose"),
        pytest.param(URL, "signature", "gvd=:", "gvd=:AAAA", id="another signature"),
    ],
)
def test_a_receiver_takes_nothing_that_was_changed(url: str, header: str, old: str, new: str) -> None:
    signer = Signer([RFC_9421_SEED])
    headers = lowered(signer.headers(URL, MEDIA, BODY, datetime.now(UTC)))
    if header:
        headers[header] = headers[header].replace(old, new, 1)
    with pytest.raises((InvalidSignature, ValueError)):
        verify(url, headers, BODY, keys_of(signer))


def test_a_receiver_takes_nothing_old_and_nothing_of_a_stranger() -> None:
    signer = Signer([RFC_9421_SEED])
    old = lowered(signer.headers(URL, MEDIA, BODY, datetime.fromtimestamp(1618884473, UTC)))
    with pytest.raises(ValueError, match="too old"):
        verify(URL, old, BODY, keys_of(signer))
    stranger = lowered(Signer([RFC_8037_SEED]).headers(URL, MEDIA, BODY, datetime.now(UTC)))
    with pytest.raises(KeyError):
        verify(URL, stranger, BODY, keys_of(signer))


def test_two_keys_are_good_at_once_and_the_first_signs() -> None:
    """The old key, the new one known, the new one signing, the old one gone: a receiver never notices."""
    old, new = RFC_9421_SEED, RFC_8037_SEED
    for signing, known in (
        ([old], [old, new]),
        ([old, new], [new, old]),
        ([new, old], [old, new]),
        ([new], [new, old]),
    ):
        headers = Signer(signing).headers(URL, MEDIA, BODY, datetime.now(UTC))
        assert key_id(Ed25519PrivateKey.from_private_bytes(signing[0])) in headers["Signature-Input"]
        verify(URL, lowered(headers), BODY, keys_of(Signer(known)))


def test_without_a_key_nothing_is_signed() -> None:
    with pytest.raises(NoKeyError):
        Signer(Settings().signing_seeds)


def test_keys_come_from_the_settings_and_are_never_quoted(monkeypatch: pytest.MonkeyPatch) -> None:
    text = [base64.b64encode(seed).decode() for seed in (RFC_9421_SEED, RFC_8037_SEED)]
    monkeypatch.setenv("GVD_SIGNING_KEYS", f"{text[0]}, {text[1]}\n")
    assert Settings().signing_seeds == [RFC_9421_SEED, RFC_8037_SEED]
    for wrong in (f"{text[0]},{text[1][:-4]}", f"{text[0]};{text[1]}", "geheim"):
        monkeypatch.setenv("GVD_SIGNING_KEYS", wrong)
        with pytest.raises(ValidationError) as error:
            Settings()
        assert wrong not in str(error.value)
        assert text[0] not in str(error.value)


def test_the_docs_show_the_lines_that_the_demo_runs() -> None:
    shown = re.findall(r"```python\n(.*?)```", (ROOT / "docs/webhooks.md").read_text(), re.DOTALL)[0]
    run = (ROOT / "services/demo/verify.py").read_text()
    assert shown.strip() == run.partition('"""\n\n')[2].strip()
