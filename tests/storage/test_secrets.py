"""Secrets that are made once and kept beside the ledger."""

import asyncio

from gateway.storage.engine import Database
from gateway.storage.secrets import lasting_secret


async def test_made_once(database: Database) -> None:
    """Whoever asks, at once or later, gets the same secret for a name, and another one for another name."""
    together = await asyncio.gather(*(lasting_secret(database, "quotes") for _ in range(5)))
    assert {*together, await lasting_secret(database, "quotes")} == {together[0]}
    assert len(together[0]) >= 40
    assert await lasting_secret(database, "other") != together[0]
