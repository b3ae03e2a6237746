"""Tokens renewed before their end, by one process for all, and what happens when that fails."""

import asyncio
from datetime import timedelta

import pytest

from providers.cj.simulator.faults import Fault
from providers.clock import ManualClock
from providers.contract.support import MemoryStore
from providers.errors import ProviderError
from tests.cj.direct import adapter, asking
from tests.cj.tokens import LOGIN, READ, REFRESH, settle
from tests.cj.world import simulated


async def test_renewed_before_its_end(clock: ManualClock) -> None:
    """Within the last day of its life the token is refreshed in the background; no read waits for it."""
    app, sim = simulated(clock)
    async with adapter(app=app, clock=clock) as provider:
        await provider.categories(asking(clock=clock))
        await clock.advance(timedelta(days=13.9).total_seconds())
        await provider.categories(asking(clock=clock))
        assert sim.ledger.count(REFRESH) == 0
        await clock.advance(timedelta(days=0.8).total_seconds())
        before = sim.ledger.count(READ)
        await provider.categories(asking(clock=clock))
        assert sim.ledger.count(READ) == before + 1
        await settle()
        assert (sim.ledger.count(REFRESH), sim.ledger.count(LOGIN)) == (1, 1)
        await clock.advance(timedelta(days=1).total_seconds())
        await provider.categories(asking(clock=clock))
    assert sim.ledger.rules() == {}


async def test_one_renewal_for_all_processes(clock: ManualClock) -> None:
    """When the token is due in every process, one renews it and the others take the new one over."""
    app, sim = simulated(clock)
    store = MemoryStore(clock)
    async with (
        adapter(app=app, clock=clock, store=store) as one,
        adapter(app=app, clock=clock, store=store) as two,
    ):
        await clock.run(asyncio.gather(*(each.categories(asking(clock=clock)) for each in (one, two))))
        await clock.advance(timedelta(days=14.9).total_seconds())
        for _ in range(3):
            await clock.run(asyncio.gather(*(each.categories(asking(clock=clock)) for each in (one, two))))
            await clock.advance(1)
    assert sim.ledger.count(REFRESH) == 1


async def test_an_unchanged_pair_is_no_failure(clock: ManualClock) -> None:
    """A token that ends before CJ's cached pair does comes back unchanged; it is used, and asked for once."""
    app, sim = simulated(clock, access_token_days=20 / 24)
    async with adapter(app=app, clock=clock) as provider:
        await provider.categories(asking(clock=clock))
        await clock.advance(timedelta(hours=19).total_seconds())
        for _ in range(5):
            await provider.categories(asking(clock=clock))
            await settle()
    assert sim.ledger.count(REFRESH) == 1
    assert sim.ledger.rules() == {}


async def test_an_ended_token_is_not_used(clock: ManualClock) -> None:
    """After a pause longer than both lives the API key gets a new pair; the dead token is never sent."""
    app, sim = simulated(clock)
    async with adapter(app=app, clock=clock) as provider:
        await provider.categories(asking(clock=clock))
        await clock.advance(timedelta(days=200).total_seconds())
        await provider.categories(asking(clock=clock))
    assert sim.ledger.count(LOGIN) == 2
    assert sim.ledger.rules() == {}


async def test_refresh_refused(clock: ManualClock) -> None:
    """When the refresh token is not accepted the API key is used."""
    app, sim = simulated(clock)
    async with adapter(app=app, clock=clock) as provider:
        await provider.categories(asking(clock=clock))
        sim.faults.add(Fault("error", REFRESH, params={"code": 1600003, "message": "Invalid refresh token"}))
        await clock.advance(timedelta(days=20).total_seconds())
        await provider.categories(asking(clock=clock))
    assert (sim.ledger.count(REFRESH), sim.ledger.count(LOGIN)) == (1, 2)


async def test_a_renewal_that_fails(clock: ManualClock) -> None:
    """While a renewal fails the old token serves on, and CJ is not asked for another at every read."""
    app, sim = simulated(clock)
    async with adapter(app=app, clock=clock) as provider:
        await provider.categories(asking(clock=clock))
        await clock.advance(timedelta(days=14.9).total_seconds())
        for path in (LOGIN, REFRESH):
            sim.faults.add(Fault("status", path, params={"status": 503}))
        for _ in range(10):
            await provider.categories(asking(clock=clock))
            await settle()
        assert (sim.ledger.count(REFRESH), sim.ledger.count(LOGIN)) == (1, 2)
        sim.faults.clear()
        await clock.advance(4)
        await provider.categories(asking(clock=clock))
        await settle()
    assert sim.ledger.count(REFRESH) == 2
    assert sim.ledger.rules() == {}


async def test_a_clock_that_is_wrong(clock: ManualClock) -> None:
    """A token that has ended by this machine's clock is not used, and the error says where to look."""
    app, sim = simulated(access_token_days=1)
    await clock.advance(timedelta(days=20_000).total_seconds())
    async with adapter(app=app, clock=clock) as provider:
        with pytest.raises(ProviderError, match="clock"):
            await provider.categories(asking(clock=clock))
    assert sim.ledger.count(READ) == 0


async def test_unreadable_store(clock: ManualClock) -> None:
    """What an older or another program stored is a miss, not an error."""
    app, sim = simulated(clock)
    store = MemoryStore(clock)
    async with adapter(app=app, clock=clock, store=store) as provider:
        for junk in (b"", b"{}", b"[1]", b'{"access":"x"}', b"\xff"):
            await store.set(f"{provider._login._keychain._name}:pair", junk)
            await provider.categories(asking(clock=clock))
    assert sim.ledger.count(LOGIN) == 1
