"""Which facts a rule looks at: in its conditions, and to find out which organisation is meant (R-70)."""

from routing.data.model import Rule
from routing.engine.explain import EXPANDS

READS: dict[str, tuple[str, ...]] = {
    "municipality-of-residence": ("decision_by", "residence"),
    "home-municipality": ("residence",),
    "municipality-that-decided": ("decision_by", "involved", "topic", "kind", "answers", "residence"),
    "province-of-residence": ("residence",),
    "adv-of-residence": ("residence",),
    "waterschap-of-residence": ("decision_by", "involved", "answers"),
    "decision-organisation": ("decision_by", "involved", "topic", "kind", "answers", "residence"),
    "decision-organisation-or-ask": ("decision_by", "involved", "topic", "kind", "answers", "residence"),
    "organisation-concerned": ("decision_by", "involved", "topic", "kind", "answers", "residence"),
    "ombudsman-concerned": ("decision_by", "involved", "topic", "kind", "answers", "residence"),
    "registry-holder": ("registry_holder", "residence"),
    "zorgkantoor-of-residence": ("answers",),
    "organisation-of-topic": ("topic",),
    "maatwerkplaats": ("topic", "involved"),
    "connected-partner": ("topic", "involved", "residence"),
    "involved": ("involved", "residence"),
    "involved-maatwerkplaatsen": ("topic", "involved"),
    "maatwerkteam": ("topic", "involved"),
}
# Who has the topic is what its own rules say, so these look at all that those look at.
OF_TOPIC = frozenset(
    {"organisation-concerned", "ombudsman-concerned", "organisation-of-topic", "maatwerkplaats", "connected-partner"}
    | {"involved-maatwerkplaatsen", "maatwerkteam"}
)
NAME_A_MUNICIPALITY = frozenset({"residence", "decision_by", "registry_holder"})


def words_of(rule: Rule) -> tuple[str, ...]:
    """All that a rule may lead to or name."""
    words = (rule.to or "", *rule.candidates, *rule.fallback, *rule.partners)
    return (*words, *(one.to for one in rule.pointers))


def reads_of(rule: Rule) -> tuple[str, ...]:
    """The facts this rule looks at: in its conditions, and to find out which organisation is meant."""
    found: dict[str, None] = {}
    for key in (*(("topic",) if rule.topic else ()), *rule.when):
        found.update(dict.fromkeys(EXPANDS.get(key, (key,))))
    for word in words_of(rule):
        found.update(dict.fromkeys(READS.get(word, ())))
    return tuple(found)
