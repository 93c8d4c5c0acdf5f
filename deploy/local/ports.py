"""Free ports on the loopback address."""

import random
import socket
from pathlib import Path

LOOPBACK = "127.0.0.1"
# Below the range for outgoing connections, so nothing takes the port between our look and our use.
_RANGE = range(15_000, 32_000)


def is_free(port: int) -> bool:
    """Whether a server may listen there now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError:
            return False
    return True


def free_port() -> int:
    """A port nobody listens on."""
    for port in random.SystemRandom().sample(_RANGE, 200):
        if is_free(port):
            return port
    raise RuntimeError("no free port found on the loopback address")


def remembered_port(memory: Path, wanted: int = 0) -> int:
    """The wanted port, else the one of last time while it is free, else a new one."""
    if wanted:
        return wanted
    last = int(memory.read_text()) if memory.exists() else 0
    port = last if last and is_free(last) else free_port()
    memory.write_text(str(port))
    return port


def answers(port: int) -> bool:
    """Whether something accepts a connection there."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex((LOOPBACK, port)) == 0
