"""Where the local installation keeps its things."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path


def home() -> Path:
    """`$GVD_HOME`, or `.local` in the checkout."""
    given = os.environ.get("GVD_HOME")
    place = Path(given) if given else Path(__file__).resolve().parents[2] / ".local"
    place.mkdir(parents=True, exist_ok=True)
    return place


def kept_secret(file: Path, make: Callable[[], str]) -> str:
    """A secret made at first use, kept in a file only its owner can read."""
    file.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):
        file.touch(mode=0o600, exist_ok=False)
        file.write_text(make())
    return file.read_text()
