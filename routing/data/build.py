"""Makes the model from the records; every entry that does not fit is a fault with its line."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any, TypeVar

from contracts.base import Domain, Kind
from routing.data.model import (
    Absence,
    Companion,
    Danger,
    Group,
    Herindeling,
    Item,
    LifeEvent,
    Mapped,
    Norm,
    Organisation,
    Part,
    Phrases,
    PointerTo,
    Question,
    Rule,
    Settings,
    Topic,
    Unmapped,
    Validity,
)
from routing.data.read import Fault, Record


def _keys(names: str) -> frozenset[str]:
    return frozenset(names.split())


KEYS: dict[str, frozenset[str]] = {
    "organisation": _keys(
        "id name roles tooi oin phone desk website contact_source opening_hours parent maatwerkplaats "
        "connected_since status valid_from valid_to successor ombudsman_of aliases source calendar"
    ),
    "municipality": _keys("id name oin phone website province connected_since valid_from valid_to"),
    "herindeling": _keys("old name new on checked source"),
    "absence": _keys("organisation from until stand_in why"),
    "topic": _keys("code title domain words upl kind checked"),
    "unmapped": _keys("reason products"),
    "phrases": _keys("topic phrases"),
    "danger": _keys("about topics says alone harmless"),
    "rule": _keys(
        "id topic priority valid_from valid_to norm basis source tell when to candidates ask outcome reason fallback "
        "partners pointers instruction urgent checked ladder"
    ),
    "question": _keys("code text answers tell unknown findings"),
    "companion": _keys("id who when unless to why source checked"),
    "life event": _keys("code title lead items together source checked"),
    "mapping": _keys("code topic kind answers title checked"),
    "norm": _keys("id accept_hours first_contact_hours resolve_hours hold_hours around_the_clock assumption why"),
    "group": _keys("id organisations topics prefixes parts"),
    "settings": _keys("published owner hop_limit multi_problem triage abroad norm reason_of_triage tells"),
}
BEGINNING = date.min
HOLD_HOURS = 80  # of tables from before norms said it: what contracts.decisions.Norm says
T = TypeVar("T")


def _validity(values: dict[str, Any]) -> Validity:
    start, end = values.get("valid_from") or BEGINNING, values.get("valid_to")
    if not isinstance(start, date) or not (end is None or isinstance(end, date)):
        raise TypeError("valid_from en valid_to zijn datums: jjjj-mm-dd")
    return Validity(start, end)


def _texts(values: dict[str, Any], key: str) -> tuple[str, ...]:
    found = values.get(key) or ()
    if isinstance(found, str):
        raise TypeError(f"{key} is een lijst")
    return tuple(str(item) for item in found)


def _pairs(values: dict[str, Any], key: str) -> dict[str, str]:
    return {str(one): str(other) for one, other in (values.get(key) or {}).items()}


def _products(values: dict[str, Any], key: str) -> tuple[tuple[str, str], ...]:
    return tuple((str(name), str(uri)) for name, uri in (values.get(key) or {}).items())


def _optional(values: dict[str, Any], key: str) -> str | None:
    found = values.get(key)
    return None if found in (None, "") else str(found)


def _pointers(values: dict[str, Any]) -> tuple[PointerTo, ...]:
    return tuple(PointerTo(str(one["to"]), str(one["why"])) for one in values.get("pointers") or ())


def organisation(record: Record) -> Organisation:
    values = record.values
    return Organisation(
        id=str(values["id"]),
        name=str(values["name"]),
        roles=frozenset(_texts(values, "roles")),
        validity=_validity(values),
        status=str(values.get("status", "running")),
        tooi=_optional(values, "tooi"),
        oin=_optional(values, "oin"),
        phone=_optional(values, "phone"),
        desk=_optional(values, "desk"),
        website=_optional(values, "website"),
        contact_source=str(values.get("contact_source", "")),
        opening_hours=_optional(values, "opening_hours"),
        calendar=_optional(values, "calendar"),
        parent=_optional(values, "parent"),
        maatwerkplaats=_optional(values, "maatwerkplaats"),
        connected_since=values.get("connected_since"),
        successor=_optional(values, "successor"),
        ombudsman_of=_texts(values, "ombudsman_of"),
        aliases=_texts(values, "aliases"),
        source=str(values.get("source", "")),
        record=record,
    )


def herindeling(record: Record) -> Herindeling:
    values = record.values
    if not values["on"]:
        raise KeyError("on")
    on = date.fromisoformat(values["on"])
    return Herindeling(f"gemeente-{values['old']}", values["name"], f"gemeente-{values['new']}", on, record)


def absence(record: Record) -> Absence:
    values = record.values
    if not values["from"]:
        raise KeyError("from")
    until = date.fromisoformat(values["until"]) if values.get("until") else None
    term = Validity(date.fromisoformat(values["from"]), until)
    return Absence(values["organisation"], term, _optional(values, "stand_in"), values.get("why") or "", record)


def topic(record: Record) -> Topic:
    values = record.values
    return Topic(
        code=str(values["code"]),
        title=str(values["title"]),
        domain=Domain(values["domain"]),
        words=_texts(values, "words"),
        upl=_products(values, "upl"),
        checked=bool(values.get("checked", False)),
        record=record,
    )


def phrases(record: Record) -> Phrases:
    values = record.values
    return Phrases(str(values["topic"]), _texts(values, "phrases"), record)


def danger(record: Record) -> Danger:
    values = record.values
    return Danger(
        about=str(values["about"]),
        says=_texts(values, "says"),
        alone=_texts(values, "alone"),
        harmless=_texts(values, "harmless"),
        topics=_texts(values, "topics"),
        record=record,
    )


def unmapped(record: Record) -> Unmapped:
    values = record.values
    return Unmapped(str(values.get("reason") or ""), _products(values, "products"), record)


def rule(record: Record) -> Rule:
    values = record.values
    outcome = str(values.get("outcome") or ("ask" if values.get("ask") else "responsible"))
    named = sum(values.get(key) is not None for key in ("to", "ask"))
    if named != (outcome != "return"):
        raise ValueError("een regel heeft óf 'to' óf 'ask', en met outcome 'return' geen van beide")
    return Rule(
        id=str(values["id"]),
        topic=_optional(values, "topic"),
        priority=int(values.get("priority", 100)),
        validity=_validity(values),
        norm=str(values.get("norm", "")),
        basis=str(values.get("basis", "")),
        source=str(values.get("source", "")),
        tell=str(values.get("tell", "")).strip(),
        when=dict(values.get("when") or {}),
        to=_optional(values, "to"),
        ask=_optional(values, "ask"),
        outcome=outcome,
        ladder=frozenset(_texts(values, "ladder")),
        reason=_optional(values, "reason"),
        candidates=_texts(values, "candidates"),
        fallback=_texts(values, "fallback"),
        partners=_texts(values, "partners"),
        pointers=_pointers(values),
        instruction=_optional(values, "instruction"),
        urgent=bool(values.get("urgent", False)),
        checked=bool(values.get("checked", False)),
        record=record,
    )


def question(record: Record) -> Question:
    values = record.values
    answers = tuple((str(code), str(text)) for code, text in values["answers"].items())
    return Question(
        code=str(values["code"]),
        text=str(values["text"]),
        answers=answers,
        tell=str(values["tell"]),
        unknown=str(values.get("unknown", "weet-niet")),
        findings=_pairs(values, "findings"),
        record=record,
    )


def companion(record: Record) -> Companion:
    values = record.values
    return Companion(
        id=str(values["id"]),
        pointer=PointerTo(str(values["to"]), str(values["why"])),
        source=str(values.get("source", "")),
        who=frozenset(_texts(values, "who")),
        when=dict(values.get("when") or {}),
        unless=dict(values.get("unless") or {}),
        checked=bool(values.get("checked", False)),
        record=record,
    )


def life_event(record: Record) -> LifeEvent:
    values = record.values
    return LifeEvent(
        code=str(values["code"]),
        title=str(values["title"]),
        lead=str(values["lead"]),
        items=tuple(Item(str(one["topic"]), str(one["why"]), dict(one.get("when") or {})) for one in values["items"]),
        source=str(values.get("source", "")),
        together=_texts(values, "together"),
        checked=bool(values.get("checked", False)),
        record=record,
    )


def mapped(record: Record) -> Mapped:
    """The name of the file is the agency that owns it."""
    values = record.values
    if not isinstance(values["code"], str):
        raise TypeError(f"zet de code {values['code']} tussen aanhalingstekens")
    return Mapped(
        agency=record.path.stem,
        code=values["code"],
        topic=str(values["topic"]),
        kind=Kind(values["kind"]) if values.get("kind") else None,
        answers=_pairs(values, "answers"),
        record=record,
    )


def norm(record: Record) -> Norm:
    values = record.values
    return Norm(
        id=str(values["id"]),
        accept_hours=float(values["accept_hours"]),
        first_contact_hours=float(values["first_contact_hours"]),
        resolve_hours=float(values["resolve_hours"]),
        around_the_clock=bool(values.get("around_the_clock", False)),
        assumption=bool(values["assumption"]),
        why=str(values["why"]),
        hold_hours=float(values.get("hold_hours", HOLD_HOURS)),
        record=record,
    )


def group(record: Record) -> Group:
    values = record.values
    parts = tuple(
        Part(
            name=str(name),
            topics=frozenset(_texts(part, "topics")),
            organisations=frozenset(_texts(part, "organisations")),
            domains=frozenset(_texts(part, "domains")),
            unless=frozenset(_texts(part, "unless")),
        )
        for name, part in (values.get("parts") or {}).items()
    )
    return Group(
        id=str(values["id"]),
        organisations=frozenset(_texts(values, "organisations")),
        topics=frozenset(_texts(values, "topics")),
        prefixes=_texts(values, "prefixes"),
        parts=parts,
        record=record,
    )


def settings(record: Record) -> Settings:
    values = record.values
    multi = values["multi_problem"]
    ladders = frozenset(_texts(multi, "ladders"))
    if multi["ladder"] not in ladders:
        raise ValueError(f"multi_problem.ladder is een van {', '.join(sorted(ladders))}")
    if not isinstance(values["published"], date):
        raise TypeError("published is een datum: jjjj-mm-dd")
    return Settings(
        published=values["published"],
        hop_limit=int(values["hop_limit"]),
        min_domains=int(multi["min_domains"]),
        min_organisations=int(multi["min_organisations"]),
        count_first_door=bool(multi["count_first_door"]),
        ladder=str(multi["ladder"]),
        ladders=ladders,
        threat={str(code): frozenset(_texts(multi["threat"], code)) for code in multi.get("threat") or {}},
        triage=str(values["triage"]),
        abroad=str(values["abroad"]),
        norm=str(values["norm"]),
        reason_of_triage={str(k): str(v) for k, v in values["reason_of_triage"].items()},
        tells={str(k): str(v) for k, v in values["tells"].items()},
        owner=str(values.get("owner", "")),
        record=record,
    )


def make(kind: str, make_one: Callable[[Record], T], found: Iterable[Record]) -> tuple[list[T], list[Fault]]:
    """Every record through its maker; unknown keys, missing keys and wrong types become faults."""
    made: list[T] = []
    faults: list[Fault] = []
    for record in found:
        faults.extend(
            record.fault("unknown-field", f"'{key}' is geen veld van {kind}", key)
            for key in record.values
            if key not in KEYS[kind]
        )
        try:
            made.append(make_one(record))
        except KeyError as error:
            faults.append(record.fault("missing-field", f"veld {error} ontbreekt"))
        except (TypeError, ValueError, AttributeError) as error:
            faults.append(record.fault("wrong-value", str(error)))
    return made, faults
