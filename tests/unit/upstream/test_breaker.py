"""When a failing supplier is left alone, and how it is tried again."""

import asyncio
import dataclasses

import pytest

from gateway.upstream.breaker import Breaker, BreakerPolicy, Circuit, Health, Status
from providers.clock import ManualClock
from providers.errors import (
    AuthenticationFailed,
    InvalidRequest,
    MalformedResponse,
    NotFound,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Unavailable,
    UpstreamTimeout,
)
from providers.upstream import Fact, Source
from tests.pipelines import POLICY, Supplier, bench, eventually, product

RULES = BreakerPolicy(window=30.0, minimum=10, ratio=0.5, consecutive=4, pause=5.0, longest_pause=12.0)


def breaker() -> tuple[Breaker, ManualClock]:
    clock = ManualClock()
    return Breaker(clock, provider="acme", policy=RULES), clock


def fail(one: Breaker, error: ProviderError | None = None) -> None:
    one.failed(one.enter("product.get"), error or Unavailable("down"))


def succeed(one: Breaker) -> None:
    one.succeeded(one.enter("product.get"))


@pytest.mark.parametrize(
    "error",
    [Unavailable("down"), UpstreamTimeout("slow"), MalformedResponse("html"), AuthenticationFailed("key")],
)
def test_failures_in_a_row(error: ProviderError) -> None:
    """A few failures in a row, business failures too, open it; then callers are told when to come back."""
    one, _ = breaker()
    for _ in range(3):
        fail(one, error)
    assert one.health().circuit is Circuit.CLOSED
    fail(one, error)
    assert one.health().circuit is Circuit.OPEN
    with pytest.raises(Unavailable) as told:
        one.enter("product.get")
    assert told.value.retry_after == 5.0
    assert str(told.value).startswith("acme product.get: ")


@pytest.mark.parametrize(
    "error",
    [NotFound("no"), InvalidRequest("no"), RateLimited("fast"), QuotaExhausted("points"), KeyError("bug")],
)
def test_what_is_no_failure(error: ProviderError) -> None:
    """Refusals and rejections come from a supplier that is well."""
    one, _ = breaker()
    for _ in range(50):
        fail(one, error)
    assert one.health().circuit is Circuit.CLOSED


def test_a_share_of_failures() -> None:
    """Without many in a row, half of the exchanges failing in the window opens it; old ones do not count."""
    one, _ = breaker()
    for _ in range(4):
        fail(one)
        succeed(one)
    assert one.health().circuit is Circuit.CLOSED  # too few to say
    succeed(one)
    fail(one)
    assert one.health().circuit is Circuit.OPEN


async def test_the_window_moves_on() -> None:
    """Failures older than the window are forgotten."""
    one, clock = breaker()
    for _ in range(4):
        fail(one)
        succeed(one)
    await clock.advance(31)
    succeed(one)
    fail(one)
    assert one.health().circuit is Circuit.CLOSED


async def test_one_probe() -> None:
    """After the pause one caller may try; the others wait for what it finds; success closes the circuit."""
    one, clock = breaker()
    for _ in range(4):
        fail(one)
    await clock.advance(5)
    assert one.health().circuit is Circuit.HALF_OPEN
    era = one.enter("product.get")
    with pytest.raises(Unavailable):
        one.enter("product.get")
    one.succeeded(era)
    assert one.health().circuit is Circuit.CLOSED
    succeed(one)


async def test_a_failed_probe() -> None:
    """A failed probe doubles the pause up to a limit; one that was never sent makes room for the next."""
    one, clock = breaker()
    for _ in range(4):
        fail(one)
    for pause in (5.0, 10.0, 12.0, 12.0):
        await clock.advance(pause - 0.1)
        assert one.health().circuit is Circuit.OPEN
        await clock.advance(0.1)
        one.left(one.enter("product.get"))
        fail(one)
    assert one.health().circuit is Circuit.OPEN


async def test_latecomers_decide_nothing() -> None:
    """An exchange that began before the circuit opened neither closes nor reopens it, whenever it ends."""
    one, clock = breaker()
    early, other = one.enter("product.get"), one.enter("product.get")
    for _ in range(4):
        fail(one)
    one.succeeded(early)
    assert one.health().circuit is Circuit.OPEN
    await clock.advance(5)
    probe = one.enter("product.get")
    one.failed(other, Unavailable("down"))
    with pytest.raises(Unavailable):
        one.enter("product.get")
    one.succeeded(probe)
    assert one.health().circuit is Circuit.CLOSED


async def test_health() -> None:
    """Health says in one word how the supplier has been answering, and when it last did."""
    one, clock = breaker()
    assert one.health() == Health(Status.UNKNOWN, Circuit.CLOSED, None)
    succeed(one)
    first = clock.now()
    assert one.health() == Health(Status.UP, Circuit.CLOSED, first)
    await clock.advance(1)
    fail(one)
    assert one.health() == Health(Status.DEGRADED, Circuit.CLOSED, first)
    await clock.advance(31)
    assert one.health() == Health(Status.UP, Circuit.CLOSED, first)
    for _ in range(3):
        fail(one)
    assert one.health() == Health(Status.DOWN, Circuit.OPEN, first)


async def test_open_in_the_pipeline() -> None:
    """An open circuit answers at once without a call: stale where there is something, else Unavailable."""
    async with bench() as on:
        assert isinstance(on.clock, ManualClock)
        supplier = Supplier("old", always=Unavailable("down"))
        process = await on.process(supplier, breaker=RULES)
        await process.get(1)
        await on.clock.advance(11)
        for number in (2, 3):
            with pytest.raises(Unavailable):
                await on.clock.run(asyncio.ensure_future(process.get(number)))
        assert process.pipeline.health().circuit is Circuit.OPEN
        calls = supplier.calls
        with pytest.raises(Unavailable) as told:
            await process.get(4)
        assert told.value.retry_after
        stale = await process.get(1, facts=frozenset({Fact.STOCK}), accept_stale=False)
        assert (stale.value, stale.source) == ("old", Source.STALE)
        assert supplier.calls == calls
        login = product(policy=dataclasses.replace(POLICY, facts=frozenset(), breaks=False, attempts=1))
        supplier.always = "token"
        assert (await process.pipeline.fetch(login, process.ask())).value == "token"
        assert process.pipeline.health().circuit is Circuit.OPEN


async def test_the_queue_is_told() -> None:
    """Who queues for budget when the circuit opens is told then, not one by one when its turn comes."""
    async with bench() as on:
        assert isinstance(on.clock, ManualClock)
        supplier = Supplier(always=Unavailable("down"))
        process = await on.process(supplier, breaker=RULES)
        process.gate.allowed = 4
        readers = [asyncio.ensure_future(process.get(number)) for number in range(30)]
        failures = await on.clock.run(asyncio.gather(*readers, return_exceptions=True), 5.0)
        assert {type(failure) for failure in failures} == {Unavailable}
        assert supplier.calls == 4
        assert process.gate.queue == []


async def test_recovery_in_the_pipeline() -> None:
    """When the pause is over one call finds out that the supplier is back, and everything goes on."""
    async with bench() as on:
        assert isinstance(on.clock, ManualClock)
        supplier = Supplier(always=Unavailable("down"))
        process = await on.process(supplier, breaker=RULES)
        for number in (1, 2):
            with pytest.raises(Unavailable):
                await on.clock.run(asyncio.ensure_future(process.get(number)))
        supplier.always = "back"
        await on.clock.advance(6)
        assert (await process.get(3)).value == "back"
        assert process.pipeline.health().status is Status.UP
        await eventually(lambda: process.pipeline.health().circuit is Circuit.CLOSED)
