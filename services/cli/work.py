"""`gvd work`: the work of an organisation that has only a terminal. What waits, what may be done, and doing it."""

import json
import os
from datetime import UTC, datetime
from typing import Annotated, Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import typer

from services.cli import words
from services.cli.calling import call, fail
from services.cli.saying import ACTIONS, event, faults, fields, put, reply
from services.platform.settings import Settings

app = typer.Typer(no_args_is_help=True, help="Your work: questions that wait for your organisation.")

CLOUDEVENT = "application/cloudevents+json"
Question = Annotated[UUID, typer.Argument(help="Id of the question, as `gvd work list` shows it.")]
AsJson = Annotated[bool, typer.Option("--json", help="For a machine.")]
Pairs = Annotated[list[str] | None, typer.Argument(help="field=value, such as contact=made.")]


@app.command(name="list")
def list_(
    what: Annotated[str, typer.Option(help="to-do, waiting, following or to-tell.")] = "to-do",
    state: Annotated[str | None, typer.Option(help="Such as requested, in-progress, triage.")] = None,
    topic: Annotated[str | None, typer.Option()] = None,
    overdue: Annotated[bool, typer.Option("--overdue", help="Only what is past its norm.")] = False,
    due_before: Annotated[datetime | None, typer.Option(help="Local time.")] = None,
    whole: Annotated[bool, typer.Option("--all", help="All pages, not only the first.")] = False,
    as_json: AsJson = False,
) -> None:
    """What waits for you, what is due first in front."""
    query = {"what": what, "state": state, "topic": topic, "overdue": "true" if overdue else None}
    query["dueBefore"] = due_before.astimezone().isoformat() if due_before else None
    path: str | None = "/work?" + urlencode({name: value for name, value in query.items() if value is not None})
    items: list[dict[str, Any]] = []
    while path is not None:
        page = get(path)
        items += page["items"]
        path = f"/work?{urlsplit(page['next']).query}" if whole and "next" in page else None
    if as_json:
        typer.echo(json.dumps(items, indent=2))
        return
    for item in items:
        typer.echo(_line(item))
        _tell(item["question"], item.get("tell"))
    if not items:
        typer.echo("Er is niets.")
    if what == "to-do" and get("/work?what=to-tell&limit=1")["items"]:
        typer.echo("Er is ook iets te zeggen tegen burgers: gvd work list --what to-tell")
    elif not whole and "next" in page:
        typer.echo("Er is meer: gvd work list --all")


@app.command()
def show(question: Question, as_json: AsJson = False) -> None:
    """What a question is, and what you can do with it now."""
    view, work = get(f"/questions/{question}"), get(f"/work/{question}")
    if as_json:
        typer.echo(json.dumps({"question": view, "items": work["items"]}, indent=2))
        return
    typer.echo(f"Vraag {question} ({view['reference']}), onderwerp {view.get('topic', 'onbekend')}")
    typer.echo(f"Eerste deur {view['follower']}; de vraag is nu bij {view['holder']}")
    for name, text in (("instruction", "Eerst"), ("tell", "Zeg"), ("outcome", "Uitkomst"), ("dataref", "Gegevens")):
        if view.get(name):
            typer.echo(f"{text}: {view[name]}")
    if asked := view.get("ask"):
        typer.echo(f"Vraag aan de burger (ask={asked['code']}): {asked['text']}")
        for answer in asked["answers"]:
            typer.echo(f"  answer={answer['code']}: {answer['text']}")
    for one in work.get("tell", ()):
        _tell(str(question), one)
    for item in work["items"]:
        typer.echo("\n" + _line(item))
        for action in item["actions"]:
            typer.echo(f"  gvd work do {question} {action['action']:22} {words.ACTIONS.get(action['action'], '')}")


@app.command()
def history(question: Question, as_json: AsJson = False) -> None:
    """Who had a question, since when, and what happened."""
    found = get(f"/questions/{question}/history")
    if as_json:
        typer.echo(json.dumps(found, indent=2))
        return
    for held in found["holders"]:
        typer.echo(f"{_local(held['since'])} tot {_local(held.get('until')) or 'nu':16}  {held['holder']}")
    typer.echo("")
    for step in found["steps"]:
        said = [words.STATES.get(step.get("state", ""), step["what"]), step.get("receiver"), step.get("reason")]
        by = f"door {step['by']}" if "by" in step else ""
        typer.echo(f"{_local(step['at'])}  {'  '.join(one for one in (*said, by) if one)}")


@app.command()
def person(question: Question) -> None:
    """How to reach the person, and their words. Every reading is written down."""
    where = get(f"/questions/{question}").get("dataref")
    if where is None:
        fail("Bij deze vraag zijn geen persoonlijke gegevens achtergelaten.")
    if not where.startswith(_url("/personal-texts/")):  # our token is for nobody else
        fail(f"De eerste deur bewaart ze zelf. Haal ze daar op: {where}")
    for name, value in call("GET", where, _token()).json().items():
        typer.echo(f"{name}: {value}")


@app.command()
def do(
    question: Question,
    action: Annotated[str, typer.Argument(help="As `gvd work show` says what you can do now.")],
    pairs: Pairs = None,
    handoff: Annotated[UUID | None, typer.Option(help="When it can be done with more than one.")] = None,
) -> None:
    """Do something with a question: accept it, start, complete, give it back."""
    work = get(f"/work/{question}")
    possible = [one for item in work["items"] for one in item["actions"]]
    chosen = [one for one in possible if one["action"] == action and handoff in (None, _id(one))]
    if not chosen:
        names = ", ".join(dict.fromkeys(one["action"] for one in possible)) or "niets"
        fail(f"{action} kan nu niet. Wat wel kan: {names}.")
    if len({one.get("handoff") for one in chosen}) > 1:
        fail(*(f"--handoff {one['handoff']}" for one in chosen), "Kies welke overdracht u bedoelt.")
    data = {"question": str(question), **chosen[0], "reply": _put(action, pairs)}
    made = event(work["agency"], "reply.given", {key: data[key] for key in data if key != "action"}, _now())
    if wrong := faults(made):
        lines = [f"{fault.where.removeprefix('/data/reply/')}: {fault.message}" for fault in wrong]
        fail(f"{action} is nog niet compleet:", *lines, "Nodig:", *(f"  {line}" for line in fields(action)))
    answer = call("POST", _url("/replies"), _token(), made, kind=CLOUDEVENT, Prefer="wait=10")
    if answer.status_code == 202:
        typer.echo("Verstuurd. Het is nog niet verwerkt; kijk zo nog eens.")
        return
    view = answer.json()
    states = [one["state"] for one in view["handoffs"] if one["handoff"] == chosen[0].get("handoff")]
    state = words.STATES.get(states[0], states[0]) if states else words.STATES.get(view["status"], view["status"])
    typer.echo(f"{state}; de vraag is nu bij {view['holder']}")


@app.command()
def told(
    question: Question, notice: Annotated[UUID, typer.Argument(help="Which words, as `gvd work show` names them.")]
) -> None:
    """You told the person what was on your list."""
    call("POST", _url(f"/work/{question}/told/{notice}"), _token())
    typer.echo("Genoteerd.")


@app.command()
def ask(
    reference: Annotated[str, typer.Argument(help="Your own number for this question.")],
    pairs: Pairs = None,
    received: Annotated[datetime | None, typer.Option(help="When the person first asked; local time.")] = None,
) -> None:
    """Pass a question on: topic=aow channel=phone, and what else you know of it."""
    try:
        facts = put({"channel": "phone"}, pairs or [])
    except ValueError as error:
        fail(str(error))
    first = (received.astimezone() if received else _now()).isoformat()
    agency = get("/work?limit=1")["agency"]
    made = event(agency, "question.asked", {"reference": reference, "first_received_at": first, "facts": facts}, _now())
    if wrong := faults(made):
        fail(*(f"{fault.where.removeprefix('/data/')}: {fault.message}" for fault in wrong))
    view = call("POST", _url("/questions"), _token(), made, kind=CLOUDEVENT, Prefer="wait=10").json()
    typer.echo(f"{view['question']}  {words.STATES.get(view['status'], view['status'])}, nu bij {view['holder']}")
    for name in ("instruction", "tell"):
        if view.get(name):
            typer.echo(view[name])


def get(path: str) -> dict[str, Any]:
    found: dict[str, Any] = call("GET", _url(path), _token()).json()
    return found


def _url(path: str) -> str:
    return f"{Settings().public_url}/v1{path}"


def _token() -> str:
    token = os.environ.get("GVD_AGENCY_TOKEN", "")
    if not token:
        fail('Geef het token van uw organisatie: export GVD_AGENCY_TOKEN="$(gvd agency token <organisatie>)"')
    return token


def _put(action: str, pairs: list[str] | None) -> dict[str, Any]:
    if action not in ACTIONS:
        fail(f"{action} bestaat niet. Wat bestaat: {', '.join(sorted(ACTIONS))}.")
    try:
        return reply(action, pairs or [])
    except ValueError as error:
        return fail(str(error))


def _id(action: dict[str, Any]) -> UUID | None:
    return UUID(action["handoff"]) if "handoff" in action else None


def _line(item: dict[str, Any]) -> str:
    when = f"uiterlijk {_local(item['due_at'])}" if "due_at" in item else "geen termijn"
    marks = [mark for mark, on in (("TE LAAT", item.get("overdue")), ("SPOED", item.get("urgent"))) if on]
    more = [
        f"bij {item.get('receiver', item['holder'])}",
        f"van {item['follower']} {item['reference']}",
        f"{item['bounced']}x teruggegeven" if item.get("bounced") else "",
        f"{item['repeated']}x teruggekomen" if item.get("repeated") else "",
        "u doet dit voor deze organisatie" if item.get("on_behalf") else "",
    ]
    head = [item["question"], *marks, words.STATES.get(item["state"], item["state"]), item.get("topic", "?"), when]
    return "  ".join(one for one in (*head, *more) if one)


def _tell(question: str, tell: dict[str, Any] | None) -> None:
    """What to say, and how to note that it was said."""
    if tell is None:
        return
    whom = "wie voor de burger optreedt" if tell["to"] == "representative" else "de burger"
    typer.echo(f"\nZeg tegen {whom}, sinds {_local(tell['since'])}:")
    typer.echo("".join(f"  {line}\n" for line in tell["words"].splitlines()), nl=False)
    typer.echo(f"  gvd work told {question} {tell['notice']}")


def _local(moment: str | None) -> str:
    return datetime.fromisoformat(moment).astimezone().strftime("%d-%m-%Y %H:%M") if moment else ""


def _now() -> datetime:
    return datetime.now(UTC)
