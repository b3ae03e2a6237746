"""Equal calls in flight: one exchange for all who ask, within a process and between processes."""

import asyncio
import dataclasses
from collections.abc import AsyncIterator

import pytest

from providers.clock import ManualClock, SystemClock
from providers.errors import AuthenticationFailed, RateLimited, Unavailable, UpstreamTimeout
from providers.upstream import Lane, Source
from tests.pipelines import POLICY, WRITE, Bench, Supplier, bench, eventually, product, usage
from tests.valkey import ValkeyServer, valkey_server  # noqa: F401 - a fixture


@pytest.fixture
async def alone() -> AsyncIterator[Bench]:
    async with bench() as one:
        yield one


@pytest.fixture
async def shared(valkey_server: ValkeyServer) -> AsyncIterator[Bench]:  # noqa: F811
    valkey_server.wipe()
    async with bench(valkey_server.url, SystemClock()) as one:
        yield one


def manual(on: Bench) -> ManualClock:
    assert isinstance(on.clock, ManualClock)
    return on.clock


async def test_one_flight(alone: Bench) -> None:
    """Two hundred equal reads cost one exchange, charged to the one who began it; all get it LIVE."""
    supplier = Supplier()
    supplier.points = 4990
    process = await alone.process(supplier)
    asks = [process.ask() for _ in range(200)]
    served = await asyncio.gather(*(process.pipeline.fetch(product(), ask) for ask in asks))
    assert supplier.calls == 1
    assert {one.source for one in served} == {Source.LIVE}
    assert [usage(ask).calls for ask in asks] == [1] + [0] * 199
    assert [usage(ask).points for ask in asks] == [10] + [0] * 199
    assert sum(usage(ask).coalesced for ask in asks) == 199
    assert {usage(ask).points_remaining for ask in asks} == {4990}
    assert process.gate.learned == [4990]


async def test_writes_are_never_shared(alone: Bench) -> None:
    """Two equal writes are two writes."""
    supplier = Supplier()
    process = await alone.process(supplier)
    await asyncio.gather(*(process.pipeline.fetch(product(policy=WRITE), process.ask()) for _ in range(2)))
    assert supplier.calls == 2


async def test_a_failure_reaches_everybody(alone: Bench) -> None:
    """All who wait get the failure, each an exception of its own, and the next read asks again."""
    supplier = Supplier(AuthenticationFailed("wrong key", code="1600001"), always="fine")
    process = await alone.process(supplier)
    failures = await asyncio.gather(*(process.get() for _ in range(5)), return_exceptions=True)
    assert [type(failure) for failure in failures] == [AuthenticationFailed] * 5
    assert len({id(failure) for failure in failures}) == 5
    assert (await process.get()).value == "fine"


async def test_leaving_does_not_take_the_flight_along(alone: Bench) -> None:
    """The reader who began a flight is cancelled; the others still get its answer."""
    supplier = Supplier()
    supplier.open.clear()
    process = await alone.process(supplier)
    first, second = (asyncio.ensure_future(process.get()) for _ in range(2))
    await eventually(lambda: supplier.calls)
    first.cancel()
    await asyncio.sleep(0)
    supplier.open.set()
    assert (await second).value == "answer"
    assert first.cancelled()


async def test_abandoned_in_the_queue(alone: Bench) -> None:
    """When the last reader leaves while the flight queues, it is given up and costs nothing."""
    supplier = Supplier()
    process = await alone.process(supplier)
    process.gate.allowed = 0
    readers = [asyncio.ensure_future(process.get()) for _ in range(3)]
    await eventually(lambda: process.gate.queue)
    for reader in readers:
        reader.cancel()
    await eventually(lambda: not process.gate.queue)
    await process.gate.allow(5)
    assert (await process.get()).value == "answer"
    assert supplier.calls == 1


async def test_abandoned_on_the_wire(alone: Bench) -> None:
    """A call whose request is under way finishes without readers and fills the cache."""
    supplier = Supplier()
    supplier.open.clear()
    process = await alone.process(supplier)
    reader = asyncio.ensure_future(process.get())
    await eventually(lambda: supplier.calls)
    reader.cancel()
    await asyncio.sleep(0)
    supplier.open.set()
    await eventually(lambda: len(process.memory))
    assert (await process.get()).source is Source.CACHE
    assert supplier.calls == 1


async def test_readers_leave_at_their_own_deadline(alone: Bench) -> None:
    """Each reader waits until its own deadline and not longer, and is told when to come back."""
    supplier = Supplier()
    supplier.open.clear()
    process = await alone.process(supplier)
    soon, late = (asyncio.ensure_future(process.get(within=within)) for within in (1.0, 6.0))
    await eventually(lambda: supplier.calls)
    await manual(alone).advance(1.0)
    with pytest.raises(UpstreamTimeout) as told:
        await soon
    assert told.value.retry_after is not None
    assert not late.done()
    supplier.open.set()
    assert (await late).value == "answer"


async def test_a_reader_without_time(alone: Bench) -> None:
    """A reader whose deadline has passed costs nothing, and still gets what is fresh."""
    supplier = Supplier()
    process = await alone.process(supplier)
    with pytest.raises(UpstreamTimeout):
        await process.get(within=-1.0)
    assert supplier.calls == 0
    await process.get()
    assert (await process.get(within=-1.0)).source is Source.CACHE


async def test_a_joiner_raises_the_flight(alone: Bench) -> None:
    """A reader in a higher lane, or with more time, raises the ticket of the flight it joins."""
    process = await alone.process(Supplier())
    process.gate.allowed = 0
    readers = [asyncio.ensure_future(process.get(within=3.0))]
    await eventually(lambda: process.gate.queue)
    readers.append(asyncio.ensure_future(process.get(within=9.0, lane=Lane.CHECKOUT)))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    (ticket,) = process.gate.queue
    assert (ticket.lane, ticket.deadline) == (Lane.CHECKOUT, alone.clock.monotonic() + 9.0)
    await process.gate.allow(1)
    await asyncio.gather(*readers)


async def test_stopping(alone: Bench) -> None:
    """Who waits when the gateway stops gets a typed answer."""
    supplier = Supplier()
    supplier.open.clear()
    process = await alone.process(supplier)
    reader = asyncio.ensure_future(process.get())
    await eventually(lambda: supplier.calls)
    await process.pipeline.aclose()
    with pytest.raises(Unavailable):
        await reader


async def test_one_flight_over_processes(shared: Bench) -> None:
    """Equal reads in four processes while the first is under way cost one exchange in all."""
    supplier = Supplier()
    supplier.open.clear()
    processes = [await shared.process(supplier) for _ in range(4)]
    asks = [(process, process.ask()) for process in processes * 5]
    readers = [asyncio.ensure_future(process.pipeline.fetch(product(), ask)) for process, ask in asks]
    await eventually(lambda: supplier.calls)
    await asyncio.sleep(0.1)
    supplier.open.set()
    served = await asyncio.gather(*readers)
    assert {(one.value, one.source) for one in served} == {("answer", Source.LIVE)}
    assert len({one.as_of for one in served}) == 1
    assert supplier.calls == 1
    assert sum(usage(ask).calls for _, ask in asks) == 1
    assert sum(usage(ask).coalesced for _, ask in asks) == 19


async def test_a_failure_reaches_other_processes(shared: Bench) -> None:
    """Those who waited in other processes get the holder's failure, and do not each ask again."""
    supplier = Supplier(always=Unavailable("down", retry_after=60.0, code="500"))
    supplier.open.clear()
    processes = [await shared.process(supplier) for _ in range(3)]
    readers = [asyncio.ensure_future(process.get()) for process in processes]
    await eventually(lambda: supplier.calls)
    await asyncio.sleep(0.1)
    supplier.open.set()
    failures = await asyncio.gather(*readers, return_exceptions=True)
    for failure in failures:
        assert isinstance(failure, Unavailable)
        assert (failure.message, failure.retry_after, failure.code) == ("down", 60.0, "500")
    assert supplier.calls == 1
    supplier.always = "up again"
    assert (await processes[1].get()).value == "up again"


async def test_no_budget_there_is_not_no_budget_here(shared: Bench) -> None:
    """That the holder's turn did not come in time says nothing about the next, who takes over."""
    supplier = Supplier()
    one, other = await shared.process(supplier), await shared.process(supplier)
    one.gate.allowed = 0
    first = asyncio.ensure_future(one.get())
    await eventually(lambda: one.gate.queue)
    second = asyncio.ensure_future(other.get())
    await asyncio.sleep(0.05)
    first.cancel()
    assert (await second).value == "answer"
    one.gate.denial = RateLimited("too many wait")
    with pytest.raises(RateLimited):
        await one.get(2)
    assert (await other.get(2)).value == "answer"


async def test_a_hurried_reader_elsewhere_raises_the_holder(shared: Bench) -> None:
    """A holder in the background lane rises to the lane of a reader who waits in another process."""
    supplier = Supplier()
    one, other = await shared.process(supplier), await shared.process(supplier)
    one.gate.allowed = 0
    slow = asyncio.ensure_future(one.get(lane=Lane.BACKGROUND, within=60.0))
    await eventually(lambda: one.gate.queue)
    hurried = asyncio.ensure_future(other.get(lane=Lane.CHECKOUT, within=600.0))
    await eventually(lambda: one.gate.queue[0].lane is Lane.CHECKOUT)
    assert one.gate.queue[0].deadline > shared.clock.monotonic() + 300.0
    await one.gate.allow(1)
    assert (await hurried).value == (await slow).value == "answer"
    assert supplier.calls == 1


async def test_a_lease_that_is_not_renewed(shared: Bench, valkey_server: ValkeyServer) -> None:  # noqa: F811
    """A lease whose holder is dead is free after at most a second and a half."""
    supplier = Supplier()
    process = await shared.process(supplier)
    with valkey_server.client() as client:
        await process.get()
        await process.pipeline.evict(product())
        (key,) = client.keys("*:cache:*")
        taken = key.replace(b":cache:", b":flight:") + b":taken"
        client.set(taken, b"a dead process", px=1500)
        asked = asyncio.ensure_future(process.get())
        calls = supplier.calls
        while client.get(taken) == b"a dead process":
            assert calls == 1, "asked while the lease was held"
            await asyncio.sleep(0.02)
            calls = supplier.calls
    assert (await asked).value == "answer"
    assert supplier.calls == 2


async def test_a_reader_waits_for_another_process_only_until_its_deadline(
    shared: Bench,
    valkey_server: ValkeyServer,  # noqa: F811
) -> None:
    """Waiting for another process ends at the reader's deadline like any other waiting."""
    process, other = await shared.process(Supplier()), await shared.process(Supplier())
    process.gate.allowed = 0
    holder = asyncio.ensure_future(process.get())
    await eventually(lambda: process.gate.queue)
    with pytest.raises(UpstreamTimeout) as told:
        await other.get(within=0.3)
    assert str(told.value).startswith("acme product.get: ")
    await process.gate.allow(1)
    assert (await holder).value == "answer"


async def test_answers_that_are_not_kept_are_not_leased(shared: Bench, valkey_server: ValkeyServer) -> None:  # noqa: F811
    """A write leaves no trace in Redis."""
    process = await shared.process(Supplier())
    await process.pipeline.fetch(product(policy=WRITE), process.ask())
    await process.pipeline.fetch(product(policy=dataclasses.replace(POLICY, shared=False)), process.ask())
    with valkey_server.client() as client:
        assert [key for key in client.keys("*") if b":probe:" not in key] == []
