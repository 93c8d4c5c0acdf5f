"""What the table consists of. Frozen: a loaded table never changes, a new version is a new table."""

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from contracts.base import Domain, Kind
from routing.data.read import Record


class RoutingError(Exception):
    """Something asked of the table that it cannot answer."""


class UnknownOrganisation(RoutingError):
    """The named organisation is not in the table, or not in service on that day."""

    def __init__(self, organisation: str) -> None:
        super().__init__(f"{organisation} is not in the routing table on that day")
        self.organisation = organisation


class InvalidTable(RoutingError):
    """The files do not make a table; `faults` names every place."""

    def __init__(self, faults: list[Any]) -> None:
        super().__init__("\n".join(map(str, faults)))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class Validity:
    """From and until which day something holds; the last day is included."""

    valid_from: date
    valid_to: date | None = None

    def on(self, day: date) -> bool:
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)

    def covers(self, other: "Validity") -> bool:
        end = self.valid_to is None or (other.valid_to is not None and other.valid_to <= self.valid_to)
        return self.valid_from <= other.valid_from and end

    def overlaps(self, other: "Validity") -> bool:
        return (self.valid_to is None or other.valid_from <= self.valid_to) and (
            other.valid_to is None or self.valid_from <= other.valid_to
        )


@dataclass(frozen=True, slots=True)
class PointerTo:
    """Support to name with a referral: an organisation id or a resolver, and why."""

    to: str
    why: str


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, team or desk. TOOI is the public key; an OIN may be absent (standards A4)."""

    id: str
    name: str
    roles: frozenset[str]
    validity: Validity
    status: str = "running"
    tooi: str | None = None
    oin: str | None = None
    phone: str | None = None
    desk: str | None = None
    website: str | None = None
    contact_source: str = ""
    opening_hours: str | None = None
    calendar: str | None = None
    parent: str | None = None
    maatwerkplaats: str | None = None
    province: str | None = None
    connected_since: date | None = None
    successor: str | None = None
    ombudsman_of: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    source: str = ""
    record: Record | None = field(default=None, repr=False, compare=False)

    def in_service(self, day: date) -> bool:
        """Announced or ended bodies receive nobody (R-08: a question needs somebody who is there)."""
        return self.status in {"running", "experimental", "pilot"} and self.validity.on(day)

    def connected_on(self, day: date) -> bool:
        """Reachable over this system, so that the organisation itself can be asked to act."""
        return self.connected_since is not None and self.connected_since <= day

    @property
    def reachable(self) -> bool:
        """Every destination has a human contact route (R-21)."""
        return bool(self.phone or self.desk)


@dataclass(frozen=True, slots=True)
class Herindeling:
    """From `on`, municipality `old` is no more and `new` is in its place; a split has several with one `old`."""

    old: str
    name: str
    new: str
    on: date
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Absence:
    """Days on which an organisation is not there, the last one included, and who stands in for it."""

    organisation: str
    term: Validity
    stand_in: str | None = None
    why: str = ""
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Topic:
    """What a question can be about, with the words people use for it."""

    code: str
    title: str
    domain: Domain
    words: tuple[str, ...] = ()
    upl: tuple[tuple[str, str], ...] = ()
    checked: bool = False
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Unmapped:
    """Products of the UPL that deliberately lead nowhere, and why: nobody has a question about them."""

    reason: str
    products: tuple[tuple[str, str], ...]
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Phrases:
    """How people say a topic, for suggest only; no rule looks at it."""

    topic: str
    phrases: tuple[str, ...]
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Danger:
    """How people say that somebody is in danger now, for suggest only: the rules go by what an employee finds.

    `says` anywhere in the text, `alone` with only small words beside it, and neither where it is part of `harmless`.
    """

    about: str
    says: tuple[str, ...]
    alone: tuple[str, ...] = ()
    harmless: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of the table: for whom it holds, where it leads, on what ground, and what to tell."""

    id: str
    topic: str | None
    priority: int
    validity: Validity
    norm: str
    basis: str
    source: str
    tell: str
    when: dict[str, Any] = field(default_factory=dict)
    to: str | None = None
    ask: str | None = None
    outcome: str = "responsible"
    ladder: frozenset[str] = frozenset()
    reason: str | None = None
    candidates: tuple[str, ...] = ()
    fallback: tuple[str, ...] = ()
    partners: tuple[str, ...] = ()
    pointers: tuple[PointerTo, ...] = ()
    instruction: str | None = None
    urgent: bool = False
    checked: bool = False
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Companion:
    """A pointer that rides along: with an organisation (`who`), on conditions (`when`), or both; never `unless`."""

    id: str
    pointer: PointerTo
    source: str
    who: frozenset[str] = frozenset()
    when: dict[str, Any] = field(default_factory=dict)
    unless: dict[str, Any] = field(default_factory=dict)
    checked: bool = False
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Item:
    """One of the things a life event asks for."""

    topic: str
    why: str
    when: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class LifeEvent:
    """What happens in a life, and what it asks for in order. `together`: who must act as one, says the source."""

    code: str
    title: str
    lead: str
    items: tuple[Item, ...]
    source: str
    together: tuple[str, ...] = ()
    checked: bool = False
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Mapped:
    """What an agency's own subject code means in this table; the agency owns the file."""

    agency: str
    code: str
    topic: str
    kind: Kind | None = None
    answers: dict[str, str] = field(default_factory=dict)
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Question:
    """One more question to the person, asked when guessing would be wrong.

    `unknown` is the answer of who does not know; `findings` are answers of a professional that count as a finding.
    """

    code: str
    text: str
    answers: tuple[tuple[str, str], ...]
    tell: str
    unknown: str = "weet-niet"
    findings: dict[str, str] = field(default_factory=dict)
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Norm:
    """Hours of working time per stage. All are assumptions: the policy documents give none."""

    id: str
    accept_hours: float
    first_contact_hours: float
    resolve_hours: float
    assumption: bool
    why: str
    around_the_clock: bool = False
    hold_hours: float = 80
    record: Record | None = field(default=None, repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Group:
    """A named set of organisations, of topics, or of parts with topics, organisations and domains each."""

    id: str
    organisations: frozenset[str] = frozenset()
    topics: frozenset[str] = frozenset()
    prefixes: tuple[str, ...] = ()
    parts: tuple["Part", ...] = ()
    record: Record | None = field(default=None, repr=False, compare=False)

    def has(self, organisation: str) -> bool:
        return organisation in self.organisations or organisation.startswith(self.prefixes)


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a stack of problems, such as collection within the Belastingdienst (I-07).

    `unless`: it does not count when one of these parts, earlier in the list, already counts.
    """

    name: str
    topics: frozenset[str]
    organisations: frozenset[str]
    domains: frozenset[str]
    unless: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Settings:
    """What the owner of the table can turn, without touching a rule."""

    published: date
    hop_limit: int
    min_domains: int
    min_organisations: int
    count_first_door: bool
    ladder: str
    ladders: frozenset[str]
    threat: dict[str, frozenset[str]]
    triage: str
    abroad: str
    norm: str
    reason_of_triage: dict[str, str]
    tells: dict[str, str]
    owner: str = ""
    record: Record | None = field(default=None, repr=False, compare=False)
