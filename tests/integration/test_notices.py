"""The person is told once: over mail they agreed to, or else by the desk; killed or replayed, never twice."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest
from typer.testing import CliRunner

import routing
from services.cli.main import app
from services.notices.model import Followed
from services.notices.names import TableNames
from services.notices.overview import Overviews
from services.platform.database import open_pool
from services.platform.keyed import KeyedStore
from services.platform.relay import Relay
from services.platform.settings import Settings
from tests.bad_input import a_marker
from tests.mailbox import Mailbox
from tests.world import SERVICES, Agencies, World, agencies_of, question, reply, until, world

ALL = (*SERVICES, "notices")
A_MONDAY = datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
async def place(mailbox: Mailbox) -> AsyncIterator[World]:
    made = world(services=ALL, env={"GVD_SMTP_URL": f"smtp://127.0.0.1:{mailbox.port}"})
    yield await asyncio.to_thread(made.__enter__)
    await asyncio.to_thread(made.__exit__, None, None, None)


@pytest.fixture(scope="module")
async def agencies(place: World) -> AsyncIterator[Agencies]:
    async with agencies_of(place) as found:
        yield found


async def asked_by_mail(agencies: Agencies, email: str, **more: Any) -> dict[str, Any]:
    words = {"email": email, "name": a_marker(), "text": a_marker()}
    left = await agencies.post("belastingdienst", "/personal-texts", words, content_type="application/json")
    asked = question(dataref=left.json()["dataref"], notify={"channel": "email"}, **more)
    await agencies.send("belastingdienst", asked)
    return asked


async def test_the_person_is_told_by_mail_and_nothing_of_them_stays(agencies: Agencies, mailbox: Mailbox) -> None:
    to = f"{a_marker()}@voorbeeld.example"
    offered = await agencies.offered(await asked_by_mail(agencies, to))
    await until(lambda: len(mailbox.of(to)) == 2)
    received, forwarded = mailbox.of(to)
    assert received["Subject"] == "Wij hebben uw vraag"
    assert forwarded["Subject"].startswith("Uw vraag is nu bij Sociale Verzekeringsbank")
    assert "Noem dan dit nummer: " + offered.data["reference"] in " ".join(forwarded.get_content().split())
    key = offered.data["question"]
    sent = await until(lambda: len(found := agencies.ear.find("notice.sent", question=key)) == 2 and found)
    assert [seen.data["kind"] for seen in sent] == ["received", "forwarded"]
    assert forwarded["Message-ID"].startswith(f"<{sent[1].data['notice']}@")
    lines = await agencies.sql("select * from intake.disclosure where question = $1", UUID(key))
    assert {(line["recipient"], *line["fields"], line["purpose"]) for line in lines} == {("notices", "email", "notice")}
    left = await agencies.sql(
        "select 1 from notices.keyed where position($1 in state::text) > 0 union all "
        "select 1 from notices.journal where position($1 in convert_from(value, 'UTF8')) > 0",
        to.partition("@")[0],
    )
    assert left == []
    assert to.partition("@")[0] not in agencies.world.logs()


async def test_without_a_channel_the_desk_gets_the_words(agencies: Agencies) -> None:
    asked = question()
    await agencies.send("belastingdienst", asked)
    reference = asked["data"]["reference"]
    task = await agencies.ear.wait("notice.to-tell", "gvd.out.belastingdienst", reference=reference)
    assert (task.data["kind"], task.data["why"]) == ("forwarded", "no-channel")
    assert "Sociale Verzekeringsbank" in task.data["words"]
    offered = await agencies.offered(asked)
    await agencies.send("svb", reply("svb", offered.data, "accept"))
    told = await agencies.ear.wait("notice.to-tell", "gvd.out.belastingdienst", reference=reference, kind="accepted")
    assert "gaat u helpen met uw vraag" in told.data["words"]


@pytest.mark.parametrize(("email", "reason"), [("weg@voorbeeld.example", "wrong-address"), ("geen", "wrong-address")])
async def test_what_does_not_arrive_becomes_a_task(agencies: Agencies, email: str, reason: str) -> None:
    asked = await asked_by_mail(agencies, email)
    task = await agencies.ear.wait(
        "notice.undeliverable", "gvd.out.belastingdienst", reference=asked["data"]["reference"], kind="forwarded"
    )
    assert (task.data["reason"], task.data["channel"]) == (reason, "email")
    assert "Sociale Verzekeringsbank" in task.data["words"]


async def to_tell(agencies: Agencies, reference: str) -> list[dict[str, Any]]:
    answer = await agencies.get("belastingdienst", "/work?what=to-tell&limit=200")
    assert answer.status_code == 200, answer.text
    return [one for one in answer.json()["items"] if one["reference"] == reference]


async def test_a_first_door_without_a_system_reads_what_to_say_and_says_that_it_did(agencies: Agencies) -> None:
    """On the work list, until it was told; with the terminal the same."""
    asked = await asked_by_mail(agencies, "geen")
    reference = asked["data"]["reference"]
    [one] = await until(lambda: _told_about(agencies, reference, "forwarded"))
    assert one["tell"]["why"] == "wrong-address"
    assert "Sociale Verzekeringsbank" in one["tell"]["words"]
    path = f"/work/{one['question']}"
    assert (await agencies.get("belastingdienst", path)).json()["tell"] == [one["tell"]]
    await agencies.offered(asked)
    assert (await agencies.get("svb", path)).json()["tell"] == []
    assert "telling" not in (await agencies.get("belastingdienst", f"/questions/{one['question']}")).json()
    done = f"{path}/told/{one['tell']['notice']}"
    assert (await agencies.post("svb", done, {})).status_code == 404
    for _ in range(2):
        assert (await agencies.post("belastingdienst", done, {})).status_code == 204
    assert await to_tell(agencies, reference) == []
    history = (await agencies.get("belastingdienst", f"/questions/{one['question']}/history")).json()
    told = [(step["by"], step["reason"]) for step in history["steps"] if step["what"] == "told"]
    assert told == [("belastingdienst", "forwarded")]


async def _told_about(agencies: Agencies, reference: str, kind: str) -> list[dict[str, Any]]:
    found = await to_tell(agencies, reference)
    return found if [one["tell"]["kind"] for one in found] == [kind] else []


async def test_with_a_terminal_too(agencies: Agencies, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = question()
    await agencies.send("belastingdienst", asked)
    [one] = await until(lambda: _told_about(agencies, asked["data"]["reference"], "forwarded"))
    monkeypatch.setenv("GVD_PUBLIC_URL", agencies.world.processes["intake"].url)
    monkeypatch.setenv("GVD_AGENCY_TOKEN", await agencies.token("belastingdienst"))

    async def gvd(*words: str) -> str:
        done = await asyncio.to_thread(CliRunner().invoke, app, ["work", *words])
        assert done.exit_code == 0, done.output
        return str(done.output)

    assert "gvd work list --what to-tell" in await gvd("list")
    assert "Zeg tegen de burger" in await gvd("list", "--what", "to-tell", "--all")
    command = f"gvd work told {one['question']} {one['tell']['notice']}"
    assert command in await gvd("show", one["question"])
    await gvd(*command.split()[2:])
    assert await to_tell(agencies, asked["data"]["reference"]) == []


async def test_killed_between_sending_and_marking_the_same_notice_goes_out_again(
    place: World, agencies: Agencies, mailbox: Mailbox
) -> None:
    to, mailbox.silent = f"{a_marker()}@voorbeeld.example", True
    asked = await asked_by_mail(agencies, to)
    await until(lambda: mailbox.of(to))
    place.processes["notices"].kill9()
    mailbox.silent = False
    place.processes["notices"].start()
    await asyncio.to_thread(place.processes["notices"].await_ready)
    await agencies.sql("update notices.queue set due_at = now()")  # as when the lease of the dead has run out
    question_id = (await agencies.offered(asked)).data["question"]
    await until(lambda: len(agencies.ear.find("notice.sent", question=question_id)) == 2)
    mails = mailbox.of(to)
    assert len(mails) == 3
    assert len({mail["Message-ID"] for mail in mails}) == 2, "who gets it twice can see that it is one"
    await until(lambda: _empty(agencies))


async def _empty(agencies: Agencies) -> bool:
    return not await agencies.sql("select 1 from notices.queue")


async def test_a_full_replay_tells_nobody_twice(place: World, agencies: Agencies, mailbox: Mailbox) -> None:
    await agencies.settled()
    before = (len(mailbox.got), len(agencies.ear.find("notice.sent")), len(agencies.ear.find("notice.to-tell")))
    numbers = await agencies.sql("select last from notices.journal_head")
    for service in ("intake", "handoff"):
        done = await asyncio.to_thread(place.run, "replay", service)
        assert done.returncode == 0, done.stderr
    asked = question()  # what comes after the replay is taken in after it
    await agencies.send("belastingdienst", asked)
    await agencies.ear.wait("notice.to-tell", "gvd.out.belastingdienst", reference=asked["data"]["reference"])
    await agencies.settled()
    after = (len(mailbox.got), len(agencies.ear.find("notice.sent")), len(agencies.ear.find("notice.to-tell")))
    assert after == (before[0], before[1], before[2] + 2), "one more at notices, and the same at the agency"
    assert (await agencies.sql("select last from notices.journal_head"))[0]["last"] == numbers[0]["last"] + 1


async def test_an_agency_hears_once_a_day_what_it_holds(place: World, agencies: Agencies) -> None:
    settings = Settings(database_url=place.postgres.url, kafka_bootstrap_servers=place.kafka.bootstrap)
    pool = await open_pool(settings, "notices", size=2)
    names, source = TableNames(routing.load()), settings.source("notices")
    two = [Overviews(pool, KeyedStore(Followed), Relay(settings, "notices"), source, names) for _ in range(2)]
    await agencies.sql("delete from notices.overview")  # the process itself may have been at work today
    made = await asyncio.gather(*(one.make(A_MONDAY) for one in two))
    assert sum(made) >= 1
    assert await two[0].make(A_MONDAY) == 0
    assert await Overviews(pool, KeyedStore(Followed), Relay(settings, "notices"), source, names).make(A_MONDAY) == 0
    seen = await agencies.ear.wait("overview.made", "gvd.out.svb", agency="svb")
    held = await agencies.sql("select count(*) as open from notices.task where agency = 'svb'")
    assert seen.data["counts"]["open"] == held[0]["open"] == len(seen.data["open"])
    assert {one["stage"] for one in seen.data["open"]} == {"acceptance", "first-contact"}
    assert len(agencies.ear.find("overview.made", "gvd.out.svb")) == 1
    await pool.close()
