"""Why a decision fell as it did: the inputs a rule read and the findings it rests on, with their source."""

from collections.abc import Callable

from contracts.decisions import Decision, Finding
from contracts.questions import Facts
from routing.data.model import Question
from routing.engine.asked import ABROAD, LIVES, WHICH, Asked, lives_abroad, lives_on
from routing.engine.surroundings import Surroundings
from routing.engine.together import parts_of


def _residence(facts: Facts) -> str:
    """All that was said of where the person lives, as far as it was looked at."""
    island = lives_on(facts)
    if island is not None:
        return str(island)
    if lives_abroad(facts):
        return ABROAD
    home, answers = facts.residence, facts.answers
    said = (home.municipality, home.postcode, answers.get(LIVES), answers.get(WHICH))
    found = ", ".join(dict.fromkeys(one for one in said if one is not None)) or "onbekend"
    return f"geen vast adres, nu in {answers['waar-nu']}" if "waar-nu" in answers else found


READERS: dict[str, Callable[[Facts], str]] = {
    "topic": lambda facts: facts.topic or "onbekend",
    "kind": lambda facts: facts.kind.value,
    "residence": _residence,
    "abroad": _residence,
    "island": _residence,
    "decision_by": lambda facts: facts.decision_by or "onbekend",
    "registry_holder": lambda facts: facts.registry_holder or "onbekend",
    "involved": lambda facts: ", ".join(facts.involved) or "onbekend",
    "domains": lambda facts: ", ".join(facts.domains) or "onbekend",
    "answers": lambda facts: ", ".join(f"{k}={v}" for k, v in sorted(facts.answers.items())) or "geen",
    "danger": lambda facts: _yes(facts.danger),
    "acute": lambda facts: _yes(facts.acute),
    "stuck": lambda facts: _yes(facts.stuck),
    "professional_asks": lambda facts: _yes(facts.professional_asks),
    "harrowing": lambda facts: _yes(facts.harrowing),
    "harmed_parent": lambda facts: _yes(facts.harmed_parent),
    "life_event": lambda facts: facts.life_event or "geen",
    "complaint_procedure_used": lambda facts: _yes(facts.complaint_procedure_used),
}
EXPANDS = {
    "multi_problem": ("topic", "domains", "involved", "stuck", "professional_asks", "answers"),
    "stack": ("topic", "involved", "domains"),
    "topic_domain": ("topic",),
    "topic_of": ("topic",),
    "topic_in": ("topic",),
    "topic_not_in": ("topic",),
    "topic_known": ("topic",),
    "municipality": ("residence",),
    "source_connected": (),
}


def _yes(flag: bool | None) -> str:  # noqa: FBT001
    return "onbekend" if flag is None else "ja" if flag else "nee"


FLAG_FINDINGS = {
    "danger": ("gevaar", "Gemeld door {source}."),
    "stuck": ("vastgelopen", "Een professional van {source} zegt dat de organisaties vastlopen."),
    "professional_asks": ("professional-vraagt", "Een professional van {source} vraagt om maatwerk."),
    "acute": ("acuut", "{source} meldt acute omstandigheden."),
    "harrowing": ("schrijnend", "Een mens noemt de situatie schrijnend, gemeld door {source}."),
    "harmed_parent": ("gedupeerde-ouder", "De persoon meldt zich zelf als gedupeerde, bij {source}."),
}


def findings(
    asked: Asked, wanted: set[str], around: Surroundings, questions: dict[str, Question]
) -> tuple[Finding, ...]:
    """What makes this more than a plain question, each with who said it (R-30). `wanted`: what the rule looked at."""
    facts, source = asked.facts, asked.source
    found = []
    for key, (code, text) in FLAG_FINDINGS.items():
        if key in wanted and getattr(facts, key):
            found.append(Finding(code=code, source=text.replace("{source}", source)))
    if "domains" in wanted and len(set(facts.domains)) > 1:
        areas = ", ".join(sorted(set(facts.domains)))
        found.append(Finding(code="meer-domeinen", source=f"{areas}; opgegeven door {source}."))
    if "involved" in wanted and len(set(facts.involved)) > 1:
        several = ", ".join(sorted(set(facts.involved)))
        found.append(Finding(code="meer-organisaties", source=f"{several}; opgegeven door {source}."[:600]))
    if "stack" in wanted:
        for group in around.groups.values():
            parts = parts_of(group.parts, asked)
            if parts:
                found.append(Finding(code="stapeling", source=f"{', '.join(parts)}; opgegeven door {source}."))
    if "answers" in wanted:
        found += _answered(asked, questions)
    if "source_connected" in wanted and source not in around.connected:
        found.append(Finding(code="niet-aangesloten", source=f"{source} is volgens de tabel niet aangesloten."))
    return tuple(found)


def _answered(asked: Asked, questions: dict[str, Question]) -> list[Finding]:
    """What an employee answered and the table calls a finding."""
    found = []
    for code, answer in sorted(asked.facts.answers.items()):
        question = questions.get(code)
        if question is not None and answer in question.findings:
            said = f"{question.text} {dict(question.answers)[answer]}; opgegeven door {asked.source}."
            found.append(Finding(code=question.findings[answer], source=said[:600]))
    return found


def describe(decision: Decision) -> str:
    """The decision as an employee reads it."""
    lines = [f"Uitkomst: {decision.outcome.value} (regel {decision.rule}, tabel {decision.table_version})"]
    if decision.instruction:
        lines.append(f"Eerst zeggen: {decision.instruction}")
    if decision.lead:
        lead = decision.lead
        road = "aangesloten" if lead.connected else "niet aangesloten: de volger belt mee"
        contact = ", ".join(filter(None, (lead.contact.phone, lead.contact.desk, lead.contact.website)))
        lines += [f"Naar: {lead.name} ({lead.organisation}; {road})", f"Bereikbaar: {contact}"]
    lines += [f"Tegelijk gevraagd: {one.name} ({one.organisation})" for one in decision.candidates]
    lines += [f"Partner: {partner.name} ({partner.organisation})" for partner in decision.partners]
    lines += [f"Wijs ook op: {one.name}: {one.why}" for one in decision.pointers]
    if decision.ask:
        lines.append(f"Vraag eerst: {decision.ask.text}")
        lines += [f"  - {answer.code}: {answer.text}" for answer in decision.ask.answers]
    lines += [f"Waarom: {decision.reason}", f"Zeg: {decision.tell}"]
    lines.append(f"Norm: {decision.norm_class}{' (met voorrang)' if decision.urgent else ''}")
    lines += [f"Gekeken naar: {key} = {value}" for key, value in decision.inputs.items()]
    lines += [f"Bevinding: {one.code}: {one.source}" for one in decision.findings]
    for item in decision.bundle:
        lines.append(f"Ook bij deze gebeurtenis: {item.title}: {item.name or 'eerst nog een vraag'}. {item.why}")
    for meant in decision.suggestions:
        lines.append(f"Misschien bedoeld: {meant.topic} ({meant.organisation or 'nog niet zeker'}, {meant.score:.2f})")
    for one in decision.alternatives:
        lines.append(f"Niet gekozen: {one.rule}{f' ({one.organisation})' if one.organisation else ''}: {one.why}")
    return "\n".join(lines)
