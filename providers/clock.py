"""
Time, handed in rather than looked up, so that tests decide how fast a day passes.

Two readings, never mixed: `monotonic` for waiting and ages inside a process, `now` for what is shown to
people and for things tied to a calendar (a supplier's allowance resets at 00:00 UTC).
"""

import asyncio
import heapq
import itertools
import time
from datetime import UTC, datetime, timedelta
from typing import Protocol, TypeVar

T = TypeVar("T")


class Clock(Protocol):
    """What anything that waits or dates is handed."""

    def now(self) -> datetime:
        """Aware UTC wall time."""
        ...

    def monotonic(self) -> float:
        """Seconds since some fixed instant; only differences mean anything."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Wait; zero or less only yields to the event loop."""
        ...


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """Aware UTC wall time."""
        return datetime.now(UTC)

    def monotonic(self) -> float:
        """Seconds on the machine's monotonic clock."""
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        """Wait on the event loop."""
        await asyncio.sleep(max(0.0, seconds))


class ManualClock:
    """
    A clock that stands still until a test moves it.

    `sleep` parks the caller until `advance` has passed its wake-up time; `run` advances by itself to the next
    sleeper until a coroutine is done, so that hours of simulated waiting take milliseconds.
    """

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self._elapsed = 0.0
        self._sleepers: list[tuple[float, int, asyncio.Event]] = []
        self._order = itertools.count()

    def now(self) -> datetime:
        """The start plus all that was advanced."""
        return self._start + timedelta(seconds=self._elapsed)

    def monotonic(self) -> float:
        """Seconds advanced so far."""
        return self._elapsed

    async def sleep(self, seconds: float) -> None:
        """Wait until `advance` has moved past this moment."""
        if seconds <= 0:
            await asyncio.sleep(0)
            return
        woken = asyncio.Event()
        heapq.heappush(self._sleepers, (self._elapsed + seconds, next(self._order), woken))
        await woken.wait()

    async def advance(self, seconds: float) -> None:
        """Move time forward, waking sleepers in order and letting each run before the next."""
        end = self._elapsed + seconds
        await self._settle()
        while self._sleepers and self._sleepers[0][0] <= end:
            due, _, woken = heapq.heappop(self._sleepers)
            self._elapsed = max(self._elapsed, due)
            woken.set()
            await self._settle()
        self._elapsed = end
        await self._settle()

    async def run(self, awaitable: asyncio.Future[T], limit_seconds: float = 1e7) -> T:
        """Advance to each next sleeper until the future is done, and return its result."""
        end = self._elapsed + limit_seconds
        await self._settle()
        while not awaitable.done():
            if not self._sleepers:
                await asyncio.sleep(0.001)  # something real (a socket, a subprocess) is being waited for
            elif self._sleepers[0][0] > end:
                awaitable.cancel()
                raise TimeoutError(f"not done after {limit_seconds} simulated seconds")
            else:
                await self.advance(self._sleepers[0][0] - self._elapsed)
            await self._settle()
        return await awaitable

    @staticmethod
    async def _settle() -> None:
        # A woken task may need several turns of the loop to reach its next wait.
        for _ in range(50):
            await asyncio.sleep(0)
