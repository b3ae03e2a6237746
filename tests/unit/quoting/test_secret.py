"""The secret that processes share when the operator named none."""

import asyncio

from gateway.quoting.secret import shared_secret
from gateway.store import MemoryStore
from providers.clock import SystemClock


async def test_made_once() -> None:
    """Processes that start together and later agree on one secret."""
    store = MemoryStore(SystemClock())
    together = await asyncio.gather(*(shared_secret(store) for _ in range(5)))
    assert {*together, await shared_secret(store)} == {together[0]}
    assert len(together[0]) >= 40


async def test_not_the_same_everywhere() -> None:
    """Gateways that share nothing do not share the secret either."""
    one, other = MemoryStore(SystemClock()), MemoryStore(SystemClock())
    assert await shared_secret(one) != await shared_secret(other)
