"""Real processes, a real Valkey and a real HTTP supplier: one exchange for all, whoever dies."""

import asyncio
import contextlib
import json
import sys
from collections import Counter
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from gateway.redis_link import LinkTiming
from tests.pipelines import PATIENT, WARY
from tests.valkey import ValkeyServer, valkey  # noqa: F401 - a fixture

ROOT = Path(__file__).parents[2]
PATIENCE = 60.0
"""Seconds that only end a test that waits in vain."""


class Site:
    """A supplier over HTTP: counts, takes its time, and may refuse what comes too fast."""

    def __init__(self) -> None:
        self.hits: Counter[str] = Counter()
        self.asked = asyncio.Event()
        self.seconds = 0.2
        self.hang_first = False
        self.at_least = 0.0
        self.refused = 0
        self._last = float("-inf")
        self._talks: set[asyncio.Task[Any]] = set()
        self.url = ""

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator["Site"]:
        server = await asyncio.start_server(self._talk, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        try:
            yield self
        finally:
            server.close()
            for talk in self._talks:
                talk.cancel()
            await asyncio.gather(*self._talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talk = asyncio.current_task()
        assert talk is not None
        self._talks.add(talk)
        talk.add_done_callback(self._talks.discard)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                writer.write(await self._answer(head.split()[1].decode()))
                await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass  # the other side has gone
        finally:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def _answer(self, path: str) -> bytes:
        now = asyncio.get_running_loop().time()
        too_fast, self._last = now - self._last < self.at_least, now
        self.hits[path] += 1
        self.asked.set()
        if self.hang_first and self.hits.total() == 1:
            await asyncio.sleep(60)
        await asyncio.sleep(self.seconds)
        self.refused += too_fast
        status = b"429 Too Many" if too_fast else b"200 OK"
        body = json.dumps({"path": path}).encode()
        return b"HTTP/1.1 %s\r\nContent-Length: %d\r\n\r\n%s" % (status, len(body), body)


class Worker:
    """One gateway process."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process

    async def tell(self, numbers: list[int]) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(numbers).encode() + b"\n")
        await self.process.stdin.drain()

    async def hear(self) -> Any:
        assert self.process.stdout is not None
        return json.loads(await asyncio.wait_for(self.process.stdout.readline(), PATIENCE))


@pytest.fixture
async def supplier() -> AsyncIterator[Site]:
    async with Site().open() as site:
        yield site


@contextlib.asynccontextmanager
async def workers(
    count: int,
    redis_url: str,
    site: Site,
    *,
    per_second: float = 20.0,
    within: float = 60.0,
    timing: LinkTiming = PATIENT,
) -> AsyncIterator[list[Worker]]:
    started = [
        Worker(
            await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "tests.e2e.pipeline_process", redis_url, site.url),
                *map(str, (per_second, within, timing.answer, timing.lease)),
                cwd=ROOT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.DEVNULL,
            )
        )
        for _ in range(count)
    ]
    try:
        assert await asyncio.gather(*(worker.hear() for worker in started)) == ["ready"] * count
        yield started
    finally:
        for worker in started:
            if worker.process.returncode is None:
                worker.process.kill()
            await worker.process.communicate()


async def test_equal_reads_of_two_processes(valkey: ValkeyServer, supplier: Site) -> None:  # noqa: F811
    """Two hundred equal reads over two processes are one exchange in all, charged once; the next are none."""
    async with workers(2, valkey.url, supplier) as pair:
        for worker in pair:
            await worker.tell([1] * 100)
        heard = [await worker.hear() for worker in pair]
        assert [one["failures"] for one in heard] == [[], []]
        assert supplier.hits.total() == 1
        assert sum(one["calls"] for one in heard) == 1
        from_cache = sum(one["sources"].get("CACHE", 0) for one in heard)
        assert sum(one["coalesced"] for one in heard) + from_cache == 199
        for worker in pair:
            await worker.tell([1] * 100)
        assert [(await worker.hear())["sources"] for worker in pair] == [{"CACHE": 100}] * 2
        assert supplier.hits.total() == 1


async def test_the_holder_is_killed(valkey: ValkeyServer, supplier: Site) -> None:  # noqa: F811
    """The process whose exchange is under way is killed; readers elsewhere get their answer all the same."""
    supplier.hang_first = True
    async with workers(2, valkey.url, supplier, timing=LinkTiming(answer=30.0)) as (holder, other):
        await holder.tell([1])
        await asyncio.wait_for(supplier.asked.wait(), PATIENCE)
        await other.tell([1] * 20)
        await asyncio.sleep(0.3)  # by now they wait for the other process
        holder.process.kill()
        heard = await other.hear()
        assert heard["failures"] == []
        assert heard["sources"] == {"LIVE": 20}
        assert supplier.hits.total() == 2


async def test_a_small_flood(valkey: ValkeyServer, supplier: Site) -> None:  # noqa: F811
    """Four processes at five calls a second, equal and different reads mixed: no call twice, none refused."""
    supplier.seconds, supplier.at_least = 0.05, 0.2
    async with workers(4, valkey.url, supplier, per_second=5.0) as four:
        for place, worker in enumerate(four):
            await worker.tell([0] * 100 + [1, 2] + [100 + place])
        heard = [await worker.hear() for worker in four]
    assert [one["failures"] for one in heard] == [[]] * 4
    assert set(supplier.hits.values()) == {1}
    assert len(supplier.hits) == 1 + 2 + 4
    assert supplier.refused == 0


@pytest.mark.parametrize("mood", ["kill", "freeze"])
async def test_redis_goes_in_mid_flight(valkey: ValkeyServer, supplier: Site, mood: str) -> None:  # noqa: F811
    """Redis goes while a call flies: its readers are answered; others are too, or are told when to ask."""
    supplier.seconds = 0.6
    async with workers(2, valkey.url, supplier, within=6.0, timing=WARY) as pair:
        await pair[0].tell([1] * 10)
        await asyncio.wait_for(supplier.asked.wait(), PATIENCE)
        await pair[1].tell([1] * 10)
        getattr(valkey, mood)()
        holder, other = [await worker.hear() for worker in pair]
        if mood == "freeze":
            valkey.thaw()
    assert holder["failures"] == []
    # Without Redis the other process may only use its careful share of the budget, if that opens in time.
    assert all("call cannot leave in time" in failure for failure in other["failures"])
    assert supplier.hits.total() <= 2
