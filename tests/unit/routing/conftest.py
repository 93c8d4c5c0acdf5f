"""The packaged table, loaded once, and copies of it with one change."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from contracts.base import Channel
from contracts.decisions import Decision
from contracts.questions import Facts
from routing import PACKAGED, Table, decide, load
from tests.unit.routing.cases import TODAY, Where


@pytest.fixture(scope="session")
def table() -> Table:
    return load()


@pytest.fixture
def folder_with(tmp_path: Path) -> Callable[[str, str, str], Table]:
    def change(name: str, old: str, new: str) -> Table:
        folder = Path(shutil.copytree(PACKAGED, tmp_path / "changed"))
        text = (folder / name).read_text(encoding="utf-8")
        assert old in text
        (folder / name).write_text(text.replace(old, new), encoding="utf-8")
        return load(folder)

    return change


@pytest.fixture
def where(table: Table) -> Where:
    def ask(source: str, *, declined: tuple[str, ...] = (), hops: int = 0, **facts: Any) -> Decision:
        facts.setdefault("channel", Channel.PHONE)
        return decide(table, Facts(**facts), source=source, declined=frozenset(declined), hops=hops, today=TODAY)

    return ask


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED, tmp_path / "table"))
