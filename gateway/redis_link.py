"""
One Redis and its moods: everything that speaks to Redis goes through a `RedisLink`.

Redis is shared by the gateway's processes and is never necessary to answer. So there is one short timeout,
one kind of failure (`RedisGone`) and one place that knows whether Redis is there: while it is not, nobody
waits for it, and a probe finds out when it is back. Valkey speaks the same protocol and is meant wherever
Redis is said.
"""

import asyncio
import contextlib
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import TypeVar

import redis.asyncio
import structlog
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import (
    BusyLoadingError,
    OutOfMemoryError,
    ReadOnlyError,
    RedisError,
    ResponseError,
)
from redis.exceptions import (
    ConnectionError as RedisConnectionError,
)
from redis.exceptions import (
    TimeoutError as RedisTimeoutError,
)

from providers.clock import Clock

T = TypeVar("T")
Change = Callable[[bool], None]

log = structlog.get_logger(__name__)

KEY_VERSION = 1
"""Raise it when stored shapes change: processes of both versions then keep to their own keys."""

# Answers that say "not now" about the whole server. Any other error answer is a mistake of ours and is
# raised.
_MOODS = (
    "LOADING",
    "OOM",
    "READONLY",
    "MISCONF",
    "BUSY",
    "NOREPLICAS",
    "MASTERDOWN",
    "CLUSTERDOWN",
    "TRYAGAIN",
)
_GONE = (RedisConnectionError, RedisTimeoutError, OutOfMemoryError, ReadOnlyError, BusyLoadingError)


class RedisGone(Exception):
    """Redis is down, too slow or full; carry on without it."""


@dataclass(frozen=True, slots=True)
class LinkTiming:
    """How patient a link is, in seconds."""

    answer: float = 0.25
    """A command that takes longer has failed. A local Redis answers in well under a millisecond."""
    probe: float = 0.5
    """Between two probes while Redis is away; the first follows at once: a mere hiccup must not cost this."""
    lease: float = 1.5
    """A flight's lease that nobody renews is free after this: how long a dead process holds the others up."""


class RedisLink:
    """
    A connection pool to one Redis, and whether it is of use at the moment.

    Args:
        url: `redis://`, `rediss://` or `unix://`.
        clock: Paces the probe.
        prefix: Begins every key, so that several gateways can share one Redis.
        timing: How patient the link is.
    """

    def __init__(
        self, url: str, clock: Clock, *, prefix: str = "sourcescout", timing: LinkTiming | None = None
    ) -> None:
        self.prefix = f"{prefix}:v{KEY_VERSION}:"
        self.timing = timing or LinkTiming()
        self.up = True
        """False from a failure until a probe has written and read again."""
        self._clock = clock
        self._client = redis.asyncio.Redis.from_url(
            url,
            socket_timeout=self.timing.answer,
            socket_connect_timeout=self.timing.answer,
            # What a command did before its connection broke is unknown: the caller decides about repeating
            # it.
            retry=Retry(NoBackoff(), 0),
        )
        self._probe_key = f"{self.prefix}probe:{uuid.uuid4().hex[:12]}"
        self._failed = asyncio.Event()
        self._listeners: list[Change] = []
        self._prober: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Try Redis once and begin watching it; a Redis that is away does not stop the start."""
        await self._probe()
        self._prober = asyncio.create_task(self._watch(), name="redis-probe")

    async def aclose(self) -> None:
        """Stop watching and close the connections."""
        if self._prober is not None:
            self._prober.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._prober
            self._prober = None
        await self._client.aclose()

    def on_change(self, listener: Change) -> Callable[[], None]:
        """Call `listener(up)` whenever Redis goes or comes back; returns what ends that."""
        self._listeners.append(listener)
        return lambda: self._listeners.remove(listener)

    async def run(self, use: Callable[[redis.asyncio.Redis], Awaitable[T]]) -> T:
        """
        Let `use` speak to Redis, once and briefly.

        Raises:
            RedisGone: At once while Redis is away; otherwise after `timing.answer` seconds at most. Whether a
                command was carried out is then unknown.
        """
        if not self.up:
            raise RedisGone("Redis is away")
        try:
            return await self._try(use)
        except RedisGone as gone:
            self._turn(up=False, why=str(gone))
            raise

    async def _try(self, use: Callable[[redis.asyncio.Redis], Awaitable[T]]) -> T:
        task = asyncio.current_task()
        cancels = task.cancelling() if task is not None else 0
        try:
            async with asyncio.timeout(self.timing.answer):
                answer = await use(self._client)
        except TimeoutError as error:
            raise RedisGone("no answer in time") from error
        except ResponseError as error:
            if isinstance(error, _GONE) or str(error).startswith(_MOODS):
                raise RedisGone(f"refuses: {error}") from error
            raise
        except (*_GONE, OSError) as error:
            raise RedisGone(f"cannot be reached: {type(error).__name__}") from error
        if task is not None and task.cancelling() > cancels:
            # redis-py loses a cancellation that arrives while it looks whether a pooled connection is still
            # alive.
            raise asyncio.CancelledError
        return answer

    async def _probe(self) -> None:
        async def write(client: redis.asyncio.Redis) -> None:
            # A ping is answered by a Redis that is full or read-only; only a write says that it is of use.
            await client.set(self._probe_key, b"1", px=5_000)

        try:
            await self._try(write)
        except (RedisGone, RedisError) as error:
            self._turn(up=False, why=str(error))
        else:
            self._turn(up=True, why="probe written")

    async def _watch(self) -> None:
        while True:
            await self._failed.wait()
            # Half-open connections to a dead or frozen server would be tried one by one otherwise.
            # Over TLS saying goodbye to a frozen server times out; the probe must outlive that.
            with contextlib.suppress(RedisError, OSError):
                await self._client.connection_pool.disconnect(inuse_connections=False)
            await self._probe()
            if not self.up:
                await self._clock.sleep(self.timing.probe)

    def _turn(self, *, up: bool, why: str) -> None:
        if up:
            self._failed.clear()
        else:
            self._failed.set()
        if up == self.up:
            return
        self.up = up
        log.warning("redis.back" if up else "redis.gone", why=why)
        for listener in tuple(self._listeners):
            listener(up)
