"""
One paid exchange: leave from the breaker and the budget, the wire, the reading of what came back.

Everything that has to be counted once per exchange is counted here: budget, breaker, usage, totals.
"""

import asyncio
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import structlog

from gateway.upstream.answers import Landing
from gateway.upstream.breaker import Breaker
from gateway.upstream.budget import Budget, Permit
from gateway.upstream.flight import Flight
from gateway.upstream.http import Departure, departing
from gateway.upstream.owner import Tasks, in_time
from providers.clock import Clock
from providers.errors import MalformedResponse, ProviderError, QuotaExhausted, RateLimited, UpstreamTimeout
from providers.upstream import Call, Exchange, Reply

log = structlog.get_logger(__name__)


class Denied(Exception):
    """The call may not leave, says our own side; trying again inside the deadline is pointless."""

    def __init__(self, error: ProviderError) -> None:
        super().__init__(str(error))
        self.error = error


@dataclass(slots=True)
class Totals:
    """What one supplier account has cost and saved since the start of this process, for metrics."""

    calls: int = 0
    points: int = 0
    cache_hits: int = 0
    stale_hits: int = 0
    coalesced: int = 0
    revalidations: int = 0
    retries: int = 0
    refusals: int = 0
    """By the supplier, for going too fast or being out of points."""
    waited_seconds: float = 0.0
    failures: Counter[str] = field(default_factory=Counter)
    """Failed exchanges by the class of their error."""


class PaidExchange:
    """
    The stages below retrying: breaker ▸ budget ▸ exchange ▸ reading.

    Called with a call and its flight, it gives a Landing, or raises Denied (nothing was sent) or what
    the exchange raised.
    """

    def __init__(
        self,
        exchange: Exchange,
        budget: Budget,
        breaker: Breaker,
        *,
        provider: str,
        clock: Clock,
        tasks: Tasks,
        totals: Totals,
    ) -> None:
        self._exchange = exchange
        self._budget = budget
        self._breaker = breaker
        self._provider = provider
        self._clock = clock
        self._tasks = tasks
        self._totals = totals
        self._is_watched = False

    async def __call__(self, call: Call[Any], flight: Flight) -> Landing:
        """One exchange, paid, bounded by the call's timeout, counted."""
        permit = await self._leave(call, flight)
        try:
            era = self._breaker.enter(call.policy.operation) if call.policy.breaks else None
        except ProviderError as error:
            await permit.unsent()
            raise Denied(error) from error
        departure = Departure(permit.left)
        began = self._clock.monotonic()
        flight.sent = True
        knows_unsent = False
        try:
            landing = await self._travel(call, flight, departure)
        except ProviderError as error:
            knows_unsent = error.unsent
            self._sign(error, call)
            if error is departure.denied:
                self._passed(era)
                raise Denied(error) from error
            if era is not None:
                self._breaker.failed(era, error)
            await self._note_failure(error)
            raise
        except BaseException:
            self._passed(era)
            raise
        finally:
            flight.sent = False
            self._is_watched = self._is_watched or departure.watched
            if departure.happened:
                self._charge(call, flight, permit, self._clock.monotonic() - began)
            elif knows_unsent or self._is_unsent(departure):
                await permit.unsent()
        if era is not None:
            self._breaker.succeeded(era)
        return landing

    async def _leave(self, call: Call[Any], flight: Flight) -> Permit:
        began = self._clock.monotonic()
        try:
            if not call.policy.breaks:
                return await self._budget.acquire(call.policy, flight.ticket)
            self._breaker.check(call.policy.operation)
            return await self._permit_unless_shut(call, flight)
        except ProviderError as error:
            self._sign(error, call)
            raise Denied(error) from error
        finally:
            waited = self._clock.monotonic() - began
            self._totals.waited_seconds += waited
            if flight.usage is not None:
                flight.usage.waited_ms += round(waited * 1000)

    async def _permit_unless_shut(self, call: Call[Any], flight: Flight) -> Permit:
        # Once the supplier is known to be down, nobody should sit through a queue of a minute to hear it.
        queued = self._tasks.start(self._budget.acquire(call.policy, flight.ticket), name="upstream.queue")
        shut = self._breaker.shutting()
        try:
            await asyncio.wait((queued, shut), return_when=asyncio.FIRST_COMPLETED)
            if not queued.done():
                self._breaker.check(call.policy.operation)
            return await queued
        finally:
            queued.cancel()

    async def _travel(self, call: Call[Any], flight: Flight, departure: Departure) -> Landing:
        with departing(departure):
            travel = self._tasks.start(_awaited(self._exchange, call), name="upstream.exchange")
        try:
            # Not bounded by the readers' deadlines: it is paid for, and fills the cache for the next.
            if not await in_time(self._clock, call.policy.timeout, travel):
                raise UpstreamTimeout(
                    f"No answer within {call.policy.timeout:g} seconds.",
                    provider=self._provider,
                    operation=call.policy.operation,
                )
        finally:
            if not travel.done():
                travel.cancel()
                await asyncio.wait((travel,))
        reply = travel.result()
        departure.arrived()
        if reply.points_remaining is not None:
            flight.points_remaining = reply.points_remaining
            await self._budget.learn(reply.points_remaining, reply.points_total)
        return self._read(call, reply)

    def _read(self, call: Call[Any], reply: Reply) -> Landing:
        try:
            value = call.read(reply.payload)
        except ProviderError:
            raise
        except Exception as error:
            # A shape that the adapter did not think of: to everybody above the same as one it refused.
            log.exception("upstream.unreadable", provider=self._provider, operation=call.policy.operation)
            raise MalformedResponse(
                "The supplier's answer could not be understood; the gateway's log has the details."
            ) from error
        return Landing(value=value, payload=reply.payload, absence=None, believed=True)

    def _charge(self, call: Call[Any], flight: Flight, permit: Permit, seconds: float) -> None:
        self._totals.calls += 1
        self._totals.points += call.policy.weight
        if flight.usage is not None:
            flight.usage.calls += 1
            flight.usage.points += call.policy.weight
            if flight.points_remaining is not None:
                flight.usage.points_remaining = flight.points_remaining
        log.info(
            "upstream.call",
            provider=self._provider,
            operation=call.policy.operation,
            lane=flight.ticket.lane.name,
            waited_ms=round(permit.waited * 1000),
            duration_ms=round(seconds * 1000),
            points=call.policy.weight,
        )

    async def _note_failure(self, error: ProviderError) -> None:
        self._totals.failures[type(error).__name__] += 1
        if isinstance(error, RateLimited | QuotaExhausted):
            self._totals.refusals += 1
            log.warning(
                "upstream.refused",
                provider=self._provider,
                operation=error.operation,
                error=type(error).__name__,
                code=error.code,
                retry_after=error.retry_after,
            )
            await self._budget.refused(error)

    def _is_unsent(self, departure: Departure) -> bool:
        # That nothing was seen to leave means something only where requests are seen: an adapter with a
        # client of its own would get back what it spent.
        return departure.denied is not None or self._is_watched

    def _passed(self, era: int | None) -> None:
        if era is not None:
            self._breaker.left(era)

    def _sign(self, error: ProviderError, call: Call[Any]) -> None:
        # The budget does not know the operation, and a small exchange may not say who it is.
        error.provider = error.provider or self._provider
        error.operation = error.operation or call.policy.operation


async def _awaited(exchange: Exchange, call: Call[Any]) -> Reply:
    # An Exchange promises an awaitable; a task wants a coroutine.
    return await exchange(call)
