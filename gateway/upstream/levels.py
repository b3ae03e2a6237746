"""
The two levels that answers are kept in: this process's memory, and Redis for all processes.

Both are aiocache caches. aiocache's own memory backend has no bound and sets one loop timer per entry, and
its Redis backend opens a connection pool of its own with its own ideas of a timeout, so each has a small
backend here instead.
"""

from collections import OrderedDict
from collections.abc import Hashable, Sequence
from typing import Any

from aiocache.base import BaseCache  # type: ignore[import-untyped]  # aiocache carries no types
from aiocache.serializers import BaseSerializer, NullSerializer  # type: ignore[import-untyped]
from redis.asyncio import Redis

from gateway.redis_link import RedisLink
from gateway.upstream.entries import Entry, Stored, pack, unpack

BUILT_PER_JSON = 4
"""Bytes that built objects take for each byte of their JSON, roughly: Decimals and tuples are roomy."""

ENTRY_OVERHEAD = 1000
"""Bytes of one entry's key and bookkeeping."""


class Memory(BaseCache):  # type: ignore[misc]
    """
    Built answers in this process, the least recently used given up first.

    Args:
        max_entries: How many; 0 keeps nothing.
        max_bytes: How much they may take together, estimated from the size of their JSON.
    """

    NAME = "memory"

    def __init__(self, *, max_entries: int = 20_000, max_bytes: int = 256_000_000) -> None:
        # Nothing here ever waits, so aiocache's timeout would only cost a task per operation.
        super().__init__(serializer=NullSerializer(), timeout=None)
        self._entries: OrderedDict[Hashable, Entry] = OrderedDict()
        self._max_entries = max_entries
        self._max_bytes = max_bytes
        self._bytes = 0

    def __len__(self) -> int:
        """How many entries are kept."""
        return len(self._entries)

    @property
    def bytes_used(self) -> int:
        """The estimate that `max_bytes` bounds."""
        return self._bytes

    def peek(self, key: Hashable, now: float) -> Entry | None:
        """The entry, without awaiting anything; one past its use is dropped on the way."""
        entry = self._entries.get(key)
        if entry is None:
            return None
        if now - entry.at >= entry.keep_for:
            self.drop(key)
            return None
        self._entries.move_to_end(key)
        return entry

    def put(self, key: Hashable, entry: Entry) -> None:
        """Keep an entry, giving up others for it; one too large for the whole level is not kept."""
        self.drop(key)
        self._entries[key] = entry
        self._bytes += _weight(entry)
        while self._entries and (len(self._entries) > self._max_entries or self._bytes > self._max_bytes):
            _, given_up = self._entries.popitem(last=False)
            self._bytes -= _weight(given_up)

    def drop(self, key: Hashable) -> bool:
        """Forget an entry; whether there was one."""
        entry = self._entries.pop(key, None)
        if entry is not None:
            self._bytes -= _weight(entry)
        return entry is not None

    # The same as aiocache asks for it; `ttl` is left out, for an entry knows how long it is of use, and by
    # which clock.

    async def _get(self, key: Hashable, encoding: object = None, _conn: object = None) -> Entry | None:  # noqa: ARG002
        return self._entries.get(key)

    async def _multi_get(
        self,
        keys: Sequence[Hashable],
        encoding: object = None,  # noqa: ARG002 - aiocache's signature, as everywhere below
        _conn: object = None,
    ) -> list[Entry | None]:
        return [self._entries.get(key) for key in keys]

    async def _set(
        self,
        key: Hashable,
        value: Entry,
        ttl: float | None = None,  # noqa: ARG002
        _cas_token: object = None,
        _conn: object = None,
    ) -> bool:
        self.put(key, value)
        return True

    async def _delete(self, key: Hashable, _conn: object = None) -> int:
        return int(self.drop(key))

    async def _clear(self, namespace: str | None = None, _conn: object = None) -> bool:  # noqa: ARG002
        self._entries.clear()
        self._bytes = 0
        return True


def _weight(entry: Entry) -> int:
    return entry.size * BUILT_PER_JSON + ENTRY_OVERHEAD


class EntrySerializer(BaseSerializer):  # type: ignore[misc]
    """Entries as the bytes of `entries`; what cannot be read comes out as None."""

    DEFAULT_ENCODING = None

    def dumps(self, value: Stored) -> bytes:
        """Raises orjson.JSONEncodeError as `entries.pack`."""
        return pack(value)

    def loads(self, value: bytes | None) -> Stored | None:
        """None for nothing and for anything unreadable."""
        return unpack(value)


class Shared(BaseCache):  # type: ignore[misc]
    """
    Payloads in Redis, over the link that the whole process shares: the link decides about timeouts.

    Every operation raises RedisGone when Redis does not answer in time, and redis.RedisError when it refuses.
    """

    NAME = "redis"

    def __init__(self, link: RedisLink) -> None:
        super().__init__(serializer=EntrySerializer(), namespace=f"{link.prefix}cache:", timeout=None)
        self._link = link

    async def _get(self, key: str, encoding: object = None, _conn: object = None) -> bytes | None:  # noqa: ARG002
        return (await self._multi_get([key]))[0]

    async def _multi_get(
        self,
        keys: Sequence[str],
        encoding: object = None,  # noqa: ARG002
        _conn: object = None,
    ) -> list[bytes | None]:
        async def mget(redis: Redis) -> list[bytes | None]:
            found: Any = await redis.mget(keys)
            return list(found)

        return await self._link.run(mget)

    async def _set(
        self,
        key: str,
        value: bytes,
        ttl: float | None = None,
        _cas_token: object = None,
        _conn: object = None,
    ) -> bool:
        milliseconds = None if ttl is None else max(1, round(ttl * 1000))
        await self._link.run(lambda redis: redis.set(key, value, px=milliseconds))
        return True

    async def _delete(self, key: str, _conn: object = None) -> int:
        deleted: Any = await self._link.run(lambda redis: redis.delete(key))
        return int(deleted)
