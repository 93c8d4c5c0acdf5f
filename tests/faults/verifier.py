"""Counts what was lost, doubled or out of order, from question to out-topic and in the tables. All must be 0.

It knows only what agencies were promised: every question and reply taken in once, every event of a question told
once, in order, to who it concerns, numbered without gaps, and the tables in line with it.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.faults.evidence import Evidence, Record, digest

PRODUCERS = {
    "gvd.questions": "intake",
    "gvd.replies": "intake",
    "gvd.capacity": "intake",
    "gvd.quarantine": "intake",
    "gvd.decisions": "router",
    "gvd.decision-requests": "handoff",
    "gvd.handoffs": "handoff",
    "gvd.notices": "notices",
}
LISTENERS = {
    "gvd.questions": ("router", "notices"),
    "gvd.replies": ("handoff",),
    "gvd.capacity": ("delivery",),
    "gvd.quarantine": ("delivery",),
    "gvd.decisions": ("handoff",),
    "gvd.decision-requests": ("router",),
    "gvd.handoffs": ("delivery", "intake", "notices"),
    "gvd.notices": ("delivery", "intake"),
}
CONCERNS = {
    "handoff.requested": ("receiver", "follower"),
    "handoff.changed": ("receiver", "follower"),
    "question.triaged": ("holder", "follower"),
    "clock.breached": ("holder", "follower"),
    "clock.reminded": ("holder", "follower", "desk"),
    "question.asking": ("follower",),
    "question.ended": ("follower", "desk"),
    "reply.refused": ("by",),
    "contact-person.named": ("person/organisation", "previous/organisation", "holder", "follower", "by"),
}
NOTICES = {
    "notice.sent": (),
    "notice.to-tell": ("follower",),
    "notice.undeliverable": ("follower",),
    "overview.made": ("agency",),
}


LADDER = ("reminder", "warning", "breach", "next-step")


@dataclass
class Findings:
    """Each finding is a sentence that names the place."""

    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    out_of_order: list[str] = field(default_factory=list)
    checked: Counter[str] = field(default_factory=Counter)

    @property
    def counts(self) -> dict[str, int]:
        return {"lost": len(self.lost), "doubled": len(self.doubled), "out of order": len(self.out_of_order)}

    def compare(self, what: str, wanted: Counter[str], found: Counter[str]) -> None:
        """Each wanted thing exactly as often as it is wanted."""
        self.checked[what.partition(" ")[0] if what.startswith("told") else what] += wanted.total()
        self.lost += [f"{what}: {each} ({count}x)" for each, count in (wanted - found).items()]
        self.doubled += [f"{what}: {each} ({count}x too often)" for each, count in (found - wanted).items()]


def verify(evidence: Evidence) -> Findings:
    findings = Findings()
    for check in (_input, _numbering, _journals, _decisions, _handoffs, _ladders, _told, _tables, _ends):
        check(evidence, findings)
    return findings


def _inputs(evidence: Evidence, kind: str) -> list[Record]:
    """What agencies sent, each (source, id) once."""
    first: dict[tuple[str, str], Record] = {}
    for record in evidence.under("gvd.in."):
        if record.kind == kind:
            first.setdefault((record.event["source"], record.event["id"]), record)
    return list(first.values())


def _agency(record: Record) -> str:
    return record.topic.split(".", 2)[2]


def _input(evidence: Evidence, findings: Findings) -> None:
    """Every question and reply that was sent is accepted once; repeats are counted and nothing else."""
    asked, given = _inputs(evidence, "question.asked"), _inputs(evidence, "reply.given")
    findings.compare(
        "question taken in",
        Counter(f"{_agency(r)} {r.data['reference']}" for r in asked),
        Counter(f"{r.data['follower']} {r.data['reference']}" for r in evidence.on("gvd.questions")),
    )
    findings.compare(
        "reply taken in",
        Counter(_what(r, _agency(r)) for r in given),
        Counter(_what(r, r.data["by"]) for r in evidence.on("gvd.replies")),
    )
    sent = [(r.event["source"], r.event["id"]) for r in evidence.under("gvd.in.")]
    findings.compare("inbox", Counter(map(str, set(sent))), Counter(map(str, evidence.inbox)))
    wanted = {"received": len(sent), "accepted": len(set(sent)), "duplicates": len(sent) - len(set(sent)), "refused": 0}
    findings.compare("tally", Counter(wanted), Counter(evidence.tally))


def _what(record: Record, by: str) -> str:
    data = record.data
    said = {name: value for name, value in data["reply"].items() if value != []}  # an empty list says nothing
    return f"{by} {data['question']} {data.get('handoff')} {data['version']} {digest(said)}"


def _numbering(evidence: Evidence, findings: Findings) -> None:
    """Per topic and key 1, 2, 3, ... in the order of the partition, and each event id once."""
    for topic in evidence.topics.keys() - {"gvd.repairs"}:
        if topic.startswith("gvd.in."):
            continue
        per_key: dict[str, list[Record]] = defaultdict(list)
        for record in evidence.on(topic):
            per_key[record.key].append(record)
        for key, records in per_key.items():
            findings.checked["numbered"] += len(records)
            _one_key(f"{topic} {key}", [record.sequence for record in records], findings)
            places = {record.partition for record in records}
            if len(places) > 1:
                findings.out_of_order.append(f"{topic} {key}: on partitions {places}")
        ids = Counter(record.event["id"] for record in evidence.on(topic))
        findings.doubled += [f"{topic}: event {each} {count}x" for each, count in ids.items() if count > 1]


def _one_key(place: str, numbers: list[int], findings: Findings) -> None:
    findings.lost += [f"{place}: number {n}" for n in sorted(set(range(1, max(numbers) + 1)) - set(numbers))]
    findings.doubled += [f"{place}: number {n} {count}x" for n, count in Counter(numbers).items() if count > 1]
    highest = 0
    for number in numbers:
        if number < highest and numbers.count(number) == 1:
            findings.out_of_order.append(f"{place}: number {number} after {highest}")
        highest = max(highest, number)


def _journals(evidence: Evidence, findings: Findings) -> None:
    """Journals count without gaps, and what is on the road is what they say, byte for byte."""
    wanted: Counter[str] = Counter()
    for service, entries in evidence.journals.items():
        if entries:
            _one_key(f"journal of {service}", [entry.number for entry in entries], findings)
        wanted.update(f"{e.topic} {e.key} {e.sequence} {hash(e.value)}" for e in entries)
    on_the_road = [r for r in evidence.records if r.topic in PRODUCERS or r.topic.startswith("gvd.out.")]
    found = Counter(f"{r.topic} {r.key} {r.sequence} {hash(r.value)}" for r in on_the_road)
    findings.compare("on the road", wanted, found)


def _decisions(evidence: Evidence, findings: Findings) -> None:
    """One decision for each question and one for each time another was asked for."""
    wanted = Counter(record.data["question"] for record in evidence.on("gvd.questions", "gvd.decision-requests"))
    made = evidence.on("gvd.decisions")
    findings.compare("decision", wanted, Counter(record.data["question"] for record in made))
    for question, records in _per_question(made):
        _one_key(f"decisions on {question}", [record.data["number"] for record in records], findings)


def _per_question(records: Iterable[Record]) -> Iterator[tuple[str, list[Record]]]:
    found: dict[str, list[Record]] = defaultdict(list)
    for record in records:
        found[str(record.data["question"])].append(record)
    yield from found.items()


def _handoffs(evidence: Evidence, findings: Findings) -> None:
    """Each reply had one effect or one refusal; each hand-off went through its states one by one."""
    said = evidence.on("gvd.handoffs")
    changes = [record for record in said if record.kind == "handoff.changed"]
    refused = Counter(record.data["reply_id"] for record in said if record.kind == "reply.refused")
    done = Counter((r.data["handoff"], r.data["version"]) for r in changes)
    wanted: Counter[str] = Counter()
    found: Counter[str] = Counter()
    for given in evidence.on("gvd.replies"):
        if given.data.get("handoff") is None:
            continue
        wanted[given.event["id"]] = 1
        effects = done[(given.data["handoff"], given.data["version"] + 1)]
        found[given.event["id"]] = refused[given.event["id"]] or effects
    findings.compare("effect of a reply", wanted, found)
    for handoff, records in _lives(said).items():
        _one_key(f"hand-off {handoff}", [record.data["version"] for record in records], findings)
        _states(handoff, records, findings)


def _lives(said: list[Record]) -> dict[str, list[Record]]:
    lives: dict[str, list[Record]] = defaultdict(list)
    for record in said:
        if record.kind in ("handoff.requested", "handoff.changed"):
            lives[record.data["handoff"]].append(record)
    return lives


def _states(handoff: str, records: list[Record], findings: Findings) -> None:
    state = "requested"
    for record in records:
        if record.kind == "handoff.changed":
            if record.data["previous"] != state:
                findings.out_of_order.append(f"hand-off {handoff}: {record.data['previous']} after {state}")
            state = record.data["state"]


def _ladders(evidence: Evidence, findings: Findings) -> None:
    """Each clock came to its steps one by one; an offer that expired was brought to the router once."""
    steps: dict[str, list[int]] = defaultdict(list)
    expired: Counter[str] = Counter()
    for record in evidence.on("gvd.handoffs"):
        data = record.data
        if record.kind in ("clock.reminded", "clock.breached"):
            clock = f"{data.get('handoff') or data['question']} {data['stage']} since {data['started_at']}"
            steps[clock].append(LADDER.index(data.get("step", "breach")) + 1 + data.get("again", 0))
        elif record.kind == "handoff.changed" and data["state"] == "expired":
            expired[f"of question {data['question']}"] += 1
    for clock, taken in steps.items():
        findings.checked["steps"] += len(taken)
        _one_key(f"clock of {clock}", taken, findings)
    asked = [r for r in evidence.on("gvd.decision-requests") if r.data["why"] == "expired"]
    findings.compare("expiry", expired, Counter(f"of question {record.data['question']}" for record in asked))


def _told(evidence: Evidence, findings: Findings) -> None:
    """Each event of a hand-off is on the out-topic of each agency it concerns, once and in the same order."""
    _told_of("gvd.handoffs", CONCERNS, evidence, findings)
    _told_of("gvd.notices", NOTICES, evidence, findings)


def _told_of(topic: str, concerns: dict[str, tuple[str, ...]], evidence: Evidence, findings: Findings) -> None:
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in evidence.on(topic):
        for agency in {_at(record.data, path) for path in concerns[record.kind]} - {None}:
            wanted[agency, record.key].append(f"{record.kind} {record.says}")
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for record in evidence.under("gvd.out."):
        if (record.kind in NOTICES) == (concerns is NOTICES):
            found[_agency(record), record.key].append(f"{record.kind} {record.says}")
    for place in wanted.keys() | found.keys():
        findings.compare(f"told {place}", Counter(wanted[place]), Counter(found[place]))
        if sorted(wanted[place]) == sorted(found[place]) and wanted[place] != found[place]:
            findings.out_of_order.append(f"told {place}")


def _at(data: Any, path: str) -> Any:
    for name in path.split("/"):
        data = data.get(name) if data else None
    return data


def _tables(evidence: Evidence, findings: Findings) -> None:
    """Each listener took in exactly what was said, and nothing waits."""
    said: dict[tuple[str, str], int] = Counter()
    for entries in evidence.journals.values():
        for entry in entries:
            said[entry.topic, entry.key] = max(said[entry.topic, entry.key], entry.sequence)
    for (topic, key), last in said.items():
        for listener in evidence.keyed.keys() & set(LISTENERS.get(topic, ())):
            row = evidence.keyed[listener].get(key, {"seen": {}})
            seen = row["seen"].get(topic, 0)
            findings.checked["taken in"] += 1
            if seen < last:
                findings.lost.append(f"{listener} took in {seen} of {last} of {topic} {key}")
            elif seen > last:
                findings.doubled.append(f"{listener} took in {seen} of {last} of {topic} {key}")
    findings.lost += [f"{count} parked at {service}" for service, count in evidence.parked.items() if count]
    findings.lost += [f"{evidence.quarantined} good events in quarantine"] * bool(evidence.quarantined)


def _ends(evidence: Evidence, findings: Findings) -> None:
    """Each question ended once, as the last that is said of it, and its state and clocks agree."""
    wanted = Counter(record.data["question"] for record in evidence.on("gvd.questions"))
    said = evidence.on("gvd.handoffs")
    ended = [record for record in said if record.kind == "question.ended"]
    findings.compare("end", wanted, Counter(record.data["question"] for record in ended))
    for question, records in _per_question(said):
        kinds = [record.kind for record in records if record.kind != "reply.refused"]
        if "question.ended" in kinds[:-1]:
            findings.out_of_order.append(f"question {question}: {kinds[-1]} after its end")
        state = evidence.keyed["handoff"].get(question, {}).get("state") or {}
        if state.get("status") != "ended":
            findings.lost.append(f"question {question}: its state is {state.get('status')}")
        versions = [record.data["question_version"] for record in records if "question_version" in record.data]
        if state.get("version") != max(versions):
            findings.doubled.append(f"question {question}: version {state.get('version')}, told {max(versions)}")
        changes = sum(kind == "handoff.changed" for kind in kinds)
        moves = sum(handoff.get("version", 1) - 1 for handoff in state.get("handoffs", ()))
        if moves != changes:
            findings.doubled.append(f"question {question}: {moves} moves in its state, {changes} told")
    findings.doubled += [f"clock {stage} of ended question {question}" for question, stage in evidence.clocks]
