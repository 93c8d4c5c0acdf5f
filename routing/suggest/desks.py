"""Who has a topic on a day, and which organisations a text names. Reads the same rules as a decision does."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from contracts.base import Channel, Island
from contracts.questions import Facts, Residence
from routing.data.model import Organisation, Rule
from routing.data.tables import Table
from routing.engine.asked import Asked
from routing.engine.decide import decide
from routing.engine.resolve import RESOLVERS, ZORGKANTOOR, resolve
from routing.engine.view import View, view_of
from routing.suggest.common import SAID_BY, SAYS, STOPWORDS
from routing.suggest.index import Index, shares
from routing.suggest.words import Word, words

# Who is meant depends on where somebody lives; without that the kind of organisation is the honest answer.
GENERIC_OF = {
    "municipality-of-residence": "gemeente",
    "province-of-residence": "provincie",
    "waterschap-of-residence": "waterschap",
    "zorgkantoor-of-residence": "zorgkantoor",
}
_ISLANDS = {
    "bonaire": Island.BONAIRE,
    "saba": Island.SABA,
    "statia": Island.SINT_EUSTATIUS,
    "eustatius": Island.SINT_EUSTATIUS,
}
_OPEN = frozenset(
    {"decision-organisation", "decision-organisation-or-ask", "organisation-concerned", "registry-holder"}
)
_SHORTEST_NAME = 3


@dataclass(frozen=True, slots=True)
class Named:
    """An organisation named in the text. `says`: it only sent the person on, so it says little about the subject."""

    organisation: str
    first: int
    last: int
    says: bool


class Desks:
    """The destinations of one day."""

    def __init__(self, table: Table, index: Index, today: date) -> None:
        self.view: View = view_of(table, today)
        self._organisations = table.organisations
        self._plain = {rule.topic: rule for rule in self._rules() if rule.topic and not rule.when}
        self.open = frozenset(topic for topic, rule in self._plain.items() if rule.to in _OPEN)
        self.home = {code: self._home(code) for code in index.topics}
        self.topics_at: dict[str, list[int]] = defaultdict(list)
        for number, code in enumerate(index.topics):
            if (home := self.home[code]) is not None:
                self.topics_at[home].append(number)
        self._names = self._all_names()
        self.by_home = self._by_home(index)

    def _rules(self) -> Iterator[Rule]:
        return (rule for rule in self.view.table.rules if rule.validity.on(self.view.today))

    def _home(self, topic: str) -> str | None:
        """The organisation of a topic as far as it is one and the same for everybody."""
        rule = self._plain.get(topic)
        if rule is None or rule.to is None or rule.to in _OPEN:
            return None
        return GENERIC_OF.get(rule.to) or self._resolved(rule, _facts(topic))

    def _resolved(self, rule: Rule, facts: Facts) -> str | None:
        asked = Asked(facts, "", self.view.table.topics.get(facts.topic or ""), frozenset(), 0)
        for to in (rule.to, *rule.fallback):
            found = resolve(self.view, asked, to) if to is not None else None
            if isinstance(found, str) and self.view.organisation(found) is not None:
                return found
            if to in GENERIC_OF:
                return GENERIC_OF[to]
        return None

    def organisation(
        self,
        topic: str,
        named: Iterable[str],
        likely: Mapping[str, float],
        residence: Residence | None,
        about: Organisation | None = None,
    ) -> Organisation | None:
        """Whom the topic's plain rule leads to, with what the text itself says of which organisation is meant.

        `about`: who has the other subject that the text is about, for what any organisation does, such as deciding.
        """
        rule = self._plain.get(topic)
        if rule is None:
            return None
        if residence is not None and (residence.island is not None or residence.abroad):
            return self._elsewhere(topic, residence)
        names = [one for one in named if self.view.organisation(one) is not None]
        if rule.to is None:
            found = self._one_of(topic, [*named], likely)
        elif rule.to in _OPEN:
            found = next(iter(named), None) or (about.id if about is not None else None)
            found = found or self._resolved(rule, _facts(topic, residence))
        else:
            office = next((one for one in names if one.startswith("zorgkantoor-")), None)
            answers = {ZORGKANTOOR: office} if office is not None else {}
            known = {"decision_by": next(iter(names), None), "answers": answers}
            found = self._resolved(rule, _facts(topic, residence).model_copy(update=known))
        return self._organisations.get(found) if found is not None else None

    def _elsewhere(self, topic: str, residence: Residence) -> Organisation | None:
        """On the islands and abroad nearly every topic has rules of its own, so the whole decision is asked for."""
        lead = decide(self.view.table, _facts(topic, residence), source="", today=self.view.today).lead
        if lead is not None:
            return self._organisations.get(lead.organisation)
        return self._organisations.get(f"cn-{residence.island}") if residence.island is not None else None

    def _one_of(self, topic: str, named: list[str], likely: Mapping[str, float]) -> str | None:
        """A topic that asks one more question: the likeliest of the places its answers lead to."""
        places = [
            GENERIC_OF.get(rule.to, rule.to)
            for rule in self._rules()
            if rule.topic == topic and rule.to and (rule.to in GENERIC_OF or rule.to not in RESOLVERS)
        ]
        for one in named:
            if one in places:
                return one
        return max(places, key=lambda one: likely.get(one, 0.0), default=None)

    def _by_home(self, index: Index) -> dict[str, tuple[tuple[str, float], ...]]:
        """Per word how much it says of each organisation; a word of all organisations says little."""
        every = math.log(1 + len({one for one in self.home.values() if one is not None}))
        found: dict[str, tuple[tuple[str, float], ...]] = {}
        for word, topics in index.topics_of.items():
            homes: dict[str, float] = defaultdict(float)
            for number, count in topics.items():
                if (home := self.home[index.topics[number]]) is not None:
                    homes[home] += count
            rare = math.log(1 + math.expm1(every) / (len(homes) or 1)) / every
            found[word] = tuple((home, rare * share) for home, share in shares(homes))
        return found

    def _all_names(self) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """By first word: the names and aliases of every organisation that people may call by name."""
        found: dict[str, list[tuple[tuple[str, ...], str]]] = defaultdict(list)
        for one in self._organisations.values():
            if one.id.startswith(("gemeente-", "adv-")):
                continue
            for name in _names(one):
                if said := tuple(word.plain for word in words(name)):
                    found[said[0]].append((said, one.id))
        return {first: sorted(names, key=lambda one: -len(one[0])) for first, names in found.items()}

    def named(self, said: list[Word]) -> list[Named]:
        """The organisations named, in the order of the text."""
        found: list[Named] = []
        place = 0
        while place < len(said):
            match = self._name_at(said, place)
            if match is not None:
                found.append(match)
            place = match.last + 1 if match is not None else place + 1
        return found

    def _name_at(self, said: list[Word], place: int) -> Named | None:
        for name, organisation in self._names.get(said[place].plain, ()):
            end = place + len(name)
            if tuple(one.plain for one in said[place:end]) == name and _meant_as_name(name, said[place]):
                after = {one.plain for one in said[end : end + 2]}
                before = {one.plain for one in said[max(0, place - 2) : place]}
                says = not SAYS.isdisjoint(after) or not SAID_BY.isdisjoint(before)
                return Named(organisation, place, end - 1, says)
        return None


def island(said: Iterable[Word]) -> Residence | None:
    """Who names one of the islands most likely lives there."""
    found = next((_ISLANDS[one.plain] for one in said if one.plain in _ISLANDS), None)
    return Residence(island=found) if found is not None else None


def _facts(topic: str, residence: Residence | None = None) -> Facts:
    """No rule looks at the channel, so any will do."""
    return Facts(topic=topic, channel=Channel.DESK, residence=residence or Residence())


def _names(one: Organisation) -> Iterator[str]:
    """`Sociale Verzekeringsbank (SVB)` is called by both its names."""
    full, _, short = one.name.partition("(")
    yield full
    if short.rstrip(")").isupper():
        yield short
    yield from one.aliases


def _meant_as_name(name: tuple[str, ...], first: Word) -> bool:
    """`OM` and `LET` are organisations, `om` and `let` are not."""
    short = len(name) == 1 and (len(name[0]) < _SHORTEST_NAME or name[0] in STOPWORDS)
    return not short or first.text.isupper()
