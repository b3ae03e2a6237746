"""A gateway that takes orders, all of it in memory."""

from collections.abc import AsyncIterator

import pytest

from providers.clock import SystemClock
from tests.graphql.conftest import Gateway, open_around
from tests.graphql.orders.asking import Depot
from tests.office import MemoryOffice


@pytest.fixture
def depot() -> Depot:
    return Depot()


@pytest.fixture
def office() -> MemoryOffice:
    return MemoryOffice(SystemClock())


@pytest.fixture
async def gateway(office: MemoryOffice, depot: Depot) -> AsyncIterator[Gateway]:
    """A door over an office and a supplier in memory."""
    async with open_around(office, depot) as opened:
        yield opened
