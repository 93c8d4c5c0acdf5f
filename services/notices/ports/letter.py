"""Letters for a print service: a page ready to print and a job beside it, by key."""

import asyncio
import html
import json
from pathlib import Path

from services.notices.names import day
from services.notices.ports.file import put
from services.notices.ports.message import Message

_PAGE = """<!doctype html>
<html lang="nl">
<meta charset="utf-8">
<title>{subject}</title>
<style>
  @page {{ size: A4; margin: 0 }}
  body {{ font: 12pt/1.5 sans-serif; margin: 0 }}
  address {{ position: absolute; left: 20mm; top: 45mm; font-style: normal; white-space: pre-line }}
  main {{ position: absolute; left: 20mm; right: 20mm; top: 90mm; white-space: pre-line }}
</style>
<address>{name}
{address}</address>
<main><p>{date}</p><h1 style="font-size: 14pt">{subject}</h1>{text}</main>
</html>
"""


class LetterPort:
    """The page first, then the job: a print service that looks for jobs never finds one without its page."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    async def send(self, message: Message) -> None:
        await asyncio.to_thread(self._put, message)

    def _put(self, message: Message) -> None:
        put(self._folder / f"{message.key}.html", page(message).encode())
        job = {
            "reference": str(message.key),
            "page": f"{message.key}.html",
            "paper": "A4",
            "name": message.address.name,
            "address": message.address.to.splitlines(),
        }
        put(self._folder / f"{message.key}.json", json.dumps(job, ensure_ascii=False, indent=1).encode())


def page(message: Message) -> str:
    """The address where the window of an envelope is (NEN 1026: C5, left)."""
    filled = {
        "subject": message.subject,
        "name": message.address.name,
        "address": message.address.to,
        "date": day(message.at),
        "text": message.text,
    }
    return _PAGE.format_map({name: html.escape(value) for name, value in filled.items()})
