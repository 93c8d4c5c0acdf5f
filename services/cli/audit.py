"""`gvd audit`: whether the promises of this system hold right now, and for whom not."""

import asyncio
import json
from typing import Annotated

import typer

from services.platform.settings import Settings


def audit(
    settle: Annotated[float | None, typer.Option(help="First wait up to so many seconds until all is quiet.")] = None,
    sample: Annotated[int | None, typer.Option(min=1, help="Replay about so many decisions, not all.")] = None,
    kafka: Annotated[bool, typer.Option(help="Read the topics too.")] = True,
    as_json: Annotated[bool, typer.Option("--json", help="For a machine.")] = False,
) -> None:
    """Check the invariants on a running installation.

    Ends with 0 when all hold, 1 when one is broken (every question that breaks it is named), 2 when it could not look.
    """
    from services.auditor.audit import UNREACHABLE, Wishes
    from services.auditor.audit import audit as run

    try:
        results = asyncio.run(run(Settings(), Wishes(settle, kafka, sample)))
    except UNREACHABLE as error:
        typer.echo(f"The audit could not be made: {_cause(error)}", err=True)
        raise typer.Exit(2) from error
    if as_json:
        typer.echo(json.dumps([result.shown() for result in results], indent=2))
    else:
        for result in results:
            typer.echo(result.line())
            for one in result.offenders:
                typer.echo(f"     {one.place}: {one.what}")
    raise typer.Exit(0 if all(result.holds for result in results) else 1)


def _cause(error: BaseException) -> str:
    """What PostgreSQL says of a value could quote it: then only the kind of error."""
    code = getattr(error, "sqlstate", None)
    return f"{type(error).__name__} {code}" if code else f"{type(error).__name__}: {error}"
