"""NotifyNL: the notification service of the Dutch government, over its public API (that of GOV.UK Notify, v2).

It has its own copy of the templates, so it gets a template id and the fields. `reference` is our key; before a second
try we ask whether it has that reference already.
"""

import base64
import hashlib
import hmac
import json
import time
from collections.abc import Callable, Mapping
from typing import Any

import httpx

from contracts.notices import NoticeChannel
from services.notices.addresses import NotNow
from services.notices.ports.message import Message, Undeliverable

_UUID = 36
_TO = {NoticeChannel.EMAIL: ("email", "email_address"), NoticeChannel.SMS: ("sms", "phone_number")}
_LATER = frozenset({401, 403, 408, 429})
"""Not about this notice: our key, our clock, or too much at once."""


class NotifyPort:
    """`templates` gives the template id per `<kind>.<channel>`."""

    def __init__(
        self,
        base: str,
        key: str,
        templates: Mapping[str, str],
        client: httpx.AsyncClient | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._base, self._templates, self._clock = base.rstrip("/"), templates, clock
        self._secret, self._service = key[-_UUID:], key[-2 * _UUID - 1 : -_UUID - 1]
        self._client = client or httpx.AsyncClient(timeout=20, follow_redirects=False)

    async def send(self, message: Message) -> None:
        way, attribute = _TO[message.channel]
        template = self._templates.get(f"{message.kind}.{message.channel}")
        if template is None:
            raise Undeliverable("no-port")
        if await self._has(message):
            return
        body = {
            "template_id": template,
            attribute: message.address.to,
            "personalisation": dict(message.fields),
            "reference": str(message.key),
        }
        answer = await self._call("POST", f"/v2/notifications/{way}", json=body)
        if answer.is_success:
            return
        if answer.status_code in _LATER or answer.is_server_error:
            raise NotNow(f"notifynl-{answer.status_code}")
        raise Undeliverable("wrong-address" if attribute in answer.text else "refused")

    async def _has(self, message: Message) -> bool:
        answer = await self._call("GET", "/v2/notifications", params={"reference": str(message.key)})
        if not answer.is_success:
            raise NotNow(f"notifynl-{answer.status_code}")
        return bool(answer.json().get("notifications"))

    async def _call(self, method: str, path: str, **given: Any) -> httpx.Response:
        headers = {"Authorization": f"Bearer {token(self._service, self._secret, self._clock())}"}
        try:
            return await self._client.request(method, f"{self._base}{path}", headers=headers, **given)
        except httpx.HTTPError as error:
            raise NotNow(type(error).__name__) from None


def token(service: str, secret: str, now: float) -> str:
    """A JWT (RFC 7519) signed with HS256: three lines, not worth a dependency."""
    parts = [_part({"typ": "JWT", "alg": "HS256"}), _part({"iss": service, "iat": int(now)})]
    signed = hmac.new(secret.encode(), ".".join(parts).encode(), hashlib.sha256).digest()
    return ".".join([*parts, _encoded(signed)])


def _part(values: Mapping[str, Any]) -> str:
    return _encoded(json.dumps(values, separators=(",", ":")).encode())


def _encoded(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
