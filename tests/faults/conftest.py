"""What every fault test has: the world it besieges (`besieged`, its own), agencies at work in it, and a storm."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.players import Players
from tests.faults.storm import Storm
from tests.world import Agencies, World, agencies_of

PER_SECOND = 8


@pytest.fixture(scope="module")
async def agencies(besieged: World) -> AsyncIterator[Agencies]:
    async with agencies_of(besieged) as made:
        yield made


@pytest.fixture(scope="module")
async def players(agencies: Agencies) -> AsyncIterator[Players]:
    made = Players(agencies)
    await made.start(PER_SECOND)
    yield made
    await made.stop()


@pytest.fixture(scope="module")
def storm(besieged: World) -> Storm:
    return Storm(besieged)
