"""Shows where every question is while it is played: a live table in a terminal, else a line per case that ends."""

import asyncio
import sys
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager

from rich.console import Console
from rich.live import Live
from rich.table import Table
from rich.text import Text

from services.demo.play import Course
from services.demo.show import Performance, Result

_REFRESH_SECONDS = 0.1
_FRAME = 6
Name = Callable[[str | None], str]

_PLACES = {
    "handoff.requested": "aangeboden",
    "handoff.changed received": "ontvangen",
    "handoff.changed accepted": "aangenomen",
    "handoff.changed in-progress": "in behandeling",
    "handoff.changed completed": "geholpen",
    "handoff.changed declined": "teruggegeven",
    "handoff.changed withdrawn": "ingetrokken",
    "question.triaged": "bij de triage",
    "question.asking": "wacht op antwoord",
    "question.ended": "afgelopen",
    "reply.refused": "antwoord geweigerd",
    "input.quarantined": "niet toegelaten",
}
_ENDS = {
    "helped": "geholpen door",
    "helped-at-first-door": "geholpen aan de eerste deur",
    "withdrawn-by-citizen": "de persoon zag ervan af",
    "refused": "niet toegelaten",
}


def place(said: str, name: Name) -> str:
    """What was last heard, in Dutch, with whom it is about."""
    kind, *rest = said.split(" ")
    receiver = f" door {name(rest[0])}" if kind.startswith("handoff.") and rest else ""
    state = " ".join([kind, *rest[1:2]]) if kind == "handoff.changed" else kind
    words = _PLACES.get(state)
    return said if words is None else words + (receiver.replace(" door", " aan") if words == "aangeboden" else receiver)


def table(performance: Performance, name: Name, rows: int) -> Table:
    """The cases still going first, then as many of the others as fit."""
    shown = Table(title=_title(performance), expand=True, title_justify="left")
    for head, share in (("Geval", 1), ("Waar het over gaat", 6), ("Waar de vraag nu is", 5), ("Wie haar heeft", 3)):
        shown.add_column(head, ratio=share, no_wrap=True, overflow="ellipsis")
    shown.add_column("", width=9)
    for result in sorted(performance.results, key=_order)[: max(rows - _FRAME, 5)]:
        shown.add_row(*_row(result, name))
    return shown


def _order(result: Result) -> tuple[int, str]:
    return (0 if result.wrong else 1 if not result.over else 2, result.case.id)


def _title(performance: Performance) -> str:
    over = sum(result.over for result in performance.results)
    wrong = sum(bool(result.wrong) for result in performance.results)
    if performance.over:
        return "De controle kijkt na of alle regels gehouden zijn"
    return f"{over} van {len(performance.results)} gevallen klaar" + (f", {wrong} anders dan verwacht" if wrong else "")


def _row(result: Result, name: Name) -> Iterator[str | Text]:
    course = next((one for one in result.courses if not one.over), result.courses[-1])
    yield result.case.id
    yield result.case.about
    yield place(course.place, name) if not course.over else _end(course, name)
    yield name(course.holder or course.script.follower) if not course.over else ""
    yield _ticks(result)


def _end(course: Course, name: Name) -> str:
    words = _ENDS.get(course.outcome or "", "niet afgelopen")
    return f"{words} {name(course.lead)}" if course.outcome == "helped" else words


def _ticks(result: Result) -> Text:
    if result.wrong:
        return Text("✗", style="bold red")
    if result.over:
        return Text("✓", style="bold green")
    done = sum(course.step for course in result.courses)
    return Text(f"{done}/{sum(len(course.script.steps) for course in result.courses)}", style="yellow")


@asynccontextmanager
async def board(performance: Performance, name: Name) -> AsyncIterator[None]:
    """Shows progress while the body runs."""
    console = Console()
    showing = asyncio.create_task(_live(performance, name, console) if console.is_terminal else _lines(performance))
    try:
        yield
    finally:
        showing.cancel()
        await asyncio.gather(showing, return_exceptions=True)


async def _live(performance: Performance, name: Name, console: Console) -> None:
    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            live.update(table(performance, name, console.height), refresh=True)
            await asyncio.sleep(_REFRESH_SECONDS)


async def _lines(performance: Performance) -> None:
    told: set[str] = set()
    while True:
        for result in performance.results:
            if result.over and result.case.id not in told:
                told.add(result.case.id)
                sys.stdout.write(
                    f"{'anders' if result.wrong else 'klaar ':<6}  {result.case.id}  {result.case.about}\n"
                )
                sys.stdout.flush()
        await asyncio.sleep(_REFRESH_SECONDS)
