"""Where the table does not know, people decide; what may not come in stays out without its value."""

from services.demo.script import REFUSED, Asks, Case
from services.demo.steps import (
    answers,
    asks,
    asks_as,
    declines,
    ended,
    helps,
    is_asked,
    not_let_in,
    offered,
    places,
    receives,
    script,
    to_triage,
)

_DENIED = {"nationaliteit": "deze-waarde-mag-nergens-staan"}

CASES = (
    Case(
        "C-48",
        "Geen regel past: de triage kiest, met een termijn",
        "R-08",
        (
            script(
                asks("belastingdienst", "staat-niet-in-de-tabel", channel="desk"),
                to_triage("staat niet in de tabel"),
                places("svb", "gebeld-met-de-persoon"),
                offered("svb", rule="geplaatst-door-mens"),
                helps("svb"),
                to="svb",
            ),
        ),
    ),
    Case(
        "C-49",
        "Drie keer niet voor ons: een mens kiest, de eerste deur blijft volgen",
        "000:149; R-05",
        (
            script(
                asks("svb", "onjuist-gegeven", registry_holder="duo", kind="wrong-data"),
                offered("duo"),
                receives("duo"),
                declines("duo"),
                offered("mfo", rule="gegeven-houder-bekend"),
                declines("mfo", "no-capacity"),
                to_triage("gaf de vraag terug", declined=["duo", "mfo"]),
                places("gemeente-gm0518", "houdt-de-registratie"),
                offered("gemeente-gm0518"),
                declines("gemeente-gm0518"),
                to_triage("bij te veel organisaties geweest", declined=["duo", "mfo", "gemeente-gm0518"]),
                places("gemeente-gm0344", "nu-zeker"),
                offered("gemeente-gm0344"),
                helps("gemeente-gm0344", repaired=True)[:-1],
                ended(hops=3, by="gemeente-gm0344"),
                to="gemeente-gm0344",
            ),
        ),
    ),
    Case(
        "C-50",
        "Vraag met nationaliteit erin: geweigerd, zonder de waarde te bewaren",
        "001:2015-2021",
        (
            script(
                asks_as("cak", Asks({"topic": "aow", "channel": "phone"}, spoilt=_DENIED)),
                not_let_in("cak", "denied-attribute"),
                to=None,
                outcome=REFUSED,
            ),
            script(
                asks_as("cak", Asks({"topic": "aow", "channel": "phone"}, spoilt=_DENIED, over_http=True)),
                to=None,
                outcome=REFUSED,
            ),
        ),
    ),
    Case(
        "D-03",
        "Nog één vraag nodig: in welke gemeente woont de persoon?",
        "design 6",
        (
            script(
                asks("belastingdienst", "bijstand"),
                is_asked("woongemeente"),
                answers("woongemeente", "gm0014"),
                offered("gemeente-gm0014", rule="bijstand"),
                helps("gemeente-gm0014"),
                to="gemeente-gm0014",
            ),
            script(
                asks("uwv", "bijstand"),
                is_asked("woongemeente"),
                answers("woongemeente", "in-nederland"),
                to_triage("wijzen hier geen organisatie aan"),
                places("gemeente-gm0363", "woont-daar"),
                offered("gemeente-gm0363"),
                helps("gemeente-gm0363"),
                to="gemeente-gm0363",
            ),
        ),
    ),
    Case(
        "D-11",
        "Gevaar: eerst hulp, dan pas de vraag",
        "design 6",
        (
            script(
                asks("svb", "aow", danger=True),
                to_triage("gevaar voor leven", **{"instruction~": "112", "urgent": True}),
                places("svb", "veilig-nu-de-vraag"),
                offered("svb"),
                helps("svb"),
                to="svb",
            ),
        ),
    ),
)
