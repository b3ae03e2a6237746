"""A shop for each test, over the catalogue that they share."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cj.world import WORLD
from tests.orders.shop import Shop, open_shop


@pytest.fixture
async def shop(tmp_path: Path) -> AsyncIterator[Shop]:
    async with open_shop(tmp_path) as opened:
        yield opened
    WORLD.restore()  # what was sold is back on the shelf
