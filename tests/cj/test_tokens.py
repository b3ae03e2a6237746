"""The life of a token: one login for all processes, renewed in time, replaced when refused, never seen."""

import asyncio
import logging
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from structlog.testing import capture_logs

from providers.cj import simulator_key
from providers.cj.simulator.faults import Fault
from providers.clock import ManualClock
from providers.contract.support import MemoryStore
from providers.errors import AuthenticationFailed, ProviderError, Unavailable
from providers.upstream import Ask
from tests.cj.direct import adapter, asking
from tests.cj.world import simulated

LOGIN, REFRESH, READ = (
    "/authentication/getAccessToken",
    "/authentication/refreshAccessToken",
    "/product/getCategory",
)
DEAD = "dead"
KEY = "CJ777@api@" + "0123456789abcdef" * 2


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


async def _settle() -> None:
    for _ in range(200):
        await asyncio.sleep(0)


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
        await _settle()
        assert sim.ledger.count(LOGIN) == 1
        await provider.categories(asking())
    assert len(sim.ledger) == 2


async def test_start_does_not_wait() -> None:
    """A CJ that hangs delays neither the start nor the end of the gateway."""
    app, sim = simulated()
    sim.faults.add(Fault("hang", LOGIN))
    async with adapter(app=app) as provider:
        async with asyncio.timeout(1):
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
        await _settle()
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
            await _settle()
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


async def _tokens_of(sim: Any, clock: ManualClock) -> tuple[str, str]:
    pair = sim.account(KEY).tokens.pair(clock.now(), sim.options)
    return pair.access, pair.refresh


def _given(**values: str) -> dict[str, str]:
    return {
        "CJ_BASE_URL": "http://127.0.0.1:1",
        **{f"CJ_{name.upper()}": value for name, value in values.items()},
    }


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
            await _settle()
        assert (sim.ledger.count(REFRESH), sim.ledger.count(LOGIN)) == (1, 2)
        sim.faults.clear()
        await clock.advance(4)
        await provider.categories(asking(clock=clock))
        await _settle()
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


async def test_given_tokens_are_used_as_they_are(clock: ManualClock) -> None:
    """An operator's access token needs no login."""
    app, sim = simulated(clock)
    access, refresh = await _tokens_of(sim, clock)
    async with adapter(
        app=app, clock=clock, environment=_given(access_token=access, refresh_token=refresh)
    ) as provider:
        await provider.start()
        await provider.categories(asking(clock=clock))
    assert len(sim.ledger) == 1


async def test_given_tokens_are_refreshed_when_refused(clock: ManualClock) -> None:
    """A dead access token is replaced by its refresh token, once for this process and every later one."""
    app, sim = simulated(clock)
    _, refresh = await _tokens_of(sim, clock)
    store = MemoryStore(clock)
    environment = _given(access_token=DEAD, refresh_token=refresh)
    for _ in range(2):
        async with adapter(app=app, clock=clock, store=store, environment=environment) as provider:
            await provider.categories(asking(clock=clock))
    assert (sim.ledger.count(REFRESH), sim.ledger.count(LOGIN)) == (1, 0)
    assert sim.ledger.rules() == {"token": 1}


async def test_only_a_refresh_token(clock: ManualClock) -> None:
    """A refresh token alone is enough to begin with."""
    app, sim = simulated(clock)
    _, refresh = await _tokens_of(sim, clock)
    async with adapter(app=app, clock=clock, environment=_given(refresh_token=refresh)) as provider:
        await provider.categories(asking(clock=clock))
    assert sim.ledger.count(REFRESH) == 1


async def test_given_token_then_key(clock: ManualClock) -> None:
    """With a key beside it a dead access token costs one refused call and one login."""
    app, sim = simulated(clock)
    environment = _given(access_token=DEAD, api_key=KEY)
    async with adapter(app=app, clock=clock, environment=environment) as provider:
        await provider.categories(asking(clock=clock))
    assert (sim.ledger.count(REFRESH), sim.ledger.count(LOGIN)) == (0, 1)


@pytest.mark.parametrize(
    ("environment", "advice"),
    [
        (_given(access_token=DEAD), "CJ_REFRESH_TOKEN"),
        (_given(access_token=DEAD, refresh_token=DEAD), "CJ_API_KEY"),
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


async def test_unreadable_store(clock: ManualClock) -> None:
    """What an older or another program stored is a miss, not an error."""
    app, sim = simulated(clock)
    store = MemoryStore(clock)
    async with adapter(app=app, clock=clock, store=store) as provider:
        for junk in (b"", b"{}", b"[1]", b'{"access":"x"}', b"\xff"):
            await store.set(f"{provider._login._keychain._name}:pair", junk)
            await provider.categories(asking(clock=clock))
    assert sim.ledger.count(LOGIN) == 1


@pytest.mark.parametrize(
    "misfortune",
    [
        lambda _: None,
        lambda sim: sim.faults.add(
            Fault("error", READ, params={"code": 1600001, "message": f"bad key {KEY}"})
        ),
        lambda sim: sim.faults.add(
            Fault("error", LOGIN, params={"code": 1600004, "message": f"bad key {KEY}"})
        ),
        lambda sim: sim.faults.add(Fault("truncated", LOGIN)),
        lambda sim: sim.faults.add(Fault("omit", LOGIN, params={"keys": ["accessToken"]})),
        lambda sim: sim.faults.add(Fault("revoke_token", READ, times=1)),
    ],
)
async def test_secrets_are_never_seen(
    misfortune: Callable[[Any], None], clock: ManualClock, caplog: pytest.LogCaptureFixture
) -> None:
    """Neither key nor token appears in a log, an error, a repr, or the name of anything that is stored."""
    app, sim = simulated(clock)
    store = MemoryStore(clock)
    misfortune(sim)
    said: list[str] = []
    caplog.set_level(logging.DEBUG)
    async with adapter(app=app, clock=clock, store=store, environment=_given(api_key=KEY)) as provider:
        with capture_logs() as events:
            for _ in range(2):
                try:
                    await provider.categories(asking(clock=clock))
                except ProviderError as error:
                    cause: BaseException | None = error
                    while cause is not None:
                        said.append(f"{cause} {cause!r} {vars(cause)}")
                        cause = cause.__cause__ or cause.__context__
        said += [
            repr(provider._login._keychain._pair),
            repr(provider.declaration),
            *store.values,
            str(events),
            caplog.text,
        ]
        pair = sim.account(KEY).tokens.current
    secrets = {KEY, KEY.partition("@api@")[2], *([pair.access, pair.refresh] if pair else [])}
    assert not [secret for secret in secrets for text in said if secret in text]


async def test_nobody_pays_for_a_login(clock: ManualClock) -> None:
    """A login is on nobody's bill: the client pays for its own two attempts, without a token and with it."""
    app, sim = simulated(clock)
    async with adapter(app=app, clock=clock) as provider:
        ask: Ask = asking(clock=clock)
        await provider.categories(ask)
    assert ask.meter.of("cj").calls == 2
    assert sim.ledger.count(LOGIN) == 1
