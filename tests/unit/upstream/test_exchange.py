"""What one exchange makes of an adapter that stumbles over an answer."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from gateway.upstream.breaker import Status
from providers.clock import ManualClock
from providers.errors import MalformedResponse, ProviderError
from providers.upstream import Call, Fetched, Reply, Source
from tests.pipelines import Bench, Process, Supplier, bench, product


@pytest.fixture
async def on() -> AsyncIterator[Bench]:
    async with bench() as one:
        yield one


def title_of(payload: Any) -> str:
    """A reading that never thought of an answer without a title."""
    title: str = payload["title"]
    return title


async def get(process: Process) -> Fetched[str]:
    """Read a title, with time for retries."""
    assert isinstance(process.clock, ManualClock)
    asked = asyncio.ensure_future(process.pipeline.fetch(product(read=title_of), process.ask()))
    while not asked.done():
        await process.clock.advance(1)
    return asked.result()


async def test_an_answer_that_breaks_the_reading(on: Bench) -> None:
    """What an adapter's reading stumbles over counts as malformed, is logged, and is told in plain words."""
    supplier = Supplier(always={"name": "no title"})
    process = await on.process(supplier)
    with capture_logs() as logs, pytest.raises(MalformedResponse) as raised:
        await get(process)
    assert supplier.calls == 3
    assert (raised.value.provider, raised.value.operation) == ("acme", "product.get")
    assert not {"KeyError", "'title'"} & set(raised.value.message.split())
    assert process.pipeline.totals.failures == {"MalformedResponse": 3}
    assert process.pipeline.health().status is Status.DEGRADED
    logged = [each for each in logs if each["event"] == "upstream.unreadable"]
    assert len(logged) == 3
    assert all(each["exc_info"] and each["operation"] == "product.get" for each in logged)


async def test_the_next_answer_can_be_read(on: Bench) -> None:
    """An answer that can be read after one that could not is served and kept."""
    process = await on.process(Supplier({}, always={"title": "Lamp"}))
    assert (await get(process)).value == "Lamp"
    assert (await get(process)).source is Source.CACHE


class _NotReady(ProviderError):
    unsent = True


async def test_an_adapter_that_says_it_sent_nothing(on: Bench) -> None:
    """A failure that says that nothing was sent gives its points back, also before any request was seen."""

    async def exchange(call: Call[Any]) -> Reply:
        raise _NotReady("not ready yet")

    process = await on.process(exchange)
    with pytest.raises(_NotReady):
        await get(process)
    assert (process.gate.left, process.gate.given_back) == (0, 1)
