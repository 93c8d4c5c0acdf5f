"""The HTTP door: who may knock, how long it waits, and the NL GOV API Design Rules."""

import asyncio
import json

import pytest

from tests.world import COMPLETE, Agencies, event_of, question, reply

HEADERS = {
    "api-version": "1.0.0",
    "cache-control": "no-store",
    "content-security-policy": "frame-ancestors 'none'",
    "strict-transport-security": "max-age=31536000",
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
}


async def test_a_question_comes_back_with_its_offer(agencies: Agencies) -> None:
    asked = question()
    answer = await agencies.post("belastingdienst", "/questions", asked, prefer="wait=10")
    view = answer.json()
    assert (answer.status_code, view["status"], view["holder"]) == (201, "offered", "svb")
    assert view["tell"]
    seen = await agencies.get("svb", answer.headers["location"].partition("/v1")[2])
    assert seen.json()["handoffs"] == view["handoffs"]
    assert not {"flows", "refused"} & view.keys()


async def test_the_whole_way_over_http(agencies: Agencies) -> None:
    view = (await agencies.post("belastingdienst", "/questions", question(), prefer="wait=10")).json()
    for action, more, state in (
        ("receive", {}, "received"),
        ("accept", {}, "accepted"),
        ("start", {"contact": "made"}, "in-progress"),
        ("complete", COMPLETE, "completed"),
    ):
        [handoff] = view["handoffs"]
        said = reply("svb", {"question": view["question"], **handoff}, action, **more)
        answer = await agencies.post("svb", "/replies", said, prefer="wait=10")
        view = answer.json()
        assert (answer.status_code, view["handoffs"][0]["state"]) == (200, state)
    assert (view["status"], view["outcome"]) == ("ended", "helped")


async def test_who_does_not_wait_gets_202_and_may_look_later(agencies: Agencies) -> None:
    answer = await agencies.post("belastingdienst", "/questions", question(), prefer="wait=0")
    assert answer.status_code in (201, 202)
    assert answer.json()["follower"] == "belastingdienst"
    assert answer.headers["location"].endswith(f"/questions/{answer.json()['question']}")


@pytest.mark.parametrize("prefer", ["wait=²", "wait=-1", "wait=", "respond-async, wait=1", "wait=1e9"])
async def test_a_strange_preference_is_no_error(agencies: Agencies, prefer: str) -> None:
    body, token = json.dumps(question()), await agencies.token("belastingdienst")
    headers = [
        (b"authorization", f"Bearer {token}".encode()),
        (b"content-type", b"application/cloudevents+json"),
        (b"prefer", prefer.encode("latin-1")),
    ]
    assert (await agencies.http.post("/questions", content=body, headers=headers)).status_code in (201, 202)


async def test_the_same_event_from_many_hands_at_once_is_one_question(agencies: Agencies) -> None:
    asked = question()
    answers = await asyncio.gather(*(agencies.post("belastingdienst", "/questions", asked) for _ in range(8)))
    assert {answer.status_code for answer in answers} <= {200, 201, 202}
    assert len({answer.json()["question"] for answer in answers}) == 1
    rows = await agencies.sql("select count(*) from intake.inbox where id = $1", asked["id"])
    assert rows[0]["count"] == 1


async def test_who_comes_back_gets_the_running_question_and_its_holder_is_told(agencies: Agencies) -> None:
    asked = question()
    view = (await agencies.post("belastingdienst", "/questions", asked, prefer="wait=10")).json()
    again = question(reference=asked["data"]["reference"], facts={"channel": "desk"})
    answer = await agencies.post("belastingdienst", "/questions", again, prefer="wait=10")
    assert (answer.status_code, answer.json()["question"]) == (200, view["question"])
    assert (answer.json()["times_repeated"], len(answer.json()["handoffs"])) == (1, 1)
    assert answer.headers["location"].endswith(f"/questions/{view['question']}")
    told = await agencies.ear.wait("question.repeated", "gvd.out.svb", question=view["question"])
    assert (told.data["by"], told.data["channel"]) == ("belastingdienst", "desk")


async def test_any_desk_may_say_that_the_person_came_again_and_learns_nothing(agencies: Agencies) -> None:
    view = (await agencies.post("belastingdienst", "/questions", question(), prefer="wait=10")).json()
    of_it = {"question": view["question"], "handoff": None, "version": 1}
    said = reply("duo", of_it, "repeat", channel="desk", reference="DUO-1")
    for _ in range(2):
        answer = await agencies.post("duo", "/replies", said, prefer="wait=10")
        assert (answer.status_code, answer.json()) == (200, {"question": view["question"]})
    told = await agencies.ear.wait("question.repeated", "gvd.out.svb", question=view["question"])
    assert (told.data["by"], told.data["reference"]) == ("duo", "DUO-1")
    await agencies.settled()
    assert not agencies.ear.find("question.repeated", "gvd.out.duo")
    ended = reply("belastingdienst", {**of_it, "version": view["version"]}, "end", outcome="helped-at-first-door")
    assert (await agencies.post("belastingdienst", "/replies", ended, prefer="wait=10")).json()["status"] == "ended"
    over = await agencies.post("duo", "/replies", reply("duo", of_it, "repeat", channel="desk"), prefer="wait=10")
    assert (over.status_code, over.json()["reason"]) == (409, "closed"), "ask it as a question"
    assert not {"question", "holder", "outcome"} & over.json().keys()


async def test_a_contact_with_several_questions_is_one_view(agencies: Agencies) -> None:
    contact = f"C/{question()['id'][:8]}"
    whole = (await agencies.post("belastingdienst", "/questions", question(contact=contact), prefer="wait=10")).json()
    part = question(topic="kinderbijslag", contact=contact, split_from=whole["question"])
    made = (await agencies.post("belastingdienst", "/questions", part, prefer="wait=10")).json()
    found = await agencies.get("belastingdienst", f"/contacts/{contact}")
    assert (found.status_code, found.json()["status"]) == (200, "offered")
    shown = {one["question"]: one for one in found.json()["questions"]}
    assert shown[whole["question"]]["parts"] == [made["question"]]
    assert shown[made["question"]]["split_from"] == whole["question"]
    strange, unknown = await agencies.get("duo", f"/contacts/{contact}"), await agencies.get("duo", "/contacts/C-none")
    assert (strange.status_code, strange.json()) == (404, unknown.json())


async def test_a_merged_question_shows_where_it_goes_on(agencies: Agencies) -> None:
    two, one = [
        (await agencies.post("belastingdienst", "/questions", question(), prefer="wait=10")).json() for _ in range(2)
    ]
    of_it = {"question": one["question"], "handoff": None, "version": one["version"]}
    for _ in range(2):
        stale = reply("belastingdienst", {**of_it, "version": 99}, "merge", into=two["question"])
        assert (await agencies.post("belastingdienst", "/replies", stale, prefer="wait=10")).status_code == 409
    merge = reply("belastingdienst", of_it, "merge", into=two["question"])
    merged = await agencies.post("belastingdienst", "/replies", merge, prefer="wait=10")
    assert (merged.status_code, merged.json()["status"]) == (200, "merged")
    late = reply("belastingdienst", of_it, "repeat", channel="phone")
    answer = await agencies.post("belastingdienst", "/replies", late, prefer="wait=10")
    assert (answer.status_code, answer.json()["question"]["merged_into"]) == (409, two["question"])


async def test_capacity_is_asked_and_answered_without_a_person(agencies: Agencies) -> None:
    asked = event_of("belastingdienst", "capacity.asked", {"organisation": "svb", "topic": "aow"})
    for status in (201, 200):
        answer = await agencies.post("belastingdienst", "/capacity-inquiries", asked)
        assert (answer.status_code, answer.json()["status"]) == (status, "asked")
    inquiry = answer.json()["inquiry"]
    for agency in ("svb", "belastingdienst"):
        told = await agencies.ear.wait("capacity.inquired", f"gvd.out.{agency}", inquiry=inquiry)
        assert told.data.keys() == {"inquiry", "by", "organisation", "topic", "asked_at", "answer_by"}
    said = {"inquiry": inquiry, "answer": "waitlist", "waiting_days": 14}
    strange = await agencies.post("duo", "/capacity-answers", event_of("duo", "capacity.answered", said))
    assert [fault["code"] for fault in strange.json()["errors"]] == ["unknown-inquiry"]
    await agencies.send("svb", event_of("svb", "capacity.answered", said))
    known = await agencies.ear.wait("capacity.known", "gvd.out.belastingdienst", inquiry=inquiry)
    assert (known.data["answer"], known.data["waiting_days"]) == ("waitlist", 14)
    again = await agencies.post("svb", "/capacity-answers", event_of("svb", "capacity.answered", said))
    assert [fault["code"] for fault in again.json()["errors"]] == ["already-answered"]
    path = f"/capacity-inquiries/{inquiry}"
    assert (await agencies.get("belastingdienst", path)).json()["status"] == "answered"
    assert (await agencies.get("duo", path)).status_code == 404
    of_a_question = await agencies.post("svb", "/replies", reply("svb", _no_question(inquiry), "accept"))
    assert [fault["code"] for fault in of_a_question.json()["errors"]] == ["unknown-question"]
    await agencies.settled()


def _no_question(inquiry: str) -> dict[str, object]:
    return {"question": inquiry, "handoff": inquiry, "version": 1}


@pytest.mark.parametrize("value", ["", "Bearer", "Bearer wrong", "Basic YTpi", "Bearer \x00"])
async def test_without_a_valid_token_nobody_comes_in(agencies: Agencies, value: str) -> None:
    headers = [(b"authorization", value.encode()), (b"content-type", b"application/cloudevents+json")]
    if "\x00" in value:
        headers[0] = (b"authorization", b"Bearer \xff\xfe")
    answer = await agencies.http.post("/questions", content=json.dumps(question()), headers=headers)
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["status"] == 401


async def test_a_revoked_token_is_worth_nothing(agencies: Agencies) -> None:
    asked = question("cak")
    assert (await agencies.post("cak", "/questions", asked)).status_code in (201, 202)
    await agencies.sql("update intake.credential set revoked_at = now() where agency = 'cak'")
    assert (await agencies.post("cak", "/questions", asked)).status_code == 401


async def test_a_token_of_an_agency_that_left_the_table_opens_nothing(agencies: Agencies) -> None:
    answer = await agencies.post("onbekend", "/questions", question("onbekend"))
    assert answer.status_code == 400
    assert "unknown-agency" in {fault["code"] for fault in answer.json()["errors"]}


async def test_others_do_not_see_a_question(agencies: Agencies) -> None:
    answer = await agencies.post("belastingdienst", "/questions", question(), prefer="wait=10")
    path = answer.headers["location"].partition("/v1")[2]
    strange, unknown = await agencies.get("duo", path), await agencies.get("duo", f"{path[:-12]}000000000000")
    assert strange.status_code == unknown.status_code == 404
    assert strange.json() == unknown.json(), "nobody can tell an id that exists from one that does not"


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/nothing-here", {}, 404),
        ("GET", "/questions/", {}, 404),
        ("POST", "/questions/", {}, 404),
        ("GET", "/questions/01890000-0000-7000-8000-000000000000/", {}, 404),
        ("GET", "/questions/no-uuid", {}, 400),
        ("PUT", "/questions", {}, 405),
        ("DELETE", "/replies", {}, 405),
        ("POST", "/questions", {"content-type": "text/plain"}, 415),
        ("POST", "/questions", {}, 415),
        ("POST", "/replies", {"content-type": "application/xml"}, 415),
        ("POST", "/personal-texts", {"content-type": "multipart/form-data"}, 415),
        ("POST", "/questions", {"content-type": "application/json", "accept": "text/html"}, 406),
        ("GET", "/questions/01890000-0000-7000-8000-000000000000", {"accept": "text/html"}, 406),
    ],
)
async def test_every_error_is_a_problem_with_the_same_headers(
    agencies: Agencies, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    token = {"authorization": f"Bearer {await agencies.token('belastingdienst')}"}
    answer = await agencies.http.request(
        method, path, headers=token | headers, content=b"{}" if "POST" in method else None
    )
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    if status == 405:
        assert answer.headers["allow"]


async def test_the_document_is_open_to_all(agencies: Agencies) -> None:
    answer = await agencies.http.get("/openapi.json", headers={"origin": "https://developer.overheid.nl"})
    assert answer.headers["access-control-allow-origin"] == "*"
    document = answer.json()
    assert document["openapi"].startswith("3.")
    assert set(document["paths"]) == {
        "/questions",
        "/questions/{question}",
        "/questions/{question}/history",
        "/contacts/{contact}",
        "/capacity-inquiries",
        "/capacity-inquiries/{inquiry}",
        "/capacity-answers",
        "/replies",
        "/work",
        "/work/{question}",
        "/work/{question}/told/{notice}",
        "/personal-texts",
        "/personal-texts/{text}",
    }
    for operations in document["paths"].values():
        for operation in operations.values():
            assert {"400", "401", "500"} <= operation["responses"].keys()
            assert all("API-Version" in r["headers"] for r in operation["responses"].values())
    assert document["servers"][0]["url"].endswith("/v1")


async def test_a_body_that_never_seems_to_end_is_cut_off(agencies: Agencies) -> None:
    async def endless() -> object:
        for _ in range(200):
            yield b"x" * 65_536

    headers = {
        "authorization": f"Bearer {await agencies.token('belastingdienst')}",
        "content-type": "application/cloudevents+json",
    }
    answer = await agencies.http.post("/questions", content=endless(), headers=headers)
    assert answer.status_code == 413
    assert answer.json()["title"] == "Too large"
