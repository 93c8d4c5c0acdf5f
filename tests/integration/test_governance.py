"""The table changes while questions flow: two people, two routers, no restart, no decision on a mix of two versions."""

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import orjson
import pytest

from contracts import events
from contracts.events import ROUTING_TABLE
from contracts.examples import example
from services.platform import tokens
from tests.world import SERVICES, Agencies, World, agencies_of, question, reply, until, whole_topics, world

ROOT = Path(__file__).resolve().parents[2]
RIGHTS = ["propose", "approve", "publish"]
ROUTERS = ("router", "router-2")
TYPE = "nl.geenverkeerdedeur.table.published.v1"
_PATIENCE = 180
"""Longer than a router works on a table before it says that it cannot: what is slow answers, and is not timed here."""


@pytest.fixture(scope="module")
def town() -> Iterator[World]:
    with world(services=(*SERVICES, "notices", "router-2")) as made:
        yield made


@pytest.fixture(scope="module")
async def people(town: World) -> AsyncIterator[Agencies]:
    async with agencies_of(town) as made:
        yield made


class Office:
    """The stewards of the table, over HTTP to one of the routers."""

    def __init__(self, people: Agencies) -> None:
        self.people, self.town = people, people.world
        self._tokens: dict[str, str] = {}

    async def token(self, role: str) -> str:
        if role not in self._tokens:
            self._tokens[role] = tokens.fresh()
            may = [] if role == "meelezer" else RIGHTS
            statement = "insert into router.steward (role, may, token_sha256) values ($1, $2, $3)"
            await self.people.sql(statement, role, may, tokens.digest(self._tokens[role]))
        return self._tokens[role]

    async def ask(self, role: str, method: str, path: str, body: Any = None, router: str = "router") -> httpx.Response:
        headers = {"authorization": f"Bearer {await self.token(role)}"}
        async with httpx.AsyncClient(base_url=f"{self.town.processes[router].url}/v1", timeout=_PATIENCE) as client:
            return await client.request(method, path, json=body, headers=headers)

    async def get(self, path: str, router: str = "router") -> Any:
        answer = await self.ask("meelezer", "GET", path, router=router)
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def propose(self, by: str, **body: Any) -> Any:
        answer = await self.ask(by, "POST", "/proposals", {"why": "Een proef.", **body})
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def step(self, by: str, proposal: str, action: str, **more: Any) -> Any:
        answer = await self.ask(by, "POST", f"/proposals/{proposal}/steps", {"action": action, **more})
        assert answer.status_code == 200, answer.text
        return answer.json()

    async def last(self) -> tuple[str, dict[str, str]]:
        """The version that holds or comes, and its files."""
        found = await self.get("/tables")
        version = found["coming"][-1]["version"] if found["coming"] else found["in_force"]
        return version, (await self.get(f"/tables/{version}"))["files"]

    async def changed(self, to: str, rule: str = "aow") -> dict[str, str]:
        """The one file in which this rule leads elsewhere."""
        _, files = await self.last()
        for name, text in files.items():
            head = f"- id: {rule}\n"
            if name.startswith("rules/") and head in text:
                before, _, after = text.partition(head)
                return {name: before + head + re.sub(r"(?m)^  to: .*$", f"  to: {to}", after, count=1)}
        raise AssertionError(rule)

    async def publish(self, to: str, **more: Any) -> Any:
        """All the way, by two people."""
        made = await self.propose("beleid", changes=await self.changed(to))
        await self.step("juridisch", made["proposal"], "approve")
        return await self.step("beleid", made["proposal"], "publish", **more)

    async def in_force(self, version: str, within: float = 120) -> None:
        """Until every service that reads the table applies this version."""
        for name in (*ROUTERS, "intake", "handoff", "delivery"):
            await until(lambda name=name: self._uses(name, version), within, f"{version} at {name}")

    async def _uses(self, name: str, version: str) -> bool:
        return f'version="{version}"' in await self.metrics(name)

    async def metrics(self, name: str) -> str:
        async with httpx.AsyncClient(timeout=10) as client:
            return (await client.get(f"{self.town.processes[name].url}/metrics")).text


@pytest.fixture(scope="module")
async def office(people: Agencies) -> Office:
    return Office(people)


@asynccontextmanager
async def flowing(people: Agencies) -> AsyncIterator[list[dict[str, Any]]]:
    """Questions about the AOW, one after the other, for as long as it lasts."""
    asked: list[dict[str, Any]] = []

    async def ask() -> None:
        while True:
            asked.append(question())
            await people.send("belastingdienst", asked[-1])
            await asyncio.sleep(0.05)

    asking = asyncio.create_task(ask())
    try:
        yield asked
    finally:
        asking.cancel()
        await asyncio.gather(asking, return_exceptions=True)


async def test_two_people_change_the_table_and_two_routers_switch_while_questions_flow(
    office: Office, people: Agencies
) -> None:
    before = (await office.get("/tables"))["in_force"]
    starts = {name: process.starts for name, process in office.town.processes.items()}
    async with flowing(people) as asked:
        after = (await office.publish("uwv"))["version"]
        await office.in_force(after)
        late = question()
        await people.send("belastingdienst", late)
        offer = await people.offered(late)
    assert offer.data["receiver"] == "uwv"
    made = [(await people.ear.wait("decision.made", reference=one["data"]["reference"])).data for one in asked]
    went = {(one["decision"]["table_version"], one["decision"]["lead"]["organisation"]) for one in made}
    assert went == {(before, "svb"), (after, "uwv")}
    for one in (made[0], made[-1], offer.data):
        explained = await office.get(f"/decisions/{one['question']}", router="router-2")
        assert [decision["replays"] for decision in explained["decisions"]] == [True]
    assert starts == {name: process.starts for name, process in office.town.processes.items()}


async def test_going_back_is_one_step_for_one_person(office: Office, people: Agencies) -> None:
    first = (await office.get("/tables"))["shipped"]
    answer = await office.ask("beleid", "POST", "/rollbacks", {"version": first})
    assert (answer.status_code, answer.json()["why"]) == (201, "rolled-back")
    await office.in_force(first)
    asked = question()
    await people.send("belastingdienst", asked)
    assert (await people.offered(asked)).data["receiver"] == "svb"
    found = await office.get("/tables")
    assert [one["number"] for one in found["earlier"]] == [1]


async def test_nobody_approves_alone_and_nobody_without_the_right(office: Office) -> None:
    made = await office.propose("beleid", changes=await office.changed("duo"))
    path = f"/proposals/{made['proposal']}/steps"
    own = await office.ask("beleid", "POST", path, {"action": "approve"})
    assert (own.status_code, own.json()["code"]) == (403, "own-proposal")
    none = await office.ask("meelezer", "POST", path, {"action": "approve"})
    assert (none.status_code, none.json()["code"]) == (403, "no-right")
    early = await office.ask("beleid", "POST", path, {"action": "publish"})
    assert (early.status_code, early.json()["code"]) == (409, "not-now")
    silent = await office.ask("juridisch", "POST", path, {"action": "reject"})
    assert silent.status_code == 400
    await office.step("juridisch", made["proposal"], "reject", reason="Het klopte al.")
    seen = await office.get(f"/proposals/{made['proposal']}")
    assert [step["status"] for step in seen["steps"]] == ["proposed", "rejected"]
    assert [change["name"] for change in seen["differences"]["changes"]] == ["aow"]


async def test_of_two_that_publish_at_once_one_wins(office: Office) -> None:
    ready = []
    for to in ("duo", "cak"):
        made = await office.propose("beleid", changes=await office.changed(to))
        await office.step("juridisch", made["proposal"], "approve")
        ready.append(f"/proposals/{made['proposal']}/steps")
    answers = await asyncio.gather(
        *(
            office.ask(role, "POST", path, {"action": "publish"}, router=router)
            for path in ready
            for role, router in zip(("beleid", "juridisch"), ROUTERS, strict=True)
        )
    )
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409]
    [won] = [answer.json()["version"] for answer in answers if answer.status_code == 200]
    await office.in_force(won)


async def test_a_candidate_with_faults_is_refused_with_all_of_them(office: Office) -> None:
    [(name, text)] = (await office.changed("bestaat-niet")).items()
    body = {"why": "Fout.", "changes": {name: text + "\n- id: aow\n  wat: dit\n", "rules/nieuw.yaml": "- ["}}
    answer = await office.ask("beleid", "POST", "/proposals", body)
    assert answer.status_code == 400
    faults = {(fault["where"].partition(":")[0], fault["code"]) for fault in answer.json()["errors"]}
    assert {(name, "unknown-destination"), ("rules/nieuw.yaml", "unreadable")} <= faults
    assert all(re.fullmatch(r"[a-z0-9_/-]+\.(yaml|csv):[0-9]+", one["where"]) for one in answer.json()["errors"])


async def test_who_has_no_token_hears_nothing(office: Office) -> None:
    async with httpx.AsyncClient(base_url=f"{office.town.processes['router'].url}/v1") as client:
        for path in ("/tables", "/proposals", "/rules", "/lessons", "/unmapped-codes"):
            for headers in ({}, {"authorization": "Bearer niets"}, {"authorization": "Basic niets"}):
                answer = await client.get(path, headers=headers)
                assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")


async def test_what_was_asked_is_replayed_on_a_proposal(office: Office) -> None:
    candidate = {"changes": await office.changed("rvo")}
    answer = await office.ask("meelezer", "POST", "/simulations", {"candidate": candidate, "last": 40})
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert (found["total"], found["failed"]) == (40, 0)
    assert found["moved"] == found["total"]
    assert {move["new"] for move in found["per_move"]} == {"rvo"}


async def test_a_version_waits_for_its_moment(office: Office, people: Agencies) -> None:
    now = (await office.get("/tables"))["in_force"]
    moment = datetime.now(UTC) + timedelta(seconds=12)
    made = await office.propose("beleid", changes=await office.changed("svb"), effective_from=moment.isoformat())
    await office.step("juridisch", made["proposal"], "approve")
    sooner = {"action": "publish", "effective_from": (moment - timedelta(seconds=1)).isoformat()}
    refused = await office.ask("beleid", "POST", f"/proposals/{made['proposal']}/steps", sooner)
    assert (refused.status_code, refused.json()["code"]) == (409, "before-agreed")
    later = (await office.step("beleid", made["proposal"], "publish"))["version"]
    found = await office.get("/tables")
    assert [one["version"] for one in found["coming"]] == [later]
    asked = question()
    await people.send("belastingdienst", asked)
    early = await people.ear.wait("decision.made", reference=asked["data"]["reference"])
    await office.in_force(later)
    assert datetime.now(UTC) >= moment
    assert early.data["decision"]["table_version"] == now
    assert (await office.get("/tables"))["coming"] == []


async def test_a_broken_table_on_the_topic_changes_nothing_and_is_loud(office: Office, people: Agencies) -> None:
    found = await office.get("/tables")
    number = max(one["number"] for one in found["earlier"]) + 2
    event = example(events.TablePublishedEvent, TYPE)
    event["data"] |= {"publication": number, "content": "YQ==", "effective_from": datetime.now(UTC).isoformat()}
    await people._producer.send_and_wait(ROUTING_TABLE, json.dumps(event).encode())
    seen = await until(lambda: _refused(office, number), 120, "the broken one is refused")
    assert seen["version"] == event["data"]["version"]
    assert sum([_refusals(await office.metrics(name)) for name in ROUTERS]) == 1
    assert '"event":"edition.refused"' in office.town.logs()
    asked = question()
    await people.send("belastingdienst", asked)
    made = await people.ear.wait("decision.made", reference=asked["data"]["reference"])
    assert made.data["decision"]["table_version"] == found["in_force"]
    await office.in_force((await office.publish("uwv"))["version"])
    assert (await office.get("/tables"))["refused"] == []


async def _refused(office: Office, number: int) -> Any:
    return next((one for one in (await office.get("/tables"))["refused"] if one["number"] == number), None)


def _refusals(exposition: str) -> int:
    found = re.search(r'gvd_editions_refused_total\{service="router"\} ([0-9.]+)', exposition)
    return int(float(found[1])) if found else 0


async def test_killed_between_publishing_and_telling_everybody_hears_once(office: Office, people: Agencies) -> None:
    """The relay is kept from its work by holding its lock; then both routers die with the publication in hand."""
    town = office.town
    holder = await asyncpg.connect(town.postgres.url)
    try:
        for name in ROUTERS:
            town.processes[name].kill9()
        await holder.execute("select pg_advisory_lock(hashtext('gvd-relay-router'))")
        await asyncio.to_thread(_start, town)
        made = await office.publish("duo")
        [behind] = await people.sql("select h.last - c.number as n from router.journal_head h, router.relay_cursor c")
        assert behind["n"] > 0
        for name in ROUTERS:
            town.processes[name].kill9()
    finally:
        await holder.close()
    await asyncio.to_thread(_start, town)
    await office.in_force(made["version"])
    told = [orjson.loads(one.value)["data"] for one in await whole_topics(town.kafka.bootstrap, [ROUTING_TABLE])]
    assert [one["publication"] for one in told].count(made["publication"]) == 1


def _start(town: World) -> None:
    for name in ROUTERS:
        town.processes[name].start()
    town.await_ready(ROUTERS)


async def test_three_refusals_that_name_another_become_a_proposal(office: Office, people: Agencies) -> None:
    for _ in range(3):
        asked = question("uwv", "zorgtoeslag")
        await people.send("uwv", asked)
        offer = await people.offered(asked)
        no = reply("toeslagen", offer.data, "decline", reason="not-competent", suggested="cak")
        await people.send("toeslagen", no)
    lesson = await until(lambda: _lesson(office, "zorgtoeslag"), 120, "a lesson")
    assert (lesson["suggested"], lesson["said"], lesson["declined"]) == ("cak", 3, 3)
    [place] = re.findall(r"^rules/[a-z-]+\.yaml:[0-9]+$", lesson["place"])
    path = f"/lessons/{lesson['lesson']}/steps"
    assert (await office.ask("meelezer", "POST", path, {"action": "accept"})).status_code == 403
    answer = await office.ask("beleid", "POST", path, {"action": "accept"})
    assert answer.status_code == 200, answer.text
    seen = await office.get(f"/proposals/{answer.json()['proposal']}")
    [change] = seen["differences"]["changes"]
    assert (change["name"], change["fields"]["to"]) == ("zorgtoeslag", {"old": "toeslagen", "new": "cak"})
    assert set(change["fields"]) <= {"to", "checked"}
    again = await office.ask("beleid", "POST", path, {"action": "accept"})
    assert (again.status_code, again.json()["code"]) == (409, "not-now")
    await office.step("juridisch", answer.json()["proposal"], "approve")
    text = (await office.get(f"/tables/{seen['proposal']['version']}"))["files"][place.partition(":")[0]]
    assert text.splitlines()[int(place.partition(":")[2]) - 1].strip() == "to: cak"
    rules = {(one["rule"], one["refusals"]) for one in (await office.get("/rules"))["rules"]}
    assert ("zorgtoeslag", 3) in rules


async def _lesson(office: Office, rule: str) -> Any:
    found = (await office.get("/lessons"))["lessons"]
    return next((one for one in found if one["rule"] == rule and one["said"] >= 3), None)


async def test_words_are_placed_and_kept_nowhere(office: Office) -> None:
    text = "Wanneer krijg ik mijn AOW-pensioen? geheim-4711"
    answer = await office.ask("meelezer", "POST", "/suggestions", {"text": text})
    assert answer.status_code == 200, answer.text
    assert "aow" in {one["topic"] for one in answer.json()["suggestions"]}
    assert "geheim-4711" not in office.town.logs()


async def test_anybody_may_read_the_table_that_is_in_force(office: Office) -> None:
    version = (await office.get("/tables"))["in_force"]
    async with httpx.AsyncClient(base_url=f"{office.town.processes['router'].url}/v1", timeout=_PATIENCE) as client:
        page = await client.get("/table")
        assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
        assert version in page.text
        register = await client.get("/algorithm-register")
        assert register.json()["details"]["version"] == version


def test_the_walk_through_runs_as_written(office: Office, tmp_path: Path) -> None:
    section = (ROOT / "docs/routing.md").read_text().partition("## Governing the table")[2]
    script = section.partition("```sh\n")[2].partition("```")[0].replace('eval "$(.venv/bin/gvd env)"', "true")
    (tmp_path / "walk.sh").write_text(script.replace(".venv/bin/gvd", f"{sys.executable} -m services.cli.main"))
    env = {**office.town.env, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-eu", "walk.sh"], cwd=tmp_path, env=env, capture_output=True, text=True, timeout=240
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "geldt weer vanaf" in done.stdout


async def test_a_decision_is_explained_in_dutch(
    office: Office, people: Agencies, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = question()
    await people.send("belastingdienst", asked)
    made = await people.ear.wait("decision.made", reference=asked["data"]["reference"])
    monkeypatch.setenv("GVD_STEWARD_TOKEN", await office.token("meelezer"))
    told = await asyncio.to_thread(office.town.run, "explain", made.data["question"])
    assert "Nagespeeld op de eigen versie: zelfde besluit." in told.stdout, told.stderr
    unknown = await asyncio.to_thread(office.town.run, "explain", "00000000-0000-4000-8000-000000000000")
    assert (unknown.returncode, unknown.stderr.strip()) == (1, "Nothing was decided on such a question here.")


async def test_everything_that_happened_here_is_sound(office: Office, people: Agencies) -> None:
    await people.settled()
    result = await asyncio.to_thread(office.town.run, "audit", "--settle", "60", "--json")
    broken = [one for one in json.loads(result.stdout) if not one["holds"]]
    assert [one["invariant"] for one in broken] == ["N"], "the broken table that a stranger wrote, and nothing else"
    assert [one["what"] for one in broken[0]["offenders"]] == ["is no event of this system"]
