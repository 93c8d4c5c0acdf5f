"""Apache Kafka on this machine: one KRaft broker from Apache's own jars on a Java runtime from a wheel."""

import logging
import subprocess
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Self

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

from deploy.local.children import Command, StartError, spawn
from deploy.local.jvm import java_command
from deploy.local.ports import LOOPBACK, answers
from deploy.local.server import LocalServer

_JVM = (
    "-Xms64m",
    "-XX:+UseSerialGC",
    "-XX:+ExitOnOutOfMemoryError",
    "-Dorg.slf4j.simpleLogger.showDateTime=true",
)
_NO_LOG = logging.getLogger("deploy.local.kafka.probe")
_NO_LOG.addHandler(logging.NullHandler())
_NO_LOG.propagate = False

# Small and quick to restart; the defaults are for a cluster. Durability is not weakened.
_TUNING = {
    "auto.create.topics.enable": "false",
    "broker.heartbeat.interval.ms": "500",
    "broker.session.timeout.ms": "2000",
    "default.replication.factor": "1",
    "group.initial.rebalance.delay.ms": "0",
    "log.cleaner.dedupe.buffer.size": "16777216",
    "num.io.threads": "4",
    "num.network.threads": "2",
    "offsets.topic.num.partitions": "4",
    "offsets.topic.replication.factor": "1",
    "share.coordinator.state.topic.min.isr": "1",
    "share.coordinator.state.topic.num.partitions": "1",
    "share.coordinator.state.topic.replication.factor": "1",
    "transaction.state.log.min.isr": "1",
    "transaction.state.log.num.partitions": "4",
    "transaction.state.log.replication.factor": "1",
}


class LocalKafka(LocalServer):
    """One broker. With `users` it also has the listener agencies meet: with passwords and access rules."""

    name = "Apache Kafka"

    def __init__(
        self,
        data_dir: Path,
        port: int = 0,
        *,
        users: Mapping[str, str] | None = None,
        heap_mb: int = 256,
        jvm_options: Sequence[str] = (),
        announce: Callable[[str], None] = lambda _: None,
    ) -> None:
        super().__init__(data_dir, announce)
        self._wanted_port = port
        self.users = dict(users or {})
        self.log = self.data_dir / "server.log"
        self._heap_mb = heap_mb
        self._jvm_options = jvm_options

    @property
    def port(self) -> int:
        """The inner listener's port."""
        return self._port("inner", self._wanted_port)

    @property
    def bootstrap(self) -> str:
        """Where the services connect."""
        return f"{LOOPBACK}:{self.port}"

    @property
    def agency_bootstrap(self) -> str:
        """Where an agency connects with its password; only with `users`."""
        return f"{LOOPBACK}:{self._port('agency')}"

    def start(self, timeout: float = 120) -> Self:
        """Start the broker and come back when it takes requests."""
        java = java_command(self.announce)
        properties = self.data_dir / "server.properties"
        properties.write_text("".join(f"{key}={value}\n" for key, value in self.properties().items()))
        if not (self.data_dir / "log" / "meta.properties").exists():
            self._format(java, properties)
        options = [*_JVM, f"-Xmx{self._heap_mb}m", *self._jvm_options]
        command: Command = [*java, *options, "kafka.Kafka", properties]
        self._child = spawn(self.name, command, log=self.log)
        self._await(self._ready, timeout)
        return self

    def properties(self) -> dict[str, str]:
        """The broker's whole configuration."""
        inner, controller = f"INNER://{self.bootstrap}", f"CONTROLLER://{LOOPBACK}:{self._port('controller')}"
        basis = {
            "process.roles": "broker,controller",
            "node.id": "1",
            "log.dirs": (self.data_dir / "log").as_posix(),
            "listeners": f"{inner},{controller}",
            "advertised.listeners": inner,
            "inter.broker.listener.name": "INNER",
            "controller.listener.names": "CONTROLLER",
            "controller.quorum.bootstrap.servers": f"{LOOPBACK}:{self._port('controller')}",
            "listener.security.protocol.map": "INNER:PLAINTEXT,CONTROLLER:PLAINTEXT,AGENCY:SASL_PLAINTEXT",
        }
        return basis | _TUNING | (self._guarded(inner, controller) if self.users else {})

    def _guarded(self, inner: str, controller: str) -> dict[str, str]:
        agency = f"AGENCY://{self.agency_bootstrap}"
        return {
            "listeners": f"{inner},{controller},{agency}",
            "advertised.listeners": f"{inner},{agency}",
            "sasl.enabled.mechanisms": "SCRAM-SHA-512",
            "listener.name.agency.scram-sha-512.sasl.jaas.config": (
                "org.apache.kafka.common.security.scram.ScramLoginModule required;"
            ),
            "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
            "allow.everyone.if.no.acl.found": "false",
            "super.users": "User:ANONYMOUS",  # the services, who alone can reach the inner listener
        }

    def _format(self, java: Command, properties: Path) -> None:
        command = [*map(str, java), "kafka.tools.StorageTool", "format", "-c", str(properties), "--standalone"]
        command += ["-t", cluster_id(uuid.uuid4())]
        for user, password in self.users.items():
            command += ["--add-scram", f"SCRAM-SHA-512=[name={user},password={password}]"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        if done.returncode:
            raise StartError(f"Kafka could not format its storage:\n{done.stdout}{done.stderr}")

    def _ready(self) -> bool:
        if not answers(self.port):
            return False
        client = AdminClient({"bootstrap.servers": self.bootstrap, "log_level": 0}, logger=_NO_LOG)
        try:
            return bool(client.list_topics(timeout=2).brokers)
        except KafkaException:
            return False


def cluster_id(fresh: uuid.UUID) -> str:
    """As Kafka writes it: 22 characters of base64url, and the first never a hyphen, which reads as an option."""
    first = fresh.bytes[0] & 0x7F  # 0b111110 opens with a hyphen
    return urlsafe_b64encode(bytes((first, *fresh.bytes[1:]))).decode().rstrip("=")
