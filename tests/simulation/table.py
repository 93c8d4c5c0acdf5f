"""A small routing table in which everything can happen: a question asked, partners, who is not connected, danger.

Made from the packaged one, so that settings and norms are the real ones whatever its rules say today.
"""

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import routing
from contracts.base import Domain
from routing.data.model import Organisation, Question, Rule, Topic, Validity

ALWAYS = Validity(date(2020, 1, 1))
CONNECTED = ("alfa", "bravo", "charlie", "delta", "echo")
UNCONNECTED = ("foxtrot", "golf")
TRIAGE = "triage"
AGENCIES = (*CONNECTED, TRIAGE)
TOPICS = ("recht", "samen", "vraag", "telefoon", "onbekend-terrein", "gevaar", "bezet")


@cache
def small_table() -> routing.Table:
    real = routing.load()
    organisations = [_organisation(name, connected=True) for name in AGENCIES]
    organisations += [_organisation(name, connected=False) for name in UNCONNECTED]
    return replace(
        real,
        organisations={one.id: one for one in organisations},
        topics={code: Topic(code, f"Onderwerp {code}", Domain.INCOME) for code in TOPICS},
        rules=tuple(_rules()),
        questions={
            "welke": Question("welke", "Welke van de twee?", (("een", "De ene"), ("twee", "De andere")), "Nog iets.")
        },
        groups={},
        companions=(),
        life_events={},
        mappings={},
        views={},
        remembered={},
    )


def _rules() -> list[Rule]:
    return [
        _rule("recht", to="alfa", fallback=("bravo",)),
        _rule("samen", to="alfa", fallback=("charlie", "delta"), partners=("bravo", "charlie", "foxtrot")),
        _rule("vraag-een", topic="vraag", when={"answers": {"welke": ["een"]}}, to="charlie", priority=200),
        _rule("vraag-twee", topic="vraag", when={"answers": {"welke": ["twee"]}}, to="golf", priority=200),
        _rule("vraag", ask="welke", outcome="ask"),
        _rule("telefoon", to="foxtrot", fallback=("delta",)),
        _rule("gevaar", to="golf", outcome="crisis", instruction="Bel nu 112."),
        _rule("bezet", to="echo", fallback=("foxtrot", "alfa", "bravo", "charlie")),
    ]


def _rule(code: str, **given: Any) -> Rule:
    whole = {"topic": code, "priority": 100, "norm": "standaard", "basis": "Wet", "source": "R-08", **given}
    return Rule(id=code, validity=ALWAYS, tell=f"Uw vraag gaat over {code}.", **whole)


def _organisation(name: str, *, connected: bool) -> Organisation:
    return Organisation(
        id=name,
        name=name.title(),
        roles=frozenset({"source", "destination"}),
        validity=ALWAYS,
        desk=f"Balie {name.title()}",
        connected_since=ALWAYS.valid_from if connected else None,
    )
