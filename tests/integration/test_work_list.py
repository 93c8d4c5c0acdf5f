"""The work list over HTTP: what waits for whom, page by page, with one index read however much there is."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from services.intake.work import Wanted, WorkState
from services.intake.worklist import _Asked, _statement
from tests.world import COMPLETE, Agencies, question, reply, until

MANY = 2_000


async def listed(agencies: Agencies, agency: str, query: str = "") -> list[dict[str, Any]]:
    answer = await agencies.get(agency, f"/work{query}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def of(agencies: Agencies, agency: str, view: dict[str, Any]) -> list[dict[str, Any]]:
    answer = await agencies.get(agency, f"/work/{view['question']}")
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_a_whole_life_by_the_list_alone(agencies: Agencies) -> None:
    """Take what is offered, do what may be done, send the version that is given: until nothing is left to do."""
    view = (await agencies.post("uwv", "/questions", question("uwv"), prefer="wait=10")).json()
    more = {"start": {"contact": "made"}, "complete": COMPLETE}
    for action, state in (("receive", "requested"), ("accept", "received"), ("start", "accepted")):
        [item] = await of(agencies, "svb", view)
        assert (item["what"], item["state"], item["holder"]) == ("to-do", state, "svb")
        await _do(agencies, "svb", view, item, action, **more.get(action, {}))
    [item] = await of(agencies, "svb", view)
    assert item["reference"] == view["reference"]
    await _do(agencies, "svb", view, item, "complete", **COMPLETE)
    assert await of(agencies, "svb", view) == []
    [followed] = await of(agencies, "uwv", view)
    assert "reopen" in {one["action"] for one in followed["actions"]}
    rows = await agencies.sql("select 1 from intake.work where question = $1", view["question"])
    assert rows == [], "what ended is on nobody's list"


async def _do(agencies: Agencies, by: str, view: dict[str, Any], item: dict[str, Any], name: str, **more: Any) -> None:
    [action] = [one for one in item["actions"] if one["action"] == name]
    said = reply(by, {"question": view["question"], **action}, name, **more)
    answer = await agencies.post(by, "/replies", said, prefer="wait=10")
    assert answer.status_code == 200, answer.text


async def test_the_first_door_follows_and_the_history_says_who_held_it(agencies: Agencies) -> None:
    view = (await agencies.post("uwv", "/questions", question("uwv"), prefer="wait=10")).json()
    followed = await listed(agencies, "uwv", "?what=following&topic=aow&state=offered&limit=200")
    [item] = [one for one in followed if one["question"] == view["question"]]
    assert (item["holder"], item["bounced"], item["urgent"], item["overdue"]) == ("svb", 0, False, False)
    assert item["due_at"] == view["handoffs"][0]["due_at"]
    assert {one["action"] for one in item["actions"]} >= {"end"}
    answer = await agencies.get("svb", f"/questions/{view['question']}/history")
    found = answer.json()
    assert [held["holder"] for held in found["holders"]] == ["uwv", "svb"]
    assert "until" not in found["holders"][-1]
    assert [step["what"] for step in found["steps"]] == ["asked", "offered"]
    assert answer.headers["cache-control"] == "no-store"


async def test_a_desk_has_what_it_must_decide_and_a_first_door_what_it_must_ask(agencies: Agencies) -> None:
    unclear = (await agencies.post("uwv", "/questions", question("uwv", topic="nergens"), prefer="wait=10")).json()
    [desk] = await of(agencies, "triage", unclear)
    assert (desk["what"], desk["state"], bool(desk["due_at"])) == ("to-do", "triage", True)
    assert {one["action"] for one in desk["actions"]} >= {"place", "return"}
    asking = (await agencies.post("uwv", "/questions", question("uwv", topic="bijstand"), prefer="wait=10")).json()
    assert asking["status"] == "asking"
    [mine] = await of(agencies, "uwv", asking)
    assert (mine["what"], mine["state"]) == ("to-do", "asking")
    assert "answer" in {one["action"] for one in mine["actions"]}
    assert mine["question"] in {one["question"] for one in await listed(agencies, "uwv", "?state=asking&limit=200")}


async def test_others_learn_nothing(agencies: Agencies) -> None:
    view = (await agencies.post("uwv", "/questions", question("uwv"), prefer="wait=10")).json()
    unknown = view["question"][:-12] + "000000000000"
    for path in ("/work/{}", "/questions/{}/history"):
        strange, none = [await agencies.get("duo", path.format(one)) for one in (view["question"], unknown)]
        assert strange.status_code == none.status_code == 404
        assert strange.json() == none.json()
    assert view["question"] not in json.dumps(await listed(agencies, "duo", "?limit=200"))
    assert (await agencies.http.get("/work")).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "what=nothing",
        "state=nothing",
        "limit=0",
        "limit=201",
        "overdue=perhaps",
        "dueBefore=yesterday",
        "dueBefore=2026-11-23T10:00:00",
        "dueBefore=0001-01-01T00:00:00%2B14:00",
        "topic=%00",
        "cursor=x",
        "cursor=MDAwMS0wMS0wMVQwMDowMDowMCsxNDowMCAwMTkwMDAwMC0wMDAwLTcwMDAtODAwMC0wMDAwMDAwMDAwMDE",
    ],
)
async def test_a_strange_wish_is_a_problem_and_no_crash(agencies: Agencies, query: str) -> None:
    answer = await agencies.get("svb", f"/work?{query}")
    assert answer.status_code == 400, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.fixture
async def many(agencies: Agencies) -> AsyncIterator[None]:
    """One real offer, a great many times: a third past its norm, a few without a norm."""
    view = (await agencies.post("uwv", "/questions", question("uwv"), prefer="wait=10")).json()
    await until(lambda: agencies.sql("select 1 from intake.work where question = $1", view["question"]))
    await agencies.sql(_MANY, view["question"], MANY)
    await agencies.sql("analyze intake.work")
    yield
    await agencies.sql("delete from intake.keyed k using intake.work w where w.agency = 'rvo' and k.key = w.question")
    await agencies.sql("delete from intake.work where agency = 'rvo'")


async def test_a_long_list_comes_in_pages_without_gap_or_repeat(agencies: Agencies, many: None) -> None:
    for query, expected in (("", MANY), ("&overdue=true", MANY // 3), ("&state=requested&topic=aow", MANY)):
        address, seen = f"/work?limit=200{query}", list[tuple[str, str]]()
        while address:
            answer = await agencies.get("rvo", address)
            page = answer.json()
            seen += [(one.get("due_at", "~"), one["question"]) for one in page["items"]]
            address = _path(page, answer)
        assert len(seen) == len(set(seen)) == expected
        assert [due for due, _ in seen] == sorted(due for due, _ in seen)


def _path(page: dict[str, Any], answer: httpx.Response) -> str:
    if "next" not in page:
        assert "link" not in answer.headers
        return ""
    assert answer.headers["link"] == f'<{page["next"]}>; rel="next"'
    parts = urlsplit(page["next"])
    return f"{parts.path.removeprefix('/v1')}?{parts.query}"


async def test_a_page_is_one_stretch_of_an_index(agencies: Agencies, many: None) -> None:
    for asked, index in (
        (_Asked(Wanted.TO_DO, overdue=True), "work_by_due"),
        (_Asked(Wanted.TO_DO, state=WorkState.ON_HOLD), "work_by_state"),
    ):
        statement, values = _statement("rvo", asked, datetime.now(UTC))
        wanted = statement.replace("from work w join keyed k", "from intake.work w join intake.keyed k")
        rows = await agencies.sql(f"explain (analyze, timing off, summary off) {wanted}", *values)
        plan = "\n".join(row[0] for row in rows)
        assert index in plan, plan
        assert "Seq Scan" not in plan, plan
        assert "Sort" not in plan, plan


_MANY = """
with one as (select * from intake.keyed where key = $1::uuid),
     made as (
       select gen_random_uuid() as key, k.*,
              case when n % 3 = 0 then now() - n * interval '1 minute' when n % 1000 = 1 then null
                   else now() + n % 7 * interval '1 hour' + interval '1 hour' end as due
         from generate_series(1, $2::int) n, lateral (select version, seen, said, state from one) k),
     put as (
       insert into intake.keyed (key, version, seen, said, state)
       select key, version, seen, said,
              jsonb_set(state, '{question}', to_jsonb(key::text)) || jsonb_build_object('handoffs', jsonb_build_array(
                jsonb_strip_nulls(state -> 'handoffs' -> 0 ||
                  jsonb_build_object('handoff', key, 'receiver', 'rvo', 'due_at', due))))
         from made)
insert into intake.work (agency, question, subject, what, state, topic, due_at)
select 'rvo', key, key, 'to-do', 'requested', 'aow', coalesce(due, 'infinity') from made
"""
