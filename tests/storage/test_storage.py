"""The database under the ledger: how it is opened, what it refuses, what it gives back."""

import os
import stat
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import (
    Column,
    Connection,
    Integer,
    MetaData,
    ScalarResult,
    Table,
    insert,
    inspect,
    select,
    text,
)
from sqlalchemy.exc import DBAPIError, StatementError
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.orders.ledger import Ledger
from gateway.storage import opening
from gateway.storage.columns import Document, Exact, Utc
from gateway.storage.engine import Database, StorageGone
from gateway.storage.migrating import migrate
from gateway.storage.opening import open_database
from gateway.storage.tables import metadata
from gateway.variables import ConfigurationError
from tests.storage.making import begun
from tests.storage.test_crashes import Crash

SAMPLES = Table(
    "samples",
    MetaData(),
    Column("id", Integer, primary_key=True),
    Column("exact", Exact),
    Column("utc", Utc),
    Column("document", Document),
)


async def back(database: Database, column: str, values: list[Any]) -> list[Any]:
    """What the database makes of values in one of its columns."""
    rows = [{"id": number, column: value} for number, value in enumerate(values)]
    question = select(SAMPLES.c[column]).order_by(SAMPLES.c.id)
    await database.write(lambda connection: connection.run_sync(SAMPLES.create))
    await database.write(lambda connection: connection.execute(insert(SAMPLES), rows))
    found: ScalarResult[Any] = await database.read(lambda connection: connection.scalars(question))
    return list(found.all())


async def test_migrations_make_what_the_tables_say(database: Database) -> None:
    """An empty database that was brought up to date differs in nothing from the tables in the code."""

    def difference(connection: Connection) -> list[Any]:
        options = {"version_table": "sourcescout_step", "compare_type": True}
        found: list[Any] = compare_metadata(MigrationContext.configure(connection, opts=options), metadata)
        return found

    assert await database.write(lambda connection: connection.run_sync(difference)) == []


async def test_a_migration_is_all_or_nothing(url: str) -> None:
    """Steps that break off leave the database as it was, and the next start takes them."""
    address = opening._address(url)
    opened = opening._sqlite(address) if url.startswith("sqlite") else opening._postgresql(address)
    database = Database(opened)

    async def work(connection: AsyncConnection) -> None:
        await connection.run_sync(migrate)
        raise Crash

    def tables(connection: Connection) -> list[str]:
        return inspect(connection).get_table_names()

    with pytest.raises(Crash):
        await database.write(work)
    assert await database.read(lambda connection: connection.run_sync(tables)) == []
    await opened.dispose()
    async with open_database(url) as database:
        await begun(Ledger(database))


async def test_opening_again_keeps_everything(url: str) -> None:
    """A second start finds the orders of the first."""
    async with open_database(url) as database:
        order = await begun(Ledger(database))
    async with open_database(url) as database:
        assert await Ledger(database).order(order.id) == order


async def test_an_older_gateway_refuses_a_newer_ledger(url: str) -> None:
    """A database with a step that this version does not know is not touched, and the reason is said."""
    newer = text("UPDATE sourcescout_step SET version_num = '9999'")
    async with open_database(url) as database:
        await database.write(lambda connection: connection.execute(newer))
    with pytest.raises(ConfigurationError, match=r"newer gateway \(step 9999"):
        async with open_database(url):
            pass


async def test_amounts_keep_every_digit(database: Database) -> None:
    """Amounts of up to 18 digits come back equal and written alike, wherever the point stands."""
    digits = "123456789012345678"
    values = [Decimal(digits).scaleb(-point) for point in range(19)]
    values += [Decimal("-0.10"), Decimal("1.000000000000000"), Decimal("0E-18"), Decimal("1E+5")]
    found = await back(database, "exact", values)
    assert found == values
    assert [format(each, "f") for each in found] == [format(each, "f") for each in values]


@pytest.mark.parametrize("value", ["NaN", "Infinity", "1234567890123456789", "1E-19", "1E+18"])
async def test_what_is_no_amount_is_refused(database: Database, value: str) -> None:
    """Neither what is not finite nor what has too many digits gets into the ledger."""
    with pytest.raises(StatementError, match=r"is no amount|more digits"):
        await back(database, "exact", [Decimal(value)])


async def test_times_are_instants(database: Database) -> None:
    """A time comes back as the same instant in UTC to the microsecond; one without a zone is refused."""
    east = timezone(timedelta(hours=5, minutes=30))
    values = [
        datetime(2026, 11, 24, 5, 30, 1, 123456, tzinfo=east),
        datetime(1999, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
    ]
    found = await back(database, "utc", values)
    assert found == values
    assert all(each.utcoffset() == timedelta() for each in found)
    zoneless = insert(SAMPLES).values(id=9, utc=datetime(2026, 1, 1))  # noqa: DTZ001
    with pytest.raises(StatementError, match="without its zone"):
        await database.write(lambda connection: connection.execute(zoneless))


async def test_documents_come_back_with_what_can_be_kept(database: Database) -> None:
    """JSON values come back as they were, but for characters that PostgreSQL refuses."""
    value = {"a": [1, "ü😀", None, True], "b": {"c": "\x00 \ud800"}, "d\x00": ("x",)}
    kept = {"a": [1, "ü😀", None, True], "b": {"c": "\ufffd \ufffd"}, "d\ufffd": ["x"]}
    assert await back(database, "document", [value, None]) == [kept, None]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE order_events SET kind = 'NEWS'",
        "UPDATE order_events SET at = at WHERE sequence = 1",
        "DELETE FROM order_events",
        "DELETE FROM orders",
        "UPDATE orders SET id = 'other'",
        "sqlite: INSERT OR REPLACE INTO order_events SELECT * FROM order_events",
        "sqlite: UPDATE OR REPLACE order_events SET sequence = 2",
        "postgresql: TRUNCATE order_events",
        "postgresql: TRUNCATE orders CASCADE",
    ],
)
async def test_history_cannot_be_changed(database: Database, ledger: Ledger, statement: str) -> None:
    """No statement changes or deletes an event, or the order that it belongs to."""
    kind, _, rest = statement.rpartition(": ")
    if kind and database.is_sqlite != (kind == "sqlite"):
        return
    order = await begun(ledger)
    before = await ledger.events([order.id])
    with pytest.raises(DBAPIError):  # and not StorageGone: the database is there, and says no
        await database.write(lambda connection: connection.execute(text(rest)))
    assert await ledger.events([order.id]) == before
    assert await ledger.order(order.id) == order


@pytest.mark.parametrize(
    ("address", "problem"),
    [
        ("sqlite://", "names no file"),
        ("sqlite+aiosqlite:///:memory:", "names no file"),
        ("sqlite:///no-such-folder/ledger.db", "no folder"),
        ("sqlite:////proc/ledger.db", "cannot be written"),
    ],
)
async def test_a_place_that_cannot_hold_a_ledger_is_refused(address: str, problem: str) -> None:
    """The start says what is wrong with the database's address."""
    with pytest.raises(ConfigurationError, match=problem):
        async with open_database(address):
            pass


async def test_a_server_that_is_away_is_said_to_be(tmp_path: Path) -> None:
    """A PostgreSQL that does not answer is a failure of the storage, in words."""
    with pytest.raises(StorageGone, match="does not answer"):
        async with open_database(f"postgresql://nobody@/nothing?host={tmp_path}"):
            pass


async def test_the_file_is_for_its_owner_only(tmp_path: Path) -> None:
    """Nobody else on the machine reads buyers' addresses, not even beside the database file."""
    async with open_database(f"sqlite:///{tmp_path}/ledger.db") as database:
        await begun(Ledger(database))
        files = [tmp_path / f"ledger.db{end}" for end in ("", "-wal", "-shm")]
        assert [stat.S_IMODE(os.stat(file).st_mode) for file in files] == [0o600] * 3  # noqa: PTH116


async def test_a_file_that_was_taken_away_is_noticed(tmp_path: Path) -> None:
    """Nothing is written into a file that is not at its place any more, and no new one is made there."""
    path, aside = tmp_path / "ledger.db", tmp_path / "aside.db"
    async with open_database(f"sqlite:///{path}") as database:
        ledger = Ledger(database)
        kept = await begun(ledger)
        path.rename(aside)
        with pytest.raises(StorageGone, match="was deleted under the running gateway"):
            await begun(ledger, "B-2")
        with pytest.raises(StorageGone, match="was deleted under the running gateway"):
            await ledger.order(kept.id)
        assert not path.exists()
        path.write_bytes(b"")
        with pytest.raises(StorageGone, match="another file was put in the place"):
            await begun(ledger, "B-2")
        aside.replace(path)
        assert await ledger.order(kept.id) == kept
        await begun(ledger, "B-2")


async def test_a_file_that_goes_during_a_write_undoes_it(tmp_path: Path) -> None:
    """What was not yet kept when the file went is not acknowledged."""
    path = tmp_path / "ledger.db"
    async with open_database(f"sqlite:///{path}") as database:

        async def work(connection: AsyncConnection) -> None:
            await connection.run_sync(SAMPLES.create)
            path.rename(tmp_path / "aside.db")

        with pytest.raises(StorageGone):
            await database.write(work)
        (tmp_path / "aside.db").rename(path)
        assert await database.read(lambda connection: connection.run_sync(_has_samples)) is False


def _has_samples(connection: Connection) -> bool:
    return inspect(connection).has_table(SAMPLES.name)
