"""The life of a change to the table: two people, one number each, and never a step that history cannot explain."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from services.router import governance
from services.router.governance import LEAD, SHIPPED, History, NotAllowed, Proposal, Publication, Right, Status, Steward

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
ANNA = Steward(role="beleid-aow", may=frozenset(Right))
BERT = Steward(role="juridisch", may=frozenset(Right))
READER = Steward(role="meelezer", may=frozenset())


def version(number: int) -> str:
    return f"2026.11.22-{number:012x}"


def history(*publications: Publication) -> History:
    return History(shipped=version(0), publications=publications)


def published(number: int, of: int, start: timedelta = -timedelta(hours=1)) -> Publication:
    return Publication(
        number=number,
        version=version(of),
        effective_from=NOW + start,
        why="approved",
        proposed_by=ANNA.role,
        approved_by=BERT.role,
    )


def proposal(base: int = 0, to: int = 1, by: Steward = ANNA) -> Proposal:
    return Proposal(
        proposal=UUID(int=to),
        base=version(base),
        version=version(to),
        why="De wet is veranderd.",
        proposed_by=by.role,
        proposed_at=NOW,
    )


def approved(base: int = 0, to: int = 1) -> Proposal:
    return governance.approve(proposal(base, to), BERT, NOW)


def refused(code: str) -> "pytest.RaisesExc[NotAllowed]":
    return pytest.raises(NotAllowed, check=lambda error: error.code == code)


def test_two_people_make_a_publication() -> None:
    after, publication = governance.publish(approved(), ANNA, history(), NOW)
    assert (after.status, after.publication, after.decided_by) == (Status.PUBLISHED, 1, BERT.role)
    assert publication == Publication(
        number=1,
        version=version(1),
        effective_from=NOW + LEAD,
        why="approved",
        proposed_by=ANNA.role,
        approved_by=BERT.role,
        proposal=after.proposal,
    )


def test_nobody_approves_what_is_their_own() -> None:
    with refused("own-proposal"):
        governance.approve(proposal(), ANNA, NOW)


@pytest.mark.parametrize(
    "step",
    [
        lambda: governance.propose(proposal(by=READER), READER, history()),
        lambda: governance.approve(proposal(), READER, NOW),
        lambda: governance.reject(proposal(), READER, "Nee", NOW),
        lambda: governance.publish(approved(), READER, history(), NOW),
        lambda: governance.roll_back(version(0), READER, history(published(1, 1)), NOW),
    ],
    ids=["propose", "approve", "reject", "publish", "roll back"],
)
def test_each_step_needs_its_right(step) -> None:
    with refused("no-right"):
        step()


def test_only_the_proposer_withdraws_and_it_is_known_when() -> None:
    with refused("not-yours"):
        governance.withdraw(proposal(), BERT, NOW)
    after = governance.withdraw(proposal(), ANNA, NOW)
    assert (after.status, after.decided_by, after.decided_at) == (Status.WITHDRAWN, ANNA.role, NOW)


def test_an_approved_one_can_still_be_rejected_with_the_reason_kept() -> None:
    after = governance.reject(approved(), ANNA, "Toch niet.", NOW)
    assert (after.status, after.reason) == (Status.REJECTED, "Toch niet.")


@pytest.mark.parametrize("end", [Status.REJECTED, Status.WITHDRAWN, Status.PUBLISHED])
def test_what_has_ended_takes_no_further_step(end: Status) -> None:
    over = approved().model_copy(update={"status": end})
    for step in (
        lambda: governance.approve(over, BERT, NOW),
        lambda: governance.reject(over, BERT, "Nee", NOW),
        lambda: governance.withdraw(over, ANNA, NOW),
        lambda: governance.publish(over, BERT, history(), NOW),
    ):
        with refused("not-now"):
            step()


def test_what_was_not_approved_is_not_published() -> None:
    with refused("not-now"):
        governance.publish(proposal(), ANNA, history(), NOW)


def test_what_was_made_from_an_older_table_is_proposed_again() -> None:
    with refused("outdated"):
        governance.propose(proposal(0, 2), ANNA, history(published(1, 1)))
    with refused("outdated"):
        governance.publish(approved(0, 2), ANNA, history(published(1, 1)), NOW)


def test_what_changes_nothing_is_not_proposed() -> None:
    with refused("no-change"):
        governance.propose(proposal(1, 1), ANNA, history(published(1, 1)))


def test_the_past_is_not_changed() -> None:
    _, publication = governance.publish(approved(), ANNA, history(), NOW, NOW - timedelta(days=1))
    assert publication.effective_from == NOW + LEAD


def test_a_coming_version_is_never_passed_over_silently() -> None:
    coming = history(published(1, 1, timedelta(hours=2)))
    with refused("replaces-coming"):
        governance.publish(approved(1, 2), ANNA, coming, NOW)
    governance.publish(approved(1, 2), ANNA, coming, NOW, replaces_coming=True)
    _, later = governance.publish(approved(1, 2), ANNA, coming, NOW, NOW + timedelta(hours=3))
    assert later.effective_from == NOW + timedelta(hours=3)


def test_one_person_goes_back_at_once_on_the_approval_of_before() -> None:
    publication = governance.roll_back(version(1), ANNA, history(published(1, 1), published(2, 2)), NOW)
    assert (publication.number, publication.version, publication.why) == (3, version(1), "rolled-back")
    assert (publication.proposed_by, publication.approved_by) == (ANNA.role, BERT.role)
    shipped = governance.roll_back(version(0), ANNA, history(published(1, 1)), NOW)
    assert (shipped.version, shipped.approved_by) == (version(0), SHIPPED)


def test_going_back_to_where_we_are_is_no_step() -> None:
    with refused("no-change"):
        governance.roll_back(version(1), ANNA, history(published(1, 1)), NOW)


def test_going_back_stops_what_was_coming() -> None:
    both = history(published(1, 1), published(2, 2, timedelta(hours=1)))
    assert governance.roll_back(version(1), ANNA, both, NOW).number == 3


@pytest.mark.parametrize("wanted", [2, 9], ids=["only coming", "never published"])
def test_nobody_alone_brings_in_what_was_never_in_force(wanted: int) -> None:
    with refused("never-in-force"):
        governance.roll_back(version(wanted), ANNA, history(published(1, 1), published(2, 2, timedelta(days=1))), NOW)


def dated(day: str, number: int = 1, start: timedelta | None = None) -> Proposal:
    moment = None if start is None else NOW + start
    return proposal().model_copy(update={"version": f"{day}-{number:012x}", "effective_from": moment})


@pytest.mark.parametrize("day", ["2026.11.24", "2062.11.22"], ids=["too early", "a typo"])
def test_a_table_does_not_hold_before_the_day_it_says(day: str) -> None:
    """Its faults were looked for from that day on: before it, a topic may have nobody."""
    with refused("before-its-day"):
        governance.propose(dated(day), ANNA, history())
    old = governance.approve(dated(day), BERT, NOW)  # from before this was looked at
    with refused("before-its-day"):
        governance.publish(old, ANNA, history(), NOW)


def test_a_table_of_tomorrow_is_agreed_with_its_moment() -> None:
    """Half past eleven in the evening in UTC is tomorrow in the Netherlands."""
    start = timedelta(hours=14, minutes=30)
    made = governance.propose(dated("2026.11.24", start=start), ANNA, history())
    _, publication = governance.publish(governance.approve(made, BERT, NOW), ANNA, history(), NOW)
    assert publication.effective_from == NOW + start


def test_a_correction_keeps_the_day_of_the_table_that_holds() -> None:
    shipped = "2026.12.01-000000000000"
    past = History(shipped=shipped)
    made = dated("2026.12.01").model_copy(update={"base": shipped})
    governance.publish(governance.approve(governance.propose(made, ANNA, past), BERT, NOW), ANNA, past, NOW)


def test_the_moment_that_was_agreed_only_becomes_later() -> None:
    agreed = governance.approve(proposal().model_copy(update={"effective_from": NOW + timedelta(days=2)}), BERT, NOW)
    with refused("before-agreed"):
        governance.publish(agreed, ANNA, history(), NOW, NOW + timedelta(days=1))
    for days, wanted in ((2, None), (3, NOW + timedelta(days=3))):
        _, publication = governance.publish(agreed, ANNA, history(), NOW, wanted)
        assert publication.effective_from == NOW + timedelta(days=days)


def test_what_a_newer_release_ships_never_held_and_is_no_way_back() -> None:
    """The first publication was made from what was shipped then: that one was in force."""
    past = history(published(1, 1)).model_copy(update={"shipped": version(9), "replaced": version(0)})
    with refused("never-in-force"):
        governance.roll_back(version(9), ANNA, past, NOW)
    assert governance.roll_back(version(0), ANNA, past, NOW).approved_by == SHIPPED


def test_what_is_shipped_holds_until_the_first_publication_does() -> None:
    past = history(published(1, 1, timedelta(days=1)))
    past = past.model_copy(update={"shipped": version(9), "replaced": version(0)})
    assert governance.roll_back(version(9), ANNA, past, NOW).version == version(9)


@given(st.lists(st.booleans(), max_size=5), st.integers(0, 10**6))
def test_what_is_announced_says_the_same_as_what_is_kept(earlier: list[bool], seconds: int) -> None:
    past = history(*(published(n, n) for n, _ in enumerate(earlier, start=1)))
    last = len(earlier)
    moment = NOW + timedelta(seconds=seconds)
    _, publication = governance.publish(approved(last, last + 1), ANNA, past, NOW, moment)
    told = governance.announced(publication, past.last, "YQ==")
    kept = publication.model_dump() | {"publication": last + 1, "previous": version(last), "content": "YQ=="}
    kept.pop("number")
    assert told.model_dump() == kept


@dataclass
class Office:
    """Everything that was ever proposed and published."""

    past: History = field(default_factory=history)
    proposals: dict[UUID, Proposal] = field(default_factory=dict)
    now: datetime = NOW


class Life(RuleBasedStateMachine):
    """Three stewards do whatever they may, in any order, as time goes by."""

    who = st.sampled_from([ANNA, BERT, Steward(role="derde", may=frozenset(Right)), READER])

    def __init__(self) -> None:
        super().__init__()
        self.office = Office()
        self.versions = 0

    def _try(self, step) -> None:
        try:
            after = step()
        except NotAllowed:
            return
        if isinstance(after, tuple):
            after, publication = after
            self._publish(publication)
        self.office.proposals[after.proposal] = after

    def _publish(self, publication: Publication) -> None:
        past = self.office.past
        self.office.past = past.model_copy(update={"publications": (*past.publications, publication)})

    def _one(self, data: st.DataObject) -> Proposal:
        return self.office.proposals[data.draw(st.sampled_from(sorted(self.office.proposals)))]

    @rule(minutes=st.integers(0, 120))
    def wait(self, minutes: int) -> None:
        self.office.now += timedelta(minutes=minutes)

    @rule(who=who)
    def propose(self, who: Steward) -> None:
        self.versions += 1
        wanted = proposal(0, self.versions, who).model_copy(update={"base": self.office.past.last})
        self._try(lambda: governance.propose(wanted, who, self.office.past))

    @precondition(lambda self: self.office.proposals)
    @rule(data=st.data(), who=who, step=st.sampled_from(["approve", "reject", "withdraw"]))
    def decide(self, data: st.DataObject, who: Steward, step: str) -> None:
        more = ("Nee.",) if step == "reject" else ()
        one = self._one(data)
        self._try(lambda: getattr(governance, step)(one, who, *more, self.office.now))

    @precondition(lambda self: self.office.proposals)
    @rule(data=st.data(), who=who, later=st.integers(-60, 300), replaces=st.booleans())
    def publish(self, data: st.DataObject, who: Steward, later: int, *, replaces: bool) -> None:
        one, now = self._one(data), self.office.now
        moment = now + timedelta(minutes=later)
        self._try(lambda: governance.publish(one, who, self.office.past, now, moment, replaces_coming=replaces))

    @rule(who=who, back=st.integers(0, 10))
    def roll_back(self, who: Steward, back: int) -> None:
        known = [version(0), *(one.version for one in self.office.past.publications)]
        try:
            self._publish(governance.roll_back(known[-1 - back % len(known)], who, self.office.past, self.office.now))
        except NotAllowed:
            return

    @invariant()
    def numbers_have_no_gaps(self) -> None:
        past = self.office.past.publications
        assert [one.number for one in past] == list(range(1, len(past) + 1))

    @invariant()
    def two_roles_stand_behind_each(self) -> None:
        for one in self.office.past.publications:
            assert one.proposed_by != one.approved_by
            assert READER.role not in (one.proposed_by, one.approved_by)

    @invariant()
    def every_version_in_force_was_approved_or_shipped(self) -> None:
        seen = {version(0)}
        for one in self.office.past.publications:
            assert one.version in seen or one.why == "approved"
            seen.add(one.version)

    @invariant()
    def a_published_proposal_has_its_publication(self) -> None:
        numbers = [one.publication for one in self.office.proposals.values() if one.status is Status.PUBLISHED]
        approvals = [one.number for one in self.office.past.publications if one.why == "approved"]
        assert sorted(filter(None, numbers)) == approvals


TestLife = Life.TestCase
