"""The doors themselves: repeats, HTTP, personal text, webhooks, and receivers without a door."""

from services.demo.script import Asks, Case
from services.demo.steps import (
    accepts,
    asks,
    asks_as,
    completes,
    declines,
    ended,
    helps,
    may_not_read,
    not_let_in,
    offered,
    places,
    reads,
    receives,
    script,
    starts,
    to_triage,
    webhook_agrees,
)

_PENSION = {"topic": "aow", "channel": "phone"}

CASES = (
    Case(
        "D-05",
        "Hetzelfde bericht vijf keer is één vraag; een ander bericht met die naam niet",
        "design 4",
        (
            script(
                asks_as("uwv", Asks(_PENSION, times=5)),
                offered("svb"),
                asks_as("uwv", Asks({"topic": "anw", "channel": "phone"}, same_id=True)),
                not_let_in("uwv", "id-reused"),
                helps("svb"),
                to="svb",
            ),
        ),
    ),
    Case(
        "D-08",
        "De ontvanger is niet aangesloten: de eerste deur brengt de persoon erheen",
        "R-02",
        (
            script(
                asks("svb", "paspoort", lives="gm0034"),
                offered("gemeente-gm0034", connected=False, tell="Wij zoeken samen met u contact"),
                helps("gemeente-gm0034", connected=False),
                to="gemeente-gm0034",
            ),
            script(
                asks("svb", "digid"),
                offered("logius", connected=False),
                declines("logius", connected=False),
                to_triage("gaf de vraag terug"),
                places("gemeente-gm0363", "helpt-aan-de-balie"),
                offered("gemeente-gm0363"),
                helps("gemeente-gm0363"),
                to="gemeente-gm0363",
            ),
        ),
    ),
    Case(
        "D-09",
        "Over HTTP, met de eigen woorden van de persoon",
        "design 4; R-43",
        (
            script(
                asks_as("gemeente-gm0363", Asks(_PENSION, over_http=True, personal_text=True)),
                offered("svb"),
                reads("svb"),
                reads("gemeente-gm0363"),
                may_not_read("uwv"),
                receives("svb", over_http=True),
                accepts("svb", over_http=True),
                starts("svb", over_http=True),
                completes("svb", over_http=True),
                ended(),
                to="svb",
            ),
        ),
    ),
    Case(
        "D-10",
        "Alles komt ook aan op een webhook die eerst niet antwoordt",
        "standards A",
        (
            script(
                asks("duo", "onverzekerd"),
                offered("cak"),
                helps("cak"),
                webhook_agrees("cak"),
                to="cak",
            ),
        ),
    ),
)
