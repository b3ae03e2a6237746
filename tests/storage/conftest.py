"""Every test here runs on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.orders.ledger import Ledger
from gateway.storage.engine import Database
from gateway.storage.opening import open_database
from tests.postgres import emptied, postgres  # noqa: F401 - a fixture

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
async def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of an empty database."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path}/ledger.db"
    return await emptied(request.getfixturevalue("postgres"))


@pytest.fixture
async def database(url: str) -> AsyncIterator[Database]:
    async with open_database(url) as database:
        yield database


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)
