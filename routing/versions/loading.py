"""Loads a table: reads it, refuses it when anything is wrong, and gives it its version."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from routing.checks.validate import faults_of
from routing.data.model import InvalidTable, Mapped
from routing.data.places import municipalities_of
from routing.data.read import Fault, Record, texts
from routing.data.tables import Parsed, Table, parse

PACKAGED = Path(__file__).parents[1] / "table"


def validate(path: Path | None = None) -> list[Fault]:
    """Everything wrong with the table in this folder; empty means it may be published."""
    return faults_of(_parsed(path or PACKAGED))


def validate_files(files: Mapping[str, str]) -> list[Fault]:
    """The same of files that are in no folder; each fault names its file as the table does."""
    return faults_of(parse(files))


def _parsed(folder: Path) -> Parsed:
    files, unreadable = texts(folder)
    parsed = parse(files, folder)
    return replace(parsed, faults=[*unreadable, *parsed.faults])


def _version(published: date, found: dict[str, list[Record]]) -> str:
    """The hash is over what the files say, so a comment or a blank line is not a new version."""
    contents = {name: [record.values for record in entries] for name, entries in found.items()}
    canonical = json.dumps(contents, sort_keys=True, ensure_ascii=False, default=str, separators=(",", ":"))
    digest = hashlib.sha256(canonical.encode()).hexdigest()[:12]
    return f"{published:%Y.%m.%d}-{digest}"


def load(path: Path | None = None) -> Table:
    """The table in this folder (default: the one packaged with the code).

    A table with a fault is refused as a whole: InvalidTable names every place. It is never half used.
    """
    return _load(_parsed(path or PACKAGED))


def load_files(files: Mapping[str, str]) -> Table:
    """The same of files that are in no folder, such as those of a published version."""
    return _load(parse(files))


def reload_files(files: Mapping[str, str]) -> Table:
    """A version that was found good when it was published, and replays for ever: today's checks may be stricter."""
    return _table(parse(files))


def _load(parsed: Parsed) -> Table:
    faults = faults_of(parsed)
    if faults:
        raise InvalidTable(faults)
    return _table(parsed)


def _table(parsed: Parsed) -> Table:
    if parsed.faults or parsed.settings is None:
        raise InvalidTable(parsed.faults)
    return Table(
        version=_version(parsed.settings.published, parsed.records),
        settings=parsed.settings,
        organisations={one.id: one for one in parsed.organisations},
        postcodes=municipalities_of(parsed.postcodes),
        herindelingen=tuple(parsed.herindelingen),
        topics={one.code: one for one in parsed.topics},
        unmapped=tuple(parsed.unmapped),
        phrases={one.topic: one.phrases for one in parsed.phrases},
        rules=tuple(sorted(parsed.rules, key=lambda one: (-one.priority, one.id))),
        questions={one.code: one for one in parsed.questions},
        norms={one.id: one for one in parsed.norms},
        groups={one.id: one for one in parsed.groups},
        companions=tuple(parsed.companions),
        life_events={one.code: one for one in parsed.life_events},
        mappings=_by_agency(parsed.mappings),
        absences=tuple(parsed.absences),
        danger=tuple(parsed.danger),
        calendars=parsed.calendars,
    )


def _by_agency(mappings: list[Mapped]) -> dict[str, dict[str, Mapped]]:
    found: dict[str, dict[str, Mapped]] = {}
    for one in mappings:
        found.setdefault(one.agency, {})[one.code] = one
    return found
