"""Who may be in danger hears first what to do; whose words only look like it hears about paperwork."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from contracts.questions import Residence
from routing import PACKAGED, Table, hear_danger, load, suggest, validate
from routing.versions.files import load_files
from services.cli.main import app
from tests.unit.routing.test_suggest import TODAY

DANGER = """
ik wil dood
mijn vrouw wil dood
zelfmoord
ik denk aan zelfmoort
ik zie het niet meer zitten
mw wil niet meer leven, schulden
mijn zoon zegt dat hij dood wil
ik wilde dat ik dood was
ze wil er een eind aan maken
mijn broer wil zelfmoord plegen
ik wil er niet meer zijn sinds mijn vrouw dood is
als jullie mijn uitkering stoppen doe ik mezelf wat aan, ik wil niet meer leven
klant zegt: ik spring straks voor de trein
suïcidale gedachten
sucidaal
ik kan niet meer
ik hoor stemmen en ben bang
mijn moeder ademt niet meer
mijn vader ligt bewusteloos op de grond
hij heeft alle pillen ingenomen
mijn kind krijgt geen lucht
iemand heeft mij neergestoken
hij staat met een mes voor de deur
hij zegt dat hij mij gaat vermoorden
er is brand
BRAND!!!
bradn in de keuken
mijn huis staat in brand
dak staat in de fik
""".strip().splitlines()
WITH_A_TOPIC = """
mijn man slaat me
mijn man slaad mij
me man slaat me elke dag
mijn dochter wordt door haar vriend geslagen
huiselijk gewelt
ik durf niet naar huis
de buurman slaat zijn kinderen
mijn kind wordt misbruikt
mijn vader heeft mijn moeder geslagen
ik ruik gas in huis
""".strip().splitlines()
HARMLESS = """
overlijden aangeven
mijn man is overleden
mijn man is dood
de dood van mijn vader aangeven
testament na mijn dood
wat gebeurt er met mijn pensioen als ik dood ga
wat als ik dood ben, wie krijgt mijn huis
ik wil dood hout laten weghalen
dode vogel in de sloot
ik ga dood aan de kosten
doodgaan aan kosten
mijn broer heeft zelfmoord gepleegd, hoe regel ik de nabestaandenuitkering
levensverzekering afkopen
bewijs van in leven zijn
levensonderhoud na scheiding
ik wil leven van mijn pensioen
levensgevaarlijk kruispunt
ik kan niet meer zitten door mijn rug, wia
ik zie het niet meer zitten bij deze werkgever, ww
ik kan de huur niet meer aan
ik kan niet meer inloggen op digid
ik wil een eind aan mijn abonnement maken
uitweg aanleggen vergunning
brandweer vergunning
brandverzekering opzeggen
schade door brand aan mijn huis
na de brand heb ik geen papieren meer
wat moet ik doen als er brand is
mijn auto is vorig jaar in brand gestoken, wie betaalt
open haard rook van de buren
stemmen bij verkiezingen
ik wil stemmen per volmacht
ik hoor graag van u over mijn stempas
geslaagd voor examen diploma
kind is geslaagd
de wet slaat nergens op
deurwaarder bedreigt mij
mijn kind is zijn paspoort kwijt
mijn paspoort is in het water gevallen
ambulance rekening te hoog
hartaanval gehad, kan ik mijn rijbewijs houden
mes meenemen vliegtuig
""".strip().splitlines()


def crisis(table: Table, rule: str = "gevaar") -> str | None:
    return next(one.instruction for one in table.rules if one.id == rule)


@pytest.mark.parametrize("text", [*DANGER, *WITH_A_TOPIC])
def test_danger_is_heard_and_the_rule_says_what_to_do(table: Table, text: str) -> None:
    heard = hear_danger(table, text, today=TODAY)
    assert heard is not None
    assert heard.instruction == crisis(table)
    assert heard.matched
    assert all(words in text for words in heard.matched)


@pytest.mark.parametrize("text", DANGER)
def test_in_danger_no_paperwork_goes_first(table: Table, text: str) -> None:
    first = suggest(table, text, today=TODAY)[0]
    if first.topic not in {"huiselijk-geweld", "aangifte", "slachtofferhulp"}:
        assert (first.topic, first.organisation) == (None, None)


@pytest.mark.parametrize("text", WITH_A_TOPIC)
def test_a_topic_that_has_this_danger_may_go_first(table: Table, text: str) -> None:
    assert suggest(table, text, today=TODAY)[0].topic in {"huiselijk-geweld", "stroomstoring"}


@pytest.mark.parametrize("text", HARMLESS)
def test_what_only_looks_like_danger_is_no_alarm(table: Table, text: str) -> None:
    assert hear_danger(table, text, today=TODAY) is None


def test_what_else_somebody_asks_is_still_found(table: Table) -> None:
    found = suggest(table, "ik wil dood, ik heb zoveel schulden", today=TODAY)
    assert [one.topic for one in found[:2]] == [None, "schulden"]
    assert "overlijden" not in {one.topic for one in found}


def test_elsewhere_another_number_is_called(table: Table) -> None:
    saba = hear_danger(table, "ik woon op Saba en wil dood", today=TODAY)
    abroad = hear_danger(table, "ik wil dood", today=TODAY, residence=Residence(abroad=True))
    assert saba is not None
    assert saba.instruction == crisis(table, "eilanden-gevaar")
    assert abroad is not None
    assert abroad.instruction == crisis(table, "buitenland-gevaar")


def test_a_table_from_before_is_the_same_version_and_hears_nothing() -> None:
    older = {one.relative_to(PACKAGED).as_posix(): one.read_text(encoding="utf-8") for one in _files(PACKAGED)}
    del older["danger.yaml"]
    assert hear_danger(load_files(older), "ik wil dood", today=TODAY) is None


def _files(folder: Path) -> list[Path]:
    return [*folder.rglob("*.yaml"), *folder.rglob("*.csv")]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return Path(shutil.copytree(PACKAGED, tmp_path / "table"))


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        ("about: x\n  says: [zzz]\n  topics: [niets]", "unknown-topic"),
        ("about: x\n  says: [zelfmoord]", "phrase-twice"),
        ("about: x\n  says: [a//b]", "wrong-value"),
        ("about: x\n  says: ['']", "wrong-value"),
        ("about: x\n  says: [dood door mijn/je nationaliteit]", "denied-attribute"),
        ("about: brand\n  says: [zzz]", "duplicate-id"),
        ("topics: []", "missing-field"),
        ("about: x\n  says: [zzz]\n  meant: [y]", "unknown-field"),
    ],
)
def test_what_is_wrong_with_a_phrase_is_a_fault(folder: Path, entry: str, code: str) -> None:
    file = folder / "danger.yaml"
    file.write_text(file.read_text(encoding="utf-8") + f"\n- {entry}\n", encoding="utf-8")
    assert code in {fault.code for fault in validate(folder) if fault.path == file}


def test_the_command_says_it_first() -> None:
    table = load()
    output = CliRunner().invoke(app, ["suggest", "mijn man slaat me"]).output
    assert output.startswith("MOGELIJK GEVAAR")
    assert 0 < output.index(str(crisis(table))) < output.index("(huiselijk-geweld)")
    assert "MOGELIJK GEVAAR" not in CliRunner().invoke(app, ["suggest", "overlijden aangeven"]).output


def test_the_json_line_has_it_beside_the_suggestions() -> None:
    lines = CliRunner().invoke(app, ["suggest", "--json"], input="ik wil dood\noverlijden aangeven\n").output
    danger, harmless = (json.loads(line) for line in lines.splitlines())
    assert danger["danger"] == {"instruction": crisis(load()), "matched": ["wil dood"]}
    assert danger["suggestions"][0] == {"topic": None, "organisation": None, "tooi": None, "score": 0.0, "matched": []}
    assert set(harmless) == {"text", "suggestions"}
