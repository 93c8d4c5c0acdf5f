"""What Open Klant shows becomes one reply at a time, a visible fault, or nothing; never a guess."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.handoffs import HandoffState
from contracts.replies import DeclineReason, FailReason, HoldReason, ReplyGiven
from services.klantinteracties.conventions import FAULT_LINES, OUTCOMES, PROGRESS, Fault, read_codes
from services.klantinteracties.model import Task
from services.klantinteracties.projection import STATES, TaskStatus
from services.klantinteracties.reading import ActorKind, Contact, Observed, Reading, read
from tests.unit.klantinteracties.cases import HANDOFF, QUESTION, offer, said, task

NUMBER = "1234567890"
FIRST, SECOND = UUID(int=1), UUID(int=2)
RECEIVED, ACCEPTED, WORKING = HandoffState.RECEIVED, HandoffState.ACCEPTED, HandoffState.IN_PROGRESS


def seen(text: str = "", *, done: bool = False, taken: bool = False, contacts: tuple[Contact, ...] = ()) -> Observed:
    return Observed(
        status=TaskStatus.DONE if done else TaskStatus.TO_DO,
        assigned=(ActorKind.EMPLOYEE,) if taken else (),
        written=read_codes(text),
        contacts=contacts,
    )


def said_of(known: Task, observed: Observed) -> dict:
    reading = read(known, observed, NUMBER)
    assert reading.reply is not None, reading
    return reading.reply.model_dump(exclude_none=True)


def test_a_new_task_is_received_under_its_number():
    assert said_of(task(), seen()) == {"action": "receive", "receiver_reference": NUMBER}
    assert read(task(heard=("receive",)), seen(), NUMBER) == Reading()


@pytest.mark.parametrize("kind", ActorKind)
def test_only_a_person_who_takes_it_accepts(kind: ActorKind):
    reading = read(task(RECEIVED), seen().model_copy(update={"assigned": (kind,)}), NUMBER)
    expected = "accept" if kind is ActorKind.EMPLOYEE else None
    assert (reading.reply.action if reading.reply else None) == expected


def test_a_person_who_has_it_already_accepts_nothing_again():
    assert read(task(ACCEPTED), seen(taken=True), NUMBER) == Reading()


def test_later_contacts_are_told_in_order_and_once():
    contacts = (Contact(uuid=FIRST, reached=False), Contact(uuid=SECOND, reached=True))
    assert said_of(task(ACCEPTED), seen(contacts=contacts)) == {"action": "start", "contact": "not-reached"}
    known = task(WORKING, heard=(str(FIRST),))
    assert said_of(known, seen(contacts=contacts)) == {"action": "start", "contact": "made"}
    assert read(task(WORKING, heard=(str(FIRST), str(SECOND))), seen(contacts=contacts), NUMBER) == Reading()


def test_a_contact_of_which_nobody_says_whether_it_was_made_is_asked_about():
    contacts = (Contact(uuid=FIRST, reached=None), Contact(uuid=SECOND, reached=True))
    reading = read(task(ACCEPTED), seen(contacts=contacts), NUMBER)
    assert (reading.faults, reading.reopen, reading.about) == ((Fault.CONTACT_UNCLEAR,), False, str(SECOND))


@pytest.mark.parametrize("code", OUTCOMES)
def test_every_outcome_counts_once_the_task_is_done(code: str):
    known = task(WORKING, offer=offer())
    assert read(known, seen(f"GVD: {code}"), NUMBER) == Reading()
    assert read(known, seen(f"GVD: {code}", done=True), NUMBER).reply == OUTCOMES[code]


def test_who_helped_without_taking_it_first_accepts_first():
    assert said_of(task(RECEIVED), seen("GVD: geholpen", done=True))["action"] == "accept"
    assert said_of(task(ACCEPTED), seen("GVD: geholpen", done=True))["action"] == "complete"
    assert said_of(task(RECEIVED), seen("GVD: niet-voor-ons", done=True))["action"] == "decline"


def test_who_failed_before_beginning_accepts_nothing_for_that():
    assert said_of(task(RECEIVED), seen("GVD: kan-niet", done=True))["action"] == "fail"


def test_who_works_again_no_longer_waits():
    waiting, contacts = task(HandoffState.ON_HOLD, version=7), (Contact(uuid=FIRST, reached=True),)
    for observed in (seen(contacts=contacts), seen("GVD: geholpen", done=True), seen("GVD: onvolledig", done=True)):
        reading = read(waiting, observed, NUMBER)
        assert (reading.reply.action, reading.about) == ("resume", "resume/7")
        assert read(task(HandoffState.ON_HOLD, version=7, heard=("resume/7",)), observed, NUMBER).reply is None
    assert said_of(waiting, seen("GVD: kan-niet", done=True))["action"] == "fail"


def test_contacts_and_progress_are_told_before_the_outcome():
    observed = seen("GVD: contact-gepland\nGVD: geholpen", done=True, contacts=(Contact(uuid=FIRST, reached=True),))
    heard: tuple[str, ...] = ()
    actions = []
    for _ in range(3):
        reading = read(task(ACCEPTED, heard=heard), observed, NUMBER)
        actions.append((reading.reply.action, getattr(reading.reply, "contact", None)))
        heard = (*heard, reading.about)
    assert actions == [("start", "planned"), ("start", "made"), ("complete", None)]


@pytest.mark.parametrize("code", PROGRESS)
def test_progress_counts_at_once_and_again_when_written_again(code: str):
    reading = read(task(WORKING), seen(f"GVD: {code}"), NUMBER)
    assert (reading.reply, reading.about) == (PROGRESS[code], f"{code}/1")
    known = task(WORKING, heard=(f"{code}/1",))
    assert read(known, seen(f"GVD: {code}"), NUMBER) == Reading()
    assert read(known, seen(f"GVD: {code}\nnog eens\nGVD: {code}"), NUMBER).about == f"{code}/2"


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", Fault.NO_CODE),
        ("mevrouw is geholpen", Fault.NO_CODE),
        ("GVD: geholpen\nGVD: niet-voor-ons", Fault.SEVERAL_CODES),
        ("GVD: klaar", Fault.UNKNOWN_CODE),
        ("GVD: geholpen\nGVD: klaar", Fault.UNKNOWN_CODE),
        ("GVD: geholpen, wel voor svb", Fault.UNKNOWN_CODE),
        ("GVD:", Fault.UNKNOWN_CODE),
    ],
)
def test_what_is_not_understood_is_shown_and_the_task_is_to_do_again(text: str, fault: Fault):
    assert read(task(WORKING), seen(text, done=True), NUMBER) == Reading(faults=(fault,), reopen=True)


def test_an_unknown_code_is_shown_before_the_task_is_done_too():
    assert read(task(WORKING), seen("GVD: klaar"), NUMBER) == Reading(faults=(Fault.UNKNOWN_CODE,))


def test_wrong_data_is_done_when_the_consequences_are_repaired_too():
    lead = task(WORKING, offer=offer(facts={"kind": "wrong-data"}))
    assert read(lead, seen("GVD: geholpen", done=True), NUMBER).faults == (Fault.NOT_REPAIRED,)
    repaired = said_of(lead, seen("GVD: geholpen-en-hersteld", done=True))
    assert (repaired["datum_corrected"], repaired["consequences_repaired"]) == (True, True)
    partner = task(WORKING, offer=offer(facts={"kind": "wrong-data"}, role="partner"))
    assert said_of(partner, seen("GVD: geholpen", done=True))["action"] == "complete"


def test_one_reply_at_a_time():
    known = task(RECEIVED, said=said("accept", version=1))
    assert read(known, seen("GVD: geholpen", done=True, taken=True), NUMBER) == Reading()


def test_what_was_refused_is_not_said_again_until_somebody_closes_the_task_again():
    known = task(WORKING, reopen=True)
    assert read(known, seen("GVD: geholpen", done=True), NUMBER) == Reading()
    assert read(task(WORKING), seen("GVD: geholpen", done=True), NUMBER).reply is not None


@pytest.mark.parametrize("state", [s for s in HandoffState if STATES[s].status is TaskStatus.DONE])
def test_nothing_is_said_of_what_is_over(state: HandoffState):
    contacts = (Contact(uuid=FIRST, reached=True),)
    assert read(task(state), seen("GVD: klaar", done=True, taken=True, contacts=contacts), NUMBER) == Reading()


OBSERVED = st.builds(
    Observed,
    status=st.sampled_from(TaskStatus),
    assigned=st.lists(st.sampled_from(ActorKind), max_size=2).map(tuple),
    written=st.lists(
        st.sampled_from([*(f"GVD: {code}" for code in (*OUTCOMES, *PROGRESS)), "GVD: iets", "gewone tekst"])
        | st.text(),
        max_size=4,
    ).map("\n".join).map(read_codes),
    contacts=st.lists(st.builds(Contact, uuid=st.uuids(), reached=st.none() | st.booleans()), max_size=2).map(tuple),
)  # fmt: skip


@given(st.sampled_from(HandoffState), OBSERVED, st.booleans())
def test_whatever_is_there_it_is_a_good_reply_a_fault_or_nothing(state: HandoffState, observed: Observed, waits: bool):  # noqa: FBT001
    reading = read(task(state, said=said() if waits else None), observed, NUMBER)
    if reading.reply is not None:
        ReplyGiven(question=QUESTION, handoff=HANDOFF, version=1, reply=reading.reply)
        assert not waits
    assert not reading.reopen or reading.faults


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("GVD: geholpen", "geholpen"),
        ("  gvd :  Niet voor ons.  ", "niet-voor-ons"),
        ("eerst gebeld\nGVD: geholpen - en - hersteld\nklaar", "geholpen-en-hersteld"),
        ("GVD: geholpen\nGVD: Geholpen", "geholpen"),
    ],
)
def test_capitals_spaces_and_repeats_are_fine(text: str, expected: str):
    written = read_codes(text)
    assert (written.outcomes, written.unknown) == ((OUTCOMES[expected],), False)


def test_who_it_should_have_been_comes_along():
    (outcome,) = read_codes("GVD: niet voor ons, wel voor gemeente-gm0363").outcomes
    assert outcome.suggested == "gemeente-gm0363"


def test_our_own_lines_and_what_mentions_a_code_are_no_codes():
    text = (
        "GVD-melding 20-11-2026 11:00: x\nGVD-fout: y\nZet hieronder GVD: geholpen en verwerkt.\nhij zei GVD: kan-niet"
    )
    assert read_codes(text) == read_codes("")


def test_the_lists_say_all_that_can_be_said():
    reasons = {getattr(outcome, "reason", None) for outcome in OUTCOMES.values()}
    assert reasons == {*DeclineReason, *FailReason, None}
    assert {getattr(reply, "reason", None) for reply in PROGRESS.values()} >= set(HoldReason)
    assert set(FAULT_LINES) == set(Fault)
    assert not OUTCOMES.keys() & PROGRESS.keys()
