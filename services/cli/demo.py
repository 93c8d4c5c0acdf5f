"""`gvd demo`: plays the acceptance cases against a whole installation, and says whether each ended as it should."""

import asyncio
from typing import Annotated

import typer

demo_app = typer.Typer(help="The acceptance cases, and an endless stream of questions.")


@demo_app.callback(invoke_without_command=True)
def demo(
    context: typer.Context,
    cases: Annotated[str, typer.Option(help="Only these, as C-01,C-05.")] = "",
    attach: Annotated[bool, typer.Option(help="Play against the installation the environment names.")] = False,
    pace: Annotated[float | None, typer.Option(help="Seconds an employee takes; default 0.3 in a terminal.")] = None,
    deadline: Annotated[float, typer.Option(help="Seconds until a case counts as stuck.")] = 120,
    keep: Annotated[bool, typer.Option(help="Keep data and logs of the installation.")] = False,
) -> None:
    """Play every acceptance case at once. Ends 0 only when each ended as it should and the audit is clean.

    With --attach: KAFKA_BOOTSTRAP_SERVERS, DATABASE_URL, GVD_URL and GVD_DELIVERY_URL say where.
    """
    if context.invoked_subcommand is not None:
        return
    # A service process starts from the same command and needs none of this.
    from deploy.local.children import StartError
    from deploy.local.jars import JarError
    from services.demo.credentials import NotReachable
    from services.demo.whole import Wanted, chosen, demonstrate

    try:
        named = chosen(cases)
    except ValueError as problem:
        raise typer.BadParameter(str(problem)) from problem
    try:
        good = demonstrate(Wanted(named, attach, pace, deadline, keep), typer.echo)
    except (StartError, JarError, NotReachable) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem
    raise typer.Exit(0 if good else 1)


@demo_app.command()
def stream(
    rate: Annotated[float, typer.Option(min=0.01, help="Questions a second.")] = 2,
    seed: Annotated[int, typer.Option(help="The same seed asks the same questions.")] = 1,
    haste: Annotated[float, typer.Option(min=1, help="How many times faster than people the agencies answer.")] = 600,
) -> None:
    """Ask realistic questions and answer them, without end, against the installation the environment names."""
    from services.demo.credentials import NotReachable
    from services.demo.road import Place
    from services.demo.stream import Stream

    try:
        asyncio.run(Stream(Place.given(), rate, seed, haste).run())
    except NotReachable as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem
    except KeyboardInterrupt:
        raise typer.Exit(0) from None
