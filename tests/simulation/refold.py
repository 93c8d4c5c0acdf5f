"""The same inputs once more, one after the other and without a fault: state and journal must come out the same."""

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from contracts.events import QUESTIONS, QuestionAcceptedEvent
from services.delivery.model import fold_for
from services.handoff import handlers
from services.intake.model import project
from services.intake.views import QuestionView, first_view
from services.intake.work import listed
from services.platform.keyed import KeyedStore, Row
from services.router.model import Router
from tests.simulation.process import SOURCE
from tests.simulation.table import AGENCIES, small_table
from tests.simulation.world import World

_STORE = KeyedStore(QuestionView)


def differences(world: World) -> Iterator[str]:
    life = handlers.Life(small_table())
    folds: dict[str, Any] = {
        "router": Router(small_table()).fold,
        "handoff": life.fold,
        "delivery": fold_for(set(AGENCIES).__contains__),
    }
    for service, fold in folds.items():
        yield from _one_service(world, service, fold, life.rang)
    yield from _views(world)


def _one_service(world: World, service: str, fold: Any, rang: Any) -> Iterator[str]:
    database = world.databases[service]
    rows: dict[Any, Row[Any]] = {}
    for one in database.applied:
        row = rows.setdefault(one.key, Row(one.key))
        if one.topic == "clock":
            change, cause = rang(row.state, *one.what, one.now), None
        else:
            change, cause = fold(row.state, one.what, one.now), one.what
        if change is not None:
            row.change(change.state, change.emits, f"{SOURCE}{service}", one.now, cause)
    said = {(e["topic"], e["key"], e["sequence"]): e["value"] for e in database.journal}
    again = {(e.topic, e.key, e.sequence): e.value for row in rows.values() for e in row.says}
    if said != again:
        yield f"{service} said {len(said)} events, the same inputs give {len(again)}, or others"
    for key, (_, _, _, state) in database.keyed.items():
        row = rows.get(key, Row(key))
        if _STORE._dump(row) != state:
            yield f"{service} has another state of {key} than its inputs give"


def _views(world: World) -> Iterator[str]:
    database = world.databases["intake"]
    views: dict[Any, Any] = {}
    for entry in database.journal:
        if entry["topic"] == QUESTIONS:
            data = QuestionAcceptedEvent.model_validate_json(entry["value"]).data
            views[entry["key"]] = first_view(data)
    for one in database.applied:
        change = project(views.get(one.key), one.what, one.now)
        if change is not None:
            views[one.key] = change.state
    views = {key: view.model_copy(update={"news": ()}) for key, view in views.items()}
    for key, (_, _, _, state) in database.keyed.items():
        if json.loads(state) is not None and QuestionView.model_validate_json(state) != views[key]:
            yield f"intake shows another state of {key} than it was told"
    work = {
        (agency, view.question, subject): (what.value, state.value, view.topic, due_at)
        for view in views.values()
        for (agency, subject), (what, state, due_at) in listed(view).items()
    }
    if work != database.work:
        yield "the work lists are not those of the views"
    if {key: view.steps for key, view in views.items()} != Counter(question for question, _ in database.history):
        yield "the history has not one row for each step"
