"""
The budget: how any number of processes share one supplier account's quota without one refused call.

    acquire ──▶ line.py: who is next in this process? ──▶ a book: may the best of all processes go now?
                                                          memory.py    this process only
                                                          shared.py    all processes, a Lua script in Redis
                                                          fallback.py  shared; without Redis, carefully alone

A permit is for *now*. Nothing is booked ahead, so a call in a higher lane waits for the call under way at
most. Pacing, lanes and their shares are data in `pacing.py`. This module holds the words the rest of the
gateway needs; `memory.memory_budget` and `fallback.shared_budget` make one.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from providers.errors import QuotaExhausted, RateLimited
from providers.upstream import CallPolicy, Lane, Limits


@dataclass(slots=True)
class Ticket:
    """One caller's place in the queue; may be raised while it waits, never lowered."""

    lane: Lane
    deadline: float
    """Instant on the clock's monotonic scale after which nobody wants the permit any more."""
    _raised: Callable[[], None] | None = field(default=None, repr=False, compare=False)

    def raise_to(self, lane: Lane, deadline: float) -> None:
        """Count for the more urgent lane and the later deadline: someone else waits for the same answer."""
        lane, deadline = min(self.lane, lane), max(self.deadline, deadline)
        if (lane, deadline) == (self.lane, self.deadline):
            return
        self.lane, self.deadline = lane, deadline
        if self._raised is not None:
            self._raised()

    def watch(self, raised: Callable[[], None] | None) -> None:
        """Let the queue it stands in know of every raise."""
        self._raised = raised


@dataclass(frozen=True, slots=True)
class Permit:
    """Leave to send one call now."""

    waited: float
    """Seconds between asking and getting it."""
    leave: Callable[[], Awaitable[None]] = field(repr=False)
    give_back: Callable[[], Awaitable[None]] = field(repr=False)

    async def left(self) -> None:
        """
        Say that the request leaves now: call it with the connection ready, just before the first byte.

        Free while the permit is fresh. When connecting took so long that the call could meet somebody
        else's at the supplier, the slot is moved to now, or another one is waited for, at the old place in
        the queue and without paying points twice.

        Raises:
            RateLimited: The deadline passed, or will, before another slot opens. Nothing must be sent then.
        """
        await self.leave()

    async def unsent(self) -> None:
        """
        Say that nothing was sent after all, for certain: its points are there again, its slot has passed.

        A supplier that cannot be reached would otherwise use up the day's points without having one call.
        """
        await self.give_back()


@dataclass(frozen=True, slots=True)
class BudgetState:
    """What an operator or client may be told about one account's quota."""

    requests_per_second: float
    """The supplier's own figure; what we use of it is a little less."""
    points_per_day: int | None
    """None: calls cost no points here."""
    points_remaining: int | None
    resets_at: datetime | None
    """When the allowance is full again, aware UTC."""
    queue_depth: int
    """Calls waiting in all processes, as far as known."""
    estimated_wait_seconds: float
    """What an interactive call would wait if it came now."""
    degraded: bool
    """True while Redis is away and this process uses a cautious share on its own."""
    refusals: int
    """Refusals by the supplier for going too fast or being out of points, since the shared state began."""


class Budget(Protocol):
    """One supplier account's quota, as every stage above sees it."""

    async def start(self) -> None:
        """Begin handing out permits."""
        ...

    async def aclose(self) -> None:
        """Stop; whoever still waits gets RateLimited."""
        ...

    async def acquire(self, policy: CallPolicy, ticket: Ticket) -> Permit:
        """
        Wait for leave to send one call, at the latest until the ticket's deadline.

        Abandoning the wait (cancelling) leaves the queue.

        Raises:
            RateLimited: It cannot leave in time; raised as soon as that is foreseeable. `retry_after` is
                the time it would have taken.
            QuotaExhausted: The day's allowance does not suffice in time; `retry_after` is until it does.
        """
        ...

    async def refused(self, error: RateLimited | QuotaExhausted) -> None:
        """Pause everyone: the supplier refused a call all the same. Out of points: count none as left."""
        ...

    async def learn(self, remaining: int, total: int | None) -> None:
        """Believe the supplier's own figure of the points left, and of the day's total where it says so."""
        ...

    async def limit(self, limits: Limits) -> None:
        """Replace the account's limits, once the supplier has told what they really are."""
        ...

    async def state(self) -> BudgetState:
        """How things stand."""
        ...
