"""The auditor: silent about a good world, and after one corruption it names exactly that question.

One world is lived through once; each test corrupts its own copy of that database.
"""

# ruff: noqa: S608 - the corruptions are SQL, written here

import asyncio
import json
import shutil
import uuid
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg
import pytest
import typer
from typer.testing import CliRunner

import routing
from routing.versions.loading import reload_files
from services.auditor import tables
from services.auditor.audit import Wishes, audit
from services.auditor.report import Result
from services.cli.audit import audit as command
from services.platform.settings import Settings
from tests.integration.audit_corruptions import CORRUPTIONS
from tests.integration.audit_world import World, asked, close_world, live, open_world

WITHOUT_KAFKA = Wishes(kafka=False)


@dataclass(frozen=True)
class Lived:
    """The world that was lived through: its database, and its questions by their fate."""

    database: str
    settings: Settings
    fate: dict[str, UUID]


@pytest.fixture(scope="module")
def table(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The routing table as it is now: it may be edited while the tests run."""
    return Path(shutil.copytree(routing.PACKAGED, tmp_path_factory.mktemp("routing") / "table"))


@pytest.fixture(scope="module", autouse=True)
def each_table_opened_once() -> Iterator[None]:
    """A hundred audits of the same tables: only opening them is remembered, by what is in them."""
    opened: dict[int, routing.Table] = {}

    def reopened(files: dict[str, str]) -> routing.Table:
        key = hash(tuple(sorted(files.items())))
        if key not in opened:
            opened[key] = reload_files(files)
        return opened[key]

    with patch.object(routing, "load", cache(routing.load)), patch.object(tables, "reload_files", reopened):
        yield


@pytest.fixture(scope="module")
async def lived(module_database: str, table: Path) -> Lived:
    world = await open_world(module_database, table)
    try:
        return Lived(module_database, world.settings, await live(world))
    finally:
        await close_world(world)


class Copy:
    """A copy of that world, to be corrupted."""

    def __init__(self, lived: Lived, url: str) -> None:
        self.fate, self.url = lived.fate, url
        self.settings = lived.settings.model_copy(update={"database_url": type(lived.settings.database_url)(url)})

    async def corrupt(self, script: str) -> None:
        connection = await asyncpg.connect(self.url)
        try:
            await connection.execute(script)
        finally:
            await connection.close()

    async def audit(self, wishes: Wishes = WITHOUT_KAFKA) -> dict[str, Result]:
        return {result.number: result for result in await audit(self.settings, wishes)}


@pytest.fixture
async def copy(lived: Lived) -> AsyncIterator[Copy]:
    parts = urlsplit(lived.database)
    template, name = parts.path[1:], f"test_{uuid.uuid4().hex}"
    server = await asyncpg.connect(urlunsplit(parts._replace(path="/postgres")))
    try:
        await server.execute(f"create database {name} template {template}")
        yield Copy(lived, urlunsplit(parts._replace(path=f"/{name}")))
        await server.execute(f"drop database {name} with (force)")
    finally:
        await server.close()


def broken(results: dict[str, Result]) -> dict[str, set[str]]:
    return {number: {one.place for one in result.offenders} for number, result in results.items() if not result.holds}


async def test_a_good_world_holds(copy: Copy) -> None:
    results = await copy.audit()
    assert broken(results) == {}
    assert list(results) == ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "T", "N"]
    assert all(result.examined for result in results.values()), "a check that looks at nothing proves nothing"
    assert sum(result.in_flight for result in results.values()) == 0


@pytest.mark.parametrize("what", CORRUPTIONS)
async def test_a_corruption_is_named(copy: Copy, what: str) -> None:
    one = CORRUPTIONS[what]
    names = {fate: str(question) for fate, question in copy.fate.items()}
    names |= {"key": names.get(one.fate, ""), **await _other_places(copy, names.get(one.fate))}
    await copy.corrupt(one.script.format(**names))
    found = broken(await copy.audit())
    place = names.get(one.place, one.place.format(**names))
    also = {other.format(**names) for other in one.also}
    assert found.get(one.number, set()) - also == {place}
    assert set().union(*found.values()) - also <= {place, names["key"]}


async def _other_places(copy: Copy, question: str | None) -> dict[str, str]:
    connection = await asyncpg.connect(copy.url)
    try:
        text = await connection.fetchval("select text from intake.personal_text where question = $1", question)
        quarantine = await connection.fetchval("select quarantine from intake.quarantine")
    finally:
        await connection.close()
    return {"text": f"personal text {text}", "quarantine": str(quarantine)}


@pytest.fixture
async def world(table: Path, copy: Copy) -> AsyncIterator[World]:
    """The copy, lived on in."""
    opened = await open_world(copy.url, table)
    yield opened
    await close_world(opened)


async def test_what_is_on_its_way_breaks_nothing(world: World, copy: Copy) -> None:
    await world.write("cjib", asked("cjib", "CJIB-1", topic="aow"))
    results = await copy.audit()
    assert broken(results) == {}
    assert (results["1"].in_flight, results["3"].in_flight, results["N"].in_flight) == (1, 1, 2), "N: two listen"


async def test_a_question_nobody_decided_on_for_long_is_named(world: World, copy: Copy) -> None:
    await world.write("cjib", asked("cjib", "CJIB-1", topic="aow"))
    key = await world.pools["intake"].fetchval("select question from inbox order by at desc limit 1")
    for minutes, named in ((14, {}), (16, {"1": {str(key)}})):
        ago = f"to_jsonb(now() - interval '{minutes} minutes')"
        await copy.corrupt(
            f"update intake.keyed set state = jsonb_set(state, '{{accepted_at}}', {ago}) where key = '{key}'"
        )
        assert broken(await copy.audit()) == named
    await world.carry()
    assert broken(await copy.audit()) == {}


async def test_settling_waits_until_all_has_arrived(world: World, copy: Copy) -> None:
    await world.write("cjib", asked("cjib", "CJIB-1", topic="aow"))
    waiting = asyncio.create_task(copy.audit(Wishes(settle=30, kafka=False)))
    await world.carry()
    results = await waiting
    assert broken(results) == {}
    assert results["N"].in_flight == 0
    assert "S" in results


async def test_what_never_settles_is_broken(world: World, copy: Copy) -> None:
    await world.write("cjib", asked("cjib", "CJIB-1", topic="aow"))
    results = await copy.audit(Wishes(settle=0, kafka=False))
    assert broken(results) == {"S": {"intake journal"}}


async def test_a_sample_is_said_to_be_one(copy: Copy) -> None:
    results = await copy.audit(replace(WITHOUT_KAFKA, sample=3))
    assert 0 < results["6"].examined <= 5
    assert any("a sample of" in note for note in results["6"].notes)


async def test_decisions_of_every_version_are_replayed(copy: Copy) -> None:
    connection = await asyncpg.connect(copy.url)
    rows = await connection.fetch(
        "select convert_from(value, 'UTF8')::json #>> '{data,decision,table_version}' as v "
        "from router.journal where topic = 'gvd.decisions'"
    )
    await connection.close()
    results = await copy.audit()
    assert len({row["v"] for row in rows}) == 2
    assert (results["6"].holds, results["6"].examined) == (True, len(rows))


def run(copy: Copy, monkeypatch: pytest.MonkeyPatch, *options: str) -> Any:
    monkeypatch.setenv("DATABASE_URL", copy.url)
    monkeypatch.setenv("GVD_TABLE_PATH", str(copy.settings.table_path))
    app = typer.Typer()
    app.command()(command)
    return CliRunner().invoke(app, list(options))


async def test_the_command_says_ok(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    result = await asyncio.to_thread(run, copy, monkeypatch, "--no-kafka")
    assert result.exit_code == 0, result.output
    assert [line.split()[1] for line in result.output.splitlines()] == ["OK"] * 13


async def test_the_command_names_the_question(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    key = copy.fate["offered"]
    await copy.corrupt(f"delete from handoff.clock where question = '{key}'")
    result = await asyncio.to_thread(run, copy, monkeypatch, "--no-kafka")
    assert result.exit_code == 1
    assert f"{key}: the clock of stage acceptance will never ring" in result.output
    shown = json.loads((await asyncio.to_thread(run, copy, monkeypatch, "--no-kafka", "--json")).output)
    assert [one["offenders"][0]["place"] for one in shown if not one["holds"]] == [str(key)]


async def test_the_command_could_not_look(copy: Copy, monkeypatch: pytest.MonkeyPatch) -> None:
    copy.url = "postgresql://nobody@127.0.0.1:1/none"
    result = await asyncio.to_thread(run, copy, monkeypatch, "--no-kafka")
    assert result.exit_code == 2


async def test_the_auditor_cannot_write(copy: Copy) -> None:
    from services.auditor.snapshot import open_snapshot

    async with open_snapshot(copy.settings) as snapshot:
        with pytest.raises(asyncpg.ReadOnlySQLTransactionError):
            await snapshot.fetch("delete from handoff.clock")
