"""A pipeline on a bench: a supplier that answers as told, a budget with a gate, processes around them."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from gateway.redis_link import LinkTiming, RedisLink
from gateway.upstream import Pipeline, pipeline
from gateway.upstream.breaker import BreakerPolicy
from gateway.upstream.budget import BudgetState, Permit, Ticket
from gateway.upstream.levels import Memory
from providers.clock import Clock, ManualClock, SystemClock
from providers.declaring import Declaration, Mode, Terms
from providers.errors import NotFound, ProviderError, QuotaExhausted, RateLimited
from providers.upstream import (
    Ask,
    Call,
    CallPolicy,
    Exchange,
    Fact,
    Fetched,
    Freshness,
    Json,
    Lane,
    Limits,
    Meter,
    Reply,
    Usage,
)

FRESHNESS = {
    Fact.CATALOGUE: Freshness(100.0, 1000.0),
    Fact.PRICE: Freshness(20.0, 60.0),
    Fact.STOCK: Freshness(10.0, 30.0),
}
POLICY = CallPolicy(
    "product.get",
    weight=10,
    facts=frozenset(FRESHNESS),
    absent_for=15.0,
    attempts=3,
    confirmations=1,
    timeout=8.0,
)
WRITE = CallPolicy("order.create", attempts=1, timeout=8.0)

DECLARATION = Declaration(
    code="acme",
    name="Acme",
    homepage=None,
    mode=Mode.SIMULATED,
    capabilities=(),
    terms=Terms(*("",) * 9),
    limits=Limits("acme-1"),
    freshness=FRESHNESS,
    filters=frozenset(),
    sorts=frozenset(),
    search_page_size=50,
)


def read(payload: Json) -> Json:
    """What a product call's `read` does, made small: build, or say that there is nothing."""
    if payload is None:
        raise NotFound("No such product.", provider="acme", operation="product.get")
    return payload


def product(number: int = 1, policy: CallPolicy = POLICY, **more: Any) -> Call[Any]:
    """A call for one product."""
    return Call(policy, "GET", "/product", more.pop("read", read), query=(("id", str(number)),), **more)


# Where Redis is well, a test that stands still for a while must not make it look away, nor lose a lease.
PATIENT = LinkTiming(answer=30.0, lease=60.0)
# Where Redis gets into trouble, somebody has to wait this long to find out.
WARY = LinkTiming(answer=2.0)


Answer = Json | ProviderError | Callable[[], Any]


class Supplier:
    """
    An `Exchange` that answers what it is told.

    `answers` are used up one by one, then `always` is given. While `open` is not set, exchanges stay on
    the wire.
    """

    def __init__(self, *answers: Answer, always: Answer = "answer") -> None:
        self.answers = list(answers)
        self.always = always
        self.calls = 0
        self.ended = 0
        self.points: int | None = None
        self.open = asyncio.Event()
        self.open.set()

    async def __call__(self, call: Call[Any]) -> Reply:  # noqa: ARG002 - any call is answered alike
        self.calls += 1
        await self.open.wait()
        answer = self.answers.pop(0) if self.answers else self.always
        self.ended += 1
        if callable(answer):
            answer = answer()
        if isinstance(answer, ProviderError):
            raise answer
        return Reply(answer, points_remaining=self.points)


class Gate:
    """A `Budget` that lets calls leave at once, or as many as a test allows; and keeps what it is told."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._free = asyncio.Condition()
        self.allowed: float = float("inf")
        self.denial: ProviderError | None = None
        self.too_late: ProviderError | None = None
        self.queue: list[Ticket] = []
        self.granted: list[Lane] = []
        self.refusals: list[ProviderError] = []
        self.learned: list[int] = []
        self.left = 0
        self.given_back = 0

    async def start(self) -> None: ...

    async def aclose(self) -> None: ...

    async def allow(self, calls: float) -> None:
        async with self._free:
            self.allowed += calls
            self._free.notify_all()

    async def acquire(self, policy: CallPolicy, ticket: Ticket) -> Permit:  # noqa: ARG002 - all cost nothing
        if self.denial is not None:
            raise self.denial
        began = self._clock.monotonic()
        self.queue.append(ticket)
        try:
            async with self._free:
                await self._free.wait_for(lambda: self.allowed >= 1)
                self.allowed -= 1
        finally:
            self.queue.remove(ticket)
        self.granted.append(ticket.lane)
        return Permit(self._clock.monotonic() - began, self._leave, self._give_back)

    async def _leave(self) -> None:
        if self.too_late is not None:
            raise self.too_late
        self.left += 1

    async def _give_back(self) -> None:
        self.given_back += 1

    async def refused(self, error: RateLimited | QuotaExhausted) -> None:
        self.refusals.append(error)

    async def learn(self, remaining: int, total: int | None) -> None:  # noqa: ARG002 - only noted
        self.learned.append(remaining)

    async def limit(self, limits: Limits) -> None: ...

    async def state(self) -> BudgetState:
        return BudgetState(1.0, None, None, None, len(self.queue), 0.0, degraded=False, refusals=0)


@dataclass
class Process:
    """One gateway process, as far as the pipeline goes."""

    pipeline: Pipeline
    gate: Gate
    clock: Clock
    memory: Memory
    link: RedisLink | None
    meters: list[Meter] = field(default_factory=list)

    def ask(self, within: float = 30.0, **more: Any) -> Ask:
        return Ask(self.clock.monotonic() + within, **more)

    async def get(self, number: int = 1, within: float = 30.0, **more: Any) -> Fetched[Any]:
        return await self.pipeline.fetch(product(number), self.ask(within, **more))


def usage(ask: Ask) -> Usage:
    return ask.meter.of("acme")


@dataclass
class Bench:
    """Opens processes that share one Redis, or nothing."""

    clock: Clock
    redis_url: str | None
    timing: LinkTiming
    stack: contextlib.AsyncExitStack

    async def process(
        self, exchange: Exchange, *, breaker: BreakerPolicy | None = None, **more: Any
    ) -> Process:
        link = None
        if self.redis_url is not None:
            link = RedisLink(self.redis_url, SystemClock(), timing=self.timing)
            await link.start()
            self.stack.push_async_callback(link.aclose)
        gate, memory = Gate(self.clock), Memory(**more)
        made = pipeline(
            exchange,
            DECLARATION,
            budget=gate,
            clock=self.clock,
            memory=memory,
            link=link,
            breaker_policy=breaker,
            random=Random(1),
        )
        await made.start()
        self.stack.push_async_callback(made.aclose)
        return Process(made, gate, self.clock, memory, link)


@contextlib.asynccontextmanager
async def bench(
    redis_url: str | None = None, clock: Clock | None = None, timing: LinkTiming = PATIENT
) -> AsyncIterator[Bench]:
    """A bench on a clock that stands still, unless another is given."""
    async with contextlib.AsyncExitStack() as stack:
        yield Bench(clock or ManualClock(), redis_url, timing, stack)


async def eventually(is_so: Callable[[], object], seconds: float = 30.0) -> None:
    """Let real things happen until something is so; the seconds only end a test that waits in vain."""
    async with asyncio.timeout(seconds):
        while not is_so():  # noqa: ASYNC110 - what is waited for is not ours to send events
            await asyncio.sleep(0.002)
