"""The pipeline as a whole: Redis and its moods, requests that leave or do not, what it tells about itself."""

import asyncio
import contextlib
import itertools
import operator
from collections.abc import AsyncIterator
from typing import Any

import httpx
import pytest

from gateway.upstream.breaker import Circuit, Status
from gateway.upstream.http import Departure, departing, open_http
from providers.clock import SystemClock
from providers.errors import AuthenticationFailed, RateLimited, Unavailable
from providers.upstream import Call, Reply, Source
from tests.pipelines import WARY, Bench, Process, Supplier, bench, eventually, product, usage
from tests.valkey import ValkeyServer, free_port, valkey  # noqa: F401 - a fixture


@pytest.fixture
async def on(valkey: ValkeyServer) -> AsyncIterator[Bench]:  # noqa: F811
    async with bench(valkey.url, SystemClock(), WARY) as one:
        yield one


class Readers:
    """A reader in each process, over and over; any failure ends all of them."""

    def __init__(self, processes: list[Process]) -> None:
        self._processes = processes
        self._served = [0] * len(processes)
        self._stop = asyncio.Event()

    @contextlib.asynccontextmanager
    async def at_work(self) -> AsyncIterator[None]:
        async with asyncio.TaskGroup() as group:
            for place in range(len(self._processes)):
                group.create_task(self._read(place))
            yield
            self._stop.set()

    async def go_on(self) -> None:
        """Wait until each of them was served some more."""
        wanted = [served + 20 for served in self._served]
        await eventually(lambda: all(map(operator.ge, self._served, wanted)))

    async def _read(self, place: int) -> None:
        process = self._processes[place]
        for number in itertools.count():
            if self._stop.is_set():
                return
            await asyncio.gather(process.get(number), process.get(number), process.get(number % 5))
            self._served[place] += 3
            await asyncio.sleep(0.001)


def up(process: Process) -> bool:
    return process.link is not None and process.link.up


@pytest.mark.parametrize("mood", ["kill", "freeze", "wipe", "fill"])
async def test_redis_in_a_bad_mood_under_load(on: Bench, valkey: ValkeyServer, mood: str) -> None:  # noqa: F811
    """Redis killed, frozen, emptied or full under load: no read fails, and it is used again when well."""
    processes = [await on.process(Supplier()) for _ in range(2)]
    readers = Readers(processes)
    async with readers.at_work():
        await readers.go_on()
        getattr(valkey, mood)()
        if mood != "wipe":
            await eventually(lambda: not any(up(process) for process in processes))
        await readers.go_on()
        well_again = {"kill": valkey.start, "freeze": valkey.thaw, "fill": valkey.relieve}
        well_again.get(mood, valkey.wipe)()
        await eventually(lambda: all(up(process) for process in processes))
        await readers.go_on()
    one, other = processes
    assert (await one.get(99_999)).source is Source.LIVE
    assert (await other.get(99_999)).source is Source.CACHE


async def test_started_without_redis(valkey: ValkeyServer) -> None:  # noqa: F811
    """A process that starts while Redis is away answers all the same, and shares once it is there."""
    valkey.kill()
    async with bench(valkey.url, SystemClock(), WARY) as on:
        one, other = await on.process(Supplier()), await on.process(Supplier())
        assert (await one.get()).source is Source.LIVE
        assert (await other.get()).source is Source.LIVE
        valkey.start()
        await eventually(lambda: up(one) and up(other))
        assert (await one.get(2)).source is Source.LIVE
        assert (await other.get(2)).source is Source.CACHE


async def test_memory_outlives_an_empty_redis(on: Bench, valkey: ValkeyServer) -> None:  # noqa: F811
    """A Redis that comes back empty costs no process what it knows."""
    supplier = Supplier()
    process = await on.process(supplier)
    await process.get()
    valkey.wipe()
    await asyncio.sleep(0)
    entry = next(iter(process.memory._entries.values()))
    entry.checked -= 60.0  # long enough ago to be looked at again
    assert (await process.get()).source is Source.CACHE
    assert supplier.calls == 1


async def test_outlook() -> None:
    """Health, budget and totals can be read at any time."""
    async with bench(clock=SystemClock()) as on:
        await _outlook(on)


async def _outlook(on: Bench) -> None:
    process = await on.process(Supplier(Unavailable("down"), always="fine"))
    assert process.pipeline.health().status is Status.UNKNOWN
    await process.get()
    health = process.pipeline.health()
    assert (health.status, health.circuit) == (Status.DEGRADED, Circuit.CLOSED)
    assert health.last_success_at is not None
    assert (await process.pipeline.budget_state()).queue_depth == 0
    totals = process.pipeline.totals
    assert (totals.retries, totals.failures) == (1, {"Unavailable": 1})


class Site:
    """A supplier's HTTP site in a few lines, and the exchange an adapter would have with it."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client = client

    async def exchange(self, call: Call[Any]) -> Reply:
        try:
            answer = await self.client.request(call.method, call.path, params=dict(call.query))
        except httpx.HTTPError as error:
            raise Unavailable("cannot be reached") from error
        return Reply(answer.json())


async def site(scope: Any, receive: Any, send: Any) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": [(b"location", b"/elsewhere")]})
    await send({"type": "http.response.body", "body": b'"from the app"'})


async def test_a_request_in_process_leaves() -> None:
    """A request to an application in this process takes its permit along like one to the network."""
    async with open_http("http://acme.test", app=site) as client, bench() as on:
        process = await on.process(Site(client).exchange)
        ask = process.ask()
        assert (await process.pipeline.fetch(product(), ask)).value == "from the app"
        assert process.gate.left == 1
        assert usage(ask).calls == 1


async def serve(answer: bytes) -> asyncio.Server:
    async def talk(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        await writer.drain()
        writer.close()

    return await asyncio.start_server(talk, "127.0.0.1", 0)


async def test_a_request_over_the_network_leaves() -> None:
    """The permit is told once the connection stands and before the first byte."""
    server = await serve(b'HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n"away"')
    port = server.sockets[0].getsockname()[1]
    async with server, open_http(f"http://127.0.0.1:{port}") as client, bench() as on:
        process = await on.process(Site(client).exchange)
        assert (await process.get()).value == "away"
        assert (process.gate.left, process.gate.given_back) == (1, 0)


async def test_a_request_that_never_left_is_not_counted() -> None:
    """A connection that does not come about costs no call, and its points are given back."""
    async with open_http(f"http://127.0.0.1:{free_port()}") as client, bench() as on:
        process = await on.process(Site(client).exchange)
        ask = process.ask(within=0.01)
        with pytest.raises(Unavailable):
            await process.pipeline.fetch(product(), ask)
        assert process.gate.left == 0
        assert (usage(ask).calls, usage(ask).points) == (0, 0)
        assert process.pipeline.totals.failures == {"Unavailable": 1}
        assert process.gate.given_back == 1


async def test_a_slot_that_passed_while_connecting() -> None:
    """When the budget takes its leave back at the last moment, nothing is sent and nobody is blamed."""
    sent = []

    async def note(scope: Any, receive: Any, send: Any) -> None:
        sent.append(scope["path"])

    async with open_http("http://acme.test", app=note) as client, bench() as on:
        process = await on.process(Site(client).exchange)
        process.gate.too_late = RateLimited("the slot has passed", retry_after=2.0)
        with pytest.raises(RateLimited) as told:
            await process.get()
        assert told.value.retry_after == 2.0
        assert sent == []
        assert process.gate.given_back == 1
        assert process.gate.refusals == []
        assert process.pipeline.health().status is Status.UNKNOWN


async def test_an_exchange_that_sends_nothing() -> None:
    """An adapter that fails before it sends gets its points back, once its requests are known to be seen."""

    class Tokenless(Site):
        has_token = False

        async def exchange(self, call: Call[Any]) -> Reply:
            if not self.has_token:
                raise AuthenticationFailed("no token")
            return await super().exchange(call)

    async with open_http("http://acme.test", app=site) as client, bench() as on:
        adapter = Tokenless(client)
        process = await on.process(adapter.exchange)
        with pytest.raises(AuthenticationFailed):
            await process.get(1)
        assert process.gate.given_back == 0  # for all we know it has a client of its own
        adapter.has_token = True
        await process.get(2)
        adapter.has_token = False
        with pytest.raises(AuthenticationFailed):
            await process.get(3)
        assert process.gate.given_back == 1


async def test_redirects_are_not_followed() -> None:
    """A supplier that redirects is read as it answers, not followed to wherever it points."""

    async def away(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 302, "headers": [(b"location", b"/x")]})
        await send({"type": "http.response.body", "body": b""})

    async with open_http("http://acme.test", app=away) as client:
        assert (await client.get("/")).status_code == 302


async def test_departures_are_told_apart() -> None:
    """Exchanges side by side through one client each tell their own departure."""
    gone: list[int] = []

    async def one(number: int, client: httpx.AsyncClient) -> None:
        async def left() -> None:
            gone.append(number)

        departure = Departure(left)
        with departing(departure):
            await client.get("/")
        assert departure.happened

    async with open_http("http://acme.test", app=site) as client:
        await asyncio.gather(*(one(number, client) for number in range(5)))
    assert sorted(gone) == [0, 1, 2, 3, 4]
