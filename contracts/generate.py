"""Writes what is generated from the contracts, or with --check says what is out of date.

python -m contracts.generate            write contracts/schemas/ and docs/events.md
python -m contracts.generate --check    write nothing; end 1 if a file is not what it should be
"""

import argparse
import json
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Final

from contracts.asyncapi import asyncapi
from contracts.catalogue import CATALOGUE, VERSION
from contracts.compatibility import Break, Schema, breaks
from contracts.markdown import events_page
from contracts.schemadoc import event_schema

ROOT: Final = Path(__file__).resolve().parent.parent
RELEASED: Final = Path("contracts/released")
SCHEMAS: Final = Path("contracts/schemas")
PAGE: Final = Path("docs/events.md")


@cache
def artefacts() -> Mapping[Path, str]:
    """Every generated file, by its path from the root of the repository."""
    files = {SCHEMAS / f"{entry.type}.json": _as_json(event_schema(entry)) for entry in CATALOGUE}
    return files | {SCHEMAS / "asyncapi.json": _as_json(asyncapi()), PAGE: events_page()}


def write(root: Path = ROOT) -> None:
    """Make the files what they should be, and take away schemas of types that are gone."""
    for path in _left_over(root):
        path.unlink()
    for path, text in artefacts().items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text, encoding="utf-8")


def differences(root: Path = ROOT) -> list[str]:
    """The files that are not what they should be."""
    wrong = [path for path, text in artefacts().items() if _read(root / path) != text]
    return sorted(str(path) for path in (*wrong, *(p.relative_to(root) for p in _left_over(root))))


def _left_over(root: Path) -> list[Path]:
    found = (root / SCHEMAS).glob("*.json")
    return [path for path in found if path.relative_to(root) not in artefacts()]


def _read(path: Path) -> str | None:
    return path.read_text(encoding="utf-8") if path.exists() else None


def _as_json(document: Any) -> str:
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def release(root: Path = ROOT) -> None:
    """Keep the schemas of this version: later ones are compared with them."""
    folder = root / RELEASED / VERSION
    folder.mkdir(parents=True, exist_ok=True)
    for path in folder.glob("*.json"):
        path.unlink()
    for name, schema in current().items():
        (folder / f"{name}.json").write_text(_as_json(schema), encoding="utf-8")


def current() -> dict[str, Schema]:
    """The schemas of this moment, by type."""
    return {entry.type: event_schema(entry) for entry in CATALOGUE}


def last_release(root: Path = ROOT) -> dict[str, Schema]:
    """The schemas of the newest version that was kept, by type."""
    folder = max((root / RELEASED).iterdir(), key=lambda path: tuple(map(int, path.name.split("."))))
    return {path.stem: json.loads(path.read_text(encoding="utf-8")) for path in sorted(folder.glob("*.json"))}


def broken_promises(root: Path = ROOT) -> list[Break]:
    """What the last release promised and the present schemas do not keep."""
    return breaks(last_release(root), current(), {entry.type: entry.directions for entry in CATALOGUE})


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m contracts.generate", description="Generate schemas and docs.")
    parser.add_argument("--check", action="store_true", help="write nothing; end 1 when out of date or broken")
    parser.add_argument("--release", action="store_true", help="also keep the schemas as those of this version")
    chosen = parser.parse_args(arguments)
    if chosen.check:
        return _check()
    write()
    if chosen.release:
        release()
    return 0


def _check() -> int:
    stale = [f"{path} is out of date: run python -m contracts.generate" for path in differences()]
    problems = [*stale, *(f"{found} (a promise of the last release)" for found in broken_promises())]
    for problem in problems:
        sys.stderr.write(f"{problem}\n")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
