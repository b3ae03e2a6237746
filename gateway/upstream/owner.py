"""Tasks that outlive the request that began them, owned so that none is lost; waits by the injected clock."""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from providers.clock import Clock

T = TypeVar("T")


class Tasks:
    """
    Holds tasks until they are done, and ends those that are left when it is closed.

    A TaskGroup belongs to one scope and ends all when one fails; a flight belongs to no request and
    fails alone.
    """

    def __init__(self) -> None:
        self._running: set[asyncio.Task[Any]] = set()
        self._closed = False

    def start(self, coroutine: Coroutine[Any, Any, T], *, name: str) -> asyncio.Task[T]:
        """Run a coroutine. Raises RuntimeError after `aclose`."""
        if self._closed:
            coroutine.close()
            raise RuntimeError("closed: no more calls leave")
        task = asyncio.create_task(coroutine, name=name)
        self._running.add(task)
        task.add_done_callback(self._done)
        return task

    async def aclose(self) -> None:
        """Cancel what runs and wait until it has ended."""
        self._closed = True
        running = list(self._running)
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        # Failures reach whoever waits; when everybody has left, that nobody looked is no mistake.
        if not task.cancelled():
            task.exception()


async def in_time(clock: Clock, seconds: float, future: asyncio.Future[T]) -> bool:
    """
    Wait for a future for some seconds of the injected clock, without ever cancelling it.

    `asyncio.timeout` measures by the event loop, which a test cannot move.

    Returns:
        Whether it is done.
    """
    if future.done() or seconds <= 0:
        return future.done()
    alarm = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait((future, alarm), return_when=asyncio.FIRST_COMPLETED)
    finally:
        alarm.cancel()
    return future.done()
