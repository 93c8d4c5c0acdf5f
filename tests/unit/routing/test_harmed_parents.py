"""A gedupeerde parent keeps the right door for every subject; UHT and the gemeente come along (000:47, C-35)."""

import pytest

from contracts.base import Channel, Domain
from contracts.questions import Facts, Residence
from routing import Table, decide
from tests.unit.routing.cases import AMSTERDAM, TODAY, Where, lead, partners, pointers

OF_UHT = frozenset({Domain.BENEFITS, Domain.DEBT})


@pytest.mark.parametrize("kind", ["question", "digitally-stuck"])
@pytest.mark.parametrize("residence", [AMSTERDAM, Residence(abroad=True), Residence(island="saba")])
def test_the_organisation_of_the_subject_is_always_there(table: Table, residence: Residence, kind: str) -> None:
    """As lead or partner, on every topic. UHT is itself a part of Dienst Toeslagen."""
    for topic, one in table.topics.items():
        facts = Facts(topic=topic, kind=kind, channel=Channel.PHONE, residence=residence)
        usual = lead(decide(table, facts, source="duo", today=TODAY))
        made = decide(table, facts.model_copy(update={"harmed_parent": True}), source="duo", today=TODAY)
        acting = [name for name in (lead(made), *partners(made)) if name is not None]
        assert usual is None or usual in {*acting, *(table.organisations[name].parent for name in acting)}, topic
        assert lead(made) == usual or one.domain in OF_UHT, topic
        assert "uht" in {*acting, *pointers(made)} or made.lead is None, topic


@pytest.mark.parametrize("topic", [None, "kindgebonden-budget", "toeslagschuld", "schulden"])
def test_uht_leads_what_is_about_toeslagen_and_debts(where: Where, topic: str | None) -> None:
    made = where("duo", topic=topic, harmed_parent=True, residence=AMSTERDAM)
    assert lead(made) == "uht"
    assert "gemeente-gm0363" in partners(made)


@pytest.mark.parametrize("topic", ["kinderbijslag", "grofvuil", "echtscheiding", "donorregister", "wlz-indicatie"])
def test_what_has_nothing_to_do_with_it_keeps_its_door(where: Where, topic: str) -> None:
    made = where("duo", topic=topic, harmed_parent=True, residence=AMSTERDAM)
    assert lead(made) == lead(where("duo", topic=topic, residence=AMSTERDAM))
    assert {"uht", "gemeente-gm0363"} <= {lead(made), *pointers(made)}
