"""Every product of the UPL that citizens can ask for is in the table, or deliberately is not (issue: breadth).

`upl.csv` holds the facts of the Uniforme Productnamenlijst (Logius, open government data, snapshot October 2023): the
last part of each URI, the levels of government (Rijk, Provincie, Waterschap, Gemeente) and whether citizens can ask.
"""

import csv
import shutil
from pathlib import Path

import pytest

from routing import PACKAGED, Table, validate

TERMS = "http://standaarden.overheid.nl/owms/terms/"
ASKED = frozenset("RWG")
ENTRY = '- reason: "Dit is een proef."\n  products:\n    proef: http://standaarden.overheid.nl/owms/terms/{product}\n'


def register() -> dict[str, tuple[frozenset[str], bool]]:
    with (Path(__file__).parent / "upl.csv").open(encoding="utf-8", newline="") as file:
        return {
            TERMS + row["product"]: (frozenset(row["levels"]), row["citizen"] == "1") for row in csv.DictReader(file)
        }


def accounted(table: Table) -> set[str]:
    mapped = {uri for topic in table.topics.values() for _, uri in topic.upl}
    return mapped | {uri for entry in table.unmapped for _, uri in entry.products}


def test_every_product_for_citizens_is_mapped_or_deliberately_not(table: Table) -> None:
    wanted = {uri for uri, (levels, citizen) in register().items() if citizen and levels & ASKED}
    assert wanted - accounted(table) == set()


def test_every_product_in_the_table_exists(table: Table) -> None:
    assert accounted(table) - register().keys() == set()


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (ENTRY.format(product="aow-uitkering"), "product-twice"),
        (ENTRY.format(product="proef") + ENTRY.format(product="proef"), "product-twice"),
        (ENTRY.format(product="een proef"), "wrong-uri"),
        (ENTRY.format(product="proef").replace("Dit is een proef.", " "), "missing-reason"),
        ('- reason: "Dit is een proef."\n', "missing-reason"),
    ],
)
def test_a_wrong_list_of_unmapped_products(tmp_path: Path, text: str, code: str) -> None:
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "table"))
    (folder / "unmapped").mkdir(exist_ok=True)
    (folder / "unmapped" / "proef.yaml").write_text(text, encoding="utf-8")
    assert {(fault.code, fault.path.name) for fault in validate(folder)} == {(code, "proef.yaml")}


def test_a_product_in_two_topics(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(PACKAGED, tmp_path / "table"))
    file = folder / "topics" / "inkomen.yaml"
    text = file.read_text(encoding="utf-8").replace("  upl:\n", f"  upl:\n    proef: {TERMS}anw-uitkering\n", 1)
    file.write_text(text, encoding="utf-8")
    assert {fault.code for fault in validate(folder)} == {"product-twice"}
