"""The same servers from Apache's and PostgreSQL's own images, through testcontainers."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache

import docker
from docker.errors import DockerException, ImageNotFound
from testcontainers.community.postgres import PostgresContainer
from testcontainers.core.container import DockerContainer
from testcontainers.core.wait_strategies import LogMessageWaitStrategy

KAFKA_IMAGE = "apache/kafka:4.3.1"
POSTGRES_IMAGE = "postgres:17"


@cache
def available() -> bool:
    """Whether a Docker engine answers and has, or can get, our images."""
    try:
        docker.from_env(timeout=5).ping()
    except DockerException:
        return False
    return all(_is_here(image) or _pull(image) for image in (KAFKA_IMAGE, POSTGRES_IMAGE))


def _is_here(image: str) -> bool:
    try:
        docker.from_env(timeout=5).images.get(image)
    except ImageNotFound:
        return False
    return True


def _pull(image: str) -> bool:
    print(f"Docker: pulling {image}", file=sys.__stderr__, flush=True)
    try:
        docker.from_env(timeout=600).images.pull(image)
    except DockerException as problem:
        print(f"Docker cannot get {image}, using wheels instead: {problem}", file=sys.__stderr__, flush=True)
        return False
    return True


@contextmanager
def kafka() -> Iterator[str]:
    """The bootstrap address of a broker in a container."""
    with ApacheKafkaContainer() as container:
        yield container.bootstrap


@contextmanager
def postgres() -> Iterator[str]:
    """The URL of a database server in a container."""
    with PostgresContainer(POSTGRES_IMAGE, driver=None) as container:
        yield container.get_connection_url()


class ApacheKafkaContainer(DockerContainer):
    """Apache's own image; testcontainers' KafkaContainer only knows Confluent's."""

    _go = "/tmp/advertised"  # noqa: S108 - inside the container

    def __init__(self, image: str = KAFKA_IMAGE) -> None:
        waiting = f"until [ -e {self._go} ]; do sleep 0.05; done; . {self._go}; exec /etc/kafka/docker/run"
        super().__init__(image, command=["sh", "-c", waiting])
        self.with_exposed_ports(9092)
        # The image forgets all its defaults as soon as one of these is set: so all of them.
        self.with_envs(
            KAFKA_NODE_ID="1",
            KAFKA_PROCESS_ROLES="broker,controller",
            KAFKA_LISTENERS="OUTER://:9092,INNER://localhost:19092,CONTROLLER://localhost:9093",
            KAFKA_LISTENER_SECURITY_PROTOCOL_MAP="OUTER:PLAINTEXT,INNER:PLAINTEXT,CONTROLLER:PLAINTEXT",
            KAFKA_INTER_BROKER_LISTENER_NAME="INNER",
            KAFKA_CONTROLLER_LISTENER_NAMES="CONTROLLER",
            KAFKA_CONTROLLER_QUORUM_VOTERS="1@localhost:9093",
            KAFKA_LOG_DIRS="/var/lib/kafka/data",
            KAFKA_AUTO_CREATE_TOPICS_ENABLE="false",
            KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS="0",
            KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR="1",
            KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR="1",
            KAFKA_TRANSACTION_STATE_LOG_MIN_ISR="1",
            KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR="1",
            KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR="1",
        )

    @property
    def bootstrap(self) -> str:
        """Where this machine reaches the broker."""
        return f"{self.get_container_host_ip()}:{self.get_exposed_port(9092)}"

    def start(self) -> "ApacheKafkaContainer":
        """Start; the address outside is only known now, so the broker is told now and waits for it."""
        super().start()
        listeners = f"OUTER://{self.bootstrap},INNER://localhost:19092"
        self.exec(["sh", "-c", f"echo export KAFKA_ADVERTISED_LISTENERS={listeners} > {self._go}"])
        LogMessageWaitStrategy("Kafka Server started").with_startup_timeout(90).wait_until_ready(self)
        return self
