"""What the broker and the database have in common as our children."""

import shutil
import signal
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.children import Child, StartError
from deploy.local.ports import remembered_port


class LocalServer(ABC):
    """A server on one loopback port with its data in a folder, that can be killed and started again."""

    name: str
    log: Path
    stop_signal: int = signal.SIGTERM

    def __init__(self, data_dir: Path, announce: Callable[[str], None] = lambda _: None) -> None:
        self.data_dir = Path(data_dir).resolve()
        self.announce = announce
        self._child: Child | None = None
        self._wanted = False
        self._ports: dict[str, int] = {}

    @abstractmethod
    def start(self, timeout: float = 120) -> Self:
        """Start it and come back when it answers."""

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        """The process id of the running server."""
        return self._running_child().pid

    def stop(self) -> None:
        """Stop it cleanly; its data stay."""
        self._wanted = False
        if self._child is not None:
            self._child.stop(self.stop_signal, timeout=30)

    def kill(self) -> None:
        """SIGKILL, as a crash would be. It stays down until it is started."""
        self._wanted = False
        self._running_child().kill()

    def suspend(self) -> None:
        """SIGSTOP: the process is there and answers nothing."""
        self._running_child().send(signal.SIGSTOP)

    def resume(self) -> None:
        """Let a suspended process go on."""
        self._running_child().send(signal.SIGCONT)

    def restart(self) -> None:
        """Stop if needed and start again on the same port and data."""
        self.stop()
        self.start()

    def revive(self) -> bool:
        """Start it again when it ended unasked."""
        if not self._wanted or self.running:
            return False
        self.start()
        return True

    def destroy(self) -> None:
        """Stop it and throw its data away."""
        self.stop()
        shutil.rmtree(self.data_dir, ignore_errors=True)

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _port(self, listener: str, wanted: int = 0) -> int:
        """Chosen at first use and kept: a restart comes back at the same address."""
        if listener not in self._ports:
            self.data_dir.mkdir(parents=True, exist_ok=True)
            self._ports[listener] = remembered_port(self.data_dir / f"{listener}-port", wanted)
        return self._ports[listener]

    def _running_child(self) -> Child:
        if self._child is None:
            raise StartError(f"{self.name} was not started")
        return self._child

    def _await(self, ready: Callable[[], bool], timeout: float) -> None:
        child, deadline = self._running_child(), time.monotonic() + timeout
        while not ready():
            if not child.running or time.monotonic() > deadline:
                state = "did not answer in time" if child.running else f"ended with {child.returncode}"
                child.kill()
                raise StartError(f"{self.name} {state}; the end of {child.log}:\n{child.last_words()}")
            time.sleep(0.05)
        self._wanted = True
