"""The secret that processes share when the operator named none."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from gateway.quoting.secret import LOOK_SECONDS, Signer, shared_secret
from gateway.quoting.tokens import NotAQuote, QuotedLine, QuotedTerms
from gateway.store import MemoryStore
from providers.clock import ManualClock, SystemClock
from providers.model import Money
from providers.shipping import Destination

PLAIN = QuotedTerms(
    provider="cj",
    lines=(QuotedLine("p", "v", 2, Money(Decimal("4.10"), "USD")),),
    origin="CN",
    destination=Destination("DE"),
    method="Post",
    charged=None,
    landed=Money(Decimal("15.90"), "EUR"),
    expires_at=datetime(2026, 11, 24, 12, tzinfo=UTC),
)


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


async def test_processes_come_together_again() -> None:
    """A process that starts when the store has lost the secret makes others follow; open quotes stay good."""
    clock = ManualClock()
    store = MemoryStore(clock)
    old = Signer((), store, clock)
    kept = (await old.tokens()).sign(PLAIN)
    await store.delete("quotes:secret")
    new = Signer((), store, clock)
    strange = (await new.tokens()).sign(PLAIN)
    with pytest.raises(NotAQuote):
        (await old.tokens()).read(strange)
    await clock.advance(LOOK_SECONDS)
    assert (await old.tokens()).read(strange) == PLAIN
    assert (await old.tokens()).read(kept) == PLAIN
    assert (await new.tokens()).read((await old.tokens()).sign(PLAIN)) == PLAIN
