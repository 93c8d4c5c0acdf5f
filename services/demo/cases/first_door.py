"""Somebody is at the wrong desk, and nothing else is the matter."""

from contracts.base import Channel
from services.demo.script import Asks, Case, Script
from services.demo.steps import asks, asks_as, helps, joined, offered, script, taken_back, works_beside

UTRECHT = "gm0344"


def referred(by: str, topic: str, to: str, *, connected: bool = True, **facts: str) -> Script:
    """The plainest life of a question: asked at one door, helped at another."""
    return script(
        asks(by, topic, **facts),
        offered(to, connected=connected, rule=topic),
        helps(to, connected=connected),
        to=to,
    )


CASES = (
    Case(
        "C-01",
        "AOW-vraag aan de telefoon bij de Belastingdienst",
        "000:149",
        (
            script(
                asks("belastingdienst", "aow"),
                offered("svb", rule="aow", tell="Wij blijven uw vraag volgen tot u geholpen bent"),
                helps("svb"),
                to="svb",
            ),
        ),
    ),
    Case("C-02", "AOW-vraag bij UWV", "000:149", (referred("uwv", "aow", "svb"),)),
    Case(
        "C-03",
        "Dezelfde AOW-vraag over elk kanaal",
        "001:560-564; R-20",
        tuple(referred("belastingdienst", "aow", "svb", channel=channel.value) for channel in Channel),
    ),
    Case(
        "C-04",
        "Vraag over studieschuld aan de balie van een gemeente",
        "000:149",
        (referred("gemeente-gm0344", "studieschuld", "duo", channel="desk"),),
    ),
    Case(
        "C-26",
        "Vastgelopen in een digitaal formulier voor zorgtoeslag",
        "000:133",
        (
            script(
                asks("belastingdienst", "zorgtoeslag", channel="web", kind="digitally-stuck"),
                offered("toeslagen", rule="digitaal-vastgelopen", tell="Een medewerker helpt u", pointers=["ido"]),
                helps("toeslagen"),
                to="toeslagen",
            ),
        ),
    ),
    Case(
        "C-38",
        "Wie kreeg mijn gegevens uit FSV?",
        "001:207-229",
        (referred("gemeente-gm0518", "fsv-registratie", "belastingdienst", channel="desk"),),
    ),
    Case(
        "C-41",
        "Na een politiecontact dat geen strafzaak is",
        "002:3035-3041",
        (
            referred("gemeente-gm0344", "wijkagent", "politie", connected=False, channel="desk", lives=UTRECHT),
            referred("gemeente-gm0344", "grensoverschrijdend-jongere", "halt", connected=False, lives=UTRECHT),
            referred("gemeente-gm0344", "slachtofferhulp", "slachtofferhulp", connected=False, lives=UTRECHT),
            referred("gemeente-gm0344", "huiselijk-geweld", "veilig-thuis", connected=False, lives=UTRECHT),
            script(
                asks("gemeente-gm0344", "overlast-zorg-en-veiligheid", lives=UTRECHT),
                offered("gemeente-gm0344"),
                joined("zorg-veiligheidshuis", connected=False),
                works_beside("zorg-veiligheidshuis", connected=False),
                helps("gemeente-gm0344"),
                to="gemeente-gm0344",
            ),
            script(
                asks("gemeente-gm0344", "zorgen-om-persoon", lives=UTRECHT),
                offered("meldpunt-zorgwekkend-gedrag", connected=False),
                joined("gemeente-gm0344"),
                helps("meldpunt-zorgwekkend-gedrag", connected=False)[:-1],
                taken_back("gemeente-gm0344", "lead-completed", partner=True),
                helps("meldpunt-zorgwekkend-gedrag", connected=False)[-1],
                to="meldpunt-zorgwekkend-gedrag",
            ),
        ),
    ),
    Case(
        "C-46",
        "Een journalist klaagt over openbaarheid",
        "000:369; 001:1922-1924",
        (
            script(
                asks_as("gemeente-gm0344", Asks({"topic": "openbaarheid-klacht", "channel": "email"}, "intermediary")),
                offered("adviescollege-oi", connected=False),
                helps("adviescollege-oi", connected=False),
                to="adviescollege-oi",
            ),
        ),
    ),
)
