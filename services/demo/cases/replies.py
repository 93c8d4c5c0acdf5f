"""Replies that do not fit get an answer, and ends that only the first door can see."""

from services.demo.script import FOLLOWER, Case, Replies
from services.demo.steps import (
    accepts,
    asks,
    completes,
    declines,
    ended,
    ends,
    helps,
    offered,
    places,
    receives,
    refused,
    script,
    starts,
    taken_back,
    to_triage,
    withdraws,
)

_ACCEPT = {"action": "accept"}
_DECLINE = {"action": "decline", "reason": "other"}
_END = {"action": "end", "outcome": "withdrawn-by-citizen"}

CASES = (
    Case(
        "D-01",
        "De persoon ziet ervan af",
        "R-01",
        (
            script(
                asks("gemeente-gm0344", "kinderbijslag"),
                offered("svb"),
                accepts("svb"),
                ends("withdrawn-by-citizen"),
                taken_back("svb", "withdrawn-by-citizen"),
                ended("withdrawn-by-citizen", by=FOLLOWER),
                to="svb",
                outcome="withdrawn-by-citizen",
            ),
        ),
    ),
    Case(
        "D-02",
        "De eerste deur kon toch zelf helpen",
        "R-01",
        (
            script(
                asks("uwv", "zorgtoeslag"),
                offered("toeslagen"),
                ends("helped-at-first-door"),
                taken_back("toeslagen", "helped-at-first-door"),
                ended("helped-at-first-door", by=FOLLOWER),
                to="toeslagen",
                outcome="helped-at-first-door",
            ),
        ),
    ),
    Case(
        "D-06",
        "Antwoord op een oude versie wordt geweigerd",
        "design 5",
        (
            script(
                asks("duo", "ww"),
                offered("uwv"),
                receives("uwv"),
                refused(
                    "uwv", Replies(_ACCEPT, "uwv", versions_behind=1), "stale-version", version=2, state="received"
                ),
                accepts("uwv"),
                refused("uwv", Replies(_ACCEPT, "uwv", over_http=True, status=409), "not-now", state="accepted"),
                starts("uwv"),
                completes("uwv"),
                ended(),
                refused("uwv", Replies(_DECLINE, "uwv"), "closed", state="completed"),
                refused(FOLLOWER, Replies(_END), "closed", outcome="helped"),
                to="uwv",
            ),
        ),
    ),
    Case(
        "D-07",
        "Antwoord van een organisatie die er niet over gaat wordt geweigerd",
        "design 5",
        (
            script(
                asks("gemeente-gm0518", "studiefinanciering"),
                offered("duo"),
                refused("cjib", Replies(_DECLINE, "duo", knows_from="duo"), "not-yours", state=None, holder=None),
                refused(FOLLOWER, Replies(_ACCEPT, "duo"), "not-yours"),
                refused("duo", Replies(_END, knows_from="duo"), "not-yours"),
                helps("duo"),
                to="duo",
            ),
        ),
    ),
    Case(
        "D-12",
        "De eerste deur trekt een verkeerd aanbod terug",
        "T6",
        (
            script(
                asks("cak", "kinderbijslag"),
                offered("svb"),
                receives("svb"),
                withdraws("svb"),
                to_triage("gaf de vraag terug"),
                places("toeslagen", "ging-over-kindgebonden-budget"),
                offered("toeslagen"),
                declines("toeslagen", "already-known"),
                to_triage("gaf de vraag terug", declined=["svb", "toeslagen"]),
                places("uwv", "weer-gebeld"),
                offered("uwv"),
                helps("uwv"),
                to="uwv",
            ),
        ),
    ),
)
