"""How fast and how soon again; pure."""

import random

import httpx

FIRST_WAIT, LONGEST_WAIT = 1.0, 3600.0
_NOT_NOW = frozenset({429, 503})


def wait_before(attempt: int) -> float:
    """Seconds until the next try: doubling, capped, with jitter so that receivers are not stormed."""
    return min(FIRST_WAIT * 2.0 ** min(attempt, 64), LONGEST_WAIT) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter


def asked_to_wait(answer: httpx.Response) -> float:
    """Seconds a busy receiver asks for (RFC 9110 §10.2.3); a date or anything strange is left to our own pace."""
    value = answer.headers.get("retry-after", "") if answer.status_code in _NOT_NOW else ""
    return min(float(value), LONGEST_WAIT) if value.isascii() and value.isdigit() else 0.0
