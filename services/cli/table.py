"""`gvd table`: check the routing table, and see what it says of a question and why."""

import json
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer
from pydantic import ValidationError

import routing
from contracts.base import Channel, Domain, Island, Kind
from contracts.questions import Facts
from routing.readable.overview import overview as counted

app = typer.Typer(help="The routing table: who is responsible for what.", no_args_is_help=True)

TableAt = Annotated[Path | None, typer.Option("--table", help="Folder of another table than the packaged one.")]


@app.command()
def validate(
    path: Annotated[Path | None, typer.Argument(help="Folder of the table; default the packaged one.")] = None,
) -> None:
    """Name every fault with its file and line. Ends 1 when there is any."""
    faults = routing.validate(path)
    for fault in faults:
        typer.echo(str(fault))
    if faults:
        typer.echo(f"{len(faults)} fouten", err=True)
        raise typer.Exit(1)
    typer.echo(f"{loaded_from(path).version}: geen fouten")


@app.command()
def decide(
    source: Annotated[str, typer.Option(help="The first door.")],
    topic: Annotated[str | None, typer.Option(help="Code of the topic.")] = None,
    agency_topic: Annotated[str | None, typer.Option(help="The first door's own code, without --topic.")] = None,
    life_event: Annotated[str | None, typer.Option(help="Such as overlijden: all that it asks for.")] = None,
    kind: Annotated[Kind, typer.Option()] = Kind.QUESTION,
    channel: Annotated[Channel, typer.Option()] = Channel.PHONE,
    postcode: Annotated[str | None, typer.Option(help="The four digits.")] = None,
    municipality: Annotated[str | None, typer.Option(help="Such as gm0363.")] = None,
    island: Annotated[Island | None, typer.Option(help="In the Caribbean Netherlands.")] = None,
    decision_by: Annotated[str | None, typer.Option()] = None,
    registry_holder: Annotated[str | None, typer.Option()] = None,
    involved: Annotated[list[str] | None, typer.Option(help="May be repeated.")] = None,
    domain: Annotated[list[Domain] | None, typer.Option(help="May be repeated.")] = None,
    fact: Annotated[list[str] | None, typer.Option(help="acute, danger, stuck, harrowing, abroad, signal, ...")] = None,
    answer: Annotated[list[str] | None, typer.Option(help="question=answer; may be repeated.")] = None,
    declined: Annotated[list[str] | None, typer.Option(help="Organisations that gave it back.")] = None,
    hops: Annotated[int, typer.Option(min=0)] = 0,
    on: Annotated[str | None, typer.Option(help="Day of the decision; default today.")] = None,
    table: TableAt = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Decide on one question and explain it."""
    given = {
        "topic": topic,
        "kind": kind,
        "channel": channel,
        "agency_topic": agency_topic,
        "life_event": life_event,
        "residence": {
            "postcode": postcode,
            "municipality": municipality,
            "abroad": "abroad" in (fact or ()),
            "island": island,
        },
        "decision_by": decision_by,
        "registry_holder": registry_holder,
        "involved": involved or (),
        "domains": domain or (),
        "answers": dict(_pair(one) for one in answer or ()),
        **{name.replace("-", "_"): True for name in fact or () if name != "abroad"},
    }
    made = routing.decide(
        loaded_from(table),
        _facts(given),
        source=source,
        declined=frozenset(declined or ()),
        hops=hops,
        today=day_of(on),
    )
    typer.echo(made.model_dump_json(indent=2) if as_json else routing.describe(made))


@app.command()
def explain(topic: str, table: TableAt = None) -> None:
    """Show the rules of one topic, in the order in which they are tried."""
    loaded = loaded_from(table)
    if topic not in loaded.topics:
        near = [code for code in loaded.topics if topic in code]
        raise typer.BadParameter(f"onbekend onderwerp; lijkt op: {', '.join(near) or 'niets'}")
    found = loaded.topics[topic]
    typer.echo(f"{found.title} ({found.domain.value}); ook: {', '.join(found.words)}")
    for rule in loaded.rules:
        if rule.topic == topic:
            when = json.dumps(rule.when, ensure_ascii=False) if rule.when else "altijd"
            where = f"vraag {rule.ask}" if rule.ask else " of ".join((rule.to or "niemand", *rule.candidates))
            typer.echo(f"{rule.priority:5} {rule.id}: {when} -> {where}. {rule.basis} [{rule.source}]")


@app.command()
def overview(table: TableAt = None) -> None:
    """Count what is in the table, as Markdown for docs/routing.md."""
    typer.echo(counted(loaded_from(table)))


def loaded_from(path: Path | None) -> routing.Table:
    try:
        return routing.load(path)
    except routing.InvalidTable as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(1) from error


def _facts(given: dict[str, Any]) -> Facts:
    try:
        return Facts.model_validate(given)
    except ValidationError as error:
        places = [f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in error.errors(include_input=False)]
        raise typer.BadParameter("; ".join(places)) from error


def _pair(text: str) -> tuple[str, str]:
    question, _, answer = text.partition("=")
    return question, answer


def day_of(text: str | None) -> date:
    try:
        return date.fromisoformat(text) if text else date.today()  # noqa: DTZ011 - the day where the user sits
    except ValueError as error:
        raise typer.BadParameter("a day is written as 2026-11-23") from error
