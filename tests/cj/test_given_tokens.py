"""Tokens that an operator gave: used as they are, refreshed when refused, and what follows them."""

import pytest

from providers.clock import ManualClock
from providers.contract.support import MemoryStore
from providers.errors import AuthenticationFailed
from tests.cj.direct import adapter, asking
from tests.cj.tokens import DEAD, KEY, LOGIN, REFRESH, given, tokens_of
from tests.cj.world import simulated


async def test_given_tokens_are_used_as_they_are(clock: ManualClock) -> None:
    """An operator's access token needs no login."""
    app, sim = simulated(clock)
    access, refresh = await tokens_of(sim, clock)
    async with adapter(
        app=app, clock=clock, environment=given(access_token=access, refresh_token=refresh)
    ) as provider:
        await provider.start()
        await provider.categories(asking(clock=clock))
    assert len(sim.ledger) == 1


async def test_given_tokens_are_refreshed_when_refused(clock: ManualClock) -> None:
    """A dead access token is replaced by its refresh token, once for this process and every later one."""
    app, sim = simulated(clock)
    _, refresh = await tokens_of(sim, clock)
    store = MemoryStore(clock)
    environment = given(access_token=DEAD, refresh_token=refresh)
    for _ in range(2):
        async with adapter(app=app, clock=clock, store=store, environment=environment) as provider:
            await provider.categories(asking(clock=clock))
    assert (sim.ledger.count(REFRESH), sim.ledger.count(LOGIN)) == (1, 0)
    assert sim.ledger.rules() == {"token": 1}


async def test_only_a_refresh_token(clock: ManualClock) -> None:
    """A refresh token alone is enough to begin with."""
    app, sim = simulated(clock)
    _, refresh = await tokens_of(sim, clock)
    async with adapter(app=app, clock=clock, environment=given(refresh_token=refresh)) as provider:
        await provider.categories(asking(clock=clock))
    assert sim.ledger.count(REFRESH) == 1


async def test_given_token_then_key(clock: ManualClock) -> None:
    """With a key beside it a dead access token costs one refused call and one login."""
    app, sim = simulated(clock)
    environment = given(access_token=DEAD, api_key=KEY)
    async with adapter(app=app, clock=clock, environment=environment) as provider:
        await provider.categories(asking(clock=clock))
    assert (sim.ledger.count(REFRESH), sim.ledger.count(LOGIN)) == (0, 1)


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        (given(access_token=DEAD), "CJ_REFRESH_TOKEN"),
        (given(access_token=DEAD, refresh_token=DEAD), "CJ_API_KEY"),
    ],
)
async def test_nothing_left_to_renew_with(
    clock: ManualClock, environment: dict[str, str], advice: str
) -> None:
    """When the operator's tokens are dead and no key is there, the error says what to set."""
    app, _ = simulated(clock)
    async with adapter(app=app, clock=clock, environment=environment) as provider:
        with pytest.raises(AuthenticationFailed, match=advice):
            await provider.categories(asking(clock=clock))
