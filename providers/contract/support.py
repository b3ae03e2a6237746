"""
What a provider's tests hand it: the smallest true things in the places of the gateway's.

There is no budget, no cache and no second process here; what an adapter is promised is kept: an absence or a
suspicious emptiness is asked again before it is believed, transient failures of calls that may be repeated
are tried again, and a rehearsal is answered with what is imagined.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from providers.clock import Clock, SystemClock
from providers.declaring import Declaration
from providers.errors import NotFound, RateLimited, Transient, Unsupported
from providers.port import ASGIApp, ProviderContext
from providers.upstream import Ask, Call, Exchange, Fact, Fetched, KeyValueStore, Limits, Source

T = TypeVar("T")

SITE_URL = "http://pictures.example"


class DirectUpstream:
    """An upstream with nothing between the adapter and the wire."""

    def __init__(self, declaration: Declaration, exchange: Exchange, clock: Clock) -> None:
        self.declaration = declaration
        self.limits = declaration.limits
        self.evicted: list[Call[Any]] = []
        self._exchange = exchange
        self._clock = clock

    async def fetch(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """One exchange per attempt, and one more for what is confirmed."""
        if ask.rehearse:
            return self._imagined(call, ask)
        usage = ask.meter.of(self.declaration.code)
        attempts, confirmations = call.policy.attempts, call.policy.confirmations
        while True:
            usage.calls += 1
            usage.points += call.policy.weight
            try:
                value = call.read((await self._exchange(call)).payload)
            except NotFound:
                if confirmations == 0:
                    raise
                confirmations -= 1
            except RateLimited:
                raise  # nothing here waits, so the next exchange would be too fast as well
            except Transient:
                attempts -= 1
                if attempts == 0:
                    raise
            else:
                if confirmations == 0 or call.is_empty is None or not call.is_empty(value):
                    return Fetched(value, self._clock.now(), None, Source.LIVE)
                confirmations -= 1

    def _imagined(self, call: Call[T], ask: Ask) -> Fetched[T]:
        usage = ask.meter.of(self.declaration.code)
        usage.calls += 1
        usage.points += call.policy.weight
        if call.imagine is None:
            operation = call.policy.operation
            usage.unpriced = tuple(dict.fromkeys((*usage.unpriced, operation)))
            raise Unsupported(
                "What this would cost cannot be told without asking the supplier.",
                provider=self.declaration.code,
                operation=operation,
            )
        return Fetched(call.imagine(), self._clock.now(), None, Source.LIVE, imagined=True)

    async def limit(self, limits: Limits) -> None:
        """Noted."""
        self.limits = limits

    async def evict(self, call: Call[Any]) -> None:
        """Noted; nothing is kept."""
        self.evicted.append(call)


class MemoryStore:
    """A key-value store in memory; providers that share one stand for processes of one gateway."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.values: dict[str, tuple[bytes, float | None]] = {}
        """Values and leases with the instant at which each ends."""

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        value, ends = self.values.get(key, (None, None))
        return value if ends is None or self._clock.monotonic() < ends else None

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        """Kept for good, or for some seconds."""
        self.values[key] = (value, None if ttl_seconds is None else self._clock.monotonic() + ttl_seconds)

    async def delete(self, key: str) -> None:
        """Forgotten."""
        self.values.pop(key, None)

    async def acquire(self, key: str, holder: str, ttl_seconds: float) -> bool:
        """The first holder has it until it is given back or ends; asking again makes it last longer."""
        if await self.get(key) not in (None, holder.encode()):
            return False
        await self.set(key, holder.encode(), ttl_seconds)
        return True

    async def release(self, key: str, holder: str) -> None:
        """Given back."""
        if await self.get(key) == holder.encode():
            await self.delete(key)


@asynccontextmanager
async def provider_context(
    environment: Mapping[str, str] | None = None,
    *,
    clock: Clock | None = None,
    store: KeyValueStore | None = None,
    answering: ASGIApp | None = None,
) -> AsyncIterator[ProviderContext]:
    """
    A context with everything a provider may ask for; its HTTP clients are closed at the end.

    Args:
        environment: The provider's variables.
        clock: None is the machine's own.
        store: Shared with other contexts; None is one of its own.
        answering: Answers in place of whatever the provider would reach.
    """
    time = clock or SystemClock()
    clients: list[httpx.AsyncClient] = []

    def open_http(base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
        answers = answering or app
        transport = None if answers is None else httpx.ASGITransport(app=answers)
        clients.append(httpx.AsyncClient(base_url=base_url, transport=transport, trust_env=False))
        return clients[-1]

    def open_upstream(declaration: Declaration, exchange: Exchange) -> DirectUpstream:
        return DirectUpstream(declaration, exchange, time)

    try:
        yield ProviderContext(
            environment=environment or {},
            clock=time,
            store=store or MemoryStore(time),
            open_http=open_http,
            open_upstream=open_upstream,
            site_url=SITE_URL,
        )
    finally:
        for client in clients:
            await client.aclose()


def ask_for(clock: Clock, *facts: Fact, seconds: float = 60.0) -> Ask:
    """An ask about these facts (all that reading is about when none is named), with plenty of time."""
    wanted = frozenset(facts) or frozenset({Fact.CATALOGUE, Fact.PRICE, Fact.STOCK})
    return Ask(deadline=clock.monotonic() + seconds, facts=wanted)
