"""A process that loses Redis while the others keep it, and a process that is too slow for its own permits."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Sequence
from itertools import pairwise

import pytest

from gateway.redis_link import RedisGone, RedisLink
from gateway.upstream.budget import Budget, Ticket
from gateway.upstream.budget.book import Candidate, Crowd, Verdict
from gateway.upstream.budget.fallback import shared_budget
from gateway.upstream.budget.line import Line
from gateway.upstream.budget.memory import MemoryBook
from gateway.upstream.budget.pacing import SharedTiming
from gateway.upstream.budget.shared import SharedBook
from providers.clock import ManualClock, SystemClock
from providers.errors import RateLimited
from providers.upstream import Allowance, CallPolicy, Lane, Limits, Rate
from tests.pipelines import WARY, eventually
from tests.valkey import ValkeyServer, valkey  # noqa: F401 - a fixture

LIMITS = Limits("acme", (Rate("account", 5.0),), Allowance("points", 50_000))
TIMING = SharedTiming(heartbeat=0.2, suspect=0.7, doubt=0.5, settle=0.2, hold=0.0)
CALL = CallPolicy("product.get", weight=10)


class Cable:
    """The way from one process to Redis, which can be cut and mended."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._mended = asyncio.Event()
        self._mended.set()
        self._ends: list[asyncio.StreamWriter] = []

    @contextlib.asynccontextmanager
    async def laid(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        try:
            yield f"redis://127.0.0.1:{server.sockets[0].getsockname()[1]}/0"
        finally:
            self.mend()
            server.close()
            for end in self._ends:
                end.close()
            await server.wait_closed()

    def cut(self) -> None:
        """From now on nothing comes through, and nobody is told."""
        self._mended.clear()

    def mend(self) -> None:
        self._mended.set()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._port)
        self._ends += [writer, far_writer]
        await asyncio.gather(self._pass_on(reader, far_writer), self._pass_on(far_reader, writer))

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError):
            while piece := await reader.read(65536):
                await self._mended.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()


@contextlib.asynccontextmanager
async def process(url: str) -> AsyncIterator[Budget]:
    clock = SystemClock()
    link = RedisLink(url, clock)
    await link.start()
    budget = shared_budget(link, LIMITS, clock, timing=TIMING)
    await budget.start()
    yield budget
    await budget.aclose()
    await link.aclose()


async def keep_calling(budget: Budget, sent: list[float]) -> None:
    while True:
        try:
            permit = await budget.acquire(CALL, Ticket(Lane.INTERACTIVE, time.monotonic() + 3.0))
            await permit.left()
            sent.append(time.monotonic())
        except RateLimited:
            await asyncio.sleep(0.05)


async def until(budget: Budget, *, degraded: bool) -> None:
    """Let real things happen until a process has lost Redis, or found it again."""
    async with asyncio.timeout(30):
        while (await budget.state()).degraded != degraded:  # noqa: ASYNC110 - looking on from outside
            await asyncio.sleep(0.02)


async def test_cut_off_process_keeps_its_distance(valkey: ValkeyServer) -> None:  # noqa: F811
    """One process loses Redis while another keeps it: both go on calling, and never meet, cut or mended."""
    cable = Cable(valkey.port)
    ours: list[float] = []
    theirs: list[float] = []

    async def go_on() -> None:
        """Wait until both have sent some more."""
        wanted = len(ours) + 3, len(theirs) + 3
        await eventually(lambda: len(ours) >= wanted[0] and len(theirs) >= wanted[1])

    async with cable.laid() as url, process(url) as cut_off, process(valkey.url) as connected:
        tasks = [
            asyncio.create_task(keep_calling(cut_off, ours)),
            asyncio.create_task(keep_calling(connected, theirs)),
        ]
        await go_on()
        for _ in range(2):
            cable.cut()
            await until(cut_off, degraded=True)
            await go_on()
            assert (await cut_off.state()).degraded
            cable.mend()
            await until(cut_off, degraded=False)
            await go_on()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    closest = min(later - earlier for earlier, later in pairwise(sorted(ours + theirs)))
    assert closest >= 1 / LIMITS.rates[0].per_second


async def test_question_stuck_in_a_frozen_redis_changes_nothing(valkey: ValkeyServer) -> None:  # noqa: F811
    """A command carried out after its process gave up on it takes no slot and is no sign of life."""
    clock = SystemClock()
    link = RedisLink(valkey.url, clock, timing=WARY)
    book = SharedBook(link, LIMITS, clock, TIMING)
    await book.take([], ())
    with valkey.client() as client:
        (key,) = client.keys("*budget:acme")
        before = client.get(key)
        valkey.freeze()
        with pytest.raises(RedisGone):
            await book.take([Candidate(Lane.ORDER, clock.monotonic(), 10)], ())
        await asyncio.sleep(0.3)
        valkey.thaw()
        await asyncio.sleep(0.1)
        assert client.get(key) == before
    await link.aclose()


class SlowBook(MemoryBook):
    """A book whose first answer is on its way for so long that the slot in it is old."""

    def __init__(self, limits: Limits, clock: ManualClock, lag: float) -> None:
        super().__init__(limits, clock)
        self.asked: list[Candidate] = []
        self._manual = clock
        self.lag = lag

    async def take(self, candidates: Sequence[Candidate], crowds: Sequence[Crowd]) -> Verdict:
        verdict = await super().take(candidates, crowds)
        self.asked += candidates
        lag, self.lag = self.lag, 0.0
        if lag:
            await self._manual.sleep(lag)
        return verdict


async def leaves_at(lag: float) -> tuple[float, SlowBook]:
    clock = ManualClock()
    book = SlowBook(LIMITS, clock, lag)
    budget = Line(book, LIMITS, clock)
    await budget.start()
    ticket = Ticket(Lane.INTERACTIVE, 10.0)
    first = asyncio.create_task(budget.acquire(CALL, ticket))
    await clock.run(first)
    left = clock.monotonic()
    await clock.run(asyncio.ensure_future(budget.acquire(CALL, ticket)))
    distance = clock.monotonic() - left
    await budget.aclose()
    return distance, book


async def test_old_slot_is_given_up() -> None:
    """A grant that reaches its process too late is not used: its slot moves to now, and costs no points."""
    distance, book = await leaves_at(lag=0.1)
    assert distance >= 1 / LIMITS.rates[0].per_second
    assert [call.weight for call in book.asked] == [10, 0, 10, 10]
    assert book.asked[1].token
    assert book.points is not None
    assert book.points.spent == 20


async def test_young_slot_is_used() -> None:
    """A few milliseconds do not matter: the margin between two calls is for them."""
    distance, book = await leaves_at(lag=0.005)
    assert distance >= 1 / LIMITS.rates[0].per_second
    assert not any(call.token for call in book.asked)


async def test_own_slot_is_not_judged_by_what_was_asked_before() -> None:
    """A late request moves its slot, though just then an answer comes that knows of others only."""
    clock = ManualClock()
    slow = Limits("acme", (Rate("account", 0.01),))
    book = SlowBook(slow, clock, lag=0.0)
    budget = Line(book, slow, clock)
    await budget.start()
    permit = await budget.acquire(CALL, Ticket(Lane.INTERACTIVE, 60.0))
    await clock.advance(1.0)  # connecting
    book.lag = 0.1
    other = asyncio.create_task(budget.acquire(CALL, Ticket(Lane.INTERACTIVE, 1e6)))
    await eventually(lambda: book.asked[1:])
    await clock.run(asyncio.ensure_future(permit.left()))
    assert not other.done()
    await budget.aclose()
    with pytest.raises(RateLimited):
        await other
