"""The words scripts are written in. Each makes one step, with everything that must follow from it."""

from typing import Any

from services.demo.script import FOLLOWER, Asks, ChecksWebhook, Expected, Fetches, Replies, Script, Step

TRIAGE = "triage"


def script(*steps: Step | tuple[Step, ...], to: str | None, outcome: str = "helped") -> Script:
    """A script from steps and groups of steps."""
    flat = [one for step in steps for one in (step if isinstance(step, tuple) else (step,))]
    return Script(tuple(flat), to, outcome)


def asks(who: str, topic: str | None = None, *, channel: str = "phone", lives: str | None = None, **facts: Any) -> Step:
    """The first door passes the question on; `lives` is the municipality."""
    return asks_as(who, Asks(_facts(topic, channel, lives, facts)))


def asks_as(who: str, act: Asks) -> Step:
    """The same, in another way than a single event on Kafka."""
    return Step(who, "geeft de vraag door", act)


def _facts(topic: str | None, channel: str, lives: str | None, facts: dict[str, Any]) -> dict[str, Any]:
    known = {"topic": topic, "residence": {"municipality": lives} if lives else None}
    return {"channel": channel, **{name: value for name, value in known.items() if value is not None}, **facts}


def offered(to: str, *, connected: bool = True, **says: Any) -> Step:
    """The question is offered; the follower is told who it is and holds it itself when they are not connected."""
    return _offer(to, "lead", connected, {"holder": to if connected else FOLLOWER, **says})


def joined(to: str, *, connected: bool = True, **says: Any) -> Step:
    """Another organisation is asked to work beside the lead."""
    return _offer(to, "partner", connected, says)


def _offer(to: str, role: str, connected: bool, says: dict[str, Any]) -> Step:  # noqa: FBT001
    wanted = {"receiver": to, "role": role, "connected": connected, **_paths(says)}
    return Step(to, "krijgt de vraag aangeboden", then=(Expected("handoff.requested", _told(to, connected), wanted),))


def _paths(says: dict[str, Any]) -> dict[str, Any]:
    """`pointers` and `tell` are so common that they have a short form."""
    short = {"pointers": "pointers.*.organisation", "tell": "tell~"}
    return {short.get(name, name): value for name, value in says.items()}


def _told(receiver: str, connected: bool) -> tuple[str, ...]:  # noqa: FBT001
    return (receiver, FOLLOWER) if connected else (FOLLOWER,)


def receives(to: str, **how: Any) -> Step:
    """The receiver's system has it; nobody is relieved by that."""
    return _moves(to, "ontvangt", "received", {"action": "receive", "receiver_reference": "ZAAK-1"}, **how)


def accepts(to: str, **how: Any) -> Step:
    """The receiver takes it on."""
    return _moves(to, "neemt aan", "accepted", {"action": "accept"}, holder=to, **how)


def starts(to: str, **how: Any) -> Step:
    """First contact with the person."""
    return _moves(to, "spreekt de persoon", "in-progress", {"action": "start", "contact": "made"}, holder=to, **how)


def declines(to: str, reason: str = "not-competent", **how: Any) -> Step:
    """Not for us. The follower holds it until somebody else does."""
    reply = {"action": "decline", "reason": reason}
    return _moves(to, "geeft terug", "declined", reply, holder=FOLLOWER, **how)


def completes(to: str, **how: Any) -> Step:
    """The person has really been helped."""
    return _moves(to, "heeft geholpen", "completed", _complete(how.pop("repaired", None)), **how)


def _complete(repaired: Any) -> dict[str, Any]:
    done: dict[str, Any] = {"action": "complete", "outcome": "helped", "person_informed": True}
    if repaired is not None:
        done |= {"datum_corrected": True, "consequences_repaired": repaired}
    return done


def _moves(
    to: str,
    does: str,
    state: str,
    reply: dict[str, Any],
    *,
    holder: str | None = None,
    partner: bool = False,
    connected: bool = True,
    over_http: bool = False,
) -> Step:
    says = {"receiver": to, "state": state, "role": "partner" if partner else "lead"}
    who = to if connected else FOLLOWER
    says |= {"by": who, **({"holder": holder} if holder and not partner else {})}
    act = Replies(reply, to, over_http=over_http)
    return Step(who, does, act, (Expected("handoff.changed", _told(to, connected), says),))


def taken_back(to: str, reason: str, *, connected: bool = True, by: str = FOLLOWER, partner: bool = False) -> Step:
    """An offer that is no longer needed is withdrawn, neutrally."""
    role = "partner" if partner else "lead"
    says = {"receiver": to, "state": "withdrawn", "reason": reason, "by": by, "role": role}
    return Step(to, "hoeft niets meer te doen", then=(Expected("handoff.changed", _told(to, connected), says),))


def withdraws(receiver: str) -> Step:
    """The follower sees that the offer is wrong and takes it back."""
    act = Replies({"action": "withdraw", "reason": "wrong-destination"}, receiver)
    return Step(FOLLOWER, "trekt het aanbod terug", act, taken_back(receiver, "wrong-destination").then)


def ended(outcome: str = "helped", **says: Any) -> Step:
    """The question ends; the first door hears how, and so does a desk that had it until then."""
    told = (FOLLOWER, says["desk"]) if "desk" in says else (FOLLOWER,)
    return Step(
        FOLLOWER, "hoort hoe het afliep", then=(Expected("question.ended", told, {"outcome": outcome, **says}),)
    )


def helps(to: str, *, repaired: bool | None = None, **how: Any) -> tuple[Step, ...]:
    """The whole way of a receiver that helps."""
    done = completes(to, repaired=repaired, **how)
    return (receives(to, **how), accepts(to, **how), starts(to, **how), done, ended(by=done.who))


def works_beside(to: str, **how: Any) -> tuple[Step, ...]:
    """A partner that does its part."""
    return (accepts(to, partner=True, **how), starts(to, partner=True, **how), completes(to, partner=True, **how))


def to_triage(reason: str, **says: Any) -> Step:
    """No rule or no hop is left: people decide, on a clock (R-08)."""
    wanted = {"holder": TRIAGE, "reason~": reason, **says}
    return Step(TRIAGE, "krijgt de vraag", then=(Expected("question.triaged", (TRIAGE, FOLLOWER), wanted),))


def places(organisation: str, reason: str) -> Step:
    """A triage employee decides, with a reason."""
    act = Replies({"action": "place", "organisation": organisation, "reason": reason})
    return Step(TRIAGE, f"plaatst bij {organisation}", act)


def involves(lead: str, organisation: str, reason: str, task: str | None = None) -> Step:
    """The lead brings another organisation in, for all of it or for one part."""
    part = {"task": task} if task else {}
    act = Replies({"action": "involve", "organisation": organisation, "reason": reason, **part}, lead)
    return Step(lead, f"haalt {organisation} erbij", act)


def is_asked(code: str) -> Step:
    """One more question, to be put to the person by the first door."""
    then = Expected("question.asking", (FOLLOWER,), {"ask.code": code, "holder": FOLLOWER})
    return Step(FOLLOWER, "moet nog iets vragen", then=(then,))


def answers(code: str, answer: str) -> Step:
    """The person answered."""
    return Step(FOLLOWER, "geeft het antwoord door", Replies({"action": "answer", "ask": code, "answer": answer}))


def ends(outcome: str) -> Step:
    """The follower reports what only the first door can see."""
    return Step(FOLLOWER, f"meldt {outcome}", Replies({"action": "end", "outcome": outcome}))


def refused(who: str, act: Replies, reason: str, **says: Any) -> Step:
    """A reply that does not fit gets an answer with how things stand."""
    wanted = {"reason": reason, "by": who, "action": act.reply["action"], **says}
    return Step(who, "krijgt geen gelijk", act, (Expected("reply.refused", (who,), wanted),))


def not_let_in(agency: str, *codes: str) -> Step:
    """The agency is told why its input was refused, never what it said."""
    then = Expected("input.quarantined", (agency,), {"faults.*.code": list(codes)})
    return Step(agency, "hoort waarom niet", then=(then,))


def reads(who: str) -> Step:
    """The holder or follower reads the person's own words."""
    return Step(who, "leest de tekst van de persoon", Fetches(allowed=True))


def may_not_read(who: str) -> Step:
    """Anyone else may not."""
    return Step(who, "mag de tekst niet lezen", Fetches(allowed=False))


def webhook_agrees(who: str) -> Step:
    """The webhook of this agency got the same."""
    return Step(who, "kreeg alles ook op zijn webhook", ChecksWebhook())
