"""What we put into Open Klant fits its fields and holds nothing of the person."""

from hypothesis import given
from hypothesis import strategies as st

from contracts.base import Channel, Kind
from contracts.bsn import holds_bsn
from contracts.handoffs import Role
from services.klantinteracties.conventions import FAULT_LINES, read_codes
from services.klantinteracties.projection import STATES
from services.klantinteracties.wording import (
    CHANNELS,
    KINDS,
    NOTES,
    ROLES,
    fault_line,
    interne_taak,
    klantcontact,
    note_line,
    number_of,
    with_lines,
)
from tests.openklant import FakeOpenKlant
from tests.unit.klantinteracties.cases import HANDOFF, NOW, QUESTION, offer

ACTOR = QUESTION
LONG = "x" * 600
PERSON = {"organisation": "svb", "reference": "R" * 64, "reachable_at": {}, "since": NOW}
OFFERS = st.builds(
    lambda **changes: offer(**{n: v for n, v in changes.items() if n != "kind"}, facts={"kind": changes["kind"]}),
    kind=st.sampled_from(Kind),
    role=st.sampled_from(Role),
    tell=st.sampled_from(["Kort.", LONG]),
    instruction=st.sampled_from([None, "Bel 112.", LONG]),
    dataref=st.sampled_from([None, "https://a.example/1", f"https://a.example/{'y' * 480}"]),
    urgent=st.booleans(),
    reference=st.sampled_from(["1", "R" * 64]),
    task=st.sampled_from([None, "correct-datum", "x" * 60]),
    contact_person=st.sampled_from([None, PERSON]),
)


def faults(kind: str, body: dict) -> list[tuple[str, str]]:
    fake = FakeOpenKlant()
    fake.kept["klantcontacten"][str(QUESTION)] = fake.kept["actoren"][str(ACTOR)] = {}
    return fake._faults(kind, body, whole=True)


@given(OFFERS)
def test_whatever_is_offered_fits_the_fields(given_offer):
    assert faults("klantcontacten", klantcontact(given_offer, "1234567890")) == []
    body = interne_taak(given_offer, "1234567890", QUESTION, ACTOR)
    assert faults("internetaken", body) == []
    assert read_codes(body["toelichting"]) == read_codes("")


def test_every_value_has_a_word():
    assert (set(CHANNELS), set(KINDS), set(ROLES)) == (set(Channel), set(Kind), set(Role))


def test_the_contact_is_fit_to_show_to_the_person():
    body = klantcontact(offer(), "1234567890")
    assert body["onderwerp"] == "Warme overdracht: vraag over eigen-bijdrage-wlz"
    assert body["inhoud"] == (
        "Overgedragen door belastingdienst. Aan de persoon is verteld: De eigen bijdrage berekent en int het CAK."
    )
    assert body["metadata"] == {"gvd-overdracht": str(HANDOFF), "gvd-vraag": str(QUESTION)}
    assert "personal-texts" not in str(body)


def test_the_task_says_where_the_persons_data_are_and_by_when():
    body = interne_taak(offer(urgent=True), "1234567890", QUESTION, ACTOR)
    assert body["gevraagdeHandeling"] == (
        "SPOED. Warme overdracht: vraag over eigen-bijdrage-wlz. Reageer voor 22-11-2026 10:00."
    )
    assert f"Gegevens van de persoon: {offer().dataref}" in body["toelichting"]


@given(st.uuids(), st.integers(0, 7))
def test_numbers_are_ten_digits_the_same_at_every_try_and_no_bsn(handoff, attempt):
    number = number_of(handoff, attempt)
    assert number == number_of(handoff, attempt)
    assert len(number) == 10
    assert number.isdigit()
    assert number[0] != "0"
    assert not holds_bsn(number)


def test_another_try_has_another_number():
    assert len({number_of(HANDOFF, attempt) for attempt in range(8)}) == 8


LINES = [*(note_line(NOW, one.note) for one in STATES.values()), *map(fault_line, FAULT_LINES.values())]


@given(st.text(max_size=NOTES), st.lists(st.sampled_from(LINES), max_size=20))
def test_notes_never_cut_what_employees_wrote(text, lines):
    theirs = "\n".join(text.splitlines())
    after = with_lines(theirs, tuple(lines)) or theirs
    assert len(after) <= NOTES
    assert [one for one in after.splitlines() if not one.startswith("GVD-")] == [
        one for one in theirs.splitlines() if not one.startswith("GVD-")
    ]


def test_a_line_is_written_once_and_the_newest_stay():
    assert with_lines("a", (LINES[0],)) == f"a\n{LINES[0]}"
    assert with_lines(f"a\n{LINES[0]}", (LINES[0],)) is None
    full = with_lines("z" * 900, tuple(LINES))
    assert full is not None
    assert full.splitlines()[-1] == LINES[-1]
    assert LINES[0] not in full
