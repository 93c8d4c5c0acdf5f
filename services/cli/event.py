"""`gvd event check`: tells an agency's developer everything that is wrong with an event, before it is sent."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from contracts.cloudevents import Profile, check_structured

event_app = typer.Typer(help="Events as agencies send them.", no_args_is_help=True)


@event_app.callback()
def event() -> None:
    """Events as agencies send them."""


@event_app.command()
def check(
    files: Annotated[list[str], typer.Argument(help="Files with one event each; - is standard input.")],
    profile: Annotated[Profile, typer.Option(help="How much is demanded: each includes the one before.")] = Profile.GVD,
) -> None:
    """Check events with the same code as the front door. Prints nothing when all is well.

    Ends 1 when an event is wrong, 2 when a file cannot be read.
    """
    ends = [_check_one(file, profile) for file in files]
    raise typer.Exit(max(ends))


def _check_one(file: str, profile: Profile) -> int:
    try:
        value = sys.stdin.buffer.read() if file == "-" else Path(file).read_bytes()
    except OSError as error:
        typer.echo(f"{file}: cannot be read: {error.strerror}", err=True)
        return 2
    lines = list(_lines("<stdin>" if file == "-" else file, value, profile))
    for line in lines:
        typer.echo(line)
    return 1 if lines else 0


def _lines(file: str, value: bytes, profile: Profile) -> Iterator[str]:
    """One line per fault: `file: place: code: what is wrong`."""
    for found in check_structured(value, profile).faults:
        yield f"{file}: {found.where}: {found.code}: {found.message}"
