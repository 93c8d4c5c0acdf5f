"""A visit to Open Klant may break off at any call, and the next one finds what was made: one contact, one task."""

from collections.abc import AsyncIterator

import httpx
import pytest

from contracts.handoffs import HandoffState
from services.klantinteracties.bridge import may_reply, settled
from services.klantinteracties.client import Client, Gone, OpenKlantError
from services.klantinteracties.conventions import Fault
from services.klantinteracties.desk import Desk
from services.klantinteracties.model import Task
from services.klantinteracties.reading import Reading
from services.klantinteracties.settings import OpenKlant
from services.klantinteracties.wording import HANDOFF_KEY, number_of
from tests.openklant import TOKEN, FakeOpenKlant
from tests.unit.klantinteracties.cases import AGENCY, HANDOFF, said, task

ACTOR = "018f0000-0000-4000-8000-0000000000aa"
WORKING = HandoffState.IN_PROGRESS


class Breaking(httpx.AsyncBaseTransport):
    """The way to Open Klant, which breaks at one call: before it arrives, or after it was carried out."""

    def __init__(self, fake: FakeOpenKlant) -> None:
        self._way = httpx.ASGITransport(app=fake.app)
        self.calls = 0
        self.breaks_at: int | None = None
        self.carried_out = False

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.calls += 1
        broken = self.calls == self.breaks_at
        if broken and not self.carried_out:
            raise httpx.ConnectError("broken")
        answer = await self._way.handle_async_request(request)
        if broken:
            raise httpx.ReadError("broken")
        return answer


class Place:
    """An Open Klant, the way to it, and the desk that goes there."""

    def __init__(self) -> None:
        self.fake = FakeOpenKlant()
        self.fake.kept["actoren"][ACTOR] = {"uuid": ACTOR, "soortActor": "organisatorische_eenheid"}
        self.way = Breaking(self.fake)
        settings = OpenKlant(url=self.fake.url, token=TOKEN, agency=AGENCY, actor=ACTOR)
        self.client = Client(settings, self.way)
        self.desk = Desk(self.client, settings.actor, AGENCY)

    async def visited(self, known: Task, *, refused: bool = False) -> tuple[Task, Reading]:
        visit = await self.desk.visit(known, refused=refused)
        return settled(known, visit), visit.reading

    @property
    def theirs(self) -> dict:
        (found,) = self.fake.all("internetaken")
        return found


@pytest.fixture
async def place() -> AsyncIterator[Place]:
    made = Place()
    yield made
    await made.client.close()
    assert made.fake.refused == []


async def test_an_offer_becomes_one_contact_and_one_task(place: Place):
    known, reading = await place.visited(task())
    (contact,) = place.fake.all("klantcontacten")
    assert contact["metadata"][HANDOFF_KEY] == str(HANDOFF)
    assert place.theirs["aanleidinggevendKlantcontact"] == {"uuid": contact["uuid"]}
    assert place.theirs["toegewezenAanActoren"] == [{"uuid": ACTOR}]
    assert known.made is not None
    assert known.made.number == place.theirs["referentienummer"]
    assert reading.reply is not None
    assert reading.reply.receiver_reference == known.made.number


@pytest.mark.parametrize("carried_out", [False, True])
@pytest.mark.parametrize("call", range(1, 7))
async def test_a_visit_that_breaks_off_anywhere_is_made_good(place: Place, call: int, carried_out: bool):  # noqa: FBT001
    place.way.breaks_at, place.way.carried_out = call, carried_out
    with pytest.raises(OpenKlantError):
        await place.desk.visit(task(), refused=False)
    known, _ = await place.visited(task())
    assert (len(place.fake.all("klantcontacten")), len(place.fake.all("internetaken"))) == (1, 1)
    assert str(known.made.internetaak) == place.theirs["uuid"]


async def test_a_visit_makes_no_more_calls_than_that(place: Place):
    await place.visited(task())
    assert place.way.calls == 6


async def test_a_number_that_others_use_is_left_to_them(place: Place):
    number = number_of(HANDOFF, 0)
    theirs = {"uuid": HANDOFF.hex, "referentienummer": number, "metadata": {}}
    place.fake.kept["klantcontacten"][str(HANDOFF)] = theirs | {"uuid": str(HANDOFF)}
    known, _ = await place.visited(task())
    contact = place.fake.kept["klantcontacten"][str(known.made.klantcontact)]
    assert contact["referentienummer"] == number_of(HANDOFF, 1)
    assert await place.desk.visit(task(), refused=False)
    assert len(place.fake.all("klantcontacten")) == 2


@pytest.mark.parametrize("made_before", [False, True])
async def test_what_is_over_is_closed_if_it_was_made_and_never_made_for_that(place: Place, made_before: bool):  # noqa: FBT001
    if made_before:
        await place.desk.visit(task(), refused=False)  # and the answer was never remembered
    over = task(HandoffState.WITHDRAWN, version=2, notes=("GVD-melding: ingetrokken",))
    known, reading = await place.visited(over)
    assert (known.done, known.notes, reading) == (True, (), Reading())
    assert len(place.fake.all("internetaken")) == int(made_before)
    if made_before:
        assert place.theirs["status"] == "verwerkt"
        assert place.theirs["afgehandeldOp"] is not None
        assert place.theirs["toelichting"].endswith("GVD-melding: ingetrokken")


async def test_done_without_an_outcome_is_to_do_again_and_says_why_once(place: Place):
    known, _ = await place.visited(task())
    for _ in range(2):
        place.theirs["status"] = "verwerkt"
        known, reading = await place.visited(known.model_copy(update={"state": WORKING}))
        assert (reading.faults, place.theirs["status"]) == ((Fault.NO_CODE,), "te_verwerken")
    assert place.theirs["toelichting"].count("GVD-fout") == 1


async def test_what_the_handoff_service_refused_is_to_do_again(place: Place):
    known, _ = await place.visited(task())
    place.theirs.update(status="verwerkt", toelichting="GVD: geholpen")
    known = known.model_copy(update={"state": WORKING, "reopen": True, "notes": ("GVD-fout: nog niet",)})
    known, reading = await place.visited(known)
    assert (reading, known.reopen, known.notes) == (Reading(), False, ())
    assert (place.theirs["status"], place.theirs["toelichting"]) == (
        "te_verwerken",
        "GVD: geholpen\nGVD-fout: nog niet",
    )
    assert (await place.visited(known))[1] == Reading()


async def test_what_the_front_door_refused_is_to_do_again(place: Place):
    known, _ = await place.visited(task())
    place.theirs.update(status="verwerkt", toelichting="GVD: niet voor ons, wel voor nergens")
    known = known.model_copy(update={"state": WORKING, "said": said("decline")})
    known, reading = await place.visited(known, refused=True)
    assert (known.said, reading.faults) == (None, (Fault.REFUSED_AT_THE_DOOR,))
    assert place.theirs["status"] == "te_verwerken"


async def test_people_and_contacts_are_seen_over_several_pages(place: Place):
    place.fake.page_size = 1
    known, _ = await place.visited(task())
    for number, reached in enumerate((True, False)):
        key = f"018f0000-0000-4000-8000-00000000000{number}"
        moment = f"2026-11-20T1{2 - number}:00:00Z"
        place.fake.kept["klantcontacten"][key] = {
            "uuid": key, "indicatieContactGelukt": reached, "plaatsgevondenOp": moment, "inhoud": "niet voor ons",
        }  # fmt: skip
        link = {"klantcontact": {"uuid": key}, "wasKlantcontact": {"uuid": str(known.made.klantcontact)}}
        place.fake.kept["onderwerpobjecten"][key] = link
    person = "018f0000-0000-4000-8000-0000000000bb"
    place.fake.kept["actoren"][person] = {"uuid": person, "soortActor": "medewerker"}
    place.theirs["toegewezenAanActoren"].append({"uuid": person})
    known = known.model_copy(update={"state": HandoffState.RECEIVED})
    heard = []
    for _ in range(3):
        _, reading = await place.visited(known)
        heard.append((reading.reply.action, getattr(reading.reply, "contact", None)))
        known = known.model_copy(update={"heard": (*known.heard, reading.about)})
    assert heard == [("accept", None), ("start", "not-reached"), ("start", "made")]


async def test_a_task_that_somebody_deleted_is_made_again(place: Place):
    known, _ = await place.visited(task())
    place.fake.delete("klantcontacten", str(known.made.klantcontact))
    with pytest.raises(Gone):
        await place.desk.visit(known, refused=False)
    again, _ = await place.visited(known.model_copy(update={"made": None}))
    assert str(again.made.internetaak) == place.theirs["uuid"]


async def test_what_is_quiet_is_left_alone(place: Place):
    known, _ = await place.visited(task())
    place.fake.calls.clear()
    assert await place.visited(known.model_copy(update={"heard": ("receive",)})) == (
        known.model_copy(update={"heard": ("receive",)}),
        Reading(),
    )
    assert {method for method, _ in place.fake.calls} == {"GET"}


async def test_a_wrong_token_and_a_wrong_answer_are_failures_without_content(place: Place):
    wrong = Client(OpenKlant(url=place.fake.url, token="wrong", agency=AGENCY, actor=ACTOR), place.way)  # noqa: S106
    with pytest.raises(OpenKlantError) as failure:
        await wrong.contact_numbered("1")
    assert (failure.value.status, failure.value.cause) == (401, "refused")
    await wrong.close()
    with pytest.raises(OpenKlantError) as failure:
        await place.client.create_contact({"kanaal": "geheim" * 10})
    assert (failure.value.status, "geheim" in failure.value.cause) == (400, False)
    assert "kanaal=max_length" in failure.value.cause
    place.fake.refused.clear()


async def test_a_reply_is_for_the_version_we_saw(place: Place):
    visit = await place.desk.visit(task(), refused=False)
    assert may_reply(task(), visit)
    assert not may_reply(task(HandoffState.RECEIVED, version=2), visit)
    assert not may_reply(task(said=said("receive")), visit)
    moved = settled(task(HandoffState.WITHDRAWN, version=2, notes=("nieuw",)), visit)
    assert (moved.done, moved.notes, moved.made) == (False, ("nieuw",), visit.made)
