"""`gvd suggest`: which topic and organisation free Dutch text may be about. Keeps nothing of what it reads."""

import json
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Any, BinaryIO

import typer

import routing


def suggest(
    text: Annotated[str | None, typer.Argument(help="What the person says.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON line for each line on standard input.")] = False,
    limit: Annotated[int, typer.Option(min=1, max=20, help="How many topics at most.")] = 3,
    table: Annotated[Path | None, typer.Option(help="Folder of another table than the packaged one.")] = None,
) -> None:
    """Name the topics somebody's words may be about, and first what to do when they may mean danger.

    It proposes; a human or a rule decides.
    """
    if text is None and not as_json:
        raise typer.BadParameter("give a text, or --json and questions on standard input")
    try:
        loaded = routing.load(table)
    except routing.InvalidTable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error
    today = date.today()  # noqa: DTZ011 - the day where the user sits
    if not as_json:
        danger = routing.hear_danger(loaded, text or "", today=today)
        typer.echo(_first(danger) + _readable(loaded, routing.suggest(loaded, text or "", today=today, limit=limit)))
        return
    for question in [text] if text is not None else _questions(sys.stdin.buffer):
        found = routing.suggest(loaded, question, today=today, limit=limit)
        line: dict[str, Any] = {"text": question, "suggestions": [_plain(one) for one in found]}
        if (danger := routing.hear_danger(loaded, question, today=today)) is not None:
            line["danger"] = {"instruction": danger.instruction, "matched": list(danger.matched)}
        sys.stdout.write(json.dumps(line) + "\n")  # in ASCII: half a character in a question must not break the line
        sys.stdout.flush()


def _questions(lines: BinaryIO) -> Iterator[str]:
    """One question a line: as it is, as a JSON string, or as an object with `text`. Every line has an answer."""
    for raw in lines:
        yield _question(raw.decode("utf-8", errors="replace").rstrip("\r\n"))


def _question(line: str) -> str:
    if not line.lstrip().startswith(("{", '"')):
        return line
    try:
        given = json.loads(line)
    except (ValueError, RecursionError):
        return line
    found = given.get("text") if isinstance(given, dict) else given
    return found if isinstance(found, str) else line


def _plain(one: routing.Suggestion) -> dict[str, Any]:
    return {
        "topic": one.topic,
        "organisation": one.organisation,
        "tooi": one.tooi,
        "score": one.score,
        "matched": list(one.matched),
    }


def _first(danger: routing.Danger | None) -> str:
    """Before any topic: paperwork can wait (R-08)."""
    if danger is None:
        return ""
    heard = f"MOGELIJK GEVAAR. Gehoord: {', '.join(danger.matched)}."
    return f"{heard}\n{danger.instruction}\nU beslist. Is er gevaar? Help eerst, en zet 'danger' op de vraag.\n\n"


def _readable(table: routing.Table, found: tuple[routing.Suggestion, ...]) -> str:
    lines = []
    for one in found:
        if one.topic is None:
            lines.append("Niet zeker. Vraag door, of laat de triage meekijken.")
            continue
        who = (
            table.organisations[one.organisation].name
            if one.organisation is not None
            else "hangt ervan af wie besliste"
        )
        lines.append(f"{one.score:4.0%}  {table.topics[one.topic].title} ({one.topic}): {who}")
        lines.append(f"      herkend: {', '.join(one.matched)}")
    return "\n".join(lines)
