"""
One flight for equal calls of all processes: a short lease in Redis that the flying process renews.

    taken    value of the lease: the holder's token; expires by itself soon after its holder dies
    wanted   the most urgent lane and latest deadline among the processes that wait; the holder rises to it
    failed   why the last holder failed, and its token, for those who saw it fly

The answer itself travels through the cache: a holder keeps it before it gives the lease back, so whoever
gets the lease next finds it there. Waiting is asking for the lease again and again. One process asks once
per call, however many readers it has, and less often the longer it has waited: simpler than a subscription
and with nothing to lose.
"""

import asyncio
import contextlib
import uuid

import orjson
from redis.asyncio import Redis

from gateway.redis_link import RedisGone, RedisLink
from gateway.upstream.flight import Flight
from gateway.upstream.owner import Tasks
from providers import errors
from providers.clock import Clock
from providers.errors import ProviderError, Transient, UpstreamTimeout
from providers.upstream import Lane

RENEW_EVERY = 0.4
"""
Seconds between renewals; `LinkTiming.lease` lets two be missed. Also how late a holder hears of a more urgent
reader.
"""
FAILURE_KEPT = 3.0
"""Seconds a failure is told to those who waited for it; longer than any of them sleeps between two looks."""
SHORTEST_STEP, LONGEST_STEP = 0.02, 0.25
"""Seconds between two looks: a tenth of the time waited so far, within these."""

# KEYS: taken, wanted. ARGV: token, milliseconds to hold, lane, milliseconds until the reader's deadline.
_TAKE = """
local holder = redis.call('GET', KEYS[1])
if not holder then
    redis.call('SET', KEYS[1], ARGV[1], 'PX', ARGV[2])
    redis.call('DEL', KEYS[2])
    return false
end
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local lane, till = tonumber(ARGV[3]), now + tonumber(ARGV[4])
local wanted = redis.call('GET', KEYS[2])
if wanted then
    local other_lane, other_till = string.match(wanted, '(%d+) (%d+)')
    lane, till = math.min(lane, tonumber(other_lane)), math.max(till, tonumber(other_till))
end
redis.call('SET', KEYS[2], string.format('%d %.0f', lane, till), 'PX', 2000)
return holder
"""

# KEYS: taken, wanted. ARGV: token, milliseconds to hold. Gives 'lane milliseconds-left' or nothing.
_RENEW = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return false end
redis.call('PEXPIRE', KEYS[1], ARGV[2])
local wanted = redis.call('GET', KEYS[2])
if not wanted then return false end
local time = redis.call('TIME')
local lane, till = string.match(wanted, '(%d+) (%d+)')
return string.format('%d %.0f', lane, till - (time[1] * 1000 + math.floor(time[2] / 1000)))
"""

# KEYS: taken, wanted, failed. ARGV: token, failure or nothing, milliseconds to keep it.
_RELEASE = """
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
if ARGV[2] ~= '' then redis.call('SET', KEYS[3], ARGV[2], 'PX', ARGV[3]) end
return redis.call('DEL', KEYS[1], KEYS[2])
"""

# What a failure says about the supplier holds for everybody. That a holder's turn did not come before its
# deadline says something about the holder: the next may have more time.
_TELLABLE: dict[str, type[ProviderError]] = {
    kind.__name__: kind
    for kind in (
        errors.Unavailable,
        errors.UpstreamTimeout,
        errors.MalformedResponse,
        errors.QuotaExhausted,
        errors.InvalidRequest,
        errors.Conflict,
        errors.AuthenticationFailed,
        errors.Unsupported,
    )
}


class Leases:
    """The leases of one process."""

    def __init__(self, link: RedisLink, *, clock: Clock, tasks: Tasks) -> None:
        self._link = link
        self._clock = clock
        self._tasks = tasks
        self._process = uuid.uuid4().hex[:12]
        self._count = 0

    def of(self, name: str, flight: Flight) -> "Lease":
        """The lease for the call with this name, not yet taken."""
        self._count += 1
        return Lease(
            self._link,
            self._clock,
            self._tasks,
            name=name,
            token=f"{self._process}:{self._count}",
            flight=flight,
        )


class Lease:
    """One flight's claim to be the only one for its call, over all processes: `take`, fly, `release`."""

    def __init__(
        self, link: RedisLink, clock: Clock, tasks: Tasks, *, name: str, token: str, flight: Flight
    ) -> None:
        self._link = link
        self._clock = clock
        self._tasks = tasks
        self._flight = flight
        self._token = token
        self._held_ms = round(link.timing.lease * 1000)
        self._taken, self._wanted, self._failed = (
            f"{link.prefix}flight:{name}:{what}" for what in ("taken", "wanted", "failed")
        )
        self._renewing: asyncio.Task[None] | None = None
        self._seen: set[str] = set()  # the holders that were waited for, by token

    async def take(self) -> None:
        """
        Wait until the lease is ours, and hold it from then on.

        Raises:
            RedisGone: There is nobody to ask.
            UpstreamTimeout: The flight's deadline came first.
        """
        began = self._clock.monotonic()
        while (holder := await self._ask()) is not None:
            self._seen.add(holder)
            now = self._clock.monotonic()
            left = self._flight.ticket.deadline - now
            if left <= 0:
                raise UpstreamTimeout("Another process is still asking for it.", retry_after=1.0)
            step = min(max((now - began) / 10, SHORTEST_STEP), LONGEST_STEP)
            await self._clock.sleep(min(step, left))
        self._renewing = self._tasks.start(self._renew(), name="upstream.lease")

    async def failure(self) -> ProviderError | None:
        """
        Why a holder that was waited for failed, where that holds for this flight too.

        Raises RedisGone.
        """
        if not self._seen:
            return None

        async def get(redis: Redis) -> bytes | str | None:
            return await redis.get(self._failed)

        note = await self._link.run(get)
        return None if note is None else _told(note, self._seen, self._flight.ticket.lane)

    async def release(self, error: BaseException | None = None) -> None:
        """Give it back, and tell those who waited why it came to nothing; without Redis it expires."""
        if self._renewing is None:
            return
        self._renewing.cancel()
        self._renewing = None
        note = _note(error, self._token, self._flight.ticket.lane)
        keys = (self._taken, self._wanted, self._failed)
        with contextlib.suppress(RedisGone):
            await self._eval(_RELEASE, keys, self._token, note, round(FAILURE_KEPT * 1000))

    async def _ask(self) -> str | None:
        """Take it if it is free; otherwise say how urgent it is, and name the holder."""
        ticket = self._flight.ticket
        left = max(0, round((ticket.deadline - self._clock.monotonic()) * 1000))
        keys = (self._taken, self._wanted)
        holder = await self._eval(_TAKE, keys, self._token, self._held_ms, int(ticket.lane), left)
        return None if holder is None else holder.decode()

    async def _renew(self) -> None:
        while True:
            await self._clock.sleep(RENEW_EVERY)
            keys = (self._taken, self._wanted)
            try:
                wanted = await self._eval(_RENEW, keys, self._token, self._held_ms)
            except RedisGone:
                continue  # whoever takes it over meanwhile asks once more, inside the same budget
            if wanted is not None:
                lane, left = wanted.decode().split()
                self._flight.ticket.raise_to(Lane(int(lane)), self._clock.monotonic() + float(left) / 1000)

    async def _eval(self, script: str, keys: tuple[str, ...], *arguments: str | bytes | int) -> bytes | None:
        async def evaluate(redis: Redis) -> bytes | None:
            answer: bytes | None = await redis.eval(script, len(keys), *keys, *arguments)
            return answer

        return await self._link.run(evaluate)


def _note(error: BaseException | None, token: str, lane: Lane) -> bytes:
    if not isinstance(error, ProviderError) or type(error).__name__ not in _TELLABLE:
        return b""
    return orjson.dumps(
        {
            "token": token,
            "lane": int(lane),
            "kind": type(error).__name__,
            "message": error.message,
            "provider": error.provider,
            "operation": error.operation,
            "request_id": error.request_id,
            "code": error.code,
            "retry_after": error.retry_after if isinstance(error, Transient) else None,
        }
    )


def _told(note: bytes | str, seen: set[str], lane: Lane) -> ProviderError | None:
    try:
        told = orjson.loads(note)
        kind = _TELLABLE[told["kind"]]
        if told["token"] not in seen or told["lane"] > lane:
            return None  # an earlier failure than ours, or of somebody who could reach less
        more = {"retry_after": told["retry_after"]} if issubclass(kind, Transient) else {}
        return kind(
            told["message"],
            provider=told["provider"],
            operation=told["operation"],
            request_id=told["request_id"],
            code=told["code"],
            **more,
        )
    except (ValueError, KeyError, TypeError):
        return None  # written by another version
