"""Changes where one rule leads in the text of its file and nothing else: comments and lay-out stay as they are."""

import re
from pathlib import Path

import routing
from routing.data.model import Organisation, Rule
from routing.data.read import Record, read
from routing.engine.resolve import RESOLVERS


class Unsafe(Exception):
    """A human must do it; says why."""


def place_of(rule: Rule) -> str:
    """File and line of where it leads, as a policy officer finds it."""
    if rule.record is None:
        return ""
    return f"{file_of(rule)}:{rule.record.lines.get('to', rule.record.line)}"


def file_of(rule: Rule) -> str:
    """The name of its file within the table: rules are one folder deep."""
    return "/".join(rule.record.path.parts[-2:]) if rule.record is not None else ""


def amended(text: str, rule: Rule, to: str) -> str:
    """The file with this rule leading to `to`. It was not compared with a source, so it is not `checked` any more."""
    record = rule.record
    if record is None or rule.to is None or "to" not in record.lines:
        raise Unsafe("The rule does not lead to an organisation.")
    if rule.topic is None:
        raise Unsafe("The rule holds for every topic; an exception is a new rule here.")
    if rule.to in RESOLVERS:
        raise Unsafe(f"The rule leads to '{rule.to}'; that depends on the question.")
    lines = text.splitlines(keepends=True)
    _swap(lines, record.lines["to"], "to", rule.to, to)
    if rule.checked and "checked" in record.lines:
        _swap(lines, record.lines["checked"], "checked", "true", "false")
    after = "".join(lines)
    if _values(after) != _wanted(_values(text), rule, to):
        raise Unsafe("The place in the file cannot be changed with certainty.")
    return after


def still_says(rule: Rule, table: routing.Table) -> bool:
    """Whether what the person is told names the organisation it leads to now."""
    found = table.organisations.get(rule.to or "")
    return found is not None and any(name in f"{rule.tell} {rule.reason or ''}" for name in _names(found))


def _names(organisation: Organisation) -> tuple[str, ...]:
    return (organisation.name, *(alias for alias in organisation.aliases if alias.isupper()))


def _swap(lines: list[str], number: int, key: str, old: str, new: str) -> None:
    pattern = rf"""^(\s*(?:-\s+)?{key}:\s*)(["']?){re.escape(old)}\2(\s*(?:\#.*)?)$"""
    line = lines[number - 1] if number <= len(lines) else ""
    body = line.rstrip("\r\n")
    found = re.fullmatch(pattern, body)
    if found is None:
        raise Unsafe("The rule is written otherwise than expected.")
    lines[number - 1] = f"{found[1]}{new}{found[3]}{line[len(body) :]}"


def _values(text: str) -> list[Record]:
    records, faults = read(Path("rules.yaml"), text)
    if faults:
        raise Unsafe("The file cannot be read.")
    return records


def _wanted(before: list[Record], rule: Rule, to: str) -> list[Record]:
    changed = {"to": to} | ({"checked": False} if rule.checked else {})
    return [
        Record(one.path, one.line, {**one.values, **changed}, one.lines) if one.values.get("id") == rule.id else one
        for one in before
    ]
