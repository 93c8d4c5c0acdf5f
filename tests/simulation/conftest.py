"""Which seeds to play: `pytest tests/simulation --seed 17` plays one again, `--seeds 5000` plays more."""

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("simulation")
    group.addoption("--seed", type=int, default=None, help="play this one seed again")
    group.addoption("--seeds", type=int, default=200, help="how many seeds to play")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "seeds" not in metafunc.fixturenames:
        return
    one = metafunc.config.getoption("--seed", default=None)
    if one is not None:
        parts = [range(one, one + 1)]
    else:
        count = metafunc.config.getoption("--seeds", default=200)
        parts = [range(first, min(first + 20, count)) for first in range(0, count, 20)]
    metafunc.parametrize("seeds", parts, ids=lambda part: f"{part.start}-{part.stop - 1}")
