"""What a receiver does with a signed post: these are the lines of docs/webhooks.md, which a test compares."""

import base64
import hashlib
import re
import time
from collections.abc import Mapping

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

COVERED = '("@method" "@target-uri" "content-type" "content-digest");'


def verify(url: str, headers: Mapping[str, str], body: bytes, keys: Mapping[str, str]) -> None:
    """Raises when the post was not signed for this address by one of these keys, was changed, or is old."""
    signed = headers["signature-input"].removeprefix("gvd=")
    said = dict(re.findall(r';(created|keyid)="?([^";]+)', signed))
    if not signed.startswith(COVERED) or abs(time.time() - int(said["created"])) > 300:
        raise ValueError("not signed as agreed, or too old")
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    base = (
        f'"@method": POST\n"@target-uri": {url}\n"content-type": {headers["content-type"]}\n'
        f'"content-digest": sha-256=:{digest}:\n"@signature-params": {signed}'
    )
    signature = base64.b64decode(headers["signature"].removeprefix("gvd=:").removesuffix(":"))
    key = base64.urlsafe_b64decode(keys[said["keyid"]] + "=")
    Ed25519PublicKey.from_public_bytes(key).verify(signature, base.encode())
