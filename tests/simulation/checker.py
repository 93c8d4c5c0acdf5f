"""The independent checker: reads topics and tables after a run and knows nothing of how they came about.

Its table of legal transitions and its idea of what must hold are written here a second time, on purpose.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterator
from typing import Any

from contracts.events import HANDOFFS, QUESTIONS
from tests.simulation.world import World

TYPE = "nl.geenverkeerdedeur.{}.v1".format
_UNTAKEN = {"accepted", "in-progress", "declined", "expired", "not-selected", "withdrawn", "entered-in-error"}
LEGAL = {
    "requested": {"received", *_UNTAKEN},
    "received": _UNTAKEN,
    "accepted": {"in-progress", "completed", "declined", "withdrawn", "entered-in-error"},
    "in-progress": {
        "in-progress",
        "on-hold",
        "cancellation-requested",
        "completed",
        "declined",
        "failed",
        "withdrawn",
    },
    "on-hold": {"in-progress", "cancellation-requested", "failed", "withdrawn"},
    "cancellation-requested": {"in-progress", "completed", "withdrawn"},
}
OUTCOMES = {"helped", "helped-at-first-door", "withdrawn-by-citizen"}


def problems(world: World) -> list[str]:
    """Everything that is wrong with how the run ended; nothing when all is well."""
    checks = (_accepted_once, _counted, _nothing_lost, _once_and_in_order, _numbered, _on_the_wire, _told, _questions)
    return [problem for check in checks for problem in check(world)]


def _events(world: World, service: str, topic: str | None = None) -> list[dict[str, Any]]:
    return [json.loads(e["value"]) for e in world.databases[service].journal if topic in (None, e["topic"])]


def _accepted_once(world: World) -> Iterator[str]:
    """Every question an agency asked is there, once, with the agency as its follower; and anew after each end."""
    found = Counter(e["data"]["reference"] for e in _events(world, "intake", QUESTIONS))
    over = (TYPE("question.ended"), TYPE("question.merged"))
    ends = Counter(e["data"]["reference"] for e in _events(world, "handoff") if e["type"] in over)
    asked = {reference for agency in world.agencies.values() for reference in agency.asked}
    for reference in asked | found.keys():
        if not 1 <= found[reference] <= 1 + ends[reference]:
            yield f"question {reference} was accepted {found[reference]} times"


def _counted(world: World) -> Iterator[str]:
    """Invariant 3, per door: received = accepted + duplicate + refused = all records of the topic."""
    intake = world.databases["intake"]
    for (door, partition), (offset, received, accepted, duplicates, refused) in intake.tally.items():
        came = len(world.broker.partitions(door)[partition])
        if not came == offset == received == accepted + duplicates + refused:
            yield f"{door}: {came} came, counted {received} = {accepted} + {duplicates} + {refused}, up to {offset}"
    refused = sum(row[4] for row in intake.tally.values())
    if refused < world.nonsense or refused != len(intake.quarantine):
        yield f"{refused} refused, {len(intake.quarantine)} in quarantine, {world.nonsense} were nonsense"
    accepted = sum(row[2] for row in intake.tally.values())
    if accepted != len(intake.inbox):
        yield f"{accepted} accepted, {len(intake.inbox)} in the inbox"


def _nothing_lost(world: World) -> Iterator[str]:
    """What a service said of a key, each that listens has seen: to the last number, with nothing left waiting."""
    said: dict[tuple[str, Any], int] = {}
    for database in world.databases.values():
        for key, row in database.keyed.items():
            said |= {(topic, key): last for topic, last in json.loads(row[2]).items()}
    listens = {name: group.topics for name, group in world.broker.groups.items() if name in world.databases}
    for service, topics in listens.items():
        database = world.databases[service]
        if database.parked:
            yield f"{service} still waits: {sorted(map(str, database.parked))[:3]}"
        for (topic, key), last in said.items():
            row = database.keyed.get(key)
            seen = json.loads(row[1]).get(topic, 0) if row else 0
            if topic in topics and seen != last:
                yield f"{service} has seen {seen} of {last} of {topic} of {key}"


def _once_and_in_order(world: World) -> Iterator[str]:
    """What was folded, in the order of its transactions: each number once, one after the other."""
    for service, database in world.databases.items():
        last: dict[tuple[Any, str], int] = defaultdict(int)
        for one in database.applied:
            if one.topic == "clock":
                continue
            if one.sequence != last[one.key, one.topic] + 1:
                yield f"{service} folded {one.topic} {one.sequence} of {one.key} after {last[one.key, one.topic]}"
            last[one.key, one.topic] = one.sequence


def _numbered(world: World) -> Iterator[str]:
    """A journal without gaps whose events are numbered from 1 per topic and key, each id once."""
    for service, database in world.databases.items():
        if [entry["number"] for entry in database.journal] != list(range(1, len(database.journal) + 1)):
            yield f"the journal of {service} has gaps"
        last: dict[Any, int] = defaultdict(int)
        for entry in database.journal:
            place = (entry["topic"], entry["key"])
            last[place] += 1
            if entry["sequence"] != last[place]:
                yield f"{service} said {entry['sequence']} of {place} after {last[place] - 1}"
            last[place] = entry["sequence"]
        ids = Counter(event["id"] for event in _events(world, service))
        yield from (f"{service} gave id {name} {count} times" for name, count in ids.items() if count > 1)


def _on_the_wire(world: World) -> Iterator[str]:
    """Each topic holds what the journals say, byte for byte, per key in order of first appearance."""
    journal: dict[str, dict[str, bytes]] = defaultdict(dict)
    for database in world.databases.values():
        for entry in database.journal:
            journal[entry["topic"]][json.loads(entry["value"])["id"]] = entry["value"]
    gone = {(record.topic, json.loads(record.value).get("subject")) for record in world.broker.lost}
    for topic, written in journal.items():
        seen: dict[str, bytes] = {}
        order: dict[str, int] = defaultdict(int)
        for record in (record for log in world.broker.partitions(topic) for record in log):
            event = json.loads(record.value)
            if seen.setdefault(event["id"], record.value) != record.value:
                yield f"{topic} has {event['id']} in two forms"
                continue
            subject, number = event["subject"], int(event["sequence"])
            if number > order[subject] + 1 and (topic, subject) not in gone:
                yield f"{topic} shows {number} of {subject} after {order[subject]}"
            order[subject] = max(order[subject], number)
        if seen != written:
            yield f"{topic} holds {len(seen)} events, the journals {len(written)}"


def _told(world: World) -> Iterator[str]:
    """Invariant 10: an agency heard, in order and once, what concerns it of each question."""
    said: dict[tuple[str, str], list[Any]] = defaultdict(list)
    for event in _events(world, "handoff", HANDOFFS):
        for agency in world.agencies.keys() & _concerned(event):
            said[agency, event["subject"]].append((event["type"], event["data"]))
    for name, agency in world.agencies.items():
        heard: dict[str, list[Any]] = defaultdict(list)
        for event in agency.heard:
            if event["type"] != TYPE("input.quarantined"):
                heard[event["subject"]].append((event["type"], event["data"]))
        for subject in heard.keys() | {subject for agency, subject in said if agency == name}:
            if heard[subject] != said[name, subject]:
                yield f"{name} heard {len(heard[subject])} of {len(said[name, subject])} things of {subject}"


def _concerned(event: dict[str, Any]) -> set[str]:
    data = event["data"]
    kind = event["type"].split(".")[2:4]
    if kind == ["reply", "refused"]:
        return {data["by"]}
    if kind[0] == "handoff":
        return {data["receiver"], data["follower"]}
    if kind[1] == "named":
        persons = {data[which]["organisation"] for which in ("person", "previous") if data.get(which)}
        return {data["holder"], data["follower"], data["by"], *persons}
    if kind[1] in ("reopened", "merged", "returned"):
        return {data["follower"], data.get("by", data["follower"])}
    if kind[1] == "repeated":
        return {data["holder"], data["follower"], data["by"]}
    desk = data.get("desk") or data["follower"]
    if kind[1] in ("asking", "ended"):
        return {data["follower"], desk}
    return {data["holder"], data["follower"], desk}


def _questions(world: World) -> Iterator[str]:
    asked = {e["subject"]: e["data"] for e in _events(world, "intake", QUESTIONS)}
    history: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for event in _events(world, "handoff", HANDOFFS):
        history[event["subject"]].append(event)
    handoff, intake = world.databases["handoff"], world.databases["intake"]
    clocks: dict[str, list[Any]] = defaultdict(list)
    for (question, subject, stage), (_, step, _) in handoff.clock.items():
        clocks[str(question)].append((str(subject), stage, step))
    states = {str(key): json.loads(row[3]) for key, row in handoff.keyed.items()}
    views = {str(key): json.loads(row[3]) for key, row in intake.keyed.items()}
    for question, accepted in asked.items():
        state, view = states.get(question), views.get(question)
        if state is None or view is None:
            yield f"{question} was never decided on"
            continue
        for problem in _one(accepted, state, view, clocks[question], history[question]):
            yield f"{question}: {problem}"


def _one(accepted: Any, state: Any, view: Any, clocks: list[Any], history: list[Any]) -> Iterator[str]:
    """Invariants 1, 2, 4, 5 and 7 of one question."""
    ended = state["status"] == "ended"
    handoffs = state.get("handoffs", [])
    is_open = [h for h in handoffs if h.get("state", "requested") in LEGAL]
    if state["follower"] != accepted["follower"] or not state["holder"]:
        yield f"followed by {state['follower']}, held by {state['holder']}"
    if ended and (state.get("outcome") not in OUTCOMES or is_open or clocks):
        yield f"ended as {state.get('outcome')} with {len(is_open)} open hand-offs and {len(clocks)} clocks"
    if len([h for h in is_open if h["role"] == "lead"]) > 1:
        yield "two leads"
    over = ended or state["status"] == "merged"
    asides = [h for h in is_open if h["role"] != "lead"]
    own = state["status"] not in ("offered", "working") or any(h["role"] == "lead" for h in is_open)
    if not over and len(clocks) != own + len(asides):
        yield f"{len(clocks)} clocks for {len(is_open)} open hand-offs"
    kept = [(c["subject"], c["stage"], c.get("step", 0)) for c in state.get("clocks", [])]
    if sorted(kept) != sorted(clocks):
        yield "the clock table differs from the state"
    here = (state["status"], state["holder"], state.get("version", 1), state.get("outcome"))
    if (view.get("status", "accepted"), view["holder"], view.get("version", 0), view.get("outcome")) != here:
        yield f"the parties see {view.get('status')} by {view['holder']}, it is {state['status']} by {state['holder']}"
    yield from _story(history)


def _story(history: list[Any]) -> Iterator[str]:
    now: dict[str, str] = {}
    declined: set[str] = set()
    rung: set[Any] = set()
    ends = 0
    for event in history:
        data, kind = event["data"], event["type"]
        if ends and kind not in (TYPE("reply.refused"), TYPE("question.reopened"), TYPE("contact-person.named")):
            yield f"{kind} after the end"
        ends -= kind == TYPE("question.reopened")
        if kind == TYPE("handoff.requested"):
            now[data["handoff"]] = "requested"
            if data["receiver"] in declined and data["rule"] != "geplaatst-door-mens":
                yield f"{data['receiver']} declined and was offered it again"
        elif kind == TYPE("handoff.changed"):
            if data["previous"] != now[data["handoff"]] or data["state"] not in LEGAL.get(data["previous"], ()):
                yield f"from {now[data['handoff']]} to {data['state']}"
            now[data["handoff"]] = data["state"]
            declined |= {data["receiver"]} if data["state"] in ("declined", "expired") else set()
        elif kind in (TYPE("clock.breached"), TYPE("clock.reminded")):
            clock = (data.get("handoff"), data["stage"], data["started_at"], data.get("step"), data.get("again"))
            if clock in rung:
                yield f"the clock of {data['stage']} rang twice"
            rung.add(clock)
        ends += kind == TYPE("question.ended")
