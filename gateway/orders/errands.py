"""
Work that outlives whoever asked for it: what has begun at a supplier is ended, though the client has gone.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Any, TypeVar

import structlog

from gateway.storage.engine import StorageGone
from gateway.upstream.owner import Tasks
from providers.clock import Clock

T = TypeVar("T")
log = structlog.get_logger(__name__)

Renewal = Callable[[], Awaitable[object]]


class Errands:
    """Owns the tasks of the orders' part of the gateway. `aclose` at the end."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._tasks = Tasks()
        self._ended = asyncio.Condition()
        self._running = 0

    def start(self, work: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Run a piece of work to its end, whoever waits for it. Raises RuntimeError once closed."""
        try:
            return self._tasks.start(self._counted(work), name=name)
        except RuntimeError:
            work.close()
            raise

    @asynccontextmanager
    async def renewing(self, seconds: float, *renewals: Renewal) -> AsyncIterator[None]:
        """Hold what was taken for so many seconds for as long as the block runs."""
        beat = self._tasks.start(self._renew(seconds / 3, renewals), name="orders.renewing")
        try:
            yield
        finally:
            beat.cancel()
            await asyncio.wait((beat,))

    async def aclose(self, seconds: float) -> None:
        """Let what runs come to its end, for some seconds; what is left then is cut off, as by a crash."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds), self._ended:
                await self._ended.wait_for(lambda: not self._running)
        await self._tasks.aclose()

    async def _counted(self, work: Coroutine[Any, Any, T]) -> T:
        self._running += 1
        try:
            return await work
        finally:
            self._running -= 1
            async with self._ended:
                self._ended.notify_all()

    async def _renew(self, pause: float, renewals: tuple[Renewal, ...]) -> None:
        while True:
            await self._clock.sleep(pause)
            for renew in renewals:
                try:
                    await renew()
                except StorageGone:
                    log.warning("orders.not_renewed", exc_info=True)
