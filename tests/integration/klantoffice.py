"""The people of an agency that works in Open Klant: all they do goes through its API, real or of the tests."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any

import httpx

from deploy.local.installation import gvd
from deploy.local.ports import free_port
from deploy.local.process import Service, ServiceProcess
from services.klantinteracties.wording import HANDOFF_KEY
from services.platform.migrate import migrate
from tests.engine import settings_of
from tests.world import Agencies, Seen, question, reply, until

AGENCY = "cak"
TOPIC = "eigen-bijdrage-wlz"


class Office:
    """Its unit gets the tasks; its one employee takes them."""

    def __init__(self, url: str, token: str) -> None:
        self.url, self.token = url, token
        self._http = httpx.AsyncClient(base_url=f"{url}/", headers={"Authorization": f"Token {token}"}, timeout=20)
        self.unit = self.employee = ""

    async def open(self) -> None:
        self.unit = await self.make("actoren", naam="Klantcontact", soortActor="organisatorische_eenheid")
        self.employee = await self.make("actoren", naam="Medewerker 1", soortActor="medewerker")

    async def close(self) -> None:
        await self._http.aclose()

    async def make(self, kind: str, **body: Any) -> str:
        answer = await self._http.post(kind, json=body)
        assert answer.status_code == 201, answer.text
        return str(answer.json()["uuid"])

    async def get(self, path: str, **filters: str) -> Any:
        answer = await self._http.get(path, params=filters)
        answer.raise_for_status()
        return answer.json()

    async def change(self, task: Mapping[str, Any], **body: Any) -> None:
        answer = await self._http.patch(f"internetaken/{task['uuid']}", json=body)
        assert answer.status_code == 200, answer.text

    async def take(self, task: Mapping[str, Any]) -> None:
        await self.change(task, toegewezenAanActoren=[{"uuid": self.unit}, {"uuid": self.employee}])

    async def write(self, task: Mapping[str, Any], line: str, *, done: bool = True) -> None:
        now = await self.task(task)
        status = "verwerkt" if done else "te_verwerken"
        await self.change(task, toelichting=f"{now['toelichting']}\n{line}".strip(), status=status)

    async def call(self, task: Mapping[str, Any], *, reached: bool) -> None:
        """Somebody spoke to the person, or tried to, and says of which contact that came."""
        contact = await self.make(
            "klantcontacten",
            kanaal="telefoon",
            onderwerp="Teruggebeld",
            taal="nld",
            vertrouwelijk=True,
            indicatieContactGelukt=reached,
            plaatsgevondenOp=datetime.now(UTC).isoformat(),
        )
        first = task["aanleidinggevendKlantcontact"]["uuid"]
        await self.make("onderwerpobjecten", klantcontact={"uuid": contact}, wasKlantcontact={"uuid": first})

    async def task(self, task: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = await self.get(f"internetaken/{task['uuid']}")
        return found

    async def tasks(self, offer: Seen) -> list[dict[str, Any]]:
        """All that came of one offer, by the contacts that carry its id."""
        found = []
        for contact in await self.contacts(offer):
            page = await self.get("internetaken", referentienummer=contact["referentienummer"])
            found += page["results"]
        return found

    async def contacts(self, offer: Seen) -> list[dict[str, Any]]:
        found, page = [], 1
        while True:
            answer = await self.get("klantcontacten", page=str(page))
            found += [one for one in answer["results"] if one["metadata"].get(HANDOFF_KEY) == offer.data["handoff"]]
            if answer["next"] is None:
                return found
            page += 1

    async def given(self, offer: Seen) -> dict[str, Any]:
        """The task of this offer, as soon as it is there."""
        return (await until(lambda: self.tasks(offer), 60, "a task in Open Klant"))[0]

    async def stands(self, task: Mapping[str, Any], status: str, text: str = "") -> dict[str, Any]:
        async def so() -> dict[str, Any] | None:
            now = await self.task(task)
            return now if now["status"] == status and text in now["toelichting"] else None

        found: dict[str, Any] = await until(so, 60, f"{status} {text}")
        return found


class Trial:
    """An office, the bridge to it, and the organisations around."""

    def __init__(self, agencies: Agencies, office: Office, process: ServiceProcess) -> None:
        self.agencies, self.office, self.process = agencies, office, process

    async def offered(self) -> Seen:
        asked = question(topic=TOPIC)
        await self.agencies.send("belastingdienst", asked)
        return await self.agencies.offered(asked)

    async def changed(self, offer: Seen, state: str, **data: Any) -> Seen:
        return await self.agencies.ear.wait(
            "handoff.changed",
            "gvd.out.belastingdienst",
            within=60,
            handoff=offer.data["handoff"],
            state=state,
            **data,
        )


@asynccontextmanager
async def trial(agencies: Agencies, url: str, token: str) -> AsyncIterator[Trial]:
    """The bridge runs as an operator would run it: a process with settings from its environment."""
    place, office = agencies.world, Office(url, token)
    await office.open()
    await agencies.sql("drop schema if exists klantinteracties cascade")  # of a trial with another Open Klant
    await asyncio.to_thread(migrate, settings_of(place.kafka.bootstrap, place.postgres.url), ["klantinteracties"])
    port = free_port()
    env = place.env | {
        "GVD_INSTANCE": "klantinteracties",
        "GVD_HTTP_PORT": str(port),
        "OPENKLANT_URL": url,
        "OPENKLANT_TOKEN": token,
        "OPENKLANT_AGENCY": AGENCY,
        "OPENKLANT_ACTOR": office.unit,
        "OPENKLANT_POLL_SECONDS": "0.2",
    }
    command = [*gvd(), "serve", "klantinteracties"]
    log = place.log_folder / "klantinteracties.log"
    process = ServiceProcess(Service.named("klantinteracties"), command, port, env, log)
    process.start()
    try:
        await asyncio.to_thread(process.await_ready)
        yield Trial(agencies, office, process)
    finally:
        await asyncio.to_thread(process.stop)
        await office.close()


async def from_offer_to_helped(made: Trial) -> None:
    """The whole way, as it runs against any Open Klant."""
    offer = await made.offered()
    task = await made.office.given(offer)
    received = await made.changed(offer, "received")
    assert received.data["receiver_reference"] == task["referentienummer"]
    await made.office.take(task)
    await made.changed(offer, "accepted")
    await made.office.call(task, reached=False)
    await made.changed(offer, "in-progress", reason="contact-not-reached")
    await made.office.call(task, reached=True)
    await made.changed(offer, "in-progress", reason="contact-made")
    await made.office.write(task, "GVD: geholpen")
    await made.changed(offer, "completed")
    ended = await made.agencies.ear.wait("question.ended", question=offer.data["question"])
    assert ended.data["outcome"] == "helped"
    after = await made.office.stands(task, "verwerkt")
    assert after["afgehandeldOp"] is not None
    assert "GVD-" not in after["toelichting"]


async def from_refusal_to_the_next(made: Trial) -> None:
    """Not understood, refused at the door, and then a refusal that says who it should have been."""
    offer = await made.offered()
    task = await made.office.given(offer)
    await made.changed(offer, "received")
    await made.office.change(task, status="verwerkt")
    await made.office.stands(task, "te_verwerken", "GVD-fout: de taak is verwerkt zonder uitkomst.")
    await made.office.write(task, "GVD: niet voor ons, wel voor bestaat-niet")
    stands = await made.office.stands(task, "te_verwerken", "GVD-fout: uw reactie is niet aangenomen.")
    better = stands["toelichting"].replace("bestaat-niet", "svb")
    await made.office.change(task, toelichting=better, status="verwerkt")
    declined = await made.changed(offer, "declined", reason="not-competent")
    assert declined.data["suggested"] == "svb"


async def from_offer_to_withdrawn(made: Trial) -> None:
    """The first door takes it back: the task is closed, and says why."""
    offer = await made.offered()
    task = await made.office.given(offer)
    received = await made.changed(offer, "received")
    back = reply("belastingdienst", received.data, "withdraw", reason="wrong-destination")
    await made.agencies.send("belastingdienst", back)
    await made.office.stands(task, "verwerkt", "De overdracht is ingetrokken.")
