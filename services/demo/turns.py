"""More words for scripts: what can happen to a hand-off or a question besides the straight way."""

from typing import Any

from services.demo.script import FOLLOWER, Expected, Replies, Step
from services.demo.steps import TRIAGE


def holds(to: str, reason: str = "waiting-for-person") -> Step:
    """Nothing can be done until something comes; the clock of the work is put away."""
    return _changed(to, "wacht op iets", {"action": "hold", "reason": reason}, "on-hold", reason)


def resumes(to: str) -> Step:
    """It has come."""
    return _changed(to, "gaat verder", {"action": "resume"}, "in-progress", "resumed")


def meets(to: str, contact: str) -> Step:
    """Another contact attempt, and what became of it."""
    act = {"action": "start", "contact": contact}
    return _changed(to, f"contact: {contact}", act, "in-progress", f"contact-{contact}")


def accepts_warmly(to: str, by: str, at: str) -> Step:
    """Takes it on, with evidence that the person was brought over."""
    warmth = {"by": by, "received_by": "TEAM-1", "person_told": True, "story_passed_on": True, "at": at}
    return _changed(to, "neemt aan, met de persoon erbij", {"action": "accept", "warmth": warmth}, "accepted", None)


def fails(to: str, reason: str) -> Step:
    """Work began, but cannot help. Never an end."""
    return _changed(to, "kan niet helpen", {"action": "fail", "reason": reason}, "failed", reason, holder=FOLLOWER)


def asks_to_cancel(receiver: str, reason: str) -> Step:
    """The first door asks to stop work that began."""
    act = {"action": "request-cancellation", "reason": reason}
    return _changed(receiver, "vraagt om te stoppen", act, "cancellation-requested", reason, by=FOLLOWER)


def confirms(receiver: str) -> Step:
    """The receiver stops."""
    act = {"action": "confirm-cancellation"}
    return _changed(receiver, "stopt", act, "withdrawn", "cancelled", holder=FOLLOWER)


def goes_on(receiver: str, reason: str) -> Step:
    """The receiver does not stop, and says why."""
    act = {"action": "refuse-cancellation", "reason": reason}
    return _changed(receiver, "gaat toch door", act, "in-progress", reason)


def corrects(receiver: str, **facts: Any) -> Step:
    """The first door had it wrong; what was offered was an error."""
    said = {"receiver": receiver, "state": "entered-in-error", "reason": "corrected", "holder": FOLLOWER}
    act = Replies({"action": "correct", "facts": facts})
    return Step(FOLLOWER, "verbetert de vraag", act, (Expected("handoff.changed", (receiver, FOLLOWER), said),))


def reopens(reason: str = "not-helped") -> Step:
    """It had ended, but the person comes back unhelped."""
    then = Expected("question.reopened", (FOLLOWER,), {"reason": reason, "holder": FOLLOWER})
    return Step(FOLLOWER, "opent de vraag weer", Replies({"action": "reopen", "reason": reason}), (then,))


def comes_again(holder: str, channel: str, times: int) -> Step:
    """The person is at the desk again; who has the question hears it."""
    then = Expected("question.repeated", (holder, FOLLOWER), {"holder": holder, "times": times, "by": FOLLOWER})
    return Step(FOLLOWER, "ziet de persoon terug", Replies({"action": "repeat", "channel": channel}), (then,))


def names_contact(by: str, reference: str, since: str, **more: str) -> Step:
    """A fixed contact person, by role."""
    person = {"organisation": by, "reference": reference, "reachable_at": {"phone": "088 000 00 00"}, "since": since}
    act = Replies({"action": "name-contact-person", "person": person, **more})
    then = Expected("contact-person.named", (by, FOLLOWER), {"person.reference": reference, "by": by})
    return Step(by, "noemt een vast contactpersoon", act, (then,))


def sends_back(reason: str) -> Step:
    """The desk sees that no public body is responsible (Awb 2:3 lid 2)."""
    then = Expected("question.returned", (FOLLOWER,), {"holder": FOLLOWER, "reason": reason})
    return Step(TRIAGE, "geeft terug aan de eerste deur", Replies({"action": "return", "reason": reason}), (then,))


def _changed(
    receiver: str,
    does: str,
    reply: dict[str, Any],
    state: str,
    reason: str | None,
    *,
    by: str | None = None,
    holder: str | None = None,
) -> Step:
    who = by or receiver
    says = {"receiver": receiver, "state": state, "reason": reason, "by": who, "holder": holder or receiver}
    says = {name: value for name, value in says.items() if value is not None}
    return Step(who, does, Replies(reply, receiver), (Expected("handoff.changed", (receiver, FOLLOWER), says),))
