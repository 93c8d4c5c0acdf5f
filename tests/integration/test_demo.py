"""The acceptance cases on a real installation: one test per case, and proof that a difference is found."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace

import asyncpg
import pytest
from typer.testing import CliRunner

from deploy.local.children import StartError
from deploy.local.installation import Installation
from services.cli.demo import demo_app
from services.demo import whole
from services.demo.cases import ALL
from services.demo.road import Place
from services.demo.script import FOLLOWER, Case, Script
from services.demo.show import Performance, Result, perform, prepared
from services.demo.steps import asks, ended, ends, helps, offered, script, taken_back
from services.demo.stream import Stream
from services.demo.whole import audit_of, forget_the_past
from tests.infrastructure import folder_of_our_own

C_01 = next(case for case in ALL if case.id == "C-01")


@pytest.fixture(scope="module")
def installation() -> Iterator[Installation]:
    with folder_of_our_own("demo") as folder:
        made = Installation(folder)
        try:
            yield made.start()
        finally:
            made.destroy()


@pytest.fixture(scope="module")
def place(installation: Installation) -> Place:
    return Place.given(installation.env)


@pytest.fixture(scope="module")
def performance(place: Place) -> Performance:
    """All cases, played once and side by side, then audited."""
    return asyncio.run(perform(prepared(ALL), place, audit=audit_of(place, settle=30)))


@pytest.fixture(scope="module")
def results(performance: Performance) -> dict[str, Result]:
    return {result.case.id: result for result in performance.results}


def played(place: Place, case: Case, deadline: float = 60) -> Performance:
    return asyncio.run(perform(prepared([case]), place, deadline=deadline))


@pytest.mark.parametrize("case", [pytest.param(case.id, id=f"{case.id} {case.about}") for case in ALL])
def test_case(results: dict[str, Result], case: str) -> None:
    assert results[case].wrong == []
    assert results[case].over


def test_nobody_is_told_anything_no_script_expects(performance: Performance) -> None:
    assert performance.stray == []


def test_the_audit_finds_nothing(performance: Performance) -> None:
    assert performance.findings == []


def test_a_refused_value_is_nowhere_in_the_database(performance: Performance, place: Place) -> None:
    """C-50: refused without the value; the journals hold every event that any service said."""
    assert performance.results
    found = asyncio.run(_rows_that_hold(place, "deze-waarde-mag-nergens-staan"))
    assert found == []


async def _rows_that_hold(place: Place, value: str) -> list[str]:
    connection = await asyncpg.connect(place.database)
    try:
        tables = await connection.fetch(
            "select format('%I.%I', table_schema, table_name) as name from information_schema.tables "
            "where table_schema in ('intake', 'router', 'handoff', 'notices', 'delivery') and table_type = 'BASE TABLE'"
        )
        assert len(tables) > 10
        return [name for (name,) in tables if await _holds(connection, name, value)]
    finally:
        await connection.close()


async def _holds(connection: asyncpg.Connection, table: str, value: str) -> bool:
    text, hexed = f"%{value}%", f"%{value.encode().hex()}%"
    query = f"select exists (select from {table} as t where t::text like $1 or t::text like $2)"  # noqa: S608
    return bool(await connection.fetchval(query, text, hexed))


def with_script(wanted: Script) -> Case:
    return replace(C_01, scripts=(wanted,))


def test_a_wrong_destination_is_found(place: Place) -> None:
    result = played(place, with_script(replace(C_01.scripts[0], to="uwv"))).results[0]
    assert result.wrong == ["bestemming: verwacht uwv, gekregen svb"]


def test_a_wrong_step_is_found_and_said(place: Place) -> None:
    expected = script(asks("belastingdienst", "aow"), offered("svb", rule="een-andere-regel"), helps("svb"), to="svb")
    performance = played(place, with_script(expected))
    assert not performance.good
    assert len(performance.results[0].wrong) == 1
    assert "zegt rule = 'aow', verwacht 'een-andere-regel'" in performance.results[0].wrong[0]


def test_a_case_that_waits_in_vain_says_where_and_who_holds_it(place: Place) -> None:
    """UWV is never told: the AOW is the SVB's."""
    expected = script(asks("belastingdienst", "aow"), offered("svb"), offered("uwv"), to="uwv")
    performance = played(place, with_script(expected), deadline=5)
    [wrong] = performance.results[0].wrong
    assert "vast bij stap 3" in wrong
    assert "wacht op handoff.requested voor uwv" in wrong
    assert "houder svb" in wrong


def test_an_event_nobody_expects_is_found(place: Place) -> None:
    """A script that forgets that the SVB, too, is told that its offer is withdrawn."""
    outcome = "helped-at-first-door"
    told = taken_back("svb", outcome)
    forgetful = replace(told, then=(replace(told.then[0], to=(FOLLOWER,)),))
    steps = (asks("belastingdienst", "aow"), offered("svb"), ends(outcome), forgetful, ended(outcome))
    performance = played(place, with_script(Script(steps, "svb", outcome)))
    assert performance.results[0].wrong == []
    assert len(performance.stray) == 1
    assert "svb hoorde ook handoff.changed svb withdrawn" in performance.stray[0]
    assert not performance.good


def test_a_demonstration_does_not_wipe_one_that_runs(installation: Installation, place: Place) -> None:
    with pytest.raises(StartError, match="another demonstration"):
        forget_the_past(Installation(installation.folder))
    assert played(place, C_01).good


def run_demo(installation: Installation, monkeypatch: pytest.MonkeyPatch, case: Case) -> tuple[int, str]:
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL", "GVD_PUBLIC_URL"):
        monkeypatch.setenv(name, installation.env[name])
    monkeypatch.setattr(whole, "ALL", (case,))
    done = CliRunner().invoke(demo_app, ["--attach", "--cases", case.id])
    return done.exit_code, done.output


def test_the_command_ends_0_when_all_is_well(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = run_demo(installation, monkeypatch, C_01)
    assert code == 0, said
    assert "✓ C-01" in said


def test_the_command_ends_1_when_something_differs(installation: Installation, monkeypatch: pytest.MonkeyPatch) -> None:
    code, said = run_demo(installation, monkeypatch, with_script(replace(C_01.scripts[0], to="uwv")))
    assert code == 1
    assert "✗ C-01" in said
    assert "verwacht uwv: helped  |  gekregen svb: helped" in said


def test_the_command_says_when_there_is_no_installation(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    done = CliRunner().invoke(demo_app, ["--attach"])
    assert done.exit_code == 1


def test_the_stream_asks_and_its_agencies_help(place: Place) -> None:
    """Twenty people, faster than real employees; some are forgotten or ask more, most are helped."""
    assert asyncio.run(_helped_by_stream(place, wanted=12)) >= 12
    assert asyncio.run(audit_of(place, settle=30)()) == []


async def _helped_by_stream(place: Place, wanted: int) -> int:
    running = asyncio.ensure_future(Stream(place, rate=20, seed=5, haste=60_000).run())
    connection = await asyncpg.connect(place.database)
    try:
        async with asyncio.timeout(90):
            while (helped := await connection.fetchval(_HELPED)) < wanted:
                assert not running.done()
                await asyncio.sleep(0.2)
        return int(helped)
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
        await connection.close()


_HELPED = """
select count(*) from handoff.keyed where state ->> 'reference' like 'stroom-%' and state ->> 'outcome' = 'helped'
"""
