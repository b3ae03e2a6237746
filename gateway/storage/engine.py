"""
One database and its transactions, the same to the callers on SQLite and PostgreSQL.

`Database.write` runs a function as one transaction: all of it is on disk when the call has returned, or none
of it ever was. `Database.read` sees one state of the data and changes nothing.

A caller that is cancelled goes, and its transaction ends by itself: a connection of aiosqlite that is torn
down in the middle of a statement keeps SQLite's one lock until the garbage collector finds it, and all others
would wait for that.
"""

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, event, func, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from gateway.storage.migrating import migrate
from gateway.storage.place import Place
from gateway.variables import ConfigurationError

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
"""What is done in one transaction."""

DEFAULT_URL = "sqlite+aiosqlite:///sourcescout.db"
"""A file in the working directory."""

_PATIENCE = 20.0
"""Seconds a writer waits for another; longer than any transaction of ours by far."""
_ABANDONED = 60.0
"""Seconds after which PostgreSQL ends the transaction of a client that froze, and frees what it locked."""
_MODE_ATTEMPTS = 200
# Classes of SQLSTATE: connection, transaction state, rollback, resources, locks, shutdown, disk.
_AWAY_STATES = {"08", "25", "40", "53", "55", "57", "58"}
_WRITES = "sourcescout_writes"
_SQLITE_NOW = "%Y-%m-%d %H:%M:%f"


class StorageGone(Exception):
    """
    The database cannot be reached, or was lost in between.

    After a write it is not known whether it took; every write of the ledger may be repeated.
    """


class Database:
    """An open database; `open_database` makes it. `place` is SQLite's file."""

    def __init__(self, engine: AsyncEngine, place: Place | None = None) -> None:
        self._engine = engine
        self._place = place
        self.is_sqlite = engine.dialect.name == "sqlite"
        # SQLite has one writer at a time. Within this process they stand in line here, which is fair and
        # costs nothing; with other processes they wait inside SQLite, which looks again and again.
        self._line = asyncio.Lock() if self.is_sqlite else contextlib.nullcontext()
        self._under_way: set[asyncio.Task[Any]] = set()

    async def write(self, work: Work[T]) -> T:
        """
        Run this as a transaction that may change things; an exception in it undoes all of it.

        Raises:
            StorageGone: The database is away. What was written may have been kept, or not.
        """
        return await self._whole(self._written(work))

    async def read(self, work: Work[T]) -> T:
        """Run this as a look at the data. Raises StorageGone."""
        return await self._whole(self._seen(work))

    async def now(self, connection: AsyncConnection) -> datetime:
        """
        The time by the database's clock, aware UTC: one for all processes, and not the transaction's start.
        """
        if self.is_sqlite:
            text: str = (await connection.scalars(select(func.strftime(_SQLITE_NOW, "now")))).one()
            return datetime.fromisoformat(text).replace(tzinfo=UTC)
        found: datetime = (await connection.scalars(select(func.clock_timestamp()))).one()
        return found.astimezone(UTC)

    async def settle(self) -> None:
        """Wait for the transactions whose callers have gone."""
        await asyncio.gather(*self._under_way, return_exceptions=True)

    async def _whole(self, transaction: Coroutine[Any, Any, T]) -> T:
        task = asyncio.create_task(transaction)
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        task.add_done_callback(_heeded)
        return await asyncio.shield(task)

    async def _written(self, work: Work[T]) -> T:
        async with self._line:
            with _gone_is_said():
                # Before SQLite makes a new file where the old one was.
                self._check_place()
                async with self._engine.connect() as plain:
                    connection = await plain.execution_options(**{_WRITES: True})
                    async with connection.begin():
                        result = await work(connection)
                        self._check_place()
                        return result

    async def _seen(self, work: Work[T]) -> T:
        with _gone_is_said():
            self._check_place()
            async with self._engine.connect() as connection, connection.begin():
                return await work(connection)

    def _check_place(self) -> None:
        if self._place is not None and (problem := self._place.problem()):
            raise StorageGone(f"The ledger's database cannot be used: {problem}.")


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
    database = Database(engine, Place.of(Path(address.database)) if is_sqlite and address.database else None)
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
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


async def _use_log(engine: AsyncEngine) -> None:
    """Write-ahead logging: readers and the writer do not wait for each other. The file remembers it."""
    with _gone_is_said():
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


def _heeded(task: asyncio.Task[Any]) -> None:
    # Whoever waits for it hears of its failure; where nobody does any more, asyncio would complain of that.
    if not task.cancelled():
        task.exception()


@contextlib.contextmanager
def _gone_is_said() -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if not _is_away(error):
            raise  # a mistake of ours
        raise StorageGone(f"The ledger's database does not answer: {_reason(error.orig)}.") from error
    except (PoolTimeout, OSError) as error:
        raise StorageGone(f"The ledger's database does not answer: {_reason(error)}.") from error


def _is_away(error: DBAPIError) -> bool:
    state = getattr(error.orig, "sqlstate", None) or ""
    return (
        error.connection_invalidated
        or isinstance(error, OperationalError | InterfaceError)
        or state[:2] in _AWAY_STATES
    )


def _reason(error: BaseException | None) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:200]
