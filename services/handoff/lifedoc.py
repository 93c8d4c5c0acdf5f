"""Draws docs/hand-off-states.md from the table of transitions: `python -m services.handoff.lifedoc`."""

from pathlib import Path
from typing import Final, get_args

from contracts.handoffs import HandoffState
from services.handoff.model import TERMINAL
from services.handoff.stages import STAGE_OF
from services.handoff.transitions import TRANSITIONS, Actor, Transition

PAGE: Final = Path(__file__).resolve().parents[2] / "docs" / "hand-off-states.md"

_HEAD = """# States and transitions of a hand-off

Drawn from `services/handoff/transitions.py` by `python -m services.handoff.lifedoc`; do not edit by hand. What the
replies look like is in [events](events.md), what goes on around it in [the life of a hand-off](hand-off.md).

There is no `draft`: until the router decided there is no hand-off, only a question that its follower holds. The
numbers are those of the domain model, after FHIR Task, BSeR and NL Notified Pull.
"""

_STATES = """
| state | in FHIR Task.status | clock |
|---|---|---|
"""

_TABLE = """
| | from | to | by | reply, or what happens | with | unless, then |
|---|---|---|---|---|---|---|
"""

#: What FHIR R4 Task.status calls it where it has another word (domain model section 3.4).
_FHIR = {
    HandoffState.CANCELLATION_REQUESTED: "`in-progress`",
    HandoffState.DECLINED: "`rejected`",
    HandoffState.EXPIRED: '`cancelled`, reason "expired"',
    HandoffState.NOT_SELECTED: '`cancelled`, reason "not selected"',
    HandoffState.WITHDRAWN: "`cancelled`",
}


def page() -> str:
    """The whole page."""
    states = "".join(_state(state) for state in HandoffState)
    rows = "".join(_row(row) for row in TRANSITIONS)
    return f"{_HEAD}{_diagram()}{_STATES}{states}{_TABLE}{rows}"


def _diagram() -> str:
    lines = ["", "```mermaid", "stateDiagram-v2", "  [*] --> requested : T1"]
    arrows: dict[tuple[HandoffState, HandoffState], list[str]] = {}
    for row in TRANSITIONS:
        for before in sorted(row.before):
            arrows.setdefault((before, row.after), []).append(f"{row.number} {named(row)}")
    for (before, after), labels in sorted(arrows.items()):
        lines.append(f"  {_id(before)} --> {_id(after)} : {', '.join(dict.fromkeys(labels))}")
    lines += [f"  {_id(state)} --> [*]" for state in HandoffState if state in TERMINAL]
    return "\n".join([*lines, "```", ""])


def _state(state: HandoffState) -> str:
    stage = STAGE_OF.get(state)
    return f"| `{state}` | {_FHIR.get(state, f'`{state}`')} | {f'`{stage}`' if stage else 'none: it is over'} |\n"


def _row(row: Transition) -> str:
    before = ", ".join(f"`{state}`" for state in HandoffState if state in row.before) or "nothing"
    by = row.actor.value + (" (the follower for one that is not connected)" if row.actor is Actor.RECEIVER else "")
    said = f"`{named(row)}`" if isinstance(row.action, type) else named(row)
    after = "; ".join([*(str(guard.__doc__) for guard in row.guards), *([row.then] if row.then else [])])
    return f"| {row.number} | {before} | `{row.after}` | {by} | {said} | {row.needs} | {after} |\n"


def named(row: Transition) -> str:
    """The reply, or in words what happened."""
    if isinstance(row.action, str):
        return row.action
    return str(get_args(row.action.model_fields["action"].annotation)[0])  # type: ignore[attr-defined]  # a reply


def _id(state: HandoffState) -> str:
    return state.value.replace("-", "_")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
