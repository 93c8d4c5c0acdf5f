"""`gvd agency connect`: brings an organisation from nothing to a first hand-off. Running it again goes on."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import asyncpg
import typer

import routing
from services.cli.agency import Agency, subscribe, webhook_lines
from services.cli.connecting import road, table
from services.cli.connecting.step import Done, Stopped
from services.platform.settings import Settings


def connect(
    organisation: Agency,
    check: Annotated[bool, typer.Option("--check", help="Only look; make nothing and ask nothing.")] = False,
    draft: Annotated[Path | None, typer.Option(help="When not connected yet: write the proposal here.")] = None,
    webhook: Annotated[str | None, typer.Option(help="Also post its events here.")] = None,
    new_secrets: Annotated[bool, typer.Option("--new-secrets", help="Another token and password.")] = False,
) -> None:
    """Walk an organisation through: table, topics, access, token, webhook, and a test hand-off to itself.

    Safe to repeat. Ends 0 when all is well, 1 with what is wrong and what to do.
    """
    settings, todo = Settings(), list[str]()
    try:
        asyncio.run(_walk(organisation, settings, draft, todo, check=check, webhook=webhook, renew=new_secrets))
    except Stopped as stopped:
        for line in stopped.lines:
            typer.echo(f"   {line}", err=True)
        raise typer.Exit(1) from stopped
    except asyncpg.PostgresError as error:
        typer.echo(f"   The database says {type(error).__name__}. Was `gvd migrate` done?", err=True)
        raise typer.Exit(1) from error
    except OSError as error:
        typer.echo(f"   The database does not answer ({type(error).__name__}). Is DATABASE_URL right?", err=True)
        raise typer.Exit(1) from error
    for line in todo:
        typer.echo(f"To do: {line}")
    if not check:
        typer.echo('Next: docs/connect-an-agency.md, from "What the organisation does".')


async def _walk(
    organisation: str,
    settings: Settings,
    draft: Path | None,
    todo: list[str],
    *,
    check: bool,
    webhook: str | None,
    renew: bool,
) -> None:
    now = datetime.now(UTC)
    typer.echo("1. Routing table")
    last = await table.last(settings)
    try:
        found = table.connected(organisation, last, now)
        _show(found, todo)
    except Stopped:
        if draft is not None and not check:
            _show(Done(table.draft(organisation, last, routing.day_of(now), draft)), todo)
        raise
    typer.echo("2. Topics and access on Kafka")
    _show(await asyncio.to_thread(road.topics, organisation, settings, check=check), todo)
    if renew and not check:
        _show(Done(road.renewed(organisation, settings)), todo)
    if found.coming:
        todo.append(f"from {found.coming}, run this again: for its token, its webhook and the test hand-off.")
        return
    typer.echo("3. Token for HTTP")
    _show(await road.token(organisation, settings, check=check, renew=renew and not check), todo)
    typer.echo("4. Webhook")
    if webhook is not None and not check:
        await subscribe(organisation, webhook)
    found = await road.webhook(organisation, settings)
    lines = webhook_lines(found) if found["url"] else ["none; events are on its topic and on `GET /v1/work`"]
    _show(Done(lines), todo)
    if check:
        return
    typer.echo("5. A test hand-off to itself")
    await _try(organisation, settings)


async def _try(organisation: str, settings: Settings) -> None:
    """With a token of its own, which ends with the test."""
    from services.cli.connecting.trial import Trial
    from services.demo.credentials import Credentials

    async with Credentials(settings.database_url.get_secret_value()).of([organisation]) as tokens:
        await Trial(organisation, tokens[organisation], settings, lambda line: typer.echo(f"   {line}")).play()
    typer.echo("   it works")


def _show(done: Done, todo: list[str]) -> None:
    for line in done.said:
        typer.echo(f"   {line}")
    todo += done.todo
