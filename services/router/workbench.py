"""Heavy work on whole tables, run as a process of its own beside the router (`aside.py`): lines in, one answer out.

The first line says what to do; what follows are cases. It has no database and no network.
"""

import os
import sys
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, BinaryIO

import orjson

import routing
from routing.readable.page import render
from routing.readable.register import Running, entry
from routing.versions.compare import compare
from routing.versions.files import load_files, pack_files, unpack, validate_files
from routing.versions.loading import reload_files
from routing.versions.simulate import Case, Failure, cases_of, simulate

_MOST_FAULTS = 200


def weigh(task: dict[str, Any], _: Iterable[bytes]) -> dict[str, Any]:
    """Whether this candidate may be a table; if so its version, its content and what differs from the base."""
    try:
        files = candidate(task)
    except ValueError as error:
        return {"faults": [_fault("content", 0, "unreadable", str(error))]}
    faults = validate_files(files)
    if faults:
        shown = [_fault(fault.path.as_posix(), fault.line, fault.code, fault.message) for fault in faults]
        return {"faults": shown[:_MOST_FAULTS], "more": max(0, len(shown) - _MOST_FAULTS)}
    try:
        content = pack_files(files)
    except ValueError as error:
        return {"faults": [_fault("content", 0, "too-large", str(error))]}
    made = load_files(files)
    differences = compare(reload_files(unpack(task["base"])), made).plain()
    return {"faults": [], "version": made.version, "content": content, "differences": differences}


def replay(task: dict[str, Any], lines: Iterable[bytes]) -> dict[str, Any]:
    """What the candidate would do to questions that were really asked."""
    old, new = reload_files(unpack(task["base"])), load_files(unpack(task["content"]))
    on = date.fromisoformat(task["on"]) if task.get("on") else None
    return simulate(old, new, _cases(lines), today=date.fromisoformat(task["today"]), on=on).plain()


def show(task: dict[str, Any], _: Iterable[bytes]) -> dict[str, Any]:
    """A version as people read it, and its description for the register of algorithms."""
    table = reload_files(unpack(task["content"]))
    return {"page": render(table), "register": entry(table, Running())}


def candidate(task: dict[str, Any]) -> dict[str, str]:
    """Whole content, or the base with some files changed, added or (null) taken out."""
    if task.get("content") is not None:
        return unpack(task["content"])
    files = {**unpack(task["base"]), **task["changes"]}
    return {name: text for name, text in files.items() if text is not None}


def _cases(lines: Iterable[bytes]) -> Iterator[Case | Failure]:
    return cases_of(line.decode() for line in lines)


def _fault(file: str, line: int, code: str, message: str) -> dict[str, Any]:
    return {"file": file, "line": line, "code": code, "message": message}


_TASKS = {"weigh": weigh, "replay": replay, "show": show}


def main(read: BinaryIO, write: BinaryIO) -> None:
    task = orjson.loads(read.readline())
    if task["do"] == "replay":
        os.nice(5)  # as long as the history: routing goes first. The rest is short, and starves when it must wait
    try:
        answer = _TASKS[task["do"]](task, read)
    except routing.InvalidTable as error:
        answer = {"invalid": str(error)[:300]}
    write.write(orjson.dumps(answer))
    write.flush()


if __name__ == "__main__":
    main(sys.stdin.buffer, sys.stdout.buffer)
