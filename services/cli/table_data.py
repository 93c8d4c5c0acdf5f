"""`gvd table` for its owner: what a candidate changes, for whom, and what of the table is published for everybody."""

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from routing.readable.page import render
from routing.readable.register import Running, entry, markdown, too_long
from routing.versions.compare import compare
from routing.versions.simulate import cases_of, simulate
from routing.versions.standing import standing
from services.cli.table import TableAt, day_of, loaded_from

app = typer.Typer()

AsJson = Annotated[bool, typer.Option("--json")]


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder of the one table.")],
    new: Annotated[Path | None, typer.Argument(help="Folder of the other; default the packaged table.")] = None,
    as_json: AsJson = False,
) -> None:
    """Name everything that differs, field by field, what decides who gets a question first."""
    found = compare(loaded_from(old), loaded_from(new))
    typer.echo(_json(found.plain()) if as_json else found.text())


@app.command(name="simulate")
def simulated(
    candidate: Annotated[Path, typer.Argument(help="Folder of the table that may be published.")],
    questions: Annotated[
        typer.FileText | None,
        typer.Option(
            encoding="utf-8",
            errors="replace",
            help="File with one case per line of JSON, or - ; default made-up questions over everything.",
        ),
    ] = None,
    table: TableAt = None,
    on: Annotated[str | None, typer.Option(help="As if all were asked on this day.")] = None,
    as_json: AsJson = False,
) -> None:
    """Show what would change, for whom and how often. Ends 1 when a question could not be read or decided."""
    old, new, day = loaded_from(table), loaded_from(candidate), day_of(on)
    cases = standing(old, new, day) if questions is None else cases_of(questions)
    found = simulate(old, new, cases, today=day, on=day if on else None)
    typer.echo(_json(found.plain()) if as_json else found.text())
    if found.failed:
        raise typer.Exit(1)


@app.command()
def export(
    table: TableAt = None,
    register: Annotated[
        bool, typer.Option("--algorithm-register", help="The description for the Dutch Algoritmeregister.")
    ] = False,
    organisation: Annotated[str, typer.Option(help="Who uses it, with its full name.")] = "",
    contact: Annotated[str, typer.Option(help="Address or website for questions about it.")] = "",
    since: Annotated[str, typer.Option(help="Month from which it is in use: 2027-01. Empty: in development.")] = "",
    source_code: Annotated[str, typer.Option(help="Where the source is published.")] = "",
    as_json: AsJson = False,
) -> None:
    """Write the publishable description, as Markdown or JSON. What only a human can say is named as missing."""
    if not register:
        raise typer.BadParameter("choose what to export: --algorithm-register")
    made = entry(loaded_from(table), Running(organisation, contact, since, source_code))
    if wrong := too_long(made["registration"]):
        raise typer.BadParameter(f"the register takes no text this long: {', '.join(wrong)}")
    typer.echo(_json(made) if as_json else markdown(made))


@app.command()
def page(
    table: TableAt = None,
    out: Annotated[Path, typer.Option(help="Folder to write the page in.")] = Path(),
) -> None:
    """Write the whole table as one HTML page to read, search and print; it needs nothing from elsewhere."""
    html = render(loaded_from(table))
    out.mkdir(parents=True, exist_ok=True)
    file = out / "routeringstabel.html"
    file.write_text(html, encoding="utf-8")
    typer.echo(str(file))


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)
