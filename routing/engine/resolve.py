"""From what a rule says (`svb`, `municipality-of-residence`) to the organisation it means for this question."""

from collections.abc import Callable
from dataclasses import dataclass

from contracts.base import Kind
from contracts.questions import Facts
from routing.engine.asked import LIVES, WHICH, Asked, lives_abroad
from routing.engine.view import Compiled, View


@dataclass(frozen=True, slots=True)
class Need:
    """Cannot be said before one more question is answered; `among` are the municipalities it can be."""

    question: str
    among: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Nothing:
    """Leads nowhere for this question, and why."""

    why: str


Resolved = str | Need | Nothing
WATERSCHAP, ZORGKANTOOR, DECIDED, NOW = "woonwaterschap", "zorgkantoor", "besluit-van", "waar-nu"
DECIDED_HERE = "gemeente-besluit"
_NO_ADDRESS, _HOME, LOKET = "geen-vast-adres", "woongemeente", "maatwerkloket"
_MUNICIPALITY = "gemeente-"
OMBUDSMAN, NATIONAL = "ombudsman-concerned", "nationale-ombudsman"
# Of a topic that is there for any organisation, whoever is named may be the one; of these only one of that kind.
_OF_ANYBODY = frozenset({"decision-organisation", "decision-organisation-or-ask", "organisation-concerned"})
_OF_A_KIND = {
    "municipality-of-residence": _MUNICIPALITY,
    "waterschap-of-residence": "waterschap-",
    "zorgkantoor-of-residence": "zorgkantoor-",
    "province-of-residence": "provincie-",
}


def resolve(view: View, asked: Asked, to: str) -> Resolved:
    """The organisation meant by `to`; the caller still checks that it is in service and did not decline."""
    resolver = RESOLVERS.get(to)
    return to if resolver is None else resolver(view, asked)


def named_municipality(facts: Facts, key: str) -> str | None:
    """The municipality that this fact names by its code, if it does."""
    if key != "residence":
        said: str | None = getattr(facts, key)
        return said
    code = facts.residence.municipality or facts.answers.get(LIVES)
    return f"gemeente-{code}" if code is not None else None


def _municipality(view: View, asked: Asked) -> Resolved:
    """The one that took the decision: who moved still has the debt and the permit of the old one. Else of the home."""
    decided = asked.facts.decision_by
    if decided is not None and decided.startswith(_MUNICIPALITY):
        now = _today(view, asked, decided)
        if isinstance(now, Need) or view.organisation(now) is not None:
            return now
    return _home(view, asked)


def _home(view: View, asked: Asked) -> Resolved:
    """By residence, never by desk; abroad the Loket Buitenland; without an address where the person is."""
    facts = asked.facts
    if lives_abroad(facts):
        return view.settings.abroad
    found = view.living(facts)
    if len(found) == 1:
        return found[0]
    answer = facts.answers.get(LIVES)
    if answer is None or (found and WHICH not in facts.answers):
        return Need(LIVES if answer is None else WHICH, found)
    if answer == _NO_ADDRESS:
        return _without_address(view, asked)
    return Nothing("De woongemeente is niet bekend; een mens zoekt uit welke gemeente helpt.")


def _without_address(view: View, asked: Asked) -> Resolved:
    """Any municipality may help who has no address (Wmo 2015, article 1.2.1): the one that asks, or where one is."""
    if asked.source.startswith(_MUNICIPALITY):
        return _today(view, asked, asked.source)
    said, chosen = asked.facts.answers.get(NOW), asked.facts.answers.get(WHICH)
    if said is None:
        return Need(NOW)
    found = view.municipalities(said)
    if len(found) > 1 and chosen is None:
        return Need(WHICH, found)
    among = [one for one in found if len(found) == 1 or one in view.municipalities(chosen or "")]
    return among[0] if len(among) == 1 else Nothing("Niet bekend is waar de persoon nu is; een mens zoekt het uit.")


def _province(view: View, asked: Asked) -> Resolved:
    """Of the municipality; on the islands the public body has the tasks of a province too."""
    home = _home(view, asked)
    found = view.organisation(home) if isinstance(home, str) else None
    return home if found is None else found.province or found.id


def _today(view: View, asked: Asked, organisation: str) -> str | Need:
    """A municipality that is gone, as the one in its place; of several the one where the person lives."""
    now = view.now(organisation)
    if len(now) > 1:
        home = view.living(asked.facts)
        return home[0] if len(home) == 1 and home[0] in now else Need(LIVES, now)
    return now[0] if now else organisation


def _adv(view: View, asked: Asked) -> Resolved:
    """Each municipality has one; where the residence is unknown the national desk knows the way."""
    found = () if lives_abroad(asked.facts) else view.living(asked.facts)
    adv = f"adv-{found[0].removeprefix('gemeente-')}" if len(found) == 1 else "discriminatie-nl"
    return adv if view.organisation(adv) is not None else "discriminatie-nl"


def _answered(question: str, view: View, asked: Asked) -> Resolved:
    """The person says which one it is; the answer is its id in the table."""
    answer = asked.facts.answers.get(question)
    if answer is None:
        return Need(question)
    if view.organisation(answer) is not None:
        return answer
    return Nothing("Het antwoord wijst geen organisatie aan; een mens zoekt het uit.")


def _waterschap(view: View, asked: Asked) -> Resolved:
    """There is no open list from postcode to waterschap, so the person is asked."""
    for known in (asked.facts.decision_by, *asked.facts.involved):
        if known is not None and known.startswith("waterschap-"):
            return known
    return _answered(WATERSCHAP, view, asked)


def _zorgkantoor(view: View, asked: Asked) -> Resolved:
    """Regional, with no open list of regions, so the person is asked too."""
    return _answered(ZORGKANTOOR, view, asked)


def _decision_organisation(view: View, asked: Asked) -> Resolved:
    if asked.facts.decision_by is not None:
        return _today(view, asked, asked.facts.decision_by)
    named = _named(view, asked)
    if named is not None:
        return _today(view, asked, named)
    answer = asked.facts.answers.get(DECIDED)
    if answer == "gemeente":
        return _home(view, asked)
    if answer is not None and view.organisation(answer) is not None:
        return answer
    return Nothing("Niet bekend is welke organisatie het besluit nam.")


def _named(view: View, asked: Asked) -> str | None:
    """The one other organisation in the matter, when it can be the one meant.

    Never the first door: that is there because somebody knocked. Of an objection the subject says who decided, so
    there somebody else is only meant when the subject is theirs too.
    """
    others = frozenset(asked.facts.involved) - {asked.source}
    if len(others) != 1:
        return None
    (one,) = others
    disputes = asked.facts.kind in (Kind.OBJECTION, Kind.APPEAL) and asked.topic is not None
    return None if disputes and not _has_topic(view, asked, one) else one


def _has_topic(view: View, asked: Asked, organisation: str) -> bool:
    """Whether one of the topic's own rules can lead there."""
    leads = _leads(view, asked)
    kinds = tuple(start for to, start in _OF_A_KIND.items() if to in leads)
    return organisation in leads or not _OF_ANYBODY.isdisjoint(leads) or organisation.startswith(kinds)


def _leads(view: View, asked: Asked) -> set[str]:
    """All that the rows of this topic lead to; rows for all topics of who lives elsewhere say nothing of the topic."""
    own = view.own_rules(asked.topic.code) if asked.topic is not None else ()
    rules = [one for one in own if one.rule.topic is not None]
    return {to for one in rules for to in (one.rule.to, *one.rule.candidates, *one.rule.fallback) if to is not None}


def _municipality_that_decided(view: View, asked: Asked) -> Resolved:
    """Of a decision that any municipality may have taken, such as a parking assessment in another city."""
    for known in (asked.facts.decision_by, _named(view, asked)):
        if known is not None:
            return _today(view, asked, known)
    answer = asked.facts.answers.get(DECIDED_HERE)
    if answer is None:
        return Need(DECIDED_HERE)
    if answer == _HOME:
        return _home(view, asked)
    found = view.municipalities(answer)
    return found[0] if len(found) == 1 else Nothing("Niet bekend is welke gemeente het besluit nam.")


def _decision_organisation_or_ask(view: View, asked: Asked) -> Resolved:
    """For what any organisation does, such as a fine or a late decision: which one is one question away."""
    found = _decision_organisation(view, asked)
    return Need(DECIDED) if isinstance(found, Nothing) and DECIDED not in asked.facts.answers else found


def _organisation_concerned(view: View, asked: Asked) -> Resolved:
    """Whom an objection or complaint is about: who decided, else who is responsible for the subject."""
    found = _decision_organisation(view, asked)
    if isinstance(found, Need) and LIVES not in asked.facts.answers:
        return found
    if isinstance(found, str) and view.organisation(found) is not None:
        return found
    if asked.topic is None and DECIDED not in asked.facts.answers:
        return Need(DECIDED)
    return _organisation_of_topic(view, asked)


def _ombudsman(view: View, asked: Asked) -> Resolved:
    """Of the organisation concerned, where it has its own; else the national one, who sends on. It never waits."""
    found = _decision_organisation(view, asked)
    if not isinstance(found, str) and OMBUDSMAN not in _leads(view, asked):
        found = _organisation_of_topic(view, asked)
    return view.ombudsmen.get(found, NATIONAL) if isinstance(found, str) else NATIONAL


def _registry_holder(view: View, asked: Asked) -> Resolved:
    if asked.facts.registry_holder is not None:
        return _today(view, asked, asked.facts.registry_holder)
    return Nothing("Niet bekend is wie de registratie houdt.")


def _organisation_of_topic(view: View, asked: Asked) -> Resolved:
    """Who is responsible for the subject itself, by the topic's own rules."""
    if asked.topic is None:
        return Nothing("Het onderwerp is niet bekend.")
    for one in view.own_rules(asked.topic.code):
        if _holds(one, asked):
            return _first(view, asked, one)
    return Nothing("Bij dit onderwerp past geen regel.")


def _holds(one: Compiled, asked: Asked) -> bool:
    return all(test(asked) for test, _ in one.tests)


def _first(view: View, asked: Asked, one: Compiled) -> Resolved:
    """Where the rule leads, or who its fallback names when that is nobody."""
    if one.rule.outcome == "return":
        return Nothing("Over dit onderwerp gaat geen overheidsorganisatie.")
    if one.rule.to is None:
        question = one.rule.ask or ""
        return Nothing("Het antwoord past bij geen regel.") if question in asked.facts.answers else Need(question)
    for to in (one.rule.to, *one.rule.candidates, *one.rule.fallback):
        found = resolve(view, asked, to)
        if isinstance(found, Need) or (isinstance(found, str) and view.organisation(found) is not None):
            return found
    return Nothing("De regel van dit onderwerp wijst hier geen organisatie aan.")


def _connected_partner(view: View, asked: Asked) -> Resolved:
    """Who is connected and already in the matter brings the case to the Maatwerkloket (R-33, C-15)."""
    subject, home = _organisation_of_topic(view, asked), _home(view, asked)
    others = [one for one in (*asked.facts.involved, subject, home) if isinstance(one, str) and one != asked.source]
    for team in (*(maatwerkplaats_of(view, one) for one in others), *others):
        if team in view.around.connected and team not in asked.declined:
            return team
    return Nothing("Geen andere organisatie in deze zaak is aangesloten; de triage brengt de casus in.")


def _maatwerkplaats(view: View, asked: Asked) -> Resolved:
    """Of the relevant organisation: of the subject, else the one that signals it, else one involved (000:157)."""
    subject = _organisation_of_topic(view, asked)
    for candidate in (subject, asked.source, *asked.facts.involved):
        if not isinstance(candidate, str):
            continue
        team = maatwerkplaats_of(view, candidate)
        if team is not None and team not in asked.declined:
            return team
    return Nothing("Geen van de betrokken organisaties heeft een maatwerkplaats die kan helpen.")


def maatwerkplaats_of(view: View, organisation: str) -> str | None:
    """The organisation's own team for complex cases, or who stands in for it, when it is in service."""
    found = view.organisation(organisation)
    team = found.maatwerkplaats if found is not None else None
    if team in view.absent:
        team = view.absent[team]
    return team if team is not None and view.organisation(team) is not None else None


def _triage(view: View, _: Asked) -> Resolved:
    return view.settings.triage


RESOLVERS: dict[str, Callable[[View, Asked], Resolved]] = {
    "municipality-of-residence": _municipality,
    "home-municipality": _home,
    "municipality-that-decided": _municipality_that_decided,
    "province-of-residence": _province,
    "adv-of-residence": _adv,
    "waterschap-of-residence": _waterschap,
    "decision-organisation": _decision_organisation,
    "decision-organisation-or-ask": _decision_organisation_or_ask,
    "organisation-concerned": _organisation_concerned,
    OMBUDSMAN: _ombudsman,
    "registry-holder": _registry_holder,
    "zorgkantoor-of-residence": _zorgkantoor,
    "organisation-of-topic": _organisation_of_topic,
    "maatwerkplaats": _maatwerkplaats,
    "connected-partner": _connected_partner,
    "triage": _triage,
}


def several(view: View, asked: Asked, to: str) -> list[str]:
    """The same for partners, where one word may mean more than one organisation."""
    if to == "involved":
        return [now for one in asked.facts.involved if isinstance(now := _today(view, asked, one), str)]
    if to == "involved-maatwerkplaatsen":
        return _teams(view, asked)
    if to == "maatwerkteam":
        team = _maatwerkplaats(view, asked)
        return [team if isinstance(team, str) else LOKET]
    found = resolve(view, asked, to)
    return [found] if isinstance(found, str) else []


def _teams(view: View, asked: Asked) -> list[str]:
    """Each involved organisation, and the one of the subject, by its maatwerkplaats, or itself where it has none.

    The source without such a team stays at the table as follower and needs no offer to itself.
    """
    subject = _organisation_of_topic(view, asked)
    concerned = (*asked.facts.involved, *((subject,) if isinstance(subject, str) else ()))
    found = []
    for one in concerned:
        team = maatwerkplaats_of(view, one)
        if team is not None:
            found.append(team)
        elif one != asked.source:
            found.append(one)
    return found


PARTNER_WORDS = frozenset({"involved", "involved-maatwerkplaatsen", "maatwerkteam"})
