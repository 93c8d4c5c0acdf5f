"""Every post is signed: HTTP Message Signatures (RFC 9421) over a Content-Digest (RFC 9530), with Ed25519.

A receiver needs our public keys only. The first key signs and all are published, so that a new one is known before
it signs and an old one stays good for what is on its way (docs/webhooks.md).
"""

import base64
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import datetime

import httpx
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: How long a signature is good: older is refused, younger is known by the event's source and id.
GOOD_SECONDS = 300
_LABEL, _TAG = "gvd", "gvd-webhook"


class NoKeyError(ValueError):
    """Nothing is posted unsigned."""


class Signer:
    """Signs with the first key; keys are seeds of 32 bytes."""

    def __init__(self, seeds: Sequence[bytes]) -> None:
        if not seeds:
            raise NoKeyError
        self._keys = [Ed25519PrivateKey.from_private_bytes(seed) for seed in seeds]
        self._id = key_id(self._keys[0])

    def headers(self, url: str, media_type: str, body: bytes, now: datetime) -> dict[str, str]:
        """The headers of a post with this body; how it is sent cannot change without the signature failing."""
        digest = f"sha-256=:{_text(hashlib.sha256(body).digest())}:"
        covered = {"@method": "POST", "@target-uri": target(url), "content-type": media_type, "content-digest": digest}
        created = int(now.timestamp())
        until = created + GOOD_SECONDS
        parameters = f'created={created};keyid="{self._id}";alg="ed25519";expires={until};tag="{_TAG}"'
        signed, base = signature_base(covered, parameters)
        return {
            "Content-Type": media_type,
            "Content-Digest": digest,
            "Signature-Input": f"{_LABEL}={signed}",
            "Signature": f"{_LABEL}=:{_text(self._keys[0].sign(base))}:",
        }

    def published(self) -> dict[str, list[dict[str, str]]]:
        """The public keys as a JWK Set (RFC 7517 §5; RFC 8037)."""
        return {"keys": [{**_jwk(key), "kid": key_id(key), "use": "sig", "alg": "EdDSA"} for key in self._keys]}


def signature_base(covered: Mapping[str, str], parameters: str) -> tuple[str, bytes]:
    """What is signed (RFC 9421 §2.5): the value of `@signature-params`, and the lines it closes."""
    names = " ".join(f'"{name}"' for name in covered)
    signed = f"({names});{parameters}"
    lines = [f'"{name}": {value}' for name, value in covered.items()]
    return signed, "\n".join([*lines, f'"@signature-params": {signed}']).encode("ascii")


def target(url: str) -> str:
    """The address as it goes over the wire (RFC 9421 §2.2.2)."""
    parsed = httpx.URL(url)
    return f"{parsed.scheme}://{parsed.netloc.decode('ascii')}{parsed.raw_path.decode('ascii')}"


def key_id(key: Ed25519PrivateKey) -> str:
    """The thumbprint of the public key (RFC 7638): the same key has the same name everywhere."""
    canonical = json.dumps(_jwk(key), sort_keys=True, separators=(",", ":"))
    return _url_text(hashlib.sha256(canonical.encode()).digest())


def _jwk(key: Ed25519PrivateKey) -> dict[str, str]:
    return {"crv": "Ed25519", "kty": "OKP", "x": _url_text(key.public_key().public_bytes_raw())}


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()


def _url_text(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")
