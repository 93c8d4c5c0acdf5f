"""A table travels without changing, and what arrives is bounded and refused with a clear word."""

import base64
import gzip
import json
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from routing import PACKAGED, InvalidTable, load
from routing.versions.files import LONGEST, load_files, pack, pack_files, unpack, validate_files

FILES = unpack(pack())
TABLE = load()


def content(raw: bytes) -> str:
    return base64.b64encode(gzip.compress(raw, mtime=0)).decode()


def version(files: dict[str, str]) -> str | None:
    try:
        return load_files(files).version
    except InvalidTable:
        return None


def test_the_packaged_table_travels_without_changing() -> None:
    assert load_files(FILES) == TABLE
    assert validate_files(FILES) == []
    assert pack() == pack_files(FILES)
    assert len(pack()) < LONGEST / 2, "time to think of another way to publish"


def test_every_data_file_travels(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "table"))
    here = {one.relative_to(folder).as_posix() for one in folder.rglob("*") if one.suffix in {".yaml", ".csv"}}
    assert set(unpack(pack(folder))) == here
    (folder / "rules" / "zorg.yaml").write_bytes(b"\xff")
    with pytest.raises(ValueError, match=r"zorg\.yaml"):
        pack(folder)


@given(st.data())
@settings(max_examples=6, deadline=None)
def test_another_word_is_another_version_and_a_comment_is_none(data: st.DataObject) -> None:
    """Any one value of any file: changed, it is another version or refused; and what is said of it never counts."""
    name = data.draw(st.sampled_from(sorted(one for one in FILES if "\n" in FILES[one].strip())))  # absences: none
    lines = FILES[name].splitlines()
    number = data.draw(st.sampled_from([at for at, line in enumerate(lines) if at and _a_value(name, line)]))
    if name.endswith(".csv"):
        del lines[number]
    else:
        lines[number] += "x"
    changed = {**FILES, name: "\n".join(lines)}
    assert unpack(pack_files(changed)) == changed
    assert version(changed) != TABLE.version
    if name.endswith(".yaml"):
        assert version({**FILES, name: f"# Vooraf.\n\n{FILES[name]}\n# Achteraf.\n"}) == TABLE.version


def _a_value(name: str, line: str) -> bool:
    """A row, or a line that ends in plain text, so that one character more is another value."""
    return name.endswith(".csv") or (line[-1:].isalnum() and not line.lstrip().startswith("#"))


def test_a_folder_and_its_content_have_the_same_version(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "table"))
    file = folder / "rules" / "inkomen.yaml"
    file.write_bytes(file.read_text(encoding="utf-8").replace("AOW", "A.O.W.").replace("\n", "\r\n").encode())
    assert load_files(unpack(pack(folder))).version == load(folder).version != TABLE.version


def test_faults_name_the_file_as_the_table_does() -> None:
    broken = {**FILES, "rules/zorg.yaml": "- [", "rules/sub/meer.yaml": "", "los.csv": "", "questions.yaml": "a: 1"}
    found = {(fault.path.as_posix(), fault.code) for fault in validate_files(broken)}
    assert found >= {
        ("rules/zorg.yaml", "unreadable"),
        ("los.csv", "unknown-file"),
        ("questions.yaml", "unknown-field"),
    }
    with pytest.raises(InvalidTable):
        load_files(broken)
    del broken["table.yaml"]
    assert ("table.yaml", "unreadable") in {(one.path.as_posix(), one.code) for one in validate_files(broken)}


@pytest.mark.parametrize(
    ("sent", "says"),
    [
        ("A" * (LONGEST + 1), "longer"),
        ("geen base64!", "base64"),
        (base64.b64encode(b"plat").decode(), "JSON"),
        (content(b"0" * 20_000_001), "JSON"),
        (base64.b64encode(gzip.compress(b"{}", mtime=0)[:-1]).decode(), "JSON"),
        (base64.b64encode(gzip.compress(b"{}", mtime=0) + b"x").decode(), "JSON"),
        (content(b"[" * 200_000), "JSON"),
        (content(b"\xff"), "JSON"),
        (content(b"[]"), "object"),
        (content(b'{"table.yaml": 1}'), "object"),
        (content(rb'{"table.yaml": "\ud800"}'), "half a character"),
        (content(json.dumps({f"a{n}.yaml": "" for n in range(501)}).encode()), "500 files"),
        *(
            (content(json.dumps({name: ""}).encode()), "not the name")
            for name in ("../a.yaml", "/a.yaml", "a//b.yaml", "A.yaml", "a.py", "a.yaml\n", "a\\b.yaml", ".yaml", "")
        ),
    ],
)
def test_content_that_is_no_table_is_refused(sent: str, says: str) -> None:
    with pytest.raises(ValueError, match=says):
        unpack(sent)


def test_what_nobody_could_unpack_is_not_packed() -> None:
    with pytest.raises(ValueError, match="not the name"):
        pack_files({"README.md": ""})
    with pytest.raises(ValueError, match="too large"):
        pack_files({"a.yaml": "a" * 20_000_001})


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("rules/proef.yaml", "[" * 100_000, 1),
        ("rules/proef.yaml", "- " * 1_000 + "a", 1),
        ("topics/proef.yaml", "- code: &a x\n  title: *a\n", 2),
        ("rules/proef.yaml", "- id: x\n  valid_from: 2026-13-45\n", 1),
        ("rules/proef.yaml", f"- id: {'9' * 5_000}\n", 1),
        ("rules/proef.yaml", "- id: \x07\n", 1),
        ("postcodes.csv", "pc4,municipality\n1011\n", 1),
        ("postcodes.csv", 'pc4,municipality\n"1011"x,gemeente-gm0363\n', 1),
        ("municipalities.csv", "id,name\na,b,c\n", 1),
    ],
)
def test_a_text_that_would_stop_a_reader_is_a_fault(name: str, text: str, line: int) -> None:
    """A published table comes from elsewhere: whatever is in it, a router lives on with the version it has."""
    found = [one for one in validate_files({**FILES, name: text}) if one.code == "unreadable"]
    assert [(one.path.as_posix(), one.line) for one in found] == [(name, line)]
