"""The table as it holds on one day: rules in order per topic and kind, so deciding never searches."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from contracts.base import Channel, Kind
from contracts.decisions import Alternative, Answer, Ask, Destination, Pointer
from contracts.questions import Facts
from routing.data.model import Item, LifeEvent, Organisation, PointerTo, Question, Rule
from routing.data.places import successors
from routing.data.tables import Table, contact_route, to_destination
from routing.engine.asked import LIVES, WHICH, Asked, Test, lives_on, needed
from routing.engine.conditions import ABOUT_TOPIC, Condition, compiled, kinds
from routing.engine.explain import FLAG_FINDINGS
from routing.engine.reads import OF_TOPIC, reads_of, words_of
from routing.engine.surroundings import Surroundings

FINDING_KEYS = frozenset({"multi_problem", "stack", "involved", "answers", "source_connected", *FLAG_FINDINGS})
ELSEWHERE = frozenset({"island", "abroad"})
CACHED = 50_000


@dataclass(frozen=True, slots=True)
class Compiled:
    """A rule with its tests, and per failed test the explanation that it was not met."""

    rule: Rule
    tests: tuple[tuple[Test, Alternative], ...]
    conditions: tuple[Condition, ...]
    reads: tuple[str, ...]
    of_topic: bool
    finds: bool
    needs: tuple[int, ...]
    deciders: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Companion:
    """A pointer that rides along, with its tests; `never` are conditions under which it does not, all together."""

    pointer: PointerTo
    tests: tuple[Condition, ...]
    never: tuple[Condition, ...]
    needs: tuple[int, ...]
    kinds: frozenset[Kind]

    def rides(self, asked: Asked) -> bool:
        for one in self.tests:
            if not one.test(asked):
                return False
        return not self.never or not all(one.test(asked) for one in self.never)


Possible = tuple[tuple[Compiled, ...], tuple[Companion, ...]]
"""The rules that may decide a question, highest priority first, and the pointers that may ride along."""
_Among = tuple[tuple[Compiled, ...], dict[str, list[Compiled]], tuple[Companion, ...]]
"""The same for whoever decided, and in the middle apart: what may decide only when this organisation decided."""


class View:
    """Everything `decide` needs on one day; built once per table and day."""

    def __init__(self, table: Table, today: date) -> None:
        self.table = table
        self.today = today
        self.settings = table.settings
        self._there = {one.id: one for one in table.organisations.values() if one.in_service(today)}
        self._successors = successors(table.herindelingen, self._there, today)
        self._absences = {one.organisation: one for one in table.absences if one.term.on(today)}
        self.absent = {name: table.takes_over(name, today) for name in self._absences}
        for one in table.organisations.values():
            if (
                one.id not in self._there
                and one.successor is not None
                and (now := table.takes_over(one.id, today)) is not None
            ):
                self._successors.setdefault(one.id, (now,))
        # The last resort is never out of service, whatever its dates say: R-08 knows no day without a human.
        self.triage = to_destination(table.organisations[table.settings.triage], today)
        self._destinations: dict[str, Destination] = {}
        self._alternatives: dict[tuple[str, str | None, str], Alternative] = {}
        self._asks: dict[str, Ask] = {}
        self._homes: dict[tuple[str | None, str | None, str | None], tuple[str, ...]] = {}
        self._pointers: dict[tuple[str, str], Pointer | None] = {}
        self._reads: dict[tuple[str, str], tuple[str, ...]] = {}
        self.prepared: dict[tuple[str, str, str, bool], dict[str, Any]] = {}
        self.homes = homes(table.rules)
        self.ombudsmen = {named: one.id for one in self._there.values() for named in one.ombudsman_of}
        connected = frozenset(one.id for one in self._there.values() if one.connected_on(today))
        self.around = Surroundings(table.settings, table.groups, self.homes, connected, self.living)
        rules = [rule for rule in table.rules if rule.validity.on(today) and self._on_the_ladder(rule)]
        compiled_rules = [(_compile(rule, table, self.around), kinds(rule.when)) for rule in rules]
        self._riding: list[Companion] = []
        self.riding_with: dict[str, tuple[Companion, ...]] = {}
        self._ride()
        self._events: dict[str, tuple[tuple[Item, tuple[Condition, ...]], ...]] = {}
        self._general: dict[Kind, tuple[Compiled, ...]] = {}
        self._by_topic: dict[tuple[str, Kind], tuple[Compiled, ...]] = {}
        self._own: dict[tuple[str, Kind], tuple[Compiled, ...]] = {}
        self._deciders = frozenset(name for one, _ in compiled_rules for name in one.deciders)
        self._among: dict[tuple[str | None, Kind, int], _Among] = {}
        self._possible: dict[tuple[str | None, Kind, int, str | None], Possible] = {}
        self._index(compiled_rules)

    def _on_the_ladder(self, rule: Rule) -> bool:
        """The owner chooses where problems that hang together begin (R-31); a rule may be for one choice only."""
        return not rule.ladder or self.settings.ladder in rule.ladder

    def _ride(self) -> None:
        for one in self.table.companions:
            made = Companion(
                one.pointer,
                compiled(one.when, self.around),
                compiled(one.unless, self.around),
                needed(one.when),
                kinds(one.when),
            )
            for organisation in one.who:
                self.riding_with[organisation] = (*self.riding_with.get(organisation, ()), made)
            if not one.who:
                self._riding.append(made)

    def _index(self, rules: list[tuple[Compiled, frozenset[Kind]]]) -> None:
        own: dict[str, list[tuple[Compiled, frozenset[Kind]]]] = {code: [] for code in self.table.topics}
        general = []
        for one in rules:
            topic = one[0].rule.topic
            if topic is None:
                general.append(one)
                for code in self._topics_of(one[0]):
                    own[code].append(one)
            elif topic in own:
                own[topic].append(one)
        for kind in Kind:
            self._general[kind] = tuple(rule for rule, for_kinds in general if kind in for_kinds)
            for code, mine in own.items():
                self._own[code, kind] = tuple(rule for rule, for_kinds in mine if kind in for_kinds)
                both = {id(one): one for one in (*self._general[kind], *self._own[code, kind])}.values()
                self._by_topic[code, kind] = tuple(sorted(both, key=_first))

    def _topics_of(self, one: Compiled) -> list[str]:
        """The topics of a rule for who lives elsewhere: it is one of their own rules, also for an objection."""
        about = [condition for condition in one.conditions if condition.key in ABOUT_TOPIC]
        if not about or ELSEWHERE.isdisjoint(one.rule.when):
            return []
        asked = {code: Asked(_NOTHING_SAID, "", topic) for code, topic in self.table.topics.items()}
        return [code for code in asked if all(condition.test(asked[code]) for condition in about)]

    def possible(self, topic: str | None, kind: Kind, said: int, decided: str | None = None) -> Possible:
        """What may decide this question and ride along with it.

        A general rule that is not about this topic, needs a fact nobody gave, or is for decisions of others is left
        out; a topic's own rule stays, so that the decision can say why it did not hold.
        """
        key = (topic, kind, said, decided if decided in self._deciders else None)
        found = self._possible.get(key)
        if found is None:
            if len(self._possible) >= CACHED:
                self._possible.clear()
                self._among.clear()
            rules, of, riding = self._among.get(key[:3]) or self._thinkable(topic, kind, said)
            mine = of.get(key[3] or "", ())
            found = self._possible[key] = (tuple(sorted((*rules, *mine), key=_first)) if mine else rules, riding)
        return found

    def _thinkable(self, topic: str | None, kind: Kind, said: int) -> _Among:
        every = self._general[kind] if topic is None else self._by_topic[topic, kind]
        about = Asked(_NOTHING_SAID, "", self.table.topics.get(topic or ""))
        rules: list[Compiled] = []
        of: dict[str, list[Compiled]] = {}
        for one in every:
            if one.rule.topic is None and not _thinkable(one.conditions, one.needs, about, said):
                continue
            if not one.deciders:
                rules.append(one)
            for organisation in one.deciders:
                of.setdefault(organisation, []).append(one)
        riding = tuple(
            replace(one, tests=tuple(each for each in one.tests if each.key not in ABOUT_TOPIC))
            for one in self._riding
            if kind in one.kinds and _thinkable(one.tests, one.needs, about, said)
        )
        made = self._among[topic, kind, said] = (tuple(rules), of, riding)
        return made

    def items(self, event: LifeEvent) -> tuple[tuple[Item, tuple[Condition, ...]], ...]:
        """What a life event asks for, each with its conditions."""
        found = self._events.get(event.code)
        if found is None:
            found = self._events[event.code] = tuple((one, compiled(one.when, self.around)) for one in event.items)
        return found

    def living(self, facts: Facts) -> tuple[str, ...]:
        """Where the person may live: one place when that is known, several when a code or postcode cannot tell."""
        if facts.answers:
            return self._living(facts)
        home = facts.residence
        key = (home.municipality, home.postcode, home.island)
        found = self._homes.get(key)
        if found is None:
            if len(self._homes) >= CACHED:
                self._homes.clear()
            found = self._homes[key] = self._living(facts)
        return found

    def _living(self, facts: Facts) -> tuple[str, ...]:
        island = lives_on(facts)
        if island is not None:
            return (f"cn-{island}",)
        home, answers = facts.residence, facts.answers
        possible: tuple[str, ...] = ()
        for said in (home.municipality, home.postcode, answers.get(LIVES), answers.get(WHICH)):
            if said is not None:
                found = self.municipalities(said)
                if len(found) > 1 and possible:
                    found = tuple(one for one in found if one in possible)
                if len(found) == 1:
                    return found
                possible = found or possible
        return possible

    def own_rules(self, topic: str) -> tuple[Compiled, ...]:
        """Only the topic's own rules: who is responsible for the subject itself."""
        return self._own.get((topic, Kind.QUESTION), ())

    def reads(self, one: Compiled, topic: str) -> tuple[str, ...]:
        """What this rule looks at for a question on this topic, when it leaves to the topic's own rules who it is."""
        key = (one.rule.id, topic)
        found = self._reads.get(key)
        if found is None:
            own = (key for rule in self.own_rules(topic) for key in rule.reads)
            found = self._reads[key] = tuple(dict.fromkeys((*one.reads, *own)))
        return found

    def organisation(self, organisation: str) -> Organisation | None:
        return self._there.get(organisation)

    def now(self, organisation: str) -> tuple[str, ...]:
        """Itself while it is there; one that is gone, as those in its place."""
        return (organisation,) if organisation in self._there else self._successors.get(organisation, ())

    def municipalities(self, said: str) -> tuple[str, ...]:
        """The municipalities of this day that a code (`gm0363`) or the digits of a postcode can mean."""
        if said.startswith("gm"):
            return self.now(f"gemeente-{said}")
        names = self.table.postcodes.get(said.removeprefix("postcode-"), ())
        return self.now(names[0]) if len(names) == 1 else tuple({now: None for one in names for now in self.now(one)})

    def herindeling(self, organisation: str | None) -> str | None:
        """That an organisation is gone and which are in its place, as an employee reads it."""
        if organisation is None or organisation not in self._successors or organisation in self._there:
            return None
        now = self._successors[organisation]
        names = ", ".join(self._there[one].name for one in now)
        gone = next((one for one in self.table.herindelingen if one.old == organisation), None)
        if gone is None:
            return f"{self.table.organisations[organisation].name} bestaat niet meer; nu: {names}"
        return f"{gone.name} ({organisation.removeprefix('gemeente-')}) bestaat niet meer sinds {gone.on}; nu: {names}"

    def says_absent(self, organisation: str) -> str:
        """That it is not there, until when, and who stands in, as an employee reads it."""
        until, stand_in = self._absences[organisation].term.valid_to, self.absent[organisation]
        days = f" tot en met {until:%d-%m-%Y}" if until is not None else ""
        instead = f"; {self._there[stand_in].name} neemt waar" if stand_in is not None else ""
        return f"Deze organisatie is afwezig{days}{instead}."

    def says_gone(self, organisation: str) -> str:
        """Why an organisation that a human named gets nothing, and who gets it instead."""
        if organisation in self.absent:
            return self.says_absent(organisation)
        said = self.herindeling(organisation)
        return f"{said}." if said else "Deze organisatie staat niet in de tabel of is op deze dag niet open."

    def standing_in(self, organisation: str) -> str:
        """Itself, or who stands in while it is absent; itself when nobody does."""
        return self.absent.get(organisation) or organisation

    def destination(self, organisation: str) -> Destination | None:
        made = self._destinations.get(organisation)
        if made is None and (found := self._there.get(organisation)) is not None:
            made = self._destinations[organisation] = to_destination(found, self.today)
        return made

    def pointer(self, to: PointerTo, organisation: str) -> Pointer | None:
        key = (organisation, to.why)
        if key not in self._pointers:
            found = self.organisation(organisation)
            self._pointers[key] = (
                None
                if found is None
                else Pointer(organisation=found.id, name=found.name, contact=contact_route(found), why=to.why)
            )
        return self._pointers[key]

    def alternative(self, rule: str, organisation: str | None, why: str) -> Alternative:
        """The same few explanations come back for many questions."""
        key = (rule, organisation, why)
        made = self._alternatives.get(key)
        if made is None:
            if len(self._alternatives) >= CACHED:
                self._alternatives.clear()
            made = self._alternatives[key] = Alternative(rule=rule, organisation=organisation, why=why)
        return made

    def ask(self, question: Question, among: tuple[str, ...] = ()) -> Ask:
        """The question with its answers; `among` are municipalities to choose from, put first."""
        if among:
            choices = [Answer(code=one.removeprefix("gemeente-"), text=self._there[one].name) for one in among]
            return Ask(code=question.code, text=question.text, answers=(*choices, *self.ask(question).answers))
        made = self._asks.get(question.code)
        if made is None:
            answers = tuple(Answer(code=code, text=text) for code, text in question.answers)
            made = self._asks[question.code] = Ask(code=question.code, text=question.text, answers=answers)
        return made


def _first(one: Compiled) -> tuple[int, str]:
    return (-one.rule.priority, one.rule.id)


_NOTHING_SAID = Facts(channel=Channel.PHONE)


def _thinkable(conditions: tuple[Condition, ...], needs: tuple[int, ...], about: Asked, said: int) -> bool:
    """Whether it can hold for a question on this topic in which only these facts are given."""
    return all(bits & said for bits in needs) and all(one.test(about) for one in conditions if one.key in ABOUT_TOPIC)


def _compile(rule: Rule, table: Table, around: Surroundings) -> Compiled:
    conditions = compiled(rule.when, around)
    to = rule.to if rule.to in table.organisations else None
    tests = tuple(
        (
            condition.test,
            Alternative(rule=rule.id, organisation=to, why=f"Geldt hier niet: vraagt {condition.says}."[:600]),
        )
        for condition in conditions
    )
    of_topic = not OF_TOPIC.isdisjoint(words_of(rule))
    finds, decided = not FINDING_KEYS.isdisjoint(rule.when), rule.when.get("decision_by")
    # A general rule for decisions of some waits under their names: one for each municipality slows down no question.
    deciders = tuple(dict.fromkeys(map(str, decided))) if rule.topic is None and isinstance(decided, list) else ()
    return Compiled(rule, tests, conditions, reads_of(rule), of_topic, finds, needed(rule.when), deciders)


def homes(rules: Iterable[Rule]) -> dict[str, str]:
    """Per topic where it goes when nothing special is the matter: its rule without conditions."""
    return {one.topic: one.to for one in rules if one.topic and one.to and not one.when}


def view_of(table: Table, today: date) -> View:
    """The view of this day. Days between two changes of the table share one, so replay stays cheap."""
    found: View | None = table.views.get(today)
    if found is None:
        if len(table.views) >= CACHED:
            table.views.clear()
        start = _last_change(table, today)
        found = table.views.get(start)
        if found is None:
            found = table.views[start] = View(table, today)
        table.views[today] = found
    return found


def _last_change(table: Table, today: date) -> date:
    """The last day, not after today, on which something in the table begins, is connected or has ended."""
    changes = [date.min]
    terms = [one.validity for one in table.organisations.values()] + [one.validity for one in table.rules]
    terms += [one.term for one in table.absences]
    for term in terms:
        changes.append(term.valid_from)
        if term.valid_to is not None and term.valid_to < date.max:
            changes.append(term.valid_to + timedelta(days=1))
    changes += [one.on for one in table.herindelingen]
    changes += [one.connected_since for one in table.organisations.values() if one.connected_since is not None]
    return max(day for day in changes if day <= today)
