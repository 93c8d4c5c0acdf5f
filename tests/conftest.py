"""Fixtures that every kind of test shares: a real broker, a real database, a fresh world."""

import os
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractContextManager
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pytest

from deploy.local.installation import Installation
from deploy.local.jvm import train
from tests.infrastructure import fresh_installation, kafka_bootstrap, postgres_url, say

pytest_plugins = ["tests.nothingskipped"]


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests against a real Open Klant are left out, not skipped, where none is configured."""
    if os.environ.get("OPENKLANT_URL"):
        return
    without = [item for item in items if item.get_closest_marker("openklant")]
    if without:
        config.hook.pytest_deselected(items=without)
        items[:] = [item for item in items if item not in without]


@pytest.fixture(scope="session")
def kafka() -> Iterator[str]:
    """Bootstrap address of one real broker shared by the session: use topics of your own (`topic_name`)."""
    with kafka_bootstrap() as address:
        yield address


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """URL of one real server shared by the session: use a database of your own (`database`)."""
    with postgres_url() as url:
        yield url


@pytest.fixture
async def database(postgres: str) -> AsyncIterator[str]:
    """URL of a fresh, empty database for this test."""
    name = f"test_{uuid.uuid4().hex}"
    await _administer(postgres, f"create database {name}")
    yield urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    await _administer(postgres, f"drop database {name} with (force)")


@pytest.fixture(scope="module")
async def module_database(postgres: str) -> AsyncIterator[str]:
    """The same, shared by the tests of one module."""
    name = f"test_{uuid.uuid4().hex}"
    await _administer(postgres, f"create database {name}")
    yield urlunsplit(urlsplit(postgres)._replace(path=f"/{name}"))
    await _administer(postgres, f"drop database {name} with (force)")


async def _administer(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


@pytest.fixture(scope="session")
def new_installation() -> Callable[..., AbstractContextManager[Installation]]:
    """Makes whole installations: `with new_installation(services=("router", "router-2")) as world:`.

    Always from wheels, because a test may kill and restart the broker and the database too.
    """
    train(say)
    return fresh_installation


@pytest.fixture
def installation(new_installation: Callable[..., AbstractContextManager[Installation]]) -> Iterator[Installation]:
    """Broker, database, topics, schemas and all services, for this test alone. Nothing revives what it kills."""
    with new_installation(revive=False) as world:
        yield world


@pytest.fixture(scope="module")
def module_installation(
    new_installation: Callable[..., AbstractContextManager[Installation]],
) -> Iterator[Installation]:
    """The same, shared by the tests of one module."""
    with new_installation() as world:
        yield world


@pytest.fixture
def topic_name() -> str:
    """A topic name no other test uses."""
    return f"test.{uuid.uuid4().hex}"
