"""The `gvd` command: the one way in from a terminal. Each subject has a file of its own beside this one."""

import asyncio
import importlib
from collections.abc import Coroutine
from typing import Annotated, Any, TypeVar

import typer

from services.cli import (
    agency,
    audit,
    connect,
    demo,
    event,
    explain,
    governance,
    local,
    notice,
    replay,
    suggest,
    table,
    table_data,
    work,
)
from services.platform.settings import Settings

T = TypeVar("T")

SERVICES = ("intake", "router", "handoff", "notices", "delivery")
BRIDGES = ("klantinteracties",)
"""Run only where they are configured: each stands for one agency."""

app = typer.Typer(
    no_args_is_help=True,
    pretty_exceptions_show_locals=False,  # a variable can hold a token or a citizen's words
    help="Geen verkeerde deur: no citizen is ever without somebody who holds their question.",
)
app.add_typer(agency.app, name="agency")
agency.app.command()(connect.connect)
app.add_typer(work.app, name="work")
app.add_typer(notice.app, name="notice")
app.add_typer(event.event_app, name="event")
app.add_typer(local.topics, name="kafka")
table.app.add_typer(table_data.app)
app.add_typer(table.app, name="table")
app.add_typer(demo.demo_app, name="demo")
table.app.add_typer(governance.app)
app.command(name="audit")(audit.audit)
app.command(name="up")(local.up)
app.command(name="env")(local.env)
app.command(name="replay")(replay.replay)
app.command(name="explain")(explain.explain)
app.command(name="suggest")(suggest.suggest)


@app.command()
def serve(service: Annotated[str, typer.Argument(help=" | ".join((*SERVICES, *BRIDGES)))]) -> None:
    """Run one process of one service until a signal comes."""
    if service not in (*SERVICES, *BRIDGES):
        raise typer.BadParameter(f"unknown service; choose from {', '.join((*SERVICES, *BRIDGES))}")
    settings = Settings()
    if service == "intake" and not settings.master_key.get_secret_value():
        typer.echo("intake needs GVD_MASTER_KEY, the base64 of 32 bytes: personal texts are kept under it", err=True)
        raise typer.Exit(1)
    from services.platform.process import serve as run

    wire = importlib.import_module(f"services.{service}.app").wire
    run_loop(run(service, settings, wire))


@app.command()
def migrate() -> None:
    """Make or update the database schemas of all services, and of a bridge that is configured. Safe to repeat."""
    from services.platform.migrate import migrate as run

    run(Settings(), (*SERVICES, *local.bridges()))


def run_loop(main: Coroutine[Any, Any, T]) -> T:
    """uvloop was measured to be 1.3 times as fast; Windows has none."""
    try:
        import uvloop
    except ImportError:
        return asyncio.run(main)
    return uvloop.run(main)


if __name__ == "__main__":
    app()
