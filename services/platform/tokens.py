"""Tokens for the HTTP doors: shown once to whom they are for, kept only as a digest."""

import secrets
from hashlib import sha256


def fresh() -> str:
    return secrets.token_urlsafe(32)


def digest(token: str) -> bytes:
    """What is kept. A token is long and random, so a plain hash of it tells nothing."""
    return sha256(token.encode()).digest()
