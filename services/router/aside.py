"""Runs heavy work on whole tables in one process of its own: routing is not slowed by it, whatever is asked."""

import asyncio
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from typing import Any

import orjson

_SECONDS = 120


class Busy(Exception):
    """Somebody else's work is being done."""


class Failed(Exception):
    """It ended without an answer."""


async def nothing() -> AsyncIterator[bytes]:
    return
    yield b""


class Aside:
    """One at a time, and never longer than two minutes, whether or not the caller still waits."""

    def __init__(self) -> None:
        self._one = asyncio.Lock()

    async def run(self, task: dict[str, Any], cases: AsyncIterator[bytes] | None = None) -> dict[str, Any]:
        if self._one.locked():
            raise Busy
        async with self._one:
            child = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "services.router.workbench", stdin=PIPE, stdout=PIPE
            )
            try:
                async with asyncio.timeout(_SECONDS):
                    return await _talk(child, task, cases or nothing())
            except TimeoutError as late:
                raise Failed from late
            finally:
                if child.returncode is None:
                    child.kill()
                await child.wait()


async def _talk(child: Process, task: dict[str, Any], cases: AsyncIterator[bytes]) -> dict[str, Any]:
    assert child.stdin is not None  # noqa: S101 - both are pipes
    assert child.stdout is not None  # noqa: S101
    answer = asyncio.ensure_future(child.stdout.read())
    try:
        await _write(child.stdin, orjson.dumps(task))
        async for case in cases:
            await _write(child.stdin, case)
        child.stdin.close()
    except (BrokenPipeError, ConnectionResetError):
        pass  # it stopped reading: what it said tells why
    text = await answer
    if not text:
        raise Failed
    found: dict[str, Any] = orjson.loads(text)
    return found


async def _write(stream: asyncio.StreamWriter, line: bytes) -> None:
    """No faster than it reads, so that a long history takes no memory here."""
    stream.write(line + b"\n")
    await stream.drain()
