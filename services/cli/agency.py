"""`gvd agency`: what an operator does to connect an organisation: a token for HTTP, a webhook."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer

import routing
from services.cli.connecting.table import last
from services.platform import tokens
from services.platform.database import execute_once, fetch_once
from services.platform.settings import KEYS_PATH, Settings

app = typer.Typer(no_args_is_help=True, help="Connect an organisation: tokens and webhooks.")

Agency = Annotated[str, typer.Argument(help="Id in the routing table, such as svb or gemeente-gm0363.")]
_MINUTE = "%Y-%m-%d %H:%M:%S %Z"
_SENDABLE = re.compile("[!-~]+")
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


@app.command()
def token(agency: Agency, revoke: Annotated[bool, typer.Option(help="Revoke all its tokens.")] = False) -> None:
    """Print a new token for HTTP. Only its SHA-256 is kept: it is shown once."""
    _known(agency)
    if revoke:
        run("update intake.credential set revoked_at = now() where agency = $1 and revoked_at is null", agency)
        return
    made = tokens.fresh()
    run("insert into intake.credential (agency, token_sha256) values ($1, $2)", agency, tokens.digest(made))
    typer.echo(made)


@app.command()
def webhook(
    agency: Agency,
    url: Annotated[str, typer.Argument(help="Where events are posted; https, or http on this machine.")],
    bearer: Annotated[str | None, typer.Option(help="Token we send along.", envvar="GVD_WEBHOOK_BEARER")] = None,
) -> None:
    """Have every event for this organisation posted to it, from now on; or go on after it said 410."""
    _known(agency)
    asyncio.run(subscribe(agency, url, bearer))
    settings = Settings()
    typer.echo(f"events for {agency} go to {url} as soon as it allows {settings.webhook_origin} to post")
    typer.echo(f"the keys of our signatures are at {settings.delivery_url}{KEYS_PATH}")
    typer.echo(f"whether it allows us: gvd agency show {agency}")


async def subscribe(agency: str, url: str, bearer: str | None = None) -> None:
    """Straight in the database. Raises BadParameter when it is no address to post to, or no token to send along."""
    parts = urlsplit(url)
    if parts.scheme != "https" and not (parts.scheme == "http" and parts.hostname in _LOOPBACK):
        raise typer.BadParameter("a webhook is https; plain http only on this machine")
    if parts.username or parts.password or parts.fragment:
        raise typer.BadParameter("no name, password or # in the address; a token goes in --bearer")
    if bearer is not None and not _SENDABLE.fullmatch(bearer):
        raise typer.BadParameter("a bearer is one word of visible ASCII: it is sent in a header (RFC 9110 §5.5)")
    await execute_once(Settings().database_url.get_secret_value(), _SUBSCRIBE, agency, url, bearer)


@app.command()
def show(agency: Agency) -> None:
    """How this organisation is connected: tokens, its webhook, whether that lets us post, and what waits for it."""
    _known(agency)
    row = asyncio.run(fetch_once(Settings().database_url.get_secret_value(), SHOW, agency))
    if row is None:
        raise typer.Exit(1)
    typer.echo(f"tokens      {row['tokens']} in use")
    for line in webhook_lines(row) if row["url"] else ["webhook     none"]:
        typer.echo(line)


def webhook_lines(row: Mapping[str, Any]) -> list[str]:
    """What there is to say of a subscription."""
    waiting = f"waiting     {row['waiting']} events"
    return [f"webhook     {row['url']}", f"permission  {_permission(row)}", waiting]


def _permission(row: Mapping[str, Any]) -> str:
    if row["stopped_at"]:
        return f"stopped: it answered 410 (Gone) at {row['stopped_at']:{_MINUTE}}; `gvd agency webhook` starts it again"
    if row["refusal"]:
        return f"refused at {row['asked_at']:{_MINUTE}}: {row['refusal']}; asked again at {row['ask_due_at']:{_MINUTE}}"
    if row["allowed_url"] != row["url"]:
        return "not asked yet; if this stays so, see whether delivery runs and has GVD_SIGNING_KEYS"
    rate = f"{row['allowed_rate']} posts a minute" if row["allowed_rate"] else "as fast as we like"
    return f"given at {row['asked_at']:{_MINUTE}} until {row['allowed_until']:{_MINUTE}}, {rate}"


def _known(agency: str) -> None:
    table, today = asyncio.run(last(Settings())).table, routing.day_of(datetime.now(UTC))
    found = table.organisation(agency, today)
    if found is None:
        raise typer.BadParameter(f"{agency} is not in the routing table")
    if not found.connected_on(today):
        raise typer.BadParameter(f"{agency} is not connected: give it `connected_since` in the routing table")


def run(statement: str, *arguments: Any) -> str:
    """Straight in the database: who may do this operates the installation."""
    return asyncio.run(execute_once(Settings().database_url.get_secret_value(), statement, *arguments))


# Whoever registers a webhook again is asked again, at once.
_SUBSCRIBE = """
insert into delivery.subscription (agency, url, token) values ($1, $2, $3)
on conflict (agency) do update
   set url = excluded.url, token = excluded.token, stopped_at = null, allowed_url = null, refusal = null, asks = 0,
       ask_due_at = now(), next_post_at = '-infinity'
"""
SHOW = """
select (select count(*) from intake.credential c where c.agency = a.agency and c.revoked_at is null) as tokens,
       (select count(*) from delivery.webhook w where w.agency = a.agency) as waiting,
       s.url, s.stopped_at, s.refusal, s.asked_at, s.ask_due_at, s.allowed_url, s.allowed_until, s.allowed_rate
  from (select $1::text as agency) a left join delivery.subscription s using (agency)
"""
