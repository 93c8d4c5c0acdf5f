"""The loaded table and what it answers, and the reading of its folder."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from contracts import decisions
from contracts.decisions import ContactRoute, Destination
from routing.data import build
from routing.data.calendar import Calendar
from routing.data.calendars import DEFAULT, calendars
from routing.data.model import (
    Absence,
    Companion,
    Danger,
    Group,
    Herindeling,
    LifeEvent,
    Mapped,
    Norm,
    Organisation,
    Phrases,
    Question,
    Rule,
    Settings,
    Topic,
    UnknownOrganisation,
    Unmapped,
    Validity,
)
from routing.data.presence import there, who_takes_over
from routing.data.read import NAME, Fault, Record, read

TOOI = "https://identifier.overheid.nl/tooi/id/gemeente/"
ADV_PHONE = "0800 08 80"
ADV_SITE = "https://discriminatie.nl"


@dataclass(frozen=True, slots=True)
class Table:
    """One version of the routing table. Reading it changes nothing; the caches only remember answers."""

    version: str
    settings: Settings
    organisations: dict[str, Organisation]
    postcodes: dict[str, tuple[str, ...]]
    herindelingen: tuple[Herindeling, ...]
    topics: dict[str, Topic]
    unmapped: tuple[Unmapped, ...]
    phrases: dict[str, tuple[str, ...]]
    rules: tuple[Rule, ...]
    questions: dict[str, Question]
    norms: dict[str, Norm]
    groups: dict[str, Group]
    calendars: dict[str, Calendar]
    companions: tuple[Companion, ...] = ()
    life_events: dict[str, LifeEvent] = field(default_factory=dict)
    mappings: dict[str, dict[str, Mapped]] = field(default_factory=dict)
    absences: tuple[Absence, ...] = ()
    danger: tuple[Danger, ...] = ()
    views: dict[date, Any] = field(default_factory=dict, repr=False, compare=False)
    remembered: dict[str, Any] = field(default_factory=dict, repr=False, compare=False)

    def organisation(self, organisation: str, today: date) -> Organisation | None:
        """The body that answers to this id on that day, `gemeente-gm0363` and `adv-gm0363` included."""
        found = self.organisations.get(organisation)
        return found if found is not None and found.in_service(today) else None

    def there(self, organisation: str, day: date) -> bool:
        """Whether it takes new questions on that day: in service, and not absent."""
        return there(self.organisations, self.absences, organisation, day)

    def takes_over(self, organisation: str, day: date) -> str | None:
        """Who has the open questions of an organisation that is no more, or is absent, on that day.

        Empty: it is there itself, nobody is named, or its municipality was split and the residence decides.
        """
        return who_takes_over(self.organisations, self.absences, self.herindelingen, organisation, day)

    def calendar(self, organisation: str) -> Calendar:
        """When somebody is there; office hours for who gave none of its own."""
        found = self.organisations.get(organisation)
        named = found.calendar if found is not None else None
        return self.calendars[named or DEFAULT]

    def norm(self, code: str) -> decisions.Norm:
        """As decisions carry it, in minutes; what a human must decide goes by the norm of the triage desk."""
        norm, triage = self.norms[code], self.norms[self.settings.norm]
        return decisions.Norm(
            code=code,
            accept=round(norm.accept_hours * 60),
            first_contact=round(norm.first_contact_hours * 60),
            resolve=round(norm.resolve_hours * 60),
            decide=round(triage.accept_hours * 60),
            hold=round(norm.hold_hours * 60),
            around_the_clock=norm.around_the_clock,
        )

    def destination(self, organisation: str, today: date) -> Destination:
        """The same as what a decision carries; raises when nobody is there on that day."""
        found = self.organisation(organisation, today)
        if found is None:
            raise UnknownOrganisation(organisation)
        return to_destination(found, today)


def to_destination(organisation: Organisation, today: date) -> Destination:
    since = organisation.connected_since
    return Destination(
        organisation=organisation.id,
        name=organisation.name,
        tooi=organisation.tooi,
        connected=since is not None and since <= today,
        contact=contact_route(organisation),
    )


def contact_route(organisation: Organisation) -> ContactRoute:
    return ContactRoute(phone=organisation.phone, desk=organisation.desk, website=organisation.website)


@dataclass(frozen=True, slots=True)
class Parsed:
    """All that could be read of a folder, and all that could not."""

    settings: Settings | None
    organisations: list[Organisation]
    postcodes: list[Record]
    herindelingen: list[Herindeling]
    topics: list[Topic]
    unmapped: list[Unmapped]
    phrases: list[Phrases]
    rules: list[Rule]
    questions: list[Question]
    norms: list[Norm]
    groups: list[Group]
    companions: list[Companion]
    life_events: list[LifeEvent]
    mappings: list[Mapped]
    absences: list[Absence]
    danger: list[Danger]
    calendars: dict[str, Calendar]
    records: dict[str, list[Record]]
    faults: list[Fault]


CALENDARS = ("calendars.yaml", "closed-days.csv")
PLACES = ("municipalities.csv", "postcodes.csv", "herindelingen.csv")
FILES = (
    *("table.yaml", "norms.yaml", "questions.yaml", "groups.yaml", "companions.yaml", "life_events.yaml"),
    *CALENDARS,
    *PLACES,
)
ABSENCES, DANGER = LATER = ("absences.csv", "danger.yaml")
"""Not every table has these: older ones were made before them, and keep the version they had."""
FOLDERS = ("organisations", "topics", "unmapped", "phrases", "rules", "mappings")


def parse(texts: Mapping[str, str], root: Path = Path()) -> Parsed:
    """Reads all files of a table, by their names in it; never stops at the first fault."""
    faults: list[Fault] = []
    found: dict[str, list[Record]] = {}
    for name in FILES:
        found[name], wrong = read(root / name, texts.get(name))
        faults += wrong
    found |= {name: [] for name in FOLDERS if name != "mappings"}
    for name in (one for one in LATER if one in texts):
        found[name], wrong = read(root / name, texts[name])
        faults += wrong
    for name in sorted(texts.keys() - {*FILES, *LATER}):
        folder, _, file = name.partition("/")
        if folder not in FOLDERS or not file.endswith(".yaml") or not NAME.fullmatch(name):
            faults.append(Fault(root / name, 1, "unknown-file", "dit bestand hoort niet bij een tabel"))
            continue
        entries, wrong = read(root / name, texts[name])
        # An agency's list counts by its name: the same codes of another agency are another table.
        found.setdefault(name if folder == "mappings" else folder, []).extend(entries)
        faults += wrong
    settings, wrong = build.make("settings", build.settings, found["table.yaml"])
    faults += wrong
    organisations, wrong = build.make("organisation", build.organisation, found["organisations"])
    faults += wrong
    topics, wrong = build.make("topic", build.topic, found["topics"])
    faults += wrong
    unmapped, wrong = build.make("unmapped", build.unmapped, found["unmapped"])
    faults += wrong
    phrases, wrong = build.make("phrases", build.phrases, found["phrases"])
    faults += wrong
    rules, wrong = build.make("rule", build.rule, found["rules"])
    faults += wrong
    questions, wrong = build.make("question", build.question, found["questions.yaml"])
    faults += wrong
    norms, wrong = build.make("norm", build.norm, found["norms.yaml"])
    faults += wrong
    groups, wrong = build.make("group", build.group, found["groups.yaml"])
    faults += wrong
    companions, wrong = build.make("companion", build.companion, found["companions.yaml"])
    faults += wrong
    life_events, wrong = build.make("life event", build.life_event, found["life_events.yaml"])
    faults += wrong
    mapped = [one for name, entries in found.items() if name.startswith("mappings/") for one in entries]
    mappings, wrong = build.make("mapping", build.mapped, mapped)
    faults += wrong
    municipalities, wrong = build.make("municipality", municipality, found["municipalities.csv"])
    faults += wrong
    organisations += (one for both in municipalities for one in both)
    herindelingen, wrong = build.make("herindeling", build.herindeling, found["herindelingen.csv"])
    faults += wrong
    absences, wrong = build.make("absence", build.absence, found.get(ABSENCES, []))
    faults += wrong
    danger, wrong = build.make("danger", build.danger, found.get(DANGER, []))
    faults += wrong
    made_calendars, wrong = calendars(*(found[name] for name in CALENDARS))
    faults += wrong
    return Parsed(
        settings[0] if settings else None,
        organisations,
        found["postcodes.csv"],
        herindelingen,
        topics,
        unmapped,
        phrases,
        rules,
        questions,
        norms,
        groups,
        companions,
        life_events,
        mappings,
        absences,
        danger,
        made_calendars,
        found,
        faults,
    )


def municipality(record: Record) -> tuple[Organisation, Organisation]:
    """A municipality and its antidiscriminatievoorziening, which every municipality has (000:267)."""
    row = record.values
    code = row["id"].removeprefix("gemeente-")
    validity = Validity(
        date.fromisoformat(row["valid_from"]) if row["valid_from"] else build.BEGINNING,
        date.fromisoformat(row["valid_to"]) if row["valid_to"] else None,
    )
    gemeente = Organisation(
        id=row["id"],
        name=row["name"],
        roles=frozenset({"source", "destination"}),
        validity=validity,
        tooi=TOOI + code,
        oin=row["oin"] or None,
        phone=row["phone"] or None,
        desk=f"Balie van {row['name'][0].lower()}{row['name'][1:]}",
        website=row["website"] or None,
        contact_source="ROO",
        connected_since=date.fromisoformat(row["connected_since"]) if row["connected_since"] else None,
        province=f"provincie-{row['province']}" if row["province"] else None,
        source="ROO",
        record=record,
    )
    adv = Organisation(
        id=f"adv-{code}",
        name=f"Antidiscriminatievoorziening {row['name']}",
        roles=frozenset({"advice", "destination"}),
        validity=validity,
        phone=ADV_PHONE,
        website=ADV_SITE,
        contact_source="Discriminatie.nl, het landelijke nummer van de antidiscriminatievoorzieningen",
        source="000:267",
        record=record,
    )
    return gemeente, adv
