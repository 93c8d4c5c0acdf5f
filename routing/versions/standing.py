"""A standing set of made-up questions over the whole of two tables, for when nobody has asked anything yet."""

from collections.abc import Callable, Iterator
from datetime import date
from itertools import cycle
from typing import Any

from contracts.base import Channel, Domain, Island, Kind
from contracts.questions import Facts, Residence
from routing.data.model import Rule
from routing.data.tables import Table
from routing.engine.asked import FLAGS, PARTIES
from routing.engine.decide import decide
from routing.engine.reads import READS
from routing.engine.view import homes
from routing.versions.simulate import Case

_DEEPEST = 3


def standing(old: Table, new: Table, day: date) -> Iterator[Case]:
    """Every topic of either table, of every kind, from several homes, with every answer to what is asked back.

    Then for every rule a question made to meet it. The same tables give the same questions, in the same order.
    """
    doors = _doors(old, new)
    ways = [cycle(group) for group in (doors, [one for one in doors if _connected(new, one, day)]) if group]
    topics = [*sorted({*old.topics, *new.topics}), None]
    residences = _homes(old, new)
    for topic in topics:
        for kind in Kind:
            for home in residences:
                facts = Facts(topic=topic, kind=kind, channel=Channel.WEB, residence=home)
                yield from _answered(old, new, Case(facts=facts, source=next(ways[0]), day=day), _DEEPEST)
    subjects = _one_per_domain(old, new, topics)
    same = {rule.id: rule for rule in old.rules}
    changed = [(new, rule) for rule in new.rules if rule != same.get(rule.id)]
    for table, rule in [*((old, rule) for rule in old.rules), *changed]:
        for topic in (rule.topic,) if rule.topic is not None else subjects:
            for door in map(next, ways):
                for fitting in _fitting(rule, topic, table, door):
                    yield from _answered(old, new, fitting.model_copy(update={"day": day}), _DEEPEST)


def _answered(old: Table, new: Table, case: Case, deeper: int) -> Iterator[Case]:
    """The case, and if either table asks something first: the case again with each of the answers."""
    yield case
    if not deeper or case.day is None:
        return
    answers: dict[str, list[str]] = {}
    for table in (old, new):
        ask = decide(table, case.facts, source=case.source, today=case.day).ask
        if ask is not None:
            answers.setdefault(ask.code, []).extend(one.code for one in ask.answers)
    for code, codes in answers.items():
        for answer in dict.fromkeys(codes):
            facts = case.facts.model_copy(update={"answers": {**case.facts.answers, code: answer}})
            yield from _answered(old, new, case.model_copy(update={"facts": facts}), deeper - 1)


def _doors(old: Table, new: Table) -> list[str]:
    """First doors in turn: every national organisation that may pass a question on, and one municipality."""
    found = {one.id for table in (old, new) for one in table.organisations.values() if "source" in one.roles}
    national = sorted(one for one in found if not one.startswith("gemeente-"))
    return [*national, *sorted(found - set(national))[:1]]


def _connected(table: Table, organisation: str, day: date) -> bool:
    found = table.organisations.get(organisation)
    return found is not None and found.connected_on(day)


def _homes(old: Table, new: Table) -> list[Residence]:
    """Not known, a municipality that both tables know, abroad, and the islands."""
    both = sorted(one for one in old.organisations if one.startswith("gemeente-gm") and one in new.organisations)
    known = [Residence(municipality=one.removeprefix("gemeente-")) for one in both[:1]]
    return [Residence(), *known, Residence(abroad=True), Residence(island=Island.BONAIRE)]


def _one_per_domain(old: Table, new: Table, topics: list[str | None]) -> list[str | None]:
    """Subjects for the rules that hold for every topic."""
    found: dict[Any, str | None] = {}
    for code in topics:
        topic = old.topics.get(code or "") or new.topics.get(code or "")
        found.setdefault(topic.domain if topic is not None else None, code)
    return list(found.values())


def _fitting(rule: Rule, topic: str | None, table: Table, door: str) -> Iterator[Case]:
    """A question made to meet what the rule asks, so that no rule is left out only because it is rare."""
    made: dict[str, Any] = {"topic": topic, "channel": Channel.PHONE}
    for key, wanted in rule.when.items():
        fits = _FITS.get(key)
        found = fits(wanted, table) if fits is not None else {key: wanted} if key in FLAGS else {}
        made |= {**found, "involved": [*made.get("involved", ()), *found.get("involved", ())]}
        if key in PARTIES and wanted != "unknown":
            made[key] = _party(wanted, table, door)
    yield Case(facts=Facts.model_validate(made), source=door)
    known = dict.fromkeys(set(READS.get(rule.to or "", ())) & set(PARTIES), _other(table, door))
    if not known.keys() <= made.keys():  # what the destination depends on, when it is known
        yield Case(facts=Facts.model_validate({**known, **made}), source=door)


def _party(wanted: Any, table: Table, door: str) -> str | None:
    if isinstance(wanted, list):
        return str(wanted[0])
    if wanted == "municipality":
        return next((one for one in table.organisations if one.startswith("gemeente-")), None)
    return door if wanted == "source" else _other(table, door)


def _other(table: Table, door: str) -> str | None:
    """An organisation that has topics and is not the first door."""
    return next((to for to in homes(table.rules).values() if to in table.organisations and to != door), None)


def _topic(table: Table, fits: Callable[[str], bool]) -> dict[str, Any]:
    return {"topic": next(filter(fits, table.topics), None)}


def _topic_of(wanted: Any, table: Table) -> dict[str, Any]:
    of = homes(table.rules)
    return _topic(table, lambda code: of.get(code) in wanted)


def _involved(wanted: Any, table: Table) -> dict[str, Any]:
    named = wanted.get("of") or wanted.get("only")
    group = table.groups.get(named) if isinstance(named, str) else None
    listed = named if isinstance(named, list) else table.organisations
    members = sorted(group.organisations if group is not None else listed)
    return {"involved": members[: max(wanted.get("at_least", 1), 1)]}


def _domains(wanted: Any, _: Table) -> dict[str, Any]:
    found = dict.fromkeys([*wanted.get("any", ()), *Domain])
    return {"domains": list(found)[: wanted.get("at_least", 1)]}


def _stack(wanted: Any, table: Table) -> dict[str, Any]:
    parts = [one for one in table.groups[wanted["of"]].parts if one.organisations]
    return {"topic": None, "involved": [min(one.organisations) for one in parts[: wanted.get("at_least", 1)]]}


_FITS: dict[str, Callable[[Any, Table], dict[str, Any]]] = {
    "kind": lambda wanted, _: {"kind": wanted if isinstance(wanted, str) else wanted[0]},
    "answers": lambda wanted, _: {"answers": {code: str(answers[0]) for code, answers in wanted.items()}},
    "abroad": lambda wanted, _: {"residence": {"abroad": wanted}},
    "island": lambda wanted, _: {"residence": {"island": wanted[0] if isinstance(wanted, list) else Island.SABA}},
    "involved": _involved,
    "domains": _domains,
    "stack": _stack,
    "multi_problem": lambda wanted, _: (
        {"domains": [Domain.DEBT, Domain.HOUSING]} if wanted is True else {"involved": ["svb", "uwv"]}
    ),
    "municipality": lambda wanted, _: {"residence": {"municipality": wanted[0]}},
    "life_event": lambda wanted, _: {"life_event": wanted[0]},
    "topic": lambda wanted, _: {"topic": wanted[0]},
    "topic_known": lambda wanted, table: _topic(table, lambda _: wanted),
    "topic_domain": lambda wanted, table: _topic(table, lambda code: table.topics[code].domain in wanted),
    "topic_in": lambda wanted, table: _topic(table, lambda code: code in table.groups[wanted].topics),
    "topic_not_in": lambda wanted, table: _topic(table, lambda code: code not in table.groups[wanted].topics),
    "topic_of": lambda wanted, table: {
        "topic": next((t for t, to in homes(table.rules).items() if to in wanted), None)
    },
}
