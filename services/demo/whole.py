"""The demonstration as one command runs it: installation, cases, audit, verdict."""

import asyncio
import fcntl
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

from pydantic import SecretStr

from deploy.local.children import StartError
from deploy.local.home import home
from deploy.local.installation import Installation
from services.auditor.audit import UNREACHABLE, Wishes, audit
from services.demo.board import board
from services.demo.cases import ALL
from services.demo.names import name_of
from services.demo.report import report
from services.demo.road import Place
from services.demo.script import Case
from services.demo.show import DEADLINE, Audit, Performance, perform, prepared
from services.platform.settings import Settings

_SETTLE_SECONDS = 30.0
_PACE_TO_FOLLOW = 0.3
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Wanted:
    """How the demonstration is to be given."""

    cases: tuple[Case, ...] = ALL
    attach: bool = False
    pace: float | None = None
    deadline: float = DEADLINE
    keep: bool = False


def chosen(names: str) -> tuple[Case, ...]:
    """The named cases (`C-01,C-05`), or all. Raises ValueError for one that is not there."""
    wanted = {name.strip() for name in names.split(",") if name.strip()}
    if unknown := wanted - {case.id for case in ALL}:
        raise ValueError(f"onbekend: {', '.join(sorted(unknown))}")
    return tuple(case for case in ALL if not wanted or case.id in wanted)


def demonstrate(wanted: Wanted, say: Say) -> bool:
    """Play it, say how it went, and give whether all is well."""
    with _running(wanted, say) as env:
        place = Place.given(env)
        performance = asyncio.run(_played(wanted, place))
    for line in report(performance):
        say(line)
    return performance.good


async def _played(wanted: Wanted, place: Place) -> Performance:
    performance = prepared(wanted.cases)
    async with board(performance, name_of):
        return await perform(
            performance,
            place,
            deadline=wanted.deadline,
            pace=_pace(wanted.pace),
            audit=audit_of(place, None if wanted.attach else _SETTLE_SECONDS),
        )


def _pace(given: float | None) -> float:
    """A person must be able to follow it; a pipeline need not wait."""
    if given is not None:
        return given
    return _PACE_TO_FOLLOW if sys.stdout.isatty() else 0.0


@contextmanager
def _running(wanted: Wanted, say: Say) -> Iterator[Mapping[str, str]]:
    if wanted.attach:
        yield os.environ
        return
    installation = Installation(home() / "demo", announce=say)
    forget_the_past(installation)
    installation.start()
    try:
        yield installation.env
    finally:
        installation.stop() if wanted.keep else installation.destroy()


def forget_the_past(installation: Installation) -> None:
    """So that the audit speaks of this play only; never under another demonstration that runs."""
    with (installation.folder / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise StartError(f"another demonstration is running from {installation.folder}") from taken
        installation.kafka.destroy()
        installation.postgres.destroy()


def audit_of(place: Place, settle: float | None) -> Audit:
    """The audit of the whole installation. In one that others use too it is never quiet: then no waiting for that."""

    async def run() -> list[str]:
        settings = Settings(kafka_bootstrap_servers=place.bootstrap, database_url=SecretStr(place.database))
        try:
            results = await audit(settings, Wishes(settle=settle))
        except UNREACHABLE as error:
            return [f"de controle kon niet kijken: {type(error).__name__}"]
        return [
            f"{result.title}: {one.place}: {one.what}"
            for result in results
            if not result.holds
            for one in result.offenders
        ]

    return run
