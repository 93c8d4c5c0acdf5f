"""From what somebody says to the topics it may be about. It proposes; a human or a rule decides."""

import math
import re
from collections import Counter, defaultdict
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from contracts.base import Channel
from contracts.questions import Facts, Residence
from routing.data.tables import Table
from routing.engine.decide import decide
from routing.engine.view import view_of
from routing.suggest.common import STOPWORDS
from routing.suggest.danger import Alarm
from routing.suggest.desks import Desks, Named, island
from routing.suggest.index import Index
from routing.suggest.words import LONGEST, Word, words

MOST_OF_ONE = 2
NOT_SURE = 0.47
POSSIBLE = 0.3
TOPIC, ORGANISATION, NAMED, PIECES = 0.7, 0.15, 1.5, 0.8
_HALF = 6.0
CLEAR = 1.2  # as much as one word that is mostly used for one subject: `bijstand`, not `uitkering`
_CONTRASTED = 0.2
_NOT_BUT = re.compile(r"\b(?:niet (?:om|over|voor|van|bij)|geen)\b((?:\W+\w+){1,5}?)\W+maar\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A topic that may be meant and who has it. Without topic: not sure; a human asks on."""

    topic: str | None
    organisation: str | None
    tooi: str | None
    score: float
    matched: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Danger:
    """Somebody may be in danger now: what the table's own rule says to do first, and the words this was heard in."""

    instruction: str
    matched: tuple[str, ...]


@dataclass(slots=True)
class Heard:
    """A word of the table heard in the text: how surely, and between which places of the text."""

    weight: float
    spans: list[tuple[int, int]]


def suggest(
    table: Table, text: str, *, today: date, limit: int = 3, residence: Residence | None = None
) -> tuple[Suggestion, ...]:
    """The best topics for this text, best first. The first has no topic when none is likely enough: not sure.

    In danger neither, unless it is a topic that has this danger; and the words of danger speak for no other topic.
    """
    index, desks = _ready(table, today)
    text = text[:LONGEST]
    said = words(text)
    residence = residence or island(said)
    danger = _alarm(table).hear(said)
    quiet = {place for one in danger if not one.topics for place in one.places}
    said = [one for place, one in enumerate(said) if place not in quiet]
    named = desks.named(said)
    heard, known = _heard(index, text, said, named)
    pieces = index.pieces.scores([one.plain for one in said])
    by_topic, by_home = _scores(index, desks, heard, named, pieces)
    names = [one.organisation for one in named if not one.says]
    found = []
    for number in sorted(by_topic, key=lambda one: (-by_topic[one], index.topics[one]))[: limit * 4]:
        topic = index.topics[number]
        other = _subject(index, desks, heard, number) if topic in desks.open else None
        about = desks.organisation(other, names, by_home, residence) if other is not None else None
        who = desks.organisation(topic, names, by_home, residence, about)
        found.append(
            Suggestion(
                topic,
                who.id if who is not None else None,
                who.tooi if who is not None else None,
                round(known * by_topic[number] / (by_topic[number] + _HALF), 3),
                _matched(index, text, heard, number),
            )
        )
    return _best(found, limit, frozenset(topic for one in danger for topic in one.topics) if danger else None)


def hear_danger(table: Table, text: str, *, today: date, residence: Residence | None = None) -> Danger | None:
    """What to say and do first, when these words may mean danger now. An employee decides whether it is."""
    prepare(table)
    said = words(text)
    heard = _alarm(table).hear(said)
    if not heard:
        return None
    facts = Facts(channel=Channel.PHONE, danger=True, residence=residence or island(said) or Residence())
    instruction = decide(table, facts, source="", today=today).instruction
    spans = sorted({(said[one.places[0]].start, said[one.places[-1]].end) for one in heard})
    return Danger(instruction, tuple(text[start:end] for start, end in spans)) if instruction else None


def prepare(table: Table) -> None:
    """Make the index beforehand; it takes a second or two, which nobody who asks should wait for."""
    if "index" not in table.remembered:
        table.remembered["index"] = Index(table)
        table.remembered["alarm"] = Alarm(table.danger, table.remembered["index"])


def _alarm(table: Table) -> Alarm:
    found: Alarm = table.remembered["alarm"]
    return found


def _ready(table: Table, today: date) -> tuple[Index, Desks]:
    """The index of the table and the desks of the day, made once."""
    prepare(table)
    index: Index = table.remembered["index"]
    desks: Desks | None = table.remembered.get("desks")
    if desks is None or desks.view is not view_of(table, today):  # one at a time: a router runs for years
        desks = table.remembered["desks"] = Desks(table, index, today)
    return index, desks


def _heard(index: Index, text: str, said: list[Word], named: list[Named]) -> tuple[dict[str, Heard], float]:
    """The words of the table in the text, and which part of the text they are."""
    silent = {place for one in named if one.says for place in range(one.first, one.last + 1)}
    contrasted = [match.span(1) for match in _NOT_BUT.finditer(text)]
    heard: dict[str, Heard] = {}
    full = recognised = 0
    for place, word in enumerate(said):
        if place in silent or word.plain in STOPWORDS:
            continue
        meant = index.meant(word.plain)
        full += 1
        recognised += bool(meant)
        less = _CONTRASTED if any(start <= word.start < end for start, end in contrasted) else 1.0
        for one, weight in meant:
            _note(heard, one, weight * less, (word.start, word.end))
    for place, (left, right) in enumerate(pairwise(said)):
        if place not in silent and (whole := index.joined(left.plain, right.plain)) is not None:
            _note(heard, whole, 1.0, (left.start, right.end))
    return heard, math.sqrt(recognised / full) if full else 0.0


def _note(heard: dict[str, Heard], one: str, weight: float, span: tuple[int, int]) -> None:
    known = heard.setdefault(one, Heard(weight, []))
    known.weight = max(known.weight, weight)
    known.spans.append(span)


def _scores(
    index: Index, desks: Desks, heard: dict[str, Heard], named: list[Named], pieces: list[float]
) -> tuple[dict[int, float], dict[str, float]]:
    """Per topic: its phrase most like the text, its words in general, and those of its organisation."""
    by_phrase: dict[int, float] = defaultdict(float)
    by_topic: dict[int, float] = defaultdict(float)
    by_home: dict[str, float] = defaultdict(float)
    for one, how in heard.items():
        weight = how.weight * index.weight[one]
        for phrase, share in index.by_phrase[one]:
            by_phrase[phrase] += weight * share
        for topic, part in index.by_topic[one]:
            by_topic[topic] += TOPIC * weight * part
        for home, part in desks.by_home[one]:
            by_home[home] += ORGANISATION * weight * part
    best: dict[int, float] = defaultdict(float)
    for phrase, weight in by_phrase.items():
        topic, whole = index.phrases[phrase]
        best[topic] = max(best[topic], weight * min(1.0, weight / whole))
    for name in named:
        if not name.says:
            by_home[name.organisation] += NAMED
            by_topic.update({topic: by_topic[topic] for topic in desks.topics_at.get(name.organisation, ())})
    scores = {}
    for topic, weight in by_topic.items():
        at = desks.home[index.topics[topic]]
        scores[topic] = (
            weight + PIECES * max(0.0, pieces[topic]) + best[topic] + (by_home[at] if at is not None else 0.0)
        )
    return scores, by_home


def _subject(index: Index, desks: Desks, heard: dict[str, Heard], open_topic: int) -> str | None:
    """What an objection or a complaint is about, by the words that are not about objecting itself."""
    subjects: dict[str, float] = defaultdict(float)
    homes: dict[str, float] = defaultdict(float)
    for one, how in heard.items():
        if open_topic in index.topics_of[one]:
            continue
        for number, part in index.by_topic[one]:
            subjects[index.topics[number]] += how.weight * index.weight[one] * part
        for home, part in desks.by_home[one]:
            homes[home] += how.weight * index.weight[one] * part
    best = max(subjects.keys() - desks.open, key=lambda one: (subjects[one], one), default=None)
    if best is None or subjects[best] < CLEAR:
        return None
    likeliest = max(homes, key=lambda one: (homes[one], one), default=None)
    return best if desks.home[best] == likeliest else None


def _matched(index: Index, text: str, heard: dict[str, Heard], topic: int) -> tuple[str, ...]:
    """The words that speak for this topic, as they stand in the text."""
    spans = {span for one, how in heard.items() if topic in index.topics_of[one] for span in how.spans}
    return tuple(text[start:end] for start, end in sorted(spans))


def _spread(found: list[Suggestion]) -> list[Suggestion]:
    """No organisation fills the list: when the first two have the same desk, others come before its third topic."""
    often = Counter[str | None]()
    kept = []
    for one in found:
        often[one.organisation] += 1
        if often[one.organisation] <= MOST_OF_ONE:
            kept.append(one)
    return kept


def _best(found: list[Suggestion], limit: int, danger: frozenset[str] | None) -> tuple[Suggestion, ...]:
    """Led by 'not sure' when even the best is unlikely, or when there is danger that it does not have."""
    least = POSSIBLE if danger is None else NOT_SURE
    possible = [one for one in _spread(found) if one.score >= least]
    if possible and possible[0].score >= NOT_SURE and (danger is None or possible[0].topic in danger):
        return tuple(possible[:limit])
    unsure = Suggestion(None, None, None, possible[0].score if possible else 0.0)
    return (unsure, *possible[: limit - 1])
