"""Reads the table's YAML and CSV, and remembers the line of everything, so a fault can be pointed at."""

import csv
import re
from collections.abc import Iterator
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

import yaml

_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
NAME = re.compile(r"[a-z0-9_-]+(/[a-z0-9_-]+)*\.(yaml|csv)")
_DEEPEST = 20


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the table, and where a policy officer finds it."""

    path: Path
    line: int
    code: str
    message: str

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.code}: {self.message}"


@dataclass(frozen=True, slots=True)
class Record:
    """One entry of a file: its values, and the line of each of its keys."""

    path: Path
    line: int
    values: dict[str, Any]
    lines: dict[str, int]

    def fault(self, code: str, message: str, key: str | None = None) -> Fault:
        return Fault(self.path, self.lines.get(key or "", self.line), code, message)


class _Constructor(yaml.constructor.SafeConstructor):
    """Turns nodes into values; a key written twice is a fault, not a silent overwrite."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:  # noqa: FBT001, FBT002
        seen: set[str] = set()
        for key, _ in node.value:
            if key.value in seen:
                raise _wrong(f"'{key.value}' staat er twee keer", key.start_mark)
            seen.add(key.value)
        return super().construct_mapping(node, deep=True)


def texts(folder: Path) -> tuple[dict[str, str], list[Fault]]:
    """The data files of a table's folder by name, and what of it is no text."""
    found: dict[str, str] = {}
    faults: list[Fault] = []
    for file in sorted([*folder.rglob("*.yaml"), *folder.rglob("*.csv")]):
        name = file.relative_to(folder).as_posix()
        found[name] = ""
        try:
            found[name] = file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            faults.append(Fault(file, 1, "unreadable", str(error)))
    return found, faults


def read(path: Path, text: str | None) -> tuple[list[Record], list[Fault]]:
    """All entries of one file, or the fault that makes it unreadable. Total: whatever the text, it never raises."""
    if text is None:
        return [], [Fault(path, 1, "unreadable", "dit bestand ontbreekt")]
    try:
        return list(_csv_records(path, text) if path.suffix == ".csv" else _yaml_records(path, text)), []
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark is not None else 1
        return [], [Fault(path, line, "unreadable", str(error.problem))]
    except (yaml.YAMLError, csv.Error) as error:
        return [], [Fault(path, 1, "unreadable", str(error))]


def _yaml_records(path: Path, text: str) -> Iterator[Record]:
    """A list of mappings, or one mapping."""
    _guard(text)
    node = yaml.compose(text, Loader=_Loader)
    entries = node.value if isinstance(node, yaml.SequenceNode) else [node] if node is not None else []
    constructor = _Constructor()
    for entry in entries:
        if not isinstance(entry, yaml.MappingNode):
            raise _wrong("hier hoort een lijst van velden", entry.start_mark)
        try:
            values = constructor.construct_document(entry)
        except ValueError as error:  # such as a day that does not exist
            raise _wrong(str(error), entry.start_mark) from error
        lines = {key.value: key.start_mark.line + 1 for key, _ in entry.value}
        yield Record(path, entry.start_mark.line + 1, values, lines)


def _guard(text: str) -> None:
    """Refuses what no table needs and what stops a process: very deep nesting, and aliases that multiply."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        elif isinstance(event, yaml.AliasEvent):
            raise _wrong("een verwijzing met * kan hier niet", event.start_mark)
        if depth > _DEEPEST:
            raise _wrong(f"meer dan {_DEEPEST} lagen diep", event.start_mark)


def _wrong(problem: str, mark: Any) -> yaml.MarkedYAMLError:
    return yaml.constructor.ConstructorError(None, None, problem, mark)


def _csv_records(path: Path, text: str) -> Iterator[Record]:
    rows = csv.DictReader(StringIO(text, newline=""), strict=True)
    for row in rows:
        if None in row or None in row.values():
            raise csv.Error(f"regel {rows.line_num} heeft niet evenveel velden als de kop")
        yield Record(path, rows.line_num, dict(row), {})
