"""
What is kept of a supplier's answers, over both levels: looked up, kept, evicted.

How old an answer may be is not decided here but in `cache`; here an entry is there or it is not.
"""

import asyncio
from collections.abc import Callable, Coroutine, Hashable
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from typing import Any, TypeVar

import orjson
import redis
import structlog

from gateway.redis_link import RedisGone, RedisLink
from gateway.upstream.entries import Absence, Entry, Kind, Stored, absence_of, size_of, stored_absence
from gateway.upstream.levels import Memory, Shared
from gateway.upstream.owner import Tasks
from providers.clock import Clock
from providers.errors import ProviderError
from providers.upstream import Call

T = TypeVar("T")
log = structlog.get_logger(__name__)

BELIEVED_FOR = 5.0
"""
Seconds in which the memory of a process is believed without looking at what Redis holds.

An eviction or a newer answer by another process is seen this late at worst. It costs each process one GET
per read key in five seconds; stock, the shortest-lived fact, stays fresh for minutes.
"""

MGET_KEYS = 100
"""Keys of one MGET; more would keep others waiting for Redis."""


@dataclass(frozen=True, slots=True)
class Landing:
    """What a finished flight brought back."""

    value: Any
    payload: Any
    absence: Absence | None
    believed: bool
    """False: an absence that nobody confirmed, not to be kept."""


class Answers:
    """
    The kept answers of one supplier account.

    Args:
        scope: The supplier's code and the account, which all keys begin with.
        memory: The level of this process, which suppliers share.
        link: The way to Redis; None when there is none.
    """

    def __init__(
        self, scope: tuple[str, str], *, memory: Memory, link: RedisLink | None, clock: Clock, tasks: Tasks
    ) -> None:
        self._scope = scope
        self._memory = memory
        self._link = link
        self._shared = None if link is None else Shared(link)
        self._gather = None if self._shared is None else Gatherer(self._shared.multi_get, tasks)
        self._clock = clock

    def key(self, call: Call[Any]) -> Hashable:
        """What two equal calls to this account have in common."""
        return (self._scope, call.identity())

    def name(self, call: Call[Any]) -> str:
        """The same for shared storage: readable up to the operation, then a digest of the whole call."""
        digest = blake2b(repr((self._scope, call.identity())).encode(), digest_size=16).hexdigest()
        return f"{self._scope[0]}:{call.policy.operation}:{digest}"

    def peek(self, key: Hashable) -> Entry | None:
        """What this process holds, believed or not, without awaiting anything."""
        return self._memory.peek(key, self._clock.monotonic())

    def believes(self, entry: Entry) -> bool:
        """Whether an entry may be served without asking what Redis holds now."""
        return (
            self._link is None
            or self._clock.monotonic() - entry.checked < BELIEVED_FOR
            or not self._link.up  # nobody to ask
        )

    async def read(self, key: Hashable, call: Call[Any], keep_for: float) -> Entry | None:
        """The newest there is, in this process or in Redis; reads asked for side by side share one MGET."""
        if self._gather is None or self._link is None or not self._link.up:
            return self.peek(key)
        stored = await self._gather.get(self.name(call))
        return self._settle(key, call, keep_for, stored)

    def entry(self, landing: Landing, call: Call[Any], keep_for: float) -> Entry:
        """A landing as an entry of this moment, kept nowhere."""
        stored = self._stored(landing)
        return self._entry(stored, landing.value, landing.absence, _use(call, landing.absence, keep_for))

    async def keep(self, key: Hashable, call: Call[Any], landing: Landing, keep_for: float) -> Entry:
        """
        Keep a landing in both levels, an absence only when it is believed.

        Redis away or full is no reason to fail: the answer is here.
        """
        entry = self.entry(landing, call, keep_for)
        if landing.believed and entry.keep_for > 0:
            self._memory.put(key, entry)
            await self._share(self.name(call), self._stored(landing, entry.as_of), entry.keep_for)
        return entry

    async def evict(self, key: Hashable, call: Call[Any], keep_for: float) -> None:
        """
        Forget what is kept for a call.

        Redis gets a mark rather than a hole: a hole is what a restarted or full Redis has, and must
        not cost every process its memory and then the supplier's quota.
        """
        self._memory.drop(key)
        if self._shared is None:
            return
        name = self.name(call)
        mark = Stored(Kind.EVICTED, self._clock.now())
        if not await self._share(name, mark, max(keep_for, call.policy.absent_for)):
            try:
                await self._shared.delete(name)
            except (RedisGone, redis.RedisError) as error:
                log.warning("upstream.eviction_unshared", operation=call.policy.operation, reason=str(error))

    def _settle(self, key: Hashable, call: Call[Any], keep_for: float, stored: Stored | None) -> Entry | None:
        # After the await: a flight may have landed meanwhile, or another reader have built the same.
        mine = self.peek(key)
        if mine is not None and (stored is None or mine.as_of >= stored.as_of) and not _voids(stored, mine):
            # Nothing there (lost: Redis restarted or made room), or what is known already, or older. "Newer"
            # goes by the machines' clocks: being a second apart shifts a freshness and spends nothing.
            mine.checked = self._clock.monotonic()
            return mine
        if stored is None:
            return None
        self._memory.drop(key)
        if stored.kind is Kind.EVICTED:
            return None
        entry = self._rebuilt(call, keep_for, stored)
        if entry is None or self._clock.monotonic() - entry.at >= entry.keep_for:
            return None
        self._memory.put(key, entry)
        return entry

    def _rebuilt(self, call: Call[Any], keep_for: float, stored: Stored) -> Entry | None:
        if stored.kind is not Kind.ANSWER:
            absence = absence_of(stored, provider=self._scope[0], operation=call.policy.operation)
            if absence is None:
                return None
            return self._entry(stored, None, absence, call.policy.absent_for)
        try:
            value = call.read(stored.payload)
        except ProviderError:
            return None  # kept by a version that understood it differently
        except Exception as error:  # noqa: BLE001 - a kept payload that breaks the reading is a miss, by promise
            log.warning("upstream.kept_unreadable", operation=call.policy.operation, error=repr(error))
            return None
        return self._entry(stored, value, None, keep_for)

    def _stored(self, landing: Landing, as_of: datetime | None = None) -> Stored:
        as_of = as_of or self._clock.now()
        if landing.absence is not None:
            return stored_absence(landing.absence, as_of)
        return Stored(Kind.ANSWER, as_of, landing.payload)

    def _entry(self, stored: Stored, value: Any, absence: Absence | None, keep_for: float) -> Entry:
        now = self._clock.monotonic()
        # From another machine whose clock is ahead, an answer may seem to come from the future: it is new.
        age = max(0.0, (self._clock.now() - stored.as_of).total_seconds())
        return Entry(
            value=value,
            absence=absence,
            as_of=stored.as_of,
            at=now - age,
            keep_for=keep_for,
            size=stored.size or size_of(stored.payload),
            checked=now,
        )

    async def _share(self, name: str, stored: Stored, keep_for: float) -> bool:
        if self._shared is None:
            return False
        try:
            await self._shared.set(name, stored, ttl=float(keep_for))
        except (RedisGone, redis.RedisError, orjson.JSONEncodeError) as error:
            log.info("upstream.unshared", key=name, reason=str(error))
            return False
        return True


def _use(call: Call[Any], absence: Absence | None, keep_for: float) -> float:
    return keep_for if absence is None else call.policy.absent_for


def _voids(stored: Stored | None, mine: Entry) -> bool:
    return stored is not None and stored.kind is Kind.EVICTED and stored.as_of >= mine.as_of


class Gatherer:
    """Collects the keys asked for within one turn of the event loop, and reads them together."""

    def __init__(
        self, read_many: Callable[[list[str]], Coroutine[Any, Any, list[Stored | None]]], tasks: Tasks
    ) -> None:
        self._read_many = read_many
        self._tasks = tasks
        self._waiting: dict[str, list[asyncio.Future[Stored | None]]] = {}

    async def get(self, key: str) -> Stored | None:
        """The entry of one key; None also when Redis could not be asked."""
        loop = asyncio.get_running_loop()
        if not self._waiting:
            loop.call_soon(self._depart)
        # One future for each reader: a reader that is cancelled must not take the others' answer with it.
        future: asyncio.Future[Stored | None] = loop.create_future()
        self._waiting.setdefault(key, []).append(future)
        return await future

    def _depart(self) -> None:
        waiting, self._waiting = self._waiting, {}
        keys = list(waiting)
        for start in range(0, len(keys), MGET_KEYS):
            some = keys[start : start + MGET_KEYS]
            self._tasks.start(self._read({key: waiting[key] for key in some}), name="upstream.mget")

    async def _read(self, waiting: dict[str, list[asyncio.Future[Stored | None]]]) -> None:
        found: list[Stored | None] = [None] * len(waiting)
        try:
            found = await self._read_many(list(waiting))
        except (RedisGone, redis.RedisError) as error:
            log.debug("upstream.kept_unavailable", keys=len(waiting), reason=str(error))
        finally:
            for futures, stored in zip(waiting.values(), found, strict=True):
                for future in futures:
                    if not future.done():
                        future.set_result(stored)
