"""Every test here runs on both databases."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from gateway.orders.ledger import Ledger
from gateway.storage.engine import Database
from gateway.storage.opening import open_database
from gateway.storage.tables import metadata
from tests.postgres import cleared, emptied, postgres  # noqa: F401 - a fixture

KINDS = ("sqlite", "postgresql")


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
async def url(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[str]:
    """The address of an empty database."""
    if kind == "sqlite":
        yield f"sqlite:///{tmp_path}/ledger.db"
    else:
        server = request.getfixturevalue("postgres")
        yield await emptied(server)
        await emptied(server)


@pytest.fixture
async def database(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """An open one with nothing in its tables."""
    address = f"sqlite:///{tmp_path}/ledger.db"
    if kind != "sqlite":
        address = await cleared(request.getfixturevalue("postgres"), metadata.tables)
    async with open_database(address) as database:
        yield database


@pytest.fixture
def ledger(database: Database) -> Ledger:
    return Ledger(database)
