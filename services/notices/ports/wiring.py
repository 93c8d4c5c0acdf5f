"""Which port carries which channel, by the settings. A channel without a port is told by the desk."""

import json
from collections.abc import Mapping

from contracts.notices import NoticeChannel
from services.notices.ports.file import FileOutbox
from services.notices.ports.letter import LetterPort
from services.notices.ports.message import Port
from services.notices.ports.notifynl import NotifyPort
from services.notices.ports.smtp import SmtpPort
from services.platform.settings import Settings


def ports_of(settings: Settings) -> Mapping[NoticeChannel, Port]:
    """Files first; NotifyNL in their place when there is a key; mail over SMTP when there is a server."""
    ports: dict[NoticeChannel, Port] = {}
    if settings.notice_outbox is not None:
        outbox = FileOutbox(settings.notice_outbox, settings.notice_from)
        ports |= {NoticeChannel.EMAIL: outbox, NoticeChannel.SMS: outbox}
        ports[NoticeChannel.LETTER] = LetterPort(settings.notice_outbox / "print")
    if key := settings.notifynl_key.get_secret_value():
        known = settings.notifynl_templates.read_text("utf-8") if settings.notifynl_templates else "{}"
        notify = NotifyPort(settings.notifynl_url, key, json.loads(known))
        ports |= {NoticeChannel.EMAIL: notify, NoticeChannel.SMS: notify}
    if url := settings.smtp_url.get_secret_value():
        ports[NoticeChannel.EMAIL] = SmtpPort(url, settings.notice_from)
    return ports
