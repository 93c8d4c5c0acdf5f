"""The bridge against a real Open Klant, where OPENKLANT_URL and OPENKLANT_TOKEN say where one is.

A module of its own: one agency has one bridge at a time.
"""

import os

import pytest

from tests.integration.klantoffice import (
    from_offer_to_helped,
    from_offer_to_withdrawn,
    from_refusal_to_the_next,
    trial,
)
from tests.world import Agencies


@pytest.mark.openklant
async def test_against_a_real_open_klant(agencies: Agencies):
    async with trial(agencies, os.environ["OPENKLANT_URL"], os.environ["OPENKLANT_TOKEN"]) as real:
        await from_offer_to_helped(real)
        await from_refusal_to_the_next(real)
        await from_offer_to_withdrawn(real)
