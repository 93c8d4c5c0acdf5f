"""How much is in the table, counted and never typed; docs/routing.md carries this text and a test compares."""

from collections import Counter
from collections.abc import Iterable

from routing.data.tables import Table
from routing.engine.view import homes


def overview(table: Table) -> str:
    """A Markdown table of counts."""
    own = [one for one in table.organisations.values() if not one.id.startswith(("gemeente-", "adv-"))]
    municipalities = sum(1 for name in table.organisations if name.startswith("gemeente-"))
    checked = sum(1 for rule in table.rules if rule.checked)
    connected = sum(1 for one in table.organisations.values() if one.connected_since is not None)
    upl = sum(len(topic.upl) for topic in table.topics.values())
    several = [one for one in table.rules if one.candidates]
    back = [one for one in table.rules if one.outcome == "return"]
    rows = [
        ("organisations, teams and desks", str(len(own))),
        ("municipalities, each with its antidiscriminatievoorziening", str(municipalities)),
        ("of all these, connected", str(connected)),
        ("postcodes (four digits)", str(len(table.postcodes))),
        ("topics, with words people use", f"{len(table.topics)} ({upl} products of the UPL)"),
        ("products of the UPL deliberately unmapped", str(sum(len(one.products) for one in table.unmapped))),
        ("topics per area of life", _counts(topic.domain.value for topic in table.topics.values())),
        ("topics per destination", _counts(homes(table.rules).values(), most=8)),
        ("rules, of which checked against a source", f"{len(table.rules)}, {checked}"),
        ("rules that ask several at once, that send back", f"{len(several)}, {len(back)}"),
        ("pointers that ride along", str(len(table.companions))),
        ("life events, with what they ask for", f"{len(table.life_events)} ({_items(table)})"),
        ("agencies with a list of their own codes", f"{len(table.mappings)} ({_codes(table)})"),
        ("questions to ask", str(len(table.questions))),
        ("norm classes", str(len(table.norms))),
    ]
    return "\n".join(["| what | how many |", "|---|---|", *(f"| {name} | {count} |" for name, count in rows)])


def _items(table: Table) -> int:
    return sum(len(one.items) for one in table.life_events.values())


def _codes(table: Table) -> int:
    return sum(len(codes) for codes in table.mappings.values())


def _counts(values: Iterable[str], most: int | None = None) -> str:
    found = sorted(Counter(values).items(), key=lambda item: (-item[1], item[0]))
    shown = ", ".join(f"{name} {count}" for name, count in found[:most])
    rest = sum(count for _, count in found[most:]) if most is not None else 0
    return f"{shown}, others {rest}" if rest else shown
