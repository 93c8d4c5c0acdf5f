"""A table as content that can travel: what a published version carries, and how it becomes a table again."""

import base64
import binascii
import gzip
import json
import zlib
from collections.abc import Callable
from pathlib import Path

from routing.data.read import NAME, texts
from routing.data.tables import Table
from routing.versions.loading import PACKAGED, load, load_files, reload_files, validate_files

__all__ = ["LONGEST", "Library", "load_files", "pack", "pack_files", "unpack", "validate_files"]

LONGEST = 900_000  # characters of content: one Kafka record carries a whole version
_LARGEST = 20_000_000
_MOST_FILES = 500
_GZIP = 16 + zlib.MAX_WBITS


def pack(folder: Path | None = None) -> str:
    """The data files of this folder (default: of the packaged table). The same files give the same content."""
    files, unreadable = texts(folder or PACKAGED)
    if unreadable:
        raise ValueError("\n".join(map(str, unreadable)))
    return pack_files(files)


def pack_files(files: dict[str, str]) -> str:
    """Refuses what `unpack` would refuse, so that nothing is published that nobody can read."""
    canonical = json.dumps(_plausible(files), sort_keys=True, ensure_ascii=False, separators=(",", ":")).encode()
    content = base64.b64encode(gzip.compress(canonical, mtime=0)).decode()
    if len(canonical) > _LARGEST or len(content) > LONGEST:
        raise ValueError(f"the table is too large to publish: {len(content)} of {LONGEST} characters")
    return content


def unpack(content: str) -> dict[str, str]:
    """The files in this content, or ValueError. Whatever is sent, it takes a bounded amount of memory."""
    if len(content) > LONGEST:
        raise ValueError(f"the content is longer than {LONGEST} characters")
    try:
        packed = base64.b64decode(content, validate=True)
    except (ValueError, binascii.Error) as error:
        raise ValueError("the content is not base64") from error
    try:
        found = json.loads(_inflated(packed))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"the content is not JSON: {type(error).__name__}") from error
    return _plausible(found)


class Library:
    """The table that comes with the code, and how published ones are opened (services.platform.editions).

    `prepare` is done to every table that is opened: tables are opened beside the work, never in it.
    """

    def __init__(self, folder: Path | None = None, prepare: Callable[[Table], None] | None = None) -> None:
        self.shipped, self.content = load(folder), pack(folder)
        self._prepare = prepare

    def check(self, content: str) -> Table:
        """The table in new content, when nothing is wrong with it; ValueError or InvalidTable otherwise."""
        return self._prepared(load_files(unpack(content)))

    def reopen(self, content: str) -> Table:
        """The table in content that was checked before."""
        return self._prepared(reload_files(unpack(content)))

    def _prepared(self, table: Table) -> Table:
        if self._prepare is not None:
            self._prepare(table)
        return table


def _inflated(packed: bytes) -> bytes:
    stream = zlib.decompressobj(_GZIP)
    try:
        raw = stream.decompress(packed, _LARGEST + 1)
    except zlib.error as error:
        raise ValueError("the content is not gzip") from error
    if len(raw) > _LARGEST:
        raise ValueError(f"the content unpacks to more than {_LARGEST} bytes")
    if not stream.eof or stream.unused_data:
        raise ValueError("the content is not one whole gzip stream")
    return raw


def _plausible(found: object) -> dict[str, str]:
    """Only names of data files, all relative, and only texts."""
    if not isinstance(found, dict) or not all(isinstance(text, str) for text in found.values()):
        raise ValueError("the content is not an object of file names and texts")
    if len(found) > _MOST_FILES:
        raise ValueError(f"the content has more than {_MOST_FILES} files")
    for name in found:
        if not NAME.fullmatch(name):
            raise ValueError(f"{name[:100]!r} is not the name of a data file")
    try:
        "".join(found.values()).encode()
    except UnicodeEncodeError as error:
        raise ValueError("the content has half a character") from error
    return found
