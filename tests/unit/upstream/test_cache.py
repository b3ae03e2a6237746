"""What a caller is served: the same promises with memory alone and with Redis between processes."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest

from providers.clock import ManualClock
from providers.errors import (
    AuthenticationFailed,
    Delisted,
    MalformedResponse,
    NotFound,
    ProviderError,
    QuotaExhausted,
    RateLimited,
    Unavailable,
)
from providers.upstream import Fact, Lane, Source
from tests.pipelines import POLICY, Bench, Supplier, bench, eventually, product, usage
from tests.valkey import ValkeyServer, valkey_server  # noqa: F401 - a fixture

STOCK = frozenset({Fact.STOCK})
PRICE = frozenset({Fact.PRICE})


@pytest.fixture(params=["memory", "redis"])
async def on(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    url = None
    if request.param == "redis":
        server: ValkeyServer = request.getfixturevalue("valkey_server")
        server.wipe()
        url = server.url
    async with bench(url) as one:
        yield one


@pytest.fixture
async def shared(valkey_server: ValkeyServer) -> AsyncIterator[Bench]:  # noqa: F811
    valkey_server.wipe()
    async with bench(valkey_server.url) as one:
        yield one


def manual(on: Bench) -> ManualClock:
    assert isinstance(on.clock, ManualClock)
    return on.clock


async def test_fresh(on: Bench) -> None:
    """What was read is LIVE once, then CACHE without any further call, with the same age."""
    supplier = Supplier(always="first")
    process = await on.process(supplier)
    live, ask = await process.get(), process.ask()
    kept = await process.pipeline.fetch(product(), ask)
    assert (live.source, kept.source) == (Source.LIVE, Source.CACHE)
    assert (kept.value, kept.as_of) == ("first", live.as_of)
    assert supplier.calls == 1
    assert (usage(ask).calls, usage(ask).points, usage(ask).cache_hits) == (0, 0, 1)


async def test_a_warm_read_builds_nothing(on: Bench) -> None:
    """A warm read gives the very object that was built when the answer came."""
    process = await on.process(Supplier(always={"big": "answer"}))
    assert (await process.get()).value is (await process.get()).value


def test_a_warm_read_awaits_nothing() -> None:
    """A fresh answer in memory is served in one step of the coroutine."""

    async def fill_and_read() -> None:
        async with bench() as on:
            process = await on.process(Supplier())
            await process.get()
            with pytest.raises(StopIteration) as served:
                process.get().send(None)
            assert served.value.value.source is Source.CACHE

    asyncio.run(fill_and_read())


async def test_the_shortest_lived_fact_decides(on: Bench) -> None:
    """The same kept answer is fresh for its texts, stale for its price and too old for its stock."""
    supplier = Supplier()
    process = await on.process(supplier)
    catalogue = await process.get(facts=frozenset({Fact.CATALOGUE}))
    assert catalogue.stale_after == catalogue.as_of + timedelta(seconds=100)
    await manual(on).advance(50)
    assert (await process.get(facts=frozenset({Fact.CATALOGUE}))).source is Source.CACHE
    assert (await process.get(facts=PRICE | {Fact.CATALOGUE})).source is Source.STALE
    await eventually(lambda: supplier.ended == 2)
    await manual(on).advance(45)
    assert (await process.get(facts=STOCK)).source is Source.LIVE
    assert supplier.calls == 3


async def test_facts_foreign_to_the_call(on: Bench) -> None:
    """Asking about none of a call's facts means all of them."""
    process = await on.process(Supplier())
    fetched = await process.get(facts=frozenset({Fact.ACCOUNT}))
    assert fetched.stale_after == fetched.as_of + timedelta(seconds=10)


async def test_stale_is_served_while_it_is_read_again(on: Bench) -> None:
    """Ten readers of a stale answer get it at once; one background flight, charged to nobody, renews it."""
    supplier = Supplier("old", always="new")
    process = await on.process(supplier)
    await process.get(facts=STOCK)
    await manual(on).advance(11)
    asks = [process.ask(facts=STOCK) for _ in range(10)]
    served = await asyncio.gather(*(process.pipeline.fetch(product(), ask) for ask in asks))
    assert {(one.value, one.source, one.trouble) for one in served} == {("old", Source.STALE, None)}
    await eventually(lambda: process.pipeline.totals.calls == 2)
    await eventually(lambda: supplier.ended == 2)
    assert process.gate.granted == [Lane.INTERACTIVE, Lane.BACKGROUND]
    assert sum(usage(ask).calls for ask in asks) == 0
    assert process.pipeline.totals.calls == 2
    assert (await process.get(facts=STOCK)).value == "new"


async def test_stale_not_accepted(on: Bench) -> None:
    """A caller that accepts nothing stale has it read again first."""
    process = await on.process(Supplier("old", always="new"))
    await process.get(facts=STOCK)
    await manual(on).advance(11)
    fetched = await process.get(facts=STOCK, accept_stale=False)
    assert (fetched.value, fetched.source) == ("new", Source.LIVE)


@pytest.mark.parametrize(
    "trouble",
    [
        QuotaExhausted("out of points", retry_after=600.0),
        AuthenticationFailed("wrong key"),
        Unavailable("down", retry_after=120.0),
    ],
)
async def test_revalidation_fails(on: Bench, trouble: ProviderError) -> None:
    """When it cannot be renewed, stale is served with the reason until too old, and asked for no more."""
    supplier = Supplier("old", always=trouble)
    process = await on.process(supplier)
    await process.get(facts=STOCK)
    await manual(on).advance(11)
    assert (await process.get(facts=STOCK)).trouble is None
    async with asyncio.timeout(30):
        while (await process.get(facts=STOCK)).trouble is None:  # noqa: ASYNC110 - looking on from outside
            await asyncio.sleep(0.005)
    for _ in range(3):
        fetched = await process.get(facts=STOCK)
        assert (fetched.value, fetched.source) == ("old", Source.STALE)
        assert type(fetched.trouble) is type(trouble)
    assert supplier.calls == 2
    await manual(on).advance(30)
    with pytest.raises(type(trouble)):
        await process.get(facts=STOCK)


async def test_what_cannot_be_fetched_is_served_stale(on: Bench) -> None:
    """Even a caller that accepts nothing stale gets it, with the reason, when nothing newer is to be had."""
    process = await on.process(Supplier("old"))
    await process.get(facts=STOCK)
    await manual(on).advance(11)
    process.gate.denial = RateLimited("too many wait", retry_after=4.0)
    fetched = await process.get(facts=STOCK, accept_stale=False)
    assert (fetched.value, fetched.source) == ("old", Source.STALE)
    assert isinstance(fetched.trouble, RateLimited)
    assert fetched.trouble.retry_after == 4.0
    assert (fetched.trouble.provider, fetched.trouble.operation) == ("acme", "product.get")


@pytest.mark.parametrize("absence", [NotFound("no such product"), Delisted("off sale", code="1600300")])
async def test_absence_is_remembered(on: Bench, absence: ProviderError) -> None:
    """A confirmed absence is believed for its own time without a call, then asked again."""
    supplier = Supplier(always=absence)
    process = await on.process(supplier)
    clock = manual(on)
    for expected in (2, 2):
        task = asyncio.ensure_future(process.get(within=3000.0))  # by a clock that Redis does not know of
        await eventually(lambda: supplier.calls >= 1)
        while not task.done():
            await clock.advance(0.3)
            await asyncio.sleep(0.005)
        with pytest.raises(type(absence)) as raised:
            await task
        assert (raised.value.message, raised.value.code) == (absence.args[0], absence.__dict__["code"])
        assert supplier.calls == expected
    await clock.advance(16)
    supplier.always = "back"
    assert (await process.get()).value == "back"


async def test_failures_are_not_kept(on: Bench) -> None:
    """A failure is told and forgotten: the next read asks again."""
    supplier = Supplier(AuthenticationFailed("wrong key"), always="fine")
    process = await on.process(supplier)
    with pytest.raises(AuthenticationFailed):
        await process.get()
    assert (await process.get()).value == "fine"


async def test_every_argument_counts(on: Bench) -> None:
    """Calls that differ in one argument, one byte of the body or the payload's version share nothing."""
    supplier = Supplier()
    process = await on.process(supplier)
    calls = [
        product(1),
        product(2),
        dataclasses.replace(product(1), body={"a": 1}),
        dataclasses.replace(product(1), body={"a": "1"}),
        dataclasses.replace(product(1), version=2),
        dataclasses.replace(product(1), method="POST"),
    ]
    for call in calls * 2:
        await process.pipeline.fetch(call, process.ask())
    assert supplier.calls == len(calls)


async def test_what_depends_on_the_caller_is_not_shared(on: Bench) -> None:
    """An answer that is not the same for everybody is neither kept nor shared in flight."""
    supplier = Supplier()
    process = await on.process(supplier)
    private = product(policy=dataclasses.replace(POLICY, shared=False))
    await asyncio.gather(*(process.pipeline.fetch(private, process.ask()) for _ in range(3)))
    assert supplier.calls == 3


async def test_eviction(on: Bench) -> None:
    """An evicted answer is gone at once, and one that was in flight meanwhile is delivered but not kept."""
    supplier = Supplier("old", "in flight", always="new")
    process = await on.process(supplier)
    await process.get()
    await process.pipeline.evict(product())
    supplier.open.clear()
    reader = asyncio.ensure_future(process.get())
    await eventually(lambda: supplier.calls == 2)
    await process.pipeline.evict(product())
    supplier.open.set()
    assert (await reader).value == "in flight"
    assert (await process.get()).value == "new"


async def test_memory_is_bounded() -> None:
    """The least recently used answers are given up, by number and by size."""
    async with bench() as on:
        few = await on.process(Supplier(), max_entries=3)
        for number in (1, 2, 3, 1, 4):
            await few.get(number)
        sources = [(await few.get(number)).source for number in (1, 3, 4)]
        assert sources == [Source.CACHE] * 3
        assert (await few.get(2)).source is Source.LIVE
        small = await on.process(Supplier(always="x" * 1000), max_bytes=12_000)
        for number in range(10):
            await small.get(number)
        assert len(small.memory) == 2
        assert small.memory.bytes_used <= 12_000
        none = await on.process(Supplier(), max_entries=0)
        assert [(await none.get()).source for _ in range(2)] == [Source.LIVE] * 2


async def test_processes_share(shared: Bench) -> None:
    """What one process read another serves, built once, with its age; an eviction reaches it in seconds."""
    supplier = Supplier("old", always="new")
    one, other = await shared.process(supplier), await shared.process(supplier)
    live = await one.get()
    built: list[Any] = []

    def build(payload: Any) -> Any:
        built.append(payload)
        return payload

    call = product(read=build)
    fetched = [await other.pipeline.fetch(call, other.ask()) for _ in range(3)]
    assert [(one.value, one.as_of, one.source) for one in fetched] == [("old", live.as_of, Source.CACHE)] * 3
    assert built == ["old"]
    await manual(shared).advance(1)
    await one.pipeline.evict(product())
    await manual(shared).advance(5)
    assert (await other.get()).value == "new"


async def test_a_newer_answer_of_another_process(shared: Bench) -> None:
    """A process believes its own memory for seconds only: then it sees what another has read since."""
    supplier = Supplier("old", always="new")
    one, other = await shared.process(supplier), await shared.process(supplier)
    await one.get()
    await other.get()
    await manual(shared).advance(11)
    await one.get(facts=STOCK, accept_stale=False)
    assert (await other.get(facts=STOCK)).value == "new"
    assert supplier.calls == 2


async def test_many_keys_one_mget(shared: Bench, valkey_server: ValkeyServer) -> None:  # noqa: F811
    """Twenty products asked for together are read from Redis by one command."""
    one, other = await shared.process(Supplier()), await shared.process(Supplier())
    await asyncio.gather(*(one.get(number) for number in range(20)))
    with valkey_server.client() as client:
        client.config_resetstat()
        await asyncio.gather(*(other.get(number) for number in range(20)))
        commands = client.info("commandstats")
    assert commands["cmdstat_mget"]["calls"] == 1
    assert "cmdstat_get" not in commands


@pytest.mark.parametrize(
    "junk",
    [b"", b"\x01", b"junk that is no entry", b"\x07" + b"\x00" * 40, b"\x01\x80" + b"\x00" * 8 + b"broken"],
)
async def test_unreadable_entries_are_misses(
    shared: Bench,
    valkey_server: ValkeyServer,  # noqa: F811
    junk: bytes,
) -> None:
    """Whatever lies in Redis under our key, if it cannot be read it is asked for again."""
    one, other = await shared.process(Supplier()), await shared.process(Supplier(always="again"))
    await one.get()
    with valkey_server.client() as client:
        (key,) = client.keys("*:cache:*")
        client.set(key, junk)
    assert (await other.get()).value == "again"


@pytest.mark.parametrize("error", [MalformedResponse("not what I know"), NotFound("?"), KeyError("pid")])
async def test_entries_of_another_version_are_misses(shared: Bench, error: Exception) -> None:
    """A kept payload that today's reading does not understand is asked for again."""
    one, other = await shared.process(Supplier(always="old")), await shared.process(Supplier(always="new"))
    await one.get()

    def read_new(payload: Any) -> Any:
        if payload == "old":
            raise error
        return payload

    assert (await other.pipeline.fetch(product(read=read_new), other.ask())).value == "new"


async def test_what_json_cannot_carry(on: Bench) -> None:
    """A payload that JSON cannot carry exactly stays in its process and is served there."""
    process = await on.process(Supplier(always={"id": 2**80}))
    assert (await process.get()).value == {"id": 2**80}
    assert (await process.get()).source is Source.CACHE


async def test_big_payloads_travel_compressed(shared: Bench, valkey_server: ValkeyServer) -> None:  # noqa: F811
    """A large answer takes a fraction of its size in Redis and comes back equal."""
    answer = [{"title": f"Product {number}", "price": "1.20"} for number in range(1000)]
    one, other = await shared.process(Supplier(always=answer)), await shared.process(Supplier())
    await one.get()
    assert (await other.get()).value == answer
    with valkey_server.client() as client:
        (key,) = client.keys("*:cache:*")
        assert client.strlen(key) < 10_000
        assert b"acme:product.get:" in key
