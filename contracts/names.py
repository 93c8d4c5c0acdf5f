"""How a fault names a place: a JSON pointer (RFC 6901) that never repeats what a stranger wrote by mistake."""

import re
from typing import Final

from contracts.bsn import holds_bsn

Path = tuple[str | int, ...]
"""The steps from the whole document to one value."""

UNPRINTABLE: Final = "(name withheld)"
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]{0,59}")
_VISIBLE = re.compile(r"[!-~]+")


def shown(name: str) -> str:
    """The name of an attribute, unless it looks like a value: somebody's name or number as a key."""
    return name if _NAME.fullmatch(name) and not holds_bsn(name) else UNPRINTABLE


def place(path: Path | str) -> str:
    """The JSON pointer of a path. A text is a place already, such as a header."""
    if isinstance(path, str):
        return path
    return "/" + "/".join(str(step) if isinstance(step, int) else shown(step) for step in path)


def pointer(parent: str, step: str | int) -> str:
    """The place one step below another."""
    base = "" if parent == "/" else parent
    return f"{base}/{step if isinstance(step, int) else shown(step)}"


def safe_text(value: object, longest: int) -> str | None:
    """An id or source that may be kept with a refusal: short, visible ASCII and no BSN. Else nothing."""
    if not isinstance(value, str) or not 0 < len(value) <= longest:
        return None
    return value if _VISIBLE.fullmatch(value) and not holds_bsn(value) else None
