"""A whole installation on this machine: database, broker, topics, schemas and one process per service."""

import base64
import fcntl
import os
import secrets
import subprocess
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Self

from deploy.local.children import StartError, leashed
from deploy.local.home import kept_secret
from deploy.local.kafka import LocalKafka
from deploy.local.ports import LOOPBACK, remembered_port
from deploy.local.postgres import LocalPostgres
from deploy.local.process import Service, ServiceProcess, Watch

SERVICES = ("intake", "router", "handoff", "notices", "delivery")
_PREPARATIONS: tuple[tuple[str, ...], ...] = (("migrate",), ("kafka", "apply"))


class Installation:
    """Everything under one folder. Its data survive; its processes end with us, whatever ends us.

    `services` may name a service more than once: `router`, `router-2`. With `revive` a process that ends unasked
    is started again. `env` goes to every process on top of what the installation itself sets.
    """

    def __init__(
        self,
        folder: Path,
        *,
        services: Sequence[str] = SERVICES,
        env: Mapping[str, str] | None = None,
        http_ports: Mapping[str, int] | None = None,
        kafka_port: int = 0,
        postgres_port: int = 0,
        preparations: Sequence[Sequence[str]] = _PREPARATIONS,
        command: Sequence[str] | None = None,
        revive: bool = True,
        announce: Callable[[str], None] = lambda _: None,
    ) -> None:
        self.folder = Path(folder).resolve()
        self.folder.mkdir(parents=True, exist_ok=True)
        self.announce = announce
        self.kafka = LocalKafka(self.folder / "kafka", kafka_port, announce=announce)
        self.postgres = LocalPostgres(self.folder / "postgres", postgres_port, announce=announce)
        self.kafka.log, self.postgres.log = self.log_folder / "kafka.log", self.log_folder / "postgres.log"
        self.processes: dict[str, ServiceProcess] = {}
        self._services = [Service.named(name) for name in services]
        self._given_env, self._http_ports = dict(env or {}), dict(http_ports or {})
        self._preparations, self._revive = preparations, revive
        self._command = list(command or gvd())
        self._watch: Watch | None = None
        self._lock = (self.folder / "lock").open("w")

    @property
    def env(self) -> dict[str, str]:
        """The environment for any process that belongs to this installation."""
        own = {
            "KAFKA_BOOTSTRAP_SERVERS": self.kafka.bootstrap,
            "DATABASE_URL": self.postgres.url,
            "GVD_HTTP_HOST": LOOPBACK,
            "GVD_DELIVERY_URL": self._url("delivery"),
            "GVD_MASTER_KEY": self._key("master-key"),
            "GVD_PUBLIC_URL": self._url("intake"),
            "GVD_ROUTER_URL": self._url("router"),
            "GVD_SIGNING_KEYS": self._key("signing-key"),
            "GVD_INTAKE_URL": self._url("intake"),
            "GVD_NOTICES_TOKEN": kept_secret(self.folder / "notices-token", lambda: secrets.token_urlsafe(32)),
            "GVD_NOTICE_OUTBOX": str(self.folder / "outbox"),
        }
        return {**os.environ, **own, **self._given_env}

    @property
    def log_folder(self) -> Path:
        """Where each process writes its log."""
        return self.folder / "log"

    def start(self) -> Self:
        """Bring everything up and come back when every service is ready."""
        self._take_folder()
        try:
            self._start_servers()
            self._prepare()
            self._start_services()
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Stop all in order: services first, so that they can finish, then the broker, then the database."""
        if self._watch is not None:
            self._watch.stop()
            self._watch = None
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            process.stop()
        self.kafka.stop()
        self.postgres.stop()
        fcntl.flock(self._lock, fcntl.LOCK_UN)

    def destroy(self) -> None:
        """Stop it and throw its data away."""
        self.stop()
        self.kafka.destroy()
        self.postgres.destroy()

    def run(self, *arguments: str, timeout: float = 120) -> "subprocess.CompletedProcess[str]":
        """Run one `gvd` command against this installation, to its end."""
        command = [*self._command, *arguments]
        return subprocess.run(
            leashed(command), env=self.env, capture_output=True, text=True, check=False, timeout=timeout
        )

    def add(self, name: str) -> ServiceProcess:
        """Start one more process, for instance `router-2`, and wait until it is ready."""
        process = self._process(Service.named(name))
        self.processes[name] = process
        process.start()
        process.await_ready()
        return process

    def await_ready(self, names: Iterable[str] | None = None, timeout: float = 120) -> None:
        """Come back when these processes, or all, are ready."""
        for name in names or list(self.processes):
            self.processes[name].await_ready(timeout, may_restart=self._revive)

    def addresses(self) -> dict[str, str]:
        """What a human or a test may want to open."""
        services = {name: process.url for name, process in self.processes.items()}
        return {"kafka": self.kafka.bootstrap, "postgres": self.postgres.url, **services}

    def __enter__(self) -> Self:
        """Start."""
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop."""
        self.stop()

    def _take_folder(self) -> None:
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as taken:
            raise StartError(f"another installation is running from {self.folder}") from taken

    def _start_servers(self) -> None:
        self.announce("PostgreSQL: starting")
        self.postgres.start()
        self.announce("Apache Kafka: starting")
        self.kafka.start()

    def _prepare(self) -> None:
        """The preparations do not need each other: side by side they take half the time."""
        self.announce("schemas and topics: applying")
        running = [(step, self._begin(step)) for step in self._preparations]
        for step, process in running:
            output, _ = process.communicate(timeout=120)
            if process.returncode:
                raise StartError(f"`gvd {' '.join(step)}` ended with {process.returncode}:\n{output}")

    def _begin(self, step: Sequence[str]) -> "subprocess.Popen[str]":
        return subprocess.Popen(
            leashed([*self._command, *step]),
            env=self.env,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def _start_services(self) -> None:
        self.announce("services: starting")
        self.processes = {service.instance: self._process(service) for service in self._services}
        for process in self.processes.values():
            process.start()
        for process in self.processes.values():
            process.await_ready()
        if self._revive:
            self._watch = Watch(lambda: [self.postgres, self.kafka, *self.processes.values()], self.announce)
            self._watch.start()

    def _process(self, service: Service) -> ServiceProcess:
        port = self._port(service.instance)
        env = self.env | {"GVD_INSTANCE": service.instance, "GVD_HTTP_PORT": str(port)}
        log = self.log_folder / f"{service.instance}.log"
        return ServiceProcess(service, [*self._command, "serve", service.name], port, env, log)

    def _port(self, instance: str) -> int:
        if instance not in self._http_ports:
            self._http_ports[instance] = remembered_port(self.folder / f"{instance}-port")
        return self._http_ports[instance]

    def _url(self, service: str) -> str:
        return f"http://{LOOPBACK}:{self._port(service)}"

    def _key(self, name: str) -> str:
        return kept_secret(self.folder / name, lambda: base64.b64encode(secrets.token_bytes(32)).decode())


def gvd() -> list[str]:
    """The command line that runs our own commands with this very Python."""
    return [sys.executable, "-m", "services.cli.main"]
