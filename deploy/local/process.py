"""One service process: started, watched over HTTP, killed and started again."""

import http.client
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from deploy.local.children import Child, Command, StartError, spawn
from deploy.local.ports import LOOPBACK

_BACKOFF_SECONDS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
_STEADY_SECONDS = 30.0


@dataclass(frozen=True)
class Service:
    """What to run. Two of one service differ in `instance`."""

    name: str
    instance: str

    @staticmethod
    def named(text: str) -> "Service":
        """`router` is its first process, `router-2` another one beside it."""
        return Service(text.partition("-")[0], text)


class ServiceProcess:
    """One process of one service."""

    def __init__(self, service: Service, command: Command, port: int, env: Mapping[str, str], log: Path) -> None:
        self.service, self.port, self.log = service, port, log
        self.name = service.instance
        self.starts = 0
        self._command, self._env = command, dict(env)
        self._child: Child | None = None
        self._wanted = False
        self._failures, self._started_at = 0, 0.0
        self._one_start = threading.Lock()

    @property
    def url(self) -> str:
        """Base of its HTTP interface."""
        return f"http://{LOOPBACK}:{self.port}"

    @property
    def running(self) -> bool:
        """Whether the process lives."""
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._current().pid

    def start(self) -> None:
        """Start it unless it runs; `await_ready` says when it works."""
        with self._one_start:
            self._wanted = True
            if not self.running:
                self._launch()

    def _launch(self) -> None:
        self._child = spawn(self.name, self._command, log=self.log, env=self._env)
        self._started_at = time.monotonic()
        self.starts += 1

    def kill9(self) -> None:
        """SIGKILL, as a crash would be."""
        self._current().kill()

    def suspend(self) -> None:
        """SIGSTOP: it keeps its connections and does nothing."""
        self._current().send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._current().send(signal.SIGCONT)

    def ask_to_stop(self) -> None:
        """SIGTERM, without waiting."""
        self._wanted = False
        if self._child is not None:
            self._child.send(signal.SIGTERM)

    def stop(self, timeout: float = 30) -> None:
        """SIGTERM, and SIGKILL for who does not listen."""
        self.ask_to_stop()
        if self._child is not None:
            self._child.stop(timeout=timeout)

    def restart(self) -> None:
        """Stop cleanly and start again."""
        self.stop()
        self.start()

    def revive(self) -> bool:
        """Start it again when it ended unasked and its pause is over; the pause grows while it keeps ending."""
        with self._one_start:
            return self._wanted and not self.running and self._launch_after_pause()

    def _launch_after_pause(self) -> bool:
        lived = time.monotonic() - self._started_at
        pause = _BACKOFF_SECONDS[min(self._failures, len(_BACKOFF_SECONDS) - 1)]
        if lived < pause:
            return False
        self._failures = 0 if lived > _STEADY_SECONDS else self._failures + 1
        self._launch()
        return True

    def ready(self) -> bool:
        """Whether it says it is ready."""
        connection = http.client.HTTPConnection(LOOPBACK, self.port, timeout=2)
        try:
            connection.request("GET", "/healthz/ready")
            return connection.getresponse().status == http.client.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def await_ready(self, timeout: float = 120, *, may_restart: bool = False) -> None:
        """Come back when it is ready."""
        deadline = time.monotonic() + timeout
        while not self.ready():
            ended = not self.running and not may_restart
            if ended or time.monotonic() > deadline:
                state = f"ended with {self._current().returncode}" if ended else "is not ready in time"
                raise StartError(f"{self.name} {state}; the end of {self.log}:\n{self._current().last_words()}")
            time.sleep(0.05)

    def _current(self) -> Child:
        if self._child is None:
            raise StartError(f"{self.name} was not started")
        return self._child


class Revivable(Protocol):
    """Anything that can be started again."""

    name: str
    log: Path

    def revive(self) -> bool:
        """Start it again when it ended unasked."""


class Watch:
    """Starts again what ended unasked."""

    def __init__(self, watched: Callable[[], Sequence[Revivable]], announce: Callable[[str], None]) -> None:
        self._watched, self._announce = watched, announce
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._run, name="watch", daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def stop(self) -> None:
        """End; a process that ends later stays ended."""
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        while not self._over.wait(0.1):
            for each in self._watched():
                if each.revive():
                    self._announce(f"{each.name} ended and was started again; see {each.log}")
