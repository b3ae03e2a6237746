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
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from datetime import UTC, datetime
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from gateway.storage.file_identity import FileIdentity

T = TypeVar("T")
Work = Callable[[AsyncConnection], Awaitable[T]]
"""What is done in one transaction."""

WRITES = "sourcescout_writes"
"""Execution option of a connection that changes things; see `opening`."""

# Classes of SQLSTATE: connection, transaction state, rollback, resources, locks, shutdown, disk.
_AWAY_STATES = {"08", "25", "40", "53", "55", "57", "58"}
_SQLITE_NOW = "%Y-%m-%d %H:%M:%f"


class StorageGone(Exception):
    """
    The database cannot be reached, or was lost in between.

    After a write it is not known whether it took; every write of the ledger may be repeated.
    """


class Database:
    """An open database; `opening.open_database` makes it. `file` is SQLite's."""

    def __init__(self, engine: AsyncEngine, file: FileIdentity | None = None) -> None:
        self._engine = engine
        self._file = file
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
            with gone_is_said():
                # Before SQLite makes a new file where the old one was.
                self._check_file()
                async with self._engine.connect() as plain:
                    connection = await plain.execution_options(**{WRITES: True})
                    async with connection.begin():
                        result = await work(connection)
                        self._check_file()
                        return result

    async def _seen(self, work: Work[T]) -> T:
        with gone_is_said():
            self._check_file()
            async with self._engine.connect() as connection, connection.begin():
                return await work(connection)

    def _check_file(self) -> None:
        if self._file is not None and (problem := self._file.problem()):
            raise StorageGone(f"The ledger's database cannot be used: {problem}.")


def _heeded(task: asyncio.Task[Any]) -> None:
    # Whoever waits for it hears of its failure; where nobody does any more, asyncio would complain of that.
    if not task.cancelled():
        task.exception()


@contextlib.contextmanager
def gone_is_said() -> Iterator[None]:
    """What is done with the database in this block raises StorageGone where it is away."""
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
