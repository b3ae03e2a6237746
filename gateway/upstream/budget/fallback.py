"""
Together while Redis is there, alone and careful while it is not, and never at twice the rate in between.

Without Redis each process keeps to its own windows. They are counted on the server's clock as every process
remembers it (our monotonic clock plus an offset measured with every answer), so that they agree across
machines without trusting two wall clocks. The numbers in `pacing.SharedTiming` see to it that whoever still
reaches Redis has begun to keep a process's windows clear before that process uses them.

A process that never reached Redis does not know who else is there: it refuses, which is safe and says why.
"""

import asyncio
import contextlib
import dataclasses
import math
from collections.abc import Callable, Sequence

import structlog

from gateway.redis_link import RedisGone, RedisLink
from gateway.upstream.budget.book import INSTANT, Candidate, Crowd, Outlook, Verdict
from gateway.upstream.budget.line import Line
from gateway.upstream.budget.memory import MemoryBook
from gateway.upstream.budget.pacing import SharedTiming, slowest
from gateway.upstream.budget.points import Points, resets_in
from gateway.upstream.budget.shared import Alone, Membership, SharedBook, launch_of
from providers.clock import Clock
from providers.upstream import Limits

log = structlog.get_logger(__name__)

UNKNOWN_SECONDS = 5.0
"""What a caller is told to wait while we do not know when sending becomes possible."""
TOO_NEW = "Redis is away, and was not there long enough to tell who else uses the account's quota"


class FallbackBook:
    """
    The shared book while Redis is there; otherwise this process's windows and its share of the points.

    Args:
        link: Redis.
        limits: What the account may do.
        clock: Monotonic instants; its wall time tells the day.
        timing: How processes judge each other.
    """

    def __init__(
        self, link: RedisLink, limits: Limits, clock: Clock, timing: SharedTiming | None = None
    ) -> None:
        self._timing = timing or SharedTiming()
        self._shared = SharedBook(link, limits, clock, self._timing)
        self._link = link
        self._limits = limits
        self._clock = clock
        self._alone: MemoryBook | None = None
        self._away_since: float | None = None
        self._refusals = 0
        self._points: Points | None = None
        # The report about time alone must arrive once, so only one question that carries it is under way.
        self._one_at_a_time = asyncio.Lock()
        self._wake: Callable[[], None] = lambda: None
        self._unlisten: Callable[[], None] = lambda: None
        self._heart: asyncio.Task[None] | None = None

    async def start(self, wake: Callable[[], None]) -> None:
        """Take a seat among the processes and keep it."""
        self._wake = wake
        self._unlisten = self._link.on_change(self._link_changed)
        self._link_changed(self._link.up)
        self._points = self._fresh_points()
        with contextlib.suppress(RedisGone):
            await self._together(None, ())
        self._heart = asyncio.create_task(self._beat(), name="budget-heartbeat")

    async def aclose(self) -> None:
        """Give the seat back."""
        self._unlisten()
        if self._heart is not None:
            self._heart.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._heart
        with contextlib.suppress(RedisGone):
            await self._shared.leave()

    async def take(self, candidates: Sequence[Candidate], crowds: Sequence[Crowd]) -> Verdict:
        """See `Book.take`."""
        try:
            return await self._together(candidates, crowds)
        except RedisGone:
            return await self._by_ourselves(candidates, crowds)

    async def look(self) -> Outlook:
        """See `Book.look`."""
        try:
            return await self._shared.look()
        except RedisGone:
            if self._alone is not None:
                return dataclasses.replace(await self._alone.look(), degraded=True)
            return self._no_outlook()

    async def give_back(self, points: int) -> None:
        """See `Book.give_back`; where nobody can take them they are lost, which is safe."""
        try:
            await self._shared.give_back(points)
        except RedisGone:
            if self._alone is not None:
                await self._alone.give_back(points)

    async def refused(self, *, exhausted: bool, retry_after: float) -> None:
        """See `Book.refused`."""
        try:
            await self._shared.refused(exhausted=exhausted, retry_after=retry_after)
        except RedisGone:
            if self._alone is not None:
                await self._alone.refused(exhausted=exhausted, retry_after=retry_after)

    async def learn(self, remaining: int, total: int | None) -> None:
        """See `Book.learn`."""
        try:
            await self._shared.learn(remaining, total)
        except RedisGone:
            if self._alone is not None:
                await self._alone.learn(remaining, total)

    async def limit(self, limits: Limits) -> None:
        """See `Book.limit`."""
        self._limits = limits
        if self._alone is not None:
            await self._alone.limit(limits)
        with contextlib.suppress(RedisGone):
            await self._shared.limit(limits)

    async def _together(self, candidates: Sequence[Candidate] | None, crowds: Sequence[Crowd]) -> Verdict:
        async with self._one_at_a_time:
            verdict = await self._shared.take(candidates, crowds, seed=self._seed(), alone=self._report())
            if self._alone is not None:
                log.warning("budget.together_again", account=self._limits.account)
            self._alone = None
            outlook = verdict.outlook
            if self._points is not None and outlook.points is not None:
                # Kept by our own clock from here on, should Redis lose its count or itself.
                self._points.total = outlook.points_per_day
                self._points.refresh()
                self._points.left = outlook.points_left
            self._refusals = outlook.refusals
            return verdict

    async def _by_ourselves(self, candidates: Sequence[Candidate], crowds: Sequence[Crowd]) -> Verdict:
        now = self._clock.monotonic()
        away = 0.0 if self._away_since is None else now - self._away_since
        if away < self._timing.doubt:
            # Most often it was one slow moment and the probe finds Redis well: no reason to send anyone
            # away yet.
            wait = self._timing.doubt - away
            return Verdict(now, wait, dataclasses.replace(self._no_outlook(), opens_in=0.0))
        alone_in = self._alone_from() - now
        if alone_in > 0:
            blocked = TOO_NEW if math.isinf(alone_in) else ""
            opens_in = min(alone_in, UNKNOWN_SECONDS)
            outlook = dataclasses.replace(self._no_outlook(), opens_in=opens_in, blocked=blocked)
            return Verdict(now, opens_in, outlook)
        if self._alone is None:
            log.warning("budget.alone", account=self._limits.account, seats=self._shared.membership.seats)
            self._alone = self._own_book(self._shared.membership)
        verdict = await self._alone.take(candidates, crowds)
        return dataclasses.replace(verdict, outlook=dataclasses.replace(verdict.outlook, degraded=True))

    def _alone_from(self) -> float:
        """The instant from which on this process may act on its own, if Redis stays away; infinite: never."""
        member = self._shared.membership
        if not member.settled or self._away_since is None or self._shared.offset is None:
            return math.inf
        timing = self._timing
        kept_clear = member.heard_at + timing.suspect + slowest(self._limits) + timing.settle
        return max(kept_clear, self._away_since + timing.doubt)

    def _own_book(self, member: Membership) -> MemoryBook:
        offset = self._shared.offset or 0.0
        launch = launch_of(self._limits)

        def opening(at: float) -> float:
            index = math.floor((at + offset + INSTANT) / member.window)
            behind = (at + offset) - index * member.window
            if index % member.seats == member.seat and behind <= launch:
                return at
            ahead = (member.seat - index) % member.seats or member.seats
            return (index + ahead) * member.window - offset

        points = self._fresh_points(share=1 / member.seats)
        if points is not None and self._points is not None:
            self._points.refresh()
            points.total = self._points.total / member.seats
            points.left = self._points.left / member.seats
        return MemoryBook(
            self._limits,
            self._clock,
            points=points,
            opening=opening,
            spacing=member.window * member.seats - launch,
        )

    def _report(self) -> Alone | None:
        book = self._alone
        if book is None:
            return None
        return Alone(0 if book.points is None else book.points.spent, book.sent_at, book.refusals)

    def _seed(self) -> float | None:
        if self._points is None or self._shared.membership.heard_at == -math.inf:
            return None
        self._points.refresh()
        return self._points.left

    def _fresh_points(self, share: float = 1.0) -> Points | None:
        if self._limits.allowance is None:
            return None
        return Points(self._limits.allowance, self._clock.monotonic, self._clock.now, share=share)

    def _no_outlook(self) -> Outlook:
        points = self._points
        return Outlook(
            at=self._clock.monotonic(),
            spacing=slowest(self._limits),
            opens_in=UNKNOWN_SECONDS,
            points=None if points is None else points.usable,
            points_left=0.0 if points is None else points.left,
            points_per_day=0.0 if points is None else points.total,
            points_per_second=0.0 if points is None else points.per_second,
            resets_in=resets_in(self._clock.now().timestamp()),
            refusals=self._refusals,
            degraded=True,
        )

    def _link_changed(self, up: bool) -> None:
        self._away_since = None if up else self._clock.monotonic()
        self._wake()

    async def _beat(self) -> None:
        while True:
            silent = self._clock.monotonic() - self._shared.membership.heard_at
            if silent >= self._timing.heartbeat:
                try:
                    await self._together(None, ())
                except RedisGone:
                    pass
                except Exception:  # a heart that stops makes everyone else wait for this process
                    log.exception("budget.heartbeat_failed", account=self._limits.account)
                silent = 0.0
            await self._clock.sleep(self._timing.heartbeat - silent)


def shared_budget(
    link: RedisLink, limits: Limits, clock: Clock, *, provider: str = "", timing: SharedTiming | None = None
) -> Line:
    """The budget of one of several processes; the link must have been started."""
    return Line(FallbackBook(link, limits, clock, timing), limits, clock, provider=provider)
