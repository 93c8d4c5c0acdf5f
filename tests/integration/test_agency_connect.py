"""`gvd agency connect`, run for real: from not connected to a hand-off to itself, and again."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest
from click.testing import Result
from typer.testing import CliRunner

import routing
from routing.data.read import texts
from routing.versions.files import pack_files
from routing.versions.loading import reload_files
from services.cli.connecting.step import Stopped
from services.cli.connecting.table import Last, changed, connected, place_of
from services.cli.local import connected_agencies
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


async def test_topics_are_made_before_the_table_that_connects_is_in_force(
    connect: Connect, agencies: Agencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the first thing said to it would find no topic."""
    moment = datetime.now(UTC) + timedelta(days=2)
    coming = connecting("rvo", "img", day=routing.day_of(moment))
    version = reload_files(coming).version
    await agencies.sql("insert into intake.edition (version, content) values ($1, $2)", version, pack_files(coming))
    await agencies.sql(
        "insert into intake.publication (number, version, effective_from) values (900, $1, $2)", version, moment
    )
    try:
        done = await connect("rvo")
        assert done.exit_code == 0, done.stdout + done.stderr
        assert "made: topic gvd.out.rvo" in done.stdout
        assert "To do: from " in done.stdout
        assert "shown once" not in done.stdout
        # Not `gvd kafka apply` itself: it would give the topics more partitions under everybody who shares this world.
        monkeypatch.setenv("DATABASE_URL", agencies.world.env["DATABASE_URL"])
        assert {"rvo", "img", "svb"} <= set(await asyncio.to_thread(connected_agencies))
    finally:
        await agencies.sql("delete from intake.publication where number = 900")
        await agencies.sql("delete from intake.edition where version = $1", version)


def connecting(*organisations: str, day: date) -> dict[str, str]:
    """The files of the shipped table in which these are connected from a day on."""
    files, _ = texts(routing.PACKAGED)
    for organisation in organisations:
        name, _ = place_of(organisation, files)
        files[name] = changed(organisation, files[name], day, municipality=False)
    return files


@pytest.mark.parametrize("moment", [None, datetime(2027, 1, 4, 8, tzinfo=UTC)])
def test_who_will_be_connected_is_connecting(moment: datetime | None) -> None:
    now = datetime(2027, 1, 2, 9, tzinfo=UTC)
    files = connecting("rvo", day=date(2027, 1, 2) if moment else date(2027, 1, 4))
    found = connected("rvo", Last(reload_files(files), files, moment), now)
    assert found.coming == "2027-01-04"
    svb = connected("svb", Last(reload_files(files), files), now)
    assert svb.coming == ""


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
