"""`gvd up`: the whole installation on one machine, in the foreground."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.klantinteracties.settings import is_configured
from services.platform.settings import Settings

if TYPE_CHECKING:  # a service process starts without them
    from deploy.local.installation import Installation


def installation(folder: Path | None = None, log_level: str = "INFO") -> "Installation":
    """The installation of this checkout, ports remembered between runs."""
    from deploy.local.home import home
    from deploy.local.installation import SERVICES, Installation

    return Installation(
        folder or home(),
        services=(*SERVICES, *bridges()),
        env={"GVD_LOG_LEVEL": log_level},
        http_ports=_ports_given((*SERVICES, *bridges())),
        kafka_port=int(os.environ.get("GVD_KAFKA_PORT", "0")),
        postgres_port=int(os.environ.get("GVD_POSTGRES_PORT", "0")),
        announce=typer.echo,
    )


def bridges() -> list[str]:
    """The bridges that are configured: none by default."""
    return ["klantinteracties"] if is_configured() else []


def _ports_given(services: Sequence[str]) -> dict[str, int]:
    """`GVD_PORT_INTAKE` and so on; a service without one gets a free port and keeps it."""
    names = {name: f"GVD_PORT_{name.upper()}" for name in services}
    return {name: int(os.environ[key]) for name, key in names.items() if key in os.environ}


def up(
    folder: Annotated[Path | None, typer.Option(help="Where data and logs live; default .local or $GVD_HOME.")] = None,
    log_level: Annotated[str, typer.Option(help="Of every service.")] = "INFO",
    rate: Annotated[float, typer.Option(min=0, help="Made-up questions a second, to have something to see.")] = 0,
) -> None:
    """Start broker, database and all services, print their addresses, stop with Ctrl-C."""
    from deploy.local.children import StartError
    from deploy.local.foreground import run_until_stopped
    from deploy.local.jars import JarError

    try:
        stream = [["demo", "stream", "--rate", str(rate)]] if rate else []
        run_until_stopped(installation(folder, log_level), typer.echo, stream)
    except (StartError, JarError) as problem:
        typer.echo(str(problem), err=True)
        raise typer.Exit(1) from problem


def env(
    folder: Annotated[Path | None, typer.Option(help="As given to `gvd up`.")] = None,
) -> None:
    """Print the addresses of the installation that `gvd up` runs, for `eval "$(gvd env)"`."""
    from deploy.local.foreground import addresses_file
    from deploy.local.home import home

    file = addresses_file(folder or home())
    if not file.exists():
        typer.echo("Nothing runs here. Start it with `make up`.", err=True)
        raise typer.Exit(1)
    typer.echo(file.read_text(), nl=False)


topics = typer.Typer(no_args_is_help=True, help="Topics and access rules of Apache Kafka.")


@topics.command(name="apply")
def apply_topics(
    agency: Annotated[
        list[str] | None,
        typer.Option(help="Connected agency; may be repeated. Default: those of the table in force, and to come."),
    ] = None,
) -> None:
    """Create missing topics, put settings and access rules right. Safe to repeat; deletes nothing."""
    from deploy.kafka import apply

    outcome = apply(Settings().kafka_bootstrap_servers, agency or connected_agencies())
    for name in outcome.created:
        typer.echo(f"created    {name}")
    for name in outcome.grown:
        typer.echo(f"grown      {name}")
    for name in outcome.configured:
        typer.echo(f"configured {name}")
    for rule in outcome.allowed:
        typer.echo(f"allowed    {rule.principal} to {rule.operation} {rule.resource} {rule.name}")
    for warning in outcome.warnings:
        typer.echo(f"warning: {warning}", err=True)
    if not outcome.changed:
        typer.echo("nothing to change")


def connected_agencies() -> list[str]:
    """Every organisation that is, or will be, connected; by the shipped table when no database knows a later one."""
    import asyncio

    import asyncpg

    import routing
    from services.cli.connecting.table import connected_in, ever_connected

    settings = Settings()
    try:
        return sorted(asyncio.run(ever_connected(settings)))
    except (asyncpg.PostgresError, OSError) as error:
        typer.echo(
            f"warning: the database does not say which table is in force ({type(error).__name__}); ", err=True, nl=False
        )
        typer.echo("the agencies of the shipped one are taken", err=True)
        return sorted(connected_in([routing.load(settings.table_path)]))
