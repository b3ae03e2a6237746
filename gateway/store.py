"""
The small store for what outlives a request and is not an answer: suppliers' tokens, account settings, leases.

`MemoryStore` serves one process. `SharedStore` serves all of them through Redis and remembers what this
process has seen, so that a Redis that is away, or comes back empty, costs nobody a login: CJ allows one in
five minutes.
"""

from dataclasses import dataclass
from typing import Any

import structlog
from redis.asyncio import Redis

from gateway.redis_link import RedisGone, RedisLink
from providers.clock import Clock
from providers.upstream import KeyValueStore

log = structlog.get_logger(__name__)

# A deletion is written down: a key that is simply missing was lost with a restart, and is put back.
_VALUE, _DELETED = b"=", b"-"
_DELETED_FOR = 86_400
"""Seconds a deletion is remembered; every process looks at its keys far more often."""

# KEYS: lease. ARGV: holder, milliseconds.
_ACQUIRE = """
local holder = redis.call('GET', KEYS[1])
if holder and holder ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
return 1
"""
_RELEASE = """
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0
"""


def open_store(link: RedisLink | None, clock: Clock) -> KeyValueStore:
    """The store for this configuration."""
    return MemoryStore(clock) if link is None else SharedStore(link, clock)


@dataclass(slots=True)
class _Kept:
    value: bytes
    until: float | None  # monotonic
    unsent: bool = False  # Redis does not have it yet


class MemoryStore:
    """A `KeyValueStore` of this process alone."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._values: dict[str, _Kept] = {}
        self._leases: dict[str, _Kept] = {}

    async def get(self, key: str) -> bytes | None:
        """As `KeyValueStore.get`."""
        kept = self._alive(self._values, key)
        return None if kept is None else kept.value

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        """As `KeyValueStore.set`."""
        self._values[key] = self._made(value, ttl_seconds)

    async def delete(self, key: str) -> None:
        """As `KeyValueStore.delete`."""
        self._values.pop(key, None)

    async def acquire(self, key: str, holder: str, ttl_seconds: float) -> bool:
        """As `KeyValueStore.acquire`; a holder that asks again holds it longer."""
        kept = self._alive(self._leases, key)
        if kept is not None and kept.value != holder.encode():
            return False
        self._leases[key] = self._made(holder.encode(), ttl_seconds)
        return True

    async def release(self, key: str, holder: str) -> None:
        """As `KeyValueStore.release`."""
        kept = self._leases.get(key)
        if kept is not None and kept.value == holder.encode():
            del self._leases[key]

    def _made(self, value: bytes, ttl_seconds: float | None) -> _Kept:
        return _Kept(value, None if ttl_seconds is None else self._clock.monotonic() + ttl_seconds)

    def _alive(self, kept: dict[str, _Kept], key: str) -> _Kept | None:
        one = kept.get(key)
        if one is not None and one.until is not None and one.until <= self._clock.monotonic():
            del kept[key]
            return None
        return one


class SharedStore:
    """
    A `KeyValueStore` of all processes.

    While Redis is away each process goes by what it knows, and leases are its own. What was written
    meanwhile reaches Redis with the next use of its key.
    """

    def __init__(self, link: RedisLink, clock: Clock) -> None:
        self._link = link
        self._clock = clock
        self._known: dict[str, _Kept | None] = {}  # None: deleted here while Redis was away
        self._alone = MemoryStore(clock)

    async def get(self, key: str) -> bytes | None:
        """As `KeyValueStore.get`."""
        try:
            await self._catch_up(key)
            raw = await self._read(key)
            if raw is None and self._remembered(key) is not None:
                raw = await self._put_back(key)
            if raw is None or raw[:1] != _VALUE:
                self._known.pop(key, None)
                return None
            kept = self._known.get(key)
            if kept is None or kept.value != raw[1:]:
                self._known[key] = _Kept(raw[1:], await self._expiry(key))
        except RedisGone:
            return self._remembered(key)
        return raw[1:]

    async def set(self, key: str, value: bytes, ttl_seconds: float | None = None) -> None:
        """As `KeyValueStore.set`."""
        until = None if ttl_seconds is None else self._clock.monotonic() + ttl_seconds
        self._known[key] = _Kept(value, until, unsent=True)
        try:
            await self._catch_up(key)
        except RedisGone:
            log.info("store.unshared", key=key)

    async def delete(self, key: str) -> None:
        """As `KeyValueStore.delete`."""
        self._known[key] = None
        try:
            await self._catch_up(key)
        except RedisGone:
            log.info("store.unshared", key=key)

    async def acquire(self, key: str, holder: str, ttl_seconds: float) -> bool:
        """As `KeyValueStore.acquire`; a holder that asks again holds it longer."""
        try:
            return bool(await self._eval(_ACQUIRE, key, holder, max(1, round(ttl_seconds * 1000))))
        except RedisGone:
            return await self._alone.acquire(key, holder, ttl_seconds)

    async def release(self, key: str, holder: str) -> None:
        """As `KeyValueStore.release`."""
        await self._alone.release(key, holder)
        try:
            await self._eval(_RELEASE, key, holder)
        except RedisGone:
            log.info("store.lease_left", key=key)  # it expires by itself

    def _name(self, key: str) -> str:
        return f"{self._link.prefix}store:{key}"

    def _remembered(self, key: str) -> bytes | None:
        kept = self._known.get(key)
        if kept is None or (kept.until is not None and kept.until <= self._clock.monotonic()):
            return None
        return kept.value

    async def _catch_up(self, key: str) -> None:
        """Tell Redis what it does not know yet about a key. Raises RedisGone."""
        if key not in self._known:
            return
        kept = self._known[key]
        if kept is None:
            await self._link.run(lambda redis: redis.set(self._name(key), _DELETED, ex=_DELETED_FOR))
            if self._known.get(key) is None:
                self._known.pop(key, None)
        elif kept.unsent and self._remembered(key) is not None:
            await self._write(key, kept, only_if_missing=False)
            kept.unsent = False

    async def _put_back(self, key: str) -> bytes | None:
        """Give a Redis that lost the key what this process remembers, unless another was faster."""
        kept = self._known[key]
        if kept is not None:
            await self._write(key, kept, only_if_missing=True)
        return await self._read(key)

    async def _read(self, key: str) -> bytes | None:
        async def get(redis: Redis) -> bytes | None:
            found: Any = await redis.get(self._name(key))
            return found if isinstance(found, bytes) else None

        return await self._link.run(get)

    async def _write(self, key: str, kept: _Kept, *, only_if_missing: bool) -> None:
        left = None if kept.until is None else max(1, round((kept.until - self._clock.monotonic()) * 1000))
        await self._link.run(
            lambda redis: redis.set(self._name(key), _VALUE + kept.value, px=left, nx=only_if_missing)
        )

    async def _expiry(self, key: str) -> float | None:
        left: int = await self._link.run(lambda redis: redis.pttl(self._name(key)))
        return None if left < 0 else self._clock.monotonic() + left / 1000

    async def _eval(self, script: str, key: str, *arguments: str | int) -> int:
        async def evaluate(redis: Redis) -> int:
            answer: int = await redis.eval(script, 1, f"{self._link.prefix}lease:{key}", *arguments)
            return answer

        return await self._link.run(evaluate)
