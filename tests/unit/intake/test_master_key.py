"""Intake and the master key: without one it does not start, and a wrong one is never shown."""

import pytest
from pydantic import ValidationError
from typer.testing import CliRunner

from services.cli.main import app
from services.platform.settings import Settings


def test_intake_does_not_start_without_a_master_key_and_says_so_in_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GVD_MASTER_KEY", raising=False)
    ended = CliRunner().invoke(app, ["serve", "intake"])
    assert ended.exit_code == 1
    assert ended.stderr.count("\n") == 1
    assert "GVD_MASTER_KEY" in ended.stderr
    assert ended.stdout == ""


@pytest.mark.parametrize("wrong", ["bm90IGxvbmcgZW5vdWdo", "!" * 44])
def test_a_key_that_is_no_key_is_refused_and_not_shown(wrong: str) -> None:
    with pytest.raises(ValidationError, match="base64 of 32 bytes") as refused:
        Settings.model_validate({"master_key": wrong})
    assert wrong not in str(refused.value)
