"""What a rehearsal promises: the price of a real run, and not a trace of having been one."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.clock import ManualClock
from providers.errors import NotFound, Unsupported
from providers.upstream import Ask, Call, Fact, Meter, Source, Usage
from tests.pipelines import POLICY, WRITE, Bench, Process, Supplier, bench, eventually, product, usage
from tests.valkey import ValkeyServer, valkey_server  # noqa: F401 - a fixture

STOCK = frozenset({Fact.STOCK})


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as one:
        yield one


def imaginable(number: int = 1, **more: Any) -> Call[Any]:
    return product(number, imagine=lambda: f"imagined {number}", **more)


def rehearsal(process: Process, **more: Any) -> Ask:
    return process.ask(rehearse=True, **more)


async def manual_advance(on: Bench, seconds: float) -> None:
    assert isinstance(on.clock, ManualClock)
    await on.clock.advance(seconds)


def untouched(process: Process) -> bool:
    """Whether a process shows no trace of anything having been asked."""
    totals = process.pipeline.totals
    return (
        not len(process.memory)
        and not process.gate.granted
        and process.pipeline.health().last_success_at is None
        and not (totals.calls or totals.points or totals.cache_hits or totals.coalesced)
    )


async def test_nothing_is_sent(on: Bench) -> None:
    """What would leave is counted and imagined; supplier, budget, breaker, cache and metrics hear nothing."""
    supplier = Supplier()
    process = await on.process(supplier)
    ask = rehearsal(process)
    fetched = await process.pipeline.fetch(imaginable(), ask)
    assert (fetched.value, fetched.imagined, fetched.source) == ("imagined 1", True, Source.LIVE)
    assert usage(ask) == Usage(calls=1, points=10)
    assert supplier.calls == 0
    assert untouched(process)


async def test_the_same_call_counts_once(on: Bench) -> None:
    """The same call counts once in a rehearsal, side by side or later, and anew in another one."""
    process = await on.process(Supplier())
    ask, other = rehearsal(process), rehearsal(process)
    fetched = [process.pipeline.fetch(imaginable(), each) for each in (ask, replace(ask, facts=STOCK), other)]
    await asyncio.gather(*fetched)
    assert usage(ask) == Usage(calls=1, points=10, coalesced=1)
    assert usage(other) == Usage(calls=1, points=10)


async def test_what_is_kept_is_served(on: Bench) -> None:
    """Fresh answers cost a rehearsal nothing and are the supplier's own."""
    supplier = Supplier(always="real")
    process = await on.process(supplier)
    await process.get()
    ask = rehearsal(process)
    fetched = await process.pipeline.fetch(imaginable(), ask)
    assert (fetched.value, fetched.imagined, fetched.source) == ("real", False, Source.CACHE)
    assert usage(ask) == Usage(cache_hits=1)


async def test_stale_begins_nothing(on: Bench) -> None:
    """A stale answer is served as STALE, and nobody reads it again for a rehearsal."""
    supplier = Supplier()
    process = await on.process(supplier)
    await process.get()
    await manual_advance(on, 15)
    ask = rehearsal(process, facts=STOCK)
    assert (await process.pipeline.fetch(imaginable(), ask)).source is Source.STALE
    await asyncio.sleep(0)
    assert usage(ask) == Usage(cache_hits=1)
    assert (supplier.calls, process.pipeline.totals.revalidations) == (1, 0)


async def test_too_old_is_a_better_guess(on: Bench) -> None:
    """An answer too old to be served is counted as a call and goes on as what it said, imaginable or not."""
    process = await on.process(Supplier(always="last known"))
    await process.get()
    await manual_advance(on, 50)
    ask = rehearsal(process, facts=STOCK)
    fetched = await process.pipeline.fetch(product(), ask)
    assert (fetched.value, fetched.imagined) == ("last known", False)
    assert usage(ask) == Usage(calls=1, points=10)


async def test_a_known_absence(on: Bench) -> None:
    """An absence that is still believed is one in a rehearsal, too, and costs nothing."""
    process = await on.process(Supplier(always=None))
    asked = asyncio.ensure_future(process.get())
    while not asked.done():
        await manual_advance(on, 1)
    assert isinstance(asked.exception(), NotFound)
    ask = rehearsal(process)
    with pytest.raises(NotFound):
        await process.pipeline.fetch(imaginable(), ask)
    assert usage(ask) == Usage(cache_hits=1)


async def test_under_way_for_somebody(on: Bench) -> None:
    """What is being asked for somebody else would be joined, so it costs a rehearsal nothing."""
    supplier = Supplier()
    supplier.open.clear()
    process = await on.process(supplier)
    flight = asyncio.ensure_future(process.get())
    await eventually(lambda: supplier.calls)
    ask = rehearsal(process)
    assert (await process.pipeline.fetch(imaginable(), ask)).imagined
    assert usage(ask) == Usage(coalesced=1)
    supplier.open.set()
    await flight


def broken() -> Any:
    raise ZeroDivisionError


@pytest.mark.parametrize("call", [product(), product(imagine=broken), product(policy=WRITE)])
async def test_not_to_be_priced(on: Bench, call: Call[Any]) -> None:
    """A call without a usable imagination is counted, fails as unsupported, and is named once."""
    supplier = Supplier()
    process = await on.process(supplier)
    ask = rehearsal(process)
    for _ in range(2):
        with pytest.raises(Unsupported, match="cannot be told without asking"):
            await process.pipeline.fetch(call, ask)
    assert usage(ask).calls
    assert usage(ask).unpriced == (call.policy.operation,)
    assert supplier.calls == 0


async def test_what_is_not_shared_counts_each_time(on: Bench) -> None:
    """A call whose answer is never kept leaves each time, so a rehearsal counts it each time."""
    process = await on.process(Supplier())
    ask = rehearsal(process)
    for _ in range(2):
        await process.pipeline.fetch(imaginable(policy=replace(POLICY, shared=False)), ask)
    assert usage(ask) == Usage(calls=2, points=20)


async def test_kept_by_another_process(valkey_server: ValkeyServer) -> None:  # noqa: F811
    """What another process keeps in Redis costs a rehearsal nothing; its own imaginations never get there."""
    valkey_server.wipe()
    async with bench(valkey_server.url) as on:
        one, other = await on.process(Supplier(always="real")), await on.process(Supplier())
        await one.get(1)
        ask = rehearsal(other)
        assert (await other.pipeline.fetch(imaginable(1), ask)).value == "real"
        assert (await other.pipeline.fetch(imaginable(2), ask)).imagined
        assert usage(ask) == Usage(calls=1, points=10, cache_hits=1)
        assert (await one.get(2)).source is Source.LIVE


@given(
    warm=st.sets(st.integers(0, 4)),
    asked=st.lists(st.tuples(st.integers(0, 4), st.sampled_from(list(Fact)[:3])), max_size=12),
    age=st.sampled_from([0, 15, 50, 150]),
)
def test_the_price_is_the_cost(warm: set[int], asked: list[tuple[int, Fact]], age: float) -> None:
    """Whatever is kept and how old it is, a rehearsal costs what the same questions cost right after it."""

    async def ask_all(process: Process, *, rehearse: bool) -> Usage:
        meter = Meter()
        for number, fact in asked:
            ask = process.ask(meter=meter, facts=frozenset({fact}), rehearse=rehearse)
            await process.pipeline.fetch(imaginable(number), ask)
        return meter.of("acme")

    async def compare() -> None:
        async with bench() as on:
            process = await on.process(Supplier())
            for number in warm:
                await process.get(number)
            await manual_advance(on, age)
            priced = await ask_all(process, rehearse=True)
            paid = await ask_all(process, rehearse=False)
            assert (priced.calls, priced.points) == (paid.calls, paid.points)
            assert priced.cache_hits + priced.coalesced == paid.cache_hits + paid.coalesced

    asyncio.run(compare())
