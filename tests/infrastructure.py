"""Where the tests get real Apache Kafka and real PostgreSQL: given, from Docker, or from wheels. Never a mock.

`KAFKA_BOOTSTRAP_SERVERS` and `DATABASE_URL` win. Else a Docker engine that answers is used, through testcontainers.
Else, or with `GVD_TEST_INFRASTRUCTURE=wheels`, the same wheels as `make up`. Getting none is an error, never a skip.
"""

import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

from deploy.local import LocalKafka, LocalPostgres
from deploy.local.home import home
from deploy.local.installation import Installation
from deploy.local.jvm import train


def say(text: str) -> None:
    """Tell the person at the terminal what is awaited."""
    print(text, file=sys.__stderr__, flush=True)


@contextmanager
def kafka_bootstrap() -> Iterator[str]:
    """The address of a broker for the whole session."""
    given = os.environ.get("KAFKA_BOOTSTRAP_SERVERS")
    if given:
        yield given
    elif containers := docker_containers():
        with containers.kafka() as bootstrap:
            yield bootstrap
    else:
        train(say)
        with folder_of_our_own("kafka") as folder, LocalKafka(folder, announce=say) as broker:
            yield broker.bootstrap


@contextmanager
def postgres_url() -> Iterator[str]:
    """The address of a database server for the whole session; its user may create databases."""
    given = os.environ.get("DATABASE_URL")
    if given:
        yield given
    elif containers := docker_containers():
        with containers.postgres() as url:
            yield url
    else:
        with folder_of_our_own("postgres") as folder:
            server = LocalPostgres(folder, announce=say)
            try:
                yield server.start().url
            finally:
                server.destroy()


@contextmanager
def fresh_installation(**options: Any) -> Iterator[Installation]:
    """A whole installation in a folder of its own; options as of `Installation`."""
    with folder_of_our_own("installation") as folder:
        installation = Installation(folder, announce=say, **options)
        try:
            yield installation.start()
        finally:
            installation.destroy()


@contextmanager
def folder_of_our_own(name: str) -> Iterator[Path]:
    """A folder for one server, beside the other local data rather than in memory-backed /tmp; gone afterwards."""
    place = home() / "tests"
    place.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix=f"{name}-", dir=place))
    folder.chmod(0o711)  # PostgreSQL as another user must pass through, not look around
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def docker_containers() -> ModuleType | None:
    """The containers, when a Docker engine answers that has our images or can get them."""
    if os.environ.get("GVD_TEST_INFRASTRUCTURE") == "wheels":
        return None
    from tests import containers  # half a second to import

    return containers if containers.available() else None
