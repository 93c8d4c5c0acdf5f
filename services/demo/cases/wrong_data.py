"""A datum in a registration is wrong; done only when it is right and its consequences are repaired."""

from services.demo.script import Case, Replies
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
    refused,
    script,
    starts,
    works_beside,
)

DONE = {"action": "complete", "outcome": "helped", "person_informed": True}
_DONE = Replies(DONE, "mfo")
_CLAIMS_ALL = Replies({**DONE, "datum_corrected": True, "consequences_repaired": True}, "mfo")

CASES = (
    Case(
        "C-05",
        "Fout gegeven in de BRP, niet bekend waar het hersteld wordt",
        "000:153; 001:608-624",
        (
            script(
                asks("gemeente-gm0363", "onjuist-gegeven", channel="desk", kind="wrong-data"),
                offered("mfo", rule="gegeven-houder-onbekend"),
                receives("mfo"),
                accepts("mfo"),
                starts("mfo"),
                involves("mfo", "svb", "gevolgen-herstellen", "repair-consequences"),
                joined("svb", task="repair-consequences"),
                involves("mfo", "gemeente-gm0014", "gegeven-herstellen", "correct-datum"),
                joined("gemeente-gm0014", task="correct-datum"),
                works_beside("gemeente-gm0014"),
                refused("mfo", _DONE, "not-repaired", state="in-progress"),
                refused("mfo", _CLAIMS_ALL, "parts-open", state="in-progress"),
                accepts("svb", partner=True),
                refused("mfo", _CLAIMS_ALL, "partners-working", state="in-progress"),
                completes("svb", partner=True),
                completes("mfo"),
                ended(),
                to="mfo",
            ),
        ),
    ),
    Case(
        "C-07",
        "Fout gegeven, en bekend is wie de registratie houdt",
        "000:153",
        (
            script(
                asks("svb", "onjuist-gegeven", kind="wrong-data", registry_holder="gemeente-gm0363"),
                offered("gemeente-gm0363", rule="gegeven-houder-bekend", pointers=["mfo"]),
                helps("gemeente-gm0363", repaired=True),
                to="gemeente-gm0363",
            ),
        ),
    ),
    Case(
        "C-08",
        "Besluit op grond van een fout gegeven, gemeld bij het eerste contact",
        "003:590-593",
        (
            script(
                asks("uwv", "ww", kind="wrong-data", decision_by="uwv"),
                offered("uwv", rule="gegeven-bij-besluit", tell="Bezwaar maken mag ook altijd"),
                helps("uwv", repaired=True),
                to="uwv",
            ),
        ),
    ),
)
