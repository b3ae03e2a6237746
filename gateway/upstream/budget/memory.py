"""The book of a process that has the account to itself, or must act alone with only a part of it."""

import itertools
from collections.abc import Callable, Sequence

from gateway.upstream.budget.book import INSTANT, Candidate, Crowd, Outlook, Verdict
from gateway.upstream.budget.line import Line
from gateway.upstream.budget.pacing import (
    LANES,
    PAUSE_REMEMBERED,
    RETRY_AFTER_AT_MOST,
    cap_name,
    lane_name,
    pause_after,
    rates_of,
    slowest,
)
from gateway.upstream.budget.points import Points, resets_in
from providers.clock import Clock
from providers.upstream import Limits


class MemoryBook:
    """
    Slots and points in this process's memory.

    Each rate is a generic cell rate without burst: one instant before which nothing goes.

    Args:
        limits: What the account may do.
        clock: Its monotonic reading paces; its wall time tells the day.
        points: Continue these instead of a full allowance.
        opening: Moves an instant to the first one at which this process may send at all; by default any
            will do.
        spacing: Seconds between two of our calls, where that is more than the rates ask for.
    """

    def __init__(
        self,
        limits: Limits,
        clock: Clock,
        *,
        points: Points | None = None,
        opening: Callable[[float], float] | None = None,
        spacing: float = 0.0,
    ) -> None:
        self.limits = limits
        self.points = points
        if points is None and limits.allowance is not None:
            self.points = Points(limits.allowance, clock.monotonic, clock.now)
        self.sent_at: float | None = None
        """Instant of the last grant."""
        self.refusals = 0
        self._clock = clock
        self._opening = opening or (lambda at: at)
        self._spacing = spacing
        self._opens: dict[str, float] = {}
        self._taken_by: dict[str, str] = {}
        self._tokens = itertools.count(1)
        self._paused_until = 0.0
        self._pause = 0.0

    async def start(self, wake: Callable[[], None]) -> None:
        """Nothing to open."""

    async def aclose(self) -> None:
        """Nothing to close."""

    async def take(
        self,
        candidates: Sequence[Candidate],
        crowds: Sequence[Crowd],  # noqa: ARG002 - there is nobody else to be told of them
    ) -> Verdict:
        """Let the first candidate go that may."""
        now = self._clock.monotonic()
        if self.points is not None:
            self.points.refresh()
        wait = float("inf")
        short_of_points = False
        for place, call in enumerate(candidates):
            opens = max(now, self._opens_for(call))
            if call.weight and self.points is not None:
                missing = self.points.wait_for(call.weight, call.lane)
                # Whoever is short of points is not overtaken by calls that would spend them.
                opens = float("inf") if short_of_points else max(opens, now + missing)
                short_of_points = short_of_points or missing > 0
            if opens < float("inf"):
                opens = self._opening(opens)
            if opens <= now + INSTANT:
                return Verdict(now, 0.0, self._outlook(now), place, self._give(call, now))
            wait = min(wait, opens - now)
        return Verdict(now, wait, self._outlook(now))

    async def look(self) -> Outlook:
        """How things stand."""
        if self.points is not None:
            self.points.refresh()
        return self._outlook(self._clock.monotonic())

    async def give_back(self, points: int) -> None:
        """See `Book.give_back`."""
        if self.points is not None:
            self.points.give_back(points)

    async def refused(self, *, exhausted: bool, retry_after: float) -> None:
        """Pause, longer if it happens again; calls that were under way when the pause began only count."""
        self.refusals += 1
        if exhausted:
            if self.points is not None:
                self.points.refresh()
                self.points.left = min(0.0, self.points.left)
            return
        now = self._clock.monotonic()
        if now < self._paused_until:
            return
        self._pause = pause_after(self._pause if now - self._paused_until < PAUSE_REMEMBERED else 0.0)
        self._paused_until = now + max(self._pause, min(retry_after, RETRY_AFTER_AT_MOST))

    async def learn(self, remaining: int, total: int | None) -> None:
        """Take over the supplier's figures, if calls cost points here at all."""
        if self.points is not None:
            self.points.learn(remaining, total)

    async def limit(self, limits: Limits) -> None:
        """Count by other limits; slots already taken keep their distance."""
        if limits.allowance is None:
            self.points = None
        elif self.points is None:
            self.points = Points(limits.allowance, self._clock.monotonic, self._clock.now)
        elif limits.allowance != self.limits.allowance:
            self.points.resize(limits.allowance)
        self.limits = limits

    def _rates_for(self, call: Candidate) -> dict[str, float]:
        """Every rate that this call takes from, and the spacing it leaves behind."""
        rates = {
            name: max(spacing, 0.0 if name.startswith(cap_name("")) else self._spacing)
            for name, spacing in rates_of(self.limits).items()
            if name == call.cap or not name.startswith(cap_name(""))
        }
        share = LANES[call.lane].rate_share
        if share < 1:
            rates[lane_name(call.lane)] = max(self._spacing, slowest(self.limits)) / share
        return rates

    def _opens_for(self, call: Candidate) -> float:
        opens = [
            self._opens.get(name, 0.0)
            for name in self._rates_for(call)
            if not call.token or self._taken_by.get(name) != call.token
        ]
        return max([self._paused_until, *opens])

    def _give(self, call: Candidate, now: float) -> str:
        token = f"m{next(self._tokens)}"
        for name, spacing in self._rates_for(call).items():
            self._opens[name] = now + spacing
            self._taken_by[name] = token
        if self.points is not None and call.weight:
            self.points.spend(call.weight)
        self.sent_at = now
        return token

    def _outlook(self, now: float) -> Outlook:
        rates = [name for name in rates_of(self.limits) if not name.startswith(cap_name(""))]
        opens = max([now, self._paused_until, *(self._opens.get(name, 0.0) for name in rates)])
        points = self.points
        return Outlook(
            at=now,
            spacing=max(self._spacing, slowest(self.limits)),
            opens_in=self._opening(opens) - now,
            later={name: at - now for name, at in self._opens.items() if at > now},
            points=None if points is None else points.usable,
            points_left=0.0 if points is None else points.left,
            points_per_day=0.0 if points is None else points.total,
            points_per_second=0.0 if points is None else points.per_second,
            resets_in=0.0 if points is None else resets_in(points.wall()),
            refusals=self.refusals,
        )


def memory_budget(limits: Limits, clock: Clock, *, provider: str = "") -> Line:
    """The budget of a gateway that is one process."""
    return Line(MemoryBook(limits, clock), limits, clock, provider=provider)
