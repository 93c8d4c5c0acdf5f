"""`gvd event check`: silent when all is well, else everything that is wrong, with the right exit code."""

import pytest
from typer.testing import CliRunner

from services.cli.event import event_app
from tests.contract import conformance
from tests.contract.samples import QUESTION, REPLY, changed, raw

RUN = CliRunner()


@pytest.fixture
def file_of(tmp_path):
    def write(name: str, value: bytes) -> str:
        (tmp_path / name).write_bytes(value)
        return str(tmp_path / name)

    return write


def test_silent_when_all_is_well(file_of):
    files = [file_of("a.json", raw(QUESTION) + b"\n"), file_of("b.json", raw(REPLY))]
    result = RUN.invoke(event_app, ["check", *files])
    assert (result.exit_code, result.output) == (0, "")


def test_names_every_fault_of_every_file(file_of):
    wrong = changed("data/facts/channel", "fax", changed("data/nationality", "x"))
    files = [file_of("a.json", raw(wrong)), file_of("b.json", raw(REPLY)), file_of("c.json", b"[]")]
    result = RUN.invoke(event_app, ["check", *files])
    assert result.exit_code == 1
    assert [line.split(": ")[:3] for line in result.output.splitlines()] == [
        [files[0], "/data/nationality", "denied-attribute"],
        [files[0], "/data/facts/channel", "invalid"],
        [files[2], "/", "batch"],
    ]


def test_reads_standard_input():
    assert RUN.invoke(event_app, ["check", "-"], input=raw(QUESTION)).exit_code == 0
    result = RUN.invoke(event_app, ["check", "-"], input=b"{}")
    assert result.exit_code == 1
    assert result.output.startswith("<stdin>: /specversion: missing: ")


def test_profile_is_ours_unless_another_is_asked_for(file_of):
    file = file_of("a.json", raw(conformance.SMALLEST))
    codes = [
        RUN.invoke(event_app, ["check", *options, file]).exit_code
        for options in ([], ["--profile", "gvd"], ["--profile", "nlgov"], ["--profile", "cloudevents"])
    ]
    assert codes == [1, 1, 1, 0]


def test_missing_file_is_another_error_than_a_wrong_event(file_of):
    result = RUN.invoke(event_app, ["check", file_of("a.json", b"{}"), "/does/not/exist.json"])
    assert result.exit_code == 2
    assert "/does/not/exist.json: cannot be read" in result.stderr
    assert "missing" in result.stdout


@pytest.mark.parametrize("arguments", [["check"], ["check", "--profile", "strict", "-"], []])
def test_wrong_use(arguments):
    assert RUN.invoke(event_app, arguments).exit_code == 2
