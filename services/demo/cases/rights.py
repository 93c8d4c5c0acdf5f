"""Discrimination, complaints and objections."""

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

COLLEGE = "college-rechten-van-de-mens"

CASES = (
    Case(
        "C-19",
        "UWV kan discriminatie niet vaststellen: naar het College, UWV blijft volgen",
        "000:265-267",
        (
            script(
                asks(
                    "uwv", "ww", kind="discrimination", decision_by="uwv", complaint_procedure_used=True, lives="gm0363"
                ),
                offered(COLLEGE, connected=False, pointers=["adv-gm0363"]),
                helps(COLLEGE, connected=False),
                to=COLLEGE,
            ),
        ),
    ),
    Case(
        "C-20",
        "Toeslagenouder vermoedt discriminatie: direct naar het College",
        "000:259",
        (
            script(
                asks(
                    "toeslagen", "kinderopvangtoeslag", kind="discrimination", decision_by="toeslagen", lives="gm0518"
                ),
                offered(COLLEGE, connected=False, rule="discriminatie-toeslagen"),
                joined("toeslagen"),
                receives(COLLEGE, connected=False),
                accepts(COLLEGE, connected=False),
                works_beside("toeslagen"),
                starts(COLLEGE, connected=False),
                completes(COLLEGE, connected=False),
                ended(),
                to=COLLEGE,
            ),
        ),
    ),
    Case(
        "C-21",
        "Discriminatie door een organisatie: zij onderzoekt, het College is tweede deur",
        "000:261",
        (
            script(
                asks("duo", kind="discrimination", decision_by="cak", lives="gm0344"),
                offered("cak", rule="discriminatie-organisatie", pointers=["adv-gm0344"]),
                joined(COLLEGE, connected=False),
                helps("cak")[:-1],
                taken_back(COLLEGE, "lead-completed", connected=False, by="cak", partner=True),
                ended(),
                to="cak",
            ),
        ),
    ),
    Case(
        "C-24",
        "Eerste klacht over een organisatie",
        "000:173",
        (
            script(
                asks("belastingdienst", "toeslagschuld", kind="complaint", decision_by="toeslagen", channel="letter"),
                offered("toeslagen", rule="klacht", pointers=["nationale-ombudsman"]),
                helps("toeslagen"),
                to="toeslagen",
            ),
        ),
    ),
    Case(
        "D-04",
        "Bezwaar bij het verkeerde loket: de eerste datum blijft gelden",
        "Awb 2:3 en 6:15",
        (
            script(
                asks_as(
                    "gemeente-gm0344",
                    Asks(
                        {"topic": "studieschuld", "channel": "letter", "kind": "objection", "decision_by": "duo"},
                        received_days_ago=30,
                    ),
                ),
                offered("duo", rule="bezwaar", tell="De datum waarop wij het kregen, blijft gelden"),
                helps("duo"),
                to="duo",
            ),
        ),
    ),
)
