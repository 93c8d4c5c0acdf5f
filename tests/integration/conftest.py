"""One installation for all modules that leave it standing; who breaks something takes a world of its own."""

from collections.abc import AsyncIterator, Iterator

import pytest

from tests.mailbox import Mailbox
from tests.world import Agencies, World, agencies_of, world


@pytest.fixture(scope="session")
def place() -> Iterator[World]:
    # Debug: a search through the logs shall see all there can be. Impatient: a stuck consumer shall show soon.
    with world(env={"GVD_LOG_LEVEL": "DEBUG", "GVD_STUCK_SECONDS": "2"}) as made:
        yield made


@pytest.fixture(scope="session")
async def agencies(place: World) -> AsyncIterator[Agencies]:
    async with agencies_of(place) as made:
        yield made


@pytest.fixture(scope="module")
async def mailbox() -> AsyncIterator[Mailbox]:
    """For a world with notices."""
    box = await Mailbox().start()
    yield box
    await box.stop()
