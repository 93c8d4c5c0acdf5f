"""What leaves: once per key, whole, and with nothing of the person in an error or representation."""

import base64
import hashlib
import hmac
import json
import stat
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from contracts.notices import NoticeChannel, NoticeKind, Told
from services.notices.addresses import Address, Addresses, NoAddress, NotNow
from services.notices.ports import Message, Undeliverable, ports_of
from services.notices.ports.file import FileOutbox
from services.notices.ports.letter import LetterPort, page
from services.notices.ports.mail import mail_of
from services.notices.ports.notifynl import NotifyPort, token
from services.notices.ports.smtp import SmtpPort
from services.platform.settings import Settings

KEY = UUID(int=5, version=4)
TOKEN = "geheim"  # noqa: S105 - of nobody
SENDER = "berichten@gvd.example"
SERVICE, SECRET = "26785a09-ab16-4eb0-8407-a37497a57506", "3d844edf-8d35-48ac-975b-e847b4f122b0"


def message(channel: str = "email", to: str = "jan@example.nl", **given: Any) -> Message:
    return Message(
        **{
            "key": KEY,
            "channel": NoticeChannel(channel),
            "kind": NoticeKind.FORWARDED,
            "address": Address(to, "Jan de Vries"),
            "subject": "Uw vraag is nu bij de SVB",
            "text": "Hallo,\n\nUw vraag is nu bij de SVB. Één regel.",
            "short": "Uw vraag is nu bij de SVB.",
            "fields": {"organisation": "SVB"},
            "at": datetime(2026, 3, 2, 9, tzinfo=UTC),
            **given,
        }
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_nothing_of_the_person_is_in_a_representation() -> None:
    assert "jan@" not in repr(message())
    assert "Vries" not in repr(message())


def test_mail_has_the_key_as_its_id_and_the_text_whole() -> None:
    mail = mail_of(message(), SENDER)
    assert mail["Message-ID"] == f"<{KEY}@gvd.example>"
    assert (mail["To"], mail["From"], mail["Auto-Submitted"]) == ("jan@example.nl", SENDER, "auto-generated")
    assert mail.get_content().replace("\r\n", "\n") == message().text + "\n"


@pytest.mark.parametrize(
    "to",
    ["", "jan", "jan@example.nl\r\nBcc: x@y.nl", "@", "Jan de Vries", "jan@[example.nl", "jan@[", "\ud800"],
)
def test_what_is_no_address_is_not_mailed(to: str) -> None:
    with pytest.raises(Undeliverable, match="wrong-address"):
        mail_of(message(to=to), SENDER)


_SIGNS = st.sampled_from(list('@[]<>()",;:\\. \t\0=?éa1-'))


@given(st.one_of(st.text(), st.text(st.characters()), st.text(_SIGNS, max_size=24)))
@example("jan@[example.nl")
@settings(max_examples=500)
def test_any_text_is_an_address_or_is_none(to: str) -> None:
    with suppress(Undeliverable):
        mail = mail_of(message(to=to), SENDER)
        assert mail.as_bytes().count(b"Message-ID:") == 1


async def test_files_by_key_once_and_for_the_owner_only(tmp_path: Path) -> None:
    outbox = FileOutbox(tmp_path / "uit", SENDER)
    for _ in range(2):
        await outbox.send(message())
        await outbox.send(message("sms", "0612345678"))
        await outbox.send(message(text="anders"))
    files = sorted((tmp_path / "uit").iterdir())
    assert [path.name for path in files] == [f"{KEY}.eml", f"{KEY}.txt"]
    assert b"anders" not in files[0].read_bytes()
    assert files[1].read_text() == "0612345678\n\nUw vraag is nu bij de SVB.\n"
    assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in files)


async def test_a_letter_is_a_page_and_a_job(tmp_path: Path) -> None:
    letter = message("letter", "Dorpsstraat 1\n1234 AB Ons Dorp", text="Tekst met <b> & meer.")
    for _ in range(2):
        await LetterPort(tmp_path).send(letter)
    assert names(tmp_path) == [f"{KEY}.html", f"{KEY}.json"]
    assert json.loads((tmp_path / f"{KEY}.json").read_text())["address"] == ["Dorpsstraat 1", "1234 AB Ons Dorp"]
    assert "Tekst met &lt;b&gt; &amp; meer." in page(letter)
    assert "2 maart 2026" in page(letter)


class Notify:
    """NotifyNL as its documentation has it."""

    def __init__(self, status: int = 201, body: Any = None, *, known: bool = False) -> None:
        self.status, self.body, self.known = status, body or {}, known
        self.sent: list[dict[str, Any]] = []
        self.tokens: list[str] = []

    def port(self) -> NotifyPort:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        templates = {"forwarded.email": "t-1", "forwarded.sms": "t-2"}
        return NotifyPort("https://notify.example", f"sleutel-{SERVICE}-{SECRET}", templates, client, lambda: 1000.0)

    def answer(self, request: httpx.Request) -> httpx.Response:
        self.tokens.append(request.headers["authorization"].removeprefix("Bearer "))
        if request.method == "GET":
            assert request.url.params["reference"] == str(KEY)
            return httpx.Response(200, json={"notifications": [{}] if self.known else []})
        if self.status < 300:
            self.sent.append(json.loads(request.content) | {"way": request.url.path.rpartition("/")[2]})
        return httpx.Response(self.status, json=self.body)


async def test_notifynl_gets_template_fields_and_reference() -> None:
    notify = Notify()
    await notify.port().send(message())
    await notify.port().send(message("sms", "0612345678"))
    common = {"personalisation": {"organisation": "SVB"}, "reference": str(KEY)}
    assert notify.sent == [
        {"way": "email", "template_id": "t-1", "email_address": "jan@example.nl", **common},
        {"way": "sms", "template_id": "t-2", "phone_number": "0612345678", **common},
    ]


async def test_notifynl_is_not_given_twice_what_it_has() -> None:
    notify = Notify(known=True)
    await notify.port().send(message())
    assert notify.sent == []


def test_the_token_is_a_jwt_of_the_service() -> None:
    head, body, signature = token(SERVICE, SECRET, 1000.5).split(".")
    assert json.loads(base64.urlsafe_b64decode(body + "==")) == {"iss": SERVICE, "iat": 1000}
    good = hmac.new(SECRET.encode(), f"{head}.{body}".encode(), hashlib.sha256).digest()
    assert base64.urlsafe_b64decode(signature + "=") == good


async def test_the_key_is_taken_apart() -> None:
    notify = Notify()
    await notify.port().send(message())
    assert set(notify.tokens) == {token(SERVICE, SECRET, 1000)}


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, {"errors": [{"message": "email_address Not a valid email address"}]}, "wrong-address"),
        (400, {"errors": [{"message": "Missing personalisation: tell"}]}, "refused"),
        (403, {}, "notifynl-403"),
        (429, {}, "notifynl-429"),
        (503, {}, "notifynl-503"),
    ],
    ids=["address", "template", "clock", "busy", "down"],
)
async def test_what_notifynl_refuses(status: int, body: Any, error: str) -> None:
    kind = NotNow if error.startswith("notifynl") else Undeliverable
    with pytest.raises(kind, match=error):
        await Notify(status, body).port().send(message())


async def test_a_kind_without_a_template_at_notifynl_goes_to_the_desk() -> None:
    with pytest.raises(Undeliverable, match="no-port"):
        await Notify().port().send(message(kind=NoticeKind.LATE))


def test_which_port_carries_what(tmp_path: Path) -> None:
    assert ports_of(Settings()) == {}
    files = ports_of(Settings(notice_outbox=tmp_path))
    assert {channel.value: type(port) for channel, port in files.items()} == {
        "email": FileOutbox,
        "sms": FileOutbox,
        "letter": LetterPort,
    }
    notify = ports_of(Settings(notice_outbox=tmp_path, notifynl_key=f"k-{SERVICE}-{SECRET}"))
    assert type(notify[NoticeChannel.SMS]) is NotifyPort
    both = ports_of(Settings(smtp_url="smtp://127.0.0.1:25", notifynl_key=f"k-{SERVICE}-{SECRET}"))
    assert {channel.value: type(port) for channel, port in both.items()} == {"email": SmtpPort, "sms": NotifyPort}


def _intake(status: int, body: Any = None) -> Addresses:
    def answer(request: httpx.Request) -> httpx.Response:
        assert request.headers["authorization"] == f"Bearer {TOKEN}"
        assert dict(request.url.params) == {"question": str(KEY), "channel": "email", "of": "person"}
        return httpx.Response(status, json=body or {})

    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    return Addresses(Settings(notices_token=TOKEN), client)


async def _found(addresses: Addresses) -> Address:
    return await addresses.find(KEY, KEY, NoticeChannel.EMAIL, Told.PERSON)


async def test_the_address_comes_from_intake() -> None:
    assert await _found(_intake(200, {"address": "jan@example.nl"})) == Address("jan@example.nl")


@pytest.mark.parametrize(("status", "reason"), [(404, "no-address"), (410, "forgotten")])
async def test_there_may_be_none(status: int, reason: str) -> None:
    with pytest.raises(NoAddress, match=reason):
        await _found(_intake(status))


@pytest.mark.parametrize("status", [401, 500, 503])
async def test_or_none_now(status: int) -> None:
    with pytest.raises(NotNow, match=f"intake-{status}"):
        await _found(_intake(status))
