"""Mail over SMTP. The standard library in a thread: notices are few, and one more dependency would gain nothing."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from services.notices.addresses import NotNow
from services.notices.ports.mail import mail_of
from services.notices.ports.message import Message, Undeliverable

_SECONDS = 20
_PERMANENT = 500


class SmtpPort:
    """`smtps://` speaks TLS from the start, `smtp://` as soon as the server offers it."""

    def __init__(self, url: str, sender: str) -> None:
        parts = urlsplit(url)
        self._tls = parts.scheme == "smtps"
        self._host, self._port = parts.hostname or "localhost", parts.port or (465 if self._tls else 25)
        self._user, self._password = unquote(parts.username or ""), unquote(parts.password or "")
        self._sender = sender

    async def send(self, message: Message) -> None:
        await asyncio.to_thread(self._send, mail_of(message, self._sender))

    def _send(self, mail: EmailMessage) -> None:
        try:
            with self._connected() as server:
                server.send_message(mail)
        except smtplib.SMTPRecipientsRefused as refused:
            if all(code >= _PERMANENT for code, _ in refused.recipients.values()):
                raise Undeliverable("wrong-address") from None
            raise NotNow("smtp-later") from None
        except smtplib.SMTPDataError as refused:
            if refused.smtp_code >= _PERMANENT:
                raise Undeliverable("refused") from None
            raise NotNow("smtp-later") from None
        except smtplib.SMTPNotSupportedError:
            raise Undeliverable("wrong-address") from None  # an address this server cannot write down (RFC 6531)
        except (smtplib.SMTPException, OSError) as error:
            raise NotNow(type(error).__name__) from None  # never its text: it may quote the address

    def _connected(self) -> smtplib.SMTP:
        if self._tls:
            return self._known(smtplib.SMTP_SSL(self._host, self._port, timeout=_SECONDS, context=_context()))
        server = smtplib.SMTP(self._host, self._port, timeout=_SECONDS)
        server.ehlo()
        if server.has_extn("starttls"):
            server.starttls(context=_context())
        return self._known(server)

    def _known(self, server: smtplib.SMTP) -> smtplib.SMTP:
        if self._user:
            server.login(self._user, self._password)
        return server


def _context() -> ssl.SSLContext:
    return ssl.create_default_context()
