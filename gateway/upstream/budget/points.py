"""
The day's allowance: a bucket that refills evenly and is full again at 00:00 UTC.

The shared book has its twin in Lua; one test suite keeps both to the same promises.
"""

from collections.abc import Callable
from datetime import datetime

from gateway.upstream.budget.book import INSTANT
from gateway.upstream.budget.pacing import DAY_SECONDS, LANES, REFILL_STEP_SECONDS, RESET_GRACE_SECONDS
from providers.upstream import Allowance, Lane

RECENT_SECONDS = 10.0


def day_of(wall: float) -> float:
    """Number of the supplier's day at a wall time in epoch seconds, by cautious reckoning."""
    return (wall - RESET_GRACE_SECONDS) // DAY_SECONDS


def resets_in(wall: float) -> float:
    """Seconds until the allowance is certainly full again."""
    return (day_of(wall) + 1) * DAY_SECONDS + RESET_GRACE_SECONDS - wall


class Points:
    """
    What is left of one allowance.

    Args:
        allowance: Total and whether it refills.
        monotonic: Seconds that only go forward; refill is counted by them.
        now: Aware UTC wall time; only days are counted by it.
        share: The part of everything that is ours, when several processes must each keep to a part.
    """

    def __init__(
        self,
        allowance: Allowance,
        monotonic: Callable[[], float],
        now: Callable[[], datetime],
        *,
        share: float = 1.0,
    ) -> None:
        self.total = allowance.per_day * share
        self.left = self.total
        self.spent = 0
        """Ever, through this object."""
        self._refills = allowance.refills
        self._share = share
        self._monotonic = monotonic
        self._now = now
        self._counted_at = monotonic()
        self._day = day_of(self.wall())
        self._recent = [(self._counted_at, 0.0), (self._counted_at, 0.0)]

    def wall(self) -> float:
        """Epoch seconds."""
        return self._now().timestamp()

    @property
    def per_second(self) -> float:
        """Refill."""
        return self.total / DAY_SECONDS if self._refills else 0.0

    def refresh(self) -> None:
        """Add what was refilled since the last time; start full on a new day."""
        at, day = self._monotonic(), day_of(self.wall())
        if day > self._day:
            self.left = self.total
        self.left = min(self.total, self.left + (at - self._counted_at) * self.per_second)
        self._counted_at, self._day = at, max(day, self._day)

    @property
    def usable(self) -> float:
        """What may be counted on: a minute of refill may not have happened yet at the supplier."""
        return self.left if self.left >= self.total else self.left - self.per_second * REFILL_STEP_SECONDS

    def wait_for(self, weight: int, lane: Lane) -> float:
        """Seconds until a call of this weight may spend its points; 0 when it may now."""
        missing = needed(weight, lane, self.total) - self.usable
        if weight == 0 or missing <= INSTANT:
            return 0.0
        reset = resets_in(self.wall())
        return min(missing / self.per_second, reset) if self._refills and weight <= self.total else reset

    def spend(self, weight: int) -> None:
        """Take the points of one call."""
        self.left -= weight
        self.spent += weight
        at = self._monotonic()
        if at - self._recent[0][0] > RECENT_SECONDS:
            self._recent = [(at, 0.0), self._recent[0]]
        self._recent[0] = (self._recent[0][0], self._recent[0][1] + weight)

    def give_back(self, weight: int) -> None:
        """Undo the spending of a call that was never sent; `learn` may go on taking it for one on its way."""
        self.refresh()
        self.left = min(self.total, self.left + weight)
        self.spent -= weight

    def learn(self, remaining: float, total: float | None) -> None:
        """Believe the supplier; but a higher figure may not know yet of calls that are still on their way."""
        self.refresh()
        if total:
            self.total = total * self._share
        remaining *= self._share
        if remaining > self.left:
            horizon = self._monotonic() - 2 * RECENT_SECONDS
            on_their_way = sum(spent for begun, spent in self._recent if begun > horizon)
            remaining = max(self.left, remaining - on_their_way)
        self.left = min(remaining, self.total)

    def resize(self, allowance: Allowance) -> None:
        """Another total: what was used stays used."""
        self.refresh()
        used = self.total - self.left
        self.total, self._refills = allowance.per_day * self._share, allowance.refills
        self.left = max(0.0, self.total - used)


def needed(weight: int, lane: Lane, total: float) -> float:
    """Points that must be there before a call may spend: its own, and what its lane leaves."""
    return weight + min(LANES[lane].points_kept * total, max(0.0, total - weight))
