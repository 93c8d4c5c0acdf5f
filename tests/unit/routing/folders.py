"""A copy of the shipped table to break in one place, and what validation then says."""

from pathlib import Path

from routing import Fault

RULE = """- id: proef
  topic: aow
  priority: {priority}
  when: {when}
  to: {to}
  norm: standaard
  basis: Proefwet
  source: proef
  tell: Dit is een proef voor de test van de tabel.
"""


def changed(folder: Path, name: str, old: str, new: str) -> Path:
    file = folder / name
    text = file.read_text(encoding="utf-8")
    assert old in text, f"{old!r} is not in {name}"
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def added(folder: Path, name: str, text: str) -> int:
    """Puts an entry at the end of a file and says at which line it begins."""
    file = folder / name
    before = file.read_text(encoding="utf-8")
    file.write_text(f"{before}\n{text}", encoding="utf-8")
    return before.count("\n") + 2


def line_of(folder: Path, name: str, text: str) -> int:
    lines = (folder / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if text in line)


def only(faults: list[Fault], code: str) -> Fault:
    found = [fault for fault in faults if fault.code == code]
    assert found, f"no {code} in {[str(fault) for fault in faults]}"
    return found[0]


GENERAL = "rules/algemeen.yaml"
KAAL = RULE.replace("  topic: aow\n", "")
