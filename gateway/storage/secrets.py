"""
Secrets that nobody has to know: made once, kept beside the ledger, the same for every process that uses it.

A quote that an order was made from must be readable after any restart, so what signs quotes lives as long as
the orders do.
"""

import secrets

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from gateway.storage.engine import Database
from gateway.storage.tables import secrets as kept
from gateway.storage.upsert import insert

_BYTES = 32


async def lasting_secret(database: Database, name: str) -> str:
    """The secret of this name; a new one where there is none yet. Raises StorageGone."""

    async def work(connection: AsyncConnection) -> str:
        made = insert(connection, kept).values(name=name, value=secrets.token_urlsafe(_BYTES))
        await connection.execute(made.on_conflict_do_nothing(index_elements=[kept.c.name]))
        found: str = (await connection.execute(select(kept.c.value).where(kept.c.name == name))).scalar_one()
        return found

    return await database.write(work)
