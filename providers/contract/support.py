"""
What a provider's tests hand it: the smallest true things in the places of the gateway's.

There is no budget, no cache and no second process here; what an adapter is promised is kept: an absence or a
suspicious emptiness is asked again before it is believed, and transient failures of reads are tried again.
"""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import httpx

from providers.clock import Clock, SystemClock
from providers.errors import NotFound, Transient
from providers.port import ASGIApp, Declaration, ProviderContext
from providers.upstream import Ask, Call, Exchange, Fact, Fetched, Limits, Source

T = TypeVar("T")

SITE_URL = "http://pictures.example"


class DirectUpstream:
    """An upstream with nothing between the adapter and the wire."""

    def __init__(self, declaration: Declaration, exchange: Exchange, clock: Clock) -> None:
        self.declaration = declaration
        self.limits = declaration.limits
        self._exchange = exchange
        self._clock = clock

    async def fetch(self, call: Call[T], ask: Ask) -> Fetched[T]:
        """One exchange per attempt, and one more for what is confirmed."""
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
            except Transient:
                attempts -= 1
                if attempts == 0:
                    raise
            else:
                if confirmations == 0 or call.is_empty is None or not call.is_empty(value):
                    return Fetched(value, self._clock.now(), None, Source.LIVE)
                confirmations -= 1

    async def limit(self, limits: Limits) -> None:
        """Noted."""
        self.limits = limits

    async def evict(self, call: Call[Any]) -> None:
        """Nothing is kept."""
        del call


class MemoryStore:
    """A key-value store without expiry, for one test."""

    def __init__(self) -> None:
        self._values: dict[str, bytes] = {}
        self._leases: dict[str, str] = {}

    async def get(self, key: str) -> bytes | None:
        """The value, or None."""
        return self._values.get(key)

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        """Kept for good."""
        del ttl_seconds
        self._values[key] = value

    async def delete(self, key: str) -> None:
        """Forgotten."""
        self._values.pop(key, None)

    async def acquire(self, key: str, holder: str, ttl_seconds: float) -> bool:
        """The first holder has it until it is given back."""
        del ttl_seconds
        return self._leases.setdefault(key, holder) == holder

    async def release(self, key: str, holder: str) -> None:
        """Given back."""
        if self._leases.get(key) == holder:
            del self._leases[key]


@asynccontextmanager
async def provider_context(
    environment: Mapping[str, str] | None = None, *, clock: Clock | None = None
) -> AsyncIterator[ProviderContext]:
    """A context with everything a provider may ask for; its HTTP clients are closed at the end."""
    time = clock or SystemClock()
    clients: list[httpx.AsyncClient] = []

    def open_http(base_url: str, *, app: ASGIApp | None = None) -> httpx.AsyncClient:
        transport = None if app is None else httpx.ASGITransport(app=app)
        clients.append(httpx.AsyncClient(base_url=base_url, transport=transport, trust_env=False))
        return clients[-1]

    def open_upstream(declaration: Declaration, exchange: Exchange) -> DirectUpstream:
        return DirectUpstream(declaration, exchange, time)

    try:
        yield ProviderContext(
            environment=environment or {},
            clock=time,
            store=MemoryStore(),
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
