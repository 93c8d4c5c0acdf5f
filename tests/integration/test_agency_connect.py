"""`gvd agency connect`, run for real: from not connected to a hand-off to itself, and again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from typer.testing import CliRunner

import routing
from routing.data.read import texts
from services.cli.connecting.step import Stopped
from services.cli.connecting.table import changed, place_of
from services.cli.main import app
from tests.world import Agencies

Connect = Callable[..., Awaitable[Result]]


@pytest.fixture
def connect(agencies: Agencies) -> Connect:
    async def run(*words: str) -> Result:
        runner = CliRunner(env=agencies.world.env)
        return await asyncio.to_thread(runner.invoke, app, ["agency", "connect", *words])

    return run


async def test_from_nothing_to_a_hand_off_to_itself(connect: Connect, agencies: Agencies) -> None:
    looked = await connect("stella-light", "--check")
    assert looked.exit_code == 1
    assert "missing: topic gvd.in.stella-light" in looked.stderr
    done = await connect("stella-light")
    assert done.exit_code == 0, done.stdout + done.stderr
    assert "made: topic gvd.out.stella-light" in done.stdout
    assert "token for stella-light, shown once: " in done.stdout
    for step in (
        "asked over http",
        "offered on gvd.out.stella-light",
        "accept over kafka",
        "the question ended: helped",
    ):
        assert step in done.stdout
    again = await connect("stella-light")
    assert again.exit_code == 0, again.stdout + again.stderr
    assert "made:" not in again.stdout
    assert "shown once" not in again.stdout
    assert (await connect("stella-light", "--check")).exit_code == 0
    rows = await agencies.sql("select revoked_at from intake.credential where agency = 'stella-light'")
    assert sorted(row["revoked_at"] is None for row in rows) == [False, False, True], "a test's own token ends with it"
    open_ones = await agencies.sql("select 1 from intake.work where agency = 'stella-light'")
    assert open_ones == []


async def test_who_is_not_connected_gets_the_line_and_the_proposal(connect: Connect, tmp_path: Path) -> None:
    done = await connect("rvo", "--draft", str(tmp_path / "table"))
    assert done.exit_code == 1
    assert "A steward sets `connected_since: " in done.stderr
    table = routing.load(tmp_path / "table")
    assert table.organisations["rvo"].connected_since is not None
    assert (tmp_path / "table" / ".base").read_text() == routing.load().version
    unknown = await connect("rwd")
    assert unknown.exit_code == 1
    assert "not in the routing table, but these are: rdw" in unknown.stderr


def test_only_the_one_line_changes() -> None:
    files, _ = texts(routing.PACKAGED)
    for organisation in ("rvo", "svb", "gemeente-gm0034"):
        name, number = place_of(organisation, files)
        after = changed(organisation, files[name], date(2027, 1, 4), municipality=name == "municipalities.csv")
        before_lines, after_lines = files[name].splitlines(), after.splitlines()
        new = [line for line in after_lines if line not in before_lines]
        assert organisation in before_lines[number - 1]
        assert len(new) == 1
        assert "2027-01-04" in new[0]
        assert len(after_lines) - len(before_lines) in (0, 1)
    with pytest.raises(Stopped):
        place_of("nobody", SimpleNamespace(items=lambda: files.items()))  # type: ignore[arg-type]
