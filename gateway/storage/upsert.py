"""The one statement that SQLAlchemy does not say alike for both databases: insert, unless it is there."""

from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


def insert(connection: AsyncConnection, table: Table) -> Any:
    """An INSERT that has `on_conflict_do_nothing` and `on_conflict_do_update`; same words, two classes."""
    kind = sqlite if connection.dialect.name == "sqlite" else postgresql
    return kind.insert(table)
