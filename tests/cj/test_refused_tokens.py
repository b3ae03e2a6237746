"""Tokens that CJ refuses in the middle of work, replaced once for all who met it."""

import asyncio

import pytest

from providers.cj import simulator_key
from providers.cj.simulator.faults import Fault
from providers.clock import ManualClock
from providers.errors import AuthenticationFailed
from tests.cj.direct import adapter, asking
from tests.cj.tokens import LOGIN, READ
from tests.cj.world import simulated


@pytest.mark.parametrize("status", [200, 401])
async def test_token_revoked_in_flight(status: int) -> None:
    """A token that dies in mid-flight costs one refused call and one login; the read succeeds."""
    app, sim = simulated(bad_token_status=status)
    async with adapter(app=app) as provider:
        await provider.categories(asking())
        sim.faults.add(Fault("revoke_token", READ, times=1))
        assert (await provider.categories(asking())).value
        assert (await provider.categories(asking())).value
    assert sim.ledger.rules() == {"token": 1}
    assert sim.ledger.count(LOGIN) == 2


async def test_many_flights_one_replacement(clock: ManualClock) -> None:
    """Twenty reads that all meet the revoked token bring one login, in whichever order they fail."""
    app, sim = simulated(clock, latency_seconds=0.5, latency_jitter_seconds=0.5)
    async with adapter(app=app, clock=clock) as provider:
        await clock.run(asyncio.ensure_future(provider.categories(asking(clock=clock))))
        sim.account(simulator_key()).tokens.revoke()
        reads = asyncio.gather(*(provider.categories(asking(clock=clock)) for _ in range(20)))
        assert all(read.value for read in await clock.run(reads))
    assert sim.ledger.count(LOGIN) == 2


async def test_writes_go_out_again_after_a_refused_token() -> None:
    """A write that CJ refused for its token did nothing, so it is sent once more."""
    app, sim = simulated()
    async with adapter(app=app) as provider:
        await provider.categories(asking())
        sim.account(simulator_key()).tokens.revoke()
        pid = next(product.pid for product in sim.world.products if not product.taken_down)
        assert await provider.import_product(pid, asking())
    assert sim.ledger.count("/product/addToMyProduct") == 2


async def test_a_token_refused_for_good() -> None:
    """When CJ refuses even the new token the error is about authentication, after exactly two attempts."""
    app, sim = simulated()
    sim.faults.add(
        Fault("error", READ, params={"code": 1600001, "message": "Invalid API key or access token"})
    )
    async with adapter(app=app) as provider:
        with pytest.raises(AuthenticationFailed, match="does not accept the token"):
            await provider.categories(asking())
        for _ in range(5):
            with pytest.raises(AuthenticationFailed, match="refuses the token"):
                await provider.categories(asking())
    # CJ gives the same pair for a day, so asking at every read would not help.
    assert (sim.ledger.count(READ), sim.ledger.count(LOGIN)) == (2, 2)
