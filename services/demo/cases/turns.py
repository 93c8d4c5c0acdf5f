"""A hand-off that does not go straight: waiting, stopping, failing, correcting, coming back."""

from services.demo.script import FOLLOWER, Case
from services.demo.steps import (
    accepts,
    asks,
    completes,
    ended,
    ends,
    helps,
    offered,
    receives,
    script,
    starts,
    to_triage,
)
from services.demo.turns import (
    accepts_warmly,
    asks_to_cancel,
    comes_again,
    confirms,
    corrects,
    fails,
    goes_on,
    holds,
    meets,
    names_contact,
    reopens,
    resumes,
    sends_back,
)

_DAY = "2026-11-20T09:00:00Z"

CASES = (
    Case(
        "D-13",
        "De uitvoerder wacht op de persoon en gaat daarna verder",
        "T10-T12",
        (
            script(
                asks("belastingdienst", "kinderbijslag"),
                offered("svb"),
                receives("svb"),
                accepts_warmly("svb", "three-way-call", _DAY),
                meets("svb", "not-reached"),
                meets("svb", "made"),
                holds("svb"),
                comes_again("svb", "phone", 1),
                resumes("svb"),
                completes("svb"),
                ended(),
                to="svb",
            ),
        ),
    ),
    Case(
        "D-14",
        "De eerste deur vraagt te stoppen: de een stopt, de ander gaat door",
        "T13-T16",
        (
            script(
                asks("uwv", "kinderbijslag"),
                offered("svb"),
                accepts("svb"),
                starts("svb"),
                asks_to_cancel("svb", "wrong-destination"),
                confirms("svb"),
                to_triage("gaf de vraag terug"),
                ends("helped-at-first-door"),
                ended("helped-at-first-door", by=FOLLOWER, desk="triage"),
                to="svb",
                outcome="helped-at-first-door",
            ),
            script(
                asks("uwv", "zorgtoeslag"),
                offered("toeslagen"),
                accepts("toeslagen"),
                starts("toeslagen"),
                asks_to_cancel("toeslagen", "person-changed-mind"),
                goes_on("toeslagen", "nearly-done"),
                completes("toeslagen"),
                ended(),
                to="toeslagen",
            ),
        ),
    ),
    Case(
        "D-15",
        "Het lukt de uitvoerder niet: de vraag gaat verder",
        "T17",
        (
            script(
                asks("duo", "ww"),
                offered("uwv"),
                accepts("uwv"),
                starts("uwv"),
                fails("uwv", "impossible"),
                to_triage("gaf de vraag terug", declined=["uwv"]),
                ends("withdrawn-by-citizen"),
                ended("withdrawn-by-citizen", by=FOLLOWER, desk="triage"),
                to="uwv",
                outcome="withdrawn-by-citizen",
            ),
        ),
    ),
    Case(
        "D-16",
        "Toch niet geholpen: de vraag gaat weer open",
        "domain model 3.2",
        (
            script(
                asks("gemeente-gm0518", "studiefinanciering"),
                offered("duo"),
                helps("duo"),
                reopens(),
                offered("duo"),
                helps("duo"),
                to="duo",
            ),
        ),
    ),
    Case(
        "D-17",
        "De balie had het verkeerde onderwerp gekozen",
        "T20",
        (
            script(
                asks("cak", "kinderbijslag"),
                offered("svb"),
                corrects("svb", topic="ww", channel="phone"),
                offered("uwv"),
                helps("uwv"),
                to="uwv",
            ),
        ),
    ),
    Case(
        "D-18",
        "Een vast contactpersoon, ook als iemand anders het overneemt",
        "R-29; 000:145",
        (
            script(
                asks("belastingdienst", "kinderbijslag"),
                offered("svb"),
                accepts("svb"),
                names_contact("svb", "ADVISEUR-1", _DAY),
                starts("svb"),
                names_contact("svb", "ADVISEUR-2", _DAY, reason="andere-taak", note="NOTITIE-1"),
                completes("svb"),
                ended(),
                to="svb",
            ),
        ),
    ),
    Case(
        "D-19",
        "De overheid gaat er niet over: de eerste deur vertelt wie wel",
        "Awb 2:3 lid 2",
        (
            script(
                asks("gemeente-gm0344"),
                to_triage("onderwerp"),
                sends_back("private-matter"),
                ends("helped-at-first-door"),
                ended("helped-at-first-door", by=FOLLOWER),
                to=None,
                outcome="helped-at-first-door",
            ),
        ),
    ),
)
