"""The book that all processes share: a Lua script in Redis, and what we remember of its last answer."""

import hashlib
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any

import redis.asyncio
from redis.exceptions import NoScriptError

from gateway.redis_link import RedisGone, RedisLink
from gateway.upstream.budget import pacing, processes
from gateway.upstream.budget.book import Candidate, Crowd, Outlook, Verdict
from gateway.upstream.budget.points import RECENT_SECONDS
from providers.clock import Clock
from providers.upstream import Lane, Limits

# The clocks are read on both ends of a round trip, so a quick one tells the server's time best; a slow
# sample replaces it only once the two clocks may have drifted apart.
QUICK_SECONDS = 0.005
DRIFT_AFTER_SECONDS = 30.0
# Questions that our own event loop delayed are refused as stale and asked again, but not for ever.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class Membership:
    """What this process was last told about itself."""

    seat: int = -1
    """Its place among the windows; -1: none yet."""
    seats: int = 0
    """How many windows make a round, a power of two; 0: not known."""
    settled: bool = False
    """True once everyone else knows of this seat, so that it may be used without Redis."""
    window: float = 0.0
    """Seconds of one window, the same for all."""
    heard_at: float = float("-inf")
    """Monotonic instant from which on Redis has certainly heard us."""


@dataclass(frozen=True, slots=True)
class Alone:
    """What this process did without Redis, to be accounted for on its return."""

    spent: int
    sent_at: float | None
    """Monotonic."""
    refusals: int


def launch_of(limits: Limits) -> float:
    """Seconds at the start of a window in which a call may leave: timers are not exact."""
    return max(0.025, 0.1 * pacing.slowest(limits))


def window_of(limits: Limits) -> float:
    """
    Seconds of one process's turn: calls at any two places of two launches keep the spacing.

    Without Redis nobody counts what several accounts send from one address, so each takes a third of that
    rate: the supplier allows three accounts per address (CJ support in writing, 2026-09-09).
    """
    scoped = (3 * pacing.spacing(rate) for rate in limits.rates if rate.scope)
    return max([pacing.slowest(limits), *scoped]) + launch_of(limits)


class SharedBook:
    """
    The account's books in Redis. Raises RedisGone wherever Redis is away.

    Args:
        link: Redis.
        limits: What the account may do.
        clock: Monotonic instants of candidates and answers.
        timing: How processes judge each other.
    """

    def __init__(self, link: RedisLink, limits: Limits, clock: Clock, timing: pacing.SharedTiming) -> None:
        self.limits = limits
        self.membership = Membership()
        self.offset: float | None = None
        """The server's clock minus our monotonic one, seconds."""
        self._link = link
        self._clock = clock
        self._timing = timing
        self._me = uuid.uuid4().hex
        self._who = processes.identity()
        self._born = ""
        self._tick = 0
        self._offset_at = float("-inf")
        self._script = resources.files(__package__).joinpath("shared.lua").read_text(encoding="utf-8")
        # Redis names scripts by SHA-1; nothing secret depends on it.
        self._digest = hashlib.sha1(self._script.encode(), usedforsecurity=False).hexdigest()

    async def take(
        self,
        candidates: Sequence[Candidate] | None,
        crowds: Sequence[Crowd],
        *,
        seed: float | None = None,
        alone: Alone | None = None,
    ) -> Verdict:
        """
        See `Book.take`; also tells the others that this process lives.

        Args:
            candidates: None: only tell that we live.
            crowds: As in `Book.take`.
            seed: Points we believe to be left, should Redis have lost count.
            alone: What happened since Redis last heard of us.
        """
        asked_at = self._clock.monotonic()
        arguments: dict[str, Any] = {
            "who": self._who,
            "seat": self.membership.seat,
            "seats": self.membership.seats,
        }
        if candidates is not None:
            arguments["calls"] = [_call(candidate, asked_at) for candidate in candidates]
            arguments["crowds"] = [
                {
                    "lane": c.lane,
                    "count": c.count,
                    "oldest": asked_at - c.oldest,
                    "newest": asked_at - c.newest,
                }
                for c in crowds
            ]
        if seed is not None:
            arguments["seed"] = seed
        if alone is not None:
            arguments["alone"] = {"spent": alone.spent, "refusals": alone.refusals}
            if alone.sent_at is not None:
                arguments["alone"]["sent_ago"] = max(0.0, asked_at - alone.sent_at)
        asked_at, reply = await self._ask("take", arguments)
        self._born, self._tick = reply["born"], reply["tick"]
        self.membership = Membership(
            reply["seat"], reply["seats"], reply["settled"], reply["window"], heard_at=asked_at
        )
        await self._forget_the_dead(reply["lost"])
        place = reply.get("place")
        return Verdict(
            asked_at=asked_at,
            wait=reply["wait"],
            outlook=self._outlook(asked_at, reply),
            granted=None if place is None else place - 1,
            token=reply.get("token", ""),
        )

    async def look(self) -> Outlook:
        """See `Book.look`."""
        asked_at, reply = await self._ask("look", {})
        return self._outlook(asked_at, reply)

    async def give_back(self, points: int) -> None:
        """See `Book.give_back`."""
        await self._ask("give_back", {"points": points})

    async def refused(self, *, exhausted: bool, retry_after: float) -> None:
        """See `Book.refused`."""
        retry_after = min(retry_after, pacing.RETRY_AFTER_AT_MOST)
        await self._ask("refused", {"exhausted": exhausted, "retry_after": retry_after})

    async def learn(self, remaining: int, total: int | None) -> None:
        """See `Book.learn`."""
        await self._ask("learn", {"remaining": remaining} | ({"total": total} if total else {}))

    async def limit(self, limits: Limits) -> None:
        """See `Book.limit`."""
        resized = limits.allowance != self.limits.allowance
        self.limits = limits
        if resized:
            await self._ask("limit", {})

    async def leave(self) -> None:
        """Take this process off the books, so that nobody keeps its windows clear."""
        await self._ask("leave", {"ids": [self._me]})

    async def _forget_the_dead(self, lost: Sequence[tuple[str, str]]) -> None:
        """Strike off processes of this machine that were not heard of and do not exist any more."""
        gone = [identity for identity, who in lost if processes.is_gone(who)]
        if gone:
            await self._ask("leave", {"ids": gone})

    def _outlook(self, at: float, reply: dict[str, Any]) -> Outlook:
        return Outlook(
            at=at,
            spacing=pacing.slowest(self.limits),
            opens_in=reply["opens_in"],
            later=reply["later"],
            points=reply.get("points"),
            points_left=reply.get("points_left", 0.0),
            points_per_day=reply.get("points_per_day", 0.0),
            points_per_second=reply.get("points_per_second", 0.0),
            resets_in=reply["resets_in"],
            others=tuple(
                Crowd(Lane(lane), count, at - oldest, at - newest)
                for lane, count, oldest, newest in reply["others"]
            ),
            refusals=reply["refusals"],
        )

    async def _ask(self, operation: str, arguments: dict[str, Any]) -> tuple[float, dict[str, Any]]:
        """Run the script; the monotonic instant before it and its answer."""
        scoped = [name for name in self._shared_rates() if ":" in name]
        keys = [f"{self._link.prefix}budget:{self.limits.account}"]
        keys += [f"{self._link.prefix}rate:{name}" for name in scoped]
        fixed = self._fixed(scoped)
        for _ in range(ATTEMPTS):
            asked_at = self._clock.monotonic()
            if self.offset is not None:
                arguments["sent_at"] = asked_at + self.offset
            reply = await self._run(keys, operation, json.dumps(fixed | arguments), uuid.uuid4().hex)
            self._set_clock(asked_at, float(reply["now"]), stale="stale" in reply)
            if "stale" not in reply:
                return asked_at, reply
        raise RedisGone("this process is too slow to be answered in time")

    async def _run(self, keys: list[str], *arguments: str) -> dict[str, Any]:
        async def use(client: redis.asyncio.Redis) -> Any:
            try:
                return await client.evalsha(self._digest, len(keys), *keys, *arguments)
            except NoScriptError:  # a new server; nothing was carried out
                return await client.eval(self._script, len(keys), *keys, *arguments)

        reply: dict[str, Any] = json.loads(await self._link.run(use))
        return reply

    def _shared_rates(self) -> dict[str, float]:
        rates = pacing.rates_of(self.limits)
        return {name: spacing for name, spacing in rates.items() if not name.startswith(pacing.cap_name(""))}

    def _fixed(self, scoped: list[str]) -> dict[str, Any]:
        """What every operation is told: the limits and the numbers of `pacing`."""
        limits, timing = self.limits, self._timing
        rates, spacing = pacing.rates_of(limits), pacing.slowest(limits)
        allowance = {} if limits.allowance is None else {"allowance": limits.allowance.per_day}
        return allowance | {
            "me": self._me,
            "born": self._born,
            "tick": self._tick,
            "scoped": scoped,
            "rates": self._shared_rates(),
            "caps": {name: rates[name] for name in map(pacing.cap_name, limits.caps)},
            "spacing": spacing,
            "refills": limits.allowance is not None and limits.allowance.refills,
            "lanes": [
                {"share": pacing.LANES[lane].rate_share, "kept": pacing.LANES[lane].points_kept}
                for lane in Lane
            ],
            "window": window_of(limits),
            "launch": launch_of(limits),
            "grace": min(0.1, spacing / 2),
            "hold": timing.hold + spacing,
            "suspect": timing.suspect,
            "forget": timing.forget,
            "stale": self._link.timing.answer,
            "keys_live": int(timing.keys_live * 1000),
            "pause": pacing.PAUSE_SECONDS,
            "pause_at_most": pacing.PAUSE_AT_MOST,
            "pause_remembered": pacing.PAUSE_REMEMBERED,
            "retry_after_at_most": pacing.RETRY_AFTER_AT_MOST,
            "refill_step": pacing.REFILL_STEP_SECONDS,
            "reset_grace": pacing.RESET_GRACE_SECONDS,
            "recent": RECENT_SECONDS,
        }

    def _set_clock(self, asked_at: float, server: float, *, stale: bool) -> None:
        answered_at = self._clock.monotonic()
        quick = answered_at - asked_at <= QUICK_SECONDS
        if quick or stale or self.offset is None or answered_at - self._offset_at > DRIFT_AFTER_SECONDS:
            self.offset = server - (asked_at + answered_at) / 2
            self._offset_at = answered_at


def _call(candidate: Candidate, now: float) -> dict[str, Any]:
    return {
        "lane": candidate.lane,
        "age": now - candidate.since,
        "weight": candidate.weight,
        "cap": candidate.cap or "",
        "token": candidate.token,
    }
