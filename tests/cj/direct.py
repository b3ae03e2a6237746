"""
The smallest true upstream: no budget, no cache, one exchange per attempt, and nothing in between.

It keeps what the adapter is promised: an absence or a suspicious emptiness is asked again before it is
believed, and only transient failures of calls that may be repeated are tried again.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from providers import cj
from providers.cj.provider import CJProvider
from providers.clock import Clock, SystemClock
from providers.errors import NotFound, RateLimited, Transient
from providers.port import ASGIApp, Declaration, ProviderContext
from providers.upstream import Ask, Call, Exchange, Fact, Fetched, Limits, Meter, Source

T = TypeVar("T")
EVERYTHING = frozenset({Fact.CATALOGUE, Fact.PRICE, Fact.STOCK})


class DirectUpstream:
    def __init__(self, declaration: Declaration, exchange: Exchange, clock: Clock) -> None:
        self.declaration = declaration
        self.exchange = exchange
        self.clock = clock
        self.limits = declaration.limits
        self.evicted: list[Call[Any]] = []

    async def fetch(self, call: Call[T], ask: Ask) -> Fetched[T]:  # noqa: ARG002 - nothing here waits
        attempts, confirmations = call.policy.attempts, call.policy.confirmations
        while True:
            try:
                value = call.read((await self.exchange(call)).payload)
            except NotFound:
                if confirmations == 0:
                    raise
                confirmations -= 1
            except RateLimited:
                raise
            except Transient:
                attempts -= 1
                if attempts == 0:
                    raise
            else:
                if confirmations == 0 or call.is_empty is None or not call.is_empty(value):
                    return Fetched(value, self.clock.now(), None, Source.LIVE)
                confirmations -= 1

    async def limit(self, limits: Limits) -> None:
        self.limits = limits

    async def evict(self, call: Call[Any]) -> None:
        self.evicted.append(call)


class MemoryStore:
    """A key-value store for one process; several adapters may share it."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.values: dict[str, tuple[bytes, float | None]] = {}

    async def get(self, key: str) -> bytes | None:
        value, ends = self.values.get(key, (None, None))
        return value if ends is None or self.clock.monotonic() < ends else None

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        self.values[key] = (value, None if ttl_seconds is None else self.clock.monotonic() + ttl_seconds)

    async def delete(self, key: str) -> None:
        self.values.pop(key, None)

    async def acquire(self, key: str, holder: str, ttl_seconds: float) -> bool:
        if await self.get(key) not in (None, holder.encode()):
            return False
        await self.set(key, holder.encode(), ttl_seconds)
        return True

    async def release(self, key: str, holder: str) -> None:
        if await self.get(key) == holder.encode():
            await self.delete(key)


@asynccontextmanager
async def adapter(
    *,
    app: ASGIApp | None = None,
    environment: Mapping[str, str] | None = None,
    clock: Clock | None = None,
    store: MemoryStore | None = None,
) -> AsyncIterator[CJProvider]:
    """
    The adapter as `build` makes it; with `app`, whatever would answer is replaced by that application.

    `store` is shared by adapters that stand for processes of one gateway.
    """
    clock = clock or SystemClock()
    clients: list[httpx.AsyncClient] = []

    def open_http(base_url: str, *, app: ASGIApp | None = app) -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app) if (app := override or app) else None
        clients.append(httpx.AsyncClient(base_url=base_url, transport=transport))
        return clients[-1]

    override = app
    context = ProviderContext(
        environment=environment or {},
        clock=clock,
        store=store or MemoryStore(clock),
        open_http=open_http,
        open_upstream=lambda declaration, exchange: DirectUpstream(declaration, exchange, clock),
        site_url="https://gateway.example/sites/cj",
    )
    provider = cj.build(context)
    try:
        yield provider
    finally:
        await provider.close()
        for client in clients:
            await client.aclose()


def asking(*facts: Fact, clock: Clock | None = None, seconds: float = 30.0) -> Ask:
    """How a test asks: for everything unless told otherwise."""
    return Ask(
        deadline=(clock or SystemClock()).monotonic() + seconds,
        meter=Meter(),
        facts=frozenset(facts) or EVERYTHING,
    )
