"""Problems that hang together: Stella, the maatwerkplaats and the Maatwerkloket."""

from typing import Any

from services.demo.script import Case
from services.demo.steps import (
    accepts,
    asks,
    completes,
    ended,
    helps,
    involves,
    joined,
    offered,
    receives,
    script,
    starts,
    taken_back,
    works_beside,
)

_STACKED: dict[str, Any] = {"involved": ["belastingdienst", "toeslagen"], "domains": ["tax", "benefits"]}

CASES = (
    Case(
        "C-09",
        "Belasting, toeslagen en inning tegelijk, en het is acuut",
        "000:161",
        (
            script(
                asks("belastingdienst", "belastingschuld", acute=True, **_STACKED),
                offered("stellateam", rule="stellateam", urgent=True, tell="één vast contactpersoon"),
                helps("stellateam"),
                to="stellateam",
            ),
        ),
    ),
    Case(
        "C-11",
        "Problemen bij belasting en toeslagen dreigen te groeien",
        "001:574-578",
        (
            script(
                asks("belastingdienst", "belastingschuld", **_STACKED),
                offered("stella-light", rule="stella-light", urgent=False),
                helps("stella-light"),
                to="stella-light",
            ),
        ),
    ),
    Case(
        "C-12",
        "UWV ziet dat ook SVB en gemeente een rol spelen",
        "000:157",
        (
            script(
                asks("uwv", "wia", involved=["uwv", "svb", "gemeente-gm0014"], domains=["income", "care"]),
                offered("maatwerkplaats-uwv", rule="maatwerkplaatsen-samen"),
                joined("maatwerkplaats-svb"),
                joined("gemeente-gm0014"),
                receives("maatwerkplaats-uwv"),
                accepts("maatwerkplaats-uwv"),
                works_beside("maatwerkplaats-svb"),
                works_beside("gemeente-gm0014"),
                starts("maatwerkplaats-uwv"),
                completes("maatwerkplaats-uwv"),
                ended(),
                to="maatwerkplaats-uwv",
            ),
        ),
    ),
    Case(
        "C-13",
        "Gemeente loopt vast bij een gezin met schulden, wonen en zorg",
        "000:167; 001:639-641",
        (
            script(
                asks("gemeente-gm0014", "schulden", stuck=True, domains=["debt", "housing", "care"], lives="gm0014"),
                offered("maatwerkloket", rule="maatwerk-vastgelopen"),
                receives("maatwerkloket"),
                accepts("maatwerkloket"),
                starts("maatwerkloket"),
                involves("maatwerkloket", "cak", "zorgschuld"),
                joined("cak"),
                completes("maatwerkloket"),
                taken_back("cak", "lead-completed", by="maatwerkloket", partner=True),
                ended(),
                to="maatwerkloket",
            ),
        ),
    ),
)
