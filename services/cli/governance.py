"""`gvd table propose | approve | publish | ...`: change the routing table with two people, without a release."""

import json
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import typer

from routing.versions.files import pack
from services.cli.agency import run
from services.cli.calling import fail
from services.cli.steward import ask
from services.platform import tokens
from services.router.governance import Right

app = typer.Typer()
_BASE = ".base"
"""Beside the files: the version they were made from, so that nobody's change in between is undone unseen."""

Id = Annotated[UUID, typer.Argument(help="Id of the proposal, as `gvd table proposals` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a machine.")]


@app.command()
def steward(
    role: Annotated[str, typer.Argument(help="A role such as beleid-aow, never a name.")],
    may: Annotated[list[Right] | None, typer.Option(help="May be repeated; without it only reading.")] = None,
    revoke: Annotated[bool, typer.Option(help="Revoke all its tokens.")] = False,
) -> None:
    """Print a new token for a steward of the table. Only its SHA-256 is kept: it is shown once."""
    if revoke:
        run("update router.steward set revoked_at = now() where role = $1 and revoked_at is null", role)
        return
    made, rights = tokens.fresh(), sorted({right.value for right in may or ()})
    try:
        run(
            "insert into router.steward (role, may, token_sha256) values ($1, $2, $3)",
            role,
            rights,
            tokens.digest(made),
        )
    except OSError:
        fail("De database antwoordt niet. Klopt DATABASE_URL?")
    typer.echo(made)


@app.command()
def fetch(
    folder: Annotated[Path, typer.Argument(help="Where to put the files; made here.")],
    version: Annotated[str | None, typer.Option(help="Default the one that holds, or is next to hold.")] = None,
) -> None:
    """Write the files of a version in a folder, to change them there and propose the result."""
    if folder.exists():
        fail(f"{folder} bestaat al.")
    wanted = version or ask("GET", "/tables")["last"]
    for name, text in ask("GET", f"/tables/{wanted}")["files"].items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8", newline="")
    (folder / _BASE).write_text(wanted)
    typer.echo(f"{wanted} staat in {folder}")


@app.command()
def propose(
    folder: Annotated[Path, typer.Argument(help="Folder with the whole changed table.")],
    why: Annotated[str, typer.Option(help="For who approves it and for history.")],
    base: Annotated[str | None, typer.Option(help="Version it was made from; default the one fetched here.")] = None,
    start: Annotated[
        datetime | None, typer.Option("--from", help="The moment to approve with it; local time. Default at once.")
    ] = None,
) -> None:
    """Propose another table. Prints the id of the proposal, or every fault with file and line."""
    try:
        content = pack(folder)
    except (ValueError, OSError) as error:
        fail(str(error))
    fetched = folder / _BASE
    base = base or (fetched.read_text().strip() if fetched.exists() else None)
    body: dict[str, Any] = {"why": why, "content": content} | ({"base": base} if base else {})
    if start is not None:
        body["effective_from"] = start.astimezone().isoformat()
    made = ask("POST", "/proposals", body)
    typer.echo(made["proposal"])
    typer.echo(f"{made['version']} wacht op goedkeuring door een ander dan {made['proposed_by']}.", err=True)


@app.command()
def proposals(as_json: AsJson = False) -> None:
    """List the proposals, the newest first."""
    found = ask("GET", "/proposals")["proposals"]
    _show(found, as_json, lambda one: f"{one['proposal']}  {one['status']:9}  {one['proposed_by']}  {one['why']}")


@app.command()
def proposal(proposal: Id, as_json: AsJson = False) -> None:
    """Show one proposal: its steps and what differs."""
    found = ask("GET", f"/proposals/{proposal}")
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    one = found["proposal"]
    typer.echo(f"{one['version']}, gemaakt van {one['base']}: {one['why']}")
    typer.echo(f"  geldt vanaf {one['effective_from'] or 'het publiceren'}")
    for step in found["steps"]:
        typer.echo(f"  {step['at']}  {step['status']}  door {step['by']}  {step['reason'] or ''}".rstrip())
    for change in found["differences"]["changes"]:
        typer.echo(f"  {change['matters']}: {change['kind']} {change['name']} ({change['change']})")
        for name, values in change["fields"].items() if change["change"] == "changed" else ():
            typer.echo(f"      {name}: {values['old']} → {values['new']}")


@app.command()
def impact(
    proposal: Id,
    last: Annotated[int, typer.Option(min=1, max=50_000, help="How many stored decisions to replay.")] = 1_000,
    on: Annotated[str | None, typer.Option(help="As if all came in on this day, such as 2027-01-01.")] = None,
    as_json: AsJson = False,
) -> None:
    """Replay what was really asked on a proposal: who would go elsewhere, and how many."""
    body = {"proposal": str(proposal), "last": last} | ({"on": on} if on else {})
    found = ask("POST", "/simulations", body)
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    typer.echo(f"{found['total']} vragen: {found['moved']} gaan ergens anders heen, {found['told']} horen iets anders.")
    for move in found["per_move"]:
        typer.echo(f"  {move['count']:6}  {move['old']} → {move['new']}")
    if found["failed"]:
        fail(f"{found['failed']} gaven een fout.")


@app.command()
def approve(proposal: Id) -> None:
    """Approve what somebody else proposed."""
    _step(proposal, {"action": "approve"})


@app.command()
def reject(proposal: Id, reason: Annotated[str, typer.Option()]) -> None:
    """Reject a proposal, with a reason."""
    _step(proposal, {"action": "reject", "reason": reason})


@app.command()
def withdraw(proposal: Id) -> None:
    """Withdraw your own proposal."""
    _step(proposal, {"action": "withdraw"})


@app.command()
def publish(
    proposal: Id,
    start: Annotated[
        datetime | None, typer.Option("--from", help="In force from this moment on; local time. Default as approved.")
    ] = None,
    replaces_coming: Annotated[bool, typer.Option(help="Pass over a version that was to come later.")] = False,
) -> None:
    """Publish an approved proposal. All routers switch at its moment, without restart."""
    body: dict[str, Any] = {"action": "publish", "replaces_coming": replaces_coming}
    if start is not None:
        body["effective_from"] = start.astimezone().isoformat()
    _step(proposal, body)


@app.command()
def rollback(version: Annotated[str, typer.Argument(help="A version that was in force before.")]) -> None:
    """Go back to an earlier version, at once."""
    made = ask("POST", "/rollbacks", {"version": version})
    typer.echo(f"publicatie {made['number']}: {made['version']} geldt weer vanaf {made['effective_from']}")


@app.command()
def versions(as_json: AsJson = False) -> None:
    """Which version is in force, what is to come and what was."""
    found = ask("GET", "/tables")
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    typer.echo(f"geldt nu      {found['in_force']}")
    for head, key in (("komt", "coming"), ("te laat", "late"), ("was", "earlier"), ("geweigerd", "refused")):
        for one in found[key]:
            typer.echo(f"{head:12}  {one['version']}  publicatie {one['number']}, vanaf {one['effective_from']}")
    typer.echo(f"meegeleverd   {found['shipped']}")


@app.command()
def rules(as_json: AsJson = False) -> None:
    """How often each rule decided, was refused and was overruled."""
    found = ask("GET", "/rules")["rules"]
    if not as_json:
        typer.echo("besloten  teruggegeven  door mens anders  fout    regel (versie)")
    _show(found, as_json, _rule)


@app.command()
def lessons(as_json: AsJson = False) -> None:
    """What refusals teach: rules that receivers keep giving back, and who they say it is."""
    _show(ask("GET", "/lessons")["lessons"], as_json, _lesson)


@app.command()
def lesson(
    lesson: Annotated[UUID, typer.Argument(help="Id of the lesson.")],
    accept: Annotated[bool, typer.Option(help="Make a proposal of it.")] = False,
    reject: Annotated[str | None, typer.Option(help="Reject it, for this reason.")] = None,
) -> None:
    """Make a proposal of a lesson, or reject it with a reason."""
    if accept == (reject is not None):
        fail("Kies --accept of --reject met een reden.")
    body = {"action": "accept"} if accept else {"action": "reject", "reason": reject}
    made = ask("POST", f"/lessons/{lesson}/steps", body)
    typer.echo(made["proposal"] if made else "afgewezen")


@app.command(name="unmapped-codes")
def unmapped_codes(as_json: AsJson = False) -> None:
    """Subject codes of agencies that their mapping does not have yet."""
    _show(ask("GET", "/unmapped-codes")["codes"], as_json, lambda c: f"{c['times']:6}  {c['agency']}  {c['code']}")


def _step(proposal: UUID, body: dict[str, Any]) -> None:
    after = ask("POST", f"/proposals/{proposal}/steps", body)
    typer.echo(f"{after['proposal']}: {after['status']}")


def _show(found: list[dict[str, Any]], as_json: bool, line: Any) -> None:
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    for one in found:
        typer.echo(line(one))


def _rule(one: dict[str, Any]) -> str:
    counts = f"{one['decisions']:8}  {one['refusals']:12}  {one['overruled']:16}  {one['misrouted']:5.1%}"
    return f"{counts}  {one['rule']} ({one['table_version']})"


def _lesson(one: dict[str, Any]) -> str:
    place = f" [{one['place']}]" if one["place"] else ""
    return f"{one['lesson']}  {one['status']:8}  {one['text']}{place}"
