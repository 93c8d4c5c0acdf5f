"""The tables of docs/klantinteracties.md are those of the code."""

import re
from pathlib import Path
from typing import get_args

from contracts.contact import ContactAttempt
from services.klantinteracties.conventions import OUTCOMES, PROGRESS, Outcome, Progress
from services.klantinteracties.projection import EVENTS, STATES

DOCUMENT = Path(__file__).parents[3] / "docs/klantinteracties.md"


def table(name: str) -> list[str]:
    """The rows of one table, without its head."""
    found = re.search(rf"<!-- {name}\b.*?-->\n(.*?)<!-- /{name} -->", DOCUMENT.read_text(), re.DOTALL)
    assert found is not None, name
    return found[1].splitlines()[2:]


def replied(reply: Outcome | Progress) -> str:
    more = getattr(reply, "contact", None) or getattr(reply, "reason", None)
    if getattr(reply, "consequences_repaired", None):
        more = "datum and consequences repaired"
    elif isinstance(more, ContactAttempt):
        more = f"contact {more.value}"
    return f"`{reply.action}`" + (f", {more}" if more else "")


def test_states():
    assert table("states") == [f"| `{s.value}` | `{one.status.value}` | {one.note} |" for s, one in STATES.items()]


def test_events():
    kinds = {model: get_args(model.model_fields["type"].annotation)[0] for model in EVENTS}
    short = {model: kind.removeprefix("nl.geenverkeerdedeur.").removesuffix(".v1") for model, kind in kinds.items()}
    assert table("events") == [f"| `{short[model]}` | {what} |" for model, what in EVENTS.items()]


def test_codes():
    done = [f"| `{code}` | when `verwerkt` | {replied(reply)} |" for code, reply in OUTCOMES.items()]
    now = [f"| `{code}` | at once | {replied(reply)} |" for code, reply in PROGRESS.items()]
    assert table("codes") == [*done, *now]
