"""`gvd explain`: why each decision on a question fell as it did, in plain Dutch."""

import json
from typing import Annotated, Any
from uuid import UUID

import typer

import routing
from contracts.decisions import Decision
from services.cli.steward import ask

_WHY = {
    "accepted": "de vraag kwam binnen",
    "declined": "de organisatie gaf de vraag terug",
    "withdrawn": "de eerste deur nam de vraag terug",
    "answered": "er kwam een antwoord",
    "placed": "de triage plaatste de vraag",
    "involved": "de trekker haalde een organisatie erbij",
}


def explain(
    question: Annotated[UUID, typer.Argument(help="Id of the question.")],
    as_json: Annotated[bool, typer.Option("--json", help="For a machine.")] = False,
) -> None:
    """Say of every decision on a question: the rule, its version, what was looked at, what was not chosen and why."""
    found = ask("GET", f"/decisions/{question}")
    if as_json:
        typer.echo(json.dumps(found, indent=2, ensure_ascii=False))
        return
    typer.echo(f"Vraag {question}. De eerste deur is {found['follower']}.")
    for one in found["decisions"]:
        typer.echo("\n" + told(one))


def told(one: dict[str, Any]) -> str:
    decision = Decision.model_validate(one["decision"])
    lines = [f"Besluit {one['number']} op {one['at']}, want {_WHY.get(one['why'], one['why'])}."]
    if refusal := one.get("refusal"):
        named = f" Die noemde: {refusal['suggested']}." if refusal.get("suggested") else ""
        lines.append(f"Teruggegeven door {refusal['by']}: {refusal['reason']}.{named}")
    if one["declined"]:
        lines.append(f"Gaven de vraag al terug: {', '.join(one['declined'])}.")
    lines += [f"Besloten door {'een mens' if decision.human else 'de tabel'}.", routing.describe(decision)]
    lines.append(
        "Nagespeeld op de eigen versie: zelfde besluit."
        if one["replays"]
        else f"Nagespeeld op de eigen versie: ANDERS in {', '.join(one['differs'])}."
    )
    return "\n".join(lines)
