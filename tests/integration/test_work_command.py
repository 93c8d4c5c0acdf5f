"""`gvd work` against a running installation: the whole life of a hand-off with a terminal alone."""

import asyncio
import json
from collections.abc import Awaitable, Callable

import pytest
from typer.testing import CliRunner

from services.cli.main import app
from tests.world import Agencies

Gvd = Callable[..., Awaitable[str]]


@pytest.fixture
def gvd(agencies: Agencies, monkeypatch: pytest.MonkeyPatch) -> Gvd:
    """Runs `gvd work ...` as an agency; gives what it printed."""
    monkeypatch.setenv("GVD_PUBLIC_URL", agencies.world.processes["intake"].url)

    async def run(agency: str, *words: str, ends: int = 0) -> str:
        monkeypatch.setenv("GVD_AGENCY_TOKEN", await agencies.token(agency))
        done = await asyncio.to_thread(CliRunner().invoke, app, ["work", *words])
        assert done.exit_code == ends, done.output
        return str(done.output)

    return run


async def test_a_life_with_a_terminal_alone(gvd: Gvd) -> None:
    asked = await gvd("uwv", "ask", "UWV-T-1", "topic=aow")
    question = asked.split()[0]
    assert "nu bij svb" in asked
    assert question in await gvd("svb", "list", "--topic", "aow", "--all")
    followed = json.loads(await gvd("uwv", "list", "--what", "following", "--all", "--json"))
    assert question in {one["question"] for one in followed}
    shown = await gvd("svb", "show", question)
    assert f"gvd work do {question} accept" in shown
    assert "aangenomen" in await gvd("svb", "do", question, "accept", "receiver_reference=SVB-9")
    wrong = await gvd("svb", "do", question, "accept", ends=1)
    assert "accept kan nu niet. Wat wel kan: start, complete, decline" in wrong
    wrong = await gvd("svb", "do", question, "start", ends=1)
    assert "contact: planned | made | not-reached | cancelled" in wrong
    assert "in behandeling" in await gvd("svb", "do", question, "start", "contact=made")
    assert "person_informed: true" in await gvd("svb", "do", question, "complete", ends=1)
    assert "geholpen" in await gvd("svb", "do", question, "complete", "person_informed=true")
    assert question not in await gvd("svb", "list", "--all")
    history = await gvd("uwv", "history", question)
    assert [word in history for word in ("aangeboden", "aangenomen", "in behandeling", "geholpen")] == [True] * 4


async def test_what_goes_wrong_is_said_in_words(gvd: Gvd, monkeypatch: pytest.MonkeyPatch) -> None:
    nobody = "01900000-0000-7000-8000-000000000009"
    assert "no such question" in await gvd("duo", "show", nobody, ends=1)
    assert "facts/topic" in await gvd("duo", "ask", "D-1", "topic=Nee Nee", ends=1)
    assert "naam=waarde" in await gvd("duo", "ask", "D-1", "topic", ends=1)
    monkeypatch.setenv("GVD_PUBLIC_URL", "http://127.0.0.1:9")
    assert "antwoordt niemand" in await gvd("duo", "list", ends=1)
