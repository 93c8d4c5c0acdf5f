"""Is the organisation in the routing table that is in force, and connected; and if not, which line a steward adds."""

import csv
import io
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from difflib import get_close_matches
from pathlib import Path

import routing
from routing.data.model import Organisation
from routing.data.read import texts
from routing.versions.files import unpack
from routing.versions.loading import reload_files
from services.cli.connecting.step import Done, Stopped
from services.platform.database import fetch_once
from services.platform.settings import Settings

_MUNICIPALITIES = "municipalities.csv"
_NEW = """- id: {organisation}
  name: <full name>
  roles: [source, destination]
  connected_since: {day}
  phone: "<a number people can call>"
  website: "<address>"
  contact_source: <where the number was found>
  source: <why it is in the table>"""


@dataclass(frozen=True, slots=True)
class Last:
    """The last published table, or the one that came with the code when none was; and since when it holds."""

    table: routing.Table
    files: dict[str, str]
    holds_from: datetime | None = None


async def last(settings: Settings) -> Last:
    """From the front door's own schema: what is published while it runs is in no file."""
    row = await fetch_once(settings.database_url.get_secret_value(), _LAST)
    if row is None:
        shipped = routing.load(settings.table_path)
        return Last(shipped, texts(settings.table_path or routing.PACKAGED)[0])
    files = unpack(row["content"])
    return Last(reload_files(files), files, row["effective_from"])


async def ever_connected(settings: Settings) -> set[str]:
    """Who is connected by the table in force, or will be by it or by one that comes after it."""
    row = await fetch_once(settings.database_url.get_secret_value(), _IN_FORCE_AND_LATER)
    tables = [reload_files(unpack(content)) for content in (row["contents"] if row else None) or ()]
    if row is None or not row["in_force"]:
        tables.append(routing.load(settings.table_path))
    return connected_in(tables)


def connected_in(tables: Iterable[routing.Table]) -> set[str]:
    return {one.id for table in tables for one in table.organisations.values() if one.connected_since is not None}


def connected(organisation: str, given: Last, now: datetime) -> Done:
    """Also when that is to come: its topics must be there before. Raises Stopped with the line that is missing."""
    table, files, today = given.table, given.files, routing.day_of(now)
    found = table.organisations.get(organisation)
    begins = max(today, routing.day_of(given.holds_from or now), *_begin(found))
    if found is None or not found.in_service(begins):
        near = get_close_matches(organisation, table.organisations, 3, 0.6)
        raise Stopped(
            f"{organisation} is not in the routing table{', but these are: ' + ', '.join(near) if near else ''}.",
            "A steward adds to a file in organisations/:",
            *_NEW.format(organisation=organisation, day=today).splitlines(),
        )
    if found.connected_since is None:
        name, number = place_of(organisation, files)
        raise Stopped(
            f"{found.name} is in the routing table, but not connected.",
            f"A steward sets `connected_since: {today}` for {organisation}, in {name} line {number}.",
            f"To get that as a proposal: gvd agency connect {organisation} --draft <folder>",
        )
    if begins > today or (given.holds_from is not None and given.holds_from > now):
        moment = f"{given.holds_from:%Y-%m-%d %H:%M %Z}" if begins == today else str(begins)
        return Done([f"{found.name}, connected from {moment} (table {table.version})"], coming=moment)
    return Done([f"{found.name}, connected since {found.connected_since} (table {table.version})"])


def _begin(found: Organisation | None) -> list[date]:
    return [day for day in (found.connected_since, found.validity.valid_from) if day] if found else []


def draft(organisation: str, given: Last, today: date, folder: Path) -> list[str]:
    """The whole table in a folder with the one line in it, as `gvd table fetch` would write it. Raises Stopped."""
    files = dict(given.files)
    name, _ = place_of(organisation, files)
    if folder.exists():
        raise Stopped(f"{folder} is there already; give a folder that is not.")
    files[name] = changed(organisation, files[name], today, municipality=name == _MUNICIPALITIES)
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8", newline="")
    (folder / ".base").write_text(given.table.version)
    return [
        f"The proposal is in {folder} ({name}). A steward sends it, another approves and publishes it:",
        f'  gvd table propose {folder} --why "{organisation} sluit aan"',
        "  gvd table approve <proposal>; gvd table publish <proposal>",
        f"Then go on: gvd agency connect {organisation}",
    ]


def place_of(organisation: str, files: Mapping[str, str]) -> tuple[str, int]:
    """File and line of an organisation. Raises Stopped."""
    entry = re.compile(rf"^(- id: {re.escape(organisation)}\s*$|{re.escape(organisation)},)")
    for name, text in files.items():
        if name == _MUNICIPALITIES or name.startswith("organisations/"):
            for number, line in enumerate(text.splitlines(), 1):
                if entry.match(line):
                    return name, number
    raise Stopped(f"{organisation} is made by the table itself and cannot be connected.")


def changed(organisation: str, text: str, today: date, *, municipality: bool) -> str:
    """The text of the file with `connected_since` set."""
    if municipality:
        rows = list(csv.reader(io.StringIO(text)))
        column = rows[0].index("connected_since")
        for row in rows:
            if row[0] == organisation:
                row[column] = str(today)
        out = io.StringIO()
        csv.writer(out, lineterminator="\n").writerows(rows)
        return out.getvalue()
    head = f"- id: {organisation}\n"
    before, _, after = text.partition(head)
    entry, sign, rest = after.partition("\n- id: ")
    kept = "".join(line for line in entry.splitlines(keepends=True) if not line.startswith("  connected_since:"))
    return f"{before}{head}  connected_since: {today}\n{kept}{sign}{rest}"


_IN_FORCE_AND_LATER = """
with good as (select * from intake.publication where refused is null),
  holds as (select max(number) as number from good where effective_from <= now())
select (select number is not null from holds) as in_force, array_agg(distinct e.content) as contents
  from good p join intake.edition e using (version) where p.number >= coalesce((select number from holds), 0)
"""

_LAST = """
select version, content, effective_from from intake.publication join intake.edition using (version)
 where refused is null order by number desc limit 1
"""
