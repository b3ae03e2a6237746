"""One login for all processes: in time, once, and nobody waits for it longer than he must."""

import asyncio

import pytest

from providers.cj.simulator.faults import Fault
from providers.clock import ManualClock
from providers.contract.support import MemoryStore
from providers.errors import AuthenticationFailed, Unavailable
from providers.upstream import Ask
from tests.cj.direct import adapter, asking
from tests.cj.tokens import KEY, LOGIN, READ, settle
from tests.cj.world import simulated


async def test_a_read_logs_in_once() -> None:
    """Ten first reads at once cost one login, and later reads none."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        await asyncio.gather(*(provider.categories(asking()) for _ in range(10)))
        await provider.categories(asking())
    assert sim.ledger.count(LOGIN) == 1
    assert sim.ledger.count(READ) == 11


async def test_start_logs_in_ahead() -> None:
    """Starting fetches a token in the background, so that the first read needs no second attempt."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        await provider.start()
        assert sim.ledger.count(LOGIN) == 0
        await settle()
        assert sim.ledger.count(LOGIN) == 1
        await provider.categories(asking())
    assert len(sim.ledger) == 2


async def test_start_does_not_wait() -> None:
    """A CJ that hangs delays neither the start nor the end of the gateway."""
    app, sim = simulated()
    sim.faults.add(Fault("hang", LOGIN))
    async with adapter(app=app) as provider:
        async with asyncio.timeout(30):
            await provider.start()


async def test_processes_share_one_login(clock: ManualClock) -> None:
    """Four processes that start together log in once: one asks, the others find the token in the store."""
    app, sim = simulated(clock)
    store = MemoryStore(clock)
    async with (
        adapter(app=app, clock=clock, store=store) as one,
        adapter(app=app, clock=clock, store=store) as two,
        adapter(app=app, clock=clock, store=store) as three,
        adapter(app=app, clock=clock, store=store) as four,
    ):
        reads = asyncio.gather(*(each.categories(asking(clock=clock)) for each in (one, two, three, four)))
        await clock.run(reads)
    assert sim.ledger.count(LOGIN) == 1
    assert sim.ledger.count(READ) == 4


async def test_a_restart_finds_the_token(clock: ManualClock) -> None:
    """A process that starts later uses what is stored."""
    app, sim = simulated(clock)
    store = MemoryStore(clock)
    for _ in range(2):
        async with adapter(app=app, clock=clock, store=store) as provider:
            await provider.categories(asking(clock=clock))
    assert sim.ledger.count(LOGIN) == 1


async def test_a_dead_holder_is_replaced(clock: ManualClock) -> None:
    """When the process that was logging in died, the next one takes over after its lease."""
    app, sim = simulated(clock)
    store = MemoryStore(clock)
    async with adapter(app=app, clock=clock, store=store) as provider:
        await store.set(provider._login._keychain.lease, b"a dead process", 60)
        read = asyncio.ensure_future(provider.categories(asking(clock=clock, seconds=90)))
        await clock.run(read)
    assert sim.ledger.count(LOGIN) == 1
    assert clock.monotonic() >= 60


async def test_a_slow_login_keeps_its_lease(clock: ManualClock) -> None:
    """A login that takes longer than a lease lasts is still the only one: its process renews the lease."""
    app, sim = simulated(clock)
    sim.faults.add(Fault("latency", LOGIN, params={"seconds": 12}))
    store = MemoryStore(clock)
    async with (
        adapter(app=app, clock=clock, store=store) as one,
        adapter(app=app, clock=clock, store=store) as two,
    ):
        reads = asyncio.gather(*(each.categories(asking(clock=clock, seconds=30)) for each in (one, two)))
        await clock.run(reads)
    assert sim.ledger.count(LOGIN) == 1
    assert clock.monotonic() >= 12


async def test_waiting_for_a_login_ends_at_the_deadline(clock: ManualClock) -> None:
    """A request does not wait for a login beyond its own deadline, and says when to come back."""
    app, _ = simulated(clock)
    store = MemoryStore(clock)
    async with adapter(app=app, clock=clock, store=store) as provider:
        await store.set(provider._login._keychain.lease, b"another process", 60)
        with pytest.raises(Unavailable) as caught:
            await clock.run(asyncio.ensure_future(provider.categories(asking(clock=clock, seconds=2.5))))
        assert caught.value.retry_after is not None
        assert 2.5 <= clock.monotonic() < 3


async def test_wrong_key() -> None:
    """A key that CJ does not know is named as such, and CJ is not asked again at every read."""
    app, sim = simulated(api_keys=frozenset())
    async with adapter(
        app=app, environment={"CJ_API_KEY": KEY, "CJ_BASE_URL": "http://127.0.0.1:1"}
    ) as provider:
        for _ in range(5):
            with pytest.raises(AuthenticationFailed, match="CJ_API_KEY"):
                await provider.categories(asking())
    assert sim.ledger.count(LOGIN) == 1
    assert sim.ledger.count(READ) == 0


async def test_login_down(clock: ManualClock) -> None:
    """While CJ cannot log anyone in reads fail as Unavailable, quickly; when it can again they work."""
    app, sim = simulated(clock)
    sim.faults.add(Fault("status", LOGIN, times=2, params={"status": 503}))
    async with adapter(app=app, clock=clock) as provider:
        for _ in range(5):
            with pytest.raises(Unavailable):
                await provider.categories(asking(clock=clock))
        assert sim.ledger.count(LOGIN) == 1
        await clock.advance(4)
        with pytest.raises(Unavailable):
            await provider.categories(asking(clock=clock))
        await clock.advance(4)
        assert (await provider.categories(asking(clock=clock))).value


async def test_nobody_pays_for_a_login(clock: ManualClock) -> None:
    """A login is on nobody's bill: the client pays for its own two attempts, without a token and with it."""
    app, sim = simulated(clock)
    async with adapter(app=app, clock=clock) as provider:
        ask: Ask = asking(clock=clock)
        await provider.categories(ask)
    assert ask.meter.of("cj").calls == 2
    assert sim.ledger.count(LOGIN) == 1
