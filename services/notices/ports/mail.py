"""A notice as a mail message (RFC 5322). Its Message-ID is made of its key: who gets it twice sees it is one."""

from email.message import EmailMessage
from email.policy import SMTP

from services.notices.ports.message import Message, Undeliverable


def mail_of(message: Message, sender: str) -> EmailMessage:
    """Raises Undeliverable when the address can be no address; a line break in it would be another header.

    On some of those the parser of the standard library fails in ways of its own (python/cpython: AttributeError,
    TypeError, IndexError), so whatever goes wrong here is that address.
    """
    mail = EmailMessage(policy=SMTP)
    try:
        mail["To"] = message.address.to
        if "@" not in mail["To"].addresses[0].addr_spec:
            raise Undeliverable("wrong-address")
        mail.as_bytes()
    except Exception:  # noqa: BLE001 - nothing else than the address is in it yet
        raise Undeliverable("wrong-address") from None
    mail["From"] = sender
    mail["Subject"] = message.subject
    mail["Date"] = message.at
    mail["Message-ID"] = f"<{message.key}@{sender.rpartition('@')[2]}>"
    mail["Auto-Submitted"] = "auto-generated"
    mail["Content-Language"] = "nl"
    mail.set_content(message.text + "\n")
    return mail
