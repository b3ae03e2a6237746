"""
Coalescing: equal calls in flight share one flight, in a process and, through `leases`, across processes.

A flight belongs to nobody who waits for it: a reader that leaves, cancelled or out of time, never takes it
from the others. When the last one has left, a flight that still queues is given up, so that it costs
nothing; one whose request is under way is let finish, for it is paid for and fills the cache.
"""

import asyncio
import contextlib
import copy
from collections.abc import Hashable
from typing import Any

from gateway.redis_link import RedisGone
from gateway.upstream.answers import Answers
from gateway.upstream.budget import Ticket
from gateway.upstream.entries import Entry
from gateway.upstream.exchange import Totals
from gateway.upstream.flight import Flight
from gateway.upstream.leases import Lease, Leases
from gateway.upstream.owner import Tasks, in_time
from gateway.upstream.retry import Retry
from providers.clock import Clock
from providers.errors import ProviderError, Unavailable, UpstreamTimeout
from providers.upstream import Ask, Call, Lane

REVALIDATION_SECONDS = 60.0
"""How long a revalidation may wait for its turn: at a call a second, behind a minute of other calls."""


class Coalesce:
    """The stage above retrying: gives entries, one flight for all who ask for the same at once."""

    def __init__(
        self,
        retry: Retry,
        answers: Answers,
        *,
        provider: str,
        leases: Leases | None,
        clock: Clock,
        tasks: Tasks,
        totals: Totals,
    ) -> None:
        self._retry = retry
        self._answers = answers
        self._provider = provider
        self._leases = leases
        self._clock = clock
        self._tasks = tasks
        self._totals = totals
        self._flights: dict[Hashable, tuple[Flight, asyncio.Task[Entry]]] = {}

    async def fetch(
        self, key: Hashable | None, call: Call[Any], ask: Ask, fresh_for: float, keep_for: float
    ) -> Entry:
        """
        The entry of a call that is under way for somebody already, or begins now.

        Args:
            key: What equal calls share; None for a call that is never shared.
            call: What to ask.
            ask: Who asks: joins with its lane and deadline, and is charged when the flight begins here.
            fresh_for: How young an answer read by another process must be, seconds.
            keep_for: How long the answer is kept, seconds.

        Raises:
            ProviderError: The flight failed.
            UpstreamTimeout: The deadline of this reader came first.
        """
        usage = ask.meter.of(self._provider)
        under_way = None if key is None else self._flights.get(key)
        if under_way is None:
            flight = self._new(ask.lane, ask.deadline, fresh_for)
            flight.usage = usage
            task = self._take_off(key, call, flight, keep_for)
        else:
            flight, task = under_way
            flight.join(ask.lane, ask.deadline, fresh_for)
            usage.coalesced += 1
            self._totals.coalesced += 1
        try:
            landed = await in_time(self._clock, ask.deadline - self._clock.monotonic(), task)
        finally:
            self._leave(key, flight, task)
        if flight.points_remaining is not None:
            usage.points_remaining = flight.points_remaining
        if not landed:
            raise UpstreamTimeout(
                "No answer before the deadline; it is still being asked for, try again shortly.",
                retry_after=1.0,
                provider=self._provider,
                operation=call.policy.operation,
            )
        return _outcome(task, provider=self._provider, operation=call.policy.operation)

    def flies(self, key: Hashable) -> bool:
        """Whether such a call is under way, so that whoever asks now would only have to join."""
        return key in self._flights

    def revalidate(
        self, key: Hashable, call: Call[Any], fresh_for: float, keep_for: float
    ) -> asyncio.Task[Entry] | None:
        """Begin a background flight that nobody waits or is charged for; None when one is under way."""
        if key in self._flights:
            return None
        self._totals.revalidations += 1
        deadline = self._clock.monotonic() + REVALIDATION_SECONDS
        return self._take_off(key, call, self._new(Lane.BACKGROUND, deadline, fresh_for), keep_for)

    def forget(self, key: Hashable) -> None:
        """What flies now may carry what was true before: it is delivered to those who wait and not kept."""
        under_way = self._flights.pop(key, None)
        if under_way is not None:
            under_way[0].keeps = False

    def _new(self, lane: Lane, deadline: float, fresh_for: float) -> Flight:
        return Flight(
            Ticket(lane, deadline), usage=None, fresh_for=fresh_for, began=self._clock.monotonic(), waiting=1
        )

    def _take_off(
        self, key: Hashable | None, call: Call[Any], flight: Flight, keep_for: float
    ) -> asyncio.Task[Entry]:
        task = self._tasks.start(
            self._fly(key, call, flight, keep_for), name=f"upstream.flight {call.policy.operation}"
        )
        if key is not None:
            self._flights[key] = (flight, task)
        return task

    def _leave(self, key: Hashable | None, flight: Flight, task: asyncio.Task[Entry]) -> None:
        flight.waiting -= 1
        if not flight.waiting and not flight.sent and not task.done():
            self._detach(key, flight)
            task.cancel()

    def _detach(self, key: Hashable | None, flight: Flight) -> None:
        if key is not None and (under_way := self._flights.get(key)) and under_way[0] is flight:
            del self._flights[key]

    async def _fly(self, key: Hashable | None, call: Call[Any], flight: Flight, keep_for: float) -> Entry:
        try:
            if key is None or self._leases is None or keep_for <= 0:
                return await self._land(key, call, flight, keep_for)
            lease = self._leases.of(self._answers.name(call), flight)
            return await self._fly_leased(key, call, flight, keep_for, lease)
        finally:
            # In the same step as the task's end: nobody joins a flight that has landed.
            self._detach(key, flight)

    async def _fly_leased(
        self, key: Hashable, call: Call[Any], flight: Flight, keep_for: float, lease: Lease
    ) -> Entry:
        error: BaseException | None = None
        try:
            with contextlib.suppress(RedisGone):  # then each process flies for itself
                await lease.take()
                entry = await self._answers.read(key, call, keep_for)
                if entry is not None and self._satisfies(entry, flight):
                    self._shared_by_another(flight)
                    return entry
                failure = await lease.failure()
                if failure is not None:
                    self._shared_by_another(flight)
                    raise failure
            return await self._land(key, call, flight, keep_for)
        except ProviderError as failed:
            failed.provider = failed.provider or self._provider
            failed.operation = failed.operation or call.policy.operation
            # With no reader left it was cut short, and says nothing to others.
            error = failed if flight.waiting else None
            raise
        finally:
            # Before anything is awaited: whoever comes from now on finds the entry, or begins anew.
            self._detach(key, flight)
            await lease.release(error)

    def _shared_by_another(self, flight: Flight) -> None:
        self._totals.coalesced += 1
        if flight.usage is not None:
            flight.usage.coalesced += 1

    def _satisfies(self, entry: Entry, flight: Flight) -> bool:
        return entry.at >= flight.began or self._clock.monotonic() - entry.at < flight.fresh_for

    async def _land(self, key: Hashable | None, call: Call[Any], flight: Flight, keep_for: float) -> Entry:
        landing = await self._retry(call, flight)
        if key is None or not flight.keeps:
            return self._answers.entry(landing, call, keep_for)
        return await self._answers.keep(key, call, landing, keep_for)


def _outcome(task: asyncio.Task[Entry], *, provider: str, operation: str) -> Entry:
    """What a finished flight came to; its failure as a copy, for one exception raised in many tasks grows."""
    if task.cancelled():
        raise Unavailable("The gateway is stopping.", retry_after=1.0, provider=provider, operation=operation)
    try:
        return task.result()
    except ProviderError as error:
        raise copy.copy(error) from error
