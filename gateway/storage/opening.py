"""
Opening the ledger's database, each kind with what it needs to never lose what it acknowledged.

SQLite: write-ahead logging, everything on disk at every commit, a writer's lock taken at once. PostgreSQL:
patience with locks, and an end to the transactions of clients that froze.
"""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from gateway.storage.engine import WRITES, Database, gone_is_said
from gateway.storage.file_identity import FileIdentity
from gateway.storage.migrating import migrate
from gateway.variables import ConfigurationError

DEFAULT_URL = "sqlite+aiosqlite:///sourcescout.db"
"""A file in the working directory."""

_PATIENCE = 20.0
"""Seconds a writer waits for another; longer than any transaction of ours by far."""
_ABANDONED = 60.0
"""Seconds after which PostgreSQL ends the transaction of a client that froze, and frees what it locked."""
_MODE_ATTEMPTS = 200


@asynccontextmanager
async def open_database(url: str = DEFAULT_URL) -> AsyncIterator[Database]:
    """
    The database at this address, brought up to date; closed at the end.

    Args:
        url: `sqlite:///file`, `sqlite+aiosqlite:///file`, `postgresql://…` or `postgresql+asyncpg://…`.

    Raises:
        ConfigurationError: No such place, or a newer gateway has written there.
        StorageGone: It cannot be reached.
    """
    address = _address(url)
    is_sqlite = address.get_backend_name() == "sqlite"
    engine = _sqlite(address) if is_sqlite else _postgresql(address)
    file = FileIdentity.of(Path(address.database)) if is_sqlite and address.database else None
    database = Database(engine, file)
    try:
        if is_sqlite:
            await _use_log(engine)
        await database.write(lambda connection: connection.run_sync(migrate))
        yield database
    finally:
        await database.settle()
        await engine.dispose()


def _address(url: str) -> URL:
    address = make_url(url)
    if address.get_backend_name() == "postgresql":
        # libpq's word, found in every address that a host hands out; asyncpg has another.
        query = {("ssl" if key == "sslmode" else key): value for key, value in address.query.items()}
        return address.set(drivername="postgresql+asyncpg", query=query)
    if not address.database or address.database == ":memory:":
        raise ConfigurationError(
            ["DATABASE_URL names no file: a ledger in memory would forget what was paid."]
        )
    file = Path(address.database)
    if not file.parent.is_dir():
        raise ConfigurationError([f"DATABASE_URL names a file in {file.parent}, which is no folder."])
    try:
        file.touch(mode=0o600)  # it holds addresses; what SQLite puts beside it takes the same rights
    except OSError as error:
        raise ConfigurationError([f"DATABASE_URL names {file}, which cannot be written: {error}."]) from error
    return address.set(drivername="sqlite+aiosqlite")


def _postgresql(address: URL) -> AsyncEngine:
    waits = {
        "lock_timeout": str(round(_PATIENCE * 1000)),
        "idle_in_transaction_session_timeout": str(round(_ABANDONED * 1000)),
    }
    return create_async_engine(
        address,
        pool_pre_ping=True,
        hide_parameters=True,  # errors are logged, and what is written may be somebody's address
        connect_args={"server_settings": {"application_name": "sourcescout", **waits}},
    )


def _sqlite(address: URL) -> AsyncEngine:
    engine = create_async_engine(address, connect_args={"timeout": _PATIENCE}, hide_parameters=True)
    event.listen(engine.sync_engine, "connect", _prepare)
    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _prepare(connection: Any, _: object) -> None:
    # Python's sqlite3 begins transactions when it likes; None leaves that to `_begin`.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: what was acknowledged survives a loss of power too, not only of the process.
    for pragma in ("synchronous = FULL", "foreign_keys = ON", "recursive_triggers = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin(connection: Connection) -> None:
    # A writer takes its lock at once: one that began by reading could not be let wait, only refused.
    writes = connection.get_execution_options().get(WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def _use_log(engine: AsyncEngine) -> None:
    """Write-ahead logging: readers and the writer do not wait for each other. The file remembers it."""
    with gone_is_said():
        async with engine.connect() as connection:
            driver: Any = (await connection.get_raw_connection()).driver_connection
            for left in reversed(range(_MODE_ATTEMPTS)):
                try:
                    await driver.execute("PRAGMA journal_mode = WAL")
                    break
                except sqlite3.OperationalError:
                    # Several processes open a new file at once: this one statement does not wait by itself.
                    if not left:
                        raise
                    await asyncio.sleep(0.05)
