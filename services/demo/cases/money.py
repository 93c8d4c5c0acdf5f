"""Debts and payment: always a regeling, never a label."""

from services.demo.cases.first_door import referred
from services.demo.script import Asks, Case
from services.demo.steps import (
    accepts,
    asks,
    asks_as,
    completes,
    ended,
    helps,
    joined,
    offered,
    receives,
    script,
    starts,
    taken_back,
    works_beside,
)

AMSTERDAM = "gm0363"

CASES = (
    Case(
        "C-29",
        "Toeslagschuld",
        "000:191; 000:211",
        (referred("svb", "toeslagschuld", "toeslagen"),),
    ),
    Case(
        "C-30",
        "Betalingsachterstand bij de Belastingdienst",
        "000:207",
        (referred("toeslagen", "belastingschuld", "belastingdienst"),),
    ),
    Case(
        "C-31",
        "Verkeersboete die niet betaald kan worden",
        "000:243; 002:2554",
        (
            script(
                asks("belastingdienst", "verkeersboete"),
                offered("cjib", rule="verkeersboete", tell="betalen in delen"),
                helps("cjib"),
                to="cjib",
            ),
        ),
    ),
    Case(
        "C-32",
        "Achterstand in de zorgpremie",
        "000:209",
        (
            script(
                asks("uwv", "zorgpremie-achterstand", lives=AMSTERDAM),
                offered("cak", pointers=["gemeente-gm0363"]),
                helps("cak"),
                to="cak",
            ),
        ),
    ),
    Case(
        "C-34",
        "Schulden bij meer overheden: de gemeente leidt, schuldeisers doen mee",
        "003:622-629; 001:92",
        (
            script(
                asks("uwv", "schulden", involved=["belastingdienst", "cjib", "cak"], lives=AMSTERDAM),
                offered("gemeente-gm0363"),
                joined("belastingdienst"),
                joined("cjib"),
                joined("cak"),
                receives("gemeente-gm0363"),
                accepts("gemeente-gm0363"),
                works_beside("belastingdienst"),
                works_beside("cjib"),
                starts("gemeente-gm0363"),
                completes("gemeente-gm0363"),
                taken_back("cak", "lead-completed", by="gemeente-gm0363", partner=True),
                ended(),
                to="gemeente-gm0363",
            ),
        ),
    ),
    Case(
        "C-35",
        "Gedupeerde ouder, ook problemen met wonen en schulden",
        "000:47; 001:41-47",
        (
            script(
                asks(
                    "belastingdienst",
                    "gedupeerde-kinderopvangtoeslag",
                    harmed_parent=True,
                    domains=["housing", "debt"],
                    lives=AMSTERDAM,
                ),
                offered("uht", rule="gedupeerde-ouder"),
                joined("gemeente-gm0363"),
                works_beside("gemeente-gm0363"),
                helps("uht"),
                to="uht",
            ),
        ),
    ),
    Case(
        "C-40",
        "Ondernemer met een belastingschuld: dezelfde regels",
        "001:991",
        (
            script(
                asks_as("uwv", Asks({"topic": "belastingschuld", "channel": "email"}, "entrepreneur")),
                offered("belastingdienst", rule="belastingschuld"),
                helps("belastingdienst"),
                to="belastingdienst",
            ),
        ),
    ),
)
