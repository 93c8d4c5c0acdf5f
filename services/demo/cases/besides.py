"""What is not one question to one organisation: no payer, no agreement, a life event, several that may, or nobody."""

from services.demo.script import FOLLOWER, Case
from services.demo.several import asks_in, goes_back, not_selected, offered_at_once, passes, places_at_once
from services.demo.steps import (
    accepts,
    asks,
    completes,
    ended,
    ends,
    helps,
    involves,
    joined,
    offered,
    receives,
    script,
    starts,
    taken_back,
    to_triage,
    works_beside,
)

_COLLEGE, _LOKET = "college-rechten-van-de-mens", "maatwerkloket"
_DEATH = "CONTACT-OVERLIJDEN"

CASES = (
    Case(
        "C-15",
        "De gemeente is niet aangesloten: wie dat wel is brengt de casus in, met een signaal",
        "000:167; R-33",
        (
            script(
                asks(
                    "uwv",
                    "schulden",
                    stuck=True,
                    signal=True,
                    domains=["debt", "care"],
                    involved=["gemeente-gm0599"],
                    lives="gm0599",
                ),
                offered(_LOKET, rule="maatwerk-vastgelopen", **{"facts.signal": True}),
                joined("gemeente-gm0599", connected=False),
                receives(_LOKET),
                accepts(_LOKET),
                works_beside("gemeente-gm0599", connected=False),
                starts(_LOKET),
                completes(_LOKET),
                ended(),
                to=_LOKET,
            ),
        ),
    ),
    Case(
        "C-16",
        "Welke hulp nodig is, is duidelijk; wie betaalt niet. De hulp begint alvast",
        "000:181",
        (
            script(
                asks("gemeente-gm0363", "wmo", answers={"vastgelopen-door": "betaler-onbekend"}, lives="gm0363"),
                offered(_LOKET, rule="maatwerk-betaler-onbekend", tell="Wie betaalt, komt daarna"),
                receives(_LOKET),
                accepts(_LOKET),
                involves(_LOKET, "cak", "betaler-later"),
                joined("cak"),
                starts(_LOKET),
                works_beside("cak"),
                completes(_LOKET),
                ended(),
                to=_LOKET,
            ),
        ),
    ),
    Case(
        "C-18",
        "De besturen worden het niet eens",
        "000:181; R-34",
        (
            script(
                asks("uwv", "wia", involved=["uwv", "svb"], answers={"vastgelopen-door": "bestuurders-oneens"}),
                offered(_LOKET, rule="maatwerk-bestuurders-oneens"),
                joined("maatwerkplaats-uwv"),
                joined("maatwerkplaats-svb"),
                accepts(_LOKET),
                works_beside("maatwerkplaats-uwv"),
                works_beside("maatwerkplaats-svb"),
                starts(_LOKET),
                completes(_LOKET),
                ended(),
                to=_LOKET,
            ),
        ),
    ),
    Case(
        "C-23",
        "Een organisatie vraagt of haar eigen regel onderscheid maakt: geen burger, geen ADV",
        "000:275; 001:1455-1459",
        (
            script(
                asks("uwv", "onderzoek-eigen-handelen"),
                offered(_COLLEGE, connected=False, pointers=[]),
                helps(_COLLEGE, connected=False),
                to=_COLLEGE,
            ),
        ),
    ),
    Case(
        "C-27",
        "Belastinghulp zonder computer, bij Terneuzen: het steunpunt in de buurt",
        "001:580-584",
        (
            script(
                asks("svb", "inkomstenbelasting", kind="digitally-stuck", lives="gm0715"),
                offered("steunpunt-bd", connected=False, rule="digitaal-vastgelopen-bij-steunpunt"),
                helps("steunpunt-bd", connected=False),
                to="steunpunt-bd",
            ),
        ),
    ),
    Case(
        "C-43",
        "Een overlijden: één contact, een vraag per organisatie, elk met een eigen einde",
        "003:171-174",
        (
            script(
                asks_in("uwv", _DEATH, None, "gm0363", life_event="overlijden"),
                offered("gemeente-gm0363", rule="overlijden"),
                helps("gemeente-gm0363"),
                to="gemeente-gm0363",
            ),
            script(
                asks_in("uwv", _DEATH, "anw", "gm0363"),
                offered("svb"),
                helps("svb"),
                to="svb",
            ),
            script(
                asks_in("uwv", _DEATH, "erfbelasting", "gm0363"),
                offered("belastingdienst"),
                helps("belastingdienst"),
                to="belastingdienst",
            ),
            script(
                asks_in("uwv", _DEATH, "zorgtoeslag", "gm0363"),
                offered("toeslagen"),
                ends("withdrawn-by-citizen"),
                taken_back("toeslagen", "withdrawn-by-citizen"),
                ended("withdrawn-by-citizen", by=FOLLOWER),
                to="toeslagen",
                outcome="withdrawn-by-citizen",
            ),
        ),
    ),
    Case(
        "C-45",
        "Een professional ziet dat een regel mensen raakt: een signaal, en de vraag gaat gewoon door",
        "000:89-99; 000:209",
        (
            script(
                asks("gemeente-gm0344", "aow", signal=True),
                offered("svb", **{"facts.signal": True}),
                helps("svb"),
                to="svb",
            ),
        ),
    ),
    Case(
        "D-20",
        "Elk van hen mag het: wie het eerst aanneemt, heeft de vraag",
        "domain model T19",
        (
            script(
                asks("svb", "bsn-opvragen", residence={"abroad": True}),
                offered_at_once("gemeente-gm0363", "gemeente-gm0014", "gemeente-gm0344", "gemeente-gm0518"),
                passes("gemeente-gm0014"),
                accepts("gemeente-gm0344"),
                not_selected("gemeente-gm0363"),
                not_selected("gemeente-gm0518"),
                starts("gemeente-gm0344"),
                completes("gemeente-gm0344"),
                ended(hops=0),
                to="gemeente-gm0344",
            ),
            script(
                asks("duo"),
                to_triage("onderwerp"),
                places_at_once("svb", "uwv", reason="beide-kunnen"),
                offered_at_once("svb", "uwv", rule="geplaatst-door-mens"),
                accepts("uwv"),
                not_selected("svb"),
                starts("uwv"),
                completes("uwv"),
                ended(),
                to="uwv",
            ),
        ),
    ),
    Case(
        "D-21",
        "De schutting van de buren: geen overheid gaat erover, en de tabel weet wie wel helpt",
        "Awb 2:3 lid 2",
        (
            script(
                asks("gemeente-gm0363", "erfgrens-en-schutting", lives="gm0363"),
                goes_back("juridisch-loket", "gemeente-gm0363", "kadaster", tell="geen overheid"),
                ends("helped-at-first-door"),
                ended("helped-at-first-door", by=FOLLOWER),
                to=None,
                outcome="helped-at-first-door",
            ),
        ),
    ),
)
