"""Child processes that cannot outlive us.

On Linux the kernel itself kills a child when we die, whatever killed us (`setpriv --pdeathsig KILL`). No gentler
signal will do: a suspended process would not hear it, and all that we run survives a kill by design. Elsewhere
(macOS, Windows) there is no such call: there a child stops when we stop it or exit normally, and after a SIGKILL of
us it has to be stopped by hand.
"""

import atexit
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

Command = Sequence[str | Path]

# The kernel sends the death signal when the forking *thread* ends: one thread that never ends forks them all.
_FORKER = ThreadPoolExecutor(max_workers=1, thread_name_prefix="fork")

# Closes the moment between fork and setpriv: who finds another parent than ours was orphaned already.
_STILL_OURS = '[ "$PPID" = "$1" ] || exit 1; shift; exec "$@"'


class StartError(RuntimeError):
    """A child did not come up; the text holds the end of its log."""


@dataclass(frozen=True)
class Identity:
    """The unprivileged user a child runs as when we are root."""

    uid: int
    gid: int

    def setpriv_arguments(self) -> list[str]:
        """Drop to this user for good."""
        return [f"--reuid={self.uid}", f"--regid={self.gid}", "--clear-groups"]


class Child:
    """One running child process."""

    def __init__(self, name: str, process: subprocess.Popen[bytes], log: Path) -> None:
        self.name = name
        self.log = log
        self._process = process
        atexit.register(self.kill)

    @property
    def pid(self) -> int:
        """The process id of the program itself, not of a wrapper."""
        return self._process.pid

    @property
    def running(self) -> bool:
        """Whether the process still lives."""
        return self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """How it ended; None while it runs."""
        return self._process.poll()

    def send(self, number: int) -> None:
        """Send a signal; a child that is gone already is fine."""
        if self.running:
            self._process.send_signal(number)

    def stop(self, number: int = signal.SIGTERM, timeout: float = 20) -> None:
        """Ask it to stop, and insist when it does not."""
        self.send(number)
        self.send(signal.SIGCONT)  # a suspended process only hears the other when it goes on
        try:
            self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
        atexit.unregister(self.kill)

    def kill(self) -> None:
        """SIGKILL: no chance to tidy up."""
        self.send(signal.SIGKILL)
        self._process.wait()

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end."""
        return self._process.wait(timeout)

    def last_words(self, lines: int = 15) -> str:
        """The end of its log, for an error message."""
        text = self.log.read_text(encoding="utf-8", errors="replace") if self.log.exists() else ""
        return "\n".join(text.splitlines()[-lines:])


def spawn(
    name: str,
    argv: Command,
    *,
    log: Path,
    env: Mapping[str, str] | None = None,
    cwd: Path | None = None,
    identity: Identity | None = None,
) -> Child:
    """Start a child whose output goes to `log` and which dies when we die."""
    log.parent.mkdir(parents=True, exist_ok=True)
    command = leashed([str(part) for part in argv], identity)
    with log.open("ab") as output:
        process = _FORKER.submit(
            subprocess.Popen,
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            env=dict(env) if env is not None else None,
            cwd=cwd,
            process_group=0,  # Ctrl-C in a terminal reaches us only: we stop the children in order
        ).result()
    return Child(name, process, log)


def leashed(argv: list[str], identity: Identity | None = None) -> list[str]:
    """The command line that ties a program's life to ours."""
    if sys.platform != "linux":
        return argv
    if shutil.which("setpriv") is None:
        raise StartError("setpriv is missing: install the package util-linux")
    drop = identity.setpriv_arguments() if identity else []
    return [
        "setpriv",
        *drop,
        "--pdeathsig",
        "KILL",
        "sh",
        "-c",
        _STILL_OURS,
        "sh",
        str(os.getpid()),
        *argv,
    ]


def run_as(identity: Identity | None, argv: Command) -> list[str]:
    """The command line for a short job as that user."""
    command = [str(part) for part in argv]
    return ["setpriv", *identity.setpriv_arguments(), *command] if identity else command
